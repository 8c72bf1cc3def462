/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-control-pool.h"

#include "vici-control.h"

struct _ViciControlPool
{
  /* Where the daemon is; both NULL: at the other end of a stream. */
  ViciTransport *transport;
  char          *uri;

  gboolean       no_alerts;

  guint          max;
  guint          active;
  GQueue         waiting;       /* ViciControl, which keep themselves alive */
};

ViciControlPool *
vici_control_pool_new (guint max)
{
  ViciControlPool *self = g_rc_box_new0 (ViciControlPool);

  self->max = max;
  g_queue_init (&self->waiting);

  return self;
}

ViciControlPool *
vici_control_pool_ref (ViciControlPool *self)
{
  return g_rc_box_acquire (self);
}

static void
vici_control_pool_free (gpointer data)
{
  ViciControlPool *self = data;

  g_clear_object (&self->transport);
  g_free (self->uri);
}

void
vici_control_pool_unref (ViciControlPool *self)
{
  g_rc_box_release_full (self, vici_control_pool_free);
}

/* -- The daemon -- */

void
vici_control_pool_set_place (ViciControlPool *self,
                             ViciConnection  *connection)
{
  g_set_object (&self->transport, vici_connection_get_transport (connection));
  g_free (self->uri);
  self->uri = g_strdup (vici_connection_get_uri (connection));
  self->no_alerts = FALSE;
}

gboolean
vici_control_pool_is_single (ViciControlPool *self)
{
  return self->uri != NULL ? g_str_has_prefix (self->uri, "fd:") : self->transport == NULL;
}

ViciConnection *
vici_control_pool_connect (ViciControlPool *self)
{
  return self->transport ? vici_connection_new_for_transport (self->transport)
                         : vici_connection_new (self->uri);
}

gboolean
vici_control_pool_has_alerts (ViciControlPool *self)
{
  return !self->no_alerts;
}

void
vici_control_pool_lack_alerts (ViciControlPool *self)
{
  self->no_alerts = TRUE;
}

/* -- The commands -- */

gboolean
vici_control_pool_has_room (ViciControlPool *self)
{
  return self->active < (vici_control_pool_is_single (self) ? 1 : self->max);
}

static void
start (ViciControlPool *self)
{
  while (self->waiting.length > 0 && vici_control_pool_has_room (self))
    {
      self->active++;
      vici_control_start (g_queue_pop_head (&self->waiting));
    }
}

void
vici_control_pool_add (ViciControlPool *self,
                       ViciControl     *control)
{
  g_queue_push_tail (&self->waiting, control);
  start (self);
}

void
vici_control_pool_remove (ViciControlPool *self,
                          ViciControl     *control)
{
  g_queue_remove (&self->waiting, control);
}

void
vici_control_pool_release (ViciControlPool *self)
{
  self->active--;
  start (self);
}

void
vici_control_pool_refuse (ViciControlPool *self,
                          const GError    *error)
{
  /* Whoever is told of it may ask for more. */
  for (guint n = self->waiting.length; n > 0 && self->waiting.length > 0; n--)
    vici_control_refuse (g_queue_pop_head (&self->waiting), error);
}

guint
vici_control_pool_get_max (ViciControlPool *self)
{
  return self->max;
}

void
vici_control_pool_set_max (ViciControlPool *self,
                           guint            max)
{
  self->max = max;
  start (self);
}
