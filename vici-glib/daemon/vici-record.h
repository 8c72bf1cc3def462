/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-message.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_RECORD (vici_record_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (ViciRecord, vici_record, VICI, RECORD, GObject)

/**
 * ViciRecordClass:
 *
 * The class of #ViciRecord. It has no members for use outside of the library.
 *
 * Since: 1.0
 */
struct _ViciRecordClass
{
  GObjectClass parent_class;

  /*< private >*/
  const struct _ViciField *fields; /* the n-th is the property n + 1 */
  guint                    n_fields;

  gpointer padding[8];
};

VICI_AVAILABLE_IN_1_0
ViciMessage *vici_record_get_message (ViciRecord *self);

G_END_DECLS
