/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-records.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_LOG_ITEM (vici_log_item_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciLogItem, vici_log_item, VICI, LOG_ITEM, GObject)

VICI_AVAILABLE_IN_1_0
ViciLogEntry *vici_log_item_get_entry (ViciLogItem *self);
VICI_AVAILABLE_IN_1_0
GDateTime *vici_log_item_get_time (ViciLogItem *self);
VICI_AVAILABLE_IN_1_0
ViciLogGroup vici_log_item_get_group (ViciLogItem *self);
VICI_AVAILABLE_IN_1_0
guint vici_log_item_get_level (ViciLogItem *self);
VICI_AVAILABLE_IN_1_0
const char *vici_log_item_get_text (ViciLogItem *self);

G_END_DECLS
