/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-record.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_ITEM (vici_item_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (ViciItem, vici_item, VICI, ITEM, GObject)

/**
 * ViciItemClass:
 *
 * The class of #ViciItem. It has no members for use outside of the library.
 *
 * Since: 1.0
 */
struct _ViciItemClass
{
  GObjectClass parent_class;

  /*< private >*/
  gpointer padding[8];
};

VICI_AVAILABLE_IN_1_0
const char *vici_item_get_name (ViciItem *self);
VICI_AVAILABLE_IN_1_0
ViciRecord *vici_item_get_record (ViciItem *self);

G_END_DECLS
