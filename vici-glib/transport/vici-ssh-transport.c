/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-ssh-transport.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "vici-i18n.h"
#include "vici-cancel-source.h"
#include "vici-process-connection.h"
#include "vici-source.h"
#include "vici-ssh-command.h"

/* From when ssh is told to go; a synchronous caller who gives up waits so long. */
#define GRACE_MS 500

/* From when ssh has closed its standard output, and so is about to end. */
#define LAST_MS 500

struct _ViciSshTransport
{
  ViciBaseTransport parent_instance;

  ViciSshTarget     target;
};

/* One connecting. ssh makes a socket in a directory that only we can enter; what
 * connects to it is passed on to the socket on the other host. It says a line
 * when that is so. Then one connects, and the socket's name is of no more use. */
typedef struct
{
  ViciProcess *process;
  char        *directory;
  char        *path;            /* of the socket */
  char         line[64];
  GError      *error;           /* with which it ends when ssh has ended */
  GSource     *late;            /* while that is waited for */
  GSource     *cancelled;
} Connecting;

static void vici_ssh_transport_initable_init (GInitableIface *iface);
static void vici_ssh_transport_transport_init (ViciTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciSshTransport, vici_ssh_transport, VICI_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                      vici_ssh_transport_initable_init)
                                 G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                        vici_ssh_transport_transport_init))

/* -- The socket's place -- */

static gboolean
make_directory (Connecting *connecting,
                GError    **error)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");
  g_autofree char *template = g_build_filename (runtime && g_path_is_absolute (runtime)
                                                  ? runtime
                                                  : g_get_tmp_dir (),
                                                "vici-ssh-XXXXXX", NULL);

  if (g_mkdtemp (template) == NULL)
    {
      int errsv = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
                   _("Cannot make the directory “%s”: %s"), template, g_strerror (errsv));
      return FALSE;
    }

  connecting->directory = g_steal_pointer (&template);
  connecting->path = g_build_filename (connecting->directory, "socket", NULL);

  return TRUE;
}

static void
connecting_free (Connecting *connecting)
{
  if (connecting->directory != NULL)
    {
      g_unlink (connecting->path);
      g_rmdir (connecting->directory);
    }

  g_clear_object (&connecting->process);
  g_clear_error (&connecting->error);
  g_free (connecting->directory);
  g_free (connecting->path);
  g_free (connecting);
}

/* -- Ends that are none -- */

/* ssh has no other words for it, nor a status of its own. */
static void
set_why_ended (Connecting *connecting,
               const char *host)
{
  g_autofree char *said = vici_process_dup_said (connecting->process);
  gboolean denied = said != NULL && strstr (said, ": Permission denied (") != NULL;

  g_set_error (&connecting->error, G_IO_ERROR,
               denied ? G_IO_ERROR_PERMISSION_DENIED : G_IO_ERROR_FAILED,
               _("Cannot connect to “%s” by ssh"), host);
  vici_process_explain (connecting->process, connecting->error);
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ViciSshTransport *self = g_task_get_source_object (task);
  Connecting *connecting = g_task_get_task_data (task);

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);

  vici_source_end (g_steal_pointer (&connecting->late));
  vici_source_end (g_steal_pointer (&connecting->cancelled));
  if (connecting->error == NULL)
    set_why_ended (connecting, self->target.host);

  g_task_return_error (task, g_steal_pointer (&connecting->error));
}

/* When ssh is gone it leaves no socket behind any more. */
static void
wait_for_end (GTask *task)
{
  Connecting *connecting = g_task_get_task_data (task);

  g_subprocess_wait_async (vici_process_get_subprocess (connecting->process), NULL,
                           on_ended, g_object_ref (task));
}

static void
give_up (GTask  *task,
         GError *error)
{
  Connecting *connecting = g_task_get_task_data (task);

  connecting->error = error;
  vici_process_terminate (connecting->process);
  wait_for_end (task);
}

static gboolean
on_late (gpointer user_data)
{
  GTask *task = user_data;
  ViciSshTransport *self = g_task_get_source_object (task);
  Connecting *connecting = g_task_get_task_data (task);

  set_why_ended (connecting, self->target.host);
  vici_process_terminate (connecting->process);

  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  Connecting *connecting = g_task_get_task_data (user_data);

  vici_process_terminate (connecting->process);

  return G_SOURCE_REMOVE;
}

/* It has nothing more to say, and as a rule ends by itself. */
static void
let_end (GTask *task)
{
  Connecting *connecting = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);

  connecting->late = g_timeout_source_new (LAST_MS);
  g_task_attach_source (task, connecting->late, on_late);

  if (cancellable != NULL)
    {
      connecting->cancelled = vici_cancel_source_new (cancellable, g_task_get_context (task));
      g_source_set_callback (connecting->cancelled, G_SOURCE_FUNC (on_cancelled),
                             g_object_ref (task), g_object_unref);
    }

  wait_for_end (task);
}

/* -- The way there -- */

static GSocket *
connect_socket (const char *path,
                GError    **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, error);

  if (socket == NULL)
    return NULL;

  g_socket_set_blocking (socket, FALSE);

  return g_socket_connect (socket, address, NULL, error) ? g_steal_pointer (&socket) : NULL;
}

static void
connect_through (ViciSshTransport *self,
                 GTask            *task)
{
  Connecting *connecting = g_task_get_task_data (task);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GIOStream) stream = NULL;
  GError *error = NULL;

  socket = connect_socket (connecting->path, &error);
  if (socket == NULL)
    {
      vici_process_explain (connecting->process, error);
      give_up (task, error);
      return;
    }

  stream = vici_process_connection_new (connecting->process, socket);
  vici_transport_connected (VICI_TRANSPORT (self), task, stream);
}

static void
on_line (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n > 0)
    connect_through (g_task_get_source_object (task), task);
  else if (n == 0)
    let_end (task);
  else
    give_up (task, error);
}

static gboolean
start_ssh (ViciSshTransport *self,
           Connecting       *connecting,
           GError          **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_auto (GStrv) argv = vici_ssh_target_dup_argv (&self->target, connecting->path);

  /* Which runs the command that says the line: a service may have none that
   * runs anything. */
  g_subprocess_launcher_setenv (launcher, "SHELL", "/bin/sh", TRUE);

  /* Nor may the ssh of a ProxyJump ask anybody, which is not told of BatchMode: it
   * has no terminal, and this keeps it from opening windows. */
  g_subprocess_launcher_setenv (launcher, "SSH_ASKPASS_REQUIRE", "never", TRUE);

  connecting->process = vici_process_new (launcher, (const char * const *) argv, GRACE_MS, error);

  return connecting->process != NULL;
}

static void
vici_ssh_transport_connect (ViciTransport *transport,
                            GTask         *task)
{
  ViciSshTransport *self = VICI_SSH_TRANSPORT (transport);
  Connecting *connecting = g_new0 (Connecting, 1);
  GError *error = NULL;

  g_task_set_task_data (task, connecting, (GDestroyNotify) connecting_free);

  if (!make_directory (connecting, &error) || !start_ssh (self, connecting, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  g_input_stream_read_async (
    g_subprocess_get_stdout_pipe (vici_process_get_subprocess (connecting->process)),
    connecting->line, sizeof connecting->line, G_PRIORITY_DEFAULT,
    g_task_get_cancellable (task), on_line, g_object_ref (task));
}

/* -- The object -- */

static gboolean
vici_ssh_transport_init_uri (GInitable    *initable,
                             GCancellable *cancellable,
                             GError      **error)
{
  ViciSshTransport *self = VICI_SSH_TRANSPORT (initable);

  return vici_ssh_target_parse (&self->target, vici_base_transport_get_uri (VICI_BASE_TRANSPORT (self)), error);
}

static void
vici_ssh_transport_finalize (GObject *object)
{
  vici_ssh_target_clear (&VICI_SSH_TRANSPORT (object)->target);

  G_OBJECT_CLASS (vici_ssh_transport_parent_class)->finalize (object);
}

static void
vici_ssh_transport_class_init (ViciSshTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_ssh_transport_finalize;
}

static void
vici_ssh_transport_init (ViciSshTransport *self)
{
}

static void
vici_ssh_transport_initable_init (GInitableIface *iface)
{
  iface->init = vici_ssh_transport_init_uri;
}

/* ssh takes one there, and brings nobody here. */
static void
vici_ssh_transport_transport_init (ViciTransportInterface *iface)
{
  iface->connect = vici_ssh_transport_connect;
  iface->listen = NULL;
  iface->stop = NULL;
}
