/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vici-i18n.h"

static GMutex lock;
static GHashTable *taken;

static gboolean
is_taken (int fd)
{
  gboolean result;

  g_mutex_lock (&lock);
  result = taken != NULL && g_hash_table_contains (taken, GINT_TO_POINTER (fd));
  g_mutex_unlock (&lock);

  return result;
}

static void
take (int fd)
{
  g_mutex_lock (&lock);
  if (taken == NULL)
    taken = g_hash_table_new (NULL, NULL);
  g_hash_table_add (taken, GINT_TO_POINTER (fd));
  g_mutex_unlock (&lock);

  fcntl (fd, F_SETFD, FD_CLOEXEC);
}

/* -- What it is -- */

static gboolean
get_socket_option (int fd,
                   int option)
{
  int value = 0;
  socklen_t length = sizeof value;

  getsockopt (fd, SOL_SOCKET, option, &value, &length);

  return value;
}

static gboolean
is_connected (int fd)
{
  struct sockaddr_storage address;
  socklen_t length = sizeof address;

  return getpeername (fd, (struct sockaddr *) &address, &length) == 0;
}

static gboolean
examine_socket (int                 fd,
                ViciDescriptorKind *kind,
                GError            **error)
{
  if (get_socket_option (fd, SO_TYPE) != SOCK_STREAM)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("The descriptor %d is a socket, but not one of a stream"), fd);
      return FALSE;
    }

  if (get_socket_option (fd, SO_ACCEPTCONN))
    *kind = VICI_DESCRIPTOR_LISTENING;
  else if (is_connected (fd))
    *kind = VICI_DESCRIPTOR_CONNECTED;
  else
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("The descriptor %d is a socket that is neither connected nor listening"), fd);
      return FALSE;
    }

  return TRUE;
}

gboolean
vici_descriptor_examine (int                 fd,
                         ViciDescriptorKind *kind,
                         GError            **error)
{
  struct stat status;

  /* Before anything else: another file may have the number by now. */
  if (is_taken (fd))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                   _("The descriptor %d was taken before; it can be taken once"), fd);
      return FALSE;
    }

  if (fstat (fd, &status) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The descriptor %d is not open"), fd);
      return FALSE;
    }

  if (S_ISSOCK (status.st_mode))
    return examine_socket (fd, kind, error);

  *kind = VICI_DESCRIPTOR_FILE;

  return TRUE;
}

/* -- Taking it -- */

GSocket *
vici_descriptor_take_socket (int      fd,
                             GError **error)
{
  GSocket *socket = g_socket_new_from_fd (fd, error);

  if (socket != NULL)
    take (fd);

  return socket;
}

static gboolean
check_mode (int      fd,
            gboolean reads,
            gboolean writes,
            GError **error)
{
  int flags = fcntl (fd, F_GETFL);
  int mode = flags & O_ACCMODE;

  if ((!reads || mode != O_WRONLY) && (!writes || mode != O_RDONLY))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               mode == O_RDONLY ? _("The descriptor %d can be read only")
                                : _("The descriptor %d can be written only"),
               fd);

  return FALSE;
}

GIOStream *
vici_descriptor_take_files (int      in,
                            int      out,
                            GError **error)
{
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GOutputStream) output = NULL;
  int other = out;

  if (!check_mode (in, TRUE, in == out, error) || !check_mode (out, in == out, TRUE, error))
    return NULL;

  /* Each of the streams closes its own. */
  if (in == out)
    other = fcntl (in, F_DUPFD_CLOEXEC, 3);
  if (other < 0)
    {
      int errsv = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
                   _("The descriptor %d cannot be used: %s"), in, g_strerror (errsv));
      return NULL;
    }

  take (in);
  take (out);
  input = g_unix_input_stream_new (in, TRUE);
  output = g_unix_output_stream_new (other, TRUE);

  return g_simple_io_stream_new (input, output);
}
