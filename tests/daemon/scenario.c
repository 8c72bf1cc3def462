/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two daemons and a tunnel between them, from its credentials to its end.
 *
 * The same is in scenario.py and in scenario.js. scenario-steps.txt names the steps, and
 * run-scenario.py prepares what they need. */

#include <signal.h>

#include "scenario-side.h"

#define SECRET "the two of us know"

static Side alice, bob;
static Side * const sides[] = { &alice, &bob };

static Side *
get_peer (Side *side)
{
  return side == &alice ? &bob : &alice;
}

/* Forgets what was wrong. The tunnel was not concerned. */
static void
unload (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (GError) error = NULL;

      vici_daemon_unload_conn_sync (sides[i]->daemon, name, NULL, &error);
      g_assert_no_error (error);
      vici_daemon_unload_shared_sync (sides[i]->daemon, name, NULL, &error);
      g_assert_no_error (error);
      side_assert_holds (sides[i], "tunnel", "tunnel", sides[i]->key);
    }
}

/* -- The tunnel -- */

static GListModel *
list_certs (Side *side)
{
  g_autoptr (GError) error = NULL;
  GListModel *certs;

  certs = vici_daemon_list_certs_sync (side->daemon, NULL, NULL, &error);
  g_assert_no_error (error);

  return certs;
}

static void
load_cert (Side        *side,
           ViciCertFlag flag,
           GBytes      *data)
{
  g_autoptr (GError) error = NULL;

  vici_daemon_load_cert_sync (side->daemon, VICI_CERT_TYPE_X509, flag, data, NULL, &error);
  g_assert_no_error (error);
}

static void
test_credentials (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      Side *side = sides[i];
      g_autoptr (GBytes) authority = load_contents ("authority", ".crt");
      g_autoptr (GBytes) own = load_contents (side->name, ".crt");
      g_autoptr (GListModel) certs = NULL;

      load_cert (side, VICI_CERT_FLAG_CA, authority);
      load_cert (side, VICI_CERT_FLAG_NONE, own);
      side->key = side_load_key (side, side->name);

      certs = list_certs (side);
      g_assert_cmpuint (g_list_model_get_n_items (certs), ==, 2);
      for (guint j = 0; j < 2; j++)
        {
          g_autoptr (ViciCert) cert = g_list_model_get_item (certs, j);
          gboolean is_authority = vici_cert_get_flag (cert) == VICI_CERT_FLAG_CA;

          g_assert_true (g_bytes_equal (vici_cert_get_der (cert), is_authority ? authority : own));
          g_assert_cmpint (vici_cert_get_has_private_key (cert), ==, !is_authority);
        }
      side_assert_holds (side, NULL, NULL, side->key);
    }
}

static ViciConnConfig *
make_tunnel (Side *side)
{
  static const char * const proposals[] = { "aes128-sha256-x25519", NULL };
  Side *peer = get_peer (side);
  const char *local_ts[] = { side->network, NULL };
  const char *remote_ts[] = { peer->network, NULL };
  g_autoptr (ViciAuthConfig) local = auth_config ("pubkey", side->id);
  g_autoptr (ViciAuthConfig) remote = auth_config ("pubkey", peer->id);
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("net");
  ViciConnConfig *conn = side_make_conn (side, "tunnel", peer, local, remote);

  vici_child_config_set_esp_proposals (child, proposals);
  vici_child_config_set_local_ts (child, local_ts);
  vici_child_config_set_remote_ts (child, remote_ts);
  vici_conn_config_add_child (conn, child);

  return conn;
}

static void
test_connection (void)
{
  static const char * const none[] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      Side *side = sides[i];
      g_autoptr (ViciConnConfig) config = make_tunnel (side);
      g_autoptr (ViciConn) conn = NULL;
      g_autoptr (ViciConnAuth) local = NULL;
      g_autoptr (GListModel) conns = NULL;
      g_auto (GStrv) differences = NULL;
      g_autoptr (GError) error = NULL;

      side_load_conn (side, config);

      conns = vici_daemon_list_conns_sync (side->daemon, NULL, NULL, &error);
      g_assert_no_error (error);
      conn = get_only_item (conns);
      differences = vici_conn_config_compare (config, conn, &error);
      g_assert_no_error (error);
      g_assert_cmpstrv (differences, none);

      g_assert_cmpstr (vici_conn_get_name (conn), ==, "tunnel");
      local = get_only_item (vici_conn_get_local_auths (conn));
      g_assert_cmpint (vici_conn_auth_get_auth_class (local), ==, VICI_AUTH_CLASS_PUBLIC_KEY);
      g_assert_cmpstr (vici_conn_auth_get_id (local), ==, side->id);
      side_assert_holds (side, NULL, "tunnel", side->key);
    }
}

/* The first entry whose text starts so, or NULL. */
static ViciLogEntry *
find_entry (ViciControlLog *log,
            const char     *text)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (log));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ViciLogEntry) entry = g_list_model_get_item (G_LIST_MODEL (log), i);

      if (g_str_has_prefix (vici_log_entry_get_text (entry), text))
        return g_steal_pointer (&entry);
    }

  return NULL;
}

static void
count_entry (ViciControlLog *log,
             ViciLogEntry   *entry,
             guint          *n_entries)
{
  (*n_entries)++;
}

static void
test_initiate (void)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (ViciLogEntry) first = NULL;
  guint n_entries = 0;

  g_signal_connect (log, "entry", G_CALLBACK (count_entry), &n_entries);
  side_initiate (&alice, "tunnel", "net", log);

  g_assert_cmpuint (n_entries, ==, g_list_model_get_n_items (G_LIST_MODEL (log)));
  first = find_entry (log, "initiating IKE_SA");

  g_assert_nonnull (first);
  g_assert_cmpint (vici_log_entry_get_group (first), ==, VICI_LOG_GROUP_IKE);
  g_assert_cmpstr (vici_log_entry_get_ike_sa_name (first), ==, "tunnel");
  g_assert_cmpint (vici_control_log_get_failure (log), ==, VICI_FAILURE_NONE);
}

static void
test_events (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (Event) ike = side_wait_updown (sides[i], "ike-updown", TRUE, "tunnel");
      g_autoptr (Event) child = side_wait_updown (sides[i], "child-updown", TRUE, "net");

      g_assert_cmpint (vici_ike_sa_get_state (ike->sa), ==, VICI_IKE_SA_STATE_ESTABLISHED);
      g_assert_cmpint (vici_ike_sa_get_initiator (ike->sa), ==, sides[i] == &alice);
      g_assert_cmpint (vici_child_sa_get_state (VICI_CHILD_SA (child->new_sa)), ==,
                       VICI_CHILD_SA_STATE_INSTALLED);
    }
}

static void
test_sas (void)
{
  g_autoptr (ViciIkeSa) a = side_get_sa (&alice);
  g_autoptr (ViciIkeSa) b = side_get_sa (&bob);
  g_autoptr (ViciChildSa) a_child = get_only_item (vici_ike_sa_get_child_sas (a));
  g_autoptr (ViciChildSa) b_child = get_only_item (vici_ike_sa_get_child_sas (b));

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      Side *side = sides[i], *peer = get_peer (side);
      const char *local_ts[] = { side->network, NULL };
      const char *remote_ts[] = { peer->network, NULL };
      ViciIkeSa *sa = i == 0 ? a : b;
      ViciChildSa *child = i == 0 ? a_child : b_child;

      g_assert_cmpstr (vici_ike_sa_get_local_host (sa), ==, side->addresses[0]);
      g_assert_cmpstr (vici_ike_sa_get_remote_host (sa), ==, peer->addresses[0]);
      g_assert_cmpstr (vici_ike_sa_get_local_id (sa), ==, side->id);
      g_assert_cmpstr (vici_ike_sa_get_remote_id (sa), ==, peer->id);
      g_assert_cmpstr (vici_ike_sa_get_encr_alg (sa), ==, "AES_CBC");
      g_assert_cmpuint (vici_ike_sa_get_encr_keysize (sa), ==, 128);
      g_assert_cmpstrv (vici_child_sa_get_local_ts (child), local_ts);
      g_assert_cmpstrv (vici_child_sa_get_remote_ts (child), remote_ts);
      g_assert_cmpint (vici_child_sa_get_rekey_time (child), >, 0);
      g_assert_cmpint (vici_child_sa_get_rekey_time (child), <, vici_child_sa_get_life_time (child));
      g_assert_cmpint (vici_child_sa_get_install_time (child), >=, 0);
    }

  /* Each side says of the other what that says of itself. */
  g_assert_cmpuint (vici_ike_sa_get_initiator_spi (a), ==, vici_ike_sa_get_initiator_spi (b));
  g_assert_cmpuint (vici_ike_sa_get_responder_spi (a), ==, vici_ike_sa_get_responder_spi (b));
  g_assert_cmpuint (vici_child_sa_get_spi_in (a_child), ==, vici_child_sa_get_spi_out (b_child));
  g_assert_cmpuint (vici_child_sa_get_spi_out (a_child), ==, vici_child_sa_get_spi_in (b_child));
}

/* -- Rekeying -- */

/* Takes the options. */
static void
rekey_one (ViciRekeyOptions *options)
{
  g_autoptr (ViciRekeyOptions) owned G_GNUC_UNUSED = options;
  g_autoptr (GError) error = NULL;
  gint64 matches;

  matches = vici_daemon_rekey_sync (alice.daemon, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (matches, ==, 1);
}

static void
test_rekey_child (void)
{
  rekey_one (g_object_new (VICI_TYPE_REKEY_OPTIONS, "child", "net", NULL));

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (Event) event = side_wait_rekey (sides[i], "child-rekey");
      ViciChildSa *old_sa = VICI_CHILD_SA (event->old_sa);
      ViciChildSa *new_sa = VICI_CHILD_SA (event->new_sa);

      g_assert_cmpstr (vici_ike_sa_get_name (event->sa), ==, "tunnel");
      g_assert_cmpstr (vici_child_sa_get_name (old_sa), ==, "net");
      g_assert_cmpstr (vici_child_sa_get_name (new_sa), ==, "net");
      g_assert_cmpuint (vici_child_sa_get_unique_id (new_sa), >, vici_child_sa_get_unique_id (old_sa));
      g_assert_cmpstr (vici_child_sa_get_dh_group (new_sa), ==, "CURVE_25519");
    }
}

static void
test_rekey_ike (void)
{
  rekey_one (g_object_new (VICI_TYPE_REKEY_OPTIONS, "ike", "tunnel", NULL));

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (Event) event = side_wait_rekey (sides[i], "ike-rekey");
      guint old_id = vici_ike_sa_get_unique_id (VICI_IKE_SA (event->old_sa));
      guint new_id = vici_ike_sa_get_unique_id (VICI_IKE_SA (event->new_sa));
      g_autoptr (ViciIkeSa) sa = NULL;

      g_assert_cmpuint (new_id, >, old_id);
      side_wait_logged (sides[i], old_id, "IKE_SA deleted");
      sa = side_get_sa (sides[i]);
      g_assert_cmpuint (vici_ike_sa_get_unique_id (sa), ==, new_id);
      g_assert_cmpint (vici_ike_sa_get_state (sa), ==, VICI_IKE_SA_STATE_ESTABLISHED);
    }
}

/* -- What goes wrong -- */

/* Loads a connection with a secret into both. Returns what alice is to have, which is
 * not loaded yet. */
static ViciConnConfig *
prepare_psk (const char *name,
             const char *secret)
{
  g_autoptr (ViciConnConfig) of_bob = side_make_psk_conn (&bob, name, &alice);

  side_load_conn (&bob, of_bob);
  side_load_psk (&bob, name, &alice, SECRET);
  side_load_psk (&alice, name, &bob, secret);

  return side_make_psk_conn (&alice, name, &bob);
}

static void
wait_down (Side       *side,
           const char *ike)
{
  event_free (side_wait_updown (side, "ike-updown", FALSE, ike));
}

static void
test_wrong_psk (void)
{
  g_autoptr (ViciConnConfig) conn = prepare_psk ("wrong-psk", "something else");

  side_load_conn (&alice, conn);

  g_assert_cmpint (side_fail_to_initiate (&alice, "wrong-psk"), ==, VICI_FAILURE_AUTHENTICATION_FAILED);
  unload ("wrong-psk");
}

static void
test_wrong_proposal (void)
{
  static const char * const proposals[] = { "aes256-sha512-ecp384", NULL };
  g_autoptr (ViciConnConfig) conn = prepare_psk ("wrong-proposal", SECRET);

  vici_conn_config_set_proposals (conn, proposals);
  side_load_conn (&alice, conn);

  g_assert_cmpint (side_fail_to_initiate (&alice, "wrong-proposal"), ==,
                   VICI_FAILURE_IKE_NO_PROPOSAL_CHOSEN);
  unload ("wrong-proposal");
}

static void
test_wrong_identity (void)
{
  g_autoptr (ViciConnConfig) conn = prepare_psk ("wrong-identity", SECRET);
  g_autoptr (ViciAuthConfig) remote = get_only_item (vici_conn_config_get_remotes (conn));

  vici_auth_config_set_id (remote, "*@elsewhere");
  side_load_conn (&alice, conn);

  g_assert_cmpint (side_fail_to_initiate (&alice, "wrong-identity"), ==, VICI_FAILURE_IDENTITY_MISMATCH);
  /* It was up for bob, until alice told him. */
  wait_down (&bob, "wrong-identity");
  unload ("wrong-identity");
}

static void
test_wrong_certificate (void)
{
  g_autoptr (ViciAuthConfig) local = auth_config ("pubkey", "alice.example.org");
  g_autoptr (ViciAuthConfig) remote = auth_config ("pubkey", "mallory.example.org");
  g_autoptr (ViciConnConfig) of_alice = side_make_conn (&alice, "wrong-certificate", &bob, local, remote);
  g_autoptr (ViciConnConfig) of_bob = side_make_conn (&bob, "wrong-certificate", &alice, remote, local);
  g_autoptr (GBytes) certificate = load_contents ("mallory", ".crt");
  g_autofree char *key = side_load_key (&bob, "mallory");
  g_autoptr (GError) error = NULL;

  side_load_conn (&alice, of_alice);
  vici_auth_config_add_cert (remote, certificate);
  side_load_conn (&bob, of_bob);

  g_assert_cmpint (side_fail_to_initiate (&alice, "wrong-certificate"), ==,
                   VICI_FAILURE_CERTIFICATE_NOT_TRUSTED);
  wait_down (&bob, "wrong-certificate");
  vici_daemon_unload_key_sync (bob.daemon, key, NULL, &error);
  g_assert_no_error (error);
  unload ("wrong-certificate");
}

/* The unique id of the only IKE_SA that bob has begun to set up. */
static guint
find_half_open (void)
{
  g_autoptr (GListModel) sas = side_list_sas (&bob);
  guint found = 0;

  for (guint i = 0; i < g_list_model_get_n_items (sas); i++)
    {
      g_autoptr (ViciIkeSa) sa = g_list_model_get_item (sas, i);

      if (vici_ike_sa_get_state (sa) != VICI_IKE_SA_STATE_CONNECTING)
        continue;
      g_assert_cmpuint (found, ==, 0);
      found = vici_ike_sa_get_unique_id (sa);
    }
  g_assert_cmpuint (found, !=, 0);

  return found;
}

static void
test_silent_peer (void)
{
  g_autoptr (ViciConnConfig) conn = prepare_psk ("silent", SECRET);
  ViciFailure failure;

  side_load_conn (&alice, conn);

  real_stop (bob.pid);
  failure = side_fail_to_initiate (&alice, "silent");
  g_assert_cmpint (kill (bob.pid, SIGCONT), ==, 0);
  g_assert_cmpint (failure, ==, VICI_FAILURE_PEER_NOT_RESPONDING);

  /* He is back, and goes on with what alice has given up as well. */
  side_initiate (&alice, "silent", NULL, NULL);
  side_terminate (&bob, g_object_new (VICI_TYPE_TERMINATE_OPTIONS, "ike-id", find_half_open (), NULL), NULL);
  side_terminate (&alice, g_object_new (VICI_TYPE_TERMINATE_OPTIONS, "ike", "silent", NULL), NULL);
  wait_down (&bob, "silent");
  unload ("silent");
}

/* -- What follows -- */

static void
test_redirect (void)
{
  const char *gateway = real_getenv ("VICI_TEST_GATEWAY");
  g_autoptr (ViciRedirectOptions) options = vici_redirect_options_new ();
  g_autoptr (GError) error = NULL;
  gint64 matches;

  vici_redirect_options_set_ike (options, "tunnel");
  matches = vici_daemon_redirect_sync (bob.daemon, gateway, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (matches, ==, 1);

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (Event) up = side_wait_updown (sides[i], "ike-updown", TRUE, "tunnel");
      g_autoptr (Event) down = side_wait_updown (sides[i], "ike-updown", FALSE, "tunnel");
      guint new_id = vici_ike_sa_get_unique_id (up->sa);
      g_autoptr (ViciIkeSa) sa = NULL;

      g_assert_cmpuint (new_id, >, vici_ike_sa_get_unique_id (down->sa));
      event_free (side_wait_updown (sides[i], "child-updown", TRUE, "net"));
      event_free (side_wait_updown (sides[i], "child-updown", FALSE, "net"));

      sa = side_get_sa (sides[i]);
      g_assert_cmpuint (vici_ike_sa_get_unique_id (sa), ==, new_id);
      g_assert_cmpstr (sides[i] == &alice ? vici_ike_sa_get_remote_host (sa) : vici_ike_sa_get_local_host (sa),
                       ==, gateway);
    }
}

/* Takes the options, which may be NULL. */
static GListModel *
get_counters (Side                   *side,
              ViciGetCountersOptions *options)
{
  g_autoptr (ViciGetCountersOptions) owned G_GNUC_UNUSED = options;
  g_autoptr (GError) error = NULL;
  GListModel *counters;

  counters = vici_daemon_get_counters_sync (side->daemon, options, NULL, &error);
  g_assert_no_error (error);

  return counters;
}

/* Those of each connection; and those of all together. */
static void
reset_counters (Side *side)
{
  g_autoptr (ViciResetCountersOptions) of_each = vici_reset_counters_options_new ();
  g_autoptr (GError) error = NULL;

  vici_reset_counters_options_set_all (of_each, TRUE);
  vici_daemon_reset_counters_sync (side->daemon, of_each, NULL, &error);
  g_assert_no_error (error);
  vici_daemon_reset_counters_sync (side->daemon, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
test_counters (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      Side *side = sides[i];
      g_autoptr (ViciCounters) of_tunnel = NULL;
      g_autoptr (ViciCounters) of_all = NULL;
      g_autoptr (GListModel) of_each = NULL;

      of_tunnel = take_only_item (
        get_counters (side, g_object_new (VICI_TYPE_GET_COUNTERS_OPTIONS, "connection", "tunnel",
                                          NULL)));
      g_assert_cmpstr (vici_counters_get_name (of_tunnel), ==, "tunnel");
      g_assert_cmpuint (vici_counters_get_child_rekey (of_tunnel), ==, 1);
      g_assert_cmpuint (vici_counters_get_ike_rekey_init (of_tunnel), ==, side == &alice ? 1 : 0);
      g_assert_cmpuint (vici_counters_get_ike_rekey_resp (of_tunnel), ==, side == &alice ? 0 : 1);

      reset_counters (side);
      of_each = get_counters (side, g_object_new (VICI_TYPE_GET_COUNTERS_OPTIONS, "all", TRUE, NULL));
      g_assert_cmpuint (g_list_model_get_n_items (of_each), ==, 0);
      of_all = take_only_item (get_counters (side, NULL));
      g_assert_cmpstr (vici_counters_get_name (of_all), ==, "");
      g_assert_cmpuint (vici_counters_get_child_rekey (of_all), ==, 0);
    }
}

/* -- The end -- */

static void
test_terminate (void)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (ViciLogEntry) last = NULL;

  side_terminate (&alice, g_object_new (VICI_TYPE_TERMINATE_OPTIONS, "ike", "tunnel", NULL), log);

  last = find_entry (log, "IKE_SA deleted");
  g_assert_nonnull (last);
  g_assert_cmpint (vici_control_log_get_failure (log), ==, VICI_FAILURE_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      wait_down (sides[i], "tunnel");
      event_free (side_wait_updown (sides[i], "child-updown", FALSE, "net"));
      side_assert_holds (sides[i], NULL, "tunnel", sides[i]->key);
    }
}

static void
test_unload (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (GError) error = NULL;

      vici_daemon_unload_conn_sync (sides[i]->daemon, "tunnel", NULL, &error);
      g_assert_no_error (error);
      vici_daemon_unload_key_sync (sides[i]->daemon, sides[i]->key, NULL, &error);
      g_assert_no_error (error);
      side_assert_holds (sides[i], NULL, NULL, NULL);
    }
}

static void
test_clear (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      g_autoptr (GListModel) before = list_certs (sides[i]);
      g_autoptr (GListModel) after = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_list_model_get_n_items (before), >=, 2);
      vici_daemon_clear_creds_sync (sides[i]->daemon, NULL, &error);
      g_assert_no_error (error);
      after = list_certs (sides[i]);
      g_assert_cmpuint (g_list_model_get_n_items (after), ==, 0);
      side_assert_holds (sides[i], NULL, NULL, NULL);
    }
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  side_init (&alice, 'A');
  side_init (&bob, 'B');
  /* Where alice is going to be sent is bob too. */
  side_add_address (&bob, real_getenv ("VICI_TEST_GATEWAY"));

  g_test_add_func ("/scenario/credentials-are-loaded-into-both", test_credentials);
  g_test_add_func ("/scenario/connection-is-listed-as-it-was-loaded", test_connection);
  g_test_add_func ("/scenario/initiate-tells-its-log", test_initiate);
  g_test_add_func ("/scenario/events-tell-what-came-up", test_events);
  g_test_add_func ("/scenario/sas-are-listed-on-both-sides", test_sas);
  g_test_add_func ("/scenario/child-sa-is-rekeyed", test_rekey_child);
  g_test_add_func ("/scenario/ike-sa-is-rekeyed", test_rekey_ike);
  g_test_add_func ("/scenario/wrong-psk-is-named", test_wrong_psk);
  g_test_add_func ("/scenario/wrong-proposal-is-named", test_wrong_proposal);
  g_test_add_func ("/scenario/wrong-identity-is-named", test_wrong_identity);
  g_test_add_func ("/scenario/wrong-certificate-is-named", test_wrong_certificate);
  g_test_add_func ("/scenario/silent-peer-is-named", test_silent_peer);
  g_test_add_func ("/scenario/redirect-moves-the-peer", test_redirect);
  g_test_add_func ("/scenario/counters-have-counted", test_counters);
  g_test_add_func ("/scenario/terminate-takes-down-both-sides", test_terminate);
  g_test_add_func ("/scenario/unload-leaves-no-connection-and-no-key", test_unload);
  g_test_add_func ("/scenario/clear-leaves-no-credential", test_clear);
  status = g_test_run ();

  side_clear (&alice);
  side_clear (&bob);

  return status;
}
