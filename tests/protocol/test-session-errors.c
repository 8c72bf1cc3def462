/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

#include "vici-builder.h"

/* -- Faults of the peer -- */

typedef struct
{
  const char *claim;
  ViciError   code;
  const char *bytes;
  gsize       length;
} Fault;

static const Fault faults[] = {
  { "empty-packet", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\0") },
  { "packet-over-512-kib", VICI_ERROR_PROTOCOL, LITERAL ("\0\10\0\1") },
  { "packet-of-16-mib", VICI_ERROR_PROTOCOL, LITERAL ("\1\0\0\0") },
  { "packet-of-4-gib", VICI_ERROR_PROTOCOL, LITERAL ("\377\377\377\377") },
  { "unknown-type-8", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\10") },
  { "unknown-type-255", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\5\377\3log") },
  { "request", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\11\0\7version") },
  { "registration", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\5\3\3log") },
  { "unregistration", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\5\4\3log") },
  { "event-without-name", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\7") },
  { "event-shorter-than-its-name", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\5\7\4log") },
  { "event-much-shorter-than-its-name", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\2\7\377") },
  { "more-behind-unknown-command", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\2\2\0") },
  { "more-behind-confirmation", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\5\5\3log") },
  { "more-behind-unknown-event", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\2\6\6") },
  { "malformed-event", VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\6\7\3log\7") },
  { "malformed-event-of-nobody", VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\12\7\3foo\3\1n\0\5") },
  { "event-with-open-section", VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\10\7\3log\1\1n") },
};

/* Faults only in answer to a command, to a registration, or to nothing. */
static const Fault reply_faults[] = {
  { "confirmation-instead-of-reply", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\5") },
  { "unknown-event-instead-of-reply", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\6") },
  { "malformed-reply", VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\2\1\7") },
  { "reply-with-open-list", VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\4\1\4\1n") },
};

static const Fault confirmation_faults[] = {
  { "reply-instead-of-confirmation", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\1") },
  { "unknown-command-instead-of-confirmation", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\2") },
};

static const Fault idle_faults[] = {
  { "reply-to-nothing", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\1") },
  { "unknown-command-to-nothing", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\2") },
  { "confirmation-to-nothing", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\5") },
  { "unknown-event-to-nothing", VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\6") },
};

static void
assert_kept_little (Fixture *f)
{
  g_assert_cmpuint (vici_session_get_private (f->session)->framer.kept.allocated, <, 1024);
}

/* All at once, and with each byte for itself; then it is over. Of what is
 * pending, a name alone fails with the fault. */
static void
assert_fault (Reaction            prepare,
              const char * const *pending,
              const Fault        *fault)
{
  static const guint8 more[] = { 0, 0, 0, 1, 1 };

  for (guint single = 0; single < 2; single++)
    {
      g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
      g_auto (GStrv) lines = NULL;
      const char *code = fault->code == VICI_ERROR_PROTOCOL ? "PROTOCOL" : "MALFORMED";
      Fixture fixture = { NULL };
      gsize start = 0;

      for (gsize i = 0; pending[i] != NULL; i++)
        {
          g_autofree char *failed = g_strdup_printf ("%s: %s", pending[i], code);

          g_strv_builder_add (builder, strchr (pending[i], ':') ? pending[i] : failed);
        }
      g_strv_builder_add (builder, "close()");
      lines = g_strv_builder_end (builder);

      fixture_set_up (&fixture, NULL);
      prepare (&fixture);
      for (; single && start < fault->length - 1; start++)
        receive_bytes (&fixture, fault->bytes + start, 1);
      receive_fault (&fixture, fault->code, fault->bytes + start, fault->length - start);
      assert_heard (&fixture, (const char * const *) lines);
      assert_kept_little (&fixture);

      /* What follows changes nothing. */
      g_assert_cmpint (vici_session_receive (fixture.session, more, sizeof more, NULL), ==, -1);
      vici_session_closed (fixture.session, NULL);
      fixture_tear_down (&fixture, NULL);
    }
}

static void
prepare_nothing (Fixture *f)
{
}

static void
prepare_subscribed (Fixture *f)
{
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");
}

static void
prepare_reply (Fixture *f)
{
  prepare_subscribed (f);
  call (f, "a");
  sent (f, "request a");
  subscribe (f, "ike-updown");
  sent (f, "register ike-updown");
  call (f, "b");
  stream (f, "list-sas");
}

static void
prepare_stream (Fixture *f)
{
  prepare_subscribed (f);
  stream_event (f, "initiate", "control-log");
  sent (f, "register control-log", "request initiate", "unregister control-log");
  receive (f, "confirm", "event control-log n=1");
  heard (f, "initiate/control-log: {n=1}");
  call (f, "b");
}

static void
prepare_registration (Fixture *f)
{
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  subscribe (f, "log");
  sent (f, "register log");
}

static void
prepare_unregistration (Fixture *f)
{
  prepare_registration (f);
  receive (f, "confirm", "response");
}

static void
test_fault (gconstpointer data)
{
  assert_fault (prepare_nothing, (const char *[]) { NULL }, data);
  assert_fault (prepare_subscribed, (const char *[]) { NULL }, data);
  assert_fault (prepare_reply,
                (const char *[]) { "a", "+ike-updown", "b", "list-sas", NULL }, data);
  assert_fault (prepare_stream, (const char *[]) { "initiate", "b", NULL }, data);
  assert_fault (prepare_registration, (const char *[]) { "list-sas", "+log", NULL }, data);
  assert_fault (prepare_unregistration, (const char *[]) { "list-sas: {}", "+log", NULL }, data);
}

static void
test_idle_fault (gconstpointer data)
{
  assert_fault (prepare_nothing, (const char *[]) { NULL }, data);
  assert_fault (prepare_subscribed, (const char *[]) { NULL }, data);
}

static void
test_reply_fault (gconstpointer data)
{
  assert_fault (prepare_reply,
                (const char *[]) { "a", "+ike-updown", "b", "list-sas", NULL }, data);
  assert_fault (prepare_stream, (const char *[]) { "initiate", "b", NULL }, data);
}

static void
test_confirmation_fault (gconstpointer data)
{
  assert_fault (prepare_registration, (const char *[]) { "list-sas", "+log", NULL }, data);
  assert_fault (prepare_unregistration, (const char *[]) { "list-sas: {}", "+log", NULL }, data);
}

static void
test_malformed_stream (void)
{
  static const Fault fault = { "malformed-event", VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\16\7\13control-log\3") };

  assert_fault (prepare_stream, (const char *[]) { "initiate", "b", NULL }, &fault);
}

static void
test_malformed_drained (Fixture      *f,
                        gconstpointer data)
{
  Call *a = call (f, "a");

  /* Nobody waits for it, and it is a fault all the same. */
  sent (f, "request a");
  cancel (f, a);
  receive_fault (f, VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\2\1\7"));
  heard (f, "close()");
}

static void
test_fault_behind_good (Fixture      *f,
                        gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  receive_fault (f, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\1\0\0\0\0"));

  /* What came before it counts, and nothing is sent any more. */
  heard (f, "a: {}", "b: PROTOCOL", "close()");
  sent_nothing (f);
}

static void
close_from_fault (Fixture *f)
{
  vici_session_closed (f->session, NULL);
}

static void
test_close_once (Fixture      *f,
                 gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  react (f, "a:", close_from_fault);
  receive_fault (f, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\0"));
  heard (f, "a: PROTOCOL", "b: PROTOCOL", "close()");
}

static void
test_event_with_largest_name (Fixture      *f,
                              gconstpointer data)
{
  g_autofree char *name = g_strnfill (VICI_NAME_MAX, 'x');
  g_autofree char *event = g_strdup_printf ("event %s", name);
  g_autofree char *line = g_strdup_printf ("%s! {}", name);
  g_autofree char *plus = g_strdup_printf ("+%s: done", name);

  subscribe (f, name);
  g_ptr_array_set_size (f->sent, 0);
  receive (f, "confirm", event);
  heard (f, plus, line);
}

static void
test_largest_packet (Fixture      *f,
                     gconstpointer data)
{
  const gsize size = VICI_PACKET_HEADER + VICI_PACKET_MAX;
  g_autofree guint8 *packet = g_malloc0 (size);

  /* A reply full of sections without names, none of which ends: it is not too
   * long, but malformed. */
  packet[1] = VICI_PACKET_MAX >> 16;
  packet[4] = VICI_PACKET_CMD_RESPONSE;
  for (gsize i = 5; i < size; i += 2)
    packet[i] = 1;

  call (f, "a");
  sent (f, "request a");
  receive_fault (f, VICI_ERROR_MALFORMED, packet, size);
  heard (f, "a: MALFORMED", "close()");
}

/* -- Faults of the caller -- */

static void
never (ViciSession  *session,
       const char   *event,
       ViciMessage  *message,
       const GError *error,
       gpointer      user_data)
{
  g_assert_not_reached ();
}

static void
never_notify (gpointer user_data)
{
  g_assert_not_reached ();
}

static void
assert_refused (guint64   id,
                GError  **error,
                ViciError code)
{
  g_assert_cmpuint (id, ==, 0);
  g_assert_error (*error, VICI_ERROR, (int) code);
  g_clear_error (error);
}

static void
assert_name_refused (Fixture    *f,
                     const char *name,
                     ViciError   code)
{
  g_autoptr (GError) error = NULL;
  guint pending = vici_session_get_pending (f->session);

  assert_refused (vici_session_call (f->session, name, NULL, never, NULL, never_notify, &error),
                  &error, code);
  assert_refused (vici_session_call_streaming (f->session, name, "log", NULL,
                                               never, NULL, never_notify, &error),
                  &error, code);
  assert_refused (vici_session_call_streaming (f->session, "list", name, NULL,
                                               never, NULL, never_notify, &error),
                  &error, code);
  assert_refused (vici_session_subscribe (f->session, name, never, NULL, never_notify, &error),
                  &error, code);
  assert_refused (vici_session_unsubscribe (f->session, name, never, NULL, never_notify, &error),
                  &error, code);

  g_assert_cmpuint (vici_session_get_pending (f->session), ==, pending);
}

static void
test_names (Fixture      *f,
            gconstpointer data)
{
  g_autofree char *largest = g_strnfill (VICI_NAME_MAX, 'x');
  g_autofree char *long_name = g_strnfill (VICI_NAME_MAX + 1, 'x');
  g_autofree char *very_long_name = g_strnfill (1024 * 1024, 'x');

  assert_name_refused (f, "", VICI_ERROR_INVALID);
  assert_name_refused (f, long_name, VICI_ERROR_TOO_LARGE);
  assert_name_refused (f, very_long_name, VICI_ERROR_TOO_LARGE);
  assert_name_refused (f, "list\n", VICI_ERROR_INVALID);
  assert_name_refused (f, "\tlist", VICI_ERROR_INVALID);
  assert_name_refused (f, "list\177", VICI_ERROR_INVALID);
  assert_name_refused (f, "l\303\251ger", VICI_ERROR_INVALID);
  assert_name_refused (f, "\377", VICI_ERROR_INVALID);
  sent_nothing (f);

  /* The last ones that are not. */
  vici_session_set_max_in_flight (f->session, 8);
  call (f, largest);
  call (f, "a b~!");
  g_assert_cmpuint (g_bytes_get_size (f->sent->pdata[0]), ==, 4 + 1 + 1 + 255);
  g_assert_cmpuint (g_bytes_get_size (f->sent->pdata[1]), ==, 4 + 1 + 1 + 5);
  g_ptr_array_set_size (f->sent, 0);
  receive (f, "response", "response");
  g_assert_cmpstr (f->lines->pdata[1], ==, "a b~!: {}");
  g_ptr_array_set_size (f->lines, 0);
}

static void
test_names_among_calls (Fixture      *f,
                        gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  assert_name_refused (f, "\n", VICI_ERROR_INVALID);
  call (f, "b");
  assert_name_refused (f, "\n", VICI_ERROR_INVALID);
  receive (f, "response n=1");
  heard (f, "a: {n=1}");
  sent (f, "request b");
  assert_name_refused (f, "", VICI_ERROR_INVALID);
  receive (f, "response n=2");
  heard (f, "b: {n=2}");
}

static void
test_stream_without_event (Fixture      *f,
                           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  assert_refused (vici_session_call_streaming (f->session, "version", NULL, NULL,
                                               never, NULL, never_notify, &error),
                  &error, VICI_ERROR_INVALID);
}

/* A message of that many bytes. */
static ViciMessage *
message_of_size (gsize size)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autofree guint8 *value = g_malloc0 (VICI_VALUE_MAX);
  g_autoptr (GError) error = NULL;
  ViciMessage *message;
  guint i = 0;

  /* An element is its value and five bytes for a name of one letter. */
  while (size > 0)
    {
      gsize length = MIN (size - 5, VICI_VALUE_MAX - 10);
      char name[] = { 'a' + i++, '\0' };

      vici_builder_add_data (builder, name, value, length);
      size -= length + 5;
    }

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  return message;
}

static void
test_sizes (Fixture      *f,
            gconstpointer data)
{
  const gsize room = VICI_PACKET_MAX - 1 - 1 - strlen ("large");
  g_autoptr (ViciMessage) largest = message_of_size (room);
  g_autoptr (ViciMessage) too_large = message_of_size (room + 1);
  const guint8 *start;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (vici_message_get_bytes (largest)), ==, room);

  call (f, "a");
  sent (f, "request a");
  assert_refused (vici_session_call (f->session, "large", too_large,
                                     never, NULL, never_notify, &error),
                  &error, VICI_ERROR_TOO_LARGE);
  assert_refused (vici_session_call_streaming (f->session, "large", "log", too_large,
                                               never, NULL, never_notify, &error),
                  &error, VICI_ERROR_TOO_LARGE);
  assert_refused (vici_session_call (f->session, "large1", largest,
                                     never, NULL, never_notify, &error),
                  &error, VICI_ERROR_TOO_LARGE);
  call_with (f, "large", largest);
  call (f, "b");

  receive (f, "response");
  heard (f, "a: {}");
  g_assert_cmpuint (g_bytes_get_size (f->sent->pdata[0]), ==, 4 + VICI_PACKET_MAX);
  start = g_bytes_get_data (f->sent->pdata[0], NULL);
  g_assert_cmpmem (start, 11, "\0\10\0\0\0\5large", 11);
  g_ptr_array_set_size (f->sent, 0);
  receive (f, "response");
  heard (f, "large: {}");
  sent (f, "request b");
  receive (f, "response");
  heard (f, "b: {}");
}

/* The largest reply that there is, and that in pieces. */
static void
test_large_reply (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (ViciMessage) message = message_of_size (VICI_MESSAGE_MAX);
  g_autofree char *text = vici_message_to_string (message, VICI_PRINT_NONE);
  g_autofree char *line = g_strconcat ("a: ", text, NULL);
  const guint8 *bytes = g_bytes_get_data (vici_message_get_bytes (message), NULL);

  call (f, "a");
  sent (f, "request a");
  receive_bytes (f, LITERAL ("\0\10\0\0\1"));
  for (gsize start = 0; start < VICI_MESSAGE_MAX; start += 1000)
    receive_bytes (f, bytes + start, MIN (1000, VICI_MESSAGE_MAX - start));
  heard (f, line);
}

static void
add_fault_tests (const Fault  *table,
                 gsize         n,
                 GTestDataFunc func)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/session/fault/%s-ends-the-session",
                                               table[i].claim);

      g_test_add_data_func (path, &table[i], func);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_fault_tests (faults, G_N_ELEMENTS (faults), test_fault);
  add_fault_tests (idle_faults, G_N_ELEMENTS (idle_faults), test_idle_fault);
  add_fault_tests (reply_faults, G_N_ELEMENTS (reply_faults), test_reply_fault);
  add_fault_tests (confirmation_faults, G_N_ELEMENTS (confirmation_faults),
                   test_confirmation_fault);
  g_test_add_func ("/session/fault/malformed-event-of-a-stream-ends-the-session",
                   test_malformed_stream);
  ADD_TEST ("/session/fault/malformed-reply-to-nobody-ends-the-session", test_malformed_drained);
  ADD_TEST ("/session/fault/what-came-before-it-counts", test_fault_behind_good);
  ADD_TEST ("/session/fault/closes-once", test_close_once);
  ADD_TEST ("/session/fault/largest-name-is-none", test_event_with_largest_name);
  ADD_TEST ("/session/fault/largest-packet-is-looked-at", test_largest_packet);
  ADD_TEST ("/session/fault/largest-reply-is-none", test_large_reply);

  ADD_TEST ("/session/names/refused-before-they-are-sent", test_names);
  ADD_TEST ("/session/names/refused-without-harm-to-others", test_names_among_calls);
  ADD_TEST ("/session/names/stream-needs-an-event", test_stream_without_event);
  ADD_TEST ("/session/names/packet-over-512-kib-is-refused", test_sizes);

  return g_test_run ();
}
