/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long to wait before the next attempt: longer each time, and not as long as all
 * the others who have lost the same daemon at the same moment. */
typedef struct
{
  guint ms;                     /* the longest that the next one may be */
} ViciBackoff;

void  vici_backoff_reset (ViciBackoff *self);

/* Milliseconds. */
guint vici_backoff_next  (ViciBackoff *self);

G_END_DECLS
