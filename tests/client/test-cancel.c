/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls that are given up, or run out of time, in whatever state they are. */

#include "client-test.h"
#include "vici-error.h"

/* More than the sockets between the two ends hold. */
#define BIG (500 * 1024)

static void
test_before (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request b; reply v=1; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  client_call_full (test, "a", NULL, cancellable);
  client_subscribe (test, "e", cancellable);
  client_unsubscribe (test, "e", cancellable);
  g_assert_null (vici_connection_call_sync (test->connection, "a", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (vici_connection_subscribe_sync (test->connection, "e", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  client_call (test, "b");
  client_expect (test, "a:cancelled +e:cancelled -e:cancelled b:1");
}

/* Behind another one: it is never sent. */
static void
test_queued (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; request c; reply v=2; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_call (test, "a");
  client_call_full (test, "b", NULL, cancellable);
  client_call (test, "c");
  client_settle (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "b:cancelled");
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 2);
  peer_go (test->peer);
  client_expect (test, "a:1 c:2");
}

/* It ends at once, its place stays, and its reply goes to nobody. */
static void
test_in_flight (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; request b; request c; wait;"
                          "reply v=1; reply v=2; reply v=3; request d; reply v=4; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vici_connection_set_max_in_flight (test->connection, 3);
  client_call (test, "a");
  client_call_full (test, "b", NULL, cancellable);
  client_call (test, "c");
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "b:cancelled");
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 2);
  peer_go (test->peer);
  client_expect (test, "a:1 c:3");
  client_call_sync (test, "d", "4");
}

/* One at a time: the next one waits for the reply that nobody wants. */
static void
test_reply_of_cancelled_is_awaited (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; unknown; request b; reply v=1; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_call_full (test, "a", NULL, cancellable);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "a:cancelled");
  client_call (test, "b");
  client_settle (test);
  peer_go (test->peer);
  client_expect (test, "b:1");
}

/* The peer does not read: the first call is written in part, and has to be
 * written on; the others were not begun. */
static void
test_being_written (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "wait; request a *; request b *; reply v=1; reply v=2;"
                          "request d; reply v=4; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ViciMessage) big = client_message (BIG);

  vici_connection_set_max_in_flight (test->connection, 3);
  client_call_full (test, "a", big, cancellable);
  client_settle (test);
  client_call_full (test, "b", big, NULL);
  client_call_full (test, "c", big, cancellable);
  client_settle (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "a:cancelled c:cancelled");
  client_call (test, "d");
  peer_go (test->peer);
  client_expect (test, "b:2 d:4");
}

static void
test_stream (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; confirm;"
                          "event list-sa v=1; wait; event list-sa v=2; reply; confirm; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_next (test, stream, cancellable);
  client_expect (test, ">1");
  client_next (test, stream, cancellable);
  client_settle (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, ">cancelled");

  /* Only this reading has ended. */
  client_next (test, stream, cancellable);
  client_expect (test, ">cancelled");
  peer_go (test->peer);
  client_next (test, stream, NULL);
  client_expect (test, ">2");
  client_next (test, stream, NULL);
  client_expect (test, ">end");
  client_call_sync (test, "a", "a");
}

static void
test_one_for_many (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_call_full (test, "a", NULL, cancellable);
  client_call_full (test, "b", NULL, cancellable);
  client_subscribe (test, "e", cancellable);
  client_call (test, "c");
  client_call_full (test, "d", NULL, cancellable);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "a:cancelled b:cancelled +e:cancelled d:cancelled");
  peer_go (test->peer);
  client_expect (test, "c:c");
}

/* Asked for and taken back, since the peer may have heard of it. */
static void
test_subscription (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; wait; confirm; event e v=1; unregister e; wait; confirm;"
                          "serve 1; close; request b; reply v=1; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  client_subscribe (test, "e", cancellable);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "+e:cancelled");
  peer_go (test->peer);
  client_await (test);
  peer_go (test->peer);
  client_call (test, "a");
  client_expect (test, "a:a closed:closed");

  /* It is not remembered either. */
  client_open (test, NULL);
  client_call (test, "b");
  client_expect (test, "open:ok b:1");
}

static void
cancel_last (ClientTest *test,
             const char *word)
{
  g_cancellable_cancel (test->hook_data);
}

/* From the callback of a call, those behind it: the next one was taken from the
 * queue together with the reply to this. */
static void
test_from_callback (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; reply v=1; request b; reply v=2; request d; reply v=4; end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  test->hook = cancel_last;
  test->hook_data = cancellable;
  client_call (test, "a");
  client_call_full (test, "b", NULL, cancellable);
  client_call_full (test, "c", NULL, cancellable);
  client_call (test, "d");
  client_expect (test, "a:1 b:cancelled c:cancelled d:4");
}

/* Though its reply has arrived by then, and is about to be read. */
static void
cancel_arrived (ClientTest *test,
                const char *word)
{
  if (g_strcmp0 (word, "a:1") != 0)
    return;

  for (guint i = 0; i < 2; i++)
    {
      peer_await (test->peer);
      peer_go (test->peer);
    }

  g_cancellable_cancel (test->hook_data);
  client_call (test, "c");
}

static void
test_arrived (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; request b; reply v=1; wait; reply v=2; wait; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vici_connection_set_max_in_flight (test->connection, 3);
  test->hook = cancel_arrived;
  test->hook_data = cancellable;
  client_call (test, "a");
  client_call_full (test, "b", NULL, cancellable);
  client_run_until (test, test->words > 0);
  client_expect (test, "a:1 b:cancelled c:c");
}

/* Its own, when it has ended already: nothing more comes of it. */
static void
test_after_end (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  test->hook = cancel_last;
  test->hook_data = cancellable;
  client_call_full (test, "a", NULL, cancellable);
  client_expect (test, "a:a");
  g_cancellable_cancel (cancellable);
  client_call (test, "b");
  client_expect (test, "b:b");
}

/* -- From another thread -- */

static gpointer
cancel_in_thread (gpointer data)
{
  ClientTest *test = data;

  peer_await (test->peer);
  g_cancellable_cancel (test->hook_data);

  return NULL;
}

static void
test_from_thread (void)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (ClientTest) test =
        client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve");
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      GThread *thread;

      test->hook_data = cancellable;
      client_call_full (test, "a", NULL, cancellable);
      thread = g_thread_new ("cancel", cancel_in_thread, test);
      client_expect (test, "a:cancelled");
      g_thread_join (thread);
      peer_go (test->peer);
      client_call (test, "b");
      client_expect (test, "b:b");
    }
}

static void
test_sync_from_thread (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  test->hook_data = cancellable;
  thread = g_thread_new ("cancel", cancel_in_thread, test);
  g_assert_null (vici_connection_call_sync (test->connection, "a", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  peer_go (test->peer);
  client_call_sync (test, "b", "b");
}

static void
test_next_sync_from_thread (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; confirm; wait;"
                          "event list-sa v=1; reply; confirm; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);
  g_autoptr (GError) error = NULL;
  GThread *thread;

  test->hook_data = cancellable;
  thread = g_thread_new ("cancel", cancel_in_thread, test);
  g_assert_null (vici_stream_next_sync (stream, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  peer_go (test->peer);
  client_next_sync (stream, "1");
  client_next_sync (stream, "end");
}

/* -- Time -- */

static void
test_no_reply (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve");
  g_autoptr (ViciStream) stream = NULL;

  vici_connection_set_timeout (test->connection, 20);
  client_call (test, "a");
  client_call (test, "b");
  client_subscribe (test, "e", NULL);
  client_expect (test, "a:timed-out b:timed-out +e:timed-out");
  client_call_sync (test, "c", "timed-out");
  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_expect (test, ">timed-out");
  client_next (test, stream, NULL);
  client_expect (test, ">timed-out");

  g_clear_object (&stream);
  stream = client_stream (test, "list-sas", NULL);
  client_next_sync (stream, "timed-out");
  client_next_sync (stream, "timed-out");

  vici_connection_set_timeout (test->connection, 0);
  peer_go (test->peer);
  client_call_sync (test, "d", "d");
}

static void
test_being_written_times_out (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "wait; request a *; reply v=1; request d; reply v=4; end");
  g_autoptr (ViciMessage) big = client_message (BIG);

  vici_connection_set_max_in_flight (test->connection, 3);
  vici_connection_set_timeout (test->connection, 20);
  client_call_full (test, "a", big, NULL);
  client_settle (test);
  client_call_full (test, "b", big, NULL);
  client_expect (test, "a:timed-out b:timed-out");

  vici_connection_set_timeout (test->connection, 0);
  client_call (test, "d");
  peer_go (test->peer);
  client_expect (test, "d:4");
}

static gboolean
tick (gpointer user_data)
{
  guint *ticks = user_data;

  return --*ticks > 0;
}

/* As it takes an unknown time until it fails, it is one that does not end before
 * another has timed out many times. */
static void
test_no_timeout (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve");
  guint ticks = 20;

  vici_connection_set_timeout (test->connection, 0);
  client_call (test, "a");
  g_timeout_add (1, tick, &ticks);
  client_run_until (test, ticks == 0);
  g_assert_cmpstr (test->log->str, ==, "");
  peer_go (test->peer);
  client_expect (test, "a:1");
}

/* A reply that has come in time is one, though it is read late. */
static void
test_late_reader (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "wait; request a; reply v=1; wait; serve");
  gint64 deadline;

  vici_connection_set_timeout (test->connection, 200);
  client_call (test, "a");
  g_main_context_iteration (NULL, FALSE);
  deadline = g_get_monotonic_time () + 200 * 1000;

  /* The main loop has something else to do. */
  peer_await (test->peer);
  peer_go (test->peer);
  peer_await (test->peer);
  while (g_get_monotonic_time () <= deadline)
    g_usleep (1000);

  client_expect (test, "a:1");
  peer_go (test->peer);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/cancel/before", test_before);
  g_test_add_func ("/client/cancel/queued", test_queued);
  g_test_add_func ("/client/cancel/in-flight-keeps-order", test_in_flight);
  g_test_add_func ("/client/cancel/reply-is-awaited", test_reply_of_cancelled_is_awaited);
  g_test_add_func ("/client/cancel/being-written", test_being_written);
  g_test_add_func ("/client/cancel/stream", test_stream);
  g_test_add_func ("/client/cancel/one-for-many", test_one_for_many);
  g_test_add_func ("/client/cancel/subscription", test_subscription);
  g_test_add_func ("/client/cancel/from-callback", test_from_callback);
  g_test_add_func ("/client/cancel/arrived", test_arrived);
  g_test_add_func ("/client/cancel/after-end", test_after_end);
  g_test_add_func ("/client/cancel/from-thread", test_from_thread);
  g_test_add_func ("/client/cancel/sync-from-thread", test_sync_from_thread);
  g_test_add_func ("/client/cancel/next-sync-from-thread", test_next_sync_from_thread);

  g_test_add_func ("/client/timeout/no-reply", test_no_reply);
  g_test_add_func ("/client/timeout/being-written", test_being_written_times_out);
  g_test_add_func ("/client/timeout/none", test_no_timeout);
  g_test_add_func ("/client/timeout/late-reader", test_late_reader);

  return g_test_run ();
}
