/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <net/if.h>

#include "fake-avahi.h"
#include "vici-browser.h"

/* What the list goes through: “+NAME” and “-”, and “*URI” for a change. */
typedef struct
{
  ViciBrowser  *browser;
  GAsyncResult *result;
  GString      *events;
} Fixture;

static void
note (Fixture    *self,
      const char *sign,
      const char *text)
{
  g_string_append_printf (self->events, "%s%s%s", self->events->len > 0 ? " " : "", sign, text);
}

static void
on_uri (ViciService *service,
        GParamSpec  *pspec,
        Fixture     *self)
{
  note (self, "*", vici_service_get_uri (service));
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Fixture    *self)
{
  for (guint i = 0; i < removed; i++)
    note (self, "-", "");

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (ViciService) service = g_list_model_get_item (model, i);

      note (self, "+", vici_service_get_name (service));
      g_signal_connect (service, "notify::uri", G_CALLBACK (on_uri), self);
    }
}

static void
fixture_init (Fixture *self)
{
  self->browser = vici_browser_new ();
  self->events = g_string_new (NULL);
  self->result = NULL;
  g_signal_connect (self->browser, "items-changed", G_CALLBACK (on_items_changed), self);
  vici_browser_start_async (self->browser, NULL, take_result, &self->result);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->result);
  vici_browser_stop (self->browser);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->result);
  g_assert_finalize_object (self->browser);
  g_string_free (self->events, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static void
assert_started (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  gboolean started;

  run_until (self->result != NULL);
  started = vici_browser_start_finish (self->browser, self->result, &error);
  g_assert_no_error (error);
  g_assert_true (started);
  g_assert_true (vici_browser_is_complete (self->browser));
}

static void
assert_failed (Fixture     *self,
               GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;

  run_until (self->result != NULL);
  g_assert_false (vici_browser_start_finish (self->browser, self->result, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_assert_false (vici_browser_is_complete (self->browser));
  g_clear_object (&self->result);
}

static guint
count (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->browser));
}

static void
assert_uri (Fixture    *self,
            const char *uri)
{
  g_autoptr (ViciService) service = g_list_model_get_item (G_LIST_MODEL (self->browser), 0);

  g_assert_cmpstr (vici_service_get_uri (service), ==, uri);
}

/* -- Items -- */

static void
test_a_service_is_one_item (FakeAvahi    *avahi,
                            gconstpointer data)
{
  g_auto (Fixture) self;
  g_autoptr (ViciService) service = NULL;

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (avahi, "ItemNew", 1, 1, "gw");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
  fake_avahi_all_for_now (avahi);
  fake_avahi_logged (avahi, "ask:gw:1:1 ask:gw:1:0 start:/resolver/1 start:/resolver/2");
  g_assert_cmpuint (count (&self), ==, 0);

  fake_avahi_found (avahi, 1, 1, "gw.local", "fe80::1", 1, "scheme=tcp");
  fake_avahi_found (avahi, 2, 1, "gw.local", "192.0.2.1", 1, "scheme=tcp");
  assert_started (&self);
  g_assert_cmpstr (self.events->str, ==, "+gw *tcp://192.0.2.1:1");

  service = g_list_model_get_item (G_LIST_MODEL (self.browser), 0);
  g_assert_cmpstr (vici_service_get_name (service), ==, "gw");
  g_assert_cmpstr (vici_service_get_domain (service), ==, "local");
  g_assert_cmpstr (vici_service_get_host (service), ==, "gw.local");
  g_assert_cmpstr (vici_service_get_address (service), ==, "192.0.2.1");

  /* Then the best way is gone, and then the last. */
  fake_avahi_item (avahi, "ItemRemove", 1, 0, "gw");
  fake_avahi_logged (avahi, "free:/resolver/2");
  assert_uri (&self, "tcp://[fe80::1%lo]:1");
  fake_avahi_item (avahi, "ItemRemove", 1, 1, "gw");
  fake_avahi_logged (avahi, "free:/resolver/1");
  g_assert_cmpstr (self.events->str, ==, "+gw *tcp://192.0.2.1:1 *tcp://[fe80::1%lo]:1 -");
}

static void
test_the_way_that_reaches_far_is_taken (FakeAvahi    *avahi,
                                        gconstpointer data)
{
  const char *addresses[] = { "fe80::1", "169.254.0.1", "::1", "127.0.0.1", "2001:db8::1", "192.0.2.1" };
  g_auto (Fixture) self;

  fixture_init (&self);
  run_until (avahi->client != 0);
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    fake_avahi_item (avahi, "ItemNew", (int) i, 0, "gw");
  run_until (avahi->resolvers == G_N_ELEMENTS (addresses));
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    fake_avahi_found (avahi, i + 1, 0, "gw.local", addresses[i], 1, NULL);
  fake_avahi_all_for_now (avahi);
  assert_started (&self);
  g_assert_cmpstr (self.events->str, ==,
                   "+gw *tcp://169.254.0.1:1 *tcp://[::1]:1 *tcp://127.0.0.1:1"
                   " *tcp://[2001:db8::1]:1 *tcp://192.0.2.1:1");
}

static void
test_a_service_may_move (FakeAvahi    *avahi,
                         gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  run_until (avahi->client != 0);
  fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
  run_until (avahi->resolvers == 1);
  fake_avahi_found (avahi, 1, 1, "gw.local", "192.0.2.1", 1, "scheme=tcp");
  fake_avahi_found (avahi, 1, 1, "gw.local", "192.0.2.1", 1, "scheme=tcp");
  fake_avahi_found (avahi, 1, 1, "gw.local", "192.0.2.2", 2, "scheme=tls");
  fake_avahi_not_found (avahi, 1);
  fake_avahi_found (avahi, 1, 1, "gw.local", "192.0.2.3", 3, NULL);
  fake_avahi_all_for_now (avahi);
  assert_started (&self);
  g_assert_cmpstr (self.events->str, ==, "+gw *tls://gw.local:2 - +gw");
  assert_uri (&self, "tcp://192.0.2.3:3");
}

/* -- What the network says -- */

static void
test_a_uri_is_made_of_good_parts_alone (FakeAvahi    *avahi,
                                        gconstpointer data)
{
  const struct
  {
    const char *host;
    const char *address;
    guint       port;
    const char *txt;
    const char *uri;            /* NULL: it is not shown */
  } cases[] = {
    { "gw.local", "192.0.2.1", 4502, "scheme=tcp", "tcp://192.0.2.1:4502" },
    { "gw.local", "192.0.2.1", 4502, NULL, "tcp://192.0.2.1:4502" },
    { "gw.local", "192.0.2.1", 4502, "SCHEME=tcp", "tcp://192.0.2.1:4502" },
    { "gw.local", "192.0.2.1", 4502, "other=tls", "tcp://192.0.2.1:4502" },
    { "gw.local", "2001:db8::1", 65535, "scheme=tcp", "tcp://[2001:db8::1]:65535" },
    { "gw.local", "fe80::1", 1, "scheme=tcp", "tcp://[fe80::1%lo]:1" },
    { "gw.local", "192.0.2.1", 4503, "scheme=tls", "tls://gw.local:4503" },
    { "a b\n", "192.0.2.1", 1, "scheme=tcp", "tcp://192.0.2.1:1" },
    { "gw.local", "192.0.2.1", 0, "scheme=tcp", NULL },
    { "gw.local", "192.0.2.1", 1, "scheme=exec", NULL },
    { "gw.local", "192.0.2.1", 1, "scheme=tcpx", NULL },
    { "gw.local", "192.0.2.1", 1, "scheme=", NULL },
    { "gw.local", "", 1, "scheme=tcp", NULL },
    { "gw.local", "gw.local", 1, "scheme=tcp", NULL },
    { "gw.local", "192.0.2.1:2/x", 1, "scheme=tcp", NULL },
    { "gw.local", "0.0.0.0", 1, "scheme=tcp", NULL },
    { "gw.local", "ff02::1", 1, "scheme=tcp", NULL },
    { "", "192.0.2.1", 1, "scheme=tls", NULL },
    { "gw.local?ca=/x", "192.0.2.1", 1, "scheme=tls", NULL },
    { "user@gw.local", "192.0.2.1", 1, "scheme=tls", NULL },
    { "gw.local\n", "192.0.2.1", 1, "scheme=tls", NULL },
    { "g\303\244.local", "192.0.2.1", 1, "scheme=tls", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Fixture) self;

      fixture_init (&self);
      fake_avahi_logged (avahi, "start:/browser/1");
      fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
      fake_avahi_logged (avahi, "ask:gw:1:0 start:/resolver/1");
      fake_avahi_found (avahi, 1, (int) if_nametoindex ("lo"), cases[i].host, cases[i].address,
                        cases[i].port, cases[i].txt);
      fake_avahi_all_for_now (avahi);
      assert_started (&self);
      g_assert_cmpuint (count (&self), ==, cases[i].uri != NULL);
      if (cases[i].uri != NULL)
        assert_uri (&self, cases[i].uri);

      vici_browser_stop (self.browser);
      fake_avahi_logged (avahi, "left");
      fake_avahi_go (avahi);
      fake_avahi_come (avahi);
    }
}

static void
test_names_have_their_length (FakeAvahi    *avahi,
                              gconstpointer data)
{
  g_autofree char *long_name = g_strnfill (64, 'a');
  g_autofree char *long_domain = g_strnfill (5000, 'a');
  g_auto (Fixture) self;

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "");
  fake_avahi_item (avahi, "ItemNew", 1, 0, long_name);
  fake_avahi_say (avahi, FAKE_BROWSER, "ServiceBrowser", "ItemNew",
                  g_variant_new ("(iisssu)", 1, 0, "gw", "_vici._tcp", long_domain, 0));
  fake_avahi_item (avahi, "ItemNew", 1, 0, long_name + 1);
  run_until (avahi->resolvers == 1);
  fake_avahi_found (avahi, 1, 1, long_domain, "192.0.2.1", 1, NULL);
  fake_avahi_all_for_now (avahi);
  assert_started (&self);
  g_assert_cmpuint (avahi->resolvers, ==, 1);
  g_assert_cmpuint (count (&self), ==, 0);
}

static void
test_nonsense_changes_nothing (FakeAvahi    *avahi,
                               gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_say (avahi, FAKE_BROWSER, "ServiceBrowser", "ItemNew", NULL);
  fake_avahi_say (avahi, FAKE_BROWSER, "ServiceBrowser", "ItemNew", g_variant_new ("(s)", "gw"));
  fake_avahi_say (avahi, FAKE_BROWSER, "ServiceBrowser", "ItemRemove", g_variant_new ("(u)", 1));
  fake_avahi_say (avahi, FAKE_BROWSER, "ServiceBrowser", "Surprise", NULL);
  fake_avahi_say (avahi, "/browser/2", "ServiceBrowser", "AllForNow", NULL);
  fake_avahi_item (avahi, "ItemRemove", 1, 0, "gw");
  fake_avahi_found (avahi, 1, 1, "gw.local", "192.0.2.1", 1, NULL);
  fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
  fake_avahi_logged (avahi, "ask:gw:1:0 start:/resolver/1");
  fake_avahi_say (avahi, "/resolver/1", "ServiceResolver", "Surprise", NULL);
  fake_avahi_all_for_now (avahi);
  fake_avahi_say (avahi, "/resolver/1", "ServiceResolver", "Found", g_variant_new ("(s)", "gw"));
  assert_started (&self);
  g_assert_cmpstr (self.events->str, ==, "");
}

static void
test_nobody_else_is_believed (FakeAvahi    *avahi,
                              gconstpointer data)
{
  FakeAvahi liar = *avahi;
  g_autoptr (GError) error = NULL;
  g_auto (Fixture) self;

  liar.bus = g_dbus_connection_new_for_address_sync (
    g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, &error);
  g_assert_no_error (error);

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (&liar, "ItemNew", 1, 0, "liar");
  g_dbus_connection_flush_sync (liar.bus, NULL, &error);
  g_assert_no_error (error);
  fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
  fake_avahi_logged (avahi, "ask:gw:1:0 start:/resolver/1");
  g_dbus_connection_close_sync (liar.bus, NULL, NULL);
  g_object_unref (liar.bus);
}

static void
test_there_is_a_bound (FakeAvahi    *avahi,
                       gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  run_until (avahi->client != 0);
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      fake_avahi_item (avahi, "ItemNew", 1, 0, name);
    }
  run_until (avahi->resolvers >= 512);
  for (guint i = 1; i <= 512; i++)
    fake_avahi_found (avahi, i, 1, "gw.local", "192.0.2.1", i, NULL);
  fake_avahi_all_for_now (avahi);
  assert_started (&self);
  g_assert_cmpuint (avahi->resolvers, ==, 512);
  g_assert_cmpuint (count (&self), ==, 512);

  /* There is room for another when one has gone. */
  fake_avahi_item (avahi, "ItemRemove", 1, 0, "7");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "late");
  run_until (avahi->resolvers == 513);
  g_assert_cmpuint (count (&self), ==, 511);
}

/* -- When it is complete -- */

static void
test_it_is_complete_when_all_have_answered (FakeAvahi    *avahi,
                                            gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "a");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "b");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "c");
  fake_avahi_all_for_now (avahi);
  fake_avahi_logged (avahi, "ask:a:1:0 ask:b:1:0 ask:c:1:0"
                            " start:/resolver/1 start:/resolver/2 start:/resolver/3");
  fake_avahi_found (avahi, 1, 1, "a.local", "192.0.2.1", 1, NULL);
  fake_avahi_not_found (avahi, 2);
  run_until (count (&self) == 1);
  g_assert_false (vici_browser_is_complete (self.browser));

  fake_avahi_item (avahi, "ItemRemove", 1, 0, "c");
  assert_started (&self);
  g_assert_cmpstr (self.events->str, ==, "+a");
}

static void
test_a_resolver_that_cannot_be_made_is_an_answer (FakeAvahi    *avahi,
                                                  gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  avahi->fails = TRUE;
  fake_avahi_item (avahi, "ItemNew", 1, 0, "a");
  fake_avahi_all_for_now (avahi);
  assert_started (&self);
  g_assert_cmpuint (count (&self), ==, 0);
}

static void
test_what_is_gone_is_asked_no_more (FakeAvahi    *avahi,
                                    gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "a");
  fake_avahi_item (avahi, "ItemRemove", 1, 0, "a");
  fake_avahi_all_for_now (avahi);
  assert_started (&self);
  fake_avahi_logged (avahi, "ask:a:1:0 free:/resolver/1");
}

static void
test_what_comes_back_at_once_is_asked_once (FakeAvahi    *avahi,
                                            gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "a");
  fake_avahi_item (avahi, "ItemRemove", 1, 0, "a");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "a");
  fake_avahi_logged (avahi, "ask:a:1:0 ask:a:1:0 start:/resolver/1 free:/resolver/2");
}

/* -- Avahi's moods -- */

static void
test_failures_are_told (FakeAvahi    *avahi,
                        gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  run_until (avahi->client != 0);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_say (avahi, FAKE_BROWSER, "ServiceBrowser", "Failure", g_variant_new ("(s)", "no"));
  assert_failed (&self, G_IO_ERROR_FAILED);

  avahi->fails = TRUE;
  vici_browser_start_async (self.browser, NULL, take_result, &self.result);
  assert_failed (&self, G_IO_ERROR_DBUS_ERROR);
}

static void
test_all_comes_back_with_avahi (FakeAvahi    *avahi,
                                gconstpointer data)
{
  g_auto (Fixture) self;

  fake_avahi_go (avahi);
  fixture_init (&self);
  assert_failed (&self, G_IO_ERROR_NOT_FOUND);

  for (guint i = 0; i < 3; i++)
    {
      fake_avahi_come (avahi);
      fake_avahi_logged (avahi, "start:/browser/1");
      fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
      fake_avahi_logged (avahi, "ask:gw:1:0 start:/resolver/1");
      fake_avahi_found (avahi, 1, 1, "gw.local", "192.0.2.1", 1, NULL);
      fake_avahi_all_for_now (avahi);
      run_until (vici_browser_is_complete (self.browser));
      g_assert_cmpstr (self.events->str, ==, "+gw");

      fake_avahi_go (avahi);
      run_until (!vici_browser_is_complete (self.browser));
      g_assert_cmpstr (self.events->str, ==, "+gw -");
      g_string_truncate (self.events, 0);
    }
}

static void
test_what_was_asked_before_does_not_count (FakeAvahi    *avahi,
                                           gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  run_until (avahi->client != 0);
  avahi->mute = TRUE;
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      fake_avahi_item (avahi, "ItemNew", 1, 0, name);
    }
  run_until (avahi->resolvers == 64);
  fake_avahi_go (avahi);
  assert_failed (&self, G_IO_ERROR_NOT_FOUND);

  avahi->mute = FALSE;
  g_string_truncate (avahi->log, 0);
  fake_avahi_come (avahi);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "gw");
  fake_avahi_logged (avahi, "ask:gw:1:0 start:/resolver/1");
}

/* -- Callers -- */

static void
test_a_cancel_stops (FakeAvahi    *avahi,
                     gconstpointer data)
{
  g_autoptr (ViciBrowser) browser = vici_browser_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  vici_browser_start_async (browser, cancellable, take_result, &result);
  vici_browser_start_async (browser, NULL, take_result, &second);
  run_until (second != NULL);
  g_assert_false (vici_browser_start_finish (browser, second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&error);

  fake_avahi_logged (avahi, "start:/browser/1");
  g_cancellable_cancel (cancellable);
  run_until (result != NULL);
  g_assert_false (vici_browser_start_finish (browser, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fake_avahi_logged (avahi, "left");
}

static void
stop (ViciBrowser *browser,
      guint        position,
      guint        removed,
      guint        added,
      gpointer     user_data)
{
  vici_browser_stop (browser);
}

static void
test_a_handler_may_stop (FakeAvahi    *avahi,
                         gconstpointer data)
{
  g_auto (Fixture) self;

  fixture_init (&self);
  g_signal_connect (self.browser, "items-changed", G_CALLBACK (stop), NULL);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_item (avahi, "ItemNew", 1, 0, "a");
  fake_avahi_logged (avahi, "ask:a:1:0 start:/resolver/1");
  fake_avahi_all_for_now (avahi);
  fake_avahi_found (avahi, 1, 1, "gw.local", "192.0.2.1", 1, NULL);
  assert_failed (&self, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (self.events->str, ==, "+a -");
  fake_avahi_logged (avahi, "left");
}

static void
restart (ViciBrowser *browser,
         GParamSpec  *pspec,
         gpointer     slot)
{
  g_signal_handlers_disconnect_by_func (browser, restart, slot);
  vici_browser_stop (browser);
  vici_browser_start_async (browser, NULL, take_result, slot);
}

/* What ends the first wait does not end the second. */
static void
test_a_handler_may_restart (FakeAvahi    *avahi,
                            gconstpointer data)
{
  g_auto (Fixture) self;
  GAsyncResult *second = NULL;

  fixture_init (&self);
  g_signal_connect (self.browser, "notify::complete", G_CALLBACK (restart), &second);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_all_for_now (avahi);
  assert_failed (&self, G_IO_ERROR_CANCELLED);
  g_assert_null (second);
  run_until (strstr (avahi->log->str, "start:") != NULL);
  g_assert_null (second);

  fake_avahi_all_for_now (avahi);
  run_until (second != NULL);
  self.result = second;
  assert_started (&self);
}

static void
test_the_last_reference_stops (FakeAvahi    *avahi,
                               gconstpointer data)
{
  g_autoptr (ViciBrowser) browser = vici_browser_new ();
  GAsyncResult *result = NULL;

  vici_browser_start_async (browser, NULL, take_result, &result);
  fake_avahi_logged (avahi, "start:/browser/1");
  fake_avahi_all_for_now (avahi);
  run_until (result != NULL);
  g_object_unref (result);
  fake_avahi_item (avahi, "ItemNew", 1, 0, "a");
  run_until (avahi->resolvers == 1);

  /* With a call that is on its way. */
  g_assert_finalize_object (g_steal_pointer (&browser));
  fake_avahi_logged (avahi, "ask:a:1:0 left");
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

  ADD_TEST ("/browser/a-service-is-one-item", test_a_service_is_one_item);
  ADD_TEST ("/browser/the-way-that-reaches-far-is-taken", test_the_way_that_reaches_far_is_taken);
  ADD_TEST ("/browser/a-service-may-move", test_a_service_may_move);
  ADD_TEST ("/browser/a-uri-is-made-of-good-parts-alone", test_a_uri_is_made_of_good_parts_alone);
  ADD_TEST ("/browser/names-have-their-length", test_names_have_their_length);
  ADD_TEST ("/browser/nonsense-changes-nothing", test_nonsense_changes_nothing);
  ADD_TEST ("/browser/nobody-else-is-believed", test_nobody_else_is_believed);
  ADD_TEST ("/browser/there-is-a-bound", test_there_is_a_bound);
  ADD_TEST ("/browser/it-is-complete-when-all-have-answered", test_it_is_complete_when_all_have_answered);
  ADD_TEST ("/browser/a-resolver-that-cannot-be-made-is-an-answer", test_a_resolver_that_cannot_be_made_is_an_answer);
  ADD_TEST ("/browser/what-is-gone-is-asked-no-more", test_what_is_gone_is_asked_no_more);
  ADD_TEST ("/browser/what-comes-back-at-once-is-asked-once", test_what_comes_back_at_once_is_asked_once);
  ADD_TEST ("/browser/failures-are-told", test_failures_are_told);
  ADD_TEST ("/browser/all-comes-back-with-avahi", test_all_comes_back_with_avahi);
  ADD_TEST ("/browser/what-was-asked-before-does-not-count", test_what_was_asked_before_does_not_count);
  ADD_TEST ("/browser/a-cancel-stops", test_a_cancel_stops);
  ADD_TEST ("/browser/a-handler-may-stop", test_a_handler_may_stop);
  ADD_TEST ("/browser/a-handler-may-restart", test_a_handler_may_restart);
  ADD_TEST ("/browser/the-last-reference-stops", test_the_last_reference_stops);

  status = g_test_run ();
  fake_bus_stop ();

  return status;
}
