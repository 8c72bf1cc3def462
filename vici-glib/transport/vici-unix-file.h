/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* The file of a UNIX socket, in a directory that may be somebody else's: who owns
 * that can put another file in its place at any time. */

/* A lock of the directory, which is given up by closing the descriptor; -1 if it
 * cannot be had at once. With it a server looks at a dead socket, and replaces it,
 * while no other one does. */
int      vici_unix_file_lock_directory  (const char        *path,
                                         GError           **error);

/* The file that vici_unix_socket_bind() has just made, and nothing else: a
 * descriptor that stands for it. Fails with G_IO_ERROR_ADDRESS_IN_USE. */
int      vici_unix_file_open            (const char        *path,
                                         struct stat       *status,
                                         GError           **error);

/* Whether it is the one that had this status. */
gboolean vici_unix_file_is_at           (const char        *path,
                                         const struct stat *status,
                                         GError           **error);

gboolean vici_unix_file_set_permissions (int                fd,
                                         guint              mode,
                                         uid_t              uid,
                                         gid_t              gid,
                                         GError           **error);

/* Numbers or names; NULL: it is to stay as it is. */
gboolean vici_unix_file_look_up_owner   (const char        *owner,
                                         const char        *group,
                                         uid_t             *uid,
                                         gid_t             *gid,
                                         GError           **error);

G_END_DECLS
