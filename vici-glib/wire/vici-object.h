/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Whether the one reference to an object is the caller's, so that it can be used
 * again and nobody could tell it from a new one. Whoever has a weak reference
 * could, or hangs data on it: both are in its data list, which is empty then.
 * Signal handlers are not, but these objects emit nothing.
 *
 * The fields are part of GObject's ABI. Nobody else can add to them meanwhile: it
 * would take a reference. */
static inline gboolean
vici_object_is_unshared (gpointer object)
{
  GObject *self = object;

  return g_atomic_int_get (&self->ref_count) == 1 && self->qdata == NULL;
}

G_END_DECLS
