/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-backoff.h"

#define MIN_MS 100
#define MAX_MS 30000

void
vici_backoff_reset (ViciBackoff *self)
{
  self->ms = MIN_MS;
}

guint
vici_backoff_next (ViciBackoff *self)
{
  guint longest = self->ms;

  self->ms = MIN (longest * 2, MAX_MS);

  return (guint) g_random_int_range ((gint32) longest / 2, (gint32) longest + 1);
}
