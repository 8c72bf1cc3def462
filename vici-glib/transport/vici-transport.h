/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VICI_DEFAULT_URI "unix:///var/run/charon.vici"

/* Called once, with a stream or with an error. */
typedef void (*ViciTransportFunc) (GIOStream    *stream,
                                   const GError *error,
                                   gpointer      user_data);

/* Opens the channel that a URI names, for which vici_transport_open_now() has
 * returned FALSE. The function is called from the thread-default main context,
 * and never before this one has returned. */
void                vici_transport_open (const char       *uri,
                                         GCancellable     *cancellable,
                                         ViciTransportFunc func,
                                         gpointer          user_data);

/* The same at once, as it is possible with UNIX sockets: opens the channel, or says
 * why it cannot be opened. Returns FALSE if one has to wait for something. */
gboolean            vici_transport_open_now (const char   *uri,
                                             GCancellable *cancellable,
                                             GIOStream   **stream,
                                             GError      **error);

/* What a URI stands for. Fails with G_IO_ERROR_INVALID_ARGUMENT, or with
 * G_IO_ERROR_NOT_SUPPORTED for a scheme that is not known. */
GSocketConnectable *vici_uri_parse      (const char       *uri,
                                         GError          **error);

G_END_DECLS
