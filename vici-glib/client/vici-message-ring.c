/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-message-ring.h"

#define INITIAL_SIZE 8

static ViciMessage **
slot_at (ViciMessageRing *self,
         guint            index)
{
  return &self->slots[(self->head + index) & (self->allocated - 1)];
}

static void
grow (ViciMessageRing *self)
{
  guint allocated = self->allocated ? self->allocated * 2 : INITIAL_SIZE;
  ViciMessage **slots = g_new (ViciMessage *, allocated);

  for (guint i = 0; i < self->length; i++)
    slots[i] = *slot_at (self, i);

  g_free (self->slots);
  self->slots = slots;
  self->allocated = allocated;
  self->head = 0;
}

void
vici_message_ring_push (ViciMessageRing *self,
                        ViciMessage     *message)
{
  if (self->length == self->allocated)
    grow (self);

  *slot_at (self, self->length) = g_object_ref (message);
  self->length++;
  self->size += vici_message_get_size (message);
}

ViciMessage *
vici_message_ring_pop (ViciMessageRing *self)
{
  ViciMessage *message;

  if (self->length == 0)
    return NULL;

  message = *slot_at (self, 0);
  self->head++;
  self->length--;
  self->size -= vici_message_get_size (message);

  return message;
}

void
vici_message_ring_clear (ViciMessageRing *self)
{
  ViciMessage *message;

  while ((message = vici_message_ring_pop (self)) != NULL)
    g_object_unref (message);

  g_free (self->slots);
  *self = (ViciMessageRing) { 0 };
}
