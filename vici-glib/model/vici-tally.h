/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an IKE_SA counts for in the connection that it belongs to. */
typedef struct
{
  guint   ike_sas_up;
  guint   ike_sas_coming;
  guint   child_sas_up;
  guint   child_sas_coming;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 rate_in;
  guint64 rate_out;
} ViciTally;

G_END_DECLS
