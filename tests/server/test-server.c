/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Commands, events and peers, over pairs of sockets. */

#include "server-test.h"

#include "vici-error.h"

#include <unistd.h>

static ViciInvocation *
kept (ServerTest *test,
      guint       i)
{
  g_assert_cmpuint (i, <, test->kept->len);

  return test->kept->pdata[i];
}

static void
test_commands (ServerTest   *test,
               gconstpointer data)
{
  g_autoptr (Client) client = client_new (test);

  client_send (client, "request echo a=1", "request nothing", "request orphan", "request echo");
  client_gets (client, "response a=1", "unknown-command", "unknown-command", "response");
  server_logged (test, "+1");
}

static void
test_later (ServerTest   *test,
            gconstpointer data)
{
  g_autoptr (Client) client = client_new (test);
  g_autoptr (ViciMessage) message = server_message ("v", "1");

  client_send (client, "request later", "request echo a=1", "request later", "request nothing");
  server_logged (test, "+1 later later");
  g_assert_false (client_has_input (client));

  vici_invocation_return_failure (kept (test, 1), "no");
  server_settle ();
  g_assert_false (client_has_input (client));

  vici_invocation_return_message (kept (test, 0), message);
  client_gets (client, "response v=1", "response a=1", "response success=no errmsg=no",
               "unknown-command");
}

static void
test_answers (ServerTest   *test,
              gconstpointer data)
{
  g_autoptr (Client) client = client_new (test);

  client_send (client, "request later a=1", "request later", "request later");
  server_logged (test, "+1 later later later");

  g_assert_cmpstr (vici_invocation_get_command (kept (test, 0)), ==, "later");
  g_assert_true (vici_invocation_get_peer (kept (test, 0)) == test->peers->pdata[0]);
  g_assert_cmpint (vici_message_lookup_int64 (vici_invocation_get_request (kept (test, 0)), "a", 0),
                   ==, 1);

  vici_invocation_return_success (kept (test, 0));
  vici_invocation_return_message (kept (test, 1), NULL);
  client_gets (client, "response success=yes", "response");
}

static void
test_dropped_invocation (ServerTest   *test,
                         gconstpointer data)
{
  g_autoptr (Client) client = client_new (test);
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  client_send (client, "request later");
  server_logged (test, "+1 later");
  g_ptr_array_set_size (test->kept, 0);

  reply = client_next (client);
  g_assert_false (vici_message_check_success (reply, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
}

static void
test_events (ServerTest   *test,
             gconstpointer data)
{
  g_autoptr (Client) first = client_new (test);
  g_autoptr (Client) second = client_new (test);
  g_autoptr (Client) third = client_new (test);
  g_autoptr (ViciMessage) message = server_message ("v", "1");

  client_send (first, "register tick", "register tock");
  client_send (second, "register tock", "register boom");
  client_gets (first, "confirm", "confirm");
  client_gets (second, "confirm", "unknown-event");

  g_assert_cmpuint (vici_server_emit_event (test->server, "tick", message), ==, 1);
  g_assert_cmpuint (vici_server_emit_event (test->server, "tock", message), ==, 2);
  client_gets (first, "event tick v=1", "event tock v=1");
  client_gets (second, "event tock v=1");

  client_send (first, "unregister tock");
  client_gets (first, "confirm");
  g_assert_cmpuint (vici_server_emit_event (test->server, "tock", message), ==, 1);
  client_gets (second, "event tock v=1");

  /* An order of its own among what else comes. */
  client_send (third, "request echo");
  client_gets (third, "response");
  g_assert_false (client_has_input (first));
}

static void
test_stream (ServerTest   *test,
             gconstpointer data)
{
  g_autoptr (Client) first = client_new (test);
  g_autoptr (Client) second = client_new (test);

  client_send (second, "register tick");
  client_gets (second, "confirm");

  client_send (first, "register tick", "request stream", "unregister tick");
  client_gets (first, "confirm", "event tick v=0", "event tick v=1", "event tick v=2",
               "response success=yes", "confirm");

  /* To the one who asked, and if it wants them. */
  client_send (first, "request stream");
  client_gets (first, "response success=yes");
  g_assert_false (client_has_input (second));
}

static gboolean
on_refuse_all (ViciServer *server,
               ViciPeer   *peer,
               guint      *asked)
{
  GCredentials *credentials = vici_peer_get_credentials (peer);

  g_assert_cmpint (g_credentials_get_unix_pid (credentials, NULL), ==, getpid ());
  g_assert_cmpuint (g_credentials_get_unix_user (credentials, NULL), ==, getuid ());
  g_assert_null (vici_peer_get_tls_certificate (peer));
  g_assert_null (vici_peer_get_uri (peer));
  (*asked)++;

  return FALSE;
}

static gboolean
on_allow_all (ViciServer *server,
              ViciPeer   *peer,
              guint      *asked)
{
  (*asked)++;

  return TRUE;
}

static void
test_authorize (ServerTest   *test,
                gconstpointer data)
{
  guint allowing = 0, refusing = 0;
  g_autoptr (Client) first = NULL;
  g_autoptr (Client) second = NULL;
  gulong id;

  g_signal_connect (test->server, "authorize-peer", G_CALLBACK (on_allow_all), &allowing);
  first = client_new (test);
  client_send (first, "request echo");
  client_gets (first, "response");

  /* One who refuses is enough. */
  id = g_signal_connect (test->server, "authorize-peer", G_CALLBACK (on_refuse_all), &refusing);
  second = client_new (test);
  client_expect_end (second);
  server_logged (test, "+1 !2:permission-denied");
  g_assert_cmpuint (allowing, ==, 2);
  g_assert_cmpuint (refusing, ==, 1);

  g_signal_handler_disconnect (test->server, id);
}

static void
test_disconnect (ServerTest   *test,
                 gconstpointer data)
{
  Client *client = client_new (test);
  ViciInvocation *invocation;

  client_send (client, "request later", "register tick");
  server_logged (test, "+1 later");
  client_free (client);
  server_logged (test, "-1");

  /* Nobody listens any more, which is no mistake. */
  invocation = kept (test, 0);
  {
    g_autoptr (ViciMessage) message = server_message ("v", "1");

    g_assert_true (vici_peer_is_closed (vici_invocation_get_peer (invocation)));
    g_assert_false (vici_invocation_send_event (invocation, "tick", message));
    vici_invocation_return_success (invocation);
    g_assert_cmpuint (vici_server_emit_event (test->server, "tick", message), ==, 0);
  }
}

static void
test_protocol_errors (ServerTest   *test,
                      gconstpointer data)
{
  g_autoptr (Client) good = client_new (test);
  g_autoptr (Client) wrong = client_new (test);
  g_autoptr (Client) malformed = client_new (test);

  client_send (wrong, "request echo a=1", "response", "request echo a=2");
  client_gets (wrong, "response a=1");
  client_expect_end (wrong);
  client_send_bytes (malformed, "\0\0\0\5\0\1x\3\5", 9);
  client_expect_end (malformed);
  server_logged (test, "+1 +2 +3 -2:protocol -3:malformed");

  client_send (good, "request echo");
  client_gets (good, "response");
}

static gboolean
on_close_peer (ViciServer     *server,
               ViciInvocation *invocation,
               gpointer        unused)
{
  vici_peer_close (vici_invocation_get_peer (invocation));

  return TRUE;
}

static void
test_close_in_command (ServerTest   *test,
                       gconstpointer data)
{
  g_autoptr (Client) client = client_new (test);

  g_signal_connect (test->server, "command::orphan", G_CALLBACK (on_close_peer), NULL);
  client_send (client, "request orphan", "request echo");
  client_expect_end (client);
  server_logged (test, "+1 -1");
}

static gboolean
on_drop_server (ViciServer     *server,
                ViciInvocation *invocation,
                ServerTest     *test)
{
  g_clear_object (&test->server);

  return TRUE;
}

/* The last reference goes while one of its own signals is emitted. */
static void
test_drop_in_command (ServerTest   *test,
                      gconstpointer data)
{
  g_autoptr (Client) first = client_new (test);
  g_autoptr (Client) second = client_new (test);
  gpointer alive = test->server;

  g_object_add_weak_pointer (G_OBJECT (test->server), &alive);
  g_signal_connect (test->server, "command::orphan", G_CALLBACK (on_drop_server), test);
  client_send (first, "request later", "request orphan");
  client_expect_end (first);
  client_expect_end (second);
  server_settle ();
  g_assert_null (alive);

  /* What was kept outlives it. */
  vici_invocation_return_success (kept (test, 0));
}

static gboolean
on_stop_server (ViciServer *server,
                ViciPeer   *peer,
                gpointer    unused)
{
  vici_server_stop (server);

  return TRUE;
}

static void
test_stop_in_signals (ServerTest   *test,
                      gconstpointer data)
{
  g_autoptr (Client) first = client_new (test);
  g_autoptr (Client) second = NULL;
  g_autoptr (Client) third = NULL;
  gulong id = g_signal_connect (test->server, "authorize-peer", G_CALLBACK (on_stop_server), NULL);

  second = client_new (test);
  client_expect_end (first);
  client_expect_end (second);
  server_logged (test, "+1 -1 !2:closed");
  g_signal_handler_disconnect (test->server, id);

  g_signal_connect (test->server, "peer-connected", G_CALLBACK (on_stop_server), NULL);
  third = client_new (test);
  client_expect_end (third);
  server_logged (test, "+3 -3");
}

static gboolean
on_close_candidate (ViciServer *server,
                    ViciPeer   *peer,
                    gpointer    unused)
{
  vici_peer_close (peer);

  return TRUE;
}

static void
test_closed_in_authorize (ServerTest   *test,
                          gconstpointer data)
{
  g_autoptr (Client) client = NULL;

  g_signal_connect (test->server, "authorize-peer", G_CALLBACK (on_close_candidate), NULL);
  client = client_new (test);
  client_expect_end (client);
  server_logged (test, "!1:permission-denied");
}

typedef struct
{
  ServerTest *test;
  gboolean    made;
  Client     *client;
} Another;

static void
make_another (Another *self)
{
  if (self->made)
    return;

  self->made = TRUE;
  self->client = client_new (self->test);
}

static gboolean
on_authorize_another (ViciServer *server,
                      ViciPeer   *peer,
                      Another    *another)
{
  make_another (another);

  return TRUE;
}

/* One comes in while another is asked about. */
static void
test_authorize_within (ServerTest   *test,
                       gconstpointer data)
{
  Another another = { test, FALSE, NULL };
  g_autoptr (Client) client = NULL;

  g_object_set (test->server, "max-peers", 1, NULL);
  g_signal_connect (test->server, "authorize-peer", G_CALLBACK (on_authorize_another), &another);
  client = client_new (test);
  client_expect_end (client);
  client_send (another.client, "request echo");
  client_gets (another.client, "response");
  server_logged (test, "+1 !2:busy");
  client_free (another.client);
}

static gboolean
on_answer_and_close (ViciServer     *server,
                     ViciInvocation *invocation,
                     gpointer        unused)
{
  vici_invocation_return_success (invocation);
  vici_peer_close (vici_invocation_get_peer (invocation));

  return TRUE;
}

static void
test_last_answer (ServerTest   *test,
                  gconstpointer data)
{
  g_autoptr (Client) client = client_new (test);

  g_signal_connect (test->server, "command::orphan", G_CALLBACK (on_answer_and_close), NULL);
  client_send (client, "request orphan");
  client_gets (client, "response success=yes");
  client_expect_end (client);
}

static void
on_emit_tock (ViciServer  *server,
              ViciPeer    *peer,
              ViciMessage *message)
{
  vici_server_emit_event (server, "tock", message);
}

/* A handler that emits an event because a client is gone, which is gone because of
 * an event: the others get them in order. */
static void
test_events_in_order (ServerTest   *test,
                      gconstpointer data)
{
  g_autofree char *large = g_strnfill (50000, 'x');
  g_autoptr (ViciMessage) tick = server_message ("v", large);
  g_autoptr (ViciMessage) tock = server_message ("v", "1");
  g_autoptr (Client) silent = NULL;
  g_autoptr (Client) good = NULL;

  g_object_set (test->server, "max-queued", 1024 * 1024, NULL);
  silent = client_new (test);
  good = client_new (test);
  client_send (silent, "register tick");
  client_gets (silent, "confirm");
  client_send (good, "register tick", "register tock");
  client_gets (good, "confirm", "confirm");

  g_signal_connect (test->server, "peer-disconnected", G_CALLBACK (on_emit_tock), tock);
  do
    {
      g_assert_cmpuint (vici_server_emit_event (test->server, "tick", tick), ==, 2);
      server_settle ();
      client_skip (good, 4 + 1 + 5 + vici_message_get_size (tick));
    }
  while (strstr (test->log->str, "-1") == NULL);
  client_gets (good, "event tock v=1");
  g_signal_handlers_disconnect_by_func (test->server, on_emit_tock, tock);
}

static void
on_accept_another (ViciServer *server,
                   ViciPeer   *peer,
                   Another    *another)
{
  make_another (another);
}

/* Nobody gets into a server that goes. */
static void
test_accept_in_dispose (ServerTest   *test,
                        gconstpointer data)
{
  Another another = { test, FALSE, NULL };
  g_autoptr (Client) client G_GNUC_UNUSED = client_new (test);

  server_logged (test, "+1");
  g_signal_connect (test->server, "peer-disconnected", G_CALLBACK (on_accept_another), &another);
  g_object_run_dispose (G_OBJECT (test->server));
  g_assert_nonnull (another.client);
  client_expect_end (another.client);
  server_logged (test, "-1 !2:closed");
  client_free (another.client);
}

typedef struct
{
  Client  *own;
  Client  *other;
  gboolean done;
} Nested;

static gboolean
on_nested (ViciServer     *server,
           ViciInvocation *invocation,
           Nested         *nested)
{
  g_autoptr (ViciMessage) message = server_message ("v", "1");

  client_send (nested->other, "request echo a=2");
  client_gets (nested->other, "response a=2");

  vici_invocation_send_event (invocation, "tick", message);
  client_gets (nested->own, "confirm", "event tick v=1");
  nested->done = TRUE;
  vici_invocation_return_success (invocation);

  return TRUE;
}

/* A handler that runs the main loop: everybody else is served meanwhile, and what its
 * own client asks for is afterwards. */
static void
test_nested_main_loop (ServerTest   *test,
                       gconstpointer data)
{
  g_autoptr (Client) first = client_new (test);
  g_autoptr (Client) second = client_new (test);
  Nested nested = { first, second, FALSE };

  g_signal_connect (test->server, "command::orphan", G_CALLBACK (on_nested), &nested);
  client_send (first, "register tick", "request orphan", "request echo a=1");
  client_gets (first, "response success=yes", "response a=1");
  g_assert_true (nested.done);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_SERVER_TEST ("/server/commands", test_commands);
  ADD_SERVER_TEST ("/server/answered-later-and-in-order", test_later);
  ADD_SERVER_TEST ("/server/kinds-of-answers", test_answers);
  ADD_SERVER_TEST ("/server/a-dropped-invocation-fails", test_dropped_invocation);
  ADD_SERVER_TEST ("/server/events-to-all-who-registered", test_events);
  ADD_SERVER_TEST ("/server/stream-to-one-peer", test_stream);
  ADD_SERVER_TEST ("/server/authorize-peer", test_authorize);
  ADD_SERVER_TEST ("/server/a-client-that-goes", test_disconnect);
  ADD_SERVER_TEST ("/server/protocol-errors-end-one-peer", test_protocol_errors);
  ADD_SERVER_TEST ("/server/close-peer-in-its-command", test_close_in_command);
  ADD_SERVER_TEST ("/server/drop-server-in-a-command", test_drop_in_command);
  ADD_SERVER_TEST ("/server/stop-in-signals", test_stop_in_signals);
  ADD_SERVER_TEST ("/server/closed-while-asked-about", test_closed_in_authorize);
  ADD_SERVER_TEST ("/server/another-comes-while-one-is-asked-about", test_authorize_within);
  ADD_SERVER_TEST ("/server/an-answer-is-written-before-closing", test_last_answer);
  ADD_SERVER_TEST ("/server/events-in-order-while-peers-go", test_events_in_order);
  ADD_SERVER_TEST ("/server/nobody-gets-into-a-server-that-goes", test_accept_in_dispose);
  ADD_SERVER_TEST ("/server/nested-main-loop", test_nested_main_loop);

  return g_test_run ();
}
