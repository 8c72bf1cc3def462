/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VICI_DEFAULT_URI "unix:///var/run/charon.vici"

/* Called once, with a stream or with an error. */
typedef void (*ViciTransportFunc) (GIOStream    *stream,
                                   const GError *error,
                                   gpointer      user_data);

/* Opens the channel that a URI names. The function is called from the
 * thread-default main context, and never before this one has returned. */
void                vici_transport_open (const char       *uri,
                                         GCancellable     *cancellable,
                                         ViciTransportFunc func,
                                         gpointer          user_data);

/* The same for a channel that answers at once, as UNIX sockets do. Returns FALSE
 * if that takes vici_transport_open(), since it has to wait for something. */
gboolean            vici_transport_open_now (const char   *uri,
                                             GCancellable *cancellable,
                                             GIOStream   **stream,
                                             GError      **error);

/* What a URI stands for. Fails with G_IO_ERROR_INVALID_ARGUMENT, or with
 * G_IO_ERROR_NOT_SUPPORTED for a scheme that is not known. */
GSocketConnectable *vici_uri_parse      (const char       *uri,
                                         GError          **error);

G_END_DECLS
