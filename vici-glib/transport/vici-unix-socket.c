/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vici-i18n.h"
#include "vici-uri.h"

#define LOCK_TRIES 50
#define LOCK_PAUSE_US 1000

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
    g_propagate_error (error, g_steal_pointer (&local_error));

  return TRUE;
}

/* -- Binding -- */

/* A socket that nobody listens on any more, as a client would see it. */
static gboolean
is_dead (GUnixSocketAddress *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = vici_unix_socket_connect (address, NULL, &error);

  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* Removes the file of a dead server. A new server may have put its own there
 * since that was looked at: it is looked at again. */
static gboolean
remove_dead (GUnixSocketAddress *address,
             const char         *path)
{
  GStatBuf before, after;

  return g_lstat (path, &before) == 0 && S_ISSOCK (before.st_mode) && is_dead (address) &&
         g_lstat (path, &after) == 0 && after.st_dev == before.st_dev &&
         after.st_ino == before.st_ino && after.st_ctim.tv_sec == before.st_ctim.tv_sec &&
         after.st_ctim.tv_nsec == before.st_ctim.tv_nsec && g_unlink (path) == 0;
}

GSocket *
vici_unix_socket_bind (GUnixSocketAddress *address,
                       GError            **error)
{
  const char *path = vici_unix_socket_get_path (address);
  g_autoptr (GSocket) socket = new_socket (error);
  g_autoptr (GError) local_error = NULL;

  if (socket == NULL)
    return NULL;

  if (g_socket_bind (socket, G_SOCKET_ADDRESS (address), FALSE, &local_error))
    return g_steal_pointer (&socket);

  if (path != NULL && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) &&
      remove_dead (address, path))
    {
      g_clear_error (&local_error);
      if (g_socket_bind (socket, G_SOCKET_ADDRESS (address), FALSE, &local_error))
        return g_steal_pointer (&socket);
    }

  g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

/* It is the directory's, so that there is no file to leave behind. Anybody who may
 * read that can keep it locked: it is not waited for long. */
int
vici_unix_socket_lock (const char *path)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; i < LOCK_TRIES && fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0; i++)
    g_usleep (LOCK_PAUSE_US);

  return fd;
}

/* -- Permissions -- */

static gboolean
parse_id (const char *name,
          guint      *id)
{
  guint64 number;

  /* The highest one means to leave it as it is. */
  if (!g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT32 - 1, &number, NULL))
    return FALSE;

  *id = (guint) number;

  return TRUE;
}

static gboolean
look_up_user (const char *name,
              uid_t      *uid,
              GError    **error)
{
  struct passwd *user = getpwnam (name);

  if (user != NULL)
    *uid = user->pw_uid;
  else if (!parse_id (name, uid))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no user “%s”"), name);
      return FALSE;
    }

  return TRUE;
}

static gboolean
look_up_group (const char *name,
               gid_t      *gid,
               GError    **error)
{
  struct group *group = getgrnam (name);

  if (group != NULL)
    *gid = group->gr_gid;
  else if (!parse_id (name, gid))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no group “%s”"), name);
      return FALSE;
    }

  return TRUE;
}

gboolean
vici_unix_socket_look_up_owner (const char *owner,
                                const char *group,
                                uid_t      *uid,
                                gid_t      *gid,
                                GError    **error)
{
  *uid = (uid_t) -1;
  *gid = (gid_t) -1;

  return (owner == NULL || look_up_user (owner, uid, error)) &&
         (group == NULL || look_up_group (group, gid, error));
}

gboolean
vici_unix_socket_set_permissions (const char *path,
                                  guint       mode,
                                  uid_t       uid,
                                  gid_t       gid,
                                  GError    **error)
{
  int errsv;

  if (chown (path, uid, gid) == 0 && g_chmod (path, (mode_t) mode) == 0)
    return TRUE;

  errsv = errno;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
               _("The permissions of “%s” cannot be set: %s"), path, g_strerror (errsv));

  return FALSE;
}
