/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is in the editor, as a configuration, a message, and a group of a key file. */

#include "../real/real.h"
#include "applet-profile.h"

static AppletProfile *
make_profile (AppletAuth auth)
{
  AppletProfile *profile = applet_profile_new ();

  g_object_set (profile, "name", "home", "remote-addrs", "vpn.example.org", "auth", auth, NULL);
  if (auth == APPLET_AUTH_EAP)
    g_object_set (profile, "user", "carol", NULL);

  return profile;
}

/* Takes @expected. */
static void
assert_message (AppletProfile *profile,
                ViciMessage   *expected)
{
  g_autoptr (ViciMessage) wanted = expected;
  g_autoptr (ViciConnConfig) config = applet_profile_to_config (profile, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) message = vici_settings_to_message (VICI_SETTINGS (config), &error);
  g_autofree char *text = NULL;
  g_autofree char *wanted_text = NULL;

  g_assert_no_error (error);
  text = vici_message_to_string (message, VICI_PRINT_PRETTY);
  wanted_text = vici_message_to_string (wanted, VICI_PRINT_PRETTY);
  g_assert_cmpstr (text, ==, wanted_text);
}

static void
test_psk (void)
{
  g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_PSK);

  g_object_set (profile, "local-id", "carol@example.org", "remote-id", "gateway",
                "local-addrs", "192.0.2.1", "remote-addrs", " vpn.example.org,  192.0.2.2 ,",
                "remote-ts", "10.1.0.0/16,10.2.0.0/16", "local-ts", "10.3.0.0/16",
                "ike-proposals", "aes256-sha256-x25519, default", "esp-proposals", "aes256gcm16",
                "version", 1u, "virtual-ip", TRUE, "start", APPLET_START_ON_TRAFFIC, NULL);

  assert_message (profile, real_message (
    "{'version': <1>, 'local_addrs': <['192.0.2.1']>,"
    " 'remote_addrs': <['vpn.example.org', '192.0.2.2']>,"
    " 'proposals': <['aes256-sha256-x25519', 'default']>, 'vips': <['0.0.0.0', '::']>,"
    " 'children': <{'home': <{'esp_proposals': <['aes256gcm16']>, 'local_ts': <['10.3.0.0/16']>,"
    "                         'remote_ts': <['10.1.0.0/16', '10.2.0.0/16']>,"
    "                         'start_action': <'trap'>}>}>,"
    " 'local-1': <{'auth': <'psk'>, 'id': <'carol@example.org'>}>,"
    " 'remote-1': <{'auth': <'psk'>, 'id': <'gateway'>}>}"));
}

static void
test_cert (void)
{
  g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_CERT);

  assert_message (profile, real_message (
    "{'version': <2>, 'remote_addrs': <['vpn.example.org']>, 'children': <{'home': <@a{sv} {}>}>,"
    " 'local-1': <{'auth': <'pubkey'>}>,"
    " 'remote-1': <{'auth': <'pubkey'>, 'id': <'vpn.example.org'>}>}"));
}

static void
test_eap (void)
{
  g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_EAP);

  g_object_set (profile, "child", "net", NULL);
  assert_message (profile, real_message (
    "{'version': <2>, 'remote_addrs': <['vpn.example.org']>, 'children': <{'net': <@a{sv} {}>}>,"
    " 'local-1': <{'auth': <'eap'>, 'eap_id': <'carol'>}>,"
    " 'remote-1': <{'auth': <'pubkey'>, 'id': <'vpn.example.org'>}>}"));

  g_object_set (profile, "eap-method", "mschapv2", NULL);
  assert_message (profile, real_message (
    "{'version': <2>, 'remote_addrs': <['vpn.example.org']>, 'children': <{'net': <@a{sv} {}>}>,"
    " 'local-1': <{'auth': <'eap-mschapv2'>, 'eap_id': <'carol'>}>,"
    " 'remote-1': <{'auth': <'pubkey'>, 'id': <'vpn.example.org'>}>}"));
}

static void
assert_owners (AppletProfile *profile,
               const char    *expected)
{
  g_auto (GStrv) owners = applet_profile_get_owners (profile);
  g_autofree char *joined = g_strjoinv (" ", owners);

  g_assert_cmpstr (joined, ==, expected);
}

/* Who turns to a host wants that one, and not just anybody with a certificate. */
static void
test_owners (void)
{
  g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_PSK);

  assert_owners (profile, "vpn.example.org");
  g_object_set (profile, "local-id", "carol@example.org", NULL);
  assert_owners (profile, "carol@example.org vpn.example.org");
  g_object_set (profile, "remote-id", "gateway", NULL);
  assert_owners (profile, "carol@example.org gateway");
  g_object_set (profile, "auth", APPLET_AUTH_EAP, "user", "carol", NULL);
  assert_owners (profile, "carol gateway");

  /* Nobody in particular. */
  g_object_set (profile, "remote-id", "", "remote-addrs", "192.0.2.0/24", NULL);
  assert_owners (profile, "carol");
  g_object_set (profile, "remote-addrs", "192.0.2.1-192.0.2.9", NULL);
  assert_owners (profile, "carol");
  g_object_set (profile, "remote-addrs", "%any", NULL);
  assert_owners (profile, "carol");
  g_object_set (profile, "remote-addrs", "vpn-1.example.org", NULL);
  assert_owners (profile, "carol vpn-1.example.org");
}

/* Each value passes its own check, or both that and the one of all it is sent with
 * fail; and the latter names the entry. */
static void
test_checks (void)
{
  static const struct
  {
    const char *property;
    const char *good;
    const char *bad;        /* NULL: nothing but too long a text is */
  } cases[] = {
    { "remote-addrs", "192.0.2.1, vpn.example.org", "192.0.2.1, no host" },
    { "local-addrs", "192.0.2.7", "192.0.2.0/99" },
    { "local-id", "carol@example.org", NULL },
    { "remote-id", "%any", NULL },
    { "remote-ts", "10.1.0.0/16[tcp/http], dynamic", "10.1.0.0/64" },
    { "local-ts", "fec0::/16", "10.3.0.0/16, nonsense" },
    { "ike-proposals", "default", "aes256 sha256" },
    { "esp-proposals", "aes256gcm16-x25519", "default, aes256--sha1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_PSK);
      g_autoptr (ViciConnConfig) good = NULL;
      g_autoptr (ViciConnConfig) bad = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) whole = NULL;
      g_autofree char *long_text = g_strnfill (600, 'x');
      const char *text;

      g_object_set (profile, cases[i].property, cases[i].good, NULL);
      applet_profile_check (profile, cases[i].property, &error);
      g_assert_no_error (error);
      good = applet_profile_to_config (profile, NULL);
      vici_settings_check (VICI_SETTINGS (good), &error);
      g_assert_no_error (error);

      g_object_set (profile, cases[i].property, cases[i].bad != NULL ? cases[i].bad : long_text,
                    NULL);
      g_assert_false (applet_profile_check (profile, cases[i].property, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
      bad = applet_profile_to_config (profile, NULL);
      g_assert_false (vici_settings_check (VICI_SETTINGS (bad), &whole));
      g_assert_cmpstr (applet_profile_find_blamed (profile, whole, &text), ==, cases[i].property);
      g_assert_cmpstr (text, ==, error->message);
    }
}

static void
assert_fails (AppletProfile *profile,
              const char    *property)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (applet_profile_check (profile, property, &error));
  g_assert_error (error, VICI_ERROR, error->code);
}

static void
test_missing (void)
{
  g_autoptr (AppletProfile) profile = applet_profile_new ();
  g_autofree char *long_name = g_strnfill (256, 'x');
  g_autoptr (GError) error = NULL;

  assert_fails (profile, "name");
  assert_fails (profile, "remote-addrs");
  g_assert_true (applet_profile_check (profile, "user", &error));
  g_assert_true (applet_profile_check (profile, "cert-file", &error));
  g_assert_true (applet_profile_check (profile, "local-id", &error));
  g_object_set (profile, "name", long_name, "auth", APPLET_AUTH_CERT, NULL);
  assert_fails (profile, "name");
  assert_fails (profile, "cert-file");
  g_object_set (profile, "name", "a.b {c} ümlaut", "auth", APPLET_AUTH_EAP, NULL);
  g_assert_true (applet_profile_check (profile, "name", &error));
  assert_fails (profile, "user");
  g_assert_true (applet_profile_check (profile, "version", &error));
  g_object_set (profile, "version", 1u, NULL);
  assert_fails (profile, "version");
}

static void
test_refusal (void)
{
  g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_PSK);
  g_autoptr (GError) refusal = g_error_new_literal (
    VICI_ERROR, VICI_ERROR_COMMAND_FAILED,
    "load-conn: invalid value for: remote_ts, config discarded");
  g_autoptr (GError) other = g_error_new_literal (VICI_ERROR, VICI_ERROR_COMMAND_FAILED, "no");
  g_autoptr (GError) input = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED,
                                                  "home.remote_ts: no");
  const char *text;

  g_assert_cmpstr (applet_profile_find_blamed (profile, refusal, &text), ==, "remote-ts");
  g_assert_cmpstr (text, ==, refusal->message);
  g_assert_null (applet_profile_find_blamed (profile, other, NULL));
  g_assert_null (applet_profile_find_blamed (profile, input, NULL));
}

/* A name can have all that divides a path. */
static void
test_odd_name (void)
{
  g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_PSK);
  g_autoptr (ViciConnConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (profile, "name", "a: b.children.c.remote_ts: d", "remote-ts", "nonsense", NULL);
  config = applet_profile_to_config (profile, NULL);
  g_assert_false (vici_settings_check (VICI_SETTINGS (config), &error));
  g_assert_cmpstr (applet_profile_find_blamed (profile, error, NULL), ==, "remote-ts");
}

static void
test_key_file (void)
{
  g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_EAP);
  g_autoptr (AppletProfile) copy = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GKeyFile) again = g_key_file_new ();
  g_autofree char *data = NULL;
  g_autofree char *data_again = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (profile, "name", "  [a];b=c\n ümlaut", "local-id", "CN=Carol; O=\"x\"",
                "version", 0u, "start", APPLET_START_AT_ONCE, "virtual-ip", TRUE, NULL);
  applet_profile_to_key_file (profile, file, "connection-1");
  data = g_key_file_to_data (file, NULL, NULL);
  g_key_file_load_from_data (again, data, -1, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  copy = applet_profile_new_from_key_file (again, "connection-1", &error);
  g_assert_no_error (error);

  g_assert_cmpstr (applet_profile_get (copy, "name"), ==, "[a];b=c\n ümlaut");
  g_assert_cmpstr (applet_profile_get (copy, "local-id"), ==, "CN=Carol; O=\"x\"");
  g_assert_cmpint (applet_profile_get_start (copy), ==, APPLET_START_AT_ONCE);
  g_assert_cmpint (applet_profile_get_auth (copy), ==, APPLET_AUTH_EAP);
  applet_profile_to_key_file (copy, again, "connection-1");
  data_again = g_key_file_to_data (again, NULL, NULL);
  g_assert_cmpstr (data_again, ==, data);
}

static void
test_equal (void)
{
  static const char * const properties[] = { "name", "auth", "version", "start", "virtual-ip", "ca-file" };

  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autoptr (AppletProfile) profile = make_profile (APPLET_AUTH_PSK);
      g_autoptr (AppletProfile) copy = applet_profile_copy (profile);

      g_assert_true (applet_profile_equal (profile, copy));
      if (g_str_equal (properties[i], "name") || g_str_equal (properties[i], "ca-file"))
        g_object_set (copy, properties[i], "other", NULL);
      else
        g_object_set (copy, properties[i], 1, NULL);
      g_assert_false (applet_profile_equal (profile, copy));
    }
}

static void
test_bad_key_file (void)
{
  static const char * const texts[] = {
    "[a]\nversion=2\nauth=psk\nstart=no\n",
    "[a]\nname=x\nversion=3\nauth=psk\nstart=no\n",
    "[a]\nname=x\nversion=2\nauth=PSK\nstart=no\n",
    "[a]\nname=x\nversion=2\nauth=psk\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (GError) error = NULL;

      g_assert_true (g_key_file_load_from_data (file, texts[i], -1, G_KEY_FILE_NONE, NULL));
      g_assert_null (applet_profile_new_from_key_file (file, "a", &error));
      g_assert_nonnull (error);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/profile/secret-becomes-configuration", test_psk);
  g_test_add_func ("/profile/certificate-becomes-configuration", test_cert);
  g_test_add_func ("/profile/user-becomes-configuration", test_eap);
  g_test_add_func ("/profile/peer-is-who-it-is-turned-to", test_owners);
  g_test_add_func ("/profile/error-is-that-of-its-entry", test_checks);
  g_test_add_func ("/profile/what-is-missing-is-asked-for", test_missing);
  g_test_add_func ("/profile/refusal-is-that-of-its-entry", test_refusal);
  g_test_add_func ("/profile/name-is-no-path", test_odd_name);
  g_test_add_func ("/profile/key-file-keeps-it", test_key_file);
  g_test_add_func ("/profile/other-in-one-property-is-another", test_equal);
  g_test_add_func ("/profile/bad-key-file-is-refused", test_bad_key_file);

  return g_test_run ();
}
