/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The synchronous functions: they drive the connection, and nothing else. */

#include <string.h>

#include "client-test.h"
#include "vici-error.h"

#define LIST_SAS "register list-sa; request list-sas; unregister list-sa; confirm;"

static gboolean
must_not_run (gpointer user_data)
{
  gboolean *allowed = user_data;

  g_assert_true (*allowed);

  return G_SOURCE_REMOVE;
}

/* None of them runs what waits in the caller's context, at whatever priority. */
static void
test_context_does_not_run (gconstpointer data)
{
  PeerTransport transport = GPOINTER_TO_UINT (data);
  gboolean allowed = FALSE;

  g_idle_add_full (G_PRIORITY_HIGH, must_not_run, &allowed, NULL);
  g_timeout_add (0, must_not_run, &allowed);

  {
    g_autoptr (ClientTest) test =
      client_test_new (transport,
                       "request a; reply v=1; register e; confirm; event e v=2;" LIST_SAS
                       "event list-sa v=3; reply; confirm; unregister e; confirm; end");
    g_autoptr (ViciStream) stream = NULL;

    g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
    client_call_sync (test, "a", "1");
    g_assert_true (vici_connection_subscribe_sync (test->connection, "e", NULL, NULL));
    stream = client_stream (test, "list-sas", NULL);
    client_next_sync (stream, "3");
    client_next_sync (stream, "end");
    g_assert_true (vici_connection_unsubscribe_sync (test->connection, "e", NULL, NULL));
    g_assert_true (vici_connection_close_sync (test->connection, NULL, NULL));
    g_assert_cmpstr (test->log->str, ==, "");

    allowed = TRUE;
    client_expect (test, "@e:2 closed:ok");
  }
}

static void
test_rest_is_delivered_later (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; request a; event e v=1; reply v=2;"
                          "request b; event e v=3; unknown; event e v=4; request c; event e v=5;"
                          "reply v=6; event e v=7; serve");

  client_subscribe (test, "e", NULL);
  client_call (test, "a");
  client_call (test, "b");
  client_call_sync (test, "c", "6");
  g_assert_cmpstr (test->log->str, ==, "");
  client_expect (test, "+e:ok @e:1 a:2 @e:3 b:unknown-command @e:4 @e:5 @e:7");
}

static void
call_sync_at (ClientTest *test,
              const char *word)
{
  if (g_strcmp0 (word, test->hook_data) != 0)
    return;

  client_call_sync (test, "inside", "9");
  client_log (test, "inside:9");
}

static void
test_from_callback (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; reply v=1; request b; reply v=2; request inside; reply v=9;"
                          "request c; reply v=3; end");

  test->hook = call_sync_at;
  test->hook_data = (gpointer) "a:1";
  client_call (test, "a");
  client_call (test, "b");
  client_expect (test, "a:1 inside:9 b:2");
  client_call (test, "c");
  client_expect (test, "c:3");
}

static void
test_from_event (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; event e v=1; event e v=2; request inside;"
                          "event e v=3; reply v=9; end");

  test->hook = call_sync_at;
  test->hook_data = (gpointer) "@e:1";
  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok @e:1 inside:9 @e:2 @e:3");
}

static void
test_from_next (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          LIST_SAS "event list-sa v=1; event list-sa v=2; reply; confirm;"
                          "request inside; reply v=9; end");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  test->hook = call_sync_at;
  test->hook_data = (gpointer) ">1";
  client_next (test, stream, NULL);
  client_expect (test, ">1 inside:9");
  client_next (test, stream, NULL);
  client_expect (test, ">2");
}

static void
next_sync_at (ClientTest *test,
              const char *word)
{
  if (g_strcmp0 (word, "a:1") == 0)
    client_next_sync (test->hook_data, "2");
}

static void
test_next_from_callback (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; reply v=1;" LIST_SAS "event list-sa v=2; reply; confirm;"
                          "end");
  g_autoptr (ViciStream) stream = NULL;

  client_call (test, "a");
  stream = client_stream (test, "list-sas", NULL);
  test->hook = next_sync_at;
  test->hook_data = stream;
  client_expect (test, "a:1");
  client_next_sync (stream, "end");
}

static void
test_from_closed (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; close; serve");

  client_call_sync (test, "a", "closed");
  client_call_sync (test, "b", "closed");
  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
  client_call_sync (test, "c", "c");
  client_expect (test, "closed:closed");
}

/* Its reply could come only after what nobody reads. */
static void
test_behind_full_stream (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 1000 1000; reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_call_sync (test, "a", "busy");
  client_call_sync (test, "b", "busy");

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);

      client_next_sync (stream, value);
    }

  client_next_sync (stream, "end");
  client_call_sync (test, "c", "c");
}

static void
test_behind_closed_stream (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, LIST_SAS "events list-sa 1000 1000; reply; confirm; serve");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_call_sync (test, "a", "busy");
  vici_stream_close (stream);
  client_call_sync (test, "b", "b");
}

/* A stream behind one that is not read. */
static void
test_next_behind_full_stream (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          LIST_SAS "events list-sa 300; reply; confirm;"
                          "register list-sa; request list-sas; unregister list-sa; confirm;"
                          "event list-sa v=1; reply; confirm; serve");
  g_autoptr (ViciStream) first = client_stream (test, "list-sas", NULL);
  g_autoptr (ViciStream) second = client_stream (test, "list-sas", NULL);

  client_next_sync (second, "busy");

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);

      client_next_sync (first, value);
    }

  client_next_sync (second, "1");
  client_next_sync (second, "end");
  client_next_sync (first, "end");
}

/* -- A peer that does not stop -- */

static void
drop_log (ClientTest *test,
          const char *word)
{
  g_string_truncate (test->log, 0);
  test->words = 0;
}

static void
finish_flood (ClientTest *test)
{
  test->hook = drop_log;
  vici_connection_close_sync (test->connection, NULL, NULL);
  client_settle (test);
}

/* What piles up for the main context is bounded. */
static void
test_flood_of_events (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "register e; confirm; flood e 60000");
  g_autoptr (ViciStream) stream = NULL;

  g_assert_true (vici_connection_subscribe_sync (test->connection, "e", NULL, NULL));
  client_call_sync (test, "a", "no-space");
  client_call_sync (test, "b", "no-space");
  stream = client_stream (test, "list-sas", NULL);
  client_next_sync (stream, "no-space");
  g_clear_object (&stream);
  finish_flood (test);
}

/* Nor does what is for nobody keep it beyond its time. */
static void
test_flood_for_nobody (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "flood e 100");

  vici_connection_set_timeout (test->connection, 50);
  client_call_sync (test, "a", "timed-out");
  finish_flood (test);
}

static gpointer
cancel_in_thread (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

/* A connection with much to tell leaves others their turn, and a synchronous call
 * may come in just that. */
static void
test_while_others_have_their_turn (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "register e; confirm; events e 2000; serve");

  g_assert_true (vici_connection_subscribe_sync (test->connection, "e", NULL, NULL));
  client_run_until (test, test->words >= 200);
  client_call_sync (test, "a", "a");
  g_assert_cmpuint (test->words, <, 2000);
  client_call_sync (test, "b", "b");
  client_run_until (test, test->words == 2000);
  finish_flood (test);
}

static void
test_flood_is_cancelled (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "flood e 100");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_in_thread, cancellable);

  vici_connection_set_timeout (test->connection, 0);
  g_assert_null (vici_connection_call_sync (test->connection, "a", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  finish_flood (test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < N_PEER_TRANSPORTS; i++)
    {
      g_autofree char *path = g_strconcat ("/client/sync/context-does-not-run/",
                                           peer_transports[i], NULL);

      if (i != PEER_TLS)
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_context_does_not_run);
    }

  g_test_add_func ("/client/sync/rest-is-delivered-later", test_rest_is_delivered_later);
  g_test_add_func ("/client/sync/from-callback", test_from_callback);
  g_test_add_func ("/client/sync/from-event", test_from_event);
  g_test_add_func ("/client/sync/from-next", test_from_next);
  g_test_add_func ("/client/sync/next-from-callback", test_next_from_callback);
  g_test_add_func ("/client/sync/closed-meanwhile", test_from_closed);
  g_test_add_func ("/client/sync/behind-full-stream", test_behind_full_stream);
  g_test_add_func ("/client/sync/behind-closed-stream", test_behind_closed_stream);
  g_test_add_func ("/client/sync/next-behind-full-stream", test_next_behind_full_stream);
  g_test_add_func ("/client/sync/flood-of-events", test_flood_of_events);
  g_test_add_func ("/client/sync/flood-for-nobody", test_flood_for_nobody);
  g_test_add_func ("/client/sync/flood-is-cancelled", test_flood_is_cancelled);
  g_test_add_func ("/client/sync/while-others-have-their-turn", test_while_others_have_their_turn);

  return g_test_run ();
}
