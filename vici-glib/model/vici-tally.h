/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a CHILD_SA counts for in its IKE_SA, and that in its connection. */
typedef struct
{
  guint   ike_sas_up;
  guint   ike_sas_coming;
  guint   child_sas_up;
  guint   child_sas_coming;
  guint   child_sas_passing;    /* they do not stay as they are until an event tells of them */
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 rate_in;
  guint64 rate_out;
} ViciTally;

/* What counted for @before does so for @now. */
void vici_tally_replace (ViciTally       *self,
                         const ViciTally *before,
                         const ViciTally *now);

G_END_DECLS
