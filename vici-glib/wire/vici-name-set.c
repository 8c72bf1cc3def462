/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-name-set.h"

#include <string.h>

#include "vici-name.h"

static inline gboolean
same_name (const guint8 *a,
           const guint8 *b)
{
  return a[0] == b[0] && memcmp (a + 1, b + 1, a[0]) == 0;
}

void
vici_name_set_init (ViciNameSet *self)
{
  *self = (ViciNameSet) { .generation = 1 };
  self->entries = self->fixed;
  self->size = VICI_NAME_SET_INLINE;
}

/* No entry is cleared: those of before are of another generation. */
void
vici_name_set_reset (ViciNameSet *self)
{
  if (self->entries != self->fixed)
    {
      g_free (self->entries);
      self->entries = self->fixed;
      self->size = VICI_NAME_SET_INLINE;
    }

  self->used = 0;
  self->generation++;

  if (self->generation == 0)
    {
      memset (self->fixed, 0, sizeof self->fixed);
      self->generation = 1;
    }
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

      if (old[i].generation != self->generation)
        continue;

      while (self->entries[slot & (self->size - 1)].generation == self->generation)
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
                   guint32       name,
                   guint64       name_hash)
{
  guint32 hash = (guint32) vici_name_mix (name_hash, section);
  ViciNameEntry *entry;

  for (guint slot = hash;; slot++)
    {
      entry = &self->entries[slot & (self->size - 1)];

      if (entry->generation != self->generation)
        break;

      if (entry->hash == hash && entry->section == section &&
          same_name (encoding + entry->name, encoding + name))
        return FALSE;
    }

  *entry = (ViciNameEntry) { hash, self->generation, section, name };

  /* At most three quarters are used. */
  if (++self->used > self->size / 4 * 3)
    vici_name_set_grow (self);

  return TRUE;
}
