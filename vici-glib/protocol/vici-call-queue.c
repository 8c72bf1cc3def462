/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-call-queue.h"

#include <string.h>

#define INITIAL_SIZE 16

ViciCall *
vici_call_new (ViciCallKind    kind,
               const char     *name,
               ViciMessage    *request,
               ViciSessionFunc func,
               gpointer        user_data,
               GDestroyNotify  notify)
{
  gsize length = strlen (name);
  ViciCall *call = g_malloc (sizeof (ViciCall) + length + 1);

  *call = (ViciCall) {
    .ref_count = 1,
    .kind = kind,
    .request = request ? g_object_ref (request) : NULL,
    .func = func,
    .user_data = user_data,
    .notify = notify,
  };
  memcpy (call->name, name, length + 1);

  return call;
}

void
vici_call_abandon (ViciCall *call)
{
  GDestroyNotify notify;

  call->abandoned = TRUE;

  /* The function of a language binding lives in what is freed here. */
  if (call->running > 0)
    return;

  call->func = NULL;
  notify = g_steal_pointer (&call->notify);
  if (notify != NULL)
    notify (g_steal_pointer (&call->user_data));
}

void
vici_call_run (ViciCall     *call,
               ViciSession  *session,
               const char   *event,
               ViciMessage  *message,
               const GError *error)
{
  /* It may close the session, which takes the call out of the queue. */
  vici_call_ref (call);

  call->running++;
  if (call->func != NULL)
    call->func (session, event, message, error, call->user_data);
  call->running--;

  if (call->abandoned)
    vici_call_abandon (call);
  vici_call_unref (call);
}

ViciCall *
vici_call_ref (ViciCall *call)
{
  call->ref_count++;

  return call;
}

void
vici_call_unref (ViciCall *call)
{
  if (--call->ref_count > 0)
    return;

  vici_call_abandon (call);
  g_clear_object (&call->request);
  g_clear_object (&call->reply);
  g_clear_error (&call->error);
  g_free (call);
}

static ViciCall **
slot_at (ViciCallQueue *self,
         guint          index)
{
  return &self->slots[(self->head + index) & (self->size - 1)];
}

void
vici_call_queue_init (ViciCallQueue *self)
{
  *self = (ViciCallQueue) { .head_id = 1 };
}

void
vici_call_queue_clear (ViciCallQueue *self)
{
  ViciCall *call;

  while ((call = vici_call_queue_pop (self)) != NULL)
    vici_call_unref (call);

  g_clear_pointer (&self->slots, g_free);
  self->size = 0;
}

static void
grow (ViciCallQueue *self)
{
  guint size = self->size ? self->size * 2 : INITIAL_SIZE;
  ViciCall **slots = g_new (ViciCall *, size);

  for (guint i = 0; i < self->length; i++)
    slots[i] = *slot_at (self, i);

  g_free (self->slots);
  self->slots = slots;
  self->size = size;
  self->head = 0;
}

guint64
vici_call_queue_push (ViciCallQueue *self,
                      ViciCall      *call)
{
  if (self->length == self->size)
    grow (self);

  *slot_at (self, self->length) = call;

  return self->head_id + self->length++;
}

ViciCall *
vici_call_queue_lookup (ViciCallQueue *self,
                        guint64        id)
{
  if (id < self->head_id || id - self->head_id >= self->length)
    return NULL;

  return *slot_at (self, (guint) (id - self->head_id));
}

gboolean
vici_call_queue_was_sent (ViciCallQueue *self,
                          guint64        id)
{
  return id < self->head_id + self->sent;
}

ViciCall *
vici_call_queue_take (ViciCallQueue *self,
                      guint64        id)
{
  return g_steal_pointer (slot_at (self, (guint) (id - self->head_id)));
}

static ViciCall *
drop_head (ViciCallQueue *self)
{
  ViciCall *call = *slot_at (self, 0);

  self->head = (self->head + 1) & (self->size - 1);
  self->head_id++;
  self->length--;
  if (self->sent > 0)
    self->sent--;

  return call;
}

ViciCall *
vici_call_queue_first_sent (ViciCallQueue *self)
{
  while (self->sent > 0)
    {
      ViciCall *call = *slot_at (self, 0);

      if (call != NULL)
        return call;

      drop_head (self);
    }

  return NULL;
}

ViciCall *
vici_call_queue_next (ViciCallQueue *self)
{
  while (self->sent < self->length)
    {
      ViciCall *call = *slot_at (self, self->sent);

      if (call != NULL)
        return call;

      self->sent++;
    }

  return NULL;
}

void
vici_call_queue_mark_sent (ViciCallQueue *self)
{
  self->sent++;
}

ViciCall *
vici_call_queue_pop (ViciCallQueue *self)
{
  while (self->length > 0)
    {
      ViciCall *call = drop_head (self);

      if (call != NULL)
        return call;
    }

  return NULL;
}
