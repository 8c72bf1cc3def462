/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What has once gone wrong with connections and calls, in corners that no other
 * test comes to. */

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "client-test.h"
#include "vici-error.h"

/* Ends a test that cannot even come back to its main loop. */
#define STUCK_SECONDS 120

/* -- Subscriptions that are remembered -- */

/* It was sent, and so the daemon has done it. */
static void
test_unsubscription_cancelled (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; unregister e; wait; confirm; serve 1; close;"
                          "request b; reply v=1; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok");
  client_unsubscribe (test, "e", cancellable);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "-e:cancelled");
  peer_go (test->peer);
  client_unsubscribe (test, "e", NULL);
  client_call (test, "a");
  client_expect (test, "-e:invalid a:a closed:closed");

  client_open (test, NULL);
  client_call (test, "b");
  client_expect (test, "open:ok b:1");
}

static void
test_unsubscription_timed_out (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; unregister e; wait; close;"
                          "request b; reply v=1; end");

  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok");
  vici_connection_set_timeout (test->connection, 20);
  client_unsubscribe (test, "e", NULL);
  client_expect (test, "-e:timed-out");
  vici_connection_set_timeout (test->connection, 0);
  peer_go (test->peer);
  client_expect (test, "closed:closed");

  client_open (test, NULL);
  client_call (test, "b");
  client_expect (test, "open:ok b:1");
}

/* It was never sent: the event is as subscribed as before. */
static void
test_unsubscription_cancelled_in_queue (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; request a; wait; reply v=1; request b; close;"
                          "register e; confirm; event e v=2; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok");
  client_call (test, "a");
  client_call (test, "b");
  client_unsubscribe (test, "e", cancellable);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "-e:cancelled");
  peer_go (test->peer);
  client_expect (test, "a:1 b:closed closed:closed");

  client_open (test, NULL);
  client_expect (test, "open:ok @e:2");
}

/* -- Opening -- */

typedef struct
{
  ClientTest *test;
  const char *name;
} Opening;

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Opening *self = user_data;
  GError *error = NULL;
  g_autofree char *outcome = NULL;

  vici_connection_open_finish (VICI_CONNECTION (source), result, &error);
  outcome = client_outcome (NULL, error, "ok");
  client_log (self->test, "%s:%s", self->name, outcome);
}

static void
open_again (ViciConnection *connection,
            GParamSpec     *pspec,
            Opening        *second)
{
  if (vici_connection_get_state (connection) != VICI_CONNECTION_OPEN)
    return;

  g_signal_handlers_disconnect_by_func (connection, open_again, second);
  vici_connection_close_sync (connection, NULL, NULL);
  vici_connection_open_async (connection, NULL, on_opened, second);
}

/* The first has worked, before it was undone; each callback has its own data. */
static void
test_opened_again_from_notify (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "end; serve");
  Opening first = { test, "first" };
  Opening second = { test, "second" };

  g_signal_connect (test->connection, "notify::state", G_CALLBACK (open_again), &second);
  vici_connection_open_async (test->connection, NULL, on_opened, &first);
  client_expect (test, "first:ok closed:ok second:ok");
  client_call (test, "a");
  client_expect (test, "a:a");
}

/* A request is written in one piece and answered: to wait for more to send with
 * it is of no use. */
static void
test_tcp_does_not_wait (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_TCP, "serve");
  GIOStream *stream = vici_connection_get_io_stream (test->connection);
  GSocket *socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  int no_delay = 0;

  g_assert_true (g_socket_get_option (socket, IPPROTO_TCP, TCP_NODELAY, &no_delay, NULL));
  g_assert_cmpint (no_delay, !=, 0);
  client_call (test, "a");
  client_expect (test, "a:a");
}

/* -- Programs that never run a main context -- */

static guint
count_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* The daemon goes away in the middle of a call. */
static void
call_unanswered (void)
{
  g_autoptr (Peer) peer = peer_new (PEER_UNIX, "request a; close");
  ViciConnection *connection = vici_connection_new (peer_get_uri (peer));
  g_autoptr (GError) error = NULL;

  g_assert_true (vici_connection_open_sync (connection, NULL, NULL));
  g_assert_null (vici_connection_call_sync (connection, "a", NULL, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  g_assert_cmpint (vici_connection_get_state (connection), ==, VICI_CONNECTION_CLOSED);
  g_assert_finalize_object (connection);
}

static void
call_over_pipes (void)
{
  g_autoptr (Peer) peer = peer_new (PEER_PIPES, "serve");
  g_autoptr (GIOStream) stream = peer_take_stream (peer);
  ViciConnection *connection = vici_connection_new_for_stream (stream);
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = vici_connection_call_sync (connection, "a", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (vici_connection_close_sync (connection, NULL, NULL));
  g_assert_true (g_io_stream_is_closed (stream));
  g_assert_finalize_object (connection);
}

static void
test_sync_only (gconstpointer data)
{
  void (*use) (void) = data;
  guint n_descriptors;

  /* GLib has some of its own, from the first time on. */
  use ();
  n_descriptors = count_descriptors ();

  for (guint i = 0; i < 10; i++)
    use ();

  g_assert_cmpuint (count_descriptors (), ==, n_descriptors);
}

/* -- The end -- */

/* More than are delivered in one turn of the main loop. */
#define N_CALLS 600

static void
call_late (ClientTest *test,
           const char *word)
{
  if (test->words == 1)
    client_call (test, "late");
  else if (g_str_has_prefix (word, "closed:"))
    client_call (test, "later");
}

/* It was made when the connection had ended: first those hear of it that were
 * there before. */
static void
test_called_from_failing_call (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; close");
  g_autoptr (GString) words = g_string_new (NULL);

  for (guint i = 0; i < N_CALLS; i++)
    {
      client_call (test, "a");
      g_string_append (words, "a:closed ");
    }

  g_string_append (words, "closed:closed late:closed later:closed");
  test->hook = call_late;
  client_expect (test, words->str);
}

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  char **outcome = user_data;
  GError *error = NULL;
  ViciMessage *reply = vici_connection_call_finish (VICI_CONNECTION (source), result, &error);

  *outcome = client_outcome (reply, error, "nothing");
}

/* It will never answer, but keeps its writing half open, so that there is no end
 * to read either; and there is no time-out. */
static void
test_peer_that_does_not_read (void)
{
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GIOStream) peer = NULL;
  g_autofree char *outcome = NULL;
  GIOStream *ends[2];

  peer_socket_pair (ends);
  stream = ends[0];
  peer = ends[1];
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (peer)),
                     TRUE, FALSE, NULL);

  connection = vici_connection_new_for_stream (stream);
  vici_connection_set_timeout (connection, 0);
  vici_connection_call_async (connection, "a", NULL, NULL, on_called, &outcome);

  alarm (STUCK_SECONDS);
  while (outcome == NULL)
    g_main_context_iteration (NULL, TRUE);
  alarm (0);

  g_assert_cmpstr (outcome, ==, "closed");
  g_assert_cmpint (vici_connection_get_state (connection), !=, VICI_CONNECTION_OPEN);
  g_assert_true (g_io_stream_is_closed (stream));
}

static gboolean
blocks (int fd)
{
  return (fcntl (fd, F_GETFL) & O_NONBLOCK) == 0;
}

/* The descriptors stay the caller's, who may want to go on with them. */
static void
test_descriptors_given_back (void)
{
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GOutputStream) out = NULL;
  int replies[2], requests[2];

  g_assert_true (g_unix_open_pipe (replies, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (requests, FD_CLOEXEC, NULL));
  in = g_unix_input_stream_new (replies[0], FALSE);
  out = g_unix_output_stream_new (requests[1], FALSE);
  stream = g_simple_io_stream_new (in, out);

  connection = vici_connection_new_for_stream (stream);
  vici_connection_close_sync (connection, NULL, NULL);
  g_assert_true (g_io_stream_is_closed (stream));
  g_assert_true (blocks (replies[0]));
  g_assert_true (blocks (requests[1]));

  for (guint i = 0; i < 2; i++)
    {
      g_close (replies[i], NULL);
      g_close (requests[i], NULL);
    }
}

/* -- Handlers of the user's for the same cancellation -- */

static void
run_loop (GCancellable *cancellable,
          ClientTest   *test)
{
  while (test->words == 0)
    g_main_context_iteration (test->context, FALSE);
}

/* The call ends in there, while the cancellation is still being told. */
static void
cancel_with_loop_inside (ClientTest   *test,
                         GCancellable *cancellable)
{
  gulong id = g_signal_connect (cancellable, "cancelled", G_CALLBACK (run_loop), test);

  alarm (STUCK_SECONDS);
  g_cancellable_cancel (cancellable);
  alarm (0);
  g_signal_handler_disconnect (cancellable, id);
}

static void
test_loop_in_cancelled (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_call_full (test, "a", NULL, cancellable);
  client_await (test);
  cancel_with_loop_inside (test, cancellable);
  client_expect (test, "a:cancelled");
  peer_go (test->peer);
  client_call (test, "b");
  client_expect (test, "b:b");
}

static void
test_loop_in_cancelled_next (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; confirm; wait;"
                          "event list-sa v=1; reply; confirm; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_next (test, stream, cancellable);
  client_await (test);
  cancel_with_loop_inside (test, cancellable);
  client_expect (test, ">cancelled");
  peer_go (test->peer);
  client_next (test, stream, NULL);
  client_expect (test, ">1");
}

static gpointer
cancel_in_thread (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
wait_for_word (GCancellable *cancellable,
               int          *said)
{
  while (!g_atomic_int_get (said))
    g_usleep (100);
}

/* In another thread, which waits there for what the end of the call brings about. */
static void
test_thread_waits_in_cancelled (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  int said = FALSE;
  GThread *thread;

  client_call_full (test, "a", NULL, cancellable);
  client_await (test);
  g_signal_connect (cancellable, "cancelled", G_CALLBACK (wait_for_word), &said);
  thread = g_thread_new ("cancel", cancel_in_thread, cancellable);

  alarm (STUCK_SECONDS);
  client_expect (test, "a:cancelled");
  alarm (0);

  g_atomic_int_set (&said, TRUE);
  g_thread_join (thread);
  peer_go (test->peer);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/reopen/sent-unsubscription-counts-though-cancelled",
                   test_unsubscription_cancelled);
  g_test_add_func ("/client/reopen/sent-unsubscription-counts-though-timed-out",
                   test_unsubscription_timed_out);
  g_test_add_func ("/client/reopen/queued-unsubscription-does-not-count-when-cancelled",
                   test_unsubscription_cancelled_in_queue);
  g_test_add_func ("/client/open/again-from-notify-keeps-both-callbacks",
                   test_opened_again_from_notify);
  g_test_add_func ("/client/open/tcp-does-not-wait-for-more", test_tcp_does_not_wait);
  g_test_add_data_func ("/client/sync-only/leaks-nothing-when-the-daemon-goes", call_unanswered,
                        test_sync_only);
  g_test_add_data_func ("/client/sync-only/leaks-nothing-over-pipes", call_over_pipes,
                        test_sync_only);
  g_test_add_func ("/client/end/call-from-a-failing-call-comes-last", test_called_from_failing_call);
  g_test_add_func ("/client/end/peer-that-does-not-read-ends-it", test_peer_that_does_not_read);
  g_test_add_func ("/client/end/descriptors-block-as-before", test_descriptors_given_back);
  g_test_add_func ("/client/cancelled/handler-may-run-the-loop", test_loop_in_cancelled);
  g_test_add_func ("/client/cancelled/handler-may-run-the-loop-of-a-reader",
                   test_loop_in_cancelled_next);
  g_test_add_func ("/client/cancelled/handler-may-wait-for-the-loop",
                   test_thread_waits_in_cancelled);

  return g_test_run ();
}
