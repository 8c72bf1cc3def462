/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-service.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_BROWSER (vici_browser_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciBrowser, vici_browser, VICI, BROWSER, GObject)

VICI_AVAILABLE_IN_1_0
ViciBrowser *vici_browser_new (void);

VICI_AVAILABLE_IN_1_0
gboolean vici_browser_is_complete (ViciBrowser *self);

VICI_AVAILABLE_IN_1_0
void vici_browser_start_async (ViciBrowser        *self,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_browser_start_finish (ViciBrowser  *self,
                                    GAsyncResult *result,
                                    GError      **error);
VICI_AVAILABLE_IN_1_0
void vici_browser_stop (ViciBrowser *self);

G_END_DECLS
