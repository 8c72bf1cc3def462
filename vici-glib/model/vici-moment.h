/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* When something was, of which a daemon says how many seconds ago. All 0: never. */
typedef struct
{
  gint64     seconds;           /* since 1970; 0: never */
  GDateTime *time;              /* the same, made when it is asked for */
} ViciMoment;

/* @ago of -1 is never. Returns whether that is another moment: what is the same
 * comes out a second earlier or later, as the seconds are counted. */
gboolean   vici_moment_set_ago (ViciMoment *self,
                                gint64      ago);

/* In UTC; NULL: never. It belongs to the moment. */
GDateTime *vici_moment_get     (ViciMoment *self);

void       vici_moment_clear   (ViciMoment *self);

G_END_DECLS
