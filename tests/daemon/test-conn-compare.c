/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a connection was sent as, beside what a daemon could list. What a real one
 * lists is in test-configs-charon.py. */

#include "vici-conn-compare.h"

#include "records-test.h"

/* As charon 5.9.8 lists a connection of which nothing was set. */
#define PLAIN                                                                   \
  "'local_addrs': <['%any']>, 'remote_addrs': <['%any']>, 'version': <'IKEv1/2'>, " \
  "'reauth_time': <'0'>, 'rekey_time': <'14400'>, 'unique': <'UNIQUE_NO'>, "     \
  "'remote-1': <{'groups': <@as []>, 'certs': <@as []>, 'cacerts': <@as []>}>, "
#define LOCAL "'local-1': <{'groups': <@as []>, 'certs': <@as []>, 'cacerts': <@as []>}>, "
#define NO_CHILD "'children': <@a{sv} {}>"
#define CHILD(more)                                                              \
  "'children': <{'net': <{'mode': <'TUNNEL'>, 'rekey_time': <'3600'>, "           \
  "'rekey_bytes': <'0'>, 'rekey_packets': <'0'>, 'dpd_action': <'none'>, "        \
  "'close_action': <'none'>, " more "}>}>"

static void
assert_differs (ViciConnConfig *config,
                const char     *listed,
                const char     *paths)
{
  g_autofree char *format = g_strdup_printf ("{%s}", listed);
  g_autoptr (ViciConn) conn = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) found = NULL;
  g_autofree char *joined = NULL;

  conn = records_test_parse (VICI_TYPE_CONN, "home", format);
  found = vici_conn_config_compare (config, conn, &error);
  g_assert_no_error (error);
  joined = g_strjoinv (" ", found);
  g_assert_cmpstr (joined, ==, paths);
}

static ViciConnConfig *
new_config (void)
{
  return vici_conn_config_new ("home");
}

static ViciConnConfig *
new_with_child (const char *selector)
{
  const char * const selectors[] = { selector, NULL };
  ViciConnConfig *config = new_config ();
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("net");

  vici_child_config_set_local_ts (child, selectors);
  vici_conn_config_add_child (config, child);

  return config;
}

static void
test_defaults (void)
{
  g_autoptr (ViciConnConfig) config = new_config ();

  assert_differs (config, PLAIN LOCAL NO_CHILD, "");
  assert_differs (config, "'version': <'IKEv2'>, 'rekey_time': <'1'>",
                  "home.version home.rekey_time home.local home.remote");
  vici_conn_config_set_reauth_time (config, "3h");
  assert_differs (config, PLAIN LOCAL NO_CHILD, "home.reauth_time home.rekey_time");
}

/* From 6.0.3 on they are listed. */
static void
test_ports (void)
{
  g_autoptr (ViciConnConfig) config = new_config ();

  vici_conn_config_set_remote_port (config, 4500);
  assert_differs (config, PLAIN LOCAL NO_CHILD, "");
  assert_differs (config, "'remote_port': <'4500'>, 'local_port': <'500'>, " PLAIN LOCAL NO_CHILD,
                  "");
  assert_differs (config, "'remote_port': <'500'>, " PLAIN LOCAL NO_CHILD, "home.remote_port");
}

static void
test_unknown (void)
{
  g_autoptr (ViciConnConfig) config = new_with_child ("10.0.0.0/24[tcp/443]");

  vici_conn_config_set_version (config, VICI_IKE_VERSION_V2);
  assert_differs (config,
                  "'version': <'IKEv3'>, 'unique': <'UNIQUE_SOMEHOW'>, "
                  "'local-1': <{'class': <'telepathy'>}>, 'remote-1': <@a{sv} {}>, "
                  "'children': <{'net': <{'mode': <'WORMHOLE'>, 'local-ts': "
                  "<['10.0.0.0/24[tcp/no-such-service]']>}>}>",
                  "");
}

static void
test_selectors (void)
{
  g_autoptr (ViciConnConfig) config = new_with_child ("10.0.0.9/24[17/53]");
  const char *path = "home.children.net.local_ts";

  assert_differs (config, PLAIN LOCAL CHILD ("'local-ts': <['10.0.0.0/24[udp/domain]']>"), "");
  assert_differs (config, PLAIN LOCAL CHILD ("'local-ts': <['10.0.0.0..10.0.0.255[udp/53]']>"), "");
  assert_differs (config, PLAIN LOCAL CHILD ("'local-ts': <['10.0.0.0/24[tcp/domain]']>"), path);
  assert_differs (config, PLAIN LOCAL CHILD ("'local-ts': <['10.0.0.0/25[udp/domain]']>"), path);
  assert_differs (config, PLAIN LOCAL CHILD ("'local-ts': <['10.0.0.0/24[udp]']>"), path);
  assert_differs (config, PLAIN LOCAL CHILD ("'local-ts': <['dynamic']>"), path);
  assert_differs (config, PLAIN LOCAL CHILD ("'local-ts': <['something new']>"), "");
}

static void
assert_identity (const char *sent,
                 const char *listed,
                 gboolean    agrees)
{
  g_autoptr (ViciConnConfig) config = new_config ();
  g_autoptr (ViciAuthConfig) auth = vici_auth_config_new ();
  g_autofree char *conn = g_strdup_printf ("'local-1': <{'id': <'%s'>}>, 'remote-1': <@a{sv} {}>",
                                           listed);

  vici_auth_config_set_id (auth, sent);
  vici_conn_config_add_local (config, auth);
  assert_differs (config, conn, agrees ? "" : "home.local-1.id");
}

static void
test_identities (void)
{
  assert_identity ("fqdn:vpn.example.org", "vpn.example.org", TRUE);
  assert_identity ("@#0A0b", "0a:0b", TRUE);
  assert_identity ("@#0A0b", "0a:0c", FALSE);
  assert_identity ("0.0.0.0", "%any", TRUE);
  assert_identity ("/C=CH/O=A, B/CN=x", "C=CH, O=A, B, CN=x", TRUE);
  assert_identity ("emailAddress=a@b , c=CH", "E=a@b, C=CH", TRUE);
  assert_identity ("C=CH, CN=x", "CN=x, C=CH", FALSE);
  assert_identity ("C=CH, CN=x", "C=CH, CN=X", FALSE);
  assert_identity ("10.0.0.1", "10.0.0.1/32", FALSE);
  assert_identity ("FD00::0:1", "fd00::1", TRUE);
  assert_identity ("asn1gn:#0102", "(ASN.1 general name)", TRUE);
  assert_identity ("uri:http://a", "http://a", FALSE);
}

static void
test_names (void)
{
  g_autoptr (ViciConnConfig) config = new_config ();
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("nét");

  vici_conn_config_add_child (config, child);
  assert_differs (config, PLAIN LOCAL "'children': <{'n%C3%A9t': <@a{sv} {}>}>", "");
  assert_differs (config, PLAIN LOCAL "'children': <{'net': <@a{sv} {}>}>",
                  "home.children.nét home.children.net");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/conn-compare/what-is-not-set-is-the-default", test_defaults);
  g_test_add_func ("/conn-compare/ports-are-compared-where-they-are-listed", test_ports);
  g_test_add_func ("/conn-compare/what-cannot-be-told-is-the-same", test_unknown);
  g_test_add_func ("/conn-compare/selectors-mean-addresses-and-ports", test_selectors);
  g_test_add_func ("/conn-compare/identities-are-as-charon-writes-them", test_identities);
  g_test_add_func ("/conn-compare/names-are-those-of-the-user", test_names);

  return g_test_run ();
}
