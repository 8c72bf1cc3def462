/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Remembers which names are used in which section of an encoding, so that a
 * second use is noticed without a search.
 *
 * A name is known by where its length byte is in the encoding, and a section by
 * where its own name is (0 for the root). So nothing is copied, and the
 * encoding may move in memory while it grows. */

#define VICI_NAME_SET_INLINE 128

typedef struct
{
  guint32 hash;
  guint32 generation; /* another one than that of the set: the entry is free */
  guint32 section;
  guint32 name;
} ViciNameEntry;

typedef struct
{
  ViciNameEntry *entries; /* open addressing; @fixed, or on the heap */
  guint          size;    /* a power of two */
  guint          used;
  guint32        generation;
  ViciNameEntry  fixed[VICI_NAME_SET_INLINE];
} ViciNameSet;

/* The set must not move in memory afterwards. */
void     vici_name_set_init  (ViciNameSet  *self);

/* Forgets all names, and frees what was allocated. */
void     vici_name_set_reset (ViciNameSet  *self);

/* Adds the name that is at @name in @encoding and has the hash @hash; FALSE if
 * @section has it. */
gboolean vici_name_set_add   (ViciNameSet  *self,
                              const guint8 *encoding,
                              guint32       section,
                              guint32       name,
                              guint64       hash);

G_END_DECLS
