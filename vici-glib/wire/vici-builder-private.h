/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-builder.h"
#include "vici-error.h"

G_BEGIN_DECLS

gboolean vici_builder_has_failed (ViciBuilder *self);

/* Notes a mistake, if it is the first one. */
void     vici_builder_fail       (ViciBuilder *self,
                                  ViciError    code,
                                  const char  *format,
                                  ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
