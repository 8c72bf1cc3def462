/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_ERROR (vici_error_quark ())

typedef enum
{
  VICI_ERROR_CLOSED,
  VICI_ERROR_PROTOCOL,
  VICI_ERROR_MALFORMED,
  VICI_ERROR_TOO_LARGE,
  VICI_ERROR_INVALID,
  VICI_ERROR_UNKNOWN_COMMAND,
  VICI_ERROR_UNKNOWN_EVENT,
  VICI_ERROR_COMMAND_FAILED
} ViciError;

VICI_AVAILABLE_IN_1_0
GQuark vici_error_quark (void);

G_END_DECLS
