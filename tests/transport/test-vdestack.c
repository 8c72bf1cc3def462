/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A real plug-in, on a network stack of its own: server and client talk by it, and
 * the system's network knows nothing of that. */

#include <ifaddrs.h>
#include <netinet/in.h>
#include <unistd.h>
#include <glib-unix.h>
#include <vici-glib/vici-glib.h>

#include "vdestack-test.h"

static const char *program;

/* -- The server -- */

static gboolean
on_version (ViciServer     *server,
            ViciInvocation *invocation,
            const char     *name)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) reply = NULL;

  vici_builder_add_string (builder, "daemon", name);
  reply = vici_builder_end (builder, NULL);
  vici_invocation_return_message (invocation, reply);

  return TRUE;
}

static ViciMessage *
make_empty (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  return vici_builder_end (builder, NULL);
}

static gboolean
on_list_conns (ViciServer     *server,
               ViciInvocation *invocation)
{
  g_autoptr (ViciMessage) event = make_empty ();

  for (guint i = 0; i < 3; i++)
    g_assert_true (vici_invocation_send_event (invocation, "list-conn", event));
  vici_invocation_return_success (invocation);

  return TRUE;
}

/* Tells of itself to whoever listens. */
static gboolean
on_initiate (ViciServer     *server,
             ViciInvocation *invocation)
{
  g_autoptr (ViciMessage) event = make_empty ();

  vici_server_emit_event (server, "ike-updown", event);
  vici_invocation_return_success (invocation);

  return TRUE;
}

static ViciServer *
serve (const char *name,
       const char *uri)
{
  ViciServer *server = vici_server_new ();
  g_autoptr (GError) error = NULL;

  vici_server_add_command (server, "version");
  vici_server_add_command (server, "list-conns");
  vici_server_add_command (server, "initiate");
  vici_server_add_event (server, "list-conn");
  vici_server_add_event (server, "ike-updown");
  g_signal_connect_data (server, "command::version", G_CALLBACK (on_version), g_strdup (name),
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  g_signal_connect (server, "command::list-conns", G_CALLBACK (on_list_conns), NULL);
  g_signal_connect (server, "command::initiate", G_CALLBACK (on_initiate), NULL);

  vici_server_listen (server, uri, &error);
  g_assert_no_error (error);

  return server;
}

/* -- A server in another process -- */

static gboolean
on_input_end (int          fd,
              GIOCondition condition,
              gpointer     user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

/* Says where it listens, and ends with its input. */
static int
serve_until_input_ends (const char *uri)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ViciServer) server = serve ("other process", uri);
  g_auto (GStrv) uris = vici_server_get_uris (server);

  g_print ("%s\n", uris[0]);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input_end, loop);
  g_main_loop_run (loop);

  return 0;
}

/* -- The client -- */

static ViciMessage *
call (ViciConnection *connection,
      const char     *command)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *reply;

  vici_connection_call_async (connection, command, NULL, NULL, vdestack_test_keep, &result);
  vdestack_test_wait (&result);
  reply = vici_connection_call_finish (connection, result, &error);
  g_assert_no_error (error);

  return reply;
}

static ViciConnection *
open_connection (const char *uri)
{
  ViciConnection *connection = vici_connection_new (uri);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_connection_open_async (connection, NULL, vdestack_test_keep, &result);
  vdestack_test_wait (&result);
  vici_connection_open_finish (connection, result, &error);
  g_assert_no_error (error);

  return connection;
}

static void
assert_version (ViciConnection *connection,
                const char     *name)
{
  g_autoptr (ViciMessage) reply = call (connection, "version");
  g_autofree char *daemon = vici_message_lookup_string (reply, "daemon");

  g_assert_cmpstr (daemon, ==, name);
}

static void
assert_stream (ViciConnection *connection)
{
  g_autoptr (ViciStream) stream =
    vici_connection_call_streaming (connection, "list-conns", "list-conn", NULL);
  guint count = 0;

  for (;; count++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (ViciMessage) event = NULL;
      g_autoptr (GError) error = NULL;

      vici_stream_next_async (stream, NULL, vdestack_test_keep, &result);
      vdestack_test_wait (&result);
      event = vici_stream_next_finish (stream, result, &error);
      g_assert_no_error (error);
      if (event == NULL)
        break;
    }

  g_assert_cmpuint (count, ==, 3);
}

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          guint          *heard)
{
  (*heard)++;
}

static void
assert_event (ViciConnection *connection)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;
  guint heard = 0;

  g_signal_connect (connection, "event::ike-updown", G_CALLBACK (on_event), &heard);
  vici_connection_subscribe_async (connection, "ike-updown", NULL, vdestack_test_keep, &result);
  vdestack_test_wait (&result);
  vici_connection_subscribe_finish (connection, result, &error);
  g_assert_no_error (error);

  reply = call (connection, "initiate");
  while (heard == 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_data (connection, &heard);
  g_assert_cmpuint (heard, ==, 1);
}

/* -- What the system's network knows -- */

static gboolean
system_has_address (const char *address)
{
  struct ifaddrs *list;
  gboolean found = FALSE;

  g_assert_cmpint (getifaddrs (&list), ==, 0);
  for (struct ifaddrs *i = list; i != NULL; i = i->ifa_next)
    {
      g_autoptr (GSocketAddress) one = NULL;
      g_autofree char *text = NULL;

      if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET)
        continue;

      one = g_socket_address_new_from_native (i->ifa_addr, sizeof (struct sockaddr_in));
      text = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (one)));
      found = found || g_str_equal (text, address);
    }
  freeifaddrs (list);

  return found;
}

/* Whether there is any TCP socket with the port at either end. */
static gboolean
system_has_port (guint port)
{
  g_autofree char *table = NULL;
  g_autofree char *text = g_strdup_printf (":%04X ", port);
  g_autoptr (GError) error = NULL;

  g_file_get_contents ("/proc/self/net/tcp", &table, NULL, &error);
  g_assert_no_error (error);

  return strstr (table, text) != NULL;
}

/* That the two above can tell. */
static void
assert_system_is_seen (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://127.0.0.1:0");
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = vici_transport_listen (transport, &error);
  g_autoptr (GUri) parts = NULL;

  g_assert_no_error (error);
  parts = g_uri_parse (uri, G_URI_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_true (system_has_port (g_uri_get_port (parts)));
  g_assert_true (system_has_address ("127.0.0.1"));
}

/* Has a port that nobody on the system's network gets. Who does not listen is not in the
 * table himself. */
static GSocket *
reserve_port (void)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("0.0.0.0", 0);
  g_autoptr (GError) error = NULL;
  GSocket *socket =
    g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, any, FALSE, &error);
  g_assert_no_error (error);

  return socket;
}

static guint
get_port (GSocket *socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, &error);

  g_assert_no_error (error);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* -- Talking -- */

static void
test_one_process (void)
{
  g_autoptr (GSocket) reserved = reserve_port ();
  g_autofree char *at = g_strdup_printf (SERVER ":%u", get_port (reserved));
  g_autofree char *where = vdestack_test_uri (at, "one", SERVER "/24");
  g_autofree char *from = vdestack_test_uri (at, "one", CLIENT "/24");
  g_autoptr (ViciServer) server G_GNUC_UNUSED = serve ("this process", where);
  g_autoptr (ViciConnection) connection = open_connection (from);

  assert_version (connection, "this process");
  assert_stream (connection);
  assert_event (connection);

  assert_system_is_seen ();
  g_assert_false (system_has_address (SERVER));
  g_assert_false (system_has_address (CLIENT));
  g_assert_false (system_has_port (get_port (reserved)));
}

static void
test_two_processes (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":0", "two", SERVER "/24");
  g_autofree char *from = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *found = NULL;
  g_autoptr (GUri) parts = NULL;
  g_autofree char *host_and_port = NULL;
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                              program, "--serve", where, NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  found = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (found);

  /* The port that it was given. */
  parts = g_uri_parse (found, G_URI_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_uri_get_port (parts), >, 0);
  host_and_port = g_strdup_printf (SERVER ":%d", g_uri_get_port (parts));
  from = vdestack_test_uri (host_and_port, "two", CLIENT "/24");

  connection = vici_connection_new (from);
  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);
  assert_version (connection, "other process");
  assert_stream (connection);
  assert_event (connection);

  g_output_stream_close (g_subprocess_get_stdin_pipe (process), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

/* The same addresses and the same port, twice in one program. */
static void
test_side_by_side (void)
{
  g_autofree char *where_a = vdestack_test_uri (SERVER ":" PORT, "a", SERVER "/24");
  g_autofree char *where_b = vdestack_test_uri (SERVER ":" PORT, "b", SERVER "/24");
  g_autofree char *from_a = vdestack_test_uri (SERVER ":" PORT, "a", CLIENT "/24");
  g_autofree char *from_b = vdestack_test_uri (SERVER ":" PORT, "b", CLIENT "/24");
  g_autoptr (ViciServer) server_a G_GNUC_UNUSED = serve ("a", where_a);
  g_autoptr (ViciServer) server_b G_GNUC_UNUSED = serve ("b", where_b);
  g_autoptr (ViciConnection) connection_a = open_connection (from_a);
  g_autoptr (ViciConnection) connection_b = open_connection (from_b);

  assert_version (connection_a, "a");
  assert_version (connection_b, "b");
  assert_version (connection_a, "a");
}

static void
test_ipv6 (void)
{
  g_autofree char *where = vdestack_test_uri ("[fd77::1]:" PORT, "six", "fd77::1/64");
  g_autofree char *from = vdestack_test_uri ("[fd77::1]:" PORT, "six", "fd77::2/64");
  g_autoptr (ViciServer) server = serve ("six", where);
  g_auto (GStrv) uris = vici_server_get_uris (server);
  g_autoptr (ViciConnection) connection = open_connection (from);

  g_assert_cmpstr (uris[0], ==, where);
  assert_version (connection, "six");
}

int
main (int    argc,
      char **argv)
{
  if (!vdestack_test_begin ())
    return 0;

  if (argc == 3 && g_str_equal (argv[1], "--serve"))
    return serve_until_input_ends (argv[2]);

  g_test_init (&argc, &argv, NULL);
  program = argv[0];

  vdestack_test_add ("/vdestack/one-process", test_one_process);
  vdestack_test_add ("/vdestack/two-processes", test_two_processes);
  vdestack_test_add ("/vdestack/same-address-and-port-twice", test_side_by_side);
  vdestack_test_add ("/vdestack/ipv6", test_ipv6);

  return vdestack_test_run ();
}
