/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

#include "vici-builder.h"

/* The one test that spells out bytes; the others trust the fixture's. */
static void
test_bytes (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) request = NULL;

  vici_builder_add_string (builder, "id", "moon");
  request = vici_builder_end (builder, NULL);

  call_with (f, "get-key", request);
  assert_sent_bytes (f, LITERAL ("\0\0\0\23\0\7get-key\3\2id\0\4moon"));
  receive_bytes (f, LITERAL ("\0\0\0\13\1\3\2id\0\4moon"));
  heard (f, "get-key: {id=moon}");

  stream (f, "list-sas");
  assert_sent_bytes (f, LITERAL ("\0\0\0\11\3\7list-sa"
                                 "\0\0\0\12\0\10list-sas"
                                 "\0\0\0\11\4\7list-sa"));
  receive_bytes (f, LITERAL ("\0\0\0\1\5"
                             "\0\0\0\17\7\7list-sa\3\1n\0\1v"
                             "\0\0\0\1\1"
                             "\0\0\0\1\5"));
  heard (f, "list-sas/list-sa: {n=v}", "list-sas: {}");
}

static void
test_one_in_flight (Fixture      *f,
                    gconstpointer data)
{
  call (f, "version");
  sent (f, "request version");
  call (f, "stats");
  call (f, "get-conns");
  sent_nothing (f);
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 3);

  receive (f, "response daemon=charon");
  heard (f, "version: {daemon=charon}");
  sent (f, "request stats");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 2);

  receive (f, "unknown-command");
  heard (f, "stats: UNKNOWN_COMMAND");
  sent (f, "request get-conns");

  receive (f, "response");
  heard (f, "get-conns: {}");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
}

static void
test_pipelining (Fixture      *f,
                 gconstpointer data)
{
  g_assert_cmpuint (vici_session_get_max_in_flight (f->session), ==, 1);
  g_object_set (f->session, "max-in-flight", 2, NULL);

  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  sent (f, "request b");
  call (f, "c");
  call (f, "d");
  sent_nothing (f);

  receive (f, "response n=1");
  heard (f, "a: {n=1}");
  sent (f, "request c");

  /* Two places at once are filled with one write. */
  call (f, "e");
  receive (f, "response n=2", "unknown-command");
  heard (f, "b: {n=2}", "c: UNKNOWN_COMMAND");
  sent (f, "request d", "request e");

  receive (f, "response n=4", "response n=5");
  heard (f, "d: {n=4}", "e: {n=5}");
}

static void
test_raised_limit (Fixture      *f,
                   gconstpointer data)
{
  for (char c = 'a'; c <= 'j'; c++)
    call (f, (char[]) { c, '\0' });
  sent (f, "request a");

  vici_session_set_max_in_flight (f->session, 8);
  sent (f, "request b", "request c", "request d", "request e",
        "request f", "request g", "request h");

  receive (f, "response n=1", "response n=2", "response n=3", "response n=4");
  heard (f, "a: {n=1}", "b: {n=2}", "c: {n=3}", "d: {n=4}");
  sent (f, "request i", "request j");

  /* Lowered again, it holds for what comes. */
  vici_session_set_max_in_flight (f->session, 1);
  call (f, "k");
  receive (f, "response", "response", "response", "response", "response");
  heard (f, "e: {}", "f: {}", "g: {}", "h: {}", "i: {}");
  sent_nothing (f);
  receive (f, "response");
  heard (f, "j: {}");
  sent (f, "request k");
  receive (f, "response");
  heard (f, "k: {}");
}

static void
test_long_queue (Fixture      *f,
                 gconstpointer data)
{
  const guint n = 10000;

  vici_session_set_max_in_flight (f->session, G_MAXUINT);
  vici_session_set_writable (f->session, FALSE);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      call (f, name);
    }
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, n);

  /* In pieces, none of them very large. */
  vici_session_set_writable (f->session, TRUE);
  g_assert_cmpuint (f->sent->len, >, 1);
  g_assert_cmpuint (f->sent->len, <, 10);
  for (guint i = 0; i < f->sent->len; i++)
    g_assert_cmpuint (g_bytes_get_size (f->sent->pdata[i]), <, 65 * 1024);
  g_ptr_array_set_size (f->sent, 0);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *line = g_strdup_printf ("%u: {}", i);

      receive (f, "response");
      heard (f, line);
    }
}

static void
test_registration_passes_commands (Fixture      *f,
                                   gconstpointer data)
{
  call (f, "initiate");
  sent (f, "request initiate");

  /* In flight only: it goes out at once. */
  subscribe (f, "log");
  sent (f, "register log");

  /* Queued: it waits for its turn. */
  call (f, "version");
  subscribe (f, "ike-updown");
  unsubscribe (f, "log");
  sent_nothing (f);

  receive (f, "response");
  heard (f, "initiate: {}");
  sent (f, "request version", "register ike-updown", "unregister log");

  receive (f, "confirm", "response", "confirm", "confirm");
  heard (f, "+log: done", "version: {}", "+ike-updown: done", "-log: done");
}

static void
test_stream (Fixture      *f,
             gconstpointer data)
{
  stream (f, "list-conns");
  sent (f, "register list-conn", "request list-conns", "unregister list-conn");

  receive (f, "confirm");
  heard_nothing (f);
  receive (f, "event list-conn n=1", "event list-conn n=2");
  heard (f, "list-conns/list-conn: {n=1}", "list-conns/list-conn: {n=2}");

  /* Its end is told when nothing of it is on its way any more. */
  receive (f, "response success=yes");
  heard_nothing (f);
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 1);
  receive (f, "confirm");
  heard (f, "list-conns: {success=yes}");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
}

/* Whatever the reply is: a caller who hangs up at the end leaves nothing unread. */
static void
test_end_of_stream (Fixture      *f,
                    gconstpointer data)
{
  static const char * const replies[][2] = {
    { "response n=1", "list-sas: {n=1}" },
    { "unknown-command", "list-sas: UNKNOWN_COMMAND" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      stream (f, "list-sas");
      sent (f, "register list-sa", "request list-sas", "unregister list-sa");
      receive (f, "confirm", replies[i][0], "event list-sa n=2");
      heard_nothing (f);
      g_assert_cmpuint (vici_session_get_pending (f->session), ==, 1);

      /* Refused or not. */
      receive (f, i == 0 ? "confirm" : "unknown-event");
      heard (f, replies[i][1]);
      g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
    }
}

/* It has no unregistration to wait for. */
static void
test_end_of_subscribed_stream (Fixture      *f,
                               gconstpointer data)
{
  subscribe (f, "list-sa");
  sent (f, "register list-sa");
  receive (f, "confirm");
  heard (f, "+list-sa: done");

  stream (f, "list-sas");
  sent (f, "request list-sas");
  receive (f, "response n=1");
  heard (f, "list-sas: {n=1}");
  stream (f, "list-sas");
  sent (f, "request list-sas");
  receive (f, "unknown-command");
  heard (f, "list-sas: UNKNOWN_COMMAND");
}

static void
test_stream_without_events (Fixture      *f,
                            gconstpointer data)
{
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  receive (f, "confirm", "response", "confirm");
  heard (f, "list-sas: {}");
}

static void
test_stream_of_unknown_command (Fixture      *f,
                                gconstpointer data)
{
  stream_event (f, "list-things", "list-thing");
  sent (f, "register list-thing", "request list-things", "unregister list-thing");
  receive (f, "confirm", "unknown-command", "confirm");
  heard (f, "list-things: UNKNOWN_COMMAND");
}

static void
test_commands_behind_stream (Fixture      *f,
                             gconstpointer data)
{
  stream (f, "list-conns");
  sent (f, "register list-conn", "request list-conns", "unregister list-conn");
  call (f, "version");
  sent_nothing (f);

  /* The reply makes room; the confirmation behind it holds nothing up. */
  receive (f, "confirm", "event list-conn n=1", "response");
  heard (f, "list-conns/list-conn: {n=1}");
  sent (f, "request version");
  receive (f, "confirm", "response");
  heard (f, "list-conns: {}", "version: {}");
}

static void
test_pipelined_streams (Fixture      *f,
                        gconstpointer data)
{
  vici_session_set_max_in_flight (f->session, 8);

  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  stream_event (f, "list-more", "list-sa");
  sent (f, "register list-sa", "request list-more", "unregister list-sa");
  call (f, "version");
  sent (f, "request version");

  receive (f, "confirm", "event list-sa n=1", "response n=1", "confirm");
  heard (f, "list-sas/list-sa: {n=1}", "list-sas: {n=1}");
  receive (f, "confirm", "event list-sa n=2", "response n=2", "confirm", "response n=3");
  heard (f, "list-more/list-sa: {n=2}", "list-more: {n=2}", "version: {n=3}");
}

static void
test_events_outside_their_stream (Fixture      *f,
                                  gconstpointer data)
{
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");

  /* Before the registration is confirmed, and behind the reply. */
  receive (f, "event list-sa n=1", "confirm", "event list-sa n=2",
           "response", "event list-sa n=3", "confirm", "event list-sa n=4");
  heard (f, "list-sas/list-sa: {n=2}", "list-sas: {}");
}

static void
test_other_events_in_stream (Fixture      *f,
                             gconstpointer data)
{
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  receive (f, "confirm", "event list-s", "event list-sas", "event list-conn",
           "event log", "event list-sa n=1", "response", "confirm");
  heard (f, "list-sas/list-sa: {n=1}", "list-sas: {}");
}

/* Names on the wire have a length, and may hold any byte. */
static void
test_event_name_with_nul (Fixture      *f,
                          gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  stream_event (f, "cmd", "ev");
  sent (f, "register ev", "request cmd", "unregister ev");

  receive (f, "confirm", "confirm");
  heard (f, "+log: done");
  receive_bytes (f, LITERAL ("\0\0\0\7\7\5ev\0ev"));
  receive_bytes (f, LITERAL ("\0\0\0\5\7\3ev\0"));
  receive_bytes (f, LITERAL ("\0\0\0\6\7\4log\0"));
  receive_bytes (f, LITERAL ("\0\0\0\2\7\0"));
  receive (f, "event ev", "response", "confirm");
  heard (f, "cmd/ev: {}", "cmd: {}");
}

static void
test_stream_of_subscribed_event (Fixture      *f,
                                 gconstpointer data)
{
  subscribe (f, "list-sa");
  sent (f, "register list-sa");
  receive (f, "confirm");
  heard (f, "+list-sa: done");

  stream (f, "list-sas");
  sent (f, "request list-sas");

  /* To both, the stream first; to the subscribers alone once it has ended. */
  receive (f, "event list-sa n=1", "response", "event list-sa n=2");
  heard (f, "list-sas/list-sa: {n=1}", "list-sa! {n=1}", "list-sas: {}", "list-sa! {n=2}");
}

static void
test_streams_of_own_commands (void)
{
  static const char * const commands[][2] = {
    { "initiate", "control-log" },
    { "list-authorities", "list-authority" },
    { "list-certs", "list-cert" },
    { "list-conns", "list-conn" },
    { "list-policies", "list-policy" },
    { "list-sas", "list-sa" },
    { "terminate", "control-log" },
    { "version", NULL },
    { "list-sa", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    g_assert_cmpstr (vici_session_get_stream_event (commands[i][0]), ==, commands[i][1]);
}

/* Callbacks may ask for more; it goes out in one write when all that has
 * arrived was handled. */
static void
ask_for_more (Fixture *f)
{
  vici_session_set_max_in_flight (f->session, 8);
  call (f, "x");
  stream (f, "list-sas");
  subscribe (f, "log");
}

static void
test_calls_from_callback (Fixture      *f,
                          gconstpointer data)
{
  call (f, "version");
  sent (f, "request version");
  react (f, "version", ask_for_more);
  receive (f, "response");
  heard (f, "version: {}");
  sent (f, "request x", "register list-sa", "request list-sas", "unregister list-sa",
        "register log");
  receive (f, "response", "confirm", "response", "confirm", "confirm");
  heard (f, "x: {}", "list-sas: {}", "+log: done");
}

static void
test_calls_from_send (Fixture      *f,
                      gconstpointer data)
{
  react (f, "send()", ask_for_more);
  call (f, "version");
  sent (f, "request version");
  sent (f, "request x", "register list-sa", "request list-sas", "unregister list-sa",
        "register log");
  receive (f, "response", "response", "confirm", "response", "confirm", "confirm");
  heard (f, "version: {}", "x: {}", "list-sas: {}", "+log: done");
}

static void
test_was_sent (Fixture      *f,
               gconstpointer data)
{
  Call *a = call (f, "a");
  Call *b = call (f, "b");

  sent (f, "request a");
  g_assert_true (vici_session_was_sent (f->session, a->id));
  g_assert_false (vici_session_was_sent (f->session, b->id));
  g_assert_false (vici_session_was_sent (f->session, b->id + 1));

  receive (f, "response");
  heard (f, "a: {}");
  sent (f, "request b");
  g_assert_true (vici_session_was_sent (f->session, a->id));
  g_assert_true (vici_session_was_sent (f->session, b->id));

  receive (f, "response");
  heard (f, "b: {}");
}

static void
test_no_functions (Fixture      *f,
                   gconstpointer data)
{
  vici_session_set_max_in_flight (f->session, 8);
  g_assert_cmpuint (vici_session_call (f->session, "a", NULL, NULL, NULL, NULL, NULL), >, 0);
  g_assert_cmpuint (vici_session_call_streaming (f->session, "b", "e", NULL, NULL, NULL, NULL, NULL), >, 0);
  g_assert_cmpuint (vici_session_subscribe (f->session, "s", NULL, NULL, NULL, NULL), >, 0);
  g_assert_cmpuint (vici_session_unsubscribe (f->session, "s", NULL, NULL, NULL, NULL), >, 0);
  sent (f, "request a");
  sent (f, "register e", "request b", "unregister e");
  sent (f, "register s");
  sent (f, "unregister s");

  receive (f, "response", "confirm", "event e", "response", "confirm", "confirm",
           "event s n=1", "confirm");
  heard (f, "s! {n=1}");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/session/order/bytes-are-those-of-the-document", test_bytes);
  ADD_TEST ("/session/order/one-command-is-in-flight", test_one_in_flight);
  ADD_TEST ("/session/order/pipelined-replies-are-matched-in-order", test_pipelining);
  ADD_TEST ("/session/order/limit-can-change-at-any-time", test_raised_limit);
  ADD_TEST ("/session/order/long-queue-goes-out-in-pieces", test_long_queue);
  ADD_TEST ("/session/order/registration-waits-for-queued-commands-only",
            test_registration_passes_commands);
  ADD_TEST ("/session/order/calls-from-a-callback-go-out-in-one-write", test_calls_from_callback);
  ADD_TEST ("/session/order/calls-from-send-follow", test_calls_from_send);
  ADD_TEST ("/session/order/what-was-sent-is-known", test_was_sent);
  ADD_TEST ("/session/order/functions-may-be-missing", test_no_functions);

  ADD_TEST ("/session/stream/is-one-write", test_stream);
  ADD_TEST ("/session/stream/end-waits-for-its-unregistration", test_end_of_stream);
  ADD_TEST ("/session/stream/end-on-subscribed-event-comes-at-once",
            test_end_of_subscribed_stream);
  ADD_TEST ("/session/stream/may-be-empty", test_stream_without_events);
  ADD_TEST ("/session/stream/unknown-command-ends-it", test_stream_of_unknown_command);
  ADD_TEST ("/session/stream/reply-lets-the-next-command-go", test_commands_behind_stream);
  ADD_TEST ("/session/stream/pipelined-streams-keep-their-events", test_pipelined_streams);
  ADD_TEST ("/session/stream/ends-with-its-reply", test_events_outside_their_stream);
  ADD_TEST ("/session/stream/takes-no-other-events", test_other_events_in_stream);
  ADD_TEST ("/session/stream/name-with-nul-is-another-name", test_event_name_with_nul);
  ADD_TEST ("/session/stream/of-subscribed-event-needs-no-registration",
            test_stream_of_subscribed_event);
  g_test_add_func ("/session/stream/events-of-charons-commands-are-known",
                   test_streams_of_own_commands);

  return g_test_run ();
}
