/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The connections that are loaded, in the order in which they came. */

#include "sim-parts.h"

#include "sim-schema.h"

struct _SimConns
{
  Sim       *sim;
  GPtrArray *conns;             /* SimConn */
};

static guint
find_index (SimConns   *self,
            const char *name)
{
  for (guint i = 0; i < self->conns->len; i++)
    if (g_str_equal (((SimConn *) self->conns->pdata[i])->name, name))
      return i;

  return G_MAXUINT;
}

SimConn *
sim_conns_find (SimConns   *self,
                const char *name)
{
  guint i = find_index (self, name);

  return i != G_MAXUINT ? self->conns->pdata[i] : NULL;
}

SimConn *
sim_conns_find_with_child (SimConns   *self,
                           const char *name,
                           const char *child)
{
  for (guint i = 0; i < self->conns->len; i++)
    {
      SimConn *conn = self->conns->pdata[i];
      g_autoptr (ViciMessage) section = sim_conn_get_child (conn, child);

      if (section != NULL && (name == NULL || g_str_equal (name, conn->name)))
        return conn;
    }

  return NULL;
}

/* -- Actions at the start -- */

static gboolean
is_shunt (ViciMessage *child)
{
  const char *mode = sim_child_get_mode (child);

  return g_str_equal (mode, "PASS") || g_str_equal (mode, "DROP");
}

static void
start (SimConns *self,
       SimConn  *conn)
{
  g_auto (GStrv) names = sim_conn_get_child_names (conn);

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autoptr (ViciMessage) child = sim_conn_get_child (conn, names[i]);
      gboolean shunt = is_shunt (child);

      if (sim_child_has_action (child, "start_action", "trap") ||
          (shunt && sim_child_has_action (child, "start_action", "start")))
        {
          sim_log (self->sim, "CFG", "installing '%s'", names[i]);
          sim_policies_install (self->sim->policies, conn, names[i]);
        }
      if (!shunt && sim_child_has_action (child, "start_action", "start"))
        {
          sim_log (self->sim, "CFG", "initiating '%s'", names[i]);
          sim_sas_start (self->sim->sas, conn, names[i]);
        }
    }
}

static void
undo_start (SimConns *self,
            SimConn  *conn)
{
  g_auto (GStrv) names = sim_conn_get_child_names (conn);

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autoptr (ViciMessage) child = sim_conn_get_child (conn, names[i]);

      if (sim_child_has_action (child, "start_action", "trap"))
        {
          sim_log (self->sim, "CFG", "uninstalling '%s'", names[i]);
          sim_policies_uninstall (self->sim->policies, conn->name, names[i]);
        }
      if (!is_shunt (child) && sim_child_has_action (child, "start_action", "start"))
        sim_sas_close_conn (self->sim->sas, conn->name);
    }
}

/* -- Commands -- */

static char *
load (gpointer     data,
      const char  *name,
      ViciMessage *section)
{
  SimConns *self = data;
  guint i = find_index (self, name);
  char *errmsg = sim_check_conn (section);

  if (errmsg != NULL)
    return errmsg;

  if (i == G_MAXUINT)
    {
      sim_log (self->sim, "CFG", "added vici connection: %s", name);
      i = self->conns->len;
      g_ptr_array_add (self->conns, sim_conn_new (name, section));
      start (self, self->conns->pdata[i]);
    }
  else
    {
      g_autoptr (SimConn) old = self->conns->pdata[i];
      gboolean same = vici_message_equal (old->config, section);

      sim_log (self->sim, "CFG", "%s vici connection: %s", same ? "updated" : "replaced", name);
      self->conns->pdata[i] = sim_conn_new (name, section);
      if (!same)
        {
          undo_start (self, old);
          start (self, self->conns->pdata[i]);
        }
    }

  return NULL;
}

static void
load_conn (Sim            *sim,
           ViciInvocation *invocation)
{
  sim_load_each (invocation, load, sim->conns);
}

static void
unload_conn (Sim            *sim,
             ViciInvocation *invocation)
{
  SimConns *self = sim->conns;
  g_autofree char *name = sim_request (invocation, "name");
  guint i = name != NULL ? find_index (self, name) : G_MAXUINT;

  if (name == NULL)
    {
      sim_fail (invocation, "unload: missing connection name");
    }
  else if (i == G_MAXUINT)
    {
      sim_fail (invocation, "unload: connection '%s' not found", name);
    }
  else
    {
      g_autoptr (SimConn) conn = g_ptr_array_steal_index (self->conns, i);

      undo_start (self, conn);
      vici_invocation_return_success (invocation);
    }
}

static void
get_conns (Sim            *sim,
           ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_begin_list (builder, "conns");
  for (guint i = 0; i < sim->conns->conns->len; i++)
    vici_builder_add_item (builder, ((SimConn *) sim->conns->conns->pdata[i])->name);
  vici_builder_end_list (builder);

  sim_return (invocation, builder);
}

static void
list_conns (Sim            *sim,
            ViciInvocation *invocation)
{
  g_autofree char *ike = sim_request (invocation, "ike");

  for (guint i = 0; i < sim->conns->conns->len; i++)
    {
      SimConn *conn = sim->conns->conns->pdata[i];
      g_autoptr (ViciBuilder) builder = vici_builder_new ();

      if (ike != NULL && !g_str_equal (ike, conn->name))
        continue;
      sim_conn_list (conn, sim, builder);
      sim_stream (invocation, "list-conn", builder);
    }

  vici_invocation_return_message (invocation, NULL);
}

SimConns *
sim_conns_new (Sim *sim)
{
  static const SimCommand commands[] = {
    { "load-conn", load_conn },
    { "unload-conn", unload_conn },
    { "get-conns", get_conns },
    { "list-conns", list_conns },
  };
  SimConns *self = g_new0 (SimConns, 1);

  self->sim = sim;
  self->conns = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_conn_unref);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_conns_free (SimConns *self)
{
  g_ptr_array_unref (self->conns);
  g_free (self);
}
