/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-message.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_STREAM (vici_stream_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciStream, vici_stream, VICI, STREAM, GObject)

VICI_AVAILABLE_IN_1_0
void vici_stream_next_async (ViciStream         *self,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_stream_next_finish (ViciStream   *self,
                                      GAsyncResult *result,
                                      GError      **error);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_stream_next_sync (ViciStream   *self,
                                    GCancellable *cancellable,
                                    GError      **error);

VICI_AVAILABLE_IN_1_0
ViciMessage *vici_stream_get_reply (ViciStream *self);
VICI_AVAILABLE_IN_1_0
void vici_stream_close (ViciStream *self);

G_END_DECLS
