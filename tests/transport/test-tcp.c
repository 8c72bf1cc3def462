/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* tcp: both families, ports, and what is set on the sockets. */

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "transport-test.h"

static gboolean
have_ipv6 (void)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("::1", 0);
  g_autoptr (GSocket) socket =
    g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  if (socket != NULL && g_socket_bind (socket, address, FALSE, NULL))
    return TRUE;

  g_test_skip ("There is no IPv6 here");

  return FALSE;
}

static char *
assert_listens (ViciTransport *transport)
{
  g_autoptr (GError) error = NULL;
  char *where = vici_transport_listen (transport, &error);

  g_assert_no_error (error);

  return where;
}

static void
test_v4 (void)
{
  transport_test_assert_works ("tcp://127.0.0.1:0");
}

static void
test_v6 (void)
{
  if (have_ipv6 ())
    transport_test_assert_works ("tcp://[::1]:0");
}

static void
test_port (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://127.0.0.1:0");
  g_autofree char *where = assert_listens (transport);
  guint64 port;

  g_assert_true (g_str_has_prefix (where, "tcp://127.0.0.1:"));
  g_assert_true (g_ascii_string_to_unsigned (where + strlen ("tcp://127.0.0.1:"), 10, 1, 65535,
                                             &port, NULL));
  g_assert_cmpstr (vici_transport_get_uri (transport), ==, "tcp://127.0.0.1:0");
}

static void
test_port_v6 (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://[::1]:0");
  g_autofree char *where = NULL;

  if (!have_ipv6 ())
    return;

  where = assert_listens (transport);
  g_assert_true (g_str_has_prefix (where, "tcp://[::1]:"));
}

/* Whom “::” lets in. */
static void
test_dual_stack (void)
{
  static const char * const hosts[] = { "127.0.0.1", "[::1]", "localhost" };
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://[::]:0");
  g_autoptr (GPtrArray) streams = transport_test_collect (transport);
  g_autofree char *where = NULL;

  if (!have_ipv6 ())
    return;

  where = assert_listens (transport);
  g_assert_true (g_str_has_prefix (where, "tcp://[::]:"));
  for (gsize i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autofree char *uri = g_strdup_printf ("tcp://%s%s", hosts[i], strrchr (where, ':'));
      g_autoptr (GError) error = NULL;
      g_autoptr (GIOStream) client = transport_test_connect_uri (uri, &error);
      g_autoptr (GIOStream) server = NULL;

      g_assert_no_error (error);
      server = transport_test_wait (streams);
      transport_test_assert_joined (client, server);
    }
}

/* A name with two addresses, where nobody listens on the first one. */
static void
test_second_address (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://127.0.0.1:0");
  g_autoptr (GPtrArray) streams = transport_test_collect (transport);
  g_autofree char *where = assert_listens (transport);
  g_autofree char *uri = g_strconcat ("tcp://localhost", strrchr (where, ':'), NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) client = transport_test_connect_uri (uri, &error);
  g_autoptr (GIOStream) server = NULL;

  g_assert_no_error (error);
  server = transport_test_wait (streams);
  transport_test_assert_joined (client, server);
}

static void
assert_no_delay (GIOStream *stream)
{
  g_autoptr (GError) error = NULL;
  int value;

  g_socket_get_option (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)),
                       IPPROTO_TCP, TCP_NODELAY, &value, &error);
  g_assert_no_error (error);
  g_assert_cmpint (value, !=, 0);
}

static void
test_no_delay (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://127.0.0.1:0");
  g_autoptr (GPtrArray) streams = transport_test_collect (transport);
  g_autofree char *where = assert_listens (transport);
  g_autoptr (GIOStream) client = transport_test_connect_uri (where, NULL);
  g_autoptr (GIOStream) server = transport_test_wait (streams);

  assert_no_delay (client);
  assert_no_delay (server);
}

static void
assert_listen_fails (const char *uri,
                     int         code)
{
  g_autoptr (ViciTransport) transport = transport_test_new (uri);
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, uri));
}

static void
test_in_use (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://127.0.0.1:0");
  g_autofree char *where = assert_listens (transport);
  g_autoptr (GError) error = NULL;

  assert_listen_fails (where, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
}

static void
test_host_is_no_place (void)
{
  assert_listen_fails ("tcp://localhost:0", G_IO_ERROR_INVALID_ARGUMENT);
}

/* With the connections of the last one still in the kernel. */
static void
test_begins_again (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("tcp://127.0.0.1:0");
  g_autoptr (GPtrArray) streams = transport_test_collect (transport);
  g_autofree char *where = assert_listens (transport);
  g_autoptr (GIOStream) client = transport_test_connect_uri (where, NULL);
  g_autoptr (GIOStream) server = transport_test_wait (streams);
  g_autoptr (GError) error = NULL;

  /* It closes first: it is its end that lingers. */
  g_io_stream_close (server, NULL, NULL);
  g_io_stream_close (client, NULL, NULL);
  vici_transport_stop (transport);
  g_assert_null (transport_test_connect_uri (where, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);

  transport_test_assert_works (where);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tcp/v4", test_v4);
  g_test_add_func ("/tcp/v6", test_v6);
  g_test_add_func ("/tcp/port-is-told", test_port);
  g_test_add_func ("/tcp/port-is-told-v6", test_port_v6);
  g_test_add_func ("/tcp/dual-stack", test_dual_stack);
  g_test_add_func ("/tcp/all-addresses-of-a-host", test_second_address);
  g_test_add_func ("/tcp/no-delay", test_no_delay);
  g_test_add_func ("/tcp/in-use", test_in_use);
  g_test_add_func ("/tcp/host-is-no-place-to-listen", test_host_is_no_place);
  g_test_add_func ("/tcp/begins-again", test_begins_again);

  return g_test_run ();
}
