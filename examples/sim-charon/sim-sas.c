/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* All IKE_SAs, and how they are found. */

#include "sim-ike.h"

struct _SimSas
{
  Sim        *sim;
  GPtrArray  *ikes;             /* SimIke */
  GHashTable *reqids;           /* connection and child: GUINT_TO_POINTER */
  guint       last_ike_id;
  guint       last_id;          /* of a CHILD_SA */
  GPtrArray  *waiting;          /* SimWait: for what will not happen */
};

GPtrArray *
sim_sas_get (SimSas *self)
{
  return self->ikes;
}

void
sim_sas_add (SimSas *self,
             SimIke *ike)
{
  g_ptr_array_add (self->ikes, ike);
}

SimIke *
sim_sas_find (SimSas *self,
              guint   id)
{
  for (guint i = 0; i < self->ikes->len; i++)
    if (((SimIke *) self->ikes->pdata[i])->id == id)
      return self->ikes->pdata[i];

  return NULL;
}

SimIke *
sim_sas_find_usable (SimSas  *self,
                     SimConn *conn)
{
  for (guint i = 0; i < self->ikes->len; i++)
    {
      SimIke *ike = self->ikes->pdata[i];

      if (g_str_equal (ike->conn->name, conn->name) && !sim_ike_is (ike, "DELETING"))
        return ike;
    }

  return NULL;
}

guint
sim_sas_next_ike_id (SimSas *self)
{
  return ++self->last_ike_id;
}

guint
sim_sas_next_id (SimSas *self)
{
  return ++self->last_id;
}

void
sim_sas_add_waiting (SimSas  *self,
                     SimWait *wait)
{
  g_ptr_array_add (self->waiting, sim_wait_ref (wait));
}

/* A child keeps it for as long as the daemon runs. */
guint
sim_sas_get_reqid (SimSas     *self,
                   const char *conn,
                   const char *child)
{
  g_autofree char *key = g_strdup_printf ("%s/%s", conn, child);
  guint reqid = GPOINTER_TO_UINT (g_hash_table_lookup (self->reqids, key));

  if (reqid == 0)
    {
      reqid = g_hash_table_size (self->reqids) + 1;
      g_hash_table_insert (self->reqids, g_steal_pointer (&key), GUINT_TO_POINTER (reqid));
    }

  return reqid;
}

guint
sim_sas_count (SimSas  *self,
               gboolean half_open)
{
  guint n = 0;

  for (guint i = 0; i < self->ikes->len; i++)
    n += !half_open || sim_ike_is (self->ikes->pdata[i], "CONNECTING");

  return n;
}

void
sim_sas_start (SimSas     *self,
               SimConn    *conn,
               const char *child)
{
  SimIke *ike = sim_sas_find_usable (self, conn);

  if (ike == NULL)
    {
      ike = sim_ike_new (self->sim, conn, TRUE);
      if (ike->remote_host == NULL)
        {
          sim_ike_log (ike, "IKE", 1, "unable to resolve %%any, initiate aborted");
          sim_ike_unref (ike);
          return;
        }
      sim_sas_add (self, ike);
      sim_ike_queue (ike, sim_establish_steps, child, 0, NULL);
    }
  else
    {
      sim_ike_queue (ike, sim_create_child_steps, child, 0, NULL);
    }
}

void
sim_sas_close_conn (SimSas     *self,
                    const char *conn)
{
  for (guint i = self->ikes->len; i > 0; i--)
    {
      SimIke *ike = self->ikes->pdata[i - 1];

      if (g_str_equal (ike->conn->name, conn) && !sim_ike_is (ike, "DELETING"))
        sim_ike_queue (ike, sim_delete_steps, NULL, 0, NULL);
    }
}

/* -- Selections -- */

static guint
request_id (ViciInvocation *invocation,
            const char     *name)
{
  return (guint) vici_message_lookup_uint64 (vici_invocation_get_request (invocation), name, 0);
}

void
sim_selection_init (SimSelection   *self,
                    ViciInvocation *invocation)
{
  self->ike = sim_request (invocation, "ike");
  self->child = sim_request (invocation, "child");
  self->ike_id = request_id (invocation, "ike-id");
  self->child_id = request_id (invocation, "child-id");
}

void
sim_selection_clear (SimSelection *self)
{
  g_clear_pointer (&self->ike, g_free);
  g_clear_pointer (&self->child, g_free);
}

gboolean
sim_selection_is_of_children (SimSelection *self)
{
  return self->child != NULL || self->child_id != 0;
}

gboolean
sim_selection_is_empty (SimSelection *self)
{
  return self->ike == NULL && self->ike_id == 0 && !sim_selection_is_of_children (self);
}

gboolean
sim_selection_has (SimSelection *self,
                   SimIke       *ike)
{
  return (self->ike == NULL || g_str_equal (self->ike, ike->conn->name)) &&
         (self->ike_id == 0 || self->ike_id == ike->id);
}

gboolean
sim_selection_has_child (SimSelection *self,
                         SimChild     *child)
{
  return (self->child == NULL || g_str_equal (self->child, child->name)) &&
         (self->child_id == 0 || self->child_id == child->id);
}

static void
log_selector (Sim        *sim,
              const char *verb,
              const char *type,
              const char *name,
              guint       id)
{
  if (name != NULL)
    sim_log (sim, "CFG", "vici %s %s '%s'", verb, type, name);
  if (id != 0)
    sim_log (sim, "CFG", "vici %s %s #%u", verb, type, id);
}

void
sim_selection_log (SimSelection *self,
                   Sim          *sim,
                   const char   *verb)
{
  log_selector (sim, verb, "IKE_SA", self->ike, self->ike_id);
  log_selector (sim, verb, "CHILD_SA", self->child, self->child_id);
}

/* -- The command -- */

static void
list_sas (Sim            *sim,
          ViciInvocation *invocation)
{
  g_auto (SimSelection) selection = { NULL };
  SimSas *self = sim->sas;

  sim_selection_init (&selection, invocation);
  for (guint i = 0; i < self->ikes->len; i++)
    {
      SimIke *ike = self->ikes->pdata[i];
      g_autoptr (ViciBuilder) builder = vici_builder_new ();
      g_autoptr (ViciMessage) section = NULL;

      if (!sim_selection_has (&selection, ike))
        continue;
      section = sim_ike_list_with (ike, NULL, selection.child, selection.child_id);
      vici_builder_add_section (builder, ike->conn->name, section);
      sim_stream (invocation, "list-sa", builder);
    }

  vici_invocation_return_message (invocation, NULL);
}

SimSas *
sim_sas_new (Sim *sim)
{
  static const SimCommand commands[] = { { "list-sas", list_sas } };
  SimSas *self = g_new0 (SimSas, 1);

  self->sim = sim;
  self->ikes = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_ike_unref);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_wait_unref);
  self->reqids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));
  sim_control_add (sim);
  sim_terminate_add (sim);
  sim_peer_add (sim);

  return self;
}

void
sim_sas_free (SimSas *self)
{
  g_ptr_array_unref (self->ikes);
  g_ptr_array_unref (self->waiting);
  g_hash_table_unref (self->reqids);
  g_free (self);
}
