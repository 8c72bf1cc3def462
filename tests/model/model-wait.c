/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-wait.h"

#include <stdlib.h>

#define STUCK_SECONDS 120

static gboolean
on_stuck (gpointer what)
{
  g_error ("Waited in vain for: %s", (const char *) what);

  return G_SOURCE_REMOVE;
}

guint
model_deadline_new (const char *what)
{
  return g_timeout_add_seconds (STUCK_SECONDS, on_stuck, (gpointer) what);
}

guint
model_scale (guint n)
{
  const char *percent = g_getenv ("VICI_TEST_PERCENT");

  return percent ? n / 100 * (guint) atoi (percent) : n;
}
