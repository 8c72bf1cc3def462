/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The commands that make SAs and renew them. */

#include "sim-ike.h"

#include <string.h>

#include "sim-selector.h"

/* -- initiate -- */

typedef struct
{
  ViciInvocation *invocation;
  const char     *type;
  char           *name;
  int             timeout;
} Initiate;

static void
initiate_free (gpointer data)
{
  Initiate *initiate = data;

  g_object_unref (initiate->invocation);
  g_free (initiate->name);
  g_free (initiate);
}

static void
on_initiated (SimWaitEnd end,
              gpointer   data)
{
  Initiate *initiate = data;

  if (end == SIM_WAIT_DONE)
    vici_invocation_return_success (initiate->invocation);
  else if (end == SIM_WAIT_TIMED_OUT)
    sim_fail (initiate->invocation, "%s '%s' not established after %dms",
              initiate->type, initiate->name, initiate->timeout);
  else
    sim_fail (initiate->invocation, "establishing %s '%s' failed", initiate->type, initiate->name);
}

static SimConn *
find_conn (Sim        *sim,
           const char *ike,
           const char *child)
{
  return child != NULL ? sim_conns_find_with_child (sim->conns, ike, child)
                       : sim_conns_find (sim->conns, ike);
}

static SimWait *
make_wait (ViciInvocation *invocation,
           const char     *type,
           const char     *name)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  Initiate *initiate = g_new0 (Initiate, 1);

  initiate->invocation = g_object_ref (invocation);
  initiate->type = type;
  initiate->name = g_strdup (name);
  initiate->timeout = (int) vici_message_lookup_int64 (request, "timeout", 0);

  return sim_wait_new (invocation, sim_wait_get_level (request), (guint) MAX (initiate->timeout, 0),
                       on_initiated, initiate, initiate_free);
}

static SimIke *
get_ike (Sim     *sim,
         SimConn *conn,
         SimWait *wait)
{
  static const char text[] = "unable to resolve %any, initiate aborted";
  SimIke *ike = sim_ike_new (sim, conn, TRUE);

  if (ike->remote_host != NULL)
    {
      sim_sas_add (sim->sas, ike);
      return ike;
    }

  sim_log_line (sim, "IKE", 1, conn->name, ike->id, text);
  sim_wait_log (wait, "IKE", 1, conn->name, ike->id, text);
  sim_wait_end (wait, SIM_WAIT_FAILED);
  sim_ike_unref (ike);

  return NULL;
}

/* An IKE_SA that is there already is not established again, and who waits for that
 * waits for long: so does charon. */
static void
establish (Sim        *sim,
           SimConn    *conn,
           const char *child,
           SimWait    *wait)
{
  SimIke *ike = sim_sas_find_usable (sim->sas, conn);

  if (ike != NULL && child != NULL)
    sim_ike_queue (ike, sim_create_child_steps, child, 0, wait);
  else if (ike != NULL)
    sim_sas_add_waiting (sim->sas, wait);
  else if ((ike = get_ike (sim, conn, wait)) != NULL)
    sim_ike_queue (ike, sim_establish_steps, child, 0, wait);
}

static void
initiate (Sim            *sim,
          ViciInvocation *invocation)
{
  g_autofree char *ike = sim_request (invocation, "ike");
  g_autofree char *child = sim_request (invocation, "child");
  const char *type = child != NULL ? "CHILD_SA" : "IKE_SA";
  const char *name = child != NULL ? child : ike;
  g_autoptr (SimWait) wait = NULL;
  SimConn *conn;

  if (name == NULL)
    {
      sim_fail (invocation, "missing configuration name");
      return;
    }

  sim_log (sim, "CFG", "vici initiate %s '%s'", type, name);
  conn = find_conn (sim, ike, child);
  if (conn == NULL)
    {
      sim_fail (invocation, "%s config '%s' not found", type, name);
      return;
    }

  wait = make_wait (invocation, type, name);
  establish (sim, conn, child, wait);
  if (vici_message_lookup_int64 (vici_invocation_get_request (invocation), "timeout", 0) < 0)
    sim_wait_end (wait, SIM_WAIT_DONE);
}

/* -- rekey -- */

/* Answers with the number of those that were found. */
static void
return_matches (ViciInvocation *invocation,
                const char     *verb,
                guint           matches)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_boolean (builder, "success", matches > 0);
  vici_builder_add_uint64 (builder, "matches", matches);
  if (matches == 0)
    vici_builder_add_printf (builder, "errmsg", "no matching SAs to %s found", verb);

  sim_return (invocation, builder);
}

static guint
rekey_children (SimIke       *ike,
                SimSelection *selection)
{
  guint matches = 0;

  for (guint i = 0; i < ike->children->len; i++)
    {
      SimChild *child = ike->children->pdata[i];

      if (child->gone_at != 0 || !sim_selection_has_child (selection, child))
        continue;
      matches++;
      sim_ike_queue (ike, sim_rekey_child_steps, child->name, child->id, NULL);
    }

  return matches;
}

static void
rekey (Sim            *sim,
       ViciInvocation *invocation)
{
  gboolean reauth = vici_message_lookup_boolean (vici_invocation_get_request (invocation), "reauth", FALSE);
  GPtrArray *ikes = sim_sas_get (sim->sas);
  g_auto (SimSelection) selection = { NULL };
  guint matches = 0;

  sim_selection_init (&selection, invocation);
  if (sim_selection_is_empty (&selection))
    {
      sim_fail (invocation, "missing rekey selector");
      return;
    }

  /* None is removed meanwhile: that takes an answer of the peer. */
  sim_selection_log (&selection, sim, "rekey");
  for (guint i = 0; i < ikes->len; i++)
    {
      SimIke *ike = ikes->pdata[i];

      if (!sim_selection_has (&selection, ike) || !sim_ike_is (ike, "ESTABLISHED"))
        continue;
      if (sim_selection_is_of_children (&selection))
        {
          matches += rekey_children (ike, &selection);
          continue;
        }
      matches++;
      sim_ike_queue (ike, reauth ? sim_reauth_steps : sim_rekey_steps, NULL, 0, NULL);
    }

  return_matches (invocation, "rekey", matches);
}

/* -- redirect -- */

typedef struct
{
  SimSelection selection;
  char        *peer_id;
  SimRange     range;
  gboolean     has_range;
} Redirect;

/* A wildcard stands for the beginning of a name; an address has none. */
static gboolean
matches_id (const char *pattern,
            const char *id)
{
  if (*pattern != '*')
    return g_str_equal (pattern, id);

  return pattern[1] == '\0' || (!sim_is_address (id) && g_str_has_suffix (id, pattern + 1));
}

static gboolean
is_redirected (Redirect *redirect,
               SimIke   *ike)
{
  SimRange host;

  if (!sim_selection_has (&redirect->selection, ike) || !sim_ike_is (ike, "ESTABLISHED") ||
      sim_ike_is_v1 (ike))
    return FALSE;
  if (redirect->peer_id != NULL && !matches_id (redirect->peer_id, ike->remote_id))
    return FALSE;

  return !redirect->has_range ||
         (sim_parse_range (ike->remote_host, &host) && host.family == redirect->range.family &&
          memcmp (host.from, redirect->range.from, sizeof host.from) >= 0 &&
          memcmp (host.from, redirect->range.to, sizeof host.from) <= 0);
}

/* A peer that has come to us goes; one that we went to stays. */
static guint
redirect_matching (Sim      *sim,
                   Redirect *redirect)
{
  GPtrArray *ikes = sim_sas_get (sim->sas);
  guint matches = 0;

  for (guint i = ikes->len; i > 0; i--)
    {
      SimIke *ike = ikes->pdata[i - 1];

      if (!is_redirected (redirect, ike))
        continue;
      matches++;
      if (!ike->is_initiator)
        sim_ike_queue (ike, sim_delete_steps, NULL, 0, NULL);
    }

  return matches;
}

static void
redirect (Sim            *sim,
          ViciInvocation *invocation)
{
  g_autofree char *gateway = sim_request (invocation, "gateway");
  g_autofree char *peer_ip = sim_request (invocation, "peer-ip");
  g_autofree char *peer_id = sim_request (invocation, "peer-id");
  g_auto (SimSelection) selection = { NULL };
  Redirect wanted = { .peer_id = peer_id, .has_range = peer_ip != NULL };

  sim_selection_init (&selection, invocation);
  wanted.selection = (SimSelection) { .ike = selection.ike, .ike_id = selection.ike_id };

  if (gateway == NULL)
    sim_fail (invocation, "missing target gateway");
  else if (peer_ip != NULL && !sim_parse_range (peer_ip, &wanted.range))
    sim_fail (invocation, "invalid peer IP selector");
  else if (peer_id != NULL && !g_str_is_ascii (peer_id))
    sim_fail (invocation, "invalid peer identity selector");
  else if (sim_selection_is_empty (&wanted.selection) && peer_ip == NULL && peer_id == NULL)
    sim_fail (invocation, "missing redirect selector");
  else
    {
      if (selection.ike != NULL)
        sim_log (sim, "CFG", "vici redirect IKE_SA '%s' to '%s'", selection.ike, gateway);
      return_matches (invocation, "redirect", redirect_matching (sim, &wanted));
    }
}

void
sim_control_add (Sim *sim)
{
  static const SimCommand commands[] = {
    { "initiate", initiate },
    { "rekey", rekey },
    { "redirect", redirect },
  };

  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));
}
