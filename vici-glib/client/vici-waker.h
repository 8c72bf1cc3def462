/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What another thread may touch of a link: it leaves word, and wakes up the
 * main context. Counted atomically, and outlives the link where it has to. */
typedef struct
{
  int           woken;          /* atomic */
  GMainContext *context;
} ViciWaker;

ViciWaker *vici_waker_new     (GMainContext *context);
ViciWaker *vici_waker_ref     (ViciWaker    *self);
void       vici_waker_unref   (ViciWaker    *self);

void       vici_waker_wake_up (ViciWaker    *self);

/* Whether anybody has left word since the last call. */
gboolean   vici_waker_take    (ViciWaker    *self);
gboolean   vici_waker_is_set  (ViciWaker    *self);

G_END_DECLS
