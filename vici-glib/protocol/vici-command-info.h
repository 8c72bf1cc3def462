/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-key-info.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_COMMAND_INFO (vici_command_info_get_type ())

typedef struct _ViciCommandInfo ViciCommandInfo;

VICI_AVAILABLE_IN_1_0
GType vici_command_info_get_type (void) G_GNUC_CONST;

VICI_AVAILABLE_IN_1_0
GStrv vici_command_info_list (void);
VICI_AVAILABLE_IN_1_0
const ViciCommandInfo *vici_command_info_lookup (const char *command);

VICI_AVAILABLE_IN_1_0
const char *vici_command_info_get_name (const ViciCommandInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_command_info_get_description (const ViciCommandInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_command_info_get_since (const ViciCommandInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_command_info_get_stream_event (const ViciCommandInfo *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_command_info_is_read_only (const ViciCommandInfo *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_command_info_is_blocking (const ViciCommandInfo *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_command_info_is_secret (const ViciCommandInfo *self);

VICI_AVAILABLE_IN_1_0
const ViciKeyInfo *vici_command_info_get_arguments (const ViciCommandInfo *self);

G_END_DECLS
