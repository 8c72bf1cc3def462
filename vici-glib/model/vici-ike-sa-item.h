/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include "vici-conn-item.h"
#include "vici-daemon-enums.h"

G_BEGIN_DECLS

#define VICI_TYPE_IKE_SA_ITEM (vici_ike_sa_item_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciIkeSaItem, vici_ike_sa_item, VICI, IKE_SA_ITEM, ViciItem)

VICI_AVAILABLE_IN_1_0
ViciConnItem *vici_ike_sa_item_get_conn (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
guint vici_ike_sa_item_get_unique_id (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
ViciIkeSaState vici_ike_sa_item_get_state (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
const char *vici_ike_sa_item_get_state_text (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
GDateTime *vici_ike_sa_item_get_established_at (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
GListModel *vici_ike_sa_item_get_child_sas (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_ike_sa_item_get_bytes_in (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_ike_sa_item_get_bytes_out (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_ike_sa_item_get_rate_in (ViciIkeSaItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_ike_sa_item_get_rate_out (ViciIkeSaItem *self);

G_END_DECLS
