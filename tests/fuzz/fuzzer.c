/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linked with each target, where libFuzzer is. */

#include "fuzz.h"

#include <stdlib.h>

/* A warning is a finding. GLib's own way of ending then is a signal that
 * libFuzzer does not look at. */
static void
on_log (const char    *domain,
        GLogLevelFlags level,
        const char    *message,
        gpointer       user_data)
{
  g_printerr ("%s\n", message);
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    abort ();
}

int
LLVMFuzzerInitialize (int    *argc,
                      char ***argv)
{
  g_log_set_default_handler (on_log, NULL);

  return 0;
}
