/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Every name of every message is checked, and hashed too where it is built.
 * So both take it eight bytes at a time. */

#define VICI_NAME_ONES G_GUINT64_CONSTANT (0x0101010101010101)

/* Eight bytes as one number, the first of them lowest. */
static inline guint64
vici_name_word (const guint8 *name)
{
  guint64 word;

  memcpy (&word, name, 8);

  return GUINT64_FROM_LE (word);
}

/* The last one to eight bytes of a name as one number. Fewer than eight are in
 * it more than once, or filled up with spaces: two names of the same length
 * still differ if their bytes do, and nothing behind the name is read. */
static inline guint64
vici_name_tail (const guint8 *name,
                gsize         length)
{
  guint32 head, tail;

  if (length >= 4)
    {
      memcpy (&head, name, 4);
      memcpy (&tail, name + length - 4, 4);
      return (guint64) tail << 32 | head;
    }

  head = length == 0 ? 0x202020 :
         (guint32) name[0] << 16 | (guint32) name[length / 2] << 8 | name[length - 1];

  return VICI_NAME_ONES << 24 << 5 | head;
}

/* Not 0 if one of eight bytes is not printable ASCII: beyond 0x7f, below 0x20
 * (which borrows), or 0x7f itself. */
static inline guint64
vici_name_unprintable (guint64 word)
{
  return (word | (word - 0x20 * VICI_NAME_ONES) | (word + VICI_NAME_ONES)) &
         0x80 * VICI_NAME_ONES;
}

static inline gboolean
vici_name_is_printable_ascii (const guint8 *name,
                              gsize         length)
{
  guint64 unprintable = 0;
  guint64 word;

  for (; length > 8; name += 8, length -= 8)
    {
      memcpy (&word, name, 8);
      unprintable |= vici_name_unprintable (word);
    }

  return (unprintable | vici_name_unprintable (vici_name_tail (name, length))) == 0;
}

G_END_DECLS
