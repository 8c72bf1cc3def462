/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How an IKE_SA and its children come to be, in the words of charon's log. */

#include "sim-ike.h"

#include <string.h>

static const char *
get_init (SimIke *ike)
{
  return sim_ike_is_v1 (ike) ? "ID_PROT" : "IKE_SA_INIT";
}

static const char *
get_auth (SimIke *ike)
{
  return sim_ike_is_v1 (ike) ? "ID_PROT" : "IKE_AUTH";
}

/* -- Children -- */

SimChild *
sim_ike_install (SimIke     *self,
                 const char *name,
                 guint       id,
                 gboolean    with_ke)
{
  SimChild *child = sim_ike_add_child (self, name, id);
  g_auto (GStrv) proposals = vici_message_lookup_strv (child->config, "esp_proposals");
  g_autofree char *suite = NULL;

  sim_select_suite ((const char * const *) proposals, FALSE, &child->suite);
  if (!with_ke)
    child->suite.ke = NULL;
  suite = sim_print_suite (&child->suite, FALSE);
  sim_ike_log (self, "CFG", 1, "selected proposal: %s", suite);

  return child;
}

static void
log_child_up (SimIke   *ike,
              SimChild *child)
{
  g_autofree char *what = sim_child_describe (child);

  sim_ike_log (ike, "IKE", 0, "CHILD_SA %s{%u} established with %s", child->name, child->id, what);
}

/* -- IKE_SAs -- */

static SimOutcome
send_init (SimIke *ike,
           SimJob *job)
{
  gboolean v1 = sim_ike_is_v1 (ike);

  sim_ike_log (ike, "IKE", 0, "initiating %sIKE_SA %s[%u] to %s", v1 ? "Main Mode " : "",
               ike->conn->name, ike->id, ike->remote_host);
  sim_ike_log_sent (ike, get_init (ike),
                    v1 ? "SA V V V V V"
                       : "SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(REDIR_SUP)",
                    "ike-init-out-req");

  return sim_ike_has_answer (ike) ? SIM_STEP_NEXT : SIM_STEP_STUCK;
}

/* Whether we have what it takes to prove who we are. */
static gboolean
authenticate (SimIke *ike)
{
  g_autoptr (GPtrArray) rounds = sim_conn_get_rounds (ike->conn, "local");
  const char *class = sim_round_get_class (rounds->pdata[0]);
  const char *method = "EAP";

  if (class == NULL || g_str_equal (class, "public key"))
    {
      method = "RSA signature";
      if (!sim_creds_has_private (ike->sim->creds))
        {
          sim_ike_log (ike, "IKE", 1, "no private key found for '%s'", ike->local_id);
          return FALSE;
        }
    }
  else if (g_str_equal (class, "pre-shared key"))
    {
      method = "pre-shared key";
      if (!sim_shared_has (ike->sim->shared, "IKE", ike->local_id, ike->remote_id))
        {
          sim_ike_log (ike, "IKE", 1, "no shared key found for '%s' - '%s'", ike->local_id, ike->remote_id);
          return FALSE;
        }
    }

  sim_ike_log (ike, "IKE", 1, "authentication of '%s' (myself) with %s", ike->local_id, method);

  return TRUE;
}

static void
send_auth (SimIke *ike,
           SimJob *job)
{
  g_autoptr (GString) payloads = g_string_new ("IDi N(INIT_CONTACT) IDr AUTH");
  g_auto (GStrv) vips = vici_message_lookup_strv (ike->conn->config, "vips");

  if (vips != NULL && vips[0] != NULL)
    g_string_append (payloads, strchr (vips[0], ':') != NULL ? " CPRQ(ADDR6)" : " CPRQ(ADDR)");
  if (job->child != NULL)
    {
      job->child_id = sim_sas_next_id (ike->sim->sas);
      sim_ike_log (ike, "IKE", 0, "establishing CHILD_SA %s{%u}", job->child, job->child_id);
      g_string_append (payloads, " SA TSi TSr");
    }
  g_string_append (payloads, " N(MOBIKE_SUP) N(NO_ADD_ADDR) N(MULT_AUTH) N(EAP_ONLY) N(MSG_ID_SYN_SUP)");

  sim_ike_leave_port (ike);
  sim_ike_log_sent (ike, get_auth (ike), payloads->str, "ike-auth-out-req");
}

static SimOutcome
receive_init (SimIke *ike,
              SimJob *job)
{
  g_auto (GStrv) proposals = vici_message_lookup_strv (ike->conn->config, "proposals");
  g_autofree char *suite = NULL;

  sim_ike_log_received (ike, get_init (ike),
                        "SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(CHDLESS_SUP) N(MULT_AUTH)",
                        "ike-init-in-resp");
  sim_select_suite ((const char * const *) proposals, TRUE, &ike->suite);
  suite = sim_print_suite (&ike->suite, TRUE);
  sim_ike_log (ike, "CFG", 1, "selected proposal: %s", suite);
  ike->responder_spi = (guint64) g_random_int () << 32 | g_random_int ();
  ike->local_id = sim_conn_get_id (ike->conn, "local", ike->local_host);
  ike->remote_id = sim_conn_get_id (ike->conn, "remote", ike->remote_host);

  if (!authenticate (ike))
    {
      g_autoptr (ViciMessage) section = sim_ike_list (ike, NULL);

      sim_emit_alert (ike->sim, "local-auth-failed", ike->conn->name, section);
      return SIM_STEP_LOST;
    }

  send_auth (ike, job);

  return SIM_STEP_NEXT;
}

static SimOutcome
receive_refusal (SimIke *ike)
{
  static const char tasks[] =
    "IKE_CERT_PRE IKE_AUTH IKE_CERT_POST IKE_AUTH_LIFETIME IKE_MOBIKE IKE_ESTABLISH CHILD_CREATE";
  g_autoptr (ViciMessage) section = sim_ike_list (ike, tasks);

  sim_ike_log_received (ike, get_auth (ike), "N(AUTH_FAILED)", "ike-auth-in-resp");
  sim_ike_log (ike, "IKE", 1, "received AUTHENTICATION_FAILED notify error");
  sim_emit_alert (ike->sim, "local-auth-failed", ike->conn->name, section);
  sim_ike_emit_updown (ike, FALSE, tasks);

  return SIM_STEP_LOST;
}

/* The address that was asked for, or one that the peer has. */
static void
receive_vip (SimIke *ike)
{
  g_auto (GStrv) vips = vici_message_lookup_strv (ike->conn->config, "vips");

  if (vips == NULL || vips[0] == NULL)
    return;

  if (g_str_equal (vips[0], "0.0.0.0"))
    ike->vip = g_strdup_printf ("10.3.0.%u", 1 + (ike->id - 1) % 254);
  else if (g_str_equal (vips[0], "::"))
    ike->vip = g_strdup_printf ("fec0::%x", ike->id);
  else
    ike->vip = g_strdup (vips[0]);
  sim_ike_log (ike, "IKE", 1, "installing new virtual IP %s", ike->vip);
}

static SimOutcome
receive_auth (SimIke *ike,
              SimJob *job)
{
  SimChild *child;

  if (sim_faults_has_peer (ike->sim->faults, "refuse", ike->remote_host))
    return receive_refusal (ike);

  sim_ike_log_received (ike, get_auth (ike),
                        job->child ? "IDr AUTH SA TSi TSr N(MOBIKE_SUP) N(NO_ADD_ADDR)"
                                   : "IDr AUTH N(MOBIKE_SUP) N(NO_ADD_ADDR)",
                        "ike-auth-in-resp");
  sim_ike_log (ike, "IKE", 1, "authentication of '%s' with pre-shared key successful", ike->remote_id);
  receive_vip (ike);
  sim_ike_set_established (ike);
  sim_ike_log (ike, "IKE", 0, "IKE_SA %s[%u] established between %s[%s]...%s[%s]",
               ike->conn->name, ike->id, ike->local_host, ike->local_id,
               ike->remote_host, ike->remote_id);
  if (ike->rekey_at != 0)
    sim_ike_log (ike, "IKE", 1, "scheduling rekeying in %us", (guint) (ike->rekey_at - ike->established));
  sim_ike_emit_updown (ike, TRUE, job->child ? "IKE_ESTABLISH CHILD_CREATE" : "IKE_ESTABLISH");

  if (job->child != NULL)
    {
      child = sim_ike_install (ike, job->child, job->child_id, FALSE);
      log_child_up (ike, child);
      sim_child_emit_updown (ike, child, TRUE, "CHILD_CREATE");
    }

  return SIM_STEP_DONE;
}

const SimStep sim_establish_steps[] = { send_init, receive_init, receive_auth };

/* -- Further children -- */

static SimOutcome
send_create_child (SimIke *ike,
                   SimJob *job)
{
  SimChild *other = sim_ike_find_child (ike, job->child, 0);

  job->child_id = sim_sas_next_id (ike->sim->sas);
  if (other != NULL)
    {
      g_autofree char *what = sim_child_describe (other);

      sim_ike_log (ike, "IKE", 1, "not establishing CHILD_SA %s{%u} due to existing duplicate {%u} with %s",
                   job->child, job->child_id, other->id, what);
      return SIM_STEP_FAILED;
    }

  sim_ike_log (ike, "IKE", 0, "establishing CHILD_SA %s{%u}", job->child, job->child_id);
  sim_ike_log_sent (ike, "CREATE_CHILD_SA", "SA No TSi TSr", "create-child-out-req");

  return sim_ike_has_answer (ike) ? SIM_STEP_NEXT : SIM_STEP_STUCK;
}

static SimOutcome
receive_create_child (SimIke *ike,
                      SimJob *job)
{
  SimChild *child;

  sim_ike_log_received (ike, "CREATE_CHILD_SA", "SA No TSi TSr", "create-child-in-resp");
  child = sim_ike_install (ike, job->child, job->child_id, TRUE);
  log_child_up (ike, child);
  sim_child_emit_updown (ike, child, TRUE, "CHILD_CREATE");

  return SIM_STEP_DONE;
}

const SimStep sim_create_child_steps[] = { send_create_child, receive_create_child };
