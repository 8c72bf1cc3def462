/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The library's own client and its server, over everything that can be between
 * them, in one main loop. */

#include "server-test.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../client/peer-stream.h"
#include "vici-builder.h"
#include "vici-connection.h"
#include "vici-stream.h"

/* -- Waiting for the client -- */

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

static ViciMessage *
call (ViciConnection *connection,
      const char     *command,
      ViciMessage    *request)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *reply;

  vici_connection_call_async (connection, command, request, NULL, keep_result, &result);
  server_run_until (result != NULL);
  reply = vici_connection_call_finish (connection, result, &error);
  g_assert_no_error (error);

  return reply;
}

static void
open_connection (ViciConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_connection_open_async (connection, NULL, keep_result, &result);
  server_run_until (result != NULL);
  vici_connection_open_finish (connection, result, &error);
  g_assert_no_error (error);
}

/* -- What has to work -- */

static void
on_tock (ViciConnection *connection,
         const char     *name,
         ViciMessage    *message,
         guint          *heard)
{
  g_assert_cmpint (vici_message_lookup_int64 (message, "v", -1), ==, *heard);
  (*heard)++;
}

static void
assert_events (ServerTest     *test,
               ViciConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint heard = 0;

  g_signal_connect (connection, "event::tock", G_CALLBACK (on_tock), &heard);
  vici_connection_subscribe_async (connection, "tock", NULL, keep_result, &result);
  server_run_until (result != NULL);
  vici_connection_subscribe_finish (connection, result, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);
      g_autoptr (ViciMessage) message = server_message ("v", value);

      g_assert_cmpuint (vici_server_emit_event (test->server, "tock", message), ==, 1);
    }
  server_run_until (heard == 100);
}

static void
assert_stream (ViciConnection *connection)
{
  g_autoptr (ViciStream) stream = vici_connection_call_streaming (connection, "stream", "tick", NULL);

  for (guint i = 0;; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (ViciMessage) event = NULL;
      g_autoptr (GError) error = NULL;

      vici_stream_next_async (stream, NULL, keep_result, &result);
      server_run_until (result != NULL);
      event = vici_stream_next_finish (stream, result, &error);
      g_assert_no_error (error);

      if (event == NULL)
        {
          g_assert_cmpuint (i, ==, 3);
          break;
        }
      g_assert_cmpint (vici_message_lookup_int64 (event, "v", -1), ==, i);
    }
}

/* More than a socket or a pipe holds. */
static ViciMessage *
large_message (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autofree char *value = g_strnfill (60000, 'x');

  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%u", i);

      vici_builder_add_string (builder, name, value);
    }

  return vici_builder_end (builder, NULL);
}

static void
assert_large (ViciConnection *connection)
{
  g_autoptr (ViciMessage) request = large_message ();

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (ViciMessage) reply = call (connection, "echo", request);

      g_assert_true (vici_message_equal (request, reply));
    }
}

static void
assert_works (ServerTest     *test,
              ViciConnection *connection)
{
  open_connection (connection);
  assert_stream (connection);
  assert_large (connection);
  assert_events (test, connection);

  vici_connection_close_sync (connection, NULL, NULL);
  server_run_until (strstr (test->log->str, "-1") != NULL);
  server_logged (test, "+1 -1");
}

/* -- By URI -- */

static void
assert_works_at (ServerTest *test,
                 const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;
  g_autoptr (ViciConnection) connection = NULL;

  vici_server_listen (test->server, uri, &error);
  g_assert_no_error (error);
  uris = vici_server_get_uris (test->server);
  connection = vici_connection_new (uris[0]);
  assert_works (test, connection);
}

static void
test_unix (ServerTest   *test,
           gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("vici-server-XXXXXX", NULL);
  g_autofree char *uri = g_strdup_printf ("unix://%s/vici", folder);

  assert_works_at (test, uri);
  vici_server_stop (test->server);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_abstract (ServerTest   *test,
               gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("unix:@vici-test-server-%d", getpid ());

  assert_works_at (test, uri);
}

static void
test_tcp_v4 (ServerTest   *test,
             gconstpointer data)
{
  assert_works_at (test, "tcp://127.0.0.1:0");
}

static void
test_tcp_v6 (ServerTest   *test,
             gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("::1", 0);

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, &error))
    {
      g_test_skip ("there is no IPv6 here");
      return;
    }

  assert_works_at (test, "tcp://[::1]:0");
}

/* As systemd hands one over. */
static void
test_activated (ServerTest   *test,
                gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("vici-test-activated-%d", getpid ());
  g_autofree char *connect_uri = g_strdup_printf ("unix:@%s", name);
  g_autofree char *listen_uri = NULL;
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new_with_type (
    name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  g_autoptr (ViciConnection) connection = vici_connection_new (connect_uri);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);

  listen_uri = g_strdup_printf ("fd:%d", dup (g_socket_get_fd (socket)));
  vici_server_listen (test->server, listen_uri, &error);
  g_assert_no_error (error);
  assert_works (test, connection);
}

/* -- By stream -- */

static void
assert_works_over (ServerTest *test,
                   GIOStream  *ends[2])
{
  g_autoptr (ViciConnection) connection = vici_connection_new_for_stream (ends[0]);

  g_autoptr (ViciPeer) peer = vici_server_accept_stream (test->server, ends[1]);

  g_assert_nonnull (peer);
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
  assert_works (test, connection);
}

static void
test_pipes (ServerTest   *test,
            gconstpointer data)
{
  GIOStream *ends[2];

  peer_stream_pipes (ends, TRUE);
  assert_works_over (test, ends);
}

static void
test_plain (ServerTest   *test,
            gconstpointer data)
{
  GIOStream *ends[2];

  peer_stream_pipes (ends, FALSE);
  assert_works_over (test, ends);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_SERVER_TEST ("/server/over/unix", test_unix);
  ADD_SERVER_TEST ("/server/over/abstract", test_abstract);
  ADD_SERVER_TEST ("/server/over/tcp-v4", test_tcp_v4);
  ADD_SERVER_TEST ("/server/over/tcp-v6", test_tcp_v6);
  ADD_SERVER_TEST ("/server/over/an-activated-socket", test_activated);
  ADD_SERVER_TEST ("/server/over/pipes", test_pipes);
  ADD_SERVER_TEST ("/server/over/streams-that-cannot-be-polled", test_plain);

  return g_test_run ();
}
