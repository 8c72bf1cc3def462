/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_FILTER (vici_filter_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciFilter, vici_filter, VICI, FILTER, GObject)

VICI_AVAILABLE_IN_1_0
ViciFilter *vici_filter_new (void);

VICI_AVAILABLE_IN_1_0
void vici_filter_allow_command (ViciFilter *self,
                                const char *pattern);
VICI_AVAILABLE_IN_1_0
void vici_filter_allow_event (ViciFilter *self,
                              const char *pattern);
VICI_AVAILABLE_IN_1_0
void vici_filter_allow_read_only (ViciFilter *self);
VICI_AVAILABLE_IN_1_0
void vici_filter_set_max_log_level (ViciFilter *self,
                                    guint       level);

VICI_AVAILABLE_IN_1_0
gssize vici_filter_receive_from_client (ViciFilter   *self,
                                        const guint8 *data,
                                        gsize         length,
                                        GError      **error);
VICI_AVAILABLE_IN_1_0
gssize vici_filter_receive_from_daemon (ViciFilter   *self,
                                        const guint8 *data,
                                        gsize         length,
                                        GError      **error);

VICI_AVAILABLE_IN_1_0
GBytes *vici_filter_take_client_output (ViciFilter *self);
VICI_AVAILABLE_IN_1_0
GBytes *vici_filter_take_daemon_output (ViciFilter *self);

VICI_AVAILABLE_IN_1_0
gsize vici_filter_get_client_queued (ViciFilter *self);
VICI_AVAILABLE_IN_1_0
gsize vici_filter_get_daemon_queued (ViciFilter *self);
VICI_AVAILABLE_IN_1_0
guint vici_filter_get_pending (ViciFilter *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_filter_has_unfinished (ViciFilter *self);

G_END_DECLS
