/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Fails a test that waits for minutes: it is stuck. */
guint model_deadline_new (const char *what);

#define run_until(condition)                                \
  G_STMT_START                                              \
  {                                                         \
    guint run_deadline = model_deadline_new (#condition);   \
                                                            \
    while (!(condition))                                    \
      g_main_context_iteration (NULL, TRUE);                \
    g_source_remove (run_deadline);                         \
  }                                                         \
  G_STMT_END

/* How much of @n is to be done: VICI_TEST_PERCENT of it, for slow machines. */
guint model_scale        (guint       n);

G_END_DECLS
