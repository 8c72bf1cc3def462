/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-log-ring.h"

#define INITIAL_SIZE 16

static ViciLogItem **
slot_at (ViciLogRing *self,
         guint        position)
{
  return &self->slots[(self->head + position) & (self->size - 1)];
}

static void
grow (ViciLogRing *self)
{
  guint size = self->size > 0 ? self->size * 2 : INITIAL_SIZE;
  ViciLogItem **slots = g_new (ViciLogItem *, size);

  for (guint i = 0; i < self->length; i++)
    slots[i] = *slot_at (self, i);

  g_free (self->slots);
  self->slots = slots;
  self->size = size;
  self->head = 0;
}

void
vici_log_ring_push (ViciLogRing *self,
                    ViciLogItem *item)
{
  if (self->length == self->size)
    grow (self);

  *slot_at (self, self->length) = item;
  self->length++;
}

ViciLogItem *
vici_log_ring_pop (ViciLogRing *self)
{
  ViciLogItem *item = *slot_at (self, 0);

  self->head = (self->head + 1) & (self->size - 1);
  self->length--;
  if (self->length == 0)
    {
      g_free (self->slots);
      *self = (ViciLogRing) { NULL };
    }

  return item;
}

ViciLogItem *
vici_log_ring_get (ViciLogRing *self,
                   guint        position)
{
  return *slot_at (self, position);
}

void
vici_log_ring_drop (ViciLogRing *self,
                    guint        n)
{
  for (guint i = 0; i < n; i++)
    g_object_unref (vici_log_ring_pop (self));
}
