/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include "vici-daemon-enums.h"
#include "vici-ike-sa-item.h"

G_BEGIN_DECLS

#define VICI_TYPE_CHILD_SA_ITEM (vici_child_sa_item_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciChildSaItem, vici_child_sa_item, VICI, CHILD_SA_ITEM, ViciItem)

VICI_AVAILABLE_IN_1_0
ViciIkeSaItem *vici_child_sa_item_get_ike_sa (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
guint vici_child_sa_item_get_unique_id (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
ViciChildSaState vici_child_sa_item_get_state (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
const char *vici_child_sa_item_get_state_text (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
GDateTime *vici_child_sa_item_get_installed_at (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_child_sa_item_get_bytes_in (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_child_sa_item_get_bytes_out (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_child_sa_item_get_packets_in (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_child_sa_item_get_packets_out (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_child_sa_item_get_rate_in (ViciChildSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_child_sa_item_get_rate_out (ViciChildSaItem *self);

G_END_DECLS
