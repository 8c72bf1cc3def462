/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-daemon-enum-types.h"
#include "vici-error.h"
#include "vici-failure-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* What charon answers when it does not say why. */
#define NO_REASON "establishing CHILD_SA 'net' failed"

static inline GError *
command_failed (const char *errmsg)
{
  return g_error_new_literal (VICI_ERROR, VICI_ERROR_COMMAND_FAILED, errmsg);
}

static inline const char *
nick_of (ViciFailure failure)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (VICI_TYPE_FAILURE);

  return g_enum_get_value (klass, failure)->value_nick;
}

G_END_DECLS
