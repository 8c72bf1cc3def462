/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-version.h"

G_BEGIN_DECLS

typedef enum /*< flags >*/
{
  VICI_PRINT_NONE = 0,
  VICI_PRINT_PRETTY = 1 << 0
} ViciPrintFlags;

#define VICI_TYPE_MESSAGE (vici_message_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciMessage, vici_message, VICI, MESSAGE, GObject)

VICI_AVAILABLE_IN_1_0
ViciMessage *vici_message_new_from_bytes (GBytes  *bytes,
                                          GError **error);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_message_new_from_variant (GVariant *variant,
                                            GError  **error);

VICI_AVAILABLE_IN_1_0
GBytes *vici_message_get_bytes (ViciMessage *self);
VICI_AVAILABLE_IN_1_0
GVariant *vici_message_to_variant (ViciMessage *self,
                                   GError     **error);
VICI_AVAILABLE_IN_1_0
char *vici_message_to_string (ViciMessage   *self,
                              ViciPrintFlags flags);

VICI_AVAILABLE_IN_1_0
gboolean vici_message_equal (ViciMessage *a,
                             ViciMessage *b);
VICI_AVAILABLE_IN_1_0
gsize vici_message_get_size (ViciMessage *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_message_is_empty (ViciMessage *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_message_is_sensitive (ViciMessage *self);
VICI_AVAILABLE_IN_1_0
GStrv vici_message_get_names (ViciMessage *self);

VICI_AVAILABLE_IN_1_0
char *vici_message_lookup_string (ViciMessage *self,
                                  const char  *name);
VICI_AVAILABLE_IN_1_0
GBytes *vici_message_lookup_bytes (ViciMessage *self,
                                   const char  *name);
VICI_AVAILABLE_IN_1_0
GStrv vici_message_lookup_strv (ViciMessage *self,
                                const char  *name);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_message_lookup_section (ViciMessage *self,
                                          const char  *name);
VICI_AVAILABLE_IN_1_0
gint64 vici_message_lookup_int64 (ViciMessage *self,
                                  const char  *name,
                                  gint64       fallback);
VICI_AVAILABLE_IN_1_0
guint64 vici_message_lookup_uint64 (ViciMessage *self,
                                    const char  *name,
                                    guint64      fallback);
VICI_AVAILABLE_IN_1_0
gboolean vici_message_lookup_boolean (ViciMessage *self,
                                      const char  *name,
                                      gboolean     fallback);

VICI_AVAILABLE_IN_1_0
gboolean vici_message_check_success (ViciMessage *self,
                                     GError     **error);

G_END_DECLS
