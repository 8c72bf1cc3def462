/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* terminate: what was found is ended one after another, each with the time that
 * the client is ready to wait. */

#include "sim-ike.h"

typedef struct
{
  guint ike_id;
  guint child_id;               /* 0: the IKE_SA itself */
} Target;

typedef struct
{
  Sim            *sim;
  ViciInvocation *invocation;
  GArray         *targets;      /* Target */
  guint           at;
  guint           terminated;
  int             timeout;
  int             level;
  gboolean        force;
} Terminate;

static void
terminate_clear (gpointer data)
{
  Terminate *self = data;

  g_array_unref (self->targets);
  g_object_unref (self->invocation);
}

static void
terminate_unref (gpointer data)
{
  g_rc_box_release_full (data, terminate_clear);
}

static void
terminate_finish (Terminate *self)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  gboolean all = self->terminated == self->targets->len && self->terminated > 0;

  vici_builder_add_boolean (builder, "success", all);
  vici_builder_add_uint64 (builder, "matches", self->targets->len);
  vici_builder_add_uint64 (builder, "terminated", self->terminated);
  if (self->targets->len == 0)
    vici_builder_add_string (builder, "errmsg", "no matching SAs to terminate found");
  else if (self->terminated == 0)
    vici_builder_add_string (builder, "errmsg", "terminating SA failed");
  else if (!all)
    vici_builder_add_string (builder, "errmsg", "not all matching SAs could be terminated");
  sim_return (self->invocation, builder);
}

static void terminate_next (Terminate *self);

static void
on_terminated (SimWaitEnd end,
               gpointer   data)
{
  Terminate *self = data;

  self->terminated += end == SIM_WAIT_DONE;
  terminate_next (self);
}

/* One that was replaced goes without a word. */
static void
end_child (SimIke  *ike,
           guint    id,
           SimWait *wait)
{
  for (guint i = 0; i < ike->children->len; i++)
    {
      SimChild *child = ike->children->pdata[i];

      if (child->id == id && child->gone_at != 0)
        {
          sim_ike_remove_child (ike, child);
          sim_wait_end (wait, SIM_WAIT_DONE);
          return;
        }
    }

  sim_ike_queue (ike, sim_delete_child_steps, NULL, id, wait);
}

static void
end_target (Terminate    *self,
            const Target *target,
            SimWait      *wait)
{
  SimIke *ike = sim_sas_find (self->sim->sas, target->ike_id);

  if (ike == NULL)
    sim_wait_end (wait, SIM_WAIT_FAILED);
  else if (target->child_id != 0)
    end_child (ike, target->child_id, wait);
  else if (sim_ike_is (ike, "CONNECTING"))
    sim_ike_do_now (ike, sim_destroy_steps, wait);
  else if (self->force)
    sim_ike_do_now (ike, sim_delete_now_steps, wait);
  else
    sim_ike_queue (ike, sim_delete_steps, NULL, 0, wait);

  if (self->timeout < 0)
    sim_wait_end (wait, SIM_WAIT_DONE);
}

static void
terminate_next (Terminate *self)
{
  g_autoptr (SimWait) wait = NULL;
  const Target *target;

  if (self->at == self->targets->len)
    {
      terminate_finish (self);
      return;
    }

  target = &g_array_index (self->targets, Target, self->at++);
  wait = sim_wait_new (self->invocation, self->level, (guint) MAX (self->timeout, 0), on_terminated,
                       g_rc_box_acquire (self), terminate_unref);
  end_target (self, target, wait);
}

static void
add_children (SimIke       *ike,
              SimSelection *selection,
              GArray       *targets)
{
  sim_ike_drop_children (ike);
  for (guint i = 0; i < ike->children->len; i++)
    {
      SimChild *child = ike->children->pdata[i];
      Target target = { ike->id, child->id };

      if (sim_selection_has_child (selection, child))
        g_array_append_val (targets, target);
    }
}

static GArray *
find_targets (Sim          *sim,
              SimSelection *selection)
{
  GPtrArray *ikes = sim_sas_get (sim->sas);
  GArray *targets = g_array_new (FALSE, FALSE, sizeof (Target));

  for (guint i = 0; i < ikes->len; i++)
    {
      SimIke *ike = ikes->pdata[i];
      Target target = { ike->id, 0 };

      if (!sim_selection_has (selection, ike))
        continue;
      if (sim_selection_is_of_children (selection))
        add_children (ike, selection, targets);
      else
        g_array_append_val (targets, target);
    }

  return targets;
}

static void
terminate (Sim            *sim,
           ViciInvocation *invocation)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_auto (SimSelection) selection = { NULL };
  Terminate *self;

  sim_selection_init (&selection, invocation);
  if (sim_selection_is_empty (&selection))
    {
      sim_fail (invocation, "missing terminate selector");
      return;
    }

  sim_selection_log (&selection, sim, "terminate");
  self = g_rc_box_new0 (Terminate);
  self->sim = sim;
  self->invocation = g_object_ref (invocation);
  self->targets = find_targets (sim, &selection);
  self->timeout = (int) vici_message_lookup_int64 (request, "timeout", 0);
  self->level = sim_wait_get_level (request);
  self->force = vici_message_lookup_boolean (request, "force", FALSE);
  terminate_next (self);
  terminate_unref (self);
}

void
sim_terminate_add (Sim *sim)
{
  static const SimCommand commands[] = { { "terminate", terminate } };

  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));
}
