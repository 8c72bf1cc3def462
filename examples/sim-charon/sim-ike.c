/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-ike.h"

#include <string.h>

static void
source_clear (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
start_timer (GSource      **timer,
             Sim           *sim,
             double         at,
             GSourceFunc    func,
             gpointer       data,
             GDestroyNotify free_data)
{
  source_clear (timer);
  if (at == 0)
    return;

  *timer = g_timeout_source_new (sim_real_time (sim, at - sim_now (sim)));
  g_source_set_callback (*timer, func, data, free_data);
  g_source_attach (*timer, NULL);
}

/* When a lifetime ends: some time before, lest both peers rekey at once. */
static double
draw_end (Sim    *sim,
          guint64 lifetime)
{
  if (lifetime == 0)
    return 0;

  return sim_now (sim) + (double) lifetime * g_random_double_range (0.9, 1);
}

/* -- Children -- */

static void
child_free (SimChild *child)
{
  source_clear (&child->timer);
  g_free (child->name);
  g_object_unref (child->config);
  g_strfreev (child->local_ts);
  g_strfreev (child->remote_ts);
  g_free (child);
}

SimChild *
sim_ike_find_child (SimIke     *self,
                    const char *name,
                    guint       id)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      SimChild *child = self->children->pdata[i];

      if (child->gone_at == 0 && (id == 0 || id == child->id) &&
          (name == NULL || g_str_equal (name, child->name)))
        return child;
    }

  return NULL;
}

typedef struct
{
  SimIke   *ike;
  SimChild *child;
} ChildOfIke;

static gboolean
on_rekey_child (gpointer data)
{
  ChildOfIke *which = data;

  sim_ike_queue (which->ike, sim_rekey_child_steps, which->child->name, which->child->id, NULL);

  return G_SOURCE_REMOVE;
}

static char *
get_dynamic (SimIke  *self,
             gboolean is_local)
{
  const char *host = is_local ? self->local_host : self->remote_host;

  if (self->vip != NULL && is_local == self->is_initiator)
    host = self->vip;

  return g_strconcat (host, strchr (host, ':') != NULL ? "/128" : "/32", NULL);
}

/* The connection may have been loaded again since the IKE_SA was made, with more of
 * them. */
static ViciMessage *
get_child_config (SimIke     *self,
                  const char *name)
{
  ViciMessage *config = sim_conn_get_child (self->conn, name);

  if (config != NULL)
    return config;

  return sim_conn_get_child (sim_conns_find_with_child (self->sim->conns, self->conn->name, name), name);
}

SimChild *
sim_ike_add_child (SimIke     *self,
                   const char *name,
                   guint       id)
{
  SimChild *child = g_new0 (SimChild, 1);
  g_autofree char *local = get_dynamic (self, TRUE);
  g_autofree char *remote = get_dynamic (self, FALSE);
  guint64 life_time;

  child->name = g_strdup (name);
  child->config = get_child_config (self, name);
  child->id = id != 0 ? id : sim_sas_next_id (self->sim->sas);
  child->reqid = sim_sas_get_reqid (self->sim->sas, self->conn->name, name);
  child->state = "INSTALLED";
  child->spi_in = g_random_int ();
  child->spi_out = g_random_int ();
  child->local_ts = sim_child_get_selectors (child->config, "local_ts", local);
  child->remote_ts = sim_child_get_selectors (child->config, "remote_ts", remote);
  child->installed = sim_now (self->sim);
  child->rekey_at = draw_end (self->sim, sim_child_get_rekey_time (child->config));
  life_time = sim_child_get_life_time (child->config);
  child->life_until = life_time != 0 ? child->installed + (double) life_time : 0;
  g_ptr_array_add (self->children, child);

  if (child->rekey_at != 0)
    {
      ChildOfIke *which = g_new0 (ChildOfIke, 1);

      *which = (ChildOfIke) { self, child };
      start_timer (&child->timer, self->sim, child->rekey_at, on_rekey_child, which, g_free);
    }

  return child;
}

void
sim_ike_remove_child (SimIke   *self,
                      SimChild *child)
{
  g_ptr_array_remove (self->children, child);
}

void
sim_ike_drop_children (SimIke *self)
{
  for (guint i = self->children->len; i > 0; i--)
    {
      SimChild *child = self->children->pdata[i - 1];

      if (child->gone_at != 0 && child->gone_at <= sim_now (self->sim))
        g_ptr_array_remove_index (self->children, i - 1);
    }
}

char *
sim_child_describe (SimChild *child)
{
  g_autofree char *local = g_strjoinv (" ", child->local_ts);
  g_autofree char *remote = g_strjoinv (" ", child->remote_ts);

  return g_strdup_printf ("SPIs %08x_i %08x_o and TS %s === %s",
                          child->spi_in, child->spi_out, local, remote);
}

guint64
sim_child_get_packets (SimChild *child,
                       Sim      *sim)
{
  return (guint64) ((sim_now (sim) - child->installed) * sim->traffic);
}

/* -- IKE_SAs -- */

SimIke *
sim_ike_new (Sim     *sim,
             SimConn *conn,
             gboolean is_initiator)
{
  SimIke *self = g_rc_box_new0 (SimIke);

  self->sim = sim;
  self->conn = sim_conn_ref (conn);
  self->id = sim_sas_next_ike_id (sim->sas);
  self->state = "CONNECTING";
  self->is_initiator = is_initiator;
  self->remote_host = sim_conn_get_address (conn, "remote_addrs");
  self->local_host = sim_conn_get_address (conn, "local_addrs");
  if (self->local_host == NULL)
    self->local_host = g_strdup (self->remote_host && strchr (self->remote_host, ':') ? "2001:db8::1"
                                                                                      : "192.0.2.1");
  self->local_port = (guint) vici_message_lookup_uint64 (conn->config, "local_port", 500);
  self->remote_port = (guint) vici_message_lookup_uint64 (conn->config, "remote_port", 500);
  self->initiator_spi = (guint64) g_random_int () << 32 | g_random_int ();
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify) child_free);
  g_queue_init (&self->jobs);

  return self;
}

SimIke *
sim_ike_ref (SimIke *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  SimIke *self = data;

  sim_ike_clear_jobs (self);
  source_clear (&self->step);
  source_clear (&self->timer);
  g_ptr_array_unref (self->children);
  sim_conn_unref (self->conn);
  g_free (self->local_host);
  g_free (self->remote_host);
  g_free (self->local_id);
  g_free (self->remote_id);
  g_free (self->vip);
}

void
sim_ike_unref (SimIke *self)
{
  g_rc_box_release_full (self, clear);
}

gboolean
sim_ike_is_v1 (SimIke *self)
{
  return vici_message_lookup_uint64 (self->conn->config, "version", 0) == 1;
}

gboolean
sim_ike_is (SimIke     *self,
            const char *state)
{
  return g_str_equal (self->state, state);
}

void
sim_ike_leave_port (SimIke *self)
{
  self->local_port = self->local_port == 500 ? 4500 : self->local_port;
  self->remote_port = self->remote_port == 500 ? 4500 : self->remote_port;
}

static gboolean
on_rekey (gpointer data)
{
  sim_ike_queue (data, sim_rekey_steps, NULL, 0, NULL);

  return G_SOURCE_REMOVE;
}

void
sim_ike_set_established (SimIke *self)
{
  self->state = "ESTABLISHED";
  self->established = sim_now (self->sim);
  self->rekey_at = draw_end (self->sim, sim_conn_get_rekey_time (self->conn));
  start_timer (&self->timer, self->sim, self->rekey_at, on_rekey, self, NULL);
}

/* -- The log -- */

void
sim_ike_log (SimIke     *self,
             const char *group,
             int         level,
             const char *format,
             ...)
{
  SimJob *job = g_queue_peek_head (&self->jobs);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  sim_log_line (self->sim, group, level, self->conn->name, self->id, text);
  if (job != NULL && job->wait != NULL)
    sim_wait_log (job->wait, group, level, self->conn->name, self->id, text);
}

/* Of a length that grows with what it holds; nobody will count. */
static guint
guess_length (const char *payloads)
{
  return 76 + 16 * (guint) (strlen (payloads) / 8);
}

void
sim_ike_log_sent (SimIke     *self,
                  const char *message,
                  const char *payloads,
                  const char *counter)
{
  sim_ike_log (self, "ENC", 1, "generating %s request %u [ %s ]", message, self->message_id, payloads);
  sim_ike_log (self, "NET", 1, "sending packet: from %s[%u] to %s[%u] (%u bytes)",
               self->local_host, self->local_port, self->remote_host, self->remote_port,
               guess_length (payloads));
  sim_counters_count (self->sim->counters, self->conn->name, counter);
}

void
sim_ike_log_received (SimIke     *self,
                      const char *message,
                      const char *payloads,
                      const char *counter)
{
  sim_ike_log (self, "NET", 1, "received packet: from %s[%u] to %s[%u] (%u bytes)",
               self->remote_host, self->remote_port, self->local_host, self->local_port,
               guess_length (payloads));
  sim_ike_log (self, "ENC", 1, "parsed %s response %u [ %s%s]", message, self->message_id,
               payloads, *payloads ? " " : "");
  sim_counters_count (self->sim->counters, self->conn->name, counter);
  self->message_id++;
}
