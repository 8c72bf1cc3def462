/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-log-item.h"

G_BEGIN_DECLS

/* Items in their order, which come at the tail and go at the head, at no cost that
 * grows with their number. Empty, it is all zero, and holds no memory. */
typedef struct
{
  ViciLogItem **slots;
  guint         size;           /* a power of two, or 0 */
  guint         head;
  guint         length;
} ViciLogRing;

/* @item becomes the ring's. */
void         vici_log_ring_push (ViciLogRing *self,
                                 ViciLogItem *item);

/* The oldest becomes the caller's; there has to be one. */
ViciLogItem *vici_log_ring_pop  (ViciLogRing *self);

ViciLogItem *vici_log_ring_get  (ViciLogRing *self,
                                 guint        position);

/* Lets the oldest go. */
void         vici_log_ring_drop (ViciLogRing *self,
                                 guint        n);

G_END_DECLS
