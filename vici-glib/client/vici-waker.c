/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-waker.h"

ViciWaker *
vici_waker_new (GMainContext *context)
{
  ViciWaker *self = g_atomic_rc_box_new0 (ViciWaker);

  self->context = g_main_context_ref (context);

  return self;
}

ViciWaker *
vici_waker_ref (ViciWaker *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
vici_waker_clear (gpointer data)
{
  ViciWaker *self = data;

  g_main_context_unref (self->context);
}

void
vici_waker_unref (ViciWaker *self)
{
  g_atomic_rc_box_release_full (self, vici_waker_clear);
}

void
vici_waker_wake_up (ViciWaker *self)
{
  g_atomic_int_set (&self->woken, TRUE);
  g_main_context_wakeup (self->context);
}

gboolean
vici_waker_take (ViciWaker *self)
{
  return g_atomic_int_compare_and_exchange (&self->woken, TRUE, FALSE);
}

gboolean
vici_waker_is_set (ViciWaker *self)
{
  return g_atomic_int_get (&self->woken);
}
