/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <net/if.h>

#include "fake-avahi.h"
#include "vici-advert.h"

static ViciAdvert *
publish (const char    *uri,
         GAsyncResult **result)
{
  ViciAdvert *advert = vici_advert_new ("gw", uri);

  vici_advert_publish_async (advert, NULL, take_result, result);

  return advert;
}

static void
assert_published (ViciAdvert   *advert,
                  GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  gboolean published = vici_advert_publish_finish (advert, result, &error);

  g_assert_no_error (error);
  g_assert_true (published);
  g_assert_true (vici_advert_is_published (advert));
}

static void
assert_failed (ViciAdvert   *advert,
               GAsyncResult *result,
               GIOErrorEnum  code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_advert_publish_finish (advert, result, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_assert_false (vici_advert_is_published (advert));
}

static void
append_name (ViciAdvert *advert,
             GParamSpec *pspec,
             GString    *names)
{
  g_string_append_printf (names, "%s,", vici_advert_get_name (advert));
}

static void
append_published (ViciAdvert *advert,
                  GParamSpec *pspec,
                  GString    *changes)
{
  g_string_append_c (changes, vici_advert_is_published (advert) ? '+' : '-');
}

/* -- What is told -- */

static void
test_tells_scheme_port_and_interface (FakeAvahi    *avahi,
                                      gconstpointer data)
{
  const struct
  {
    const char *uri;
    gboolean    loopback;
    const char *rest;           /* protocol, port, TXT */
  } cases[] = {
    { "tcp://0.0.0.0:4502", FALSE, "0:4502:scheme=tcp" },
    { "tcp://[::]:65535", FALSE, "-1:65535:scheme=tcp" },
    { "tls://[::]:1?cert=/etc/gw.pem&clients=none", FALSE, "-1:1:scheme=tls" },
    { "tcp://127.0.0.1:2", TRUE, "0:2:scheme=tcp" },
    { "tcp://127.8.9.10:3", TRUE, "0:3:scheme=tcp" },
    { "tcp://[fe80::1%lo]:4", TRUE, "1:4:scheme=tcp" },
    { "tls://[fe80::1%25lo]:5", TRUE, "1:5:scheme=tls" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (ViciAdvert) advert = publish (cases[i].uri, &result);
      g_autofree char *words =
        g_strdup_printf ("reset add:gw:%d:%s commit",
                         cases[i].loopback ? (int) if_nametoindex ("lo") : -1, cases[i].rest);

      fake_avahi_logged (avahi, words);
      run_until (result != NULL);
      assert_published (advert, result);
      vici_advert_withdraw (advert);
      g_assert_false (vici_advert_is_published (advert));
      fake_avahi_logged (avahi, "left");

      fake_avahi_go (avahi);
      fake_avahi_come (avahi);
    }
}

static void
test_refuses_what_is_no_listener (FakeAvahi    *avahi,
                                  gconstpointer data)
{
  const struct
  {
    const char  *name;
    const char  *uri;
    GIOErrorEnum code;
  } cases[] = {
    { "gw", "unix:///run/charon.vici", G_IO_ERROR_NOT_SUPPORTED },
    { "gw", "ssh://gw/run/charon.vici", G_IO_ERROR_NOT_SUPPORTED },
    { "gw", "", G_IO_ERROR_NOT_SUPPORTED },
    { "gw", "tcp://0.0.0.0", G_IO_ERROR_INVALID_ARGUMENT },
    { "gw", "tcp://0.0.0.0:0", G_IO_ERROR_INVALID_ARGUMENT },
    { "gw", "tcp://0.0.0.0:65536", G_IO_ERROR_INVALID_ARGUMENT },
    { "gw", "tcp://localhost:4502", G_IO_ERROR_INVALID_ARGUMENT },
    { "gw", "tcp:", G_IO_ERROR_INVALID_ARGUMENT },
    { "", "tcp://0.0.0.0:4502", G_IO_ERROR_INVALID_ARGUMENT },
    { "\xff", "tcp://0.0.0.0:4502", G_IO_ERROR_INVALID_ARGUMENT },
    { "1234567890123456789012345678901234567890123456789012345678901234", "tcp://0.0.0.0:4502",
      G_IO_ERROR_INVALID_ARGUMENT },
    { "gw", "tcp://192.0.2.77:4502", G_IO_ERROR_NOT_FOUND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ViciAdvert) advert = vici_advert_new (cases[i].name, cases[i].uri);
      g_autoptr (GAsyncResult) result = NULL;

      vici_advert_publish_async (advert, NULL, take_result, &result);
      run_until (result != NULL);
      assert_failed (advert, result, cases[i].code);
    }
}

static void
test_has_a_name_by_default (FakeAvahi    *avahi,
                            gconstpointer data)
{
  g_autoptr (ViciAdvert) advert = vici_advert_new (NULL, "tcp://0.0.0.0:4502");
  g_autoptr (ViciAdvert) bare = g_object_new (VICI_TYPE_ADVERT, NULL);

  g_assert_true (g_str_has_prefix (vici_advert_get_name (advert), "charon on "));
  g_assert_cmpuint (strlen (vici_advert_get_name (advert)), <=, 63);
  g_assert_cmpstr (vici_advert_get_name (bare), ==, vici_advert_get_name (advert));
  g_assert_cmpstr (vici_advert_get_uri (bare), ==, "");
}

/* -- Names that are taken -- */

static void
test_takes_another_name (FakeAvahi    *avahi,
                         gconstpointer data)
{
  const char *here[] = { "gw", NULL };
  const char *there[] = { "gw'", NULL };
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  avahi->taken_here = here;
  avahi->taken_there = there;
  g_signal_connect (advert, "notify::name", G_CALLBACK (append_name), names);
  run_until (result != NULL);
  assert_published (advert, result);

  fake_avahi_logged (avahi, "reset add:gw:-1:0:1:scheme=tcp "
                            "reset rename:gw add:gw':-1:0:1:scheme=tcp commit "
                            "reset rename:gw' add:gw'':-1:0:1:scheme=tcp commit");
  g_assert_cmpstr (vici_advert_get_name (advert), ==, "gw''");
  g_assert_cmpstr (names->str, ==, "gw'',");
}

static void
test_takes_another_name_later (FakeAvahi    *avahi,
                               gconstpointer data)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  g_signal_connect (advert, "notify::published", G_CALLBACK (append_published), changes);
  run_until (result != NULL);
  fake_avahi_state (avahi, FAKE_GROUP, 3);
  run_until (g_str_equal (vici_advert_get_name (advert), "gw'"));
  g_assert_true (vici_advert_is_published (advert));
  g_assert_cmpstr (changes->str, ==, "+-+");
}

static void
test_gives_up_when_every_name_is_taken (FakeAvahi    *avahi,
                                        gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  avahi->all_taken = TRUE;
  run_until (result != NULL);
  assert_failed (advert, result, G_IO_ERROR_EXISTS);
}

/* -- Avahi's moods -- */

static void
test_waits_for_the_name_of_the_host (FakeAvahi    *avahi,
                                     gconstpointer data)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  g_signal_connect (advert, "notify::published", G_CALLBACK (append_published), changes);
  avahi->state = 1;
  run_until (avahi->client != 0);
  fake_avahi_state (avahi, "/", 1);
  fake_avahi_state (avahi, "/", 2);
  fake_avahi_logged (avahi, "reset add:gw:-1:0:1:scheme=tcp commit");
  run_until (result != NULL);
  assert_published (advert, result);

  /* The host gets another name. */
  fake_avahi_state (avahi, "/", 3);
  fake_avahi_logged (avahi, "reset");
  g_assert_false (vici_advert_is_published (advert));
  fake_avahi_state (avahi, "/", 1);
  fake_avahi_state (avahi, "/", 2);
  fake_avahi_logged (avahi, "reset add:gw:-1:0:1:scheme=tcp commit");
  run_until (vici_advert_is_published (advert));
  g_assert_cmpstr (changes->str, ==, "+-+");
}

static void
test_failures_are_told (FakeAvahi    *avahi,
                        gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  avahi->silent = TRUE;
  fake_avahi_logged (avahi, "reset add:gw:-1:0:1:scheme=tcp commit");
  fake_avahi_state (avahi, FAKE_GROUP, 4);
  run_until (result != NULL);
  g_assert_false (vici_advert_publish_finish (advert, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "Avahi has failed: because");

  avahi->fails = TRUE;
  vici_advert_publish_async (advert, NULL, take_result, &again);
  run_until (again != NULL);
  assert_failed (advert, again, G_IO_ERROR_DBUS_ERROR);
}

static void
test_comes_back_with_avahi (FakeAvahi    *avahi,
                            gconstpointer data)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (ViciAdvert) advert = NULL;

  fake_avahi_go (avahi);
  advert = publish ("tcp://0.0.0.0:1", &result);
  g_signal_connect (advert, "notify::published", G_CALLBACK (append_published), changes);
  run_until (result != NULL);
  assert_failed (advert, result, G_IO_ERROR_NOT_FOUND);

  for (guint i = 0; i < 3; i++)
    {
      fake_avahi_come (avahi);
      run_until (vici_advert_is_published (advert));
      fake_avahi_go (avahi);
      run_until (!vici_advert_is_published (advert));
    }
  fake_avahi_come (avahi);
  run_until (vici_advert_is_published (advert));
  g_assert_cmpstr (changes->str, ==, "+-+-+-+");

  vici_advert_publish_async (advert, NULL, take_result, &again);
  run_until (again != NULL);
  assert_published (advert, again);
}

static void
test_nonsense_changes_nothing (FakeAvahi    *avahi,
                               gconstpointer data)
{
  g_autoptr (GString) changes = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  run_until (result != NULL);
  g_signal_connect (advert, "notify::published", G_CALLBACK (append_published), changes);
  fake_avahi_say (avahi, FAKE_GROUP, "EntryGroup", "StateChanged", NULL);
  fake_avahi_say (avahi, FAKE_GROUP, "EntryGroup", "StateChanged", g_variant_new ("(ss)", "4", ""));
  fake_avahi_say (avahi, FAKE_GROUP, "EntryGroup", "Changed", g_variant_new ("(is)", 4, ""));
  fake_avahi_state (avahi, "/group/2", 4);
  fake_avahi_state (avahi, FAKE_GROUP, 2);
  fake_avahi_state (avahi, FAKE_GROUP, 4711);
  run_until (changes->len > 0);
  fake_avahi_state (avahi, FAKE_GROUP, 2);
  run_until (changes->len > 1);
  g_assert_cmpstr (changes->str, ==, "-+");
}

/* -- Callers -- */

static void
test_a_cancel_withdraws (FakeAvahi    *avahi,
                         gconstpointer data)
{
  g_autoptr (ViciAdvert) advert = vici_advert_new ("gw", "tcp://0.0.0.0:1");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  avahi->silent = TRUE;
  vici_advert_publish_async (advert, cancellable, take_result, &result);
  fake_avahi_logged (avahi, "reset add:gw:-1:0:1:scheme=tcp commit");
  g_cancellable_cancel (cancellable);
  run_until (result != NULL);
  assert_failed (advert, result, G_IO_ERROR_CANCELLED);
  fake_avahi_logged (avahi, "left");
}

static void
test_a_late_cancel_changes_nothing (FakeAvahi    *avahi,
                                    gconstpointer data)
{
  g_autoptr (ViciAdvert) advert = vici_advert_new ("gw", "tcp://0.0.0.0:1");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;

  vici_advert_publish_async (advert, cancellable, take_result, &result);
  run_until (result != NULL);
  assert_published (advert, result);
  g_cancellable_cancel (cancellable);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (vici_advert_is_published (advert));
}

static void
test_a_withdrawal_ends_the_wait (FakeAvahi    *avahi,
                                 gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &first);

  vici_advert_publish_async (advert, NULL, take_result, &second);
  run_until (second != NULL);
  assert_failed (advert, second, G_IO_ERROR_PENDING);

  vici_advert_withdraw (advert);
  run_until (first != NULL);
  assert_failed (advert, first, G_IO_ERROR_CANCELLED);
  g_clear_object (&first);
  g_clear_object (&second);
  g_assert_finalize_object (g_steal_pointer (&advert));
}

static void
test_the_last_reference_withdraws (FakeAvahi    *avahi,
                                   gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  run_until (result != NULL);
  g_clear_object (&result);
  fake_avahi_logged (avahi, "reset add:gw:-1:0:1:scheme=tcp commit");
  g_assert_finalize_object (g_steal_pointer (&advert));
  fake_avahi_logged (avahi, "left");
}

static void
withdraw (ViciAdvert *advert,
          GParamSpec *pspec,
          gpointer    user_data)
{
  vici_advert_withdraw (advert);
}

static void
test_a_handler_may_withdraw (FakeAvahi    *avahi,
                             gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &result);

  g_signal_connect (advert, "notify::published", G_CALLBACK (withdraw), NULL);
  run_until (result != NULL);
  assert_failed (advert, result, G_IO_ERROR_CANCELLED);
  fake_avahi_logged (avahi, "reset add:gw:-1:0:1:scheme=tcp commit left");
}

static void
publish_again (ViciAdvert *advert,
               GParamSpec *pspec,
               gpointer    slot)
{
  g_signal_handlers_disconnect_by_func (advert, publish_again, slot);
  vici_advert_withdraw (advert);
  vici_advert_publish_async (advert, NULL, take_result, slot);
}

/* What ends the first wait does not end the second. */
static void
test_a_handler_may_publish_again (FakeAvahi    *avahi,
                                  gconstpointer data)
{
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (ViciAdvert) advert = publish ("tcp://0.0.0.0:1", &first);

  g_signal_connect (advert, "notify::published", G_CALLBACK (publish_again), &second);
  run_until (first != NULL);
  assert_failed (advert, first, G_IO_ERROR_CANCELLED);
  g_assert_null (second);

  run_until (second != NULL);
  assert_published (advert, second);
}

static void
test_there_may_be_no_bus (FakeAvahi    *avahi,
                          gconstpointer data)
{
  g_autofree char *address = g_strdup (g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciAdvert) advert = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  advert = publish ("tcp://0.0.0.0:1", &result);
  run_until (result != NULL);
  g_assert_false (vici_advert_publish_finish (advert, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (error->message, "Cannot reach the system bus"));
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", address, TRUE);

  /* Then there is. */
  g_clear_object (&result);
  vici_advert_publish_async (advert, NULL, take_result, &result);
  run_until (result != NULL);
  assert_published (advert, result);
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

  ADD_TEST ("/advert/tells-scheme-port-and-interface", test_tells_scheme_port_and_interface);
  ADD_TEST ("/advert/refuses-what-is-no-listener", test_refuses_what_is_no_listener);
  ADD_TEST ("/advert/has-a-name-by-default", test_has_a_name_by_default);
  ADD_TEST ("/advert/takes-another-name", test_takes_another_name);
  ADD_TEST ("/advert/takes-another-name-later", test_takes_another_name_later);
  ADD_TEST ("/advert/gives-up-when-every-name-is-taken", test_gives_up_when_every_name_is_taken);
  ADD_TEST ("/advert/waits-for-the-name-of-the-host", test_waits_for_the_name_of_the_host);
  ADD_TEST ("/advert/failures-are-told", test_failures_are_told);
  ADD_TEST ("/advert/comes-back-with-avahi", test_comes_back_with_avahi);
  ADD_TEST ("/advert/nonsense-changes-nothing", test_nonsense_changes_nothing);
  ADD_TEST ("/advert/a-cancel-withdraws", test_a_cancel_withdraws);
  ADD_TEST ("/advert/a-late-cancel-changes-nothing", test_a_late_cancel_changes_nothing);
  ADD_TEST ("/advert/a-withdrawal-ends-the-wait", test_a_withdrawal_ends_the_wait);
  ADD_TEST ("/advert/the-last-reference-withdraws", test_the_last_reference_withdraws);
  ADD_TEST ("/advert/a-handler-may-withdraw", test_a_handler_may_withdraw);
  ADD_TEST ("/advert/a-handler-may-publish-again", test_a_handler_may_publish_again);
  ADD_TEST ("/advert/there-may-be-no-bus", test_there_may_be_no_bus);

  status = g_test_run ();
  fake_bus_stop ();

  return status;
}
