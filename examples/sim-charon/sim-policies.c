/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Traps, which wait for traffic, and shunts, which let it pass or drop it. */

#include "sim-parts.h"

typedef struct
{
  SimConn     *conn;
  char        *name;
  ViciMessage *child;
} Policy;

struct _SimPolicies
{
  Sim       *sim;
  GPtrArray *policies;          /* Policy */
};

static void
policy_free (Policy *policy)
{
  sim_conn_unref (policy->conn);
  g_free (policy->name);
  g_object_unref (policy->child);
  g_free (policy);
}

static gboolean
is_called (Policy     *policy,
           const char *conn,
           const char *child)
{
  return (child == NULL || g_str_equal (policy->name, child)) &&
         (conn == NULL || g_str_equal (policy->conn->name, conn));
}

static guint
find_index (SimPolicies *self,
            const char  *conn,
            const char  *child)
{
  for (guint i = 0; i < self->policies->len; i++)
    if (is_called (self->policies->pdata[i], conn, child))
      return i;

  return G_MAXUINT;
}

gboolean
sim_policies_uninstall (SimPolicies *self,
                        const char  *conn,
                        const char  *child)
{
  guint i = find_index (self, conn, child);

  if (i == G_MAXUINT)
    return FALSE;

  g_ptr_array_remove_index (self->policies, i);

  return TRUE;
}

void
sim_policies_install (SimPolicies *self,
                      SimConn     *conn,
                      const char  *child)
{
  Policy *policy;

  /* One that is there stays as it is. */
  if (find_index (self, conn->name, child) != G_MAXUINT)
    return;

  policy = g_new0 (Policy, 1);
  policy->conn = sim_conn_ref (conn);
  policy->name = g_strdup (child);
  policy->child = sim_conn_get_child (conn, child);
  g_ptr_array_add (self->policies, policy);
}

/* -- Commands -- */

static void
install (Sim            *sim,
         ViciInvocation *invocation)
{
  g_autofree char *child = sim_request (invocation, "child");
  g_autofree char *ike = sim_request (invocation, "ike");
  SimConn *conn;

  if (child == NULL)
    {
      sim_fail (invocation, "missing configuration name");
      return;
    }

  sim_log (sim, "CFG", "vici install '%s'", child);
  conn = sim_conns_find_with_child (sim->conns, ike, child);
  if (conn == NULL)
    {
      sim_fail (invocation, "configuration name not found");
      return;
    }

  sim_policies_install (sim->policies, conn, child);
  vici_invocation_return_success (invocation);
}

static void
uninstall (Sim            *sim,
           ViciInvocation *invocation)
{
  g_autofree char *child = sim_request (invocation, "child");
  g_autofree char *ike = sim_request (invocation, "ike");

  if (child == NULL)
    {
      sim_fail (invocation, "missing configuration name");
      return;
    }

  sim_log (sim, "CFG", "vici uninstall '%s'", child);
  if (sim_policies_uninstall (sim->policies, ike, child))
    vici_invocation_return_success (invocation);
  else
    sim_fail (invocation, "policy '%s' not found", child);
}

/* The key of the request that asks for policies of a mode. */
static const char *
get_kind (const char *mode)
{
  if (g_str_equal (mode, "DROP"))
    return "drop";

  return g_str_equal (mode, "PASS") ? "pass" : "trap";
}

static void
list_policy (Policy         *policy,
             ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autofree char *name = g_strdup_printf ("%s/%s", policy->conn->name, policy->name);
  const char *mode = sim_child_get_mode (policy->child);
  gboolean is_trap = g_str_equal (get_kind (mode), "trap");
  g_autofree char *local = sim_conn_get_address (policy->conn, "local_addrs");
  g_autofree char *remote = sim_conn_get_address (policy->conn, "remote_addrs");
  g_autofree char *local_host = local && is_trap ? g_strconcat (local, "/32", NULL) : NULL;
  g_autofree char *remote_host = remote && is_trap ? g_strconcat (remote, "/32", NULL) : NULL;
  g_auto (GStrv) local_ts = sim_child_get_selectors (policy->child, "local_ts", local_host);
  g_auto (GStrv) remote_ts = sim_child_get_selectors (policy->child, "remote_ts", remote_host);

  vici_builder_begin_section (builder, name);
  vici_builder_add_string (builder, "child", policy->name);
  vici_builder_add_string (builder, "ike", policy->conn->name);
  vici_builder_add_string (builder, "mode", mode);
  sim_add_list (builder, "local-ts", (const char * const *) local_ts);
  sim_add_list (builder, "remote-ts", (const char * const *) remote_ts);
  vici_builder_end_section (builder);

  sim_stream (invocation, "list-policy", builder);
}

static void
list_policies (Sim            *sim,
               ViciInvocation *invocation)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_autofree char *child = sim_request (invocation, "child");
  g_autofree char *ike = sim_request (invocation, "ike");
  GPtrArray *policies = sim->policies->policies;

  for (guint i = 0; i < policies->len; i++)
    {
      Policy *policy = policies->pdata[i];
      const char *kind = get_kind (sim_child_get_mode (policy->child));
      g_autofree char *asked = vici_message_lookup_string (request, kind);

      if (asked != NULL && is_called (policy, ike, child))
        list_policy (policy, invocation);
    }

  vici_invocation_return_message (invocation, NULL);
}

SimPolicies *
sim_policies_new (Sim *sim)
{
  static const SimCommand commands[] = {
    { "install", install },
    { "uninstall", uninstall },
    { "list-policies", list_policies },
  };
  SimPolicies *self = g_new0 (SimPolicies, 1);

  self->sim = sim;
  self->policies = g_ptr_array_new_with_free_func ((GDestroyNotify) policy_free);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_policies_free (SimPolicies *self)
{
  g_ptr_array_unref (self->policies);
  g_free (self);
}
