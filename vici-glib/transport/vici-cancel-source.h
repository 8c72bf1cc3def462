/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A source in @context that is dispatched when @cancellable was cancelled, with a
 * GCancellableSourceFunc, or with none, to wake up the context. GIO's own leaks
 * itself when it goes while another thread is still about to cancel. */
GSource *vici_cancel_source_new (GCancellable *cancellable,
                                 GMainContext *context);

G_END_DECLS
