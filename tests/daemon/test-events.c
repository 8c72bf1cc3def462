/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the signals of a daemon say. The messages in data/events are those of charon
 * 5.9.8, but for the alert, which it does not have. */

#include <string.h>

#include "../client/peer.h"
#include "vici-daemon-private.h"
#include "vici-record-private.h"
#include "vici-server.h"

#define STUCK_SECONDS 120

static const char * const events[] = {
  "alert", "child-rekey", "child-updown", "ike-rekey", "ike-update", "ike-updown", "log",
  "of-tomorrow", NULL
};

/* A daemon, and a server that it is. What the signals tell goes into the log, a line
 * each. */
typedef struct
{
  ViciServer     *server;
  ViciConnection *connection;
  ViciDaemon     *daemon;
  GString        *log;
} Test;

/* -- The log -- */

static void
note (Test       *self,
      const char *format,
      ...) G_GNUC_PRINTF (2, 3);

static void
note (Test       *self,
      const char *format,
      ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append_vprintf (self->log, format, arguments);
  va_end (arguments);
  g_string_append_c (self->log, '\n');
}

static char *
print_child_sa (ViciChildSa *sa)
{
  return g_strdup_printf ("%s{%u} %s spi %08" G_GINT64_MODIFIER "x", vici_child_sa_get_name (sa),
                          vici_child_sa_get_unique_id (sa), vici_child_sa_get_state_text (sa),
                          vici_child_sa_get_spi_in (sa));
}

static char *
print_ike_sa (ViciIkeSa *sa)
{
  GListModel *children = vici_ike_sa_get_child_sas (sa);

  return g_strdup_printf ("%s[%u] %s %s-%s children %u", vici_ike_sa_get_name (sa),
                          vici_ike_sa_get_unique_id (sa), vici_ike_sa_get_state_text (sa),
                          vici_ike_sa_get_local_host (sa), vici_ike_sa_get_remote_host (sa),
                          children ? g_list_model_get_n_items (children) : 0);
}

static void
on_ike_updown (ViciDaemon *daemon,
               gboolean    up,
               ViciIkeSa  *ike_sa,
               Test       *test)
{
  g_autofree char *ike = print_ike_sa (ike_sa);

  note (test, "ike-updown %s %s", up ? "up" : "down", ike);
}

static void
on_ike_rekey (ViciDaemon *daemon,
              ViciIkeSa  *old_sa,
              ViciIkeSa  *new_sa,
              Test       *test)
{
  g_autofree char *old = print_ike_sa (old_sa);
  g_autofree char *new = print_ike_sa (new_sa);

  note (test, "ike-rekey %s, %s", old, new);
}

static void
on_ike_update (ViciDaemon    *daemon,
               ViciIkeUpdate *update,
               Test          *test)
{
  g_autofree char *ike = print_ike_sa (vici_ike_update_get_ike_sa (update));

  note (test, "ike-update %s:%u-%s:%u of %s",
        vici_ike_update_get_local_host (update), vici_ike_update_get_local_port (update),
        vici_ike_update_get_remote_host (update), vici_ike_update_get_remote_port (update), ike);
}

static void
on_child_updown (ViciDaemon  *daemon,
                 gboolean     up,
                 ViciIkeSa   *ike_sa,
                 ViciChildSa *child_sa,
                 Test        *test)
{
  g_autofree char *ike = print_ike_sa (ike_sa);
  g_autofree char *child = print_child_sa (child_sa);

  note (test, "child-updown %s %s, %s", up ? "up" : "down", ike, child);
}

static void
on_child_rekey (ViciDaemon  *daemon,
                ViciIkeSa   *ike_sa,
                ViciChildSa *old_sa,
                ViciChildSa *new_sa,
                Test        *test)
{
  g_autofree char *ike = print_ike_sa (ike_sa);
  g_autofree char *old = print_child_sa (old_sa);
  g_autofree char *new = print_child_sa (new_sa);

  note (test, "child-rekey %s, %s, %s", ike, old, new);
}

static void
on_alert (ViciDaemon *daemon,
          ViciAlert  *alert,
          Test       *test)
{
  ViciIkeSa *ike_sa = vici_alert_get_ike_sa (alert);
  g_autofree char *ike = ike_sa ? print_ike_sa (ike_sa) : g_strdup ("no IKE_SA");

  note (test, "alert %d %s %s", vici_alert_get_alert_type (alert),
        vici_alert_get_alert_type_text (alert), ike);
}

static void
on_log_entry (ViciDaemon   *daemon,
              ViciLogEntry *entry,
              Test         *test)
{
  GSignalInvocationHint *hint = g_signal_get_invocation_hint (daemon);

  note (test, "%s %s%u thread %u %s[%u]: %s", g_signal_name (hint->signal_id),
        vici_log_entry_get_group_text (entry), vici_log_entry_get_level (entry),
        vici_log_entry_get_thread (entry), vici_log_entry_get_ike_sa_name (entry),
        vici_log_entry_get_ike_sa_id (entry), vici_log_entry_get_text (entry));
}

static void
on_raw (ViciDaemon  *daemon,
        const char  *name,
        ViciMessage *message,
        Test        *test)
{
  g_auto (GStrv) names = vici_message_get_names (message);
  GSignalInvocationHint *hint = g_signal_get_invocation_hint (daemon);

  g_assert_cmpstr (g_quark_to_string (hint->detail), ==, name);
  note (test, "event %s with %u names", name, g_strv_length (names));
}

/* -- The fixture -- */

static void
test_set_up (Test         *self,
             gconstpointer data)
{
  GIOStream *ends[2];
  g_autoptr (ViciPeer) peer = NULL;

  self->log = g_string_new (NULL);
  self->server = vici_server_new ();
  for (guint i = 0; events[i] != NULL; i++)
    vici_server_add_event (self->server, events[i]);

  peer_socket_pair (ends);
  peer = vici_server_accept_stream (self->server, ends[0]);
  self->connection = vici_connection_new_for_stream (ends[1]);
  self->daemon = vici_daemon_new (self->connection);
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);

  g_signal_connect (self->daemon, "ike-updown", G_CALLBACK (on_ike_updown), self);
  g_signal_connect (self->daemon, "ike-rekey", G_CALLBACK (on_ike_rekey), self);
  g_signal_connect (self->daemon, "ike-update", G_CALLBACK (on_ike_update), self);
  g_signal_connect (self->daemon, "child-updown", G_CALLBACK (on_child_updown), self);
  g_signal_connect (self->daemon, "child-rekey", G_CALLBACK (on_child_rekey), self);
  g_signal_connect (self->daemon, "alert", G_CALLBACK (on_alert), self);
  g_signal_connect (self->daemon, "log", G_CALLBACK (on_log_entry), self);
  g_signal_connect (self->daemon, "control-log", G_CALLBACK (on_log_entry), self);
}

static void
test_tear_down (Test         *self,
                gconstpointer data)
{
  g_assert_finalize_object (self->daemon);
  g_object_unref (self->connection);
  vici_server_stop (self->server);
  g_object_unref (self->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_assert_cmpstr (self->log->str, ==, "");
  g_string_free (self->log, TRUE);
}

#define ADD_TEST(path, func) \
  g_test_add (path, Test, NULL, test_set_up, func, test_tear_down)

static gboolean
on_stuck (gpointer what)
{
  g_error ("Waited in vain for: %s", (const char *) what);

  return G_SOURCE_REMOVE;
}

static void
wait_for_log (Test       *self,
              const char *text)
{
  guint deadline = g_timeout_add_seconds (STUCK_SECONDS, on_stuck, (gpointer) text);

  while (self->log->len < strlen (text))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);

  g_assert_cmpstr (self->log->str, ==, text);
  g_string_truncate (self->log, 0);
}

static void
emit_message (Test        *self,
              const char  *event,
              ViciMessage *message)
{
  /* The handlers have it subscribed to. */
  while (vici_server_emit_event (self->server, event, message) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
emit (Test       *self,
      const char *event,
      const char *text)
{
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);
  emit_message (self, event, message);
}

static void
emit_file (Test       *self,
           const char *event,
           const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "daemon", "data", "events", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  emit (self, event, text);
}

/* -- The tests -- */

static void
test_ike_updown (Test         *test,
                 gconstpointer data)
{
  emit_file (test, "ike-updown", "ike-updown");
  wait_for_log (test, "ike-updown up höme[1] ESTABLISHED 192.0.2.1-192.0.2.2 children 0\n");

  emit_file (test, "ike-updown", "ike-down");
  wait_for_log (test, "ike-updown down höme[2] DELETING 192.0.2.7-192.0.2.2 children 0\n");
}

static void
test_ike_rekey (Test         *test,
                gconstpointer data)
{
  emit_file (test, "ike-rekey", "ike-rekey");
  wait_for_log (test, "ike-rekey höme[1] REKEYING 192.0.2.1-192.0.2.2 children 0, "
                      "höme[2] ESTABLISHED 192.0.2.1-192.0.2.2 children 0\n");
}

static void
test_ike_update (Test         *test,
                 gconstpointer data)
{
  emit_file (test, "ike-update", "ike-update");
  wait_for_log (test, "ike-update 192.0.2.7:4500-192.0.2.2:4500 of "
                      "höme[2] ESTABLISHED 192.0.2.1-192.0.2.2 children 0\n");
}

static void
test_child_updown (Test         *test,
                   gconstpointer data)
{
  emit_file (test, "child-updown", "child-updown");
  wait_for_log (test, "child-updown up höme[1] ESTABLISHED 192.0.2.1-192.0.2.2 children 1, "
                      "nét{1} INSTALLED spi 9ad6281f\n");

  emit_file (test, "child-updown", "child-down");
  wait_for_log (test, "child-updown down höme[2] DELETING 192.0.2.7-192.0.2.2 children 1, "
                      "nét{4} INSTALLED spi b6de7ebd\n");
}

static void
test_each_child (Test         *test,
                 gconstpointer data)
{
  emit (test, "child-updown",
        "{'up': <'yes'>, 'home': <{'uniqueid': <'7'>, 'child-sas': <{"
        "  'a-1': <{'name': <'a'>, 'uniqueid': <'1'>}>, 'b-2': <{'name': <'b'>, 'uniqueid': <'2'>}>}>}>}");
  wait_for_log (test, "child-updown up home[7] (null) (null)-(null) children 2, a{1} (null) spi 00000000\n"
                      "child-updown up home[7] (null) (null)-(null) children 2, b{2} (null) spi 00000000\n");
}

static void
test_child_rekey (Test         *test,
                  gconstpointer data)
{
  emit_file (test, "child-rekey", "child-rekey");
  wait_for_log (test, "child-rekey höme[1] ESTABLISHED 192.0.2.1-192.0.2.2 children 0, "
                      "nét{1} REKEYED spi 9ad6281f, nét{2} INSTALLED spi 7f75240f\n");
}

static void
test_alert (Test         *test,
            gconstpointer data)
{
  g_autofree char *with = g_strdup_printf ("alert %d local-auth-failed "
                                           "höme[1] CONNECTING 192.0.2.1-192.0.2.2 children 0\n",
                                           VICI_ALERT_TYPE_LOCAL_AUTH_FAILED);
  g_autofree char *without = g_strdup_printf ("alert %d of-tomorrow no IKE_SA\n",
                                              VICI_ALERT_TYPE_UNKNOWN);

  emit_file (test, "alert", "alert");
  wait_for_log (test, with);

  emit (test, "alert", "{'type': <'of-tomorrow'>}");
  wait_for_log (test, without);
}

static void
test_log (Test         *test,
          gconstpointer data)
{
  emit_file (test, "log", "log");
  wait_for_log (test, "log NET1 thread 4 höme[1]: "
                      "sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (892 bytes)\n");

  emit (test, "log", "{'group': <'CFG'>, 'level': <'1'>, 'thread': <'3'>, 'msg': <'x'>}");
  wait_for_log (test, "log CFG1 thread 3 (null)[0]: x\n");
}

/* It comes from the commands, and not from the connection. */
static void
test_control_log (Test         *test,
                  gconstpointer data)
{
  g_autoptr (GVariant) variant =
    g_variant_ref_sink (g_variant_new_parsed ("{'group': <'IKE'>, 'level': <'1'>, 'msg': <'x'>}"));
  g_autoptr (ViciMessage) message = vici_message_new_from_variant (variant, NULL);
  g_autoptr (ViciLogEntry) entry = vici_record_new (VICI_TYPE_LOG_ENTRY, NULL, message);

  vici_daemon_emit_control_log (test->daemon, entry);
  wait_for_log (test, "control-log IKE1 thread 0 (null)[0]: x\n");
}

static void
test_raw (Test         *test,
          gconstpointer data)
{
  static const char * const names[] = { "of-tomorrow", NULL };

  g_signal_connect (test->daemon, "event", G_CALLBACK (on_raw), test);
  g_signal_connect (test->daemon, "event::ike-update", G_CALLBACK (on_raw), test);
  vici_connection_subscribe_async (test->connection, names[0], NULL, NULL, NULL);

  /* With its own signal after it; once more for the detail; and of one that is not
   * known to the library. */
  emit (test, "ike-updown", "{'home': <{'uniqueid': <'7'>}>}");
  emit (test, "ike-update", "{'v': <'1'>}");
  emit (test, names[0], "{'v': <'1'>, 'w': <'2'>}");
  wait_for_log (test, "event ike-updown with 1 names\n"
                      "ike-updown down home[7] (null) (null)-(null) children 0\n"
                      "event ike-update with 1 names\n"
                      "event ike-update with 1 names\n"
                      "event of-tomorrow with 2 names\n");
}

/* Nothing can be told of what is not there. */
static void
test_malformed (Test         *test,
                gconstpointer data)
{
  static const struct
  {
    const char *event;
    const char *text;
  } cases[] = {
    { "ike-updown", "{'up': <'yes'>}" },
    { "ike-updown", "{'up': <'yes'>, 'home': <'no section'>}" },
    { "ike-rekey", "{'home': <{'old': <{'uniqueid': <'1'>}>}>}" },
    { "ike-rekey", "{'home': <'no section'>}" },
    { "ike-update", "{'local-host': <'192.0.2.1'>}" },
    { "child-updown", "{'up': <'yes'>, 'home': <{'uniqueid': <'1'>}>}" },
    { "child-updown", "{'up': <'yes'>, 'home': <{'child-sas': <'no section'>}>}" },
    { "child-rekey", "{'home': <{'uniqueid': <'1'>}>}" },
    { "child-rekey", "{'home': <{'child-sas': <{'net': <{'new': <{'uniqueid': <'1'>}>}>}>}>}" },
    { "child-rekey", "{'home': <{'child-sas': <{'net': <'no section'>}>}>}" },
    { "child-rekey", "{'home': <'no section'>}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    emit (test, cases[i].event, cases[i].text);

  emit (test, "log", "{'msg': <'the end'>}");
  wait_for_log (test, "log (null)0 thread 0 (null)[0]: the end\n");
}

/* As much as a packet has room for. Who looks each section up by its name is at it for
 * a minute, and the test is given up. */
static void
test_many_sections (Test         *test,
                    gconstpointer data)
{
  g_autoptr (GByteArray) sections = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50000; i++)
    {
      g_autofree char *section = g_strdup_printf ("\1\6a%05u\2", i);

      g_byte_array_append (sections, (const guint8 *) section, strlen (section));
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&sections));
  message = vici_message_new_from_bytes (bytes, &error);
  g_assert_no_error (error);

  emit_message (test, "ike-rekey", message);
  emit_message (test, "child-rekey", message);
  emit (test, "log", "{'msg': <'the end'>}");
  wait_for_log (test, "log (null)0 thread 0 (null)[0]: the end\n");
}

static void
test_in_order (Test         *test,
               gconstpointer data)
{
  /* All are subscribed to first. */
  for (guint i = 0; i < 6; i++)
    emit (test, events[i], "{}");
  emit (test, "log", "{'msg': <'ready'>}");
  g_string_truncate (test->log, 0);
  while (strstr (test->log->str, "ready") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_string_truncate (test->log, 0);

  emit (test, "log", "{'msg': <'1'>}");
  emit (test, "ike-updown", "{'a': <{'uniqueid': <'2'>}>}");
  emit (test, "log", "{'msg': <'3'>}");
  emit (test, "child-updown", "{'a': <{'child-sas': <{'c-4': <{'uniqueid': <'4'>}>}>}>}");
  emit (test, "log", "{'msg': <'5'>}");
  wait_for_log (test, "log (null)0 thread 0 (null)[0]: 1\n"
                      "ike-updown down a[2] (null) (null)-(null) children 0\n"
                      "log (null)0 thread 0 (null)[0]: 3\n"
                      "child-updown down a[0] (null) (null)-(null) children 1, (null){4} (null) spi 00000000\n"
                      "log (null)0 thread 0 (null)[0]: 5\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/events/ike-updown-says-whether-and-which", test_ike_updown);
  ADD_TEST ("/events/ike-rekey-has-both", test_ike_rekey);
  ADD_TEST ("/events/ike-update-has-old-and-new-addresses", test_ike_update);
  ADD_TEST ("/events/child-updown-has-both-sas", test_child_updown);
  ADD_TEST ("/events/child-updown-for-each-child", test_each_child);
  ADD_TEST ("/events/child-rekey-has-all-three", test_child_rekey);
  ADD_TEST ("/events/alert-with-and-without-ike-sa", test_alert);
  ADD_TEST ("/events/log-entries", test_log);
  ADD_TEST ("/events/control-log-comes-from-commands", test_control_log);
  ADD_TEST ("/events/raw-comes-first-and-for-all", test_raw);
  ADD_TEST ("/events/malformed-ones-are-not-typed", test_malformed);
  ADD_TEST ("/events/many-sections-are-walked-once", test_many_sections);
  ADD_TEST ("/events/in-the-order-of-the-wire", test_in_order);

  return g_test_run ();
}
