/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-unix-socket.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "vici-uri.h"

/* How long a server may take from making its file to listening. */
#define BIRTH_S 10

const char *
vici_unix_socket_get_path (GUnixSocketAddress *address)
{
  if (g_unix_socket_address_get_address_type (address) != G_UNIX_SOCKET_ADDRESS_PATH)
    return NULL;

  return g_unix_socket_address_get_path (address);
}

static GSocket *
new_socket (GError **error)
{
  return g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT,
                       error);
}

/* -- Connecting. GIO's client would start a thread. -- */

GIOStream *
vici_unix_socket_connect (GUnixSocketAddress *address,
                          GCancellable       *cancellable,
                          GError            **error)
{
  g_autoptr (GSocket) socket = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  socket = new_socket (error);
  if (socket == NULL)
    return NULL;

  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_connect (socket, G_SOCKET_ADDRESS (address), NULL, error))
    return NULL;

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

gboolean
vici_unix_socket_open_now (const char   *uri,
                           GCancellable *cancellable,
                           GIOStream   **stream,
                           GError      **error)
{
  g_autoptr (GUnixSocketAddress) address = NULL;
  g_autoptr (GError) local_error = NULL;

  *stream = NULL;
  if (!g_str_has_prefix (uri, "unix:"))
    return FALSE;

  address = vici_uri_parse_unix (uri, &local_error);
  if (address != NULL)
    *stream = vici_unix_socket_connect (address, cancellable, &local_error);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;

  if (local_error != NULL)
    {
      vici_uri_blame (uri, &local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
    }

  return TRUE;
}

/* -- Binding -- */

/* A socket that nobody listens on any more, as a client would see it. */
static gboolean
is_dead (GUnixSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream G_GNUC_UNUSED = vici_unix_socket_connect (address, NULL, &error);

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* A server that has not come to listen yet looks dead. It has no permissions before it
 * does: see bind_and_listen(). One that died in that instant has none either. */
static gboolean
is_being_born (const GStatBuf *status)
{
  return (status->st_mode & ALLPERMS) == 0 &&
         g_get_real_time () / G_USEC_PER_SEC - status->st_mtime < BIRTH_S;
}

/* Whether the file is that of a dead server. A new server may have put its own there
 * since that was looked at: it is looked at again. */
static gboolean
is_left_behind (GUnixSocketAddress *address,
                const char         *path)
{
  GStatBuf before, after;

  return g_lstat (path, &before) == 0 && S_ISSOCK (before.st_mode) &&
         !is_being_born (&before) && is_dead (address) &&
         g_lstat (path, &after) == 0 && after.st_dev == before.st_dev &&
         after.st_ino == before.st_ino && after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
         after.st_ctim.tv_nsec == before.st_ctim.tv_nsec;
}

/* Binds and listens, as if in one: between the two a server looks dead. No more than
 * root can connect, for the file gets the mode of the socket, which is none. */
static gboolean
bind_and_listen (GSocket            *socket,
                 GUnixSocketAddress *address,
                 GError            **error)
{
  if (fchmod (g_socket_get_fd (socket), 0) != 0)
    {
      int errsv = errno;

      g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
                           g_strerror (errsv));
      return FALSE;
    }

  return g_socket_bind (socket, G_SOCKET_ADDRESS (address), FALSE, error) &&
         g_socket_listen (socket, error);
}

GSocket *
vici_unix_socket_bind (GUnixSocketAddress *address,
                       const GError       *unlocked,
                       GError            **error)
{
  const char *path = vici_unix_socket_get_path (address);
  g_autoptr (GSocket) socket = new_socket (error);
  g_autoptr (GError) local_error = NULL;

  if (socket == NULL)
    return NULL;

  /* Who does not fit into the queue is turned away. */
  g_socket_set_listen_backlog (socket, SOMAXCONN);
  if (bind_and_listen (socket, address, &local_error))
    return g_steal_pointer (&socket);

  if (path == NULL || !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ||
      !is_left_behind (address, path))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  if (unlocked != NULL)
    {
      g_propagate_error (error, g_error_copy (unlocked));
      return NULL;
    }

  g_unlink (path);

  return bind_and_listen (socket, address, error) ? g_steal_pointer (&socket) : NULL;
}
