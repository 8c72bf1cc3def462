/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "daemon-cases.h"

#include "vici-configs.h"
#include "vici-daemon-commands.h"
#include "vici-options.h"
#include "vici-record.h"

/* -- Results as text -- */

static char *
describe_boolean (gboolean value)
{
  return g_strdup (value ? "yes" : "no");
}

static char *
describe_count (gint64 count)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, count);
}

static char *
describe_string (char *text)
{
  return text ? text : g_strdup ("nothing");
}

static char *
describe_names (GStrv names)
{
  char *text = names ? g_strjoinv (", ", names) : g_strdup ("nothing");

  g_strfreev (names);

  return text;
}

/* "TYPE NAME {…}" */
static void
describe_record (GString *text,
                 gpointer record)
{
  g_autofree char *message = vici_message_to_string (vici_record_get_message (record),
                                                     VICI_PRINT_NONE);
  g_autofree char *name = NULL;

  g_string_append_printf (text, "%s ", G_OBJECT_TYPE_NAME (record) + strlen ("Vici"));
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (record), "name"))
    g_object_get (record, "name", &name, NULL);
  else if (g_object_class_find_property (G_OBJECT_GET_CLASS (record), "id"))
    g_object_get (record, "id", &name, NULL);
  if (name != NULL)
    g_string_append_printf (text, "%s ", name);
  g_string_append (text, message);
}

static char *
describe_object (gpointer object)
{
  g_autoptr (GObject) owned G_GNUC_UNUSED = object;
  GString *text = g_string_new (NULL);

  if (object == NULL)
    g_string_append (text, "nothing");
  else if (!G_IS_LIST_MODEL (object))
    describe_record (text, object);
  else
    {
      g_string_append_c (text, '[');
      for (guint i = 0; i < g_list_model_get_n_items (object); i++)
        {
          g_autoptr (GObject) item = g_list_model_get_item (object, i);

          g_string_append (text, i > 0 ? ", " : "");
          describe_record (text, item);
        }
      g_string_append_c (text, ']');
    }

  return g_string_free (text, FALSE);
}

/* clang-format off */
#define DESCRIBE(value)                 \
  _Generic ((value),                    \
            gboolean: describe_boolean, \
            gint64: describe_count,     \
            char *: describe_string,    \
            GStrv: describe_names,      \
            default: describe_object) (value)

/* What they return when they fail. */
#define NOTHING(value) \
  _Generic ((value), gboolean: "no", gint64: "-1", default: "nothing")
/* clang-format on */

/* -- Arguments -- */

/* Whatever is made for a call lives as long as the test program. */
static gpointer
keep (gpointer object)
{
  static GPtrArray *kept;

  if (kept == NULL)
    kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (kept, object);

  return object;
}

#define OPTIONS(TYPE, ...) keep (g_object_new (VICI_TYPE_##TYPE##_OPTIONS, __VA_ARGS__, NULL))

static const char * const words[] = { "one", "two", NULL };

static GBytes *
blob (void)
{
  static GBytes *bytes;

  if (bytes == NULL)
    bytes = g_bytes_new_static ("a\0b", 3);

  return bytes;
}

static ViciConnConfig *
make_conn (const char *rekey_time)
{
  ViciConnConfig *conn = keep (g_object_new (VICI_TYPE_CONN_CONFIG, "name", "Büro", NULL));
  g_autoptr (ViciChildConfig) child = vici_child_config_new ("net");
  g_autoptr (ViciAuthConfig) local = vici_auth_config_new ();

  vici_conn_config_set_version (conn, VICI_IKE_VERSION_V2);
  vici_auth_config_set_auth (local, "psk");
  vici_conn_config_add_local (conn, local);
  vici_child_config_set_rekey_time (child, rekey_time);
  vici_conn_config_add_child (conn, child);

  return conn;
}

static ViciPoolConfig *
make_pool (const char *addrs)
{
  return keep (g_object_new (VICI_TYPE_POOL_CONFIG, "name", "guests", "addrs", addrs, NULL));
}

static ViciAuthorityConfig *
make_authority (void)
{
  return keep (g_object_new (VICI_TYPE_AUTHORITY_CONFIG, "name", "ours", "cacert", blob (),
                             "crl-uris", words, NULL));
}

/* -- The calls -- */

/* clang-format off */

#define CALL(id, command, ...)                                                        \
  static void start_##id (ViciDaemon *daemon, GCancellable *cancellable,              \
                          GAsyncReadyCallback callback, gpointer user_data)           \
  {                                                                                   \
    vici_daemon_##command##_async (daemon, ##__VA_ARGS__, cancellable, callback, user_data); \
  }                                                                                   \
  static char *finish_##id (ViciDaemon *daemon, GAsyncResult *result, GError **error) \
  {                                                                                   \
    return DESCRIBE (vici_daemon_##command##_finish (daemon, result, error));         \
  }                                                                                   \
  static char *sync_##id (ViciDaemon *daemon, GCancellable *cancellable, GError **error) \
  {                                                                                   \
    return DESCRIBE (vici_daemon_##command##_sync (daemon, ##__VA_ARGS__, cancellable, error)); \
  }

#define CASE(id, command) start_##id, finish_##id, sync_##id, \
  NOTHING (vici_daemon_##command##_finish (NULL, NULL, NULL))

CALL (clear_creds, clear_creds)
CALL (flush_certs, flush_certs, NULL)
CALL (flush_certs_type, flush_certs, OPTIONS (FLUSH_CERTS, "cert-type", VICI_CERT_TYPE_X509_CRL))
CALL (get_algorithms, get_algorithms)
CALL (get_authorities, get_authorities)
CALL (get_conns, get_conns)
CALL (get_counters, get_counters, NULL)
CALL (get_counters_full, get_counters, OPTIONS (GET_COUNTERS, "connection", "Büro", "all", TRUE))
CALL (get_keys, get_keys)
CALL (get_pools, get_pools, NULL)
CALL (get_pools_full, get_pools, OPTIONS (GET_POOLS, "pool", "Büro", "leases", TRUE))
CALL (get_shared, get_shared)
CALL (initiate, initiate, "Büro", "net", NULL, NULL)
CALL (initiate_child, initiate, NULL, "net",
      OPTIONS (INITIATE, "timeout", 5000, "init-limits", TRUE, "log-level", 2), NULL)
CALL (install, install, "net", NULL)
CALL (install_full, install, "net", OPTIONS (INSTALL, "ike", "Büro"))
CALL (list_authorities, list_authorities, NULL)
CALL (list_authorities_full, list_authorities, OPTIONS (LIST_AUTHORITIES, "authority", "Büro"))
CALL (list_certs, list_certs, NULL)
CALL (list_certs_full, list_certs,
      OPTIONS (LIST_CERTS, "cert-type", VICI_CERT_TYPE_X509, "flag", VICI_CERT_FLAG_CA,
               "subject", "CN=ours"))
CALL (list_conns, list_conns, NULL)
CALL (list_conns_full, list_conns, OPTIONS (LIST_CONNS, "ike", "Büro"))
CALL (list_policies, list_policies, NULL)
CALL (list_policies_full, list_policies,
      OPTIONS (LIST_POLICIES, "drop", TRUE, "bypass", TRUE, "trap", TRUE, "child", "net",
               "ike", "Büro"))
CALL (list_policies_absent, list_policies, OPTIONS (LIST_POLICIES, "drop", FALSE, "trap", TRUE))
CALL (list_sas, list_sas, NULL)
CALL (list_sas_full, list_sas,
      OPTIONS (LIST_SAS, "noblock", TRUE, "ike", "Büro", "ike-id", 1, "child", "net",
               "child-id", 2))
CALL (load_authority, load_authority, make_authority ())
CALL (load_cert, load_cert, VICI_CERT_TYPE_X509, VICI_CERT_FLAG_CA, blob ())
CALL (load_conn, load_conn, make_conn ("4h"))
CALL (load_key, load_key, VICI_KEY_TYPE_ANY, blob ())
CALL (load_pool, load_pool, make_pool ("10.3.0.0/24"))
CALL (load_shared, load_shared, "Büro", VICI_SHARED_TYPE_IKE, blob (), NULL)
CALL (load_shared_full, load_shared, NULL, VICI_SHARED_TYPE_EAP, blob (),
      OPTIONS (LOAD_SHARED, "owners", words))
CALL (load_token, load_token, "2a", NULL)
CALL (load_token_full, load_token, "2a",
      OPTIONS (LOAD_TOKEN, "slot", 1, "module", "card", "pin", "4711"))
CALL (redirect, redirect, "gw.example.org", OPTIONS (REDIRECT, "ike", "Büro"))
CALL (redirect_full, redirect, "192.0.2.7",
      OPTIONS (REDIRECT, "ike-id", 7, "peer-ip", "192.0.2.0/24", "peer-id", "*@example.org"))
CALL (rekey, rekey, OPTIONS (REKEY, "child", "net", "ike", "Büro"))
CALL (rekey_full, rekey, OPTIONS (REKEY, "ike-id", 1, "child-id", 2, "reauth", TRUE))
CALL (reload_settings, reload_settings)
CALL (reset_counters, reset_counters, NULL)
CALL (reset_counters_full, reset_counters, OPTIONS (RESET_COUNTERS, "connection", "Büro", "all", FALSE))
CALL (stats, stats)
CALL (terminate, terminate, OPTIONS (TERMINATE, "ike", "Büro", "child", "net"), NULL)
CALL (terminate_full, terminate,
      OPTIONS (TERMINATE, "ike-id", 1, "child-id", 2, "force", TRUE, "timeout", -1,
               "log-level", -1), NULL)
CALL (uninstall, uninstall, "net", NULL)
CALL (uninstall_full, uninstall, "net", OPTIONS (UNINSTALL, "ike", "Büro"))
CALL (unload_authority, unload_authority, "Büro")
CALL (unload_conn, unload_conn, "Büro")
CALL (unload_key, unload_key, "00ff")
CALL (unload_pool, unload_pool, "Büro")
CALL (unload_shared, unload_shared, "Büro")
CALL (version, version)

#define YES "{'success': <'yes'>}"

const DaemonCase daemon_cases[] = {
  { "clear-creds", "{}", NULL, YES, "yes", CASE (clear_creds, clear_creds) },
  { "flush-certs", "{}", NULL, YES, "yes", CASE (flush_certs, flush_certs) },
  { "flush-certs", "{'type': <'X509_CRL'>}", NULL, YES, "yes", CASE (flush_certs_type, flush_certs) },
  { "get-algorithms", "{}", NULL,
    "{'encryption': <{'AES_CBC': <'aes'>, 'AES_CTR': <'openssl'>}>, 'xof': <@a{sv} {}>,"
    " 'dh': <{'CURVE_25519': <'curve25519'>}>}",
    "[Algorithm AES_CBC {kind=encryption name=AES_CBC plugin=aes},"
    " Algorithm AES_CTR {kind=encryption name=AES_CTR plugin=openssl},"
    " Algorithm CURVE_25519 {kind=dh name=CURVE_25519 plugin=curve25519}]",
    CASE (get_algorithms, get_algorithms) },
  { "get-authorities", "{}", NULL, "{'authorities': <['ours', 'B%C3%BCro']>}", "ours, Büro",
    CASE (get_authorities, get_authorities) },
  { "get-conns", "{}", NULL, "{'conns': <['home', 'B%C3%BCro']>}", "home, Büro",
    CASE (get_conns, get_conns) },
  { "get-conns", "{}", NULL, "{}", "", CASE (get_conns, get_conns) },
  { "get-counters", "{}", NULL, "{'success': <'yes'>, 'counters': <{'x': <{'invalid': <'1'>}>}>}",
    "[Counters x {invalid=1}]", CASE (get_counters, get_counters) },
  { "get-counters", "{'name': <'B%C3%BCro'>, 'all': <'yes'>}", NULL,
    "{'success': <'yes'>, 'counters': <@a{sv} {}>}", "[]", CASE (get_counters_full, get_counters) },
  { "get-keys", "{}", NULL, "{'keys': <['00ff', '01']>}", "[KeyId 00ff {}, KeyId 01 {}]",
    CASE (get_keys, get_keys) },
  { "get-pools", "{}", NULL, "{'a': <{'size': <'1'>}>, 'B%C3%BCro': <{'size': <'2'>}>}",
    "[Pool a {size=1}, Pool Büro {size=2}]", CASE (get_pools, get_pools) },
  { "get-pools", "{'leases': <'yes'>, 'name': <'B%C3%BCro'>}", NULL, "{}", "[]",
    CASE (get_pools_full, get_pools) },
  { "get-shared", "{}", NULL, "{'keys': <['one', 'B%C3%BCro']>}",
    "[SharedId one {}, SharedId Büro {}]", CASE (get_shared, get_shared) },
  { "initiate", "{'ike': <'B%C3%BCro'>, 'child': <'net'>, 'timeout': <'30000'>,"
    " 'loglevel': <'1'>}", NULL, YES, "yes",
    CASE (initiate, initiate) },
  { "initiate",
    "{'child': <'net'>, 'init-limits': <'yes'>, 'timeout': <'5000'>, 'loglevel': <'2'>}",
    "[{'group': <'IKE'>, 'msg': <'hello'>}]", YES, "yes", CASE (initiate_child, initiate) },
  { "install", "{'child': <'net'>}", NULL, YES, "yes", CASE (install, install) },
  { "install", "{'child': <'net'>, 'ike': <'B%C3%BCro'>}", NULL, YES, "yes",
    CASE (install_full, install) },
  { "list-authorities", "{}", "[{'ours': <{'cacert': <'CN=ours'>}>}, {'B%C3%BCro': <@a{sv} {}>}]",
    "{}", "[Authority ours {cacert=CN=ours}, Authority Büro {}]",
    CASE (list_authorities, list_authorities) },
  { "list-authorities", "{'name': <'B%C3%BCro'>}", NULL, "{}", "[]",
    CASE (list_authorities_full, list_authorities) },
  { "list-certs", "{}", "[{'type': <'X509'>}, {'type': <'X509_CRL'>}]", "{}",
    "[Cert {type=X509}, Cert {type=X509_CRL}]", CASE (list_certs, list_certs) },
  { "list-certs", "{'type': <'X509'>, 'flag': <'CA'>, 'subject': <'CN=ours'>}", NULL, "{}", "[]",
    CASE (list_certs_full, list_certs) },
  { "list-conns", "{}", "[{'a': <{'version': <'IKEv2'>}>}, {'B%C3%BCro': <@a{sv} {}>}]", "{}",
    "[Conn a {version=IKEv2}, Conn Büro {}]", CASE (list_conns, list_conns) },
  { "list-conns", "{'ike': <'B%C3%BCro'>}", NULL, "{}", "[]", CASE (list_conns_full, list_conns) },
  { "list-policies", "{}", NULL, "{}", "[]", CASE (list_policies, list_policies) },
  { "list-policies",
    "{'drop': <'yes'>, 'pass': <'yes'>, 'trap': <'yes'>, 'child': <'net'>, 'ike': <'B%C3%BCro'>}",
    "[{'a/net': <{'child': <'net'>}>}]", "{}", "[Policy a/net {child=net}]",
    CASE (list_policies_full, list_policies) },
  { "list-policies", "{'trap': <'yes'>}", NULL, "{}", "[]", CASE (list_policies_absent, list_policies) },
  { "list-sas", "{}", "[{'a': <{'uniqueid': <'1'>}>}, {'a': <{'uniqueid': <'2'>}>}]", "{}",
    "[IkeSa a {uniqueid=1}, IkeSa a {uniqueid=2}]", CASE (list_sas, list_sas) },
  { "list-sas",
    "{'noblock': <'yes'>, 'ike': <'B%C3%BCro'>, 'ike-id': <'1'>, 'child': <'net'>, 'child-id': <'2'>}",
    NULL, "{}", "[]", CASE (list_sas_full, list_sas) },
  { "load-authority", "{'ours': <{'cacert': <@ay [97, 0, 98]>, 'crl_uris': <['one', 'two']>}>}", NULL,
    YES, "yes", CASE (load_authority, load_authority) },
  { "load-cert", "{'type': <'X509'>, 'flag': <'CA'>, 'data': <@ay [97, 0, 98]>}", NULL, YES, "yes",
    CASE (load_cert, load_cert) },
  { "load-conn",
    "{'B%C3%BCro': <{'version': <'2'>, 'children': <{'net': <{'rekey_time': <'4h'>}>}>,"
    "                'local-1': <{'auth': <'psk'>}>}>}", NULL, YES, "yes",
    CASE (load_conn, load_conn) },
  { "load-key", "{'type': <'any'>, 'data': <@ay [97, 0, 98]>}", NULL,
    "{'success': <'yes'>, 'id': <'00ff'>}", "00ff", CASE (load_key, load_key) },
  { "load-key", "{'type': <'any'>, 'data': <@ay [97, 0, 98]>}", NULL, YES, "",
    CASE (load_key, load_key) },
  { "load-pool", "{'guests': <{'addrs': <'10.3.0.0/24'>}>}", NULL, YES, "yes",
    CASE (load_pool, load_pool) },
  { "load-shared", "{'id': <'B%C3%BCro'>, 'type': <'ike'>, 'data': <@ay [97, 0, 98]>}", NULL, YES,
    "yes", CASE (load_shared, load_shared) },
  { "load-shared", "{'type': <'eap'>, 'data': <@ay [97, 0, 98]>, 'owners': <['one', 'two']>}", NULL,
    YES, "yes", CASE (load_shared_full, load_shared) },
  { "load-token", "{'handle': <'2a'>}", NULL, "{'success': <'yes'>, 'id': <'00ff'>}", "00ff",
    CASE (load_token, load_token) },
  { "load-token", "{'handle': <'2a'>, 'slot': <'1'>, 'module': <'card'>, 'pin': <'4711'>}", NULL,
    YES, "", CASE (load_token_full, load_token) },
  { "redirect", "{'gateway': <'gw.example.org'>, 'ike': <'B%C3%BCro'>}", NULL,
    "{'success': <'yes'>, 'matches': <'2'>}", "2", CASE (redirect, redirect) },
  { "redirect",
    "{'gateway': <'192.0.2.7'>, 'ike-id': <'7'>, 'peer-ip': <'192.0.2.0/24'>,"
    " 'peer-id': <'*@example.org'>}", NULL, "{'success': <'yes'>, 'matches': <'x'>}", "0",
    CASE (redirect_full, redirect) },
  { "rekey", "{'ike': <'B%C3%BCro'>, 'child': <'net'>}", NULL,
    "{'success': <'yes'>, 'matches': <'3'>}", "3", CASE (rekey, rekey) },
  { "rekey", "{'ike-id': <'1'>, 'child-id': <'2'>, 'reauth': <'yes'>}", NULL, YES, "0",
    CASE (rekey_full, rekey) },
  { "reload-settings", "{}", NULL, YES, "yes", CASE (reload_settings, reload_settings) },
  { "reset-counters", "{}", NULL, YES, "yes", CASE (reset_counters, reset_counters) },
  { "reset-counters", "{'name': <'B%C3%BCro'>, 'all': <'no'>}", NULL, YES, "yes",
    CASE (reset_counters_full, reset_counters) },
  { "stats", "{}", NULL, "{'ikesas': <{'total': <'3'>}>}", "Stats {ikesas {total=3}}",
    CASE (stats, stats) },
  { "terminate", "{'ike': <'B%C3%BCro'>, 'child': <'net'>, 'timeout': <'30000'>,"
    " 'loglevel': <'1'>}", NULL,
    "{'success': <'yes'>, 'matches': <'2'>, 'terminated': <'2'>}", "2", CASE (terminate, terminate) },
  { "terminate",
    "{'ike-id': <'1'>, 'child-id': <'2'>, 'force': <'yes'>, 'timeout': <'-1'>, 'loglevel': <'1'>}",
    NULL, "{'success': <'yes'>, 'matches': <'1'>, 'terminated': <'1'>}", "1",
    CASE (terminate_full, terminate) },
  { "uninstall", "{'child': <'net'>}", NULL, YES, "yes", CASE (uninstall, uninstall) },
  { "uninstall", "{'child': <'net'>, 'ike': <'B%C3%BCro'>}", NULL, YES, "yes",
    CASE (uninstall_full, uninstall) },
  { "unload-authority", "{'name': <'B%C3%BCro'>}", NULL, YES, "yes",
    CASE (unload_authority, unload_authority) },
  { "unload-conn", "{'name': <'B%C3%BCro'>}", NULL, YES, "yes", CASE (unload_conn, unload_conn) },
  { "unload-key", "{'id': <'00ff'>}", NULL, YES, "yes", CASE (unload_key, unload_key) },
  { "unload-pool", "{'name': <'B%C3%BCro'>}", NULL, YES, "yes", CASE (unload_pool, unload_pool) },
  { "unload-shared", "{'id': <'B%C3%BCro'>}", NULL, YES, "yes", CASE (unload_shared, unload_shared) },
  { "version", "{}", NULL, "{'daemon': <'charon'>, 'version': <'5.9.8'>}",
    "VersionInfo {daemon=charon version=5.9.8}", CASE (version, version) },
  { NULL },
};

/* -- Mistakes -- */

CALL (bad_conn, load_conn, make_conn ("4 hours"))
CALL (bad_pool, load_pool, make_pool ("everywhere"))
CALL (no_addrs, load_pool, make_pool (NULL))
CALL (bad_gateway, redirect, "a gateway", NULL)
CALL (bad_id, unload_key, "key")
CALL (no_name, unload_conn, "")
CALL (bad_peer, redirect, "192.0.2.7", OPTIONS (REDIRECT, "peer-ip", "192.0.2.0/33"))
CALL (bad_token, load_token, "handle", NULL)
CALL (no_ike, initiate, "", "net", NULL, NULL)

const DaemonCase daemon_mistakes[] = {
  { "load-conn", .result = "Büro.children.net.rekey_time: ", CASE (bad_conn, load_conn) },
  { "load-pool", .result = "guests.addrs: ", CASE (bad_pool, load_pool) },
  { "load-pool", .result = "guests.addrs: ", CASE (no_addrs, load_pool) },
  { "redirect", .result = "redirect: gateway: ", CASE (bad_gateway, redirect) },
  { "redirect", .result = "redirect: peer-ip: ", CASE (bad_peer, redirect) },
  { "unload-key", .result = "unload-key: id: ", CASE (bad_id, unload_key) },
  { "unload-conn", .result = "unload-conn: name: ", CASE (no_name, unload_conn) },
  { "load-token", .result = "load-token: handle: ", CASE (bad_token, load_token) },
  { "initiate", .result = "initiate: ike: ", CASE (no_ike, initiate) },
  { NULL },
};
