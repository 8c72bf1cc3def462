/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The end of a connection from the client's side: in whatever state, and from
 * wherever it is asked for. */

#include "client-test.h"
#include "vici-error.h"

static void
test_idle (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve; serve");

  client_call_sync (test, "a", "a");
  client_close (test);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSING);
  client_expect (test, "closed:ok close:ok");
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);

  /* Closed already. */
  client_close (test);
  client_expect (test, "close:ok");

  client_open (test, NULL);
  client_call (test, "b");
  client_expect (test, "open:ok b:b");
}

static void
test_busy (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; request b; end");
  g_autoptr (ViciStream) stream = NULL;

  vici_connection_set_max_in_flight (test->connection, 2);
  client_call (test, "a");
  client_call (test, "b");
  client_call (test, "c");
  client_subscribe (test, "e", NULL);
  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_settle (test);
  client_close (test);
  client_close (test);
  client_call (test, "d");
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 0);
  client_expect (test, "a:closed b:closed c:closed +e:closed >closed closed:ok close:ok close:ok "
                       "d:closed");
}

static void
test_sync (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; end; serve");

  client_call (test, "a");
  client_settle (test);
  vici_connection_close_sync (test->connection, NULL, NULL);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);

  /* It can be opened before the old end was told. */
  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
  g_assert_cmpstr (test->log->str, ==, "");
  client_call (test, "b");
  client_expect (test, "a:closed closed:ok b:b");
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_OPEN);

  vici_connection_close_sync (test->connection, NULL, NULL);
  vici_connection_close_sync (test->connection, NULL, NULL);
  client_expect (test, "closed:ok");
}

/* The peer does not read: what was not written yet is given up. */
static void
test_being_written (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "wait; close");
  g_autoptr (ViciMessage) big = client_message (500 * 1024);

  client_call_full (test, "a", big, NULL);
  client_settle (test);
  client_close (test);
  client_expect (test, "a:closed closed:ok close:ok");
  peer_go (test->peer);
}

static void
test_reopen_while_closing (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; end; serve");

  client_call (test, "a");
  client_settle (test);
  client_close (test);
  client_open (test, NULL);
  client_call (test, "b");
  client_expect (test, "a:closed closed:ok close:ok open:ok b:b");
}

static void
test_stream_outlives_it (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; confirm;"
                          "event list-sa v=1; event list-sa v=2; wait; end");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  client_next_sync (stream, "1");
  client_await (test);
  client_settle (test);
  client_close (test);
  client_expect (test, "closed:ok close:ok");
  peer_go (test->peer);

  /* What had arrived is there to be read. */
  client_next (test, stream, NULL);
  client_expect (test, ">2");
  client_next (test, stream, NULL);
  client_expect (test, ">closed");
  g_assert_null (vici_stream_get_reply (stream));
}

/* -- From inside callbacks -- */

static void
close_at (ClientTest *test,
          const char *word)
{
  if (g_strcmp0 (word, test->hook_data) == 0)
    client_close (test);
}

static void
test_from_call (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve 2; end");

  test->hook = close_at;
  test->hook_data = (gpointer) "b:b";
  client_call (test, "a");
  client_call (test, "b");
  client_call (test, "c");
  client_expect (test, "a:a b:b c:closed closed:ok close:ok");
}

static void
test_from_event (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; request a; event e v=1; event e v=2; reply v=3;"
                          "wait; end");

  test->hook = close_at;
  test->hook_data = (gpointer) "@e:1";
  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok");
  client_call (test, "a");
  g_main_context_iteration (NULL, FALSE);
  peer_await (test->peer);
  client_expect (test, "@e:1 a:closed closed:ok close:ok");
  peer_go (test->peer);
}

static void
test_from_closed (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; close");

  test->hook = close_at;
  test->hook_data = (gpointer) "closed:closed";
  client_call (test, "a");
  client_expect (test, "a:closed closed:closed close:ok");
}

static void
test_from_next (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; confirm;"
                          "event list-sa v=1; end");
  g_autoptr (ViciStream) stream = client_stream (test, "list-sas", NULL);

  test->hook = close_at;
  test->hook_data = (gpointer) ">1";
  client_call (test, "a");
  client_next (test, stream, NULL);
  client_expect (test, ">1 a:closed closed:ok close:ok");
  client_next (test, stream, NULL);
  client_expect (test, ">closed");
}

static void
reopen (ClientTest *test,
        const char *word)
{
  if (g_str_has_prefix (word, "closed:") || g_str_has_prefix (word, "open:closed"))
    {
      client_open (test, NULL);
      client_call (test, "b");
    }
}

static void
test_reopen_from_closed (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; close; request b; reply v=2; end");

  test->hook = reopen;
  client_call (test, "a");
  client_expect (test, "a:closed closed:closed open:ok b:2");
}

/* Each opening has its own end. */
static void
test_closed_once_per_opening (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "close; close; request b; close; request b; reply v=1; end");

  test->hook = reopen;
  client_run_until (test, g_str_has_suffix (test->log->str, "b:1"));
  test->hook = NULL;
  g_assert_cmpstr (test->log->str, ==,
                   "closed:closed open:ok b:closed closed:closed open:ok b:closed closed:closed "
                   "open:ok b:1");
  g_string_truncate (test->log, 0);
}

static void
close_sync_inside (ClientTest *test,
                   const char *word)
{
  if (g_strcmp0 (word, test->hook_data) == 0)
    vici_connection_close_sync (test->connection, NULL, NULL);
}

static void
test_sync_from_call (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve 2; end");

  test->hook = close_sync_inside;
  test->hook_data = (gpointer) "b:b";
  client_call (test, "a");
  client_call (test, "b");
  client_call (test, "c");
  client_expect (test, "a:a b:b c:closed closed:ok");
}

/* -- The last reference -- */

static void
drop_at (ClientTest *test,
         const char *word)
{
  if (g_strcmp0 (word, test->hook_data) == 0)
    g_clear_object (&test->connection);
}

static void
test_dropped_idle (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve");

  client_call_sync (test, "a", "a");
  g_clear_object (&test->connection);
  client_expect (test, "closed:ok");
  client_wait_gone (test);
}

/* With nobody to be told of it, it takes no main loop. */
static void
test_dropped_unheard (void)
{
  g_autoptr (Peer) peer = peer_new (PEER_UNIX, "serve");
  ViciConnection *connection = vici_connection_new (peer_get_uri (peer));
  g_autoptr (ViciMessage) reply = NULL;

  g_assert_true (vici_connection_open_sync (connection, NULL, NULL));
  reply = vici_connection_call_sync (connection, "a", NULL, NULL, NULL);
  g_assert_nonnull (reply);
  g_assert_finalize_object (connection);
}

static void
test_dropped_busy (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; end");

  client_call (test, "a");
  client_call (test, "b");
  client_subscribe (test, "e", NULL);
  client_settle (test);
  g_clear_object (&test->connection);
  client_expect (test, "a:closed b:closed +e:closed closed:ok");
  client_wait_gone (test);
}

static void
test_dropped_from_call (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve 1; wait");

  test->hook = drop_at;
  test->hook_data = (gpointer) "a:a";
  client_call (test, "a");
  client_call (test, "b");
  client_expect (test, "a:a b:closed closed:ok");
  client_wait_gone (test);
  peer_go (test->peer);
}

static void
test_dropped_from_event (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "register e; confirm; event e v=1; wait");

  test->hook = drop_at;
  test->hook_data = (gpointer) "@e:1";
  client_subscribe (test, "e", NULL);
  client_call (test, "b");
  client_expect (test, "+e:ok @e:1 b:closed closed:ok");
  client_wait_gone (test);
  peer_go (test->peer);
}

static void
test_dropped_from_closed (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; close");

  test->hook = drop_at;
  test->hook_data = (gpointer) "closed:closed";
  client_call (test, "a");
  client_expect (test, "a:closed closed:closed");
  client_wait_gone (test);
}

static void
test_dropped_from_open (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "end");

  test->hook = drop_at;
  test->hook_data = (gpointer) "open:ok";
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok a:closed closed:ok");
  client_wait_gone (test);
}

static void
test_dropped_from_close (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "end");

  test->hook = drop_at;
  test->hook_data = (gpointer) "close:ok";
  client_close (test);
  client_expect (test, "closed:ok close:ok");
  client_wait_gone (test);
}

/* A stream holds on to it. */
static void
test_dropped_before_stream (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; request list-sas; unregister list-sa; confirm;"
                          "event list-sa v=1; reply; confirm; end");
  ViciStream *stream = client_stream (test, "list-sas", NULL);

  g_clear_object (&test->connection);
  client_next (test, stream, NULL);
  client_expect (test, ">1");
  client_next (test, stream, NULL);
  client_expect (test, ">end");
  g_object_unref (stream);
  client_expect (test, "closed:ok");
  client_wait_gone (test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/close/idle", test_idle);
  g_test_add_func ("/client/close/busy", test_busy);
  g_test_add_func ("/client/close/sync", test_sync);
  g_test_add_func ("/client/close/being-written", test_being_written);
  g_test_add_func ("/client/close/reopen-while-closing", test_reopen_while_closing);
  g_test_add_func ("/client/close/stream-outlives-it", test_stream_outlives_it);
  g_test_add_func ("/client/close/from-call", test_from_call);
  g_test_add_func ("/client/close/from-event", test_from_event);
  g_test_add_func ("/client/close/from-closed", test_from_closed);
  g_test_add_func ("/client/close/from-next", test_from_next);
  g_test_add_func ("/client/close/reopen-from-closed", test_reopen_from_closed);
  g_test_add_func ("/client/close/closed-once-per-opening", test_closed_once_per_opening);
  g_test_add_func ("/client/close/sync-from-call", test_sync_from_call);

  g_test_add_func ("/client/drop/idle", test_dropped_idle);
  g_test_add_func ("/client/drop/unheard", test_dropped_unheard);
  g_test_add_func ("/client/drop/busy", test_dropped_busy);
  g_test_add_func ("/client/drop/from-call", test_dropped_from_call);
  g_test_add_func ("/client/drop/from-event", test_dropped_from_event);
  g_test_add_func ("/client/drop/from-closed", test_dropped_from_closed);
  g_test_add_func ("/client/drop/from-open", test_dropped_from_open);
  g_test_add_func ("/client/drop/from-close", test_dropped_from_close);
  g_test_add_func ("/client/drop/before-stream", test_dropped_before_stream);

  return g_test_run ();
}
