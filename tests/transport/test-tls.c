/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* TLS at both ends: who gets in, and who does not. */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tls-test.h"
#include "vici-error.h"
#include "vici-tls-allow-list.h"
#include "vici-transport.h"

/* -- Pairs of a server and a client -- */

typedef struct
{
  const char *name;
  const char *server;           /* keys */
  const char *client;
  const char *outcome;          /* whom the server sees; or what the client is told, after a “!”,
                                 * or after “?” once it has called */
} Pair;

#define CLIENT(name) "ca=$/ca.pem&cert=$/" name ".pem&key=$/" name ".key"
#define PIN(name) TLS_TEST_SERVER "&allow-fingerprint=sha256:@" name "@"

static const Pair pairs[] = {
  { "right", TLS_TEST_SERVER, "ca=$/ca.pem", "nobody" },
  { "key-in-the-same-file", "cert=$/server-both.pem", "ca=$/ca.pem", "nobody" },
  { "name", "cert=$/elsewhere.pem&key=$/elsewhere.key", "ca=$/ca.pem&name=charon.example.org",
    "nobody" },

  { "wrong-authority", TLS_TEST_SERVER, "ca=$/other-ca.pem", "!it is not trusted" },
  { "authority-of-the-system", TLS_TEST_SERVER, "", "!it is not trusted" },
  { "wrong-name", "cert=$/elsewhere.pem&key=$/elsewhere.key", "ca=$/ca.pem",
    "!it is for another name" },
  { "wrong-name-given", TLS_TEST_SERVER, "ca=$/ca.pem&name=charon.example.org", "!it is for another name" },
  { "expired-server", "cert=$/expired-server.pem&key=$/expired-server.key", "ca=$/ca.pem",
    "!it has expired" },
  { "future-server", "cert=$/future-server.pem&key=$/future-server.key", "ca=$/ca.pem",
    "!it is not valid yet" },
  { "other-server", "cert=$/other-server.pem&key=$/other-server.key", "ca=$/ca.pem",
    "!it is not trusted" },

  { "client", TLS_TEST_SERVER "&ca=$/ca.pem", CLIENT ("client"), "O=Tests" },
  { "client-missing", TLS_TEST_SERVER "&ca=$/ca.pem", "ca=$/ca.pem", "?" },
  { "client-expired", TLS_TEST_SERVER "&ca=$/ca.pem", CLIENT ("expired-client"), "?" },
  { "client-of-another-authority", TLS_TEST_SERVER "&ca=$/ca.pem", CLIENT ("other-client"), "?" },
  { "client-self-signed", TLS_TEST_SERVER "&ca=$/ca.pem", CLIENT ("pinned"), "?" },

  { "requested", TLS_TEST_SERVER "&ca=$/ca.pem&clients=requested", CLIENT ("client"), "O=Tests" },
  { "requested-missing", TLS_TEST_SERVER "&ca=$/ca.pem&clients=requested", "ca=$/ca.pem", "nobody" },
  { "requested-wrong", TLS_TEST_SERVER "&ca=$/ca.pem&clients=requested", CLIENT ("other-client"), "?" },
  { "none-asked-for", TLS_TEST_SERVER "&ca=$/ca.pem&clients=none", "ca=$/ca.pem", "nobody" },

  { "fingerprint", TLS_TEST_SERVER "&ca=$/ca.pem&allow-fingerprint=sha256:@client@", CLIENT ("client"),
    "O=Tests" },
  { "fingerprint-of-another", TLS_TEST_SERVER "&ca=$/ca.pem&allow-fingerprint=sha256:@friend@",
    CLIENT ("client"), "?" },
  { "fingerprint-second",
    TLS_TEST_SERVER "&ca=$/ca.pem&allow-fingerprint=sha256:@friend@&allow-fingerprint=sha256:@client@",
    CLIENT ("client"), "O=Tests" },
  { "subject", TLS_TEST_SERVER "&ca=$/ca.pem&allow-subject=%client%", CLIENT ("client"), "O=Tests" },
  { "subject-of-another", TLS_TEST_SERVER "&ca=$/ca.pem&allow-subject=%friend%", CLIENT ("client"), "?" },
  { "subject-in-part", TLS_TEST_SERVER "&ca=$/ca.pem&allow-subject=client", CLIENT ("client"), "?" },
  { "subject-of-a-stranger", TLS_TEST_SERVER "&ca=$/ca.pem&allow-subject=%client%",
    CLIENT ("other-client"), "?" },
  { "subject-or-fingerprint",
    TLS_TEST_SERVER "&ca=$/ca.pem&allow-subject=%friend%&allow-fingerprint=sha256:@client@",
    CLIENT ("client"), "O=Tests" },

  { "pinned", PIN ("pinned"), CLIENT ("pinned"), "CN=pinned" },
  { "pinned-without-colons", TLS_TEST_SERVER "&allow-fingerprint=SHA256:#pinned#", CLIENT ("pinned"),
    "CN=pinned" },
  { "pinned-with-authority", PIN ("client"), CLIENT ("client"), "O=Tests" },
  { "pinned-is-another", PIN ("pinned"), CLIENT ("client"), "?" },
  { "pinned-missing", PIN ("pinned"), "ca=$/ca.pem", "?" },
  { "pinned-expired", PIN ("expired-pinned"), CLIENT ("expired-pinned"), "?" },
  { "pinned-future", PIN ("future-pinned"), CLIENT ("future-pinned"), "?" },
  { "pinned-does-not-help-with-authority", PIN ("pinned") "&ca=$/ca.pem", CLIENT ("pinned"), "?" },
};

static char *
read_fingerprint (const char *name)
{
  g_autofree char *base = g_strconcat (name, ".sha256", NULL);
  g_autofree char *path = tls_test_file (base);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return g_strchomp (text);
}

static char *
without_colons (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  g_autofree char *joined = g_strjoinv ("", parts);

  return g_ascii_strdown (joined, -1);
}

static char *
read_subject (const char *name)
{
  g_autofree char *base = g_strconcat (name, ".pem", NULL);
  g_autofree char *path = tls_test_file (base);
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, NULL);
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);

  return g_uri_escape_string (subject, NULL, FALSE);
}

/* @NAME@ is a certificate's fingerprint, #NAME# without colons, %NAME% its subject. */
static char *
fill_in (const char *keys)
{
  g_autoptr (GRegex) regex = g_regex_new ("([@#%])([a-z-]+)\\1", 0, 0, NULL);
  g_autofree char *text = g_strdup (keys);
  g_autoptr (GMatchInfo) match = NULL;

  while (g_regex_match (regex, text, 0, &match))
    {
      g_autofree char *kind = g_match_info_fetch (match, 1);
      g_autofree char *name = g_match_info_fetch (match, 2);
      g_autofree char *whole = g_match_info_fetch (match, 0);
      g_autofree char *value = *kind == '%' ? read_subject (name) : read_fingerprint (name);
      g_autofree char *plain = *kind == '#' ? without_colons (value) : NULL;
      GString *out = g_string_new (text);

      g_string_replace (out, whole, plain ? plain : value, 1);
      g_free (text);
      text = g_string_free (out, FALSE);
      g_clear_pointer (&match, g_match_info_unref);
    }

  return g_steal_pointer (&text);
}

static void
check_pair (const Pair *pair,
            gboolean    sync)
{
  g_autofree char *keys = fill_in (pair->server);
  g_autoptr (Served) served = served_new (keys);
  ViciConnection *connection;
  g_autoptr (GError) error = NULL;
  gboolean open;

  g_assert_no_error (served->error);
  connection = served_connect (served, "127.0.0.1", pair->client);
  open = remote_open (connection, sync, NULL, &error);

  if (*pair->outcome == '!')
    {
      g_assert_false (open);
      g_assert_cmpuint (error->domain, ==, G_TLS_ERROR);
      remote_assert_says (error, pair->outcome + 1);
      remote_assert_says (error, "127.0.0.1:");
    }
  else if (*pair->outcome == '?')
    {
      /* With TLS 1.3 a client is through before the server has seen who it is. */
      if (open)
        {
          error = remote_call_error (connection, sync, "version");
          g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
        }
      else
        g_assert_cmpuint (error->domain, ==, G_TLS_ERROR);
    }
  else
    {
      g_assert_no_error (error);
      remote_check_version_like (connection, sync, pair->outcome);
    }

  remote_drop (connection);
}

static void
test_pair (gconstpointer data)
{
  check_pair (data, FALSE);
}

static void
test_pair_sync (gconstpointer data)
{
  check_pair (data, TRUE);
}

/* What was learnt of one server says nothing to who trusts others: a session that
 * is taken up again would bring that along. */
static void
test_no_resumption (void)
{
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);
  static const char * const clients[] = { "ca=$/ca.pem", "ca=$/other-ca.pem", "ca=$/ca.pem", "" };

  for (guint i = 0; i < 3 * G_N_ELEMENTS (clients); i++)
    {
      ViciConnection *connection =
        served_connect (served, "127.0.0.1", clients[i % G_N_ELEMENTS (clients)]);
      g_autoptr (GError) error = NULL;

      remote_open (connection, i % 3 == 0, NULL, &error);
      if (i % 2 == 0)
        {
          g_assert_no_error (error);
          remote_check_version_like (connection, FALSE, "nobody");
        }
      else
        g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
      remote_drop (connection);
    }
}

/* Each byte of it counts, and so does each of a subject. */
static void
test_fingerprint_bytes (void)
{
  g_autofree char *path = tls_test_file ("client.pem");
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (path, NULL);
  g_autofree char *fingerprint = read_fingerprint ("client");
  g_autofree char *plain = without_colons (fingerprint);
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);

  for (guint i = 0; i <= strlen (plain); i++)
    {
      ViciTlsAllowList *list = vici_tls_allow_list_new ();
      g_autofree char *text = g_strconcat ("sha256:", plain, NULL);

      if (plain[i] != '\0')
        text[7 + i] = plain[i] == '0' ? '1' : '0';
      g_assert_true (vici_tls_allow_list_add_fingerprint (list, text));
      g_assert_cmpint (vici_tls_allow_list_contains (list, certificate), ==, plain[i] == '\0');
      vici_tls_allow_list_free (list);
    }

  for (guint i = 0; i <= strlen (subject); i++)
    {
      ViciTlsAllowList *list = vici_tls_allow_list_new ();
      g_autofree char *text = g_strdup (subject);

      if (subject[i] != '\0')
        text[i] ^= 1;
      vici_tls_allow_list_add_subject (list, text);
      g_assert_cmpint (vici_tls_allow_list_contains (list, certificate), ==, subject[i] == '\0');
      vici_tls_allow_list_free (list);
    }
}

/* -- URIs -- */

static const struct
{
  const char *name;
  const char *uri;
  const char *says;
} wrong[] = {
  { "no-host", "tls://", "no host" },
  { "path", "tls://host:1/x", "tls://host:port" },
  { "user", "tls://me@host:1", "tls://host:port" },
  { "unknown-key", "tls://host?insecure=1", "“insecure”" },
  { "repeated-key", "tls://host?ca=a&ca=b", "“ca”" },
  { "empty-key", "tls://host?ca=", "“ca”" },
  { "key-without-cert", "tls://host?key=a", "“cert”" },
  { "clients", "tls://host?clients=some", "“clients”" },
  { "md5-fingerprint", "tls://host?allow-fingerprint=md5:00", "“allow-fingerprint”" },
  { "short-fingerprint", "tls://host?allow-fingerprint=sha256:00:11", "“allow-fingerprint”" },
  { "long-fingerprint",
    "tls://host?allow-fingerprint=sha256:"
    "000000000000000000000000000000000000000000000000000000000000000000",
    "“allow-fingerprint”" },
  { "colon-at-the-end",
    "tls://host?allow-fingerprint=sha256:"
    "0000000000000000000000000000000000000000000000000000000000000000:",
    "“allow-fingerprint”" },
};

static void
test_wrong (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_new_for_uri (wrong[i].uri, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  remote_assert_says (error, wrong[i].says);
}

static const struct
{
  const char *name;
  const char *keys;
  const char *says;
} wrong_servers[] = {
  { "no-cert", "ca=$/ca.pem", "“cert”" },
  { "name", TLS_TEST_SERVER "&name=x", "“name”" },
  { "required-by-nobody", TLS_TEST_SERVER "&clients=required", "“ca”" },
  { "subject-of-anybody", TLS_TEST_SERVER "&allow-subject=CN%3Dx", "“ca”" },
  { "list-of-the-unknown", TLS_TEST_SERVER "&ca=$/ca.pem&allow-subject=CN%3Dx&clients=requested",
    "“clients”" },
};

static void
test_wrong_server (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (Served) served = served_new (wrong_servers[i].keys);

  g_assert_error (served->error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  remote_assert_says (served->error, wrong_servers[i].says);
}

static const struct
{
  const char *name;
  const char *keys;
  const char *says;             /* the file */
  const char *key;
} wrong_files[] = {
  { "missing-ca", "ca=$/none.pem", "/none.pem", "“ca”" },
  { "missing-cert", "cert=$/none.pem", "/none.pem", "“cert”" },
  { "missing-key", "cert=$/client.pem&key=$/none.key", "/none.key", "“key”" },
  { "no-key", "cert=$/client.pem", "/client.pem", "“cert”" },
  { "no-certificate", "cert=$/config", "/config", "“cert”" },
};

static void
test_wrong_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *keys = tls_test_expand (wrong_files[i].keys);
  g_autofree char *uri = g_strconcat ("tls://127.0.0.1:1?", keys, NULL);
  g_autoptr (ViciConnection) connection = vici_connection_new (uri);
  g_autoptr (GError) error = NULL;

  g_assert_false (remote_open (connection, TRUE, NULL, &error));
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
  remote_assert_says (error, wrong_files[i].says);
  remote_assert_says (error, wrong_files[i].key);
}

/* Who opens a pipe that nobody writes to would wait for ever. */
static void
test_pipe_for_file (void)
{
  static const char * const keys[] = {
    "cert=$/pipe", "cert=$/server.pem&key=$/pipe", TLS_TEST_SERVER "&ca=$/pipe"
  };
  g_autofree char *path = tls_test_file ("pipe");

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (Served) served = served_new (keys[i]);

      g_assert_error (served->error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
      remote_assert_says (served->error, path);
    }
}

static void
test_client_keys (void)
{
  static const char * const uris[] = {
    "tls://127.0.0.1:1?clients=none", "tls://127.0.0.1:1?allow-subject=CN%3Dx"
  };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (ViciConnection) connection = vici_connection_new (uris[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (remote_open (connection, FALSE, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

/* GIO would trust nobody then. */
static void
test_relative_files (void)
{
  g_autofree char *before = g_get_current_dir ();
  g_autoptr (Served) served = NULL;
  ViciConnection *connection;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_chdir (tls_test_directory), ==, 0);
  served = served_new ("cert=server.pem&key=server.key&ca=ca.pem");
  connection = served_connect (served, "127.0.0.1", "ca=ca.pem&cert=client.pem&key=client.key");
  remote_open (connection, TRUE, NULL, &error);
  g_assert_no_error (error);
  remote_check_version_like (connection, TRUE, "CN=client");
  remote_drop (connection);
  g_assert_cmpint (g_chdir (before), ==, 0);
}

/* A client learns where it is, and not what is kept there. */
static void
test_bound_uri (void)
{
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);

  g_assert_true (g_str_has_prefix (served->bound, "tls://127.0.0.1:"));
  g_assert_null (strchr (served->bound, '?'));
  g_assert_cmpuint (served_get_port (served), >, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!tls_test_begin ())
    return g_getenv ("CI") != NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *path = g_strconcat ("/tls/pair/", pairs[i].name, NULL);
      g_autofree char *sync_path = g_strconcat ("/tls/pair-sync/", pairs[i].name, NULL);

      g_test_add_data_func (path, &pairs[i], test_pair);
      g_test_add_data_func (sync_path, &pairs[i], test_pair_sync);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strconcat ("/tls/wrong/", wrong[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_wrong);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_servers); i++)
    {
      g_autofree char *path = g_strconcat ("/tls/wrong-server/", wrong_servers[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_wrong_server);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (wrong_files); i++)
    {
      g_autofree char *path = g_strconcat ("/tls/wrong-file/", wrong_files[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_wrong_file);
    }
  g_test_add_func ("/tls/keys-of-a-server-are-refused-of-a-client", test_client_keys);
  g_test_add_func ("/tls/pipe-is-no-file", test_pipe_for_file);
  g_test_add_func ("/tls/bound-uri-tells-no-files", test_bound_uri);
  g_test_add_func ("/tls/relative-files", test_relative_files);
  g_test_add_func ("/tls/trust-is-not-taken-over", test_no_resumption);
  g_test_add_func ("/tls/each-byte-of-a-list-counts", test_fingerprint_bytes);

  return tls_test_run ();
}
