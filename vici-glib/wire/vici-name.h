/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Every name of every message is checked, and copied and hashed too where it is
 * built. So all take it eight bytes at a time. */

#define VICI_NAME_ONES G_GUINT64_CONSTANT (0x0101010101010101)

/* Eight bytes as one number, the first of them lowest. */
static inline guint64
vici_name_word (const guint8 *name)
{
  guint64 word;

  memcpy (&word, name, 8);

  return GUINT64_FROM_LE (word);
}

/* Not 0 if one of the first @n bytes is not printable ASCII: beyond 0x7f, below
 * 0x20 (which borrows), or 0x7f itself. */
static inline guint64
vici_name_unprintable (guint64 word,
                       gsize   n)
{
  static const guint64 high_bits[] = {
    0,
    G_GUINT64_CONSTANT (0x80),
    G_GUINT64_CONSTANT (0x8080),
    G_GUINT64_CONSTANT (0x808080),
    G_GUINT64_CONSTANT (0x80808080),
    G_GUINT64_CONSTANT (0x8080808080),
    G_GUINT64_CONSTANT (0x808080808080),
    G_GUINT64_CONSTANT (0x80808080808080),
    G_GUINT64_CONSTANT (0x8080808080808080),
  };

  return (word | (word - 0x20 * VICI_NAME_ONES) | (word + VICI_NAME_ONES)) & high_bits[n];
}

/* An odd number without pattern: 2^64 divided by the golden ratio. */
#define VICI_NAME_MULTIPLIER G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static inline guint64
vici_name_mix (guint64 hash,
               guint64 word)
{
  hash = (hash ^ word) * VICI_NAME_MULTIPLIER;

  return hash ^ hash >> 32;
}

/* Copies a name of one to 255 bytes, and returns whether it is printable ASCII.
 * Nothing in front of it or behind it is read: words overlap instead, so that two
 * names of the same length still differ in a word if their bytes do. */
static inline gboolean
vici_name_copy (guint8     *to,
                const char *name,
                gsize       length,
                guint64    *hash)
{
  const guint8 *from = (const guint8 *) name;
  guint64 unprintable = 0;
  guint64 first, last;

  *hash = length;

  if (length < 4)
    {
      to[0] = from[0];
      to[length / 2] = from[length / 2];
      to[length - 1] = from[length - 1];
      first = (guint64) from[0] << 16 | (guint64) from[length / 2] << 8 | from[length - 1];
      *hash = vici_name_mix (*hash, first);

      return vici_name_unprintable (first, 3) == 0;
    }

  if (length < 8)
    {
      guint32 head, tail;

      memcpy (&head, from, 4);
      memcpy (&tail, from + length - 4, 4);
      memcpy (to, &head, 4);
      memcpy (to + length - 4, &tail, 4);
      first = (guint64) tail << 32 | head;
      *hash = vici_name_mix (*hash, first);

      return vici_name_unprintable (first, 8) == 0;
    }

  memcpy (&last, from + length - 8, 8);
  memcpy (to + length - 8, &last, 8);

  for (gsize i = 0; i < length - 8; i += 8)
    {
      memcpy (&first, from + i, 8);
      memcpy (to + i, &first, 8);
      unprintable |= vici_name_unprintable (first, 8);
      *hash = vici_name_mix (*hash, first);
    }

  *hash = vici_name_mix (*hash, last);

  return (unprintable | vici_name_unprintable (last, 8)) == 0;
}

G_END_DECLS
