/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-wait.h"

#include "sim.h"

struct _SimWait
{
  ViciInvocation *invocation;
  int             level;
  GSource        *timeout;      /* NULL: there is none */
  SimWaitFunc     func;         /* NULL once it was called */
  gpointer        data;
  GDestroyNotify  free_data;
};

int
sim_wait_get_level (ViciMessage *request)
{
  if (vici_message_lookup_int64 (request, "timeout", 0) < 0)
    return G_MININT;

  return (int) vici_message_lookup_int64 (request, "loglevel", 1);
}

static gboolean
on_timeout (gpointer data)
{
  sim_wait_end (data, SIM_WAIT_TIMED_OUT);

  return G_SOURCE_REMOVE;
}

SimWait *
sim_wait_new (ViciInvocation *invocation,
              int             level,
              guint           timeout,
              SimWaitFunc     func,
              gpointer        data,
              GDestroyNotify  free_data)
{
  SimWait *self = g_rc_box_new0 (SimWait);

  self->invocation = g_object_ref (invocation);
  self->level = level;
  self->func = func;
  self->data = data;
  self->free_data = free_data;
  if (timeout > 0)
    {
      self->timeout = g_timeout_source_new (timeout);
      g_source_set_callback (self->timeout, on_timeout, self, NULL);
      g_source_attach (self->timeout, NULL);
    }

  return self;
}

SimWait *
sim_wait_ref (SimWait *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  SimWait *self = data;

  if (self->timeout != NULL)
    {
      g_source_destroy (self->timeout);
      g_source_unref (self->timeout);
    }
  if (self->func != NULL)
    self->free_data (self->data);
  g_object_unref (self->invocation);
}

void
sim_wait_unref (SimWait *self)
{
  g_rc_box_release_full (self, clear);
}

void
sim_wait_end (SimWait   *self,
              SimWaitEnd end)
{
  g_autoptr (SimWait) alive G_GNUC_UNUSED = sim_wait_ref (self);
  SimWaitFunc func = g_steal_pointer (&self->func);

  if (func == NULL)
    return;

  if (self->timeout != NULL)
    g_source_destroy (self->timeout);
  func (end, self->data);
  self->free_data (self->data);
}

void
sim_wait_log (SimWait    *self,
              const char *group,
              int         level,
              const char *name,
              guint       id,
              const char *text)
{
  g_autoptr (ViciBuilder) builder = NULL;

  if (self->func == NULL || level > self->level)
    return;

  builder = vici_builder_new ();
  sim_add_line (builder, group, level, NULL, name, id, text);
  sim_stream (self->invocation, "control-log", builder);
}
