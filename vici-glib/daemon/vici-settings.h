/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-key-info.h"
#include "vici-message.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_SETTINGS (vici_settings_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (ViciSettings, vici_settings, VICI, SETTINGS, GObject)

/**
 * ViciSettingsClass:
 *
 * The class of #ViciSettings. It has no members for use outside of the library.
 *
 * Since: 1.0
 */
struct _ViciSettingsClass
{
  GObjectClass parent_class;

  /*< private >*/
  const struct _ViciSettingsField *fields; /* the n-th is the property n + 1 */
  guint                            n_fields;
  const ViciKeyInfo               *section; /* what is known of the keys */
  gboolean                         is_named;

  gpointer padding[8];
};

VICI_AVAILABLE_IN_1_0
const char *vici_settings_get_name (ViciSettings *self);

VICI_AVAILABLE_IN_1_0
gboolean vici_settings_is_set (ViciSettings *self,
                               const char   *property_name);
VICI_AVAILABLE_IN_1_0
void vici_settings_unset (ViciSettings *self,
                          const char   *property_name);

VICI_AVAILABLE_IN_1_0
void vici_settings_set_extra (ViciSettings *self,
                              const char   *key,
                              GVariant     *value);

VICI_AVAILABLE_IN_1_0
gboolean vici_settings_check (ViciSettings *self,
                              GError      **error);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_settings_to_message (ViciSettings *self,
                                       GError      **error);

G_END_DECLS
