/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-value.h"
#include "vici-version.h"

G_BEGIN_DECLS

/**
 * ViciKeyFlags:
 * @VICI_KEY_NONE: an ordinary key with a value
 * @VICI_KEY_REQUIRED: it has to be there
 * @VICI_KEY_LIST: it is a list of such values
 * @VICI_KEY_SECRET: its value is a key, a password or a PIN
 * @VICI_KEY_PRESENCE: it counts by being there, with whatever value
 * @VICI_KEY_PATTERN: it stands for all keys that start like its name, without
 *   the "*" at its end
 * @VICI_KEY_NAMED: it is a section of sections, whose names are the user's
 *
 * What is special about a key of a request.
 *
 * Since: 1.0
 */
typedef enum /*< flags >*/
{
  VICI_KEY_NONE = 0,
  VICI_KEY_REQUIRED = 1 << 0,
  VICI_KEY_LIST = 1 << 1,
  VICI_KEY_SECRET = 1 << 2,
  VICI_KEY_PRESENCE = 1 << 3,
  VICI_KEY_PATTERN = 1 << 4,
  VICI_KEY_NAMED = 1 << 5
} ViciKeyFlags;

#define VICI_TYPE_KEY_INFO (vici_key_info_get_type ())

typedef struct _ViciKeyInfo ViciKeyInfo;

VICI_AVAILABLE_IN_1_0
GType vici_key_info_get_type (void) G_GNUC_CONST;

VICI_AVAILABLE_IN_1_0
const ViciKeyInfo *vici_key_info_lookup_section (const char *section);

VICI_AVAILABLE_IN_1_0
const char *vici_key_info_get_name (const ViciKeyInfo *self);
VICI_AVAILABLE_IN_1_0
ViciValueType vici_key_info_get_value_type (const ViciKeyInfo *self);
VICI_AVAILABLE_IN_1_0
ViciKeyFlags vici_key_info_get_flags (const ViciKeyInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_key_info_get_description (const ViciKeyInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_key_info_get_since (const ViciKeyInfo *self);
VICI_AVAILABLE_IN_1_0
const char *vici_key_info_get_fallback (const ViciKeyInfo *self);
VICI_AVAILABLE_IN_1_0
const char * const *vici_key_info_get_words (const ViciKeyInfo *self);

VICI_AVAILABLE_IN_1_0
GStrv vici_key_info_list_keys (const ViciKeyInfo *self);
VICI_AVAILABLE_IN_1_0
const ViciKeyInfo *vici_key_info_lookup_key (const ViciKeyInfo *self,
                                             const char        *name);

VICI_AVAILABLE_IN_1_0
char *vici_key_info_to_wire (const ViciKeyInfo *self,
                             const char        *text,
                             GError           **error);

G_END_DECLS
