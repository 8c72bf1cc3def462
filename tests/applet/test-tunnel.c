/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A profile of each kind at a real daemon comes up, with a gateway that knows nothing
 * of profiles. */

#include <string.h>

#include "applet-test.h"

#define SECRET "correct horse battery staple"

typedef struct
{
  Home            home;
  ViciConnection *connections[2];
  ViciDaemon     *own;
  ViciDaemon     *gateway;
} Scene;

static GBytes *
read_file (Scene      *self,
           const char *name)
{
  g_autofree char *path = home_path (&self->home, name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_file_load_bytes (file, NULL, NULL, &error);

  g_assert_no_error (error);

  return bytes;
}

/* The gateway bob, for whoever proves who they are in that way. */
static void
open_gateway (Scene      *self,
              const char *own_auth,
              const char *peer_auth)
{
  g_autoptr (ViciConnConfig) config = vici_conn_config_new ("gateway");
  g_autoptr (ViciAuthConfig) own = vici_auth_config_new ();
  g_autoptr (ViciAuthConfig) peer = vici_auth_config_new ();
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("net");
  g_autoptr (ViciPoolConfig) pool = vici_pool_config_new ("guests");
  g_autoptr (GError) error = NULL;

  vici_pool_config_set_addrs (pool, "10.9.0.0/24");
  vici_daemon_load_pool_sync (self->gateway, pool, NULL, &error);
  g_assert_no_error (error);

  vici_auth_config_set_auth (own, own_auth);
  vici_auth_config_set_auth (peer, peer_auth);
  if (g_str_equal (own_auth, "pubkey"))
    {
      g_autoptr (GBytes) cert = read_file (self, "bob.crt");
      g_autoptr (GBytes) ca = read_file (self, "authority.crt");

      vici_auth_config_add_cert (own, cert);
      vici_auth_config_set_id (own, "bob.example.org");
      if (g_str_equal (peer_auth, "pubkey"))
        vici_auth_config_add_cacert (peer, ca);
    }
  if (g_str_has_prefix (peer_auth, "eap"))
    {
      vici_auth_config_set_eap_id (peer, "%any");
      vici_conn_config_set_pools (config, (const char *[]) { "guests", NULL });
    }
  else
    vici_child_config_set_remote_ts (child, (const char *[]) { "10.1.0.0/24", NULL });
  vici_conn_config_add_local (config, own);
  vici_conn_config_add_remote (config, peer);

  vici_child_config_set_local_ts (child, (const char *[]) { "10.2.0.0/24", NULL });
  vici_child_config_set_esp_proposals (child, (const char *[]) { "aes128-sha256", NULL });
  vici_conn_config_add_child (config, child);
  vici_daemon_load_conn_sync (self->gateway, config, NULL, &error);
  g_assert_no_error (error);
}

/* What the gateway has to know of its peers and of itself. */
static void
load_gateway_secrets (Scene *self)
{
  g_autoptr (GBytes) key = read_file (self, "bob.key");
  g_autoptr (GBytes) secret = g_bytes_new_static (SECRET, strlen (SECRET));
  g_autoptr (ViciLoadSharedOptions) options = vici_load_shared_options_new ();
  g_autofree char *key_id = NULL;
  g_autoptr (GError) error = NULL;

  key_id = vici_daemon_load_key_sync (self->gateway, VICI_KEY_TYPE_ANY, key, NULL, &error);
  g_assert_no_error (error);
  vici_daemon_load_shared_sync (self->gateway, "psk", VICI_SHARED_TYPE_IKE, secret, NULL, NULL, &error);
  g_assert_no_error (error);
  vici_load_shared_options_set_owners (options, (const char *[]) { "carol", NULL });
  vici_daemon_load_shared_sync (self->gateway, "carol", VICI_SHARED_TYPE_EAP, secret, options, NULL,
                                &error);
  g_assert_no_error (error);
}

static void
scene_init (Scene *self)
{
  home_init (&self->home);
  self->connections[0] = real_open ("VICI_TEST_URI_A");
  self->connections[1] = real_open ("VICI_TEST_URI_B");
  self->own = vici_daemon_new (self->connections[0]);
  self->gateway = vici_daemon_new (self->connections[1]);
  load_gateway_secrets (self);
}

static void
scene_clear (Scene *self)
{
  g_autoptr (GError) error = NULL;

  vici_daemon_unload_conn_sync (self->gateway, "gateway", NULL, &error);
  g_assert_no_error (error);
  vici_daemon_clear_creds_sync (self->gateway, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (self->own);
  g_object_unref (self->gateway);
  g_object_unref (self->connections[0]);
  g_object_unref (self->connections[1]);
  home_clear (&self->home);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static gboolean
initiate (Scene          *self,
          const char     *name,
          ViciControlLog *log,
          GError        **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vici_daemon_initiate_async (self->own, name, name, NULL, log, NULL, real_take_result, &result);
  real_wait_until (result != NULL);

  return vici_daemon_initiate_finish (self->own, result, error);
}

/* It is listed as it was made, and its only SA is up. */
static ViciIkeSa *
assert_up (Scene         *self,
           AppletProfile *profile)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) conns = vici_daemon_list_conns_sync (self->own, NULL, NULL, &error);
  g_autoptr (GListModel) sas = vici_daemon_list_sas_sync (self->own, NULL, NULL, &error);
  g_autoptr (ViciConn) conn = g_list_model_get_item (conns, 0);
  g_autoptr (ViciIkeSa) sa = g_list_model_get_item (sas, 0);
  g_autoptr (ViciChildSa) child = NULL;
  g_autoptr (AppletProfile) listed = NULL;
  g_auto (GStrv) different = applet_profile_compare (profile, conn);
  g_auto (GStrv) different_again = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (different[0], ==, NULL);
  listed = applet_profile_new_from_conn (conn, &error);
  g_assert_no_error (error);
  different_again = applet_profile_compare (listed, conn);
  g_assert_cmpstr (different_again[0], ==, NULL);
  g_assert_cmpint (applet_profile_get_auth (listed), ==, applet_profile_get_auth (profile));

  g_assert_cmpuint (g_list_model_get_n_items (sas), ==, 1);
  g_assert_cmpint (vici_ike_sa_get_state (sa), ==, VICI_IKE_SA_STATE_ESTABLISHED);
  child = g_list_model_get_item (vici_ike_sa_get_child_sas (sa), 0);
  g_assert_cmpint (vici_child_sa_get_state (child), ==, VICI_CHILD_SA_STATE_INSTALLED);

  return g_steal_pointer (&sa);
}

/* Deleted, it has left nothing. */
static void
take_away (Scene         *self,
           AppletProfile *profile)
{
  const char *name = applet_profile_get (profile, "name");
  g_autoptr (ViciTerminateOptions) options = vici_terminate_options_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *conns = NULL;
  g_autofree char *secrets = NULL;
  g_autoptr (GError) error = NULL;

  vici_terminate_options_set_ike (options, name);
  vici_daemon_terminate_sync (self->own, options, NULL, NULL, NULL);
  applet_store_put (self->home.store, profile);
  applet_unload_async (self->home.store, self->own, name, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  applet_unload_finish (result, &error);
  g_assert_no_error (error);
  applet_store_remove (self->home.store, name);

  conns = list_conns (self->own);
  secrets = list_secrets (self->own);
  g_assert_cmpstr (conns, ==, "");
  g_assert_cmpstr (secrets, ==, "");
  g_assert_cmpuint (count_keys (self->own), ==, 0);
}

static AppletProfile *
load (Scene      *self,
      AppletAuth  auth,
      const char *secret)
{
  AppletProfile *profile = home_profile (&self->home, "home", auth, real_getenv ("VICI_TEST_ADDRESS_B"));
  g_autoptr (GError) error = NULL;

  g_object_set (profile, "remote-ts", "10.2.0.0/16", NULL);
  if (auth == APPLET_AUTH_EAP)
    g_object_set (profile, "virtual-ip", TRUE, NULL);
  else
    g_object_set (profile, "local-ts", "10.1.0.0/16", NULL);
  load_profile (&self->home, self->own, profile, secret, FALSE, &error);
  g_assert_no_error (error);

  return profile;
}

static void
test_comes_up (gconstpointer data)
{
  static const char * const gateways[][2] = {
    [APPLET_AUTH_PSK] = { "psk", "psk" },
    [APPLET_AUTH_CERT] = { "pubkey", "pubkey" },
    [APPLET_AUTH_EAP] = { "pubkey", "eap-mschapv2" },
  };
  AppletAuth auth = GPOINTER_TO_INT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (ViciIkeSa) sa = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  open_gateway (&scene, gateways[auth][0], gateways[auth][1]);
  profile = load (&scene, auth, SECRET);
  initiate (&scene, "home", NULL, &error);
  g_assert_no_error (error);

  sa = assert_up (&scene, profile);
  if (auth == APPLET_AUTH_EAP)
    g_assert_cmpstr (vici_ike_sa_get_local_vips (sa)[0], ==, "10.9.0.1");
  take_away (&scene, profile);
}

/* What was entered is what is sent. */
static void
test_wrong_secret (gconstpointer data)
{
  AppletAuth auth = GPOINTER_TO_INT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  open_gateway (&scene, auth == APPLET_AUTH_PSK ? "psk" : "pubkey",
                auth == APPLET_AUTH_PSK ? "psk" : "eap-mschapv2");
  profile = load (&scene, auth, "something else");
  g_assert_false (initiate (&scene, "home", log, &error));
  g_assert_cmpint (vici_control_log_get_failure (log), ==,
                   auth == APPLET_AUTH_PSK ? VICI_FAILURE_AUTHENTICATION_FAILED
                                           : VICI_FAILURE_EAP_FAILED);

  /* The right one in its place is enough. */
  g_clear_error (&error);
  load_profile (&scene.home, scene.own, profile, SECRET, TRUE, &error);
  g_assert_no_error (error);
  initiate (&scene, "home", NULL, &error);
  g_assert_no_error (error);
  take_away (&scene, profile);
}

/* Somebody with a certificate of the same authority is not whom we wanted. */
static void
test_other_server (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  open_gateway (&scene, "pubkey", "pubkey");
  profile = load (&scene, APPLET_AUTH_CERT, NULL);
  g_object_set (profile, "remote-id", "", NULL);
  load_profile (&scene.home, scene.own, profile, NULL, TRUE, &error);
  g_assert_no_error (error);
  g_assert_false (initiate (&scene, "home", log, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
  take_away (&scene, profile);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/tunnel/secret-comes-up", GINT_TO_POINTER (APPLET_AUTH_PSK), test_comes_up);
  g_test_add_data_func ("/tunnel/certificate-comes-up", GINT_TO_POINTER (APPLET_AUTH_CERT), test_comes_up);
  g_test_add_data_func ("/tunnel/user-comes-up", GINT_TO_POINTER (APPLET_AUTH_EAP), test_comes_up);
  g_test_add_data_func ("/tunnel/wrong-secret-fails", GINT_TO_POINTER (APPLET_AUTH_PSK), test_wrong_secret);
  g_test_add_data_func ("/tunnel/wrong-password-fails", GINT_TO_POINTER (APPLET_AUTH_EAP), test_wrong_secret);
  g_test_add_func ("/tunnel/other-server-is-not-trusted", test_other_server);

  return g_test_run ();
}
