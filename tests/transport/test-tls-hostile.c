/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* TLS clients that do not behave, and what they cost the others. */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tls-test.h"
#include "vici-channel.h"
#include "vici-tls-allow-list.h"
#include "vici-tls-handshake.h"
#include "vici-transport.h"

static GSocketConnection *
connect_plainly (Served     *served,
                 const char *from)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) local = g_inet_socket_address_new_from_string (from, 0);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_local_address (client, local);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", served_get_port (served), NULL,
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
  ViciConnection *connection = served_connect (served, "127.0.0.1", "ca=$/ca.pem");
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
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);

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
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);

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
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);
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
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);
  g_autoptr (GBytes) hello = record_hello ();
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);
  ViciConnection *early = served_connect (served, "127.0.0.1", "ca=$/ca.pem");
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
test_full_crowd (void)
{
  check_crowd (0, 300, "127.0.0.2");
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
  g_autofree char *keys = tls_test_expand (TLS_TEST_SERVER);
  g_autofree char *trust = tls_test_expand ("ca=$/ca.pem");
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
  g_autofree char *cert = tls_test_file ("server-both.pem");
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_file (cert, NULL);
  g_autoptr (GBytes) hello = record_hello ();
  const gsize lengths[] = { 0, 3, 10, g_bytes_get_size (hello) };
  ViciTlsAllowList *allowed = vici_tls_allow_list_new ();
  /* All of it, and the handshake alone. */
  const ViciTlsTerms terms[] = {
    { certificate, NULL, G_TLS_AUTHENTICATION_NONE, allowed, 50, G_MAXUINT },
    { certificate, NULL, G_TLS_AUTHENTICATION_NONE, allowed, G_MAXUINT, 50 },
  };

  for (guint i = 0; i <= G_N_ELEMENTS (lengths); i++)
    {
      gsize length = lengths[MIN (i, G_N_ELEMENTS (lengths) - 1)];
      GIOStream *ends[2];
      ViciTlsHandshake *handshake;
      gboolean ended = FALSE;

      make_pair (ends);
      send_plainly (G_SOCKET_CONNECTION (ends[0]), g_bytes_get_data (hello, NULL), length);
      handshake = vici_tls_handshake_new (G_SOCKET_CONNECTION (ends[1]),
                                          &terms[i == G_N_ELEMENTS (lengths)], &funcs, &ended);
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
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 257; i++)
    {
      g_autofree char *from = g_strdup_printf ("127.0.%u.%u", 1 + i / 200, 1 + i % 200);

      g_ptr_array_add (crowd, connect_plainly (served, from));
    }

  expect_end (crowd->pdata[0]);
  check_served (served);
}

/* Whether the server has closed it, whatever it has said before. */
static gboolean
has_ended (GSocketConnection *connection)
{
  int fd = g_socket_get_fd (g_socket_connection_get_socket (connection));
  char buffer[256];
  gssize n;

  do
    n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);
  while (n > 0);

  return n == 0 || errno != EAGAIN;
}

/* Of one network there are fewer; others do not suffer for it. */
static void
test_bound_of_network (void)
{
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);
  g_autoptr (GSocketConnection) other = connect_plainly (served, "127.0.0.3");
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 33; i++)
    g_ptr_array_add (crowd, connect_plainly (served, "127.0.0.2"));

  expect_end (crowd->pdata[0]);
  g_assert_false (has_ended (crowd->pdata[1]));
  g_assert_false (has_ended (other));
}

#define ROUNDS 10

/* A client has some seconds for its handshake, too. */
static gboolean
is_served (Served *served)
{
  ViciConnection *connection = served_connect (served, "127.0.0.1", "ca=$/ca.pem");
  g_autoptr (ViciMessage) reply = NULL;

  if (remote_open (connection, FALSE, NULL, NULL))
    reply = vici_connection_call_sync (connection, "version", NULL, NULL, NULL);
  remote_drop (connection);

  return reply != NULL;
}

/* Whether a client gets in while all of the crowd still shake hands. */
static gboolean
gets_in_beside (Served      *served,
                GBytes      *hello,
                const char **from)
{
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 16; i++)
    {
      g_ptr_array_add (crowd, connect_plainly (served, from[i % 2]));
      send_plainly (crowd->pdata[i], g_bytes_get_data (hello, NULL), g_bytes_get_size (hello));
    }

  settle_served (served);
  if (!is_served (served))
    return FALSE;

  for (guint i = 0; i < crowd->len; i++)
    {
      if (has_ended (crowd->pdata[i]))
        return FALSE;
    }

  return TRUE;
}

/* Two of them do not have every place; on a slow machine some have ended by then, or the
 * client's own time is over. */
static void
test_two_networks (void)
{
  const char *from[] = { "127.0.0.2", "127.0.0.3" };
  g_autoptr (Served) served = served_new (TLS_TEST_SERVER);
  g_autoptr (GBytes) hello = record_hello ();
  gboolean got_in = FALSE;

  for (guint i = 0; i < ROUNDS && !got_in; i++)
    got_in = gets_in_beside (served, hello, from);

  g_assert_true (got_in);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!tls_test_begin ())
    return g_getenv ("CI") != NULL;

  g_test_add_func ("/tls-hostile/hello-in-pieces", test_hello_in_pieces);
  g_test_add_func ("/tls-hostile/plain-bytes-are-turned-away", test_plain_bytes);
  g_test_add_func ("/tls-hostile/half-a-hello-is-turned-away", test_half_a_hello);
  g_test_add_func ("/tls-hostile/silent-crowd-keeps-nobody-out", test_silent_crowd);
  g_test_add_func ("/tls-hostile/stalled-crowd-keeps-nobody-out", test_stalled_crowd);
  g_test_add_func ("/tls-hostile/full-crowd-keeps-nobody-out", test_full_crowd);
  g_test_add_func ("/tls-hostile/two-networks-keep-nobody-out", test_two_networks);
  g_test_add_func ("/tls-hostile/mixed-crowd-keeps-nobody-out", test_mixed_crowd);
  g_test_add_func ("/tls-hostile/deaf-peer-is-closed", test_close_of_a_deaf_peer);
  g_test_add_func ("/tls-hostile/handshake-has-a-time-limit", test_time_limit);
  g_test_add_func ("/tls-hostile/unfinished-handshakes-are-bounded", test_bound);
  g_test_add_func ("/tls-hostile/those-of-one-network-are-bounded", test_bound_of_network);

  return tls_test_run ();
}
