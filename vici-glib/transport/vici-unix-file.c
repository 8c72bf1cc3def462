/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-unix-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include "vici-i18n.h"

#define ENTRY_MIN 1024
#define ENTRY_MAX (1024 * 1024)

/* -- Whose it is -- */

/* It is the directory's, so that there is no file to leave behind. Anybody who may
 * read that can keep it locked: it is not waited for. */
int
vici_unix_file_lock_directory (const char *path,
                               GError    **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int errsv;

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;

  errsv = errno;
  if (fd >= 0)
    close (fd);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
               _("The socket of a server that has died is left as it is, for “%s” cannot be locked: %s"),
               directory, g_strerror (errsv));

  return -1;
}

static gboolean
set_replaced (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                       _("Another file has come in its place"));

  return FALSE;
}

int
vici_unix_file_open (const char  *path,
                     struct stat *status,
                     GError     **error)
{
  int fd = open (path, O_PATH | O_NOFOLLOW | O_CLOEXEC);

  /* It was born without any permissions, which no socket has that is in use. */
  if (fd >= 0 && fstat (fd, status) == 0 && S_ISSOCK (status->st_mode) &&
      (status->st_mode & ALLPERMS) == 0 && status->st_uid == geteuid ())
    return fd;

  if (fd >= 0)
    close (fd);
  set_replaced (error);

  return -1;
}

gboolean
vici_unix_file_is_at (const char        *path,
                      const struct stat *status,
                      GError           **error)
{
  struct stat now;

  return (lstat (path, &now) == 0 && now.st_dev == status->st_dev &&
          now.st_ino == status->st_ino) ||
         set_replaced (error);
}

/* -- Its permissions -- */

gboolean
vici_unix_file_set_permissions (int      fd,
                                guint    mode,
                                uid_t    uid,
                                gid_t    gid,
                                GError **error)
{
  /* Of a descriptor of this sort the mode cannot be changed as such. */
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int errsv;

  /* The owner first: what it allows is never anybody else's. */
  if (fchownat (fd, "", uid, gid, AT_EMPTY_PATH) == 0 && chmod (path, (mode_t) mode) == 0)
    return TRUE;

  errsv = errno;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv),
               _("The permissions of the socket cannot be set: %s"), g_strerror (errsv));

  return FALSE;
}

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

/* What is no number is asked of the system's database of users, which may be on
 * another host. */
static gboolean
look_up_user (const char *name,
              uid_t      *uid,
              GError    **error)
{
  g_autofree char *buffer = NULL;
  struct passwd entry;
  struct passwd *user = NULL;
  int result = ERANGE;

  if (parse_id (name, uid))
    return TRUE;

  for (gsize size = ENTRY_MIN; result == ERANGE && size <= ENTRY_MAX; size *= 2)
    {
      buffer = g_realloc (buffer, size);
      result = getpwnam_r (name, &entry, buffer, size, &user);
    }

  if (user == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no user “%s”"), name);
      return FALSE;
    }

  *uid = user->pw_uid;

  return TRUE;
}

static gboolean
look_up_group (const char *name,
               gid_t      *gid,
               GError    **error)
{
  g_autofree char *buffer = NULL;
  struct group entry;
  struct group *group = NULL;
  int result = ERANGE;

  if (parse_id (name, gid))
    return TRUE;

  for (gsize size = ENTRY_MIN; result == ERANGE && size <= ENTRY_MAX; size *= 2)
    {
      buffer = g_realloc (buffer, size);
      result = getgrnam_r (name, &entry, buffer, size, &group);
    }

  if (group == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no group “%s”"), name);
      return FALSE;
    }

  *gid = group->gr_gid;

  return TRUE;
}

gboolean
vici_unix_file_look_up_owner (const char *owner,
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
