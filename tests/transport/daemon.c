/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A daemon that other tests start:
 *
 *   daemon -      has its client on standard input and output
 *   daemon URI    listens there, and says so on standard output
 *
 * It answers “version” with its own argument; upon “die” it says why on standard error, and ends with
 * status 3. */

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vici-builder.h"
#include "vici-server.h"

static gboolean
on_version (ViciServer     *server,
            ViciInvocation *invocation,
            gpointer        user_data)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) reply = NULL;

  vici_builder_add_string (builder, "daemon", user_data);
  reply = vici_builder_end (builder, NULL);
  vici_invocation_return_message (invocation, reply);

  return TRUE;
}

static gboolean
on_die (ViciServer     *server,
        ViciInvocation *invocation,
        gpointer        user_data)
{
  static const char words[] = "out of\tluck\r\n\n\033[31mred \303\244 \377\n";

  if (write (STDERR_FILENO, words, strlen (words)) < 0)
    abort ();
  exit (3);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ViciServer) server = vici_server_new ();
  g_autoptr (ViciPeer) peer = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (argc == 2, 2);

  vici_server_add_command (server, "version");
  vici_server_add_command (server, "die");
  g_signal_connect (server, "command::version", G_CALLBACK (on_version), argv[1]);
  g_signal_connect (server, "command::die", G_CALLBACK (on_die), NULL);

  if (strcmp (argv[1], "-") == 0)
    {
      g_autoptr (GSocket) socket = g_socket_new_from_fd (dup (STDIN_FILENO), &error);
      g_autoptr (GSocketConnection) connection = NULL;

      g_assert_no_error (error);
      connection = g_socket_connection_factory_create_connection (socket);
      g_signal_connect_swapped (server, "peer-disconnected", G_CALLBACK (g_main_loop_quit), loop);
      peer = vici_server_accept_stream (server, G_IO_STREAM (connection));
      g_assert_nonnull (peer);
    }
  else
    {
      vici_server_listen (server, argv[1], &error);
      g_assert_no_error (error);
      g_print ("listening\n");
    }

  g_main_loop_run (loop);

  return 0;
}
