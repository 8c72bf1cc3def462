/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

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

/* A socket of that name, which listens; its file has no permissions as yet. The file
 * of a server that is dead is replaced, and no other; and not even that where there
 * is a reason given not to, which then is the error. */
GSocket   *vici_unix_socket_bind            (GUnixSocketAddress *address,
                                             const GError       *unlocked,
                                             GError            **error);

/* The path in the file system; NULL for an abstract name. */
const char *vici_unix_socket_get_path       (GUnixSocketAddress *address);

G_END_DECLS
