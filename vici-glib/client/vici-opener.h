/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-transport.h"

G_BEGIN_DECLS

typedef struct _ViciOpener ViciOpener;

/* Called once, with a stream or with an error. */
typedef void (*ViciOpenerFunc)  (GIOStream     *stream,
                                 const GError  *error,
                                 gpointer       user_data);

/* One that has a time (in milliseconds; 0: any). The function is called once, unless
 * the opener is given up before; after it the opener goes away by itself. */
ViciOpener *vici_opener_new     (guint          timeout,
                                 ViciOpenerFunc func,
                                 gpointer       user_data);

/* Opens a channel by a transport, or, where that is NULL, by the one of a URI. The
 * transport is called from here, and may be the reason to give up at once. */
void        vici_opener_start   (ViciOpener    *self,
                                 ViciTransport *transport,
                                 const char    *uri,
                                 GCancellable  *cancellable);

/* Its function is not called any more. */
void        vici_opener_give_up (ViciOpener    *self);

/* The same, without the caller's main context. */
GIOStream  *vici_opener_run     (ViciTransport *transport,
                                 const char    *uri,
                                 guint          timeout,
                                 GCancellable  *cancellable,
                                 GError       **error);

G_END_DECLS
