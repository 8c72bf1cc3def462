/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A word of the wire, and the member of an enumeration that it stands for. Tables
 * of them end with one without a text. */
typedef struct
{
  const char *text;
  int         value;
} ViciWord;

/* 0, which is "unknown" where words are read, for any other word. */
static inline int
vici_word_get_value (const ViciWord *words,
                     const char     *text)
{
  for (const ViciWord *word = words; word->text != NULL; word++)
    {
      if (g_ascii_strcasecmp (word->text, text) == 0)
        return word->value;
    }

  return 0;
}

/* NULL when no word stands for it. */
static inline const char *
vici_word_get_text (const ViciWord *words,
                    int             value)
{
  for (const ViciWord *word = words; word->text != NULL; word++)
    {
      if (word->value == value)
        return word->text;
    }

  return NULL;
}

G_END_DECLS
