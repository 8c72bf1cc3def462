/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-exec-transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vici-i18n.h"
#include "vici-process-connection.h"

#define SCHEME "exec:"

/* From the moment that the program is told to go. */
#define GRACE_MS 1000

struct _ViciExecTransport
{
  ViciBaseTransport parent_instance;

  char            **argv;
};

static void vici_exec_transport_initable_init (GInitableIface *iface);
static void vici_exec_transport_transport_init (ViciTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciExecTransport, vici_exec_transport, VICI_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      vici_exec_transport_initable_init)
                                 G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                        vici_exec_transport_transport_init))

static gboolean
vici_exec_transport_init_uri (GInitable    *initable,
                              GCancellable *cancellable,
                              GError      **error)
{
  ViciExecTransport *self = VICI_EXEC_TRANSPORT (initable);
  const char *uri = vici_base_transport_get_uri (VICI_BASE_TRANSPORT (self));
  g_autoptr (GError) local_error = NULL;

  if (g_shell_parse_argv (uri + strlen (SCHEME), NULL, &self->argv, &local_error))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("“%s” names no command: %s"), uri, local_error->message);

  return FALSE;
}

/* One socket is both standard input and output: other than pipes, our end of it
 * can be read, written and polled as every connection is. */
static gboolean
open_pair (GSubprocessLauncher *launcher,
           GSocket            **ours,
           GError             **error)
{
  int fds[2], copy;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0)
    {
      copy = fcntl (fds[1], F_DUPFD_CLOEXEC, 3);
      if (copy >= 0)
        {
          g_subprocess_launcher_take_stdin_fd (launcher, fds[1]);
          g_subprocess_launcher_take_stdout_fd (launcher, copy);
          *ours = g_socket_new_from_fd (fds[0], error);
          if (*ours == NULL)
            close (fds[0]);
          return *ours != NULL;
        }

      close (fds[0]);
      close (fds[1]);
    }

  g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), g_strerror (errno));

  return FALSE;
}

static void
vici_exec_transport_connect (ViciTransport *transport,
                             GTask         *task)
{
  ViciExecTransport *self = VICI_EXEC_TRANSPORT (transport);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (ViciProcess) process = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GIOStream) stream = NULL;
  GError *error = NULL;

  if (open_pair (launcher, &socket, &error))
    process = vici_process_new (launcher, (const char * const *) self->argv, GRACE_MS, &error);

  if (process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  stream = vici_process_connection_new (process, socket);
  vici_transport_connected (transport, task, stream);
}

static void
vici_exec_transport_finalize (GObject *object)
{
  g_strfreev (VICI_EXEC_TRANSPORT (object)->argv);

  G_OBJECT_CLASS (vici_exec_transport_parent_class)->finalize (object);
}

static void
vici_exec_transport_class_init (ViciExecTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_exec_transport_finalize;
}

static void
vici_exec_transport_init (ViciExecTransport *self)
{
}

static void
vici_exec_transport_initable_init (GInitableIface *iface)
{
  iface->init = vici_exec_transport_init_uri;
}

/* What was started for one client cannot listen for others. */
static void
vici_exec_transport_transport_init (ViciTransportInterface *iface)
{
  iface->connect = vici_exec_transport_connect;
  iface->listen = NULL;
  iface->stop = NULL;
}
