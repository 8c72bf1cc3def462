/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Work on an IKE_SA: one job after another, with a wait for the peer between the
 * steps of each. */

#include "sim-ike.h"

static void go_on (SimIke *self);

static void
job_free (SimJob *job)
{
  g_clear_pointer (&job->wait, sim_wait_unref);
  g_free (job->child);
  g_free (job);
}

void
sim_ike_clear_jobs (SimIke *self)
{
  g_queue_clear_full (&self->jobs, (GDestroyNotify) job_free);
}

gboolean
sim_ike_has_answer (SimIke *self)
{
  return !sim_faults_has_peer (self->sim->faults, "unreachable", self->remote_host);
}

void
sim_ike_remove (SimIke *self)
{
  g_autoptr (SimIke) alive G_GNUC_UNUSED = sim_ike_ref (self);
  SimJob *job;

  if (self->is_removed)
    return;

  self->is_removed = TRUE;
  if (self->step != NULL)
    g_source_destroy (self->step);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_ptr_array_set_size (self->children, 0);
  if (self->vip != NULL && !self->is_initiator)
    sim_pools_release (self->sim->pools, self->vip);
  g_ptr_array_remove (sim_sas_get (self->sim->sas), self);

  while ((job = g_queue_pop_head (&self->jobs)) != NULL)
    {
      if (job->wait != NULL)
        sim_wait_end (job->wait, SIM_WAIT_FAILED);
      job_free (job);
    }
}

static void
finish (SimIke    *self,
        SimOutcome outcome)
{
  SimJob *job = g_queue_pop_head (&self->jobs);
  gboolean done = outcome == SIM_STEP_DONE || outcome == SIM_STEP_ENDED;

  if (outcome == SIM_STEP_ENDED || outcome == SIM_STEP_LOST)
    sim_ike_remove (self);
  if (job->wait != NULL)
    sim_wait_end (job->wait, done ? SIM_WAIT_DONE : SIM_WAIT_FAILED);
  job_free (job);
}

static gboolean
on_step (gpointer data)
{
  SimIke *self = data;

  g_clear_pointer (&self->step, g_source_unref);
  go_on (self);

  return G_SOURCE_REMOVE;
}

static void
wait_for_answer (SimIke *self)
{
  self->step = g_timeout_source_new (self->sim->latency);
  g_source_set_callback (self->step, on_step, self, NULL);
  g_source_attach (self->step, NULL);
}

static void
go_on (SimIke *self)
{
  g_autoptr (SimIke) alive G_GNUC_UNUSED = sim_ike_ref (self);
  SimJob *job;

  while (self->step == NULL && (job = g_queue_peek_head (&self->jobs)) != NULL)
    {
      SimOutcome outcome = job->steps[job->at++](self, job);

      if (outcome == SIM_STEP_STUCK)
        return;
      if (outcome == SIM_STEP_NEXT)
        wait_for_answer (self);
      else
        finish (self, outcome);
    }
}

void
sim_ike_do_now (SimIke        *self,
                const SimStep *steps,
                SimWait       *wait)
{
  SimJob *job = g_new0 (SimJob, 1);

  if (self->step != NULL)
    g_source_destroy (self->step);
  g_clear_pointer (&self->step, g_source_unref);

  job->steps = steps;
  job->wait = wait != NULL ? sim_wait_ref (wait) : NULL;
  g_queue_push_head (&self->jobs, job);
  go_on (self);
}

void
sim_ike_queue (SimIke        *self,
               const SimStep *steps,
               const char    *child,
               guint          child_id,
               SimWait       *wait)
{
  SimJob *job = g_new0 (SimJob, 1);
  gboolean idle = g_queue_is_empty (&self->jobs);

  job->steps = steps;
  job->child = g_strdup (child);
  job->child_id = child_id;
  job->wait = wait != NULL ? sim_wait_ref (wait) : NULL;
  g_queue_push_tail (&self->jobs, job);
  if (idle)
    go_on (self);
}
