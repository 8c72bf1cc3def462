/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include "vici-log-item.h"

G_BEGIN_DECLS

#define VICI_TYPE_LOG_MODEL (vici_log_model_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciLogModel, vici_log_model, VICI, LOG_MODEL, GObject)

VICI_AVAILABLE_IN_1_0
guint vici_log_model_get_max_items (ViciLogModel *self);
VICI_AVAILABLE_IN_1_0
void vici_log_model_set_max_items (ViciLogModel *self,
                                   guint         max_items);
VICI_AVAILABLE_IN_1_0
void vici_log_model_clear (ViciLogModel *self);

G_END_DECLS
