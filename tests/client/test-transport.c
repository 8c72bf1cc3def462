/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The same over every kind of stream. */

#include <string.h>

#include "client-test.h"
#include "vici-error.h"

#define BIG (500 * 1024)

/* For a stream that has no URI it is open already. */
static void
open_if_closed (ClientTest *test)
{
  client_open (test, NULL);
  client_expect (test, "open:ok");
}

static void
test_calls (PeerTransport transport)
{
  g_autoptr (ClientTest) test =
    client_test_new (transport, "serve 3; request d; unknown; serve");

  open_if_closed (test);
  client_call (test, "a");
  client_call (test, "b");
  client_expect (test, "a:a b:b");
  client_call_sync (test, "c", "c");
  client_call_sync (test, "d", "unknown-command");
  client_call (test, "e");
  client_expect (test, "e:e");
}

static void
test_pipelined (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "serve");
  g_autoptr (GString) words = g_string_new ("a0:a0");

  open_if_closed (test);
  vici_connection_set_max_in_flight (test->connection, 50);
  client_call (test, "a0");
  for (guint i = 1; i < 500; i++)
    {
      g_autofree char *name = g_strdup_printf ("a%u", i);

      client_call (test, name);
      g_string_append_printf (words, " %s:%s", name, name);
    }

  client_expect (test, words->str);
}

static void
test_events (PeerTransport transport)
{
  g_autoptr (ClientTest) test =
    client_test_new (transport,
                     "register e; confirm; event e v=1; request a; event e v=2; reply v=3;"
                     "event e v=4; unregister e; event e v=5; confirm; end");

  open_if_closed (test);
  client_subscribe (test, "e", NULL);
  client_call (test, "a");
  client_unsubscribe (test, "e", NULL);
  client_expect (test, "+e:ok @e:1 @e:2 a:3 @e:4 @e:5 -e:ok");
}

static void
test_stream (PeerTransport transport)
{
  g_autoptr (ClientTest) test =
    client_test_new (transport,
                     "register list-sa; request list-sas; unregister list-sa; confirm;"
                     "events list-sa 3000 1000; reply; confirm; serve");
  g_autoptr (ViciStream) stream = NULL;

  open_if_closed (test);
  stream = client_stream (test, "list-sas", NULL);

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);
      g_autofree char *word = g_strconcat (">", value, NULL);

      if (i % 2 == 0)
        {
          client_next_sync (stream, value);
          continue;
        }

      client_next (test, stream, NULL);
      client_expect (test, word);
    }

  client_next_sync (stream, "end");
  client_call_sync (test, "a", "a");
}

/* More than any of them holds, for a peer that does not read: the main loop must
 * not wait for it. */
static void
test_big (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "wait; serve");
  g_autoptr (ViciMessage) big = client_message (BIG);

  open_if_closed (test);
  vici_connection_set_max_in_flight (test->connection, 5);
  client_call_full (test, "a", big, NULL);
  client_call_full (test, "b", big, NULL);
  client_call_full (test, "c", big, NULL);
  client_settle (test);
  g_assert_cmpstr (test->log->str, ==, "");
  peer_go (test->peer);
  client_expect (test, "a:a b:b c:c");
}

static void
test_big_sync (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "wait; serve");
  g_autoptr (ViciMessage) big = client_message (BIG);
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  open_if_closed (test);

  /* The peer does not read, but it must come back in its time. */
  vici_connection_set_timeout (test->connection, 20);
  g_assert_null (vici_connection_call_sync (test->connection, "a", big, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_error (&error);

  vici_connection_set_timeout (test->connection, 0);
  peer_go (test->peer);
  reply = vici_connection_call_sync (test->connection, "b", big, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

static void
test_cancel (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "request a; wait; reply v=1; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  open_if_closed (test);
  client_call_full (test, "a", NULL, cancellable);
  client_call (test, "b");
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "a:cancelled");
  vici_connection_set_timeout (test->connection, 20);
  client_call_sync (test, "c", "timed-out");
  client_call (test, "d");
  client_expect (test, "d:timed-out");
  peer_go (test->peer);
  client_expect (test, "b:b");
  vici_connection_set_timeout (test->connection, 0);
  client_call_sync (test, "e", "e");
}

static gpointer
cancel_in_thread (gpointer data)
{
  ClientTest *test = data;

  peer_await (test->peer);
  g_cancellable_cancel (test->hook_data);

  return NULL;
}

static void
test_cancel_sync (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "request a; wait; reply v=1; serve");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread;

  open_if_closed (test);
  test->hook_data = cancellable;
  thread = g_thread_new ("cancel", cancel_in_thread, test);
  g_assert_null (vici_connection_call_sync (test->connection, "a", NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
  peer_go (test->peer);
  client_call_sync (test, "b", "b");
}

static void
test_close (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "request a; wait; end");

  open_if_closed (test);
  client_call (test, "a");
  client_call (test, "b");
  client_await (test);
  client_close (test);
  client_expect (test, "a:closed b:closed closed:ok close:ok");
  peer_go (test->peer);
  client_wait_peer (test);
}

static void
test_drop (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "request a; wait; end");

  open_if_closed (test);
  client_call (test, "a");
  client_call (test, "b");
  client_await (test);
  g_clear_object (&test->connection);
  client_expect (test, "a:closed b:closed closed:ok");
  peer_go (test->peer);
  client_wait_gone (test);
  client_wait_peer (test);
}

static void
test_peer_closes (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "request a; reply v=1; close");

  open_if_closed (test);
  client_call (test, "a");
  client_call (test, "b");
  client_expect (test, "a:1 b:closed closed:closed");
}

static void
test_peer_closes_sync (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "request a; close");

  open_if_closed (test);
  client_call_sync (test, "a", "closed");
  client_expect (test, "closed:closed");
}

static void
test_nonsense (PeerTransport transport)
{
  g_autoptr (ClientTest) test = client_test_new (transport, "request a; text HTTP/1.1; end");

  open_if_closed (test);
  client_call (test, "a");
  client_expect (test, "a:protocol closed:protocol");
}

static const struct
{
  const char *name;
  void      (*func) (PeerTransport transport);
} flows[] = {
  { "calls", test_calls },
  { "pipelined", test_pipelined },
  { "events", test_events },
  { "stream", test_stream },
  { "big", test_big },
  { "big-sync", test_big_sync },
  { "cancel", test_cancel },
  { "cancel-sync", test_cancel_sync },
  { "close", test_close },
  { "drop", test_drop },
  { "peer-closes", test_peer_closes },
  { "peer-closes-sync", test_peer_closes_sync },
  { "nonsense", test_nonsense },
};

static void
test_flow (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data) / N_PEER_TRANSPORTS;
  PeerTransport transport = GPOINTER_TO_UINT (data) % N_PEER_TRANSPORTS;

  if (peer_check_transport (transport))
    flows[i].func (transport);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (flows) * N_PEER_TRANSPORTS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/%s/%s",
                                               peer_transports[i % N_PEER_TRANSPORTS],
                                               flows[i / N_PEER_TRANSPORTS].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_flow);
    }

  return g_test_run ();
}
