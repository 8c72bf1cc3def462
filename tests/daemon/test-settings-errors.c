/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What settings as a whole are refused for, and what becomes of secrets in them.
 * Linked so that every call of explicit_bzero() in the library comes here. */

#include <gio/gio.h>
#include <string.h>

#include "vici-daemon-commands.h"
#include "vici-error.h"

void __real_explicit_bzero (void *data, size_t length);
void __wrap_explicit_bzero (void *data, size_t length);

#define PIN "0815-4711"

static guint wiped;

void
__wrap_explicit_bzero (void  *data,
                       size_t length)
{
  if (memmem (data, length, PIN, strlen (PIN)) != NULL)
    wiped++;

  __real_explicit_bzero (data, length);
}

#define assert_refused(settings, code, message) \
  assert_refused_at (G_STRLOC, VICI_SETTINGS (settings), code, message)

static void
assert_refused_at (const char   *where,
                   ViciSettings *settings,
                   int           code,
                   const char   *message)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", where);
  g_assert_false (vici_settings_check (settings, &error));
  g_assert_error (error, VICI_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
}

#define assert_text(settings, text) assert_text_at (G_STRLOC, VICI_SETTINGS (settings), text)

static void
assert_text_at (const char   *where,
                ViciSettings *settings,
                const char   *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) message = vici_settings_to_message (settings, &error);
  g_autofree char *printed = NULL;

  g_test_message ("%s", where);
  g_assert_no_error (error);
  printed = vici_message_to_string (message, VICI_PRINT_NONE);
  g_assert_cmpstr (printed, ==, text);
}

/* -- Names -- */

static void
test_names (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("höme");
  g_autoptr (ViciConnConfig) unnamed = g_object_new (VICI_TYPE_CONN_CONFIG, NULL);
  g_autoptr (ViciConnConfig) empty = vici_conn_config_new ("");
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("ne\nt");
  g_autoptr (ViciChildConfig) nameless = vici_child_config_new ("");
  g_autoptr (ViciChildConfig) binary = vici_child_config_new ("\xff");

  assert_refused (unnamed, VICI_ERROR_INVALID, "name: a name is expected");
  assert_refused (empty, VICI_ERROR_INVALID, "name: a name is expected");

  vici_conn_config_add_child (conn, child);
  vici_conn_config_add_child (conn, binary);
  assert_text (conn, "{children {ne%0At {} %FF {}}}");

  vici_child_config_set_priority (binary, 1);
  vici_settings_set_extra (VICI_SETTINGS (binary), "priority", g_variant_new_string ("2"));
  assert_refused (conn, VICI_ERROR_INVALID,
                  "höme.children.%FF.priority: it is set by its property, and added as an "
                  "extra key too");

  vici_settings_unset (VICI_SETTINGS (conn), "children");
  vici_conn_config_add_child (conn, nameless);
  assert_refused (conn, VICI_ERROR_INVALID, "höme.children.name: a name is expected");
}

/* What becomes 255 bytes on the wire is as long as a name can be. */
static void
test_long_names (void)
{
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *longer = g_strnfill (256, 'x');
  g_autofree char *message =
    g_strdup_printf ("%.60s…: the name is longer than 255 bytes, as it is sent", longer);
  g_autofree char *within = g_strconcat ("home.children.", message, NULL);
  g_autoptr (ViciConnConfig) fits = vici_conn_config_new (longest);
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new (longer);
  g_autoptr (ViciConnConfig) home = vici_conn_config_new ("home");
  g_autoptr (ViciChildConfig) child = vici_child_config_new (longer);

  assert_text (fits, "{}");
  assert_refused (conn, VICI_ERROR_TOO_LARGE, message);
  vici_conn_config_add_child (home, child);
  assert_refused (home, VICI_ERROR_TOO_LARGE, within);
}

/* -- Settings within settings -- */

static void
test_twice (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
  g_autoptr (ViciConnConfig) other = vici_conn_config_new ("other");
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("net");
  g_autoptr (ViciChildConfig) same_name = vici_child_config_new ("net");
  g_autoptr (ViciAuthConfig) auth = vici_auth_config_new ();

  vici_conn_config_add_child (conn, child);
  vici_conn_config_add_child (other, child);
  vici_conn_config_add_local (conn, auth);
  vici_conn_config_add_remote (conn, auth);
  assert_text (conn, "{children {net {}} local-1 {} remote-1 {}}");
  assert_text (other, "{children {net {}}}");

  vici_conn_config_add_local (conn, auth);
  vici_settings_unset (VICI_SETTINGS (conn), "children");
  assert_refused (conn, VICI_ERROR_INVALID, "home.local-2: the same settings were added before");

  vici_conn_config_add_child (other, same_name);
  assert_refused (other, VICI_ERROR_INVALID, "other.children.net: there are two of this name");
}

/* What is changed after it was added counts. */
static void
test_kept (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
  ViciChildConfig *child = vici_child_config_new ("net");
  gpointer weak = child;

  g_object_add_weak_pointer (G_OBJECT (child), &weak);
  vici_conn_config_add_child (conn, child);
  g_object_unref (child);
  g_assert_nonnull (weak);

  vici_child_config_set_rekey_time (weak, "soon");
  assert_refused (conn, VICI_ERROR_INVALID,
                  "home.children.net.rekey_time: “soon” is not valid: a time is a number of "
                  "seconds, or one with the unit s, m, h or d, such as 4h");
  vici_child_config_set_rekey_time (weak, "4h");
  assert_text (conn, "{children {net {rekey_time=4h}}}");

  vici_settings_unset (VICI_SETTINGS (conn), "children");
  g_assert_null (weak);
}

/* The name is given once, and sent, as properties that were set are. */
static void
test_name_is_set (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
  g_autoptr (ViciConnConfig) unnamed = g_object_new (VICI_TYPE_CONN_CONFIG, NULL);

  g_assert_true (vici_settings_is_set (VICI_SETTINGS (conn), "name"));
  g_assert_false (vici_settings_is_set (VICI_SETTINGS (unnamed), "name"));
}

/* -- Extra keys -- */

static void
set_extra (gpointer    settings,
           const char *key,
           const char *value)
{
  vici_settings_set_extra (settings, key, value ? g_variant_new_parsed (value) : NULL);
}

static void
test_extra (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
  g_autoptr (ViciPoolConfig) pool = vici_pool_config_new ("pool");

  set_extra (conn, "new", "'yes'");
  set_extra (conn, "also_new", "['a', 'b']");
  set_extra (conn, "section", "{'key': <b'\\001'>}");
  set_extra (conn, "rekey_time", "'whenever'");
  assert_text (conn, "{also_new=[a b] new=yes rekey_time=whenever section {key=0x0100}}");

  set_extra (conn, "new", "'no'");
  set_extra (conn, "section", NULL);
  set_extra (conn, "also_new", NULL);
  assert_text (conn, "{new=no rekey_time=whenever}");

  /* Also what is required. */
  set_extra (pool, "addrs", "'10.0.0.0/24'");
  set_extra (pool, "25", "['10.0.0.1']");
  assert_text (pool, "{25=[10.0.0.1] addrs=10.0.0.0/24}");
}

static void
test_extra_twice (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
  g_autoptr (ViciAuthConfig) auth = vici_auth_config_new ();

  set_extra (conn, "rekey_time", "'whenever'");
  vici_conn_config_set_rekey_time (conn, "4h");
  assert_refused (conn, VICI_ERROR_INVALID,
                  "home.rekey_time: it is set by its property, and added as an extra key too");

  set_extra (conn, "rekey_time", NULL);
  set_extra (conn, "local-2", "@a{sv} {}");
  assert_text (conn, "{rekey_time=4h local-2 {}}");
  vici_conn_config_add_local (conn, auth);
  assert_refused (conn, VICI_ERROR_INVALID,
                  "home.local-2: it is set by its property, and added as an extra key too");
}

static void
test_extra_mistake (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");

  set_extra (conn, "half", "0.5");
  assert_refused (conn, VICI_ERROR_INVALID,
                  "home.half: “half” is of the type “d”, which a message cannot hold");
  set_extra (conn, "half", NULL);
  set_extra (conn, "", "'x'");
  assert_refused (conn, VICI_ERROR_INVALID, "home.: A name is empty");
}

static void
test_extra_of_the_library (void)
{
  g_autoptr (ViciInitiateOptions) options = vici_initiate_options_new ();

  set_extra (options, "timeout", "'1000'");
  assert_refused (options, VICI_ERROR_INVALID,
                  "timeout: it is always sent, as its property says, and cannot be an extra key");
  set_extra (options, "timeout", NULL);
  set_extra (options, "loglevel", "'2'");
  assert_refused (options, VICI_ERROR_INVALID,
                  "loglevel: it is always sent, as its property says, and cannot be an extra key");
}

static void
test_extra_of_a_class_without_keys (void)
{
  static GType type;
  g_autoptr (ViciSettings) settings = NULL;

  type = g_type_register_static_simple (VICI_TYPE_SETTINGS, "OwnSettings", sizeof (ViciSettingsClass),
                                        NULL, sizeof (ViciSettings), NULL, 0);
  settings = g_object_new (type, NULL);
  set_extra (settings, "new", "'yes'");
  assert_text (settings, "{new=yes}");
}

/* -- Keys that go together -- */

static void
test_mediation (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");

  vici_conn_config_set_mediated_by (conn, "mediator");
  assert_refused (conn, VICI_ERROR_INVALID,
                  "home.mediation_peer: it is missing, as mediated_by is set");
  vici_conn_config_set_mediation_peer (conn, "peer");
  assert_text (conn, "{mediated_by=mediator mediation_peer=peer}");
  vici_conn_config_set_mediation (conn, TRUE);
  assert_refused (conn, VICI_ERROR_INVALID,
                  "home.mediated_by: a connection that mediates cannot be mediated");
}

static void
test_ports (void)
{
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");

  vici_conn_config_set_local_port (conn, 65535);
  vici_conn_config_set_remote_port (conn, 65536);
  assert_refused (conn, VICI_ERROR_INVALID,
                  "home.remote_port: a port is a number from 0 to 65535");
  vici_conn_config_set_remote_port (conn, 0);
  assert_text (conn, "{local_port=65535 remote_port=0}");
}

/* charon counts these in 32 bits, and those of a CHILD_SA in 64. */
static void
test_times (void)
{
  static const char * const properties[] = { "rekey-time", "reauth-time", "over-time",
                                             "rand-time", "dpd-delay", "dpd-timeout" };
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("net");

  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
      g_autofree char *key = g_strdelimit (g_strdup (properties[i]), "-", '_');
      g_autofree char *longest = g_strdup_printf ("{%s=4294967295}", key);
      g_autofree char *message =
        g_strdup_printf ("home.%s: “49711d” is not valid: the time is 4294967295 seconds at most, "
                         "which are 49710 days",
                         key);

      g_object_set (conn, properties[i], "4294967295", NULL);
      assert_text (conn, longest);
      g_object_set (conn, properties[i], "49711d", NULL);
      assert_refused (conn, VICI_ERROR_INVALID, message);
    }

  vici_child_config_set_rekey_time (child, "49711d");
  vici_child_config_set_inactivity (child, "4294967295");
  assert_text (child, "{rekey_time=49711d inactivity=4294967295}");
  vici_child_config_set_inactivity (child, "4294967296");
  assert_refused (child, VICI_ERROR_INVALID,
                  "net.inactivity: “4294967296” is not valid: the time is 4294967295 seconds at "
                  "most, which are 49710 days");
}

static void
test_certificates (void)
{
  g_autoptr (ViciAuthorityConfig) authority = vici_authority_config_new ("ca");
  g_autoptr (ViciPoolConfig) pool = vici_pool_config_new ("pool");
  g_autoptr (ViciCertFileConfig) cert = vici_cert_file_config_new ();

  assert_refused (authority, VICI_ERROR_INVALID,
                  "ca.cacert: it is missing, or a file or a handle instead");
  vici_authority_config_set_handle (authority, "0a");
  assert_text (authority, "{handle=0a}");

  assert_refused (cert, VICI_ERROR_INVALID, "file: it is missing, or a handle instead");
  vici_cert_file_config_set_handle (cert, "0a");
  assert_text (cert, "{handle=0a}");
  vici_cert_file_config_set_file (cert, "/cert.pem");
  assert_refused (cert, VICI_ERROR_INVALID,
                  "handle: file is set too, and only one of them can be");

  assert_refused (pool, VICI_ERROR_INVALID, "pool.addrs: it is missing");
}

/* -- Lists and lengths -- */

static void
test_empty_list (void)
{
  static const char * const none[] = { NULL };
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
  g_autoptr (ViciAuthConfig) auth = vici_auth_config_new ();

  vici_conn_config_set_remote_addrs (conn, none);
  vici_auth_config_set_certs (auth, g_variant_new ("aay", NULL));
  vici_conn_config_add_local (conn, auth);
  g_assert_true (vici_settings_is_set (VICI_SETTINGS (conn), "remote-addrs"));
  assert_text (conn, "{remote_addrs=[] local-1 {certs=[]}}");
}

static void
test_lengths (void)
{
  static const guint8 zeros[65536];
  g_autofree char *text = g_strnfill (65536, 'x');
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("net");
  g_autoptr (ViciAuthConfig) auth = vici_auth_config_new ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (zeros, 65535);
  g_autoptr (GBytes) more = g_bytes_new_static (zeros, 65536);
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);

  vici_child_config_set_updown (child, text + 1);
  g_assert_true (vici_settings_check (VICI_SETTINGS (child), NULL));
  vici_child_config_set_updown (child, text);
  assert_refused (child, VICI_ERROR_TOO_LARGE, "net.updown: a value is longer than 65535 bytes");

  vici_auth_config_add_cert (auth, bytes);
  g_assert_true (vici_settings_check (VICI_SETTINGS (auth), NULL));
  vici_auth_config_add_cert (auth, more);
  assert_refused (auth, VICI_ERROR_TOO_LARGE, "certs: a value is longer than 65535 bytes");
  vici_auth_config_set_certs (auth, NULL);
  vici_auth_config_add_pubkey (auth, none);
  assert_refused (auth, VICI_ERROR_INVALID, "pubkeys: it is empty");
}

/* -- Secrets -- */

#define assert_never_sent(sent, code, text)            \
  G_STMT_START                                         \
  {                                                    \
    g_autoptr (GError) never_error = NULL;             \
    GError **error = &never_error;                     \
    g_assert_false (sent);                             \
    g_assert_error (never_error, VICI_ERROR, code);    \
    g_assert_cmpstr (never_error->message, ==, text);  \
  }                                                    \
  G_STMT_END

/* What was sent would fail since there is no connection. */
static void
test_arguments (void)
{
  static const guint8 zeros[65536];
  static const char encrypted[] = "\n-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII";
  static const char old[] = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n";
  static const char * const owners[] = { "carol", "a\tb", NULL };
  g_autoptr (ViciConnection) connection = vici_connection_new ("unix:///nowhere");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (ViciLoadSharedOptions) options = vici_load_shared_options_new ();
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) many = g_bytes_new_static (zeros, 65536);
  g_autoptr (GBytes) pkcs8 = g_bytes_new_static (encrypted, strlen (encrypted));
  g_autoptr (GBytes) pem = g_bytes_new_static (old, strlen (old));

  assert_never_sent (vici_daemon_load_shared_sync (daemon, "a", VICI_SHARED_TYPE_IKE, none, NULL,
                                                   NULL, error),
                     VICI_ERROR_INVALID, "load-shared: data: it is empty");
  assert_never_sent (vici_daemon_load_shared_sync (daemon, "a", VICI_SHARED_TYPE_IKE, many, NULL,
                                                   NULL, error),
                     VICI_ERROR_TOO_LARGE, "load-shared: data: a value is longer than 65535 bytes");
  vici_load_shared_options_set_owners (options, owners);
  assert_never_sent (vici_daemon_load_shared_sync (daemon, "a", VICI_SHARED_TYPE_IKE, pem, options,
                                                   NULL, error),
                     VICI_ERROR_INVALID,
                     "load-shared: owners: “a�b” is not valid: the daemon takes nothing but "
                     "printable ASCII here");
  assert_never_sent (vici_daemon_load_token_sync (daemon, "0a0", NULL, NULL, error),
                     VICI_ERROR_INVALID,
                     "load-token: handle: “0a0” is not valid: bytes are pairs of hexadecimal digits, "
                     "such as 9f3a or 0x9f3a");
  assert_never_sent (vici_daemon_load_key_sync (daemon, VICI_KEY_TYPE_ANY, pkcs8, NULL, error),
                     VICI_ERROR_INVALID,
                     "load-key: data: the private key is encrypted: ViciCredentials decrypts it, the "
                     "daemon does not");
  assert_never_sent (vici_daemon_load_key_sync (daemon, VICI_KEY_TYPE_ANY, pem, NULL, error),
                     VICI_ERROR_INVALID,
                     "load-key: data: the private key is encrypted: ViciCredentials decrypts it, the "
                     "daemon does not");
  assert_never_sent (vici_daemon_load_key_sync (daemon, VICI_KEY_TYPE_ANY, none, NULL, error),
                     VICI_ERROR_INVALID, "load-key: data: it is empty");
  assert_never_sent (vici_daemon_load_cert_sync (daemon, VICI_CERT_TYPE_UNKNOWN,
                                                 VICI_CERT_FLAG_NONE, pem, NULL, error),
                     VICI_ERROR_INVALID, "load-cert: type: it is missing");
}

/* Charon would say "missing configuration name" or the like. */
static void
test_selection (void)
{
  g_autoptr (ViciConnection) connection = vici_connection_new ("unix:///nowhere");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (ViciTerminateOptions) options = vici_terminate_options_new ();
  g_autoptr (ViciRekeyOptions) rekey = vici_rekey_options_new ();
  g_autoptr (GError) closed = NULL;

  assert_never_sent (vici_daemon_initiate_sync (daemon, NULL, NULL, NULL, NULL, NULL, error),
                     VICI_ERROR_INVALID, "initiate: one of these has to be given: ike, child");
  assert_never_sent (vici_daemon_terminate_sync (daemon, NULL, NULL, NULL, error) >= 0,
                     VICI_ERROR_INVALID,
                     "terminate: one of these has to be given: ike, child, ike-id, child-id");
  vici_terminate_options_set_force (options, TRUE);
  assert_never_sent (vici_daemon_terminate_sync (daemon, options, NULL, NULL, error) >= 0,
                     VICI_ERROR_INVALID,
                     "terminate: one of these has to be given: ike, child, ike-id, child-id");
  assert_never_sent (vici_daemon_rekey_sync (daemon, rekey, NULL, error) >= 0, VICI_ERROR_INVALID,
                     "rekey: one of these has to be given: ike, child, ike-id, child-id");
  assert_never_sent (vici_daemon_redirect_sync (daemon, "10.0.0.1", NULL, NULL, error) >= 0,
                     VICI_ERROR_INVALID,
                     "redirect: one of these has to be given: ike, ike-id, peer-ip, peer-id");

  /* With one of them it is the connection that is missing: a parameter, a property, an
   * extra key. */
  g_assert_false (vici_daemon_initiate_sync (daemon, NULL, "net", NULL, NULL, NULL, &closed));
  g_assert_error (closed, VICI_ERROR, VICI_ERROR_CLOSED);
  g_clear_error (&closed);
  vici_terminate_options_set_child_id (options, 1);
  g_assert_cmpint (vici_daemon_terminate_sync (daemon, options, NULL, NULL, &closed), ==, -1);
  g_assert_error (closed, VICI_ERROR, VICI_ERROR_CLOSED);
  g_clear_error (&closed);
  vici_settings_set_extra (VICI_SETTINGS (rekey), "ike", g_variant_new_string ("home"));
  g_assert_cmpint (vici_daemon_rekey_sync (daemon, rekey, NULL, &closed), ==, -1);
  g_assert_error (closed, VICI_ERROR, VICI_ERROR_CLOSED);
}

/* A cast in C may be wrong. */
static void
test_types (void)
{
  g_autoptr (ViciConnection) connection = vici_connection_new ("unix:///nowhere");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new ("home");
  g_autoptr (ViciAuthConfig) auth = vici_auth_config_new ();
  gpointer wrong = connection;

  g_test_expect_message ("vici-glib", G_LOG_LEVEL_CRITICAL, "*'VICI_IS_CONN_CONFIG (conn)' failed");
  vici_daemon_load_conn_sync (daemon, wrong, NULL, NULL);
  g_test_expect_message ("vici-glib", G_LOG_LEVEL_CRITICAL, "*VICI_IS_LIST_SAS_OPTIONS (options)' failed");
  g_assert_null (vici_daemon_list_sas_sync (daemon, wrong, NULL, NULL));
  g_test_expect_message ("vici-glib", G_LOG_LEVEL_CRITICAL, "*VICI_IS_CONTROL_LOG (log)' failed");
  vici_daemon_initiate_async (daemon, NULL, "net", NULL, wrong, NULL, NULL, NULL);
  g_test_expect_message ("vici-glib", G_LOG_LEVEL_CRITICAL, "*'VICI_IS_CHILD_CONFIG (child)' failed");
  vici_conn_config_add_child (conn, wrong);
  g_test_expect_message ("vici-glib", G_LOG_LEVEL_CRITICAL, "*'VICI_IS_CERT_FILE_CONFIG (cert_file)' failed");
  vici_auth_config_add_cert_file (auth, wrong);
  g_test_assert_expected_messages ();
}

static void
test_secret_is_not_shown (void)
{
  g_autoptr (ViciLoadTokenOptions) options = vici_load_token_options_new ();

  vici_load_token_options_set_pin (options, PIN "ü");
  assert_refused (options, VICI_ERROR_INVALID,
                  "pin: the daemon takes nothing but printable ASCII here");
  vici_load_token_options_set_pin (options, PIN);
  assert_text (options, "{pin=(hidden)}");
}

/* Of an extra key there may be copies. */
static void
test_secret_is_no_extra_key (void)
{
  g_autoptr (ViciLoadTokenOptions) options = vici_load_token_options_new ();

  set_extra (options, "pin", "'" PIN "'");
  assert_refused (options, VICI_ERROR_INVALID,
                  "pin: it is a secret, which is wiped where its property is set, and cannot be an "
                  "extra key");
}

static void
test_secret_is_wiped (void)
{
  ViciLoadTokenOptions *options = vici_load_token_options_new ();
  g_autoptr (ViciMessage) message = NULL;

  /* When it is replaced, and when it goes. */
  wiped = 0;
  vici_load_token_options_set_pin (options, PIN);
  vici_load_token_options_set_pin (options, PIN "-2");
  g_assert_cmpuint (wiped, ==, 1);
  vici_load_token_options_set_pin (options, NULL);
  g_assert_cmpuint (wiped, ==, 2);
  vici_load_token_options_set_pin (options, PIN);
  g_object_unref (options);
  g_assert_cmpuint (wiped, ==, 3);

  /* And the copies on the way into a message: the one that was checked, and that of
   * the builder. */
  options = vici_load_token_options_new ();
  vici_load_token_options_set_pin (options, PIN);
  message = vici_settings_to_message (VICI_SETTINGS (options), NULL);
  g_assert_cmpuint (wiped, ==, 5);
  g_clear_object (&message);
  g_assert_cmpuint (wiped, ==, 6);
  g_object_unref (options);
  g_assert_cmpuint (wiped, ==, 7);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/settings/names-are-shown-in-any-script", test_names);
  g_test_add_func ("/settings/names-have-room-for-255-bytes", test_long_names);
  g_test_add_func ("/settings/nothing-is-added-twice", test_twice);
  g_test_add_func ("/settings/what-was-added-is-kept-and-can-change", test_kept);
  g_test_add_func ("/settings/a-name-is-set-where-it-was-given", test_name_is_set);
  g_test_add_func ("/settings/extra-keys-are-sent-unchecked", test_extra);
  g_test_add_func ("/settings/an-extra-key-beside-its-property-is-refused", test_extra_twice);
  g_test_add_func ("/settings/a-mistake-in-an-extra-key-is-named", test_extra_mistake);
  g_test_add_func ("/settings/an-extra-key-that-the-library-sends-is-refused",
                   test_extra_of_the_library);
  g_test_add_func ("/settings/a-class-without-keys-has-extra-keys",
                   test_extra_of_a_class_without_keys);
  g_test_add_func ("/settings/mediation-that-crashes-a-daemon-is-refused", test_mediation);
  g_test_add_func ("/settings/ports-have-16-bits", test_ports);
  g_test_add_func ("/settings/times-that-are-cut-are-refused", test_times);
  g_test_add_func ("/settings/certificates-come-from-somewhere", test_certificates);
  g_test_add_func ("/settings/an-empty-list-is-sent", test_empty_list);
  g_test_add_func ("/settings/values-have-room-for-65535-bytes", test_lengths);
  g_test_add_func ("/settings/arguments-are-named-in-errors", test_arguments);
  g_test_add_func ("/settings/a-command-that-selects-nothing-is-refused", test_selection);
  g_test_add_func ("/settings/what-is-of-another-class-is-refused", test_types);
  g_test_add_func ("/settings/a-secret-is-no-extra-key", test_secret_is_no_extra_key);
  g_test_add_func ("/settings/a-secret-is-never-shown", test_secret_is_not_shown);
  g_test_add_func ("/settings/a-secret-is-wiped", test_secret_is_wiped);

  return g_test_run ();
}
