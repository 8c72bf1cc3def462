/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Puts a copy of @value in the place of a string, either of which may be NULL.
 * Returns FALSE if they are equal. */
static inline gboolean
vici_string_replace (char      **string,
                     const char *value)
{
  char *copy;

  if (g_strcmp0 (*string, value) == 0)
    return FALSE;

  /* It may be a part of the old one. */
  copy = g_strdup (value);
  g_free (*string);
  *string = copy;

  return TRUE;
}

G_END_DECLS
