/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-waiter.h"

#include "vici-i18n.h"

/* Avahi itself gives up after less, and says so. */
#define TIMEOUT_SECONDS 30

static GTask *
take_task (ViciWaiter *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  if (self->cancel != NULL)
    g_source_destroy (self->cancel);
  g_clear_pointer (&self->timer, g_source_unref);
  g_clear_pointer (&self->cancel, g_source_unref);

  return g_steal_pointer (&self->task);
}

static gboolean
on_timeout (gpointer user_data)
{
  ViciWaiter *self = user_data;
  g_autoptr (GTask) task = take_task (self);

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                           _("Avahi has not answered for %d seconds"), TIMEOUT_SECONDS);

  return G_SOURCE_REMOVE;
}

void
vici_waiter_begin (ViciWaiter *self,
                   GTask      *task,
                   GCallback   on_cancelled)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  self->task = task;
  self->timer = g_timeout_source_new_seconds (TIMEOUT_SECONDS);
  g_source_set_callback (self->timer, on_timeout, self, NULL);
  g_source_attach (self->timer, g_task_get_context (task));

  if (cancellable != NULL)
    {
      self->cancel = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancel, G_SOURCE_FUNC (on_cancelled),
                             g_task_get_source_object (task), NULL);
      g_source_attach (self->cancel, g_task_get_context (task));
    }
}

GTask *
vici_waiter_dup (ViciWaiter *self)
{
  return self->task != NULL ? g_object_ref (self->task) : NULL;
}

void
vici_waiter_end (ViciWaiter *self,
                 GTask      *waiting)
{
  g_autoptr (GTask) task = NULL;

  if (self->task == NULL || self->task != waiting)
    return;

  task = take_task (self);
  g_task_return_boolean (task, TRUE);
}

void
vici_waiter_fail (ViciWaiter   *self,
                  const GError *error)
{
  g_autoptr (GTask) task = take_task (self);

  if (task != NULL)
    g_task_return_error (task, g_error_copy (error));
}
