/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vdestack-stack.h"

#include <dlfcn.h>
#include <errno.h>
#include <gio/gunixfdmessage.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* It lies beside the plug-in, wherever that is. */
static char *
find_program (void)
{
  g_autofree char *directory = NULL;
  Dl_info info;

  dladdr (find_program, &info);
  directory = g_path_get_dirname (info.dli_fname);

  return g_build_filename (directory, "vici-vdestack", NULL);
}

GSocket *
vdestack_stack_new (const char *net,
                    const char *address,
                    GError    **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GSocket) stack = NULL;
  g_autofree char *program = find_program ();
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
      return NULL;
    }

  g_subprocess_launcher_take_stdin_fd (launcher, fds[1]);
  stack = g_socket_new_from_fd (fds[0], error);
  g_socket_set_blocking (stack, FALSE);
  process = g_subprocess_launcher_spawn (launcher, error, program, net, address, NULL);

  return process != NULL ? g_steal_pointer (&stack) : NULL;
}

gboolean
vdestack_stack_ask (GSocket      *stack,
                    GSocketFamily family,
                    GError      **error)
{
  g_autoptr (GError) local_error = NULL;
  char byte = family;

  /* Of one that has ended, the answer says why. */
  if (g_socket_send (stack, &byte, 1, NULL, &local_error) == 1 ||
      g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

void
vdestack_stack_bind (GSocket *stack,
                     GSocket *socket)
{
  g_object_set_data_full (G_OBJECT (socket), "vdestack", g_object_ref (stack), g_object_unref);
  /* Requests are small, and wait for nothing but their reply. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
}

static GSocket *
take_descriptor (GSocket        *stack,
                 GUnixFDMessage *message,
                 GError        **error)
{
  g_autofree int *fds = g_unix_fd_message_steal_fds (message, NULL);
  GSocket *socket = g_socket_new_from_fd (fds[0], error);

  if (socket != NULL)
    vdestack_stack_bind (stack, socket);

  return socket;
}

GSocket *
vdestack_stack_take (GSocket *stack,
                     GError **error)
{
  char text[512];
  GInputVector vector = { text, sizeof text };
  g_autofree GSocketControlMessage **messages = NULL;
  int n_messages = 0;
  gssize length = g_socket_receive_message (stack, NULL, &vector, 1, &messages, &n_messages, NULL,
                                            NULL, error);
  const char *reason;

  if (length < 0)
    return NULL;

  if (n_messages > 0)
    {
      g_autoptr (GSocketControlMessage) message = messages[0];

      return take_descriptor (stack, G_UNIX_FD_MESSAGE (message), error);
    }

  /* It says why, once, unless it was killed. */
  if (length > 0)
    g_object_set_data_full (G_OBJECT (stack), "reason", g_strndup (text, length), g_free);
  reason = g_object_get_data (G_OBJECT (stack), "reason");
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       reason != NULL ? reason : "The network stack has ended");

  return NULL;
}
