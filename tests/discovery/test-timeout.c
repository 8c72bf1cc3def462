/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-avahi.h"
#include "vici-advert.h"
#include "vici-browser.h"

static void
test_nobody_waits_for_ever (FakeAvahi    *avahi,
                            gconstpointer data)
{
  g_autoptr (ViciAdvert) answered = vici_advert_new ("gw", "tcp://0.0.0.0:1");
  g_autoptr (ViciAdvert) advert = vici_advert_new ("gw", "tcp://0.0.0.0:1");
  g_autoptr (ViciBrowser) browser = vici_browser_new ();
  g_autoptr (GAsyncResult) published = NULL;
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GError) error = NULL;

  /* One that has its answer, and is not to get another. */
  vici_advert_publish_async (answered, NULL, take_result, &published);
  run_until (published != NULL);
  g_clear_object (&published);
  vici_advert_withdraw (answered);
  fake_avahi_go (avahi);
  fake_avahi_come (avahi);

  avahi->silent = TRUE;
  vici_advert_publish_async (advert, NULL, take_result, &published);
  vici_browser_start_async (browser, NULL, take_result, &started);
  run_until (published != NULL && started != NULL);

  g_assert_false (vici_advert_publish_finish (advert, published, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_false (vici_browser_start_finish (browser, started, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  /* It goes on without them. */
  fake_avahi_state (avahi, FAKE_GROUP, 2);
  fake_avahi_all_for_now (avahi);
  run_until (vici_advert_is_published (advert) && vici_browser_is_complete (browser));
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  if (!fake_bus_start ())
    {
      g_print ("1..0 # SKIP dbus-daemon is not installed\n");
      return 0;
    }

  ADD_TEST ("/discovery/nobody-waits-for-ever", test_nobody_waits_for_ever);

  status = g_test_run ();
  fake_bus_stop ();

  return status;
}
