/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_ADVERT (vici_advert_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciAdvert, vici_advert, VICI, ADVERT, GObject)

VICI_AVAILABLE_IN_1_0
ViciAdvert *vici_advert_new (const char *name,
                             const char *uri);

VICI_AVAILABLE_IN_1_0
const char *vici_advert_get_name (ViciAdvert *self);
VICI_AVAILABLE_IN_1_0
const char *vici_advert_get_uri (ViciAdvert *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_advert_is_published (ViciAdvert *self);

VICI_AVAILABLE_IN_1_0
void vici_advert_publish_async (ViciAdvert         *self,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_advert_publish_finish (ViciAdvert   *self,
                                     GAsyncResult *result,
                                     GError      **error);
VICI_AVAILABLE_IN_1_0
void vici_advert_withdraw (ViciAdvert *self);

G_END_DECLS
