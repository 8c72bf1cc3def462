/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How SAs are replaced and taken down. */

#include "sim-ike.h"

/* How long a replaced CHILD_SA still takes packets, in seconds. */
#define REPLACED_TIME 5

/* -- Children -- */

static void
log_closing (SimIke   *ike,
             SimChild *child)
{
  guint64 bytes = sim_child_get_packets (child, ike->sim) * 84;
  g_autofree char *local = g_strjoinv (" ", child->local_ts);
  g_autofree char *remote = g_strjoinv (" ", child->remote_ts);

  sim_ike_log (ike, "IKE", 0,
               "closing CHILD_SA %s{%u} with SPIs %08x_i (%" G_GUINT64_FORMAT " bytes) "
               "%08x_o (%" G_GUINT64_FORMAT " bytes) and TS %s === %s",
               child->name, child->id, child->spi_in, bytes, child->spi_out, bytes, local, remote);
}

static SimOutcome
send_delete_child (SimIke *ike,
                   SimJob *job)
{
  SimChild *child = sim_ike_find_child (ike, job->child, job->child_id);

  if (child == NULL)
    return SIM_STEP_FAILED;

  log_closing (ike, child);
  sim_ike_log (ike, "IKE", 1, "sending DELETE for ESP CHILD_SA with SPI %08x", child->spi_in);
  sim_ike_log_sent (ike, "INFORMATIONAL", "D", "info-out-req");
  child->state = "DELETING";

  return sim_ike_has_answer (ike) ? SIM_STEP_NEXT : SIM_STEP_STUCK;
}

static SimOutcome
receive_delete_child (SimIke *ike,
                      SimJob *job)
{
  SimChild *child = sim_ike_find_child (ike, job->child, job->child_id);

  sim_ike_log_received (ike, "INFORMATIONAL", "D", "info-in-resp");
  sim_ike_log (ike, "IKE", 1, "received DELETE for ESP CHILD_SA with SPI %08x", child->spi_out);
  sim_ike_log (ike, "IKE", 1, "CHILD_SA closed");
  child->state = "DELETED";
  sim_child_emit_updown (ike, child, FALSE, "CHILD_DELETE");
  sim_ike_remove_child (ike, child);

  return SIM_STEP_DONE;
}

const SimStep sim_delete_child_steps[] = { send_delete_child, receive_delete_child };

static SimOutcome
send_rekey_child (SimIke *ike,
                  SimJob *job)
{
  SimChild *child = sim_ike_find_child (ike, job->child, job->child_id);

  if (child == NULL || !g_str_equal (child->state, "INSTALLED"))
    return SIM_STEP_FAILED;

  child->state = "REKEYING";
  sim_ike_log (ike, "IKE", 0, "establishing CHILD_SA %s reqid %u", child->name, child->reqid);
  sim_ike_log_sent (ike, "CREATE_CHILD_SA", "N(REKEY_SA) SA No TSi TSr", "create-child-out-req");

  return sim_ike_has_answer (ike) ? SIM_STEP_NEXT : SIM_STEP_STUCK;
}

static void
emit_child_rekey (SimIke   *ike,
                  SimChild *old,
                  SimChild *new)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciBuilder) children = vici_builder_new ();
  g_autoptr (ViciMessage) old_section = sim_child_list (old, ike->sim);
  g_autoptr (ViciMessage) new_section = sim_child_list (new, ike->sim);
  g_autoptr (ViciMessage) both = NULL;
  g_autoptr (ViciMessage) section = NULL;

  vici_builder_begin_section (children, new->name);
  vici_builder_add_section (children, "old", old_section);
  vici_builder_add_section (children, "new", new_section);
  vici_builder_end_section (children);
  both = sim_end (children);

  section = sim_ike_list_around (ike, "CHILD_REKEY", both);
  vici_builder_add_section (builder, ike->conn->name, section);
  sim_emit (ike->sim, "child-rekey", builder);
}

static SimOutcome
receive_rekey_child (SimIke *ike,
                     SimJob *job)
{
  SimChild *old = sim_ike_find_child (ike, job->child, job->child_id);
  SimChild *new;
  g_autofree char *what = NULL;

  sim_ike_log_received (ike, "CREATE_CHILD_SA", "SA No TSi TSr", "create-child-in-resp");
  new = sim_ike_install (ike, old->name, 0, TRUE);
  what = sim_child_describe (new);
  sim_ike_log (ike, "IKE", 0, "inbound CHILD_SA %s{%u} established with %s", new->name, new->id, what);
  sim_ike_log (ike, "IKE", 0, "outbound CHILD_SA %s{%u} established with %s", new->name, new->id, what);
  old->state = "REKEYED";
  emit_child_rekey (ike, old, new);
  sim_counters_count (ike->sim->counters, ike->conn->name, "child-rekey");

  log_closing (ike, old);
  sim_ike_log_sent (ike, "INFORMATIONAL", "D", "info-out-req");
  sim_ike_log_received (ike, "INFORMATIONAL", "D", "info-in-resp");
  sim_ike_log (ike, "IKE", 1, "CHILD_SA closed");
  old->state = "DELETED";
  old->gone_at = sim_now (ike->sim) + REPLACED_TIME;

  return SIM_STEP_DONE;
}

const SimStep sim_rekey_child_steps[] = { send_rekey_child, receive_rekey_child };

/* -- IKE_SAs -- */

static void
log_deleting (SimIke *ike)
{
  sim_ike_log (ike, "IKE", 0, "deleting IKE_SA %s[%u] between %s[%s]...%s[%s]",
               ike->conn->name, ike->id, ike->local_host, ike->local_id,
               ike->remote_host, ike->remote_id);
  sim_ike_log (ike, "IKE", 1, "sending DELETE for IKE_SA %s[%u]", ike->conn->name, ike->id);
  sim_ike_log_sent (ike, "INFORMATIONAL", "D", "info-out-req");
}

static void
emit_all_down (SimIke     *ike,
               const char *task)
{
  sim_ike_drop_children (ike);
  sim_ike_emit_updown (ike, FALSE, task);
  for (guint i = 0; i < ike->children->len; i++)
    {
      SimChild *child = ike->children->pdata[i];

      if (child->gone_at == 0)
        sim_child_emit_updown (ike, child, FALSE, task);
    }
}

static SimOutcome
send_delete (SimIke *ike,
             SimJob *job)
{
  log_deleting (ike);
  ike->state = "DELETING";

  return sim_ike_has_answer (ike) ? SIM_STEP_NEXT : SIM_STEP_STUCK;
}

static SimOutcome
receive_delete (SimIke *ike,
                SimJob *job)
{
  sim_ike_log_received (ike, "INFORMATIONAL", "", "info-in-resp");
  sim_ike_log (ike, "IKE", 0, "IKE_SA deleted");
  emit_all_down (ike, "IKE_DELETE");

  return SIM_STEP_ENDED;
}

const SimStep sim_delete_steps[] = { send_delete, receive_delete };

static SimOutcome
delete_now (SimIke *ike,
            SimJob *job)
{
  log_deleting (ike);
  ike->state = "DELETING";
  emit_all_down (ike, "IKE_DELETE");

  return SIM_STEP_ENDED;
}

const SimStep sim_delete_now_steps[] = { delete_now };

static SimOutcome
destroy (SimIke *ike,
         SimJob *job)
{
  sim_ike_log (ike, "IKE", 1, "destroying IKE_SA in state %s without notification", ike->state);

  return SIM_STEP_ENDED;
}

const SimStep sim_destroy_steps[] = { destroy };

static SimOutcome
send_rekey (SimIke *ike,
            SimJob *job)
{
  ike->state = "REKEYING";
  sim_ike_log (ike, "IKE", 0, "initiating IKE_SA %s[%u] to %s",
               ike->conn->name, ike->id + 1, ike->remote_host);
  sim_ike_log_sent (ike, "CREATE_CHILD_SA", "SA No KE", "create-child-out-req");

  return sim_ike_has_answer (ike) ? SIM_STEP_NEXT : SIM_STEP_STUCK;
}

/* The new one takes the place of the old one, children and all. */
static SimOutcome
receive_rekey (SimIke *ike,
               SimJob *job)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) old = sim_ike_list (ike, "IKE_REKEY");
  g_autoptr (ViciMessage) new = NULL;
  guint old_id = ike->id;

  sim_ike_log_received (ike, "CREATE_CHILD_SA", "SA No KE", "create-child-in-resp");
  ike->id = sim_sas_next_ike_id (ike->sim->sas);
  ike->initiator_spi = (guint64) g_random_int () << 32 | g_random_int ();
  ike->responder_spi = (guint64) g_random_int () << 32 | g_random_int ();
  ike->is_initiator = TRUE;
  ike->message_id = 0;
  sim_ike_set_established (ike);
  sim_ike_log (ike, "IKE", 0, "IKE_SA %s[%u] rekeyed between %s[%s]...%s[%s]",
               ike->conn->name, ike->id, ike->local_host, ike->local_id,
               ike->remote_host, ike->remote_id);
  sim_ike_log (ike, "IKE", 0, "deleting IKE_SA %s[%u]", ike->conn->name, old_id);
  sim_counters_count (ike->sim->counters, ike->conn->name, "ike-rekey-init");

  new = sim_ike_list (ike, NULL);
  vici_builder_begin_section (builder, ike->conn->name);
  vici_builder_add_section (builder, "old", old);
  vici_builder_add_section (builder, "new", new);
  vici_builder_end_section (builder);
  sim_emit (ike->sim, "ike-rekey", builder);

  return SIM_STEP_DONE;
}

const SimStep sim_rekey_steps[] = { send_rekey, receive_rekey };

static SimOutcome
receive_reauth (SimIke *ike,
                SimJob *job)
{
  sim_ike_log_received (ike, "INFORMATIONAL", "", "info-in-resp");
  sim_ike_log (ike, "IKE", 0, "IKE_SA deleted");
  emit_all_down (ike, "IKE_REAUTH");
  for (guint i = 0; i < ike->children->len; i++)
    {
      SimChild *child = ike->children->pdata[i];

      if (child->gone_at == 0)
        sim_sas_start (ike->sim->sas, ike->conn, child->name);
    }

  return SIM_STEP_ENDED;
}

const SimStep sim_reauth_steps[] = { send_delete, receive_reauth };
