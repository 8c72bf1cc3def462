/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Profiles in a simulated daemon: all of one or nothing, and again when it has
 * forgotten them. */

#include <signal.h>
#include <string.h>

#include "applet-keeper.h"
#include "applet-test.h"

/* A home, and a daemon that is started anew by sim_start(). */
typedef struct
{
  Home            home;
  GSubprocess    *process;
  ViciConnection *connection;
  ViciDaemon     *daemon;
} Sim;

static void
sim_stop (Sim *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->daemon);
  g_clear_object (&self->connection);
  if (self->process == NULL)
    return;

  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
}

static void
sim_start (Sim *self)
{
  g_autofree char *uri = g_strconcat ("unix://", self->home.folder, "/charon.vici", NULL);
  g_autofree char *line = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GError) error = NULL;

  sim_stop (self);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                    real_getenv ("SIM_CHARON"), "--uri", uri, NULL);
  g_assert_no_error (error);

  /* Says so when it listens. */
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_cmpstr (line, ==, uri);

  self->connection = vici_connection_new (uri);
  vici_connection_open_sync (self->connection, NULL, &error);
  g_assert_no_error (error);
  self->daemon = vici_daemon_new (self->connection);
}

static void
sim_init (Sim *self)
{
  home_init (&self->home);
  sim_start (self);
}

static void
sim_clear (Sim *self)
{
  sim_stop (self);
  home_clear (&self->home);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sim, sim_clear)

static void
add_fault (Sim        *self,
           const char *fault)
{
  g_autoptr (ViciMessage) reply = NULL;

  reply = real_call (self->connection, "sim-fault", real_message ("{'add': <%s>}", fault));
}

static void
assert_has (Sim        *self,
            const char *conns,
            const char *secrets,
            guint       n_keys)
{
  g_autofree char *has_conns = list_conns (self->daemon);
  g_autofree char *has_secrets = list_secrets (self->daemon);

  g_assert_cmpstr (has_conns, ==, conns);
  g_assert_cmpstr (has_secrets, ==, secrets);
  g_assert_cmpuint (count_keys (self->daemon), ==, n_keys);
}

static void
assert_loads (Sim           *self,
              AppletProfile *profile,
              const char    *secret,
              gboolean       replaces)
{
  g_autoptr (GError) error = NULL;

  load_profile (&self->home, self->daemon, profile, secret, replaces, &error);
  g_assert_no_error (error);
}

static void
assert_refused (Sim           *self,
                AppletProfile *profile,
                const char    *secret,
                gboolean       replaces)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (load_profile (&self->home, self->daemon, profile, secret, replaces, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
}

static ViciConn *
list_only (Sim *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) conns = vici_daemon_list_conns_sync (self->daemon, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (conns), ==, 1);

  return g_list_model_get_item (conns, 0);
}

/* -- Loading -- */

static void
test_each_kind (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (AppletProfile) psk = NULL;
  g_autoptr (AppletProfile) cert = NULL;
  g_autoptr (AppletProfile) eap = NULL;

  sim_init (&sim);
  psk = home_profile (&sim.home, "psk", APPLET_AUTH_PSK, "192.0.2.2");
  cert = home_profile (&sim.home, "cert", APPLET_AUTH_CERT, "192.0.2.2");
  eap = home_profile (&sim.home, "eap", APPLET_AUTH_EAP, "192.0.2.2");

  assert_loads (&sim, psk, "sesame", FALSE);
  assert_has (&sim, "psk", "vici-applet-1-psk", 0);
  assert_loads (&sim, cert, NULL, FALSE);
  assert_has (&sim, "cert, psk", "vici-applet-1-psk", 1);
  g_assert_cmpuint (strlen (applet_profile_get (cert, "key-id")), ==, 40);
  assert_loads (&sim, eap, "sesame", FALSE);
  assert_has (&sim, "cert, eap, psk", "vici-applet-1-eap, vici-applet-1-psk", 1);
}

/* What the daemon lists makes the same profile again, but for what it does not list. */
static void
test_listed (void)
{
  for (AppletAuth auth = APPLET_AUTH_PSK; auth <= APPLET_AUTH_EAP; auth++)
    {
      g_auto (Sim) sim = { 0 };
      g_autoptr (AppletProfile) profile = NULL;
      g_autoptr (AppletProfile) again = NULL;
      g_autoptr (ViciConn) conn = NULL;
      g_auto (GStrv) different = NULL;
      g_auto (GStrv) different_again = NULL;
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (GKeyFile) file_again = g_key_file_new ();
      g_autofree char *text = NULL;
      g_autofree char *text_again = NULL;
      g_autoptr (GError) error = NULL;

      sim_init (&sim);
      profile = home_profile (&sim.home, "ümlaut", auth, "192.0.2.2, vpn.example.org");
      g_object_set (profile, "child", "net", "local-addrs", "192.0.2.1", "version", 0u,
                    "remote-ts", "10.1.0.0/16, 10.2.0.0/16[tcp/http]", NULL);
      if (auth == APPLET_AUTH_EAP)
        g_object_set (profile, "eap-method", "mschapv2", NULL);
      assert_loads (&sim, profile, "sesame", FALSE);
      conn = list_only (&sim);
      again = applet_profile_new_from_conn (conn, &error);
      g_assert_no_error (error);

      different = applet_profile_compare (profile, conn);
      g_assert_cmpstr (different[0], ==, NULL);
      different_again = applet_profile_compare (again, conn);
      g_assert_cmpstr (different_again[0], ==, NULL);

      g_object_set (profile, "cert-file", "", "key-file", "", "ca-file", "", "key-id", "", NULL);
      applet_profile_to_key_file (profile, file, "a");
      applet_profile_to_key_file (again, file_again, "a");
      text = g_key_file_to_data (file, NULL, NULL);
      text_again = g_key_file_to_data (file_again, NULL, NULL);
      g_assert_cmpstr (text_again, ==, text);
    }
}

/* A connection from the text of its section. */
static ViciConn *
load_other (Sim        *self,
            const char *section)
{
  g_autofree char *text = g_strdup_printf ("{'x': <%s>}", section);
  g_autoptr (ViciMessage) reply G_GNUC_UNUSED = real_call (self->connection, "load-conn", real_message (text));

  return list_only (self);
}

/* Others have settings that the editor does not have, or are more than it has room
 * for. */
static void
test_others (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (ViciConn) conn = NULL;
  g_autoptr (ViciConn) conn_of_two = NULL;
  g_autoptr (ViciConn) conn_of_xauth = NULL;
  g_autoptr (AppletProfile) profile = NULL;
  g_auto (GStrv) different = NULL;
  g_autofree char *joined = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;

  sim_init (&sim);
  conn = load_other (&sim, "{'remote_addrs': <['192.0.2.2']>, 'rekey_time': <'1h'>,"
                           " 'local': <{'auth': <'psk'>}>, 'remote': <{'auth': <'psk'>}>,"
                           " 'children': <{'net': <{'mode': <'transport'>}>}>}");
  profile = applet_profile_new_from_conn (conn, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (applet_profile_get (profile, "remote-id"), ==, "%any");
  different = applet_profile_compare (profile, conn);
  joined = g_strjoinv (", ", different);
  g_assert_cmpstr (joined, ==, "x.rekey_time, x.children.net.mode");

  conn_of_two = load_other (&sim, "{'local': <{'auth': <'psk'>}>, 'remote': <{'auth': <'psk'>}>,"
                                  " 'children': <{'a': <@a{sv} {}>, 'b': <@a{sv} {}>}>}");
  g_assert_null (applet_profile_new_from_conn (conn_of_two, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);

  conn_of_xauth = load_other (&sim, "{'local-1': <{'auth': <'psk'>}>, 'local-2': <{'auth': <'xauth'>}>,"
                                    " 'remote': <{'auth': <'psk'>}>, 'children': <{'a': <@a{sv} {}>}>}");
  g_assert_null (applet_profile_new_from_conn (conn_of_xauth, &other));
  g_assert_error (other, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_nothing_half (void)
{
  static const char * const faults[] = { "fail:load-conn", "fail:load-shared", "fail:load-key",
                                         "fail:get-keys", "fail:get-shared" };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (Sim) sim = { 0 };
      g_autoptr (AppletProfile) psk = NULL;
      g_autoptr (AppletProfile) cert = NULL;
      g_autoptr (ViciMessage) reply = NULL;

      sim_init (&sim);
      psk = home_profile (&sim.home, "psk", APPLET_AUTH_PSK, "192.0.2.2");
      cert = home_profile (&sim.home, "cert", APPLET_AUTH_CERT, "192.0.2.2");
      add_fault (&sim, faults[i]);
      if (strcmp (faults[i], "fail:load-key") != 0)
        assert_refused (&sim, psk, "sesame", FALSE);
      if (strcmp (faults[i], "fail:load-shared") != 0)
        assert_refused (&sim, cert, NULL, FALSE);

      reply = real_call (sim.connection, "sim-fault", real_message ("{'clear': <'yes'>}"));
      assert_has (&sim, "", "", 0);
    }
}

/* A connection that is in use goes on, with its own secret. */
static void
test_old_stays (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (ViciConn) conn = NULL;

  sim_init (&sim);
  profile = home_profile (&sim.home, "home", APPLET_AUTH_PSK, "192.0.2.2");
  assert_loads (&sim, profile, "sesame", FALSE);
  assert_loads (&sim, profile, "open sesame", TRUE);
  assert_has (&sim, "home", "vici-applet-2-home", 0);

  add_fault (&sim, "fail:load-conn:no");
  g_object_set (profile, "remote-addrs", "192.0.2.3", NULL);
  assert_refused (&sim, profile, "another", TRUE);
  assert_has (&sim, "home", "vici-applet-2-home", 0);
  conn = list_only (&sim);
  g_assert_cmpstr (vici_conn_get_remote_addrs (conn)[0], ==, "192.0.2.2");
}

static void
test_secret_stays (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (AppletProfile) other = NULL;

  sim_init (&sim);
  profile = home_profile (&sim.home, "home", APPLET_AUTH_PSK, "192.0.2.2");
  other = home_profile (&sim.home, "1-home", APPLET_AUTH_PSK, "192.0.2.2");
  assert_loads (&sim, profile, "sesame", FALSE);
  assert_loads (&sim, other, "sesame", FALSE);
  assert_loads (&sim, profile, NULL, TRUE);
  assert_has (&sim, "1-home, home", "vici-applet-1-1-home, vici-applet-1-home", 0);

  /* It has no use any more. */
  g_object_set (profile, "auth", APPLET_AUTH_CERT, NULL);
  assert_loads (&sim, profile, NULL, TRUE);
  assert_has (&sim, "1-home, home", "vici-applet-1-1-home", 0);
}

/* A key that another needs stays until that goes too. */
static void
test_unload (void)
{
  g_auto (Sim) sim = { 0 };
  static const char * const names[] = { "one", "other" };
  static const char * const left[] = { "other", "" };

  sim_init (&sim);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AppletProfile) profile = home_profile (&sim.home, names[i], APPLET_AUTH_CERT, "192.0.2.2");

      assert_loads (&sim, profile, NULL, FALSE);
      applet_store_put (sim.home.store, profile);
    }
  assert_has (&sim, "one, other", "", 1);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      applet_unload_async (sim.home.store, sim.daemon, names[i], NULL, real_take_result, &result);
      real_wait_until (result != NULL);
      applet_unload_finish (result, &error);
      g_assert_no_error (error);
      applet_store_remove (sim.home.store, names[i]);
      assert_has (&sim, left[i], "", 1 - i);
    }
}

static gboolean
has_secret (Sim *self)
{
  g_autofree char *secrets = list_secrets (self->daemon);

  return *secrets != '\0';
}

/* The daemon has the secret, and says nothing about the connection. */
static void
test_cancel (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (GBytes) secret = g_bytes_new_static ("sesame", 6);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sim_init (&sim);
  profile = home_profile (&sim.home, "home", APPLET_AUTH_PSK, "192.0.2.2");
  add_fault (&sim, "silent:load-conn");
  applet_load_async (sim.home.store, sim.daemon, profile, NULL, secret, FALSE, cancellable,
                     real_take_result, &result);
  real_wait_until (has_secret (&sim));
  g_cancellable_cancel (cancellable);
  real_wait_until (result != NULL);
  g_assert_false (applet_load_finish (result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_has (&sim, "", "", 0);
}

/* -- Files -- */

static char *
concatenate (Home               *home,
             const char * const *names)
{
  char *path = home_path (home, "several.pem");
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (; *names != NULL; names++)
    {
      g_autofree char *part_path = home_path (home, *names);
      g_autofree char *part = NULL;

      g_file_get_contents (part_path, &part, NULL, &error);
      g_assert_no_error (error);
      g_string_append (all, part);
    }
  g_file_set_contents (path, all->str, -1, &error);
  g_assert_no_error (error);

  return path;
}

static void
test_files (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *p12 = NULL;
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (AppletFiles) pem = NULL;
  g_autoptr (AppletFiles) archive = NULL;
  g_autoptr (AppletFiles) none = NULL;
  g_autoptr (AppletFiles) first_of_several = NULL;
  g_autofree char *several = NULL;

  home_init (&home);
  p12 = home_path (&home, "alice.p12");
  profile = home_profile (&home, "home", APPLET_AUTH_CERT, "192.0.2.2");
  pem = read_files (profile, "");

  g_object_set (profile, "cert-file", p12, "key-file", "", "ca-file", "", NULL);
  archive = read_files (profile, "sesame");
  g_assert_true (g_bytes_equal (applet_files_get_cert (archive), applet_files_get_cert (pem)));
  g_assert_true (g_bytes_equal (applet_files_get_ca (archive), applet_files_get_ca (pem)));
  g_assert_nonnull (applet_files_get_key (archive));

  /* The certificate is the one that the key is for. */
  several = concatenate (&home, (const char *[]) { "bob.pem", "alice.pem", "alice.key", NULL });
  g_object_set (profile, "cert-file", several, NULL);
  first_of_several = read_files (profile, "");
  g_assert_true (g_bytes_equal (applet_files_get_cert (first_of_several), applet_files_get_cert (pem)));

  /* They are there, and not asked for. */
  g_object_set (profile, "auth", APPLET_AUTH_PSK, NULL);
  none = read_files (profile, "");
  g_assert_null (applet_files_get_cert (none));
  g_assert_null (applet_files_get_key (none));
}

static void
assert_own (AppletProfile *profile,
            Home          *home,
            const char    *name)
{
  g_autoptr (AppletProfile) expected = home_profile (home, "home", APPLET_AUTH_CERT, "192.0.2.2");
  g_autofree char *cert = g_strconcat (home->folder, "/", name, ".pem", NULL);
  g_autofree char *key = g_strconcat (home->folder, "/", name, ".key", NULL);
  g_autoptr (AppletFiles) files = read_files (profile, "");
  g_autoptr (AppletFiles) expected_files = NULL;

  g_object_set (expected, "cert-file", cert, "key-file", key, NULL);
  expected_files = read_files (expected, "");
  g_assert_true (g_bytes_equal (applet_files_get_cert (files), applet_files_get_cert (expected_files)));
  g_assert_true (g_bytes_equal (applet_files_get_key (files), applet_files_get_key (expected_files)));
}

/* Those that people make for themselves say that they are of authorities. */
static void
test_own_authority (void)
{
  g_auto (Home) home = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autofree char *cert = NULL;
  g_autofree char *key = NULL;
  g_autofree char *both = NULL;
  g_autofree char *more = NULL;
  g_autofree char *chain = NULL;
  g_autoptr (AppletFiles) alone = NULL;

  home_init (&home);
  profile = home_profile (&home, "home", APPLET_AUTH_CERT, "192.0.2.2");
  cert = home_path (&home, "stranger.pem");
  key = home_path (&home, "stranger.key");
  g_object_set (profile, "cert-file", cert, "key-file", key, NULL);
  assert_own (profile, &home, "stranger");

  both = concatenate (&home, (const char *[]) { "stranger.pem", "stranger.key", NULL });
  g_object_set (profile, "cert-file", both, "key-file", "", NULL);
  assert_own (profile, &home, "stranger");

  /* Nobody else has to be certified by it. */
  g_object_set (profile, "ca-file", "", NULL);
  alone = read_files (profile, "");
  g_assert_null (applet_files_get_ca (alone));

  /* Its key is there. */
  more = concatenate (&home, (const char *[]) { "bob.pem", "stranger.pem", "stranger.key", NULL });
  g_object_set (profile, "cert-file", more, NULL);
  assert_own (profile, &home, "stranger");

  chain = concatenate (&home, (const char *[]) { "authority.pem", "alice.pem", "authority.key",
                                                 "alice.key", NULL });
  g_object_set (profile, "cert-file", chain, NULL);
  assert_own (profile, &home, "alice");
}

/* The key is in another file, and so it is not before that is read that it is known which
 * one it is for. */
static void
test_key_of_several (void)
{
  g_auto (Home) home = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autofree char *several = NULL;

  home_init (&home);
  profile = home_profile (&home, "home", APPLET_AUTH_CERT, "192.0.2.2");
  several = concatenate (&home, (const char *[]) { "bob.pem", "bob.key", "alice.pem", NULL });
  g_object_set (profile, "cert-file", several, NULL);
  assert_own (profile, &home, "alice");
}

static void
assert_blamed (Home       *home,
               const char *property,
               const char *name,
               GQuark      domain,
               int         code)
{
  g_autoptr (AppletProfile) profile = home_profile (home, "home", APPLET_AUTH_CERT, "192.0.2.2");
  g_autofree char *path = home_path (home, name);
  g_autoptr (GTlsInteraction) interaction = answer_new ("wrong");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *blamed;

  if (g_str_equal (name, "several.pem"))
    g_object_set (profile, "key-file", "", NULL);
  g_object_set (profile, property, path, NULL);
  applet_files_read_async (profile, interaction, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  g_assert_null (applet_files_read_finish (result, &blamed, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpstr (blamed, ==, property);
}

static void
test_bad_files (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *several = NULL;

  home_init (&home);
  several = concatenate (&home, (const char *[]) { "alice.pem", "bob.key", NULL });
  assert_blamed (&home, "cert-file", "alice.key", G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  assert_blamed (&home, "key-file", "alice.pem", G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  assert_blamed (&home, "key-file", "bob.key", G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  assert_blamed (&home, "cert-file", "several.pem", G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  assert_blamed (&home, "ca-file", "alice.key", G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  assert_blamed (&home, "ca-file", "nowhere", G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_blamed (&home, "cert-file", "alice.p12", G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD);
}

/* -- Again -- */

static guint
restore (Sim *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  guint n_loaded;

  applet_restore_async (self->home.store, self->daemon, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  applet_restore_finish (result, &n_loaded, &error);
  g_assert_no_error (error);

  return n_loaded;
}

static void
put (Sim           *self,
     AppletProfile *profile)
{
  applet_store_put (self->home.store, profile);
  g_object_unref (profile);
}

/* Those whose secrets are not in a file wait for somebody who knows them. */
static void
test_restore (void)
{
  g_auto (Sim) sim = { 0 };
  g_autofree char *p12 = NULL;
  AppletProfile *archive;

  sim_init (&sim);
  p12 = home_path (&sim.home, "alice.p12");
  archive = home_profile (&sim.home, "d", APPLET_AUTH_CERT, "192.0.2.2");
  g_object_set (archive, "cert-file", p12, "key-file", "", NULL);
  put (&sim, home_profile (&sim.home, "a", APPLET_AUTH_PSK, "192.0.2.2"));
  put (&sim, home_profile (&sim.home, "b", APPLET_AUTH_EAP, "192.0.2.2"));
  put (&sim, home_profile (&sim.home, "c", APPLET_AUTH_CERT, "192.0.2.2"));
  put (&sim, archive);

  g_assert_cmpuint (restore (&sim), ==, 4);
  assert_has (&sim, "a, b, c, d", "", 1);
  g_assert_true (applet_store_is_locked (sim.home.store, "a"));
  g_assert_true (applet_store_is_locked (sim.home.store, "b"));
  g_assert_false (applet_store_is_locked (sim.home.store, "c"));
  g_assert_true (applet_store_is_locked (sim.home.store, "d"));
}

/* What the daemon has stays as it is. */
static void
test_restore_missing (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (AppletProfile) loaded = NULL;
  g_autoptr (AppletProfile) cert = NULL;

  sim_init (&sim);
  loaded = home_profile (&sim.home, "a", APPLET_AUTH_PSK, "192.0.2.2");
  cert = home_profile (&sim.home, "c", APPLET_AUTH_CERT, "192.0.2.2");
  assert_loads (&sim, loaded, "sesame", FALSE);
  assert_loads (&sim, cert, NULL, FALSE);
  applet_store_put (sim.home.store, loaded);
  applet_store_put (sim.home.store, cert);

  g_assert_cmpuint (restore (&sim), ==, 0);
  assert_has (&sim, "a, c", "vici-applet-1-a", 1);
  g_assert_false (applet_store_is_locked (sim.home.store, "a"));

  /* Another daemon has none of it. */
  sim_start (&sim);
  g_assert_cmpuint (restore (&sim), ==, 2);
  assert_has (&sim, "a, c", "", 1);
  g_assert_true (applet_store_is_locked (sim.home.store, "a"));

  assert_loads (&sim, loaded, "sesame", TRUE);
  g_assert_cmpuint (restore (&sim), ==, 0);
  g_assert_false (applet_store_is_locked (sim.home.store, "a"));
}

/* What would start at once waits too, since it would fail. */
static void
test_restore_start (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (AppletProfile) kept = NULL;
  g_autoptr (GListModel) sas = NULL;
  g_autoptr (GError) error = NULL;

  sim_init (&sim);
  profile = home_profile (&sim.home, "a", APPLET_AUTH_PSK, "192.0.2.2");
  g_object_set (profile, "start", APPLET_START_AT_ONCE, NULL);
  applet_store_put (sim.home.store, profile);
  g_assert_cmpuint (restore (&sim), ==, 1);
  sas = vici_daemon_list_sas_sync (sim.daemon, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (sas), ==, 0);
  kept = applet_store_lookup (sim.home.store, "a");
  g_assert_cmpint (applet_profile_get_start (kept), ==, APPLET_START_AT_ONCE);
}

static void
test_restore_goes_on (void)
{
  g_auto (Sim) sim = { 0 };
  AppletProfile *bad;

  sim_init (&sim);
  bad = home_profile (&sim.home, "b", APPLET_AUTH_PSK, "192.0.2.2");
  g_object_set (bad, "remote-ts", "nonsense", NULL);
  put (&sim, home_profile (&sim.home, "a", APPLET_AUTH_PSK, "192.0.2.2"));
  put (&sim, bad);
  put (&sim, home_profile (&sim.home, "c", APPLET_AUTH_PSK, "192.0.2.2"));
  g_assert_cmpuint (restore (&sim), ==, 2);
  assert_has (&sim, "a, c", "", 0);
}

/* A daemon that is there before the file has been read waits for that. */
static void
test_keeper (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (ViciMonitor) monitor = NULL;
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *uri;
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AppletStore) before = NULL;

  sim_init (&sim);
  g_setenv ("XDG_CONFIG_HOME", sim.home.folder, TRUE);
  g_assert_cmpstr (g_get_user_config_dir (), ==, sim.home.folder);
  uri = vici_connection_get_uri (sim.connection);
  escaped = g_uri_escape_string (uri, ":", FALSE);
  path = g_strconcat (sim.home.folder, "/vici-applet/", escaped, ".conf", NULL);
  before = applet_store_new (path);
  profile = home_profile (&sim.home, "a", APPLET_AUTH_CERT, "192.0.2.2");
  applet_store_put (before, profile);
  applet_store_write_async (before, real_take_result, &result);
  real_wait_until (result != NULL);
  g_assert_true (applet_store_write_finish (before, result, &error));

  monitor = vici_monitor_new (uri);
  real_wait_until (vici_monitor_get_state (monitor) == VICI_MONITOR_READY);
  g_assert_true (applet_store_is_reading (applet_keeper_get_store (monitor)));
  real_wait_until (g_list_model_get_n_items (vici_monitor_get_conns (monitor)) == 1);
  assert_has (&sim, "a", "", 1);
  vici_monitor_stop (monitor);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/loader/each-kind-is-loaded-with-what-it-needs", test_each_kind);
  g_test_add_func ("/loader/what-is-listed-is-the-same-profile", test_listed);
  g_test_add_func ("/loader/other-connections-are-known-as-such", test_others);
  g_test_add_func ("/loader/nothing-half-loaded-remains", test_nothing_half);
  g_test_add_func ("/loader/old-connection-stays-where-new-one-fails", test_old_stays);
  g_test_add_func ("/loader/secret-stays-while-it-is-needed", test_secret_stays);
  g_test_add_func ("/loader/unloading-leaves-nothing", test_unload);
  g_test_add_func ("/loader/cancelled-leaves-nothing", test_cancel);
  g_test_add_func ("/files/forms-are-the-same", test_files);
  g_test_add_func ("/files/certificate-of-an-authority-can-be-the-own-one", test_own_authority);
  g_test_add_func ("/files/certificate-is-the-one-that-the-key-is-for", test_key_of_several);
  g_test_add_func ("/files/error-names-the-file", test_bad_files);
  g_test_add_func ("/restorer/brings-back-all", test_restore);
  g_test_add_func ("/restorer/brings-back-only-what-is-missing", test_restore_missing);
  g_test_add_func ("/restorer/nothing-starts-without-its-secret", test_restore_start);
  g_test_add_func ("/restorer/waits-for-the-file", test_keeper);
  g_test_add_func ("/restorer/one-that-fails-does-not-stop-it", test_restore_goes_on);

  return g_test_run ();
}
