/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-parts.h"

#include <stdio.h>

/* -- Commands -- */

void
sim_add_commands (Sim              *sim,
                  const SimCommand *commands,
                  gsize             n_commands)
{
  for (gsize i = 0; i < n_commands; i++)
    {
      vici_server_add_command (sim->server, commands[i].name);
      g_hash_table_insert (sim->handlers, (gpointer) commands[i].name, (gpointer) &commands[i]);
    }
}

void
sim_handle (Sim            *sim,
            ViciInvocation *invocation)
{
  const SimCommand *command = g_hash_table_lookup (sim->handlers,
                                                   vici_invocation_get_command (invocation));

  command->handler (sim, invocation);
}

static gboolean
on_command (ViciServer     *server,
            ViciInvocation *invocation,
            Sim            *sim)
{
  if (!sim_faults_apply (sim->faults, invocation))
    sim_handle (sim, invocation);

  return TRUE;
}

/* -- Time -- */

double
sim_now (Sim *sim)
{
  return (double) (g_get_monotonic_time () - sim->started) / G_USEC_PER_SEC * sim->speed;
}

guint
sim_real_time (Sim   *sim,
               double seconds)
{
  return (guint) CLAMP (seconds / sim->speed * 1000, 0, G_MAXINT);
}

gboolean
sim_is_since (Sim  *sim,
              guint major,
              guint minor,
              guint micro)
{
  guint version[3] = { 0 };

  sscanf (sim->version, "%u.%u.%u", &version[0], &version[1], &version[2]);
  if (version[0] != major)
    return version[0] > major;

  return version[1] != minor ? version[1] > minor : version[2] >= micro;
}

/* -- Events -- */

void
sim_emit (Sim         *sim,
          const char  *name,
          ViciBuilder *builder)
{
  g_autoptr (ViciMessage) message = sim_end (builder);

  vici_server_emit_event (sim->server, name, message);
}

void
sim_emit_alert (Sim         *sim,
                const char  *type,
                const char  *name,
                ViciMessage *ike_sa)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  if (!sim_is_since (sim, 6, 0, 3))
    return;

  vici_builder_add_string (builder, "type", type);
  vici_builder_begin_section (builder, "ike-sa");
  vici_builder_add_section (builder, name, ike_sa);
  vici_builder_end_section (builder);
  sim_emit (sim, "alert", builder);
}

void
sim_add_line (ViciBuilder *builder,
              const char  *group,
              int          level,
              const char  *thread,
              const char  *name,
              guint        id,
              const char  *text)
{
  vici_builder_add_string (builder, "group", group);
  vici_builder_add_int64 (builder, "level", level);
  sim_add_text (builder, "thread", thread);
  if (name != NULL)
    {
      vici_builder_add_string (builder, "ikesa-name", name);
      vici_builder_add_uint64 (builder, "ikesa-uniqueid", id);
    }
  vici_builder_add_string (builder, "msg", text);
}

void
sim_log_line (Sim        *sim,
              const char *group,
              int         level,
              const char *name,
              guint       id,
              const char *text)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  if (level > 1)
    return;
  if (sim->verbose && name != NULL)
    g_print ("[%s] <%s|%u> %s\n", group, name, id, text);
  else if (sim->verbose)
    g_print ("[%s] %s\n", group, text);

  sim_add_line (builder, group, level, "1", name, id, text);
  sim_emit (sim, "log", builder);
}

void
sim_log (Sim        *sim,
         const char *group,
         const char *format,
         ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  sim_log_line (sim, group, 1, NULL, 0, text);
}

/* -- The whole -- */

Sim *
sim_new (const char *version)
{
  static const char * const events[] = {
    "log", "control-log",
    "list-sa", "list-policy", "list-conn", "list-cert", "list-authority",
    "ike-updown", "ike-rekey", "ike-update", "child-updown", "child-rekey"
  };
  Sim *sim = g_new0 (Sim, 1);

  sim->server = vici_server_new ();
  sim->handlers = g_hash_table_new (g_str_hash, g_str_equal);
  sim->started = g_get_monotonic_time ();
  sim->version = g_strdup (version);
  sim->latency = 20;
  sim->speed = 1;
  sim->traffic = 10;

  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    vici_server_add_event (sim->server, events[i]);
  if (sim_is_since (sim, 6, 0, 3))
    vici_server_add_event (sim->server, "alert");

  sim_info_add (sim);
  sim->authorities = sim_authorities_new (sim);
  sim->conns = sim_conns_new (sim);
  sim->counters = sim_counters_new (sim);
  sim->creds = sim_creds_new (sim);
  sim->faults = sim_faults_new (sim);
  sim->listeners = sim_listeners_new (sim);
  sim->policies = sim_policies_new (sim);
  sim->pools = sim_pools_new (sim);
  sim->sas = sim_sas_new (sim);
  sim->shared = sim_shared_new (sim);
  g_signal_connect (sim->server, "command", G_CALLBACK (on_command), sim);

  return sim;
}

void
sim_free (Sim *sim)
{
  g_signal_handlers_disconnect_by_data (sim->server, sim);
  sim_listeners_free (sim->listeners);
  vici_server_stop (sim->server);
  sim_sas_free (sim->sas);
  sim_faults_free (sim->faults);
  sim_policies_free (sim->policies);
  sim_pools_free (sim->pools);
  sim_creds_free (sim->creds);
  sim_shared_free (sim->shared);
  sim_counters_free (sim->counters);
  sim_conns_free (sim->conns);
  sim_authorities_free (sim->authorities);
  g_hash_table_unref (sim->handlers);
  g_object_unref (sim->server);
  g_free (sim->version);
  g_free (sim);
}
