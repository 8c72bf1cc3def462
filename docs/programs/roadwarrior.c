#include <stdio.h>
#include <vici-glib/vici-glib.h>

#define STRV(...) ((const char *[]) { __VA_ARGS__, NULL })

static ViciConnConfig *
configure (void)
{
  ViciConnConfig *home = vici_conn_config_new ("home");
  g_autoptr (ViciAuthConfig) local = vici_auth_config_new ();
  g_autoptr (ViciAuthConfig) remote = vici_auth_config_new ();
  g_autoptr (ViciChildConfig) net = vici_child_config_new ("net");

  vici_conn_config_set_version (home, VICI_IKE_VERSION_V2);
  vici_conn_config_set_remote_addrs (home, STRV ("vpn.example.org"));
  vici_conn_config_set_vips (home, STRV ("0.0.0.0"));
  vici_conn_config_set_dpd_delay (home, "30s");

  vici_auth_config_set_auth (local, "eap-mschapv2");
  vici_auth_config_set_eap_id (local, "carol");
  vici_conn_config_add_local (home, local);

  vici_auth_config_set_auth (remote, "pubkey");
  vici_auth_config_set_id (remote, "vpn.example.org");
  vici_conn_config_add_remote (home, remote);

  vici_child_config_set_remote_ts (net, STRV ("10.1.0.0/16", "10.2.0.0/16"));
  vici_child_config_set_esp_proposals (net, STRV ("aes256gcm16-x25519", "default"));
  vici_child_config_set_rekey_time (net, "45m");
  vici_conn_config_add_child (home, net);

  return home;
}

static gboolean
load_credentials (ViciCredentialScope *scope,
                  GError             **error)
{
  g_autoptr (GFile) ca_file = g_file_new_for_path ("ca.pem");
  g_autoptr (GFile) password_file = g_file_new_for_path ("password");
  g_autoptr (GBytes) cacert = g_file_load_bytes (ca_file, NULL, NULL, error);
  g_autoptr (GBytes) password = cacert ? g_file_load_bytes (password_file, NULL, NULL, error) : NULL;
  g_autoptr (ViciAuthorityConfig) example = vici_authority_config_new ("example");
  g_autoptr (ViciLoadSharedOptions) for_carol = vici_load_shared_options_new ();

  if (password == NULL)
    return FALSE;

  vici_authority_config_set_cacert (example, cacert);
  vici_authority_config_set_crl_uris (example, STRV ("http://crl.example.org/ca.crl"));
  vici_load_shared_options_set_owners (for_carol, STRV ("carol"));

  return vici_credential_scope_load_authority_sync (scope, example, NULL, error) &&
         vici_credential_scope_load_shared_sync (scope, "carol", VICI_SHARED_TYPE_EAP, password,
                                                 for_carol, NULL, error);
}

static gboolean
bring_up (ViciDaemon *daemon,
          GError    **error)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (ViciConnConfig) home = configure ();

  if (!vici_daemon_load_conn_sync (daemon, home, NULL, error))
    return FALSE;

  if (vici_daemon_initiate_sync (daemon, "home", "net", NULL, log, NULL, error))
    return TRUE;

  g_prefix_error (error, "%s ", vici_failure_to_string (vici_control_log_get_failure (log)));
  return FALSE;
}

static gboolean
show (ViciDaemon *daemon,
      GError    **error)
{
  g_autoptr (ViciListSasOptions) ours = vici_list_sas_options_new ();
  g_autoptr (GListModel) sas = NULL;

  vici_list_sas_options_set_ike (ours, "home");
  sas = vici_daemon_list_sas_sync (daemon, ours, NULL, error);

  for (guint i = 0; sas != NULL && i < g_list_model_get_n_items (sas); i++)
    {
      g_autoptr (ViciIkeSa) sa = g_list_model_get_item (sas, i);

      g_print ("%s is %s\n", vici_ike_sa_get_name (sa), vici_ike_sa_get_state_text (sa));
    }

  return sas != NULL;
}

static void
take_down (ViciDaemon *daemon,
           GError    **error)
{
  g_autoptr (ViciTerminateOptions) ours = vici_terminate_options_new ();

  vici_terminate_options_set_ike (ours, "home");
  vici_daemon_terminate_sync (daemon, ours, NULL, NULL, error);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciConnection) connection = vici_connection_new (argc > 1 ? argv[1] : NULL);
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (daemon, "roadwarrior-");
  g_autoptr (GError) error = NULL;

  if (vici_connection_open_sync (connection, NULL, &error) &&
      load_credentials (scope, &error) &&
      bring_up (daemon, &error) &&
      show (daemon, &error))
    {
      g_print ("Press Enter to end it\n");
      getchar ();
      take_down (daemon, &error);
    }

  /* Whatever of it is there. */
  vici_daemon_unload_conn_sync (daemon, "home", NULL, NULL);
  vici_credential_scope_unload_sync (scope, NULL, NULL);

  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
