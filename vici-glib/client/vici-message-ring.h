/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-message.h"

G_BEGIN_DECLS

/* Messages that wait for their reader, first in, first out. */
typedef struct
{
  ViciMessage **slots;
  guint         allocated;      /* a power of two, or 0 */
  guint         head;
  guint         length;
  gsize         size;           /* of all their encodings */
} ViciMessageRing;

/* Takes a reference. */
void         vici_message_ring_push  (ViciMessageRing *self,
                                      ViciMessage     *message);

/* Hands over the oldest; NULL: there is none. */
ViciMessage *vici_message_ring_pop   (ViciMessageRing *self);

/* Drops them all, and what was allocated for them. */
void         vici_message_ring_clear (ViciMessageRing *self);

G_END_DECLS
