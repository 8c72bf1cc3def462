/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-message.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_BUILDER (vici_builder_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciBuilder, vici_builder, VICI, BUILDER, GObject)

VICI_AVAILABLE_IN_1_0
ViciBuilder *vici_builder_new (void);

VICI_AVAILABLE_IN_1_0
void vici_builder_set_sensitive (ViciBuilder *self,
                                 gboolean     sensitive);

VICI_AVAILABLE_IN_1_0
void vici_builder_begin_section (ViciBuilder *self,
                                 const char  *name);
VICI_AVAILABLE_IN_1_0
void vici_builder_end_section (ViciBuilder *self);
VICI_AVAILABLE_IN_1_0
void vici_builder_begin_list (ViciBuilder *self,
                              const char  *name);
VICI_AVAILABLE_IN_1_0
void vici_builder_end_list (ViciBuilder *self);

VICI_AVAILABLE_IN_1_0
void vici_builder_add_string (ViciBuilder *self,
                              const char  *name,
                              const char  *value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_bytes (ViciBuilder *self,
                             const char  *name,
                             GBytes      *value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_data (ViciBuilder  *self,
                            const char   *name,
                            const guint8 *data,
                            gsize         length);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_int64 (ViciBuilder *self,
                             const char  *name,
                             gint64       value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_uint64 (ViciBuilder *self,
                              const char  *name,
                              guint64      value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_boolean (ViciBuilder *self,
                               const char  *name,
                               gboolean     value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_strv (ViciBuilder        *self,
                            const char         *name,
                            const char * const *values);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_variant (ViciBuilder *self,
                               const char  *name,
                               GVariant    *value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_section (ViciBuilder *self,
                               const char  *name,
                               ViciMessage *section);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_printf (ViciBuilder *self,
                              const char  *name,
                              const char  *format,
                              ...) G_GNUC_PRINTF (3, 4);

VICI_AVAILABLE_IN_1_0
void vici_builder_add_item (ViciBuilder *self,
                            const char  *value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_item_bytes (ViciBuilder *self,
                                  GBytes      *value);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_item_data (ViciBuilder  *self,
                                 const guint8 *data,
                                 gsize         length);
VICI_AVAILABLE_IN_1_0
void vici_builder_add_item_printf (ViciBuilder *self,
                                   const char  *format,
                                   ...) G_GNUC_PRINTF (2, 3);

VICI_AVAILABLE_IN_1_0
ViciMessage *vici_builder_end (ViciBuilder *self,
                               GError     **error);

G_END_DECLS
