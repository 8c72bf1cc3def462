/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VICI_DEFAULT_URI "unix:///var/run/charon.vici"

/* Opens the channel that a URI names, in the thread-default main context. */
void       vici_transport_open_async  (const char         *uri,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
GIOStream *vici_transport_open_finish (GAsyncResult       *result,
                                       GError            **error);

/* What a URI stands for. Fails with G_IO_ERROR_INVALID_ARGUMENT, or with
 * G_IO_ERROR_NOT_SUPPORTED for a scheme that is not known. */
GSocketConnectable *vici_uri_parse (const char *uri,
                                    GError    **error);

G_END_DECLS
