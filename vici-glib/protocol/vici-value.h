/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-version.h"

G_BEGIN_DECLS

typedef enum
{
  VICI_VALUE_STRING,
  VICI_VALUE_NAME,
  VICI_VALUE_BOOLEAN,
  VICI_VALUE_INT,
  VICI_VALUE_UINT,
  VICI_VALUE_UINT64,
  VICI_VALUE_TIME,
  VICI_VALUE_SIZE,
  VICI_VALUE_HEX,
  VICI_VALUE_CHOICE,
  VICI_VALUE_IDENTITY,
  VICI_VALUE_HOST,
  VICI_VALUE_ADDRESS,
  VICI_VALUE_ADDRESS_RANGE,
  VICI_VALUE_SUBNET,
  VICI_VALUE_TRAFFIC_SELECTOR,
  VICI_VALUE_IKE_PROPOSAL,
  VICI_VALUE_ESP_PROPOSAL,
  VICI_VALUE_AH_PROPOSAL,
  VICI_VALUE_MARK,
  VICI_VALUE_SET_MARK,
  VICI_VALUE_IF_ID,
  VICI_VALUE_PADDING,
  VICI_VALUE_DSCP,
  VICI_VALUE_ACTION,
  VICI_VALUE_AUTH,
  VICI_VALUE_PATH,
  VICI_VALUE_BLOB,
  VICI_VALUE_SECTION
} ViciValueType;

VICI_AVAILABLE_IN_1_0
char *vici_value_to_wire (ViciValueType type,
                          const char   *text,
                          GError      **error);

VICI_AVAILABLE_IN_1_0
gboolean vici_value_parse_seconds (const char *text,
                                   guint64    *seconds);
VICI_AVAILABLE_IN_1_0
gboolean vici_value_parse_bytes (const char *text,
                                 guint64    *bytes);

G_END_DECLS
