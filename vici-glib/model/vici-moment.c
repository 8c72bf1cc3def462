/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-moment.h"

/* How much later or earlier the same moment may seem. */
#define TOLERANCE 2

gboolean
vici_moment_set_ago (ViciMoment *self,
                     gint64      ago)
{
  gint64 seconds = ago >= 0 ? g_get_real_time () / G_USEC_PER_SEC - ago : 0;

  if ((seconds == 0) == (self->seconds == 0) && ABS (seconds - self->seconds) <= TOLERANCE)
    return FALSE;

  g_clear_pointer (&self->time, g_date_time_unref);
  self->seconds = seconds;

  return TRUE;
}

GDateTime *
vici_moment_get (ViciMoment *self)
{
  if (self->time == NULL && self->seconds != 0)
    self->time = g_date_time_new_from_unix_utc (self->seconds);

  return self->time;
}

void
vici_moment_clear (ViciMoment *self)
{
  g_clear_pointer (&self->time, g_date_time_unref);
}
