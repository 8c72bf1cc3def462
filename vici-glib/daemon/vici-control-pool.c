/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-control-pool.h"

#include "vici-control.h"
#include "vici-source.h"

struct _ViciControlPool
{
  /* Where the daemon is; both NULL: at the other end of a stream. */
  ViciTransport *transport;
  char          *uri;

  gboolean       no_alerts;

  guint          max;
  guint          active;
  GQueue         waiting;       /* ViciControl, which keep themselves alive */

  /* Places of those that nobody listens to any more: until when, in monotonic time. */
  GArray        *leases;
  GSource       *source;        /* wakes those that wait for one of these */
};

ViciControlPool *
vici_control_pool_new (guint max)
{
  ViciControlPool *self = g_rc_box_new0 (ViciControlPool);

  self->max = max;
  g_queue_init (&self->waiting);
  self->leases = g_array_new (FALSE, FALSE, sizeof (gint64));

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
  vici_source_end (self->source);
  g_array_unref (self->leases);
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

/* Forgets what has passed. Returns when the next one does; -1: there is none. */
static gint64
check_leases (ViciControlPool *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 next = -1;

  for (guint i = self->leases->len; i > 0; i--)
    {
      gint64 until = g_array_index (self->leases, gint64, i - 1);

      if (until <= now)
        g_array_remove_index_fast (self->leases, i - 1);
      else if (next < 0 || until < next)
        next = until;
    }

  return next;
}

gboolean
vici_control_pool_has_room (ViciControlPool *self)
{
  check_leases (self);

  return self->active + self->leases->len < (vici_control_pool_is_single (self) ? 1 : self->max);
}

static void start (ViciControlPool *self);

static gboolean
on_lease_over (gpointer user_data)
{
  g_autoptr (ViciControlPool) self = vici_control_pool_ref (user_data);

  start (self);

  return G_SOURCE_REMOVE;
}

/* Nothing wakes up where nobody waits. */
static void
wait_for_lease (ViciControlPool *self)
{
  gint64 next = self->waiting.length > 0 ? check_leases (self) : -1;

  vici_source_end (g_steal_pointer (&self->source));
  if (next < 0)
    return;

  self->source = g_timeout_source_new (MAX (next - g_get_monotonic_time (), 0) / 1000 + 1);
  g_source_set_static_name (self->source, "[vici-glib] place of a command");
  g_source_set_callback (self->source, on_lease_over, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
start (ViciControlPool *self)
{
  while (self->waiting.length > 0 && vici_control_pool_has_room (self))
    {
      self->active++;
      vici_control_start (g_queue_pop_head (&self->waiting));
    }

  wait_for_lease (self);
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
  wait_for_lease (self);
}

void
vici_control_pool_release (ViciControlPool *self)
{
  self->active--;
  start (self);
}

void
vici_control_pool_lease (ViciControlPool *self,
                         gint64           until)
{
  g_array_append_val (self->leases, until);
  vici_control_pool_release (self);
}

void
vici_control_pool_refuse (ViciControlPool *self,
                          const GError    *error)
{
  /* Whoever is told of it may ask for more. */
  for (guint n = self->waiting.length; n > 0 && self->waiting.length > 0; n--)
    vici_control_refuse (g_queue_pop_head (&self->waiting), error);
  wait_for_lease (self);
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
