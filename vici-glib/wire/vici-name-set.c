/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-name-set.h"

#include <string.h>

#include "vici-name.h"

/* An odd number without pattern: 2^64 divided by the golden ratio. */
#define MULTIPLIER G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static inline guint64
mix (guint64 hash,
     guint64 word)
{
  hash = (hash ^ word) * MULTIPLIER;

  return hash ^ hash >> 32;
}

static inline guint32
hash_name (const guint8 *name,
           guint32       section)
{
  gsize length = *name++;
  guint64 hash = mix (section, length);
  guint64 word;

  for (; length > 8; name += 8, length -= 8)
    {
      memcpy (&word, name, 8);
      hash = mix (hash, word);
    }

  return mix (hash, vici_name_tail (name, length));
}

static inline gboolean
same_name (const guint8 *a,
           const guint8 *b)
{
  return a[0] == b[0] && memcmp (a + 1, b + 1, a[0]) == 0;
}

void
vici_name_set_init (ViciNameSet *self)
{
  memset (self->fixed, 0, sizeof self->fixed);
  self->entries = self->fixed;
  self->size = VICI_NAME_SET_INLINE;
  self->used = 0;
}

void
vici_name_set_reset (ViciNameSet *self)
{
  if (self->entries != self->fixed)
    g_free (self->entries);
  else if (self->used == 0)
    return;

  vici_name_set_init (self);
}

static void
vici_name_set_grow (ViciNameSet *self)
{
  ViciNameEntry *old = self->entries;
  guint old_size = self->size;

  self->size *= 2;
  self->entries = g_new0 (ViciNameEntry, self->size);

  for (guint i = 0; i < old_size; i++)
    {
      guint slot = old[i].hash;

      if (old[i].name == 0)
        continue;

      while (self->entries[slot & (self->size - 1)].name != 0)
        slot++;
      self->entries[slot & (self->size - 1)] = old[i];
    }

  if (old != self->fixed)
    g_free (old);
}

gboolean
vici_name_set_add (ViciNameSet  *self,
                   const guint8 *encoding,
                   guint32       section,
                   guint32       name)
{
  guint32 hash = hash_name (encoding + name, section);
  ViciNameEntry *entry;

  for (guint slot = hash;; slot++)
    {
      entry = &self->entries[slot & (self->size - 1)];

      if (entry->name == 0)
        break;

      if (entry->hash == hash && entry->section == section &&
          same_name (encoding + entry->name, encoding + name))
        return FALSE;
    }

  *entry = (ViciNameEntry) { hash, section, name };

  /* At most three quarters are used. */
  if (++self->used > self->size / 4 * 3)
    vici_name_set_grow (self);

  return TRUE;
}
