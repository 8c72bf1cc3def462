/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* Connects to the socket that a unix: URI names, or says why it cannot be done.
 * Returns FALSE if that takes a while, or if the URI is of another kind. */
gboolean   vici_unix_socket_open_now        (const char         *uri,
                                             GCancellable       *cancellable,
                                             GIOStream         **stream,
                                             GError            **error);

/* Connects at once, as UNIX sockets do. Fails with G_IO_ERROR_WOULD_BLOCK when the
 * listen queue is full, for which there is nothing to poll. */
GIOStream *vici_unix_socket_connect         (GUnixSocketAddress *address,
                                             GCancellable       *cancellable,
                                             GError            **error);

/* A socket of that name. The file of a server that is dead is replaced, and no
 * other. */
GSocket   *vici_unix_socket_bind            (GUnixSocketAddress *address,
                                             GError            **error);

/* The path in the file system; NULL for an abstract name. */
const char *vici_unix_socket_get_path       (GUnixSocketAddress *address);

/* While a server is bound and does not listen yet, it looks dead to others. Those
 * that ask for this wait until it is given up, by closing the descriptor. */
int        vici_unix_socket_lock            (const char         *path);

/* Names or numbers; NULL: it is to stay as it is. */
gboolean   vici_unix_socket_look_up_owner   (const char         *owner,
                                             const char         *group,
                                             uid_t              *uid,
                                             gid_t              *gid,
                                             GError            **error);

gboolean   vici_unix_socket_set_permissions (const char         *path,
                                             guint               mode,
                                             uid_t               uid,
                                             gid_t               gid,
                                             GError            **error);

G_END_DECLS
