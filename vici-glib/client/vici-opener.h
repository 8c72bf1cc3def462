/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ViciOpener ViciOpener;

/* Called once, unless it was given up: with a stream, or with an error. */
typedef void (*ViciOpenerFunc) (GIOStream    *stream,
                                const GError *error,
                                gpointer      user_data);

/* Opens the channel of a URI within a time (in milliseconds; 0: any). It goes
 * away by itself after its function was called. */
ViciOpener *vici_opener_start   (const char    *uri,
                                 guint          timeout,
                                 GCancellable  *cancellable,
                                 ViciOpenerFunc func,
                                 gpointer       user_data);

/* Its function is not called any more. */
void        vici_opener_give_up (ViciOpener    *self);

/* The same, without the caller's main context. */
GIOStream  *vici_opener_run     (const char    *uri,
                                 guint          timeout,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS
