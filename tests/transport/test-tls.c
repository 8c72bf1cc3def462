/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* TLS at both ends: who gets in, who does not, and what that costs the others. */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>

#include "remote.h"
#include "vici-builder.h"
#include "vici-channel.h"
#include "vici-error.h"
#include "vici-server.h"
#include "vici-tls-allow-list.h"
#include "vici-tls-handshake.h"
#include "vici-transport.h"

#define SYNC GINT_TO_POINTER (TRUE)

static char *directory;

/* -- A server in a thread of its own, so that a client may block -- */

typedef struct
{
  char         *uri;            /* what it is told */
  char         *bound;          /* where clients find it */
  GError       *error;          /* why it does not listen */
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
  GMutex        mutex;
  GCond         cond;
  gboolean      ready;
} Served;

static gboolean
on_version (ViciServer     *server,
            ViciInvocation *invocation,
            gpointer        user_data)
{
  GTlsCertificate *certificate =
    vici_peer_get_tls_certificate (vici_invocation_get_peer (invocation));
  g_autofree char *subject = certificate ? g_tls_certificate_get_subject_name (certificate) : NULL;
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) reply = NULL;

  vici_builder_add_string (builder, "daemon", subject ? subject : "nobody");
  reply = vici_builder_end (builder, NULL);
  vici_invocation_return_message (invocation, reply);

  return TRUE;
}

static gpointer
serve (gpointer data)
{
  Served *self = data;
  g_autoptr (ViciServer) server = NULL;

  g_main_context_push_thread_default (self->context);
  server = vici_server_new ();
  vici_server_add_command (server, "version");
  g_signal_connect (server, "command::version", G_CALLBACK (on_version), NULL);

  if (vici_server_listen (server, self->uri, &self->error))
    {
      g_auto (GStrv) uris = vici_server_get_uris (server);

      self->bound = g_strdup (uris[0]);
    }

  g_mutex_lock (&self->mutex);
  self->ready = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  if (self->bound != NULL)
    g_main_loop_run (self->loop);
  vici_server_stop (server);
  g_clear_object (&server);

  /* What closes says goodbye, and what was refused is told to threads. */
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static char *
file (const char *name)
{
  return g_build_filename (directory, name, NULL);
}

/* Every $/ is the directory of the certificates. */
static char *
expand (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "$", -1);

  return g_strjoinv (directory, parts);
}

static Served *
served_new (const char *keys)
{
  Served *self = g_new0 (Served, 1);
  g_autofree char *expanded = expand (keys);

  self->uri = g_strconcat ("tls://127.0.0.1:0?", expanded, NULL);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("served", serve, self);

  g_mutex_lock (&self->mutex);
  while (!self->ready)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return self;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

static void
served_free (Served *self)
{
  g_main_context_invoke (self->context, quit, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_clear_error (&self->error);
  g_free (self->bound);
  g_free (self->uri);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Served, served_free)

static guint16
get_port (Served *served)
{
  return (guint16) g_ascii_strtoull (strrchr (served->bound, ':') + 1, NULL, 10);
}

static ViciConnection *
client_new (Served     *served,
            const char *host,
            const char *keys)
{
  g_autofree char *expanded = expand (keys);
  g_autofree char *uri = g_strdup_printf ("tls://%s:%u%s%s", host, get_port (served),
                                          *keys ? "?" : "", expanded);

  return vici_connection_new (uri);
}

/* -- Pairs of a server and a client -- */

typedef struct
{
  const char *name;
  const char *server;           /* keys */
  const char *client;
  const char *outcome;          /* whom the server sees; or what the client is told, after a “!”,
                                 * or after “?” once it has called */
} Pair;

#define SERVER "cert=$/server.pem&key=$/server.key"
#define CLIENT(name) "ca=$/ca.pem&cert=$/" name ".pem&key=$/" name ".key"
#define PIN(name) SERVER "&allow-fingerprint=sha256:@" name "@"

static const Pair pairs[] = {
  { "right", SERVER, "ca=$/ca.pem", "nobody" },
  { "key-in-the-same-file", "cert=$/server-both.pem", "ca=$/ca.pem", "nobody" },
  { "name", "cert=$/elsewhere.pem&key=$/elsewhere.key", "ca=$/ca.pem&name=charon.example.org",
    "nobody" },

  { "wrong-authority", SERVER, "ca=$/other-ca.pem", "!it is not trusted" },
  { "authority-of-the-system", SERVER, "", "!it is not trusted" },
  { "wrong-name", "cert=$/elsewhere.pem&key=$/elsewhere.key", "ca=$/ca.pem",
    "!it is for another name" },
  { "wrong-name-given", SERVER, "ca=$/ca.pem&name=charon.example.org", "!it is for another name" },
  { "expired-server", "cert=$/expired-server.pem&key=$/expired-server.key", "ca=$/ca.pem",
    "!it has expired" },
  { "future-server", "cert=$/future-server.pem&key=$/future-server.key", "ca=$/ca.pem",
    "!it is not valid yet" },
  { "other-server", "cert=$/other-server.pem&key=$/other-server.key", "ca=$/ca.pem",
    "!it is not trusted" },

  { "client", SERVER "&ca=$/ca.pem", CLIENT ("client"), "O=Tests" },
  { "client-missing", SERVER "&ca=$/ca.pem", "ca=$/ca.pem", "?" },
  { "client-expired", SERVER "&ca=$/ca.pem", CLIENT ("expired-client"), "?" },
  { "client-of-another-authority", SERVER "&ca=$/ca.pem", CLIENT ("other-client"), "?" },
  { "client-self-signed", SERVER "&ca=$/ca.pem", CLIENT ("pinned"), "?" },

  { "requested", SERVER "&ca=$/ca.pem&clients=requested", CLIENT ("client"), "O=Tests" },
  { "requested-missing", SERVER "&ca=$/ca.pem&clients=requested", "ca=$/ca.pem", "nobody" },
  { "requested-wrong", SERVER "&ca=$/ca.pem&clients=requested", CLIENT ("other-client"), "?" },
  { "none-asked-for", SERVER "&ca=$/ca.pem&clients=none", "ca=$/ca.pem", "nobody" },

  { "fingerprint", SERVER "&ca=$/ca.pem&allow-fingerprint=sha256:@client@", CLIENT ("client"),
    "O=Tests" },
  { "fingerprint-of-another", SERVER "&ca=$/ca.pem&allow-fingerprint=sha256:@friend@",
    CLIENT ("client"), "?" },
  { "fingerprint-second",
    SERVER "&ca=$/ca.pem&allow-fingerprint=sha256:@friend@&allow-fingerprint=sha256:@client@",
    CLIENT ("client"), "O=Tests" },
  { "subject", SERVER "&ca=$/ca.pem&allow-subject=%client%", CLIENT ("client"), "O=Tests" },
  { "subject-of-another", SERVER "&ca=$/ca.pem&allow-subject=%friend%", CLIENT ("client"), "?" },
  { "subject-in-part", SERVER "&ca=$/ca.pem&allow-subject=client", CLIENT ("client"), "?" },
  { "subject-of-a-stranger", SERVER "&ca=$/ca.pem&allow-subject=%client%",
    CLIENT ("other-client"), "?" },
  { "subject-or-fingerprint",
    SERVER "&ca=$/ca.pem&allow-subject=%friend%&allow-fingerprint=sha256:@client@",
    CLIENT ("client"), "O=Tests" },

  { "pinned", PIN ("pinned"), CLIENT ("pinned"), "CN=pinned" },
  { "pinned-without-colons", SERVER "&allow-fingerprint=SHA256:#pinned#", CLIENT ("pinned"),
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
  g_autofree char *path = file (base);
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
  g_autofree char *path = file (base);
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
  connection = client_new (served, "127.0.0.1", pair->client);
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
  g_autoptr (Served) served = served_new (SERVER);
  static const char * const clients[] = { "ca=$/ca.pem", "ca=$/other-ca.pem", "ca=$/ca.pem", "" };

  for (guint i = 0; i < 3 * G_N_ELEMENTS (clients); i++)
    {
      ViciConnection *connection =
        client_new (served, "127.0.0.1", clients[i % G_N_ELEMENTS (clients)]);
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
  g_autofree char *path = file ("client.pem");
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

/* -- Hostile clients -- */

static GSocketConnection *
connect_plainly (Served     *served,
                 const char *from)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (from, 0);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_local_address (client, local);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", get_port (served), NULL,
                                                &error);
  g_assert_no_error (error);

  return connection;
}

static void
send_plainly (GSocketConnection *connection,
              const char        *data,
              gsize              length)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                             data, length, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
expect_end (GSocketConnection *connection)
{
  char buffer[256];

  while (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                              buffer, sizeof buffer, NULL, NULL) > 0)
    continue;
}

static void
check_served (Served *served)
{
  ViciConnection *connection = client_new (served, "127.0.0.1", "ca=$/ca.pem");
  g_autoptr (GError) error = NULL;

  remote_open (connection, FALSE, NULL, &error);
  g_assert_no_error (error);
  remote_check_version_like (connection, FALSE, "nobody");
  remote_drop (connection);
}

/* The server closes at once: it does not wait for more of what cannot be. */
static void
test_plain_bytes (void)
{
  static const struct
  {
    const char *data;
    gsize       length;
  } first[] = {
    { "\0\0\0\x09\0\x07version", 13 },
    { "GET / HTTP/1.1\r\n\r\n", 18 },
    { "\x16\x03\x01\xff\xff", 5 },
    { "\x16\x03\x01\0\0", 5 },
    { "\x16\x03\x01\0\x04\x01\0\0\0", 9 },
  };
  g_autoptr (Served) served = served_new (SERVER);

  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    {
      g_autoptr (GSocketConnection) connection = connect_plainly (served, "127.0.0.1");

      send_plainly (connection, first[i].data, first[i].length);
      expect_end (connection);
    }

  check_served (served);
}

/* It goes in the middle of its first words. */
static void
test_half_a_hello (void)
{
  g_autoptr (Served) served = served_new (SERVER);

  for (guint length = 0; length < 9; length += 4)
    {
      g_autoptr (GSocketConnection) connection = connect_plainly (served, "127.0.0.1");

      send_plainly (connection, "\x16\x03\x01\x01\x00\x01\x00\x00", length);
      g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
      expect_end (connection);
    }

  check_served (served);
}

static void
make_pair (GIOStream *ends[2])
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[i], NULL);

      ends[i] = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    }
}

static gboolean
accept_any (GTlsConnection      *tls,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags errors,
            gpointer             user_data)
{
  return TRUE;
}

/* A real client that begins its handshake, what it has said first, and where it
 * is told more. */
static GIOStream *
begin_hello (GCancellable *cancellable,
             GBytes      **hello,
             GIOStream   **wire)
{
  GIOStream *ends[2];
  g_autoptr (GIOStream) base = NULL;
  GIOStream *tls;
  char buffer[4096];
  gssize n;

  make_pair (ends);
  base = ends[1];
  *wire = ends[0];
  tls = g_tls_client_connection_new (base, NULL, NULL);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), 0, cancellable, NULL, NULL);
  n = g_input_stream_read (g_io_stream_get_input_stream (*wire), buffer, sizeof buffer, NULL, NULL);
  g_assert_cmpint (n, >, 5);
  *hello = g_bytes_new (buffer, (gsize) n);

  return tls;
}

static GBytes *
record_hello (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GIOStream) wire = NULL;
  g_autoptr (GIOStream) tls = NULL;
  GBytes *hello;

  tls = begin_hello (cancellable, &hello, &wire);
  g_cancellable_cancel (cancellable);

  return hello;
}

static gboolean
note_settled (gpointer user_data)
{
  g_atomic_int_set ((int *) user_data, TRUE);

  return G_SOURCE_REMOVE;
}

/* Waits until the server has seen all that there is for it to see. */
static void
settle_served (Served *served)
{
  g_autoptr (GSource) idle = g_idle_source_new ();
  int settled = FALSE;

  g_source_set_priority (idle, G_PRIORITY_LOW);
  g_source_set_callback (idle, note_settled, &settled, NULL);
  g_source_attach (idle, served->context);
  while (!g_atomic_int_get (&settled))
    g_thread_yield ();
}

static void
splice (GIOStream *from,
        GIOStream *to)
{
  g_output_stream_splice_async (g_io_stream_get_output_stream (to),
                                g_io_stream_get_input_stream (from),
                                G_OUTPUT_STREAM_SPLICE_NONE, 0, NULL, NULL, NULL);
}

/* A packet of “version” over a connection whose first record comes in pieces: what
 * was waited for then is not waited for ever after. */
static void
test_hello_in_pieces (void)
{
  g_autoptr (Served) served = served_new (SERVER);
  g_autoptr (GSocketConnection) connection = connect_plainly (served, "127.0.0.1");
  g_autoptr (GIOStream) wire = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GBytes) hello = NULL;
  g_autoptr (ViciConnection) client = NULL;
  const char *data;
  gsize length;

  tls = begin_hello (NULL, &hello, &wire);
  data = g_bytes_get_data (hello, &length);
  send_plainly (connection, data, 10);
  settle_served (served);
  send_plainly (connection, data + 10, length - 10);

  splice (wire, G_IO_STREAM (connection));
  splice (G_IO_STREAM (connection), wire);
  client = vici_connection_new_for_stream (tls);
  vici_connection_set_timeout (client, 5000);
  remote_check_version_like (client, FALSE, "nobody");
  vici_connection_close_sync (client, NULL, NULL);
}

/* More than may be in the making, and more than GIO has threads for: silent ones,
 * and such as begin a handshake and never go on with it. */
static void
check_crowd (guint       silent,
             guint       stalled,
             const char *from)
{
  g_autoptr (Served) served = served_new (SERVER);
  g_autoptr (GBytes) hello = record_hello ();
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);
  ViciConnection *early = client_new (served, "127.0.0.1", "ca=$/ca.pem");
  g_autoptr (GError) error = NULL;

  remote_open (early, FALSE, NULL, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < silent + stalled; i++)
    {
      GSocketConnection *connection = connect_plainly (served, from);

      g_ptr_array_add (crowd, connection);
      if (i >= silent)
        send_plainly (connection, g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
    }

  for (guint i = 0; i < 5; i++)
    check_served (served);
  remote_check_version_like (early, FALSE, "nobody");
  remote_drop (early);
}

static void
test_silent_crowd (void)
{
  check_crowd (300, 0, "127.0.0.1");
}

static void
test_stalled_crowd (void)
{
  check_crowd (0, 30, "127.0.0.2");
}

static void
test_mixed_crowd (void)
{
  check_crowd (200, 100, "127.0.0.2");
}

static void
on_incoming (ViciTransport *transport,
             GIOStream     *stream,
             gpointer       user_data)
{
  *(GIOStream **) user_data = g_object_ref (stream);
}

static void
note_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GIOStream **) user_data =
    vici_transport_connect_finish (VICI_TRANSPORT (source), result, NULL);
}

static gboolean
wait_for_channel (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* TLS says goodbye when it closes, for which there may be no room, ever. */
static void
test_close_of_a_deaf_peer (void)
{
  g_autofree char *keys = expand (SERVER);
  g_autofree char *trust = expand ("ca=$/ca.pem");
  g_autofree char *uri = g_strconcat ("tls://127.0.0.1:0?", keys, NULL);
  g_autoptr (ViciTransport) listener = vici_transport_new_for_uri (uri, NULL);
  g_autofree char *bound = vici_transport_listen (listener, NULL);
  g_autofree char *client_uri = g_strconcat (bound, "?", trust, NULL);
  g_autoptr (ViciTransport) connector = vici_transport_new_for_uri (client_uri, NULL);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) peer = NULL;
  g_autoptr (GIOStream) base = NULL;
  g_autoptr (ViciChannel) channel = NULL;
  g_autoptr (GSource) source = g_timeout_source_new_seconds (1);
  g_autofree guint8 *data = g_malloc0 (65536);

  g_source_set_callback (source, wait_for_channel, NULL, NULL);
  g_source_attach (source, NULL);
  g_signal_connect (listener, "incoming", G_CALLBACK (on_incoming), &peer);
  vici_transport_connect_async (connector, NULL, note_result, &client);
  remote_run_until (client != NULL && peer != NULL);
  g_object_get (peer, "base-io-stream", &base, NULL);

  channel = vici_channel_new (peer, source, g_main_context_default ());
  while (vici_channel_write (channel, data, 65536, NULL) > 0)
    continue;
  vici_channel_close (channel);
  remote_run_until (g_io_stream_is_closed (base));
  g_source_destroy (source);
}

static void
on_waits (ViciTlsHandshake *handshake,
          gpointer          user_data)
{
  vici_tls_handshake_run (handshake);
}

static void
on_ended (ViciTlsHandshake *handshake,
          GTlsConnection   *tls,
          gpointer          user_data)
{
  gboolean *ended = user_data;

  g_assert_null (tls);
  g_assert_false (*ended);
  *ended = TRUE;
}

/* Whatever it has said by then. */
static void
test_time_limit (void)
{
  static const ViciTlsHandshakeFuncs funcs = { on_waits, on_ended };
  g_autofree char *cert = file ("server-both.pem");
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (cert, NULL);
  g_autoptr (GBytes) hello = record_hello ();
  const gsize lengths[] = { 0, 3, 10, g_bytes_get_size (hello) };
  ViciTlsAllowList *allowed = vici_tls_allow_list_new ();
  ViciTlsTerms terms = { certificate, NULL, G_TLS_AUTHENTICATION_NONE, allowed };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      GIOStream *ends[2];
      ViciTlsHandshake *handshake;
      gboolean ended = FALSE;

      make_pair (ends);
      send_plainly (G_SOCKET_CONNECTION (ends[0]), g_bytes_get_data (hello, NULL), lengths[i]);
      handshake = vici_tls_handshake_new (G_SOCKET_CONNECTION (ends[1]), &terms, 50, &funcs, &ended);
      remote_run_until (ended);
      vici_tls_handshake_free (handshake);
      g_object_unref (ends[0]);
      g_object_unref (ends[1]);
    }

  vici_tls_allow_list_free (allowed);
}

/* Past the bound who has been silent for the longest is turned away. */
static void
test_bound (void)
{
  g_autoptr (Served) served = served_new (SERVER);
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 257; i++)
    g_ptr_array_add (crowd, connect_plainly (served, "127.0.0.1"));

  expect_end (crowd->pdata[0]);
  check_served (served);
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
  { "name", SERVER "&name=x", "“name”" },
  { "required-by-nobody", SERVER "&clients=required", "“ca”" },
  { "subject-of-anybody", SERVER "&allow-subject=CN%3Dx", "“ca”" },
  { "list-of-the-unknown", SERVER "&ca=$/ca.pem&allow-subject=CN%3Dx&clients=requested",
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
  g_autofree char *keys = expand (wrong_files[i].keys);
  g_autofree char *uri = g_strconcat ("tls://127.0.0.1:1?", keys, NULL);
  g_autoptr (ViciConnection) connection = vici_connection_new (uri);
  g_autoptr (GError) error = NULL;

  g_assert_false (remote_open (connection, TRUE, NULL, &error));
  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
  remote_assert_says (error, wrong_files[i].says);
  remote_assert_says (error, wrong_files[i].key);
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

  g_assert_cmpint (g_chdir (directory), ==, 0);
  served = served_new ("cert=server.pem&key=server.key&ca=ca.pem");
  connection = client_new (served, "127.0.0.1", "ca=ca.pem&cert=client.pem&key=client.key");
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
  g_autoptr (Served) served = served_new (SERVER);

  g_assert_true (g_str_has_prefix (served->bound, "tls://127.0.0.1:"));
  g_assert_null (strchr (served->bound, '?'));
  g_assert_cmpuint (get_port (served), >, 0);
}

static gboolean
has_pool_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && g_str_has_prefix (comm, "pool-") &&
          !g_str_has_prefix (comm, "pool-spawner"))
        return TRUE;
    }

  return FALSE;
}

/* The leak sanitizer stumbles over threads that have run what GIO has loaded: they
 * go first. */
static void
end_threads (void)
{
  g_thread_pool_set_max_unused_threads (0);
  while (has_pool_threads ())
    g_thread_yield ();
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *script = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_print ("1..0 # SKIP GIO has no TLS here (glib-networking)\n");
      return g_getenv ("CI") != NULL;
    }

  directory = remote_make_directory ();
  script = remote_dup_source ("make-certificates.sh");
  remote_run (script, directory, NULL);

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
  g_test_add_func ("/tls/bound-uri-tells-no-files", test_bound_uri);
  g_test_add_func ("/tls/relative-files", test_relative_files);
  g_test_add_func ("/tls/trust-is-not-taken-over", test_no_resumption);
  g_test_add_func ("/tls/each-byte-of-a-list-counts", test_fingerprint_bytes);
  g_test_add_func ("/tls/hello-in-pieces", test_hello_in_pieces);
  g_test_add_func ("/tls/plain-bytes-are-turned-away", test_plain_bytes);
  g_test_add_func ("/tls/half-a-hello-is-turned-away", test_half_a_hello);
  g_test_add_func ("/tls/silent-crowd-keeps-nobody-out", test_silent_crowd);
  g_test_add_func ("/tls/stalled-crowd-keeps-nobody-out", test_stalled_crowd);
  g_test_add_func ("/tls/mixed-crowd-keeps-nobody-out", test_mixed_crowd);
  g_test_add_func ("/tls/deaf-peer-is-closed", test_close_of_a_deaf_peer);
  g_test_add_func ("/tls/handshake-has-a-time-limit", test_time_limit);
  g_test_add_func ("/tls/unfinished-handshakes-are-bounded", test_bound);

  status = g_test_run ();
  end_threads ();
  remote_remove (directory);
  g_free (directory);

  return status;
}
