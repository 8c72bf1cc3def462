/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Streams: their events, their end, and who waits for whom. */

#include <malloc.h>
#include <string.h>

#include "client-test.h"
#include "vici-error.h"

/* What is sent and expected for list-sas, up to its events. */
#define LIST_SAS "register list-sa; request list-sas; unregister list-sa; confirm;"

static void
test_async (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 3; reply v=9; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);
  g_autofree char *value = NULL;

  client_next (test, stream, NULL);
  client_expect (test, ">0");
  client_next (test, stream, NULL);
  client_expect (test, ">1");
  g_assert_null (vici_stream_get_reply (stream));
  client_next (test, stream, NULL);
  client_expect (test, ">2");
  client_next (test, stream, NULL);
  client_expect (test, ">end");
  value = vici_message_lookup_string (vici_stream_get_reply (stream), "v");
  g_assert_cmpstr (value, ==, "9");

  /* It stays at its end. */
  client_next (test, stream, NULL);
  client_expect (test, ">end");
  client_next_sync (stream, "end");
  vici_stream_close (stream);
  g_assert_nonnull (vici_stream_get_reply (stream));
}

static void
test_sync (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 2; reply v=9; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_next_sync (stream, "0");
  client_next_sync (stream, "1");
  client_next_sync (stream, "end");
  g_assert_nonnull (vici_stream_get_reply (stream));
  client_call_sync (test, "a", "a");
}

/* Nobody looks: it goes through all the same. */
static void
test_reply_unread (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, LIST_SAS "reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_call (test, "a");
  client_expect (test, "a:a");
  g_assert_nonnull (vici_stream_get_reply (stream));
}

static void
test_unknown_command (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; request x; unregister e; confirm; unknown; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "x", "e");

  client_next (test, stream, NULL);
  client_expect (test, ">unknown-command");
  client_next_sync (stream, "unknown-command");
  g_assert_null (vici_stream_get_reply (stream));
  client_call_sync (test, "a", "a");
}

static void
test_unknown_event (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; request x; unregister e; refuse; reply; refuse; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "x", "e");

  client_next (test, stream, NULL);
  client_expect (test, ">unknown-event");
  client_call_sync (test, "a", "a");
}

/* The event is the one that the command is known to stream, or is to be named. */
static void
test_event_of_command (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register control-log; request initiate; unregister control-log;"
                          "confirm; event control-log v=1; event list-sa v=2; reply; confirm;"
                          "serve");
  g_autoptr (ViciStream) known = client_stream (test, "initiate", NULL);
  g_autoptr (ViciStream) unknown = client_stream (test, "x", NULL);
  g_autoptr (ViciStream) unprintable = client_stream (test, "x", "\n");

  client_next_sync (known, "1");
  client_next_sync (known, "end");
  client_next_sync (unknown, "invalid");
  client_next (test, unprintable, NULL);
  client_expect (test, ">invalid");
  client_call_sync (test, "a", "a");
}

static void
test_success_no (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "reply success=no; confirm; end");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_next_sync (stream, "end");
  g_assert_false (vici_message_check_success (vici_stream_get_reply (stream), NULL));
}

static void
test_among_calls (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; register list-sa; request list-sas; unregister list-sa;"
                          "request b; register list-sa; request list-sas; unregister list-sa;"
                          "reply v=1; confirm; event list-sa v=2; reply; confirm;"
                          "reply v=3; confirm; event list-sa v=4; reply; confirm; serve");
  g_autoptr (ViciStream) first = NULL;
  g_autoptr (ViciStream) second = NULL;

  vici_connection_set_max_in_flight (test->connection, 4);
  client_call (test, "a");
  first = client_stream (test, "list-sas", NULL);
  client_call (test, "b");
  second = client_stream (test, "list-sas", NULL);
  client_expect (test, "a:1 b:3");
  client_next_sync (second, "4");
  client_next_sync (first, "2");
  client_next_sync (first, "end");
  client_next_sync (second, "end");
}

/* -- Closing it -- */

static void
test_close (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          LIST_SAS "event list-sa v=1; wait; events list-sa 2000 500; reply; confirm;"
                          "serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_next_sync (stream, "1");
  client_call (test, "a");
  client_next (test, stream, NULL);
  client_settle (test);
  vici_stream_close (stream);
  vici_stream_close (stream);
  client_expect (test, ">closed");
  client_next_sync (stream, "closed");
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 1);
  peer_go (test->peer);
  client_expect (test, "a:a");
  g_assert_null (vici_stream_get_reply (stream));
}

/* Before it is its turn: it is never sent. */
static void
test_close_queued (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; request b; reply v=2; end");
  g_autoptr (ViciStream) stream = NULL;

  client_call (test, "a");
  stream = client_stream (test, "list-sas", NULL);
  client_call (test, "b");
  client_await (test);
  vici_stream_close (stream);
  peer_go (test->peer);
  client_expect (test, "a:1 b:2");
  client_next_sync (stream, "closed");
}

static void
test_close_after_end (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 3; reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_call (test, "a");
  client_expect (test, "a:a");
  client_next_sync (stream, "0");
  vici_stream_close (stream);
  client_next_sync (stream, "closed");
  g_assert_null (vici_stream_get_reply (stream));
}

static void
test_drop (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          LIST_SAS "events list-sa 2000 500; reply; confirm;"
                          "register list-sa; request list-sas; unregister list-sa; confirm;"
                          "wait; event list-sa v=1; reply; confirm; serve");
  ViciStream *stream = client_stream (test, "list-sas", NULL);

  /* Right away, and with somebody waiting. */
  client_next_sync (stream, "0");
  g_object_unref (stream);
  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_await (test);
  client_settle (test);
  g_clear_object (&stream);
  client_expect (test, ">closed");

  peer_go (test->peer);
  client_call (test, "a");
  client_expect (test, "a:a");
}

static void
drop_stream (ClientTest *test,
             const char *word)
{
  ViciStream **stream = test->hook_data;

  g_clear_object (stream);
}

static void
test_drop_from_next (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 1000 500; reply; confirm; serve");
  ViciStream *stream = client_stream (test, "list-sas", NULL);

  test->hook = drop_stream;
  test->hook_data = &stream;
  client_next (test, stream, NULL);
  client_expect (test, ">0");
  g_assert_null (stream);
  client_call (test, "a");
  client_expect (test, "a:a");
}

static void
next_again (ClientTest *test,
            const char *word)
{
  if (g_ascii_isdigit (word[1]))
    client_next (test, test->hook_data, NULL);
}

static void
test_next_from_next (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 5; reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  test->hook = next_again;
  test->hook_data = stream;
  client_next (test, stream, NULL);
  client_expect (test, ">0 >1 >2 >3 >4 >end");
}

/* -- One reader at a time -- */

static void
test_second_reader (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "wait; event list-sa v=1; reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_next (test, stream, NULL);
  client_next_sync (stream, "pending");
  client_next (test, stream, NULL);
  client_expect (test, ">pending");
  peer_go (test->peer);
  client_expect (test, ">1");
  client_next_sync (stream, "end");
}

static void
test_cancelled_next_loses_nothing (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 2; reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_call (test, "a");
  client_expect (test, "a:a");

  /* The event is there already, and on its way to the reader. */
  client_next (test, stream, cancellable);
  client_expect (test, ">0");
  g_cancellable_cancel (cancellable);
  client_next (test, stream, cancellable);
  client_expect (test, ">cancelled");
  client_next_sync (stream, "1");
  client_next_sync (stream, "end");
}

/* -- Back-pressure -- */

#define EVENT_SIZE 1000

/* Sends what the socket takes of it, and says how much that was. */
static gsize
send_some (GSocket    *socket,
           GByteArray *bytes,
           gsize      *offset)
{
  gsize sent = 0;
  gssize n;

  do
    {
      n = g_socket_send_with_blocking (socket, (const char *) bytes->data + *offset,
                                       bytes->len - *offset, FALSE, NULL, NULL);
      sent += n > 0 ? (gsize) n : 0;
      *offset += n > 0 ? (gsize) n : 0;
    }
  while (n > 0);

  return sent;
}

/* Both ends in one thread, so that it is known when nothing moves any more: a
 * reader that does not read holds up the peer, and loses nothing. */
static void
test_back_pressure (void)
{
  static const guint8 confirmation[] = { 0, 0, 0, 1, 5 };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  GIOStream *ends[2];
  GSocket *socket;
  gsize offset = 0;
  guint n_events = 0;

  peer_socket_pair (ends);
  socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (ends[1]));
  connection = vici_connection_new_for_stream (ends[0]);
  stream = vici_connection_call_streaming (connection, "list-sas", NULL, NULL);

  g_byte_array_append (bytes, confirmation, sizeof confirmation);
  while (bytes->len < 8 * 1024 * 1024)
    peer_append_event (bytes, "list-sa", n_events++, EVENT_SIZE);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  while (send_some (socket, bytes, &offset) > 0)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }

  /* The sockets themselves hold some of it. */
  g_assert_cmpuint (offset, <, 2 * 1024 * 1024);

  for (guint i = 0; i < n_events; i++)
    {
      g_autoptr (ViciMessage) event = NULL;

      send_some (socket, bytes, &offset);
      event = vici_stream_next_sync (stream, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (vici_message_lookup_uint64 (event, "v", G_MAXUINT64), ==, i);
    }

  g_assert_cmpuint (offset, ==, bytes->len);
  g_clear_object (&stream);
  g_clear_object (&connection);
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
}

/* What stands behind it waits, and comes when there is room again, whoever has
 * made it: here a reader that needs no main context. */
static void
test_resumed_by_sync_reader (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; request a;"
                          "confirm; events list-sa 257; wait; reply; confirm; reply v=1; serve");
  g_autoptr (ViciStream) stream = NULL;

  vici_connection_set_max_in_flight (test->connection, 2);
  stream = client_stream (test, "list-sas", NULL);
  client_call (test, "a");
  client_await (test);
  client_settle (test);
  peer_go (test->peer);

  for (guint i = 0; i < 257; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);

      client_next_sync (stream, value);
    }

  client_expect (test, "a:1");
}

static void
test_resumed_by_close (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; request a;"
                          "confirm; events list-sa 257; wait; reply; confirm; reply v=1; serve");
  g_autoptr (ViciStream) stream = NULL;

  vici_connection_set_max_in_flight (test->connection, 2);
  stream = client_stream (test, "list-sas", NULL);
  client_call (test, "a");
  client_await (test);
  client_settle (test);
  peer_go (test->peer);
  vici_stream_close (stream);
  client_expect (test, "a:1");
}

static void
test_end_of_peer_behind_full_stream (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 300; close");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_settle (test);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *word = g_strdup_printf (">%u", i);

      client_next (test, stream, NULL);
      client_run_until (test, test->words > 0);
      g_assert_true (g_str_has_prefix (test->log->str, word));
      if (i < 299 && test->words == 1)
        client_expect (test, word);
    }

  client_run_until (test, g_str_has_suffix (test->log->str, "closed:closed"));
  g_string_truncate (test->log, 0);
  test->words = 0;
  client_next (test, stream, NULL);
  client_expect (test, ">closed");
}

static void
test_many (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 100000; reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);
  gsize before = mallinfo2 ().uordblks;
  gsize most = 0;

  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (ViciMessage) event = vici_stream_next_sync (stream, NULL, NULL);

      g_assert_cmpuint (vici_message_lookup_uint64 (event, "v", G_MAXUINT64), ==, i);
      if (i % 1000 == 0)
        {
          client_settle (test);
          most = MAX (most, mallinfo2 ().uordblks);
        }
    }

  client_next_sync (stream, "end");
  g_assert_cmpuint (most, <, before + 1024 * 1024);
}

/* -- Its time -- */

static gboolean
let_go (gpointer user_data)
{
  peer_go (user_data);

  return G_SOURCE_CONTINUE;
}

typedef struct
{
  ViciStream *stream;
  gint64      heard;            /* when it said something, or began */
  gint64      silent_for;       /* before it was given up */
} Listener;

static void
listen_again (ClientTest *test,
              const char *word)
{
  Listener *self = test->hook_data;
  gint64 now = g_get_monotonic_time ();

  if (g_str_equal (word, ">timed-out"))
    self->silent_for = now - self->heard;
  if (!g_str_equal (word, ">1"))
    return;

  self->heard = now;
  client_next (test, self->stream, NULL);
}

/* Returns whether the events came as often as they should. */
static gboolean
listen_while_a_call_times_out (guint timeout)
{
  g_autoptr (ClientTest) test = NULL;
  g_autoptr (GString) script = g_string_new (LIST_SAS);
  Listener listener = { NULL, g_get_monotonic_time (), 0 };
  gboolean often;
  guint source;

  for (guint i = 0; i < 300; i++)
    g_string_append (script, "wait; event list-sa v=1;");
  g_string_append (script, "reply; confirm; serve");

  test = client_test_new_open (PEER_UNIX, script->str);
  vici_connection_set_timeout (test->connection, timeout);
  listener.stream = client_stream (test, "list-sas", NULL);
  client_call (test, "a");
  source = g_timeout_add (timeout / 100, let_go, test->peer);
  test->hook = listen_again;
  test->hook_data = &listener;
  client_next (test, listener.stream, NULL);
  client_run_until (test, g_str_has_suffix (test->log->str, "a:timed-out"));
  test->hook = NULL;
  often = listener.silent_for < (gint64) timeout * 1000 / 10;
  if (often)
    g_assert_true (g_str_has_suffix (test->log->str, ">1 a:timed-out"));

  g_source_remove (source);
  for (guint i = 0; i < 300; i++)
    peer_go (test->peer);

  vici_connection_set_timeout (test->connection, 0);
  vici_stream_close (listener.stream);
  client_call (test, "b");
  client_run_until (test, g_str_has_suffix (test->log->str, "b:b"));
  g_string_truncate (test->log, 0);
  test->words = 0;
  g_object_unref (listener.stream);

  return often;
}

/* The call behind it has as long, and hears nothing. A machine that has too much to do
 * is given more time. */
static void
test_events_restart_time (void)
{
  guint timeout = 500;

  while (!listen_while_a_call_times_out (timeout))
    timeout *= 4;
}

static gboolean
set_true (gpointer user_data)
{
  gboolean *flag = user_data;

  *flag = TRUE;

  return G_SOURCE_REMOVE;
}

/* Returns whether the daemon was in time. */
static gboolean
read_slowly (guint timeout)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "event list-sa v=1; wait; reply; confirm; serve");
  g_autoptr (ViciStream) stream = NULL;
  gboolean passed = FALSE;
  gint64 began = g_get_monotonic_time ();
  gint64 took;

  vici_connection_set_timeout (test->connection, timeout);
  stream = client_stream (test, "list-sas", NULL);
  client_await (test);
  client_settle (test);
  took = g_get_monotonic_time () - began;

  g_timeout_add (timeout + timeout / 3, set_true, &passed);
  client_run_until (test, passed);
  peer_go (test->peer);
  began = g_get_monotonic_time ();
  client_next (test, stream, NULL);
  client_run_until (test, test->words == 1);
  client_next (test, stream, NULL);
  client_run_until (test, test->words == 2);
  took = MAX (took, g_get_monotonic_time () - began);

  if (took < (gint64) timeout * 1000)
    g_assert_cmpstr (test->log->str, ==, ">1 >end");
  g_string_truncate (test->log, 0);
  test->words = 0;

  return took < (gint64) timeout * 1000;
}

/* The reader takes longer than the daemon may. A machine that has too much to do is given
 * more time. */
static void
test_slow_reader (void)
{
  guint timeout = 200;

  while (!read_slowly (timeout))
    timeout *= 4;
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/stream/async", test_async);
  g_test_add_func ("/client/stream/sync", test_sync);
  g_test_add_func ("/client/stream/reply-unread", test_reply_unread);
  g_test_add_func ("/client/stream/unknown-command", test_unknown_command);
  g_test_add_func ("/client/stream/unknown-event", test_unknown_event);
  g_test_add_func ("/client/stream/event-of-command", test_event_of_command);
  g_test_add_func ("/client/stream/success-no", test_success_no);
  g_test_add_func ("/client/stream/among-calls", test_among_calls);
  g_test_add_func ("/client/stream/close", test_close);
  g_test_add_func ("/client/stream/close-queued", test_close_queued);
  g_test_add_func ("/client/stream/close-after-end", test_close_after_end);
  g_test_add_func ("/client/stream/drop", test_drop);
  g_test_add_func ("/client/stream/drop-from-next", test_drop_from_next);
  g_test_add_func ("/client/stream/next-from-next", test_next_from_next);
  g_test_add_func ("/client/stream/second-reader", test_second_reader);
  g_test_add_func ("/client/stream/cancelled-next-loses-nothing", test_cancelled_next_loses_nothing);
  g_test_add_func ("/client/stream/back-pressure", test_back_pressure);
  g_test_add_func ("/client/stream/resumed-by-sync-reader", test_resumed_by_sync_reader);
  g_test_add_func ("/client/stream/resumed-by-close", test_resumed_by_close);
  g_test_add_func ("/client/stream/end-of-peer-behind-full-stream",
                   test_end_of_peer_behind_full_stream);
  g_test_add_func ("/client/stream/many", test_many);
  g_test_add_func ("/client/stream/events-restart-time", test_events_restart_time);
  g_test_add_func ("/client/stream/slow-reader", test_slow_reader);

  return g_test_run ();
}
