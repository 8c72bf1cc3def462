/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_EVENT_INFO (vici_event_info_get_type ())

typedef struct _ViciEventInfo ViciEventInfo;

VICI_AVAILABLE_IN_1_0
GType vici_event_info_get_type (void) G_GNUC_CONST;

VICI_AVAILABLE_IN_1_0
GStrv vici_event_info_list (void);
VICI_AVAILABLE_IN_1_0
const ViciEventInfo *vici_event_info_lookup (const char *event);

VICI_AVAILABLE_IN_1_0
const char *vici_event_info_get_name (const ViciEventInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_event_info_get_description (const ViciEventInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_event_info_get_since (const ViciEventInfo *self);
VICI_AVAILABLE_IN_1_0
const char * const *vici_event_info_get_commands (const ViciEventInfo *self);

G_END_DECLS
