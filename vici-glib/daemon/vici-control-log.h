/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-failure.h"
#include "vici-records.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_CONTROL_LOG (vici_control_log_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciControlLog, vici_control_log, VICI, CONTROL_LOG, GObject)

VICI_AVAILABLE_IN_1_0
ViciControlLog *vici_control_log_new (void);

VICI_AVAILABLE_IN_1_0
guint vici_control_log_get_max_entries (ViciControlLog *self);
VICI_AVAILABLE_IN_1_0
void vici_control_log_set_max_entries (ViciControlLog *self,
                                       guint           max_entries);
VICI_AVAILABLE_IN_1_0
ViciFailure vici_control_log_get_failure (ViciControlLog *self);
VICI_AVAILABLE_IN_1_0
guint vici_control_log_get_ike_sa_id (ViciControlLog *self);
VICI_AVAILABLE_IN_1_0
guint vici_control_log_get_child_sa_id (ViciControlLog *self);

G_END_DECLS
