/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How charon lists SAs, and what it tells of them in events. */

#include "sim-ike.h"

/* A ping of the usual size, in a tunnel. */
#define PACKET_SIZE 84

/* -- Children -- */

static const char *
get_ke_name (Sim *sim)
{
  return sim_is_since (sim, 6, 0, 0) ? "ake1" : "dh-group";
}

static void
list_traffic (SimChild    *child,
              Sim         *sim,
              ViciBuilder *builder)
{
  guint64 packets = sim_child_get_packets (child, sim);
  static const char * const ways[] = { "in", "out" };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *bytes_name = g_strconcat ("bytes-", ways[i], NULL);
      g_autofree char *packets_name = g_strconcat ("packets-", ways[i], NULL);
      g_autofree char *use_name = g_strconcat ("use-", ways[i], NULL);

      vici_builder_add_uint64 (builder, bytes_name, packets * PACKET_SIZE);
      vici_builder_add_uint64 (builder, packets_name, packets);
      if (packets > 0)
        vici_builder_add_uint64 (builder, use_name, 0);
    }
}

static void
list_times (SimChild    *child,
            Sim         *sim,
            ViciBuilder *builder)
{
  double now = sim_now (sim);

  if (child->rekey_at != 0)
    vici_builder_add_int64 (builder, "rekey-time", (gint64) (child->rekey_at - now));
  if (child->life_until != 0)
    vici_builder_add_int64 (builder, "life-time", (gint64) (child->life_until - now));
  vici_builder_add_int64 (builder, "install-time", (gint64) (now - child->installed));
}

ViciMessage *
sim_child_list (SimChild *child,
                Sim      *sim)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, "name", child->name);
  vici_builder_add_uint64 (builder, "uniqueid", child->id);
  vici_builder_add_uint64 (builder, "reqid", child->reqid);
  vici_builder_add_string (builder, "state", child->state);
  vici_builder_add_string (builder, "mode", sim_child_get_mode (child->config));
  vici_builder_add_string (builder, "protocol", child->suite.encr != NULL ? "ESP" : "AH");
  vici_builder_add_printf (builder, "spi-in", "%08x", child->spi_in);
  vici_builder_add_printf (builder, "spi-out", "%08x", child->spi_out);
  sim_list_suite (&child->suite, get_ke_name (sim), builder);
  list_traffic (child, sim, builder);
  list_times (child, sim, builder);
  vici_builder_add_strv (builder, "local-ts", (const char * const *) child->local_ts);
  vici_builder_add_strv (builder, "remote-ts", (const char * const *) child->remote_ts);

  return sim_end (builder);
}

/* -- IKE_SAs -- */

static void
list_ends (SimIke      *self,
           ViciBuilder *builder)
{
  vici_builder_add_string (builder, "local-host", self->local_host);
  vici_builder_add_uint64 (builder, "local-port", self->local_port);
  vici_builder_add_string (builder, "local-id", self->local_id ? self->local_id : "%any");
  vici_builder_add_string (builder, "remote-host", self->remote_host);
  vici_builder_add_uint64 (builder, "remote-port", self->remote_port);
  vici_builder_add_string (builder, "remote-id", self->remote_id ? self->remote_id : "%any");
}

static void
add_tasks (SimIke      *self,
           const char  *tasks,
           ViciBuilder *builder)
{
  g_auto (GStrv) each = NULL;

  if (tasks == NULL)
    return;

  each = g_strsplit (tasks, " ", -1);
  vici_builder_add_strv (builder, self->is_initiator ? "tasks-active" : "tasks-passive",
                         (const char * const *) each);
}

static void
list_into (SimIke      *self,
           const char  *tasks,
           ViciBuilder *builder)
{
  const char * const vips[] = { self->vip, NULL };
  double now = sim_now (self->sim);

  vici_builder_add_uint64 (builder, "uniqueid", self->id);
  vici_builder_add_string (builder, "version", sim_ike_is_v1 (self) ? "1" : "2");
  vici_builder_add_string (builder, "state", self->state);
  list_ends (self, builder);
  sim_add_flag (builder, "initiator", self->is_initiator);
  vici_builder_add_printf (builder, "initiator-spi", "%016" G_GINT64_MODIFIER "x", self->initiator_spi);
  vici_builder_add_printf (builder, "responder-spi", "%016" G_GINT64_MODIFIER "x", self->responder_spi);
  sim_list_suite (&self->suite, get_ke_name (self->sim), builder);
  if (sim_ike_is (self, "ESTABLISHED"))
    {
      vici_builder_add_int64 (builder, "established", (gint64) (now - self->established));
      if (self->rekey_at != 0)
        vici_builder_add_int64 (builder, "rekey-time", (gint64) (self->rekey_at - now));
    }
  if (self->vip != NULL)
    vici_builder_add_strv (builder, self->is_initiator ? "local-vips" : "remote-vips", vips);
  add_tasks (self, tasks, builder);
}

ViciMessage *
sim_ike_list (SimIke     *self,
              const char *tasks)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  list_into (self, tasks, builder);

  return sim_end (builder);
}

ViciMessage *
sim_ike_list_around (SimIke      *self,
                     const char  *tasks,
                     ViciMessage *children)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  list_into (self, tasks, builder);
  vici_builder_add_section (builder, "child-sas", children);

  return sim_end (builder);
}

ViciMessage *
sim_ike_list_with (SimIke     *self,
                   const char *tasks,
                   const char *child_name,
                   guint       child_id)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) children = NULL;

  sim_ike_drop_children (self);
  for (guint i = 0; i < self->children->len; i++)
    {
      SimChild *child = self->children->pdata[i];
      g_autofree char *name = g_strdup_printf ("%s-%u", child->name, child->id);
      g_autoptr (ViciMessage) section = NULL;

      if ((child_name != NULL && !g_str_equal (child_name, child->name)) ||
          (child_id != 0 && child_id != child->id))
        continue;
      section = sim_child_list (child, self->sim);
      vici_builder_add_section (builder, name, section);
    }
  children = sim_end (builder);

  return sim_ike_list_around (self, tasks, children);
}

/* -- Events -- */

void
sim_ike_emit_updown (SimIke     *self,
                     gboolean    up,
                     const char *tasks)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) section = sim_ike_list (self, tasks);

  sim_add_flag (builder, "up", up);
  vici_builder_add_section (builder, self->conn->name, section);
  sim_emit (self->sim, "ike-updown", builder);
}

void
sim_child_emit_updown (SimIke     *ike,
                       SimChild   *child,
                       gboolean    up,
                       const char *tasks)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) section = sim_ike_list_with (ike, tasks, NULL, child->id);

  sim_add_flag (builder, "up", up);
  vici_builder_add_section (builder, ike->conn->name, section);
  sim_emit (ike->sim, "child-updown", builder);
}
