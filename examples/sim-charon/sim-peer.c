/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What peers do of their own will, on demand, by commands that charon has not:
 *
 *   sim-connect   a peer connects to us: `ike`, and if it wants a CHILD_SA `child`;
 *                 `remote-host` and `remote-id` say who it is
 *   sim-move      a peer moves: `ike` or `ike-id`, `remote-host`, `remote-port` */

#include "sim-ike.h"

static void
set_text (char          **text,
          ViciInvocation *invocation,
          const char     *name)
{
  char *asked = sim_request (invocation, name);

  if (asked == NULL)
    return;

  g_free (*text);
  *text = asked;
}

/* -- sim-connect -- */

static void
accept_peer (SimIke     *ike,
             const char *child_name)
{
  g_auto (GStrv) proposals = vici_message_lookup_strv (ike->conn->config, "proposals");
  g_auto (GStrv) pools = vici_message_lookup_strv (ike->conn->config, "pools");
  SimChild *child;

  sim_select_suite ((const char * const *) proposals, TRUE, &ike->suite);
  ike->responder_spi = (guint64) g_random_int () << 32 | g_random_int ();
  ike->local_id = sim_conn_get_id (ike->conn, "local", ike->local_host);
  if (ike->remote_id == NULL)
    ike->remote_id = sim_conn_get_id (ike->conn, "remote", ike->remote_host);
  ike->vip = sim_pools_lease (ike->sim->pools, (const char * const *) pools, ike->remote_id);
  sim_ike_leave_port (ike);
  sim_ike_set_established (ike);
  sim_ike_log (ike, "IKE", 0, "IKE_SA %s[%u] established between %s[%s]...%s[%s]",
               ike->conn->name, ike->id, ike->local_host, ike->local_id,
               ike->remote_host, ike->remote_id);
  sim_ike_emit_updown (ike, TRUE, "IKE_ESTABLISH");

  if (child_name != NULL)
    {
      child = sim_ike_install (ike, child_name, 0, FALSE);
      sim_child_emit_updown (ike, child, TRUE, "CHILD_CREATE");
    }
}

static void
sim_connect (Sim            *sim,
             ViciInvocation *invocation)
{
  g_autofree char *name = sim_request (invocation, "ike");
  g_autofree char *child = sim_request (invocation, "child");
  SimConn *conn = name != NULL ? sim_conns_find (sim->conns, name) : NULL;
  g_autoptr (ViciMessage) config = conn && child ? sim_conn_get_child (conn, child) : NULL;
  SimIke *ike;

  if (conn == NULL || (child != NULL && config == NULL))
    {
      sim_fail (invocation, "no such connection");
      return;
    }

  ike = sim_ike_new (sim, conn, FALSE);
  set_text (&ike->remote_host, invocation, "remote-host");
  set_text (&ike->remote_id, invocation, "remote-id");
  if (ike->remote_host == NULL)
    ike->remote_host = g_strdup ("192.0.2.2");
  sim_sas_add (sim->sas, ike);
  accept_peer (ike, child);
  vici_invocation_return_success (invocation);
}

/* -- sim-move -- */

static void
move (SimIke         *ike,
      ViciInvocation *invocation)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_autoptr (ViciMessage) old = sim_ike_list (ike, NULL);
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  set_text (&ike->remote_host, invocation, "remote-host");
  ike->remote_port = (guint) vici_message_lookup_uint64 (request, "remote-port", ike->remote_port);

  vici_builder_add_string (builder, "local-host", ike->local_host);
  vici_builder_add_uint64 (builder, "local-port", ike->local_port);
  vici_builder_add_string (builder, "remote-host", ike->remote_host);
  vici_builder_add_uint64 (builder, "remote-port", ike->remote_port);
  vici_builder_add_section (builder, ike->conn->name, old);
  sim_emit (ike->sim, "ike-update", builder);
}

static void
sim_move (Sim            *sim,
          ViciInvocation *invocation)
{
  GPtrArray *ikes = sim_sas_get (sim->sas);
  g_auto (SimSelection) selection = { NULL };

  sim_selection_init (&selection, invocation);
  for (guint i = 0; i < ikes->len; i++)
    {
      if (sim_selection_has (&selection, ikes->pdata[i]))
        {
          move (ikes->pdata[i], invocation);
          vici_invocation_return_success (invocation);
          return;
        }
    }

  sim_fail (invocation, "no such IKE_SA");
}

void
sim_peer_add (Sim *sim)
{
  static const SimCommand commands[] = {
    { "sim-connect", sim_connect },
    { "sim-move", sim_move },
  };

  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));
}
