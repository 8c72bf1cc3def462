/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tcp-transport.h"

#include <netinet/in.h>

#include "vici-acceptor.h"
#include "vici-i18n.h"
#include "vici-uri.h"

struct _ViciTcpTransport
{
  ViciBaseTransport parent_instance;
};

static void vici_tcp_transport_iface_init (ViciTransportInterface *iface);
static void vici_tcp_transport_initable_iface_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciTcpTransport, vici_tcp_transport, VICI_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                      vici_tcp_transport_iface_init)
                                 G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                        vici_tcp_transport_initable_iface_init))

/* -- Connecting -- */

void
vici_tcp_connect_async (GNetworkAddress    *address,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GSocketClient) client = g_object_new (G_TYPE_SOCKET_CLIENT,
                                                   "enable-proxy", FALSE,
                                                   NULL);

  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), cancellable,
                                 callback, user_data);
}

GIOStream *
vici_tcp_connect_finish (GAsyncResult *result,
                         GError      **error)
{
  g_autoptr (GObject) client = g_async_result_get_source_object (result);
  GSocketConnection *connection =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (client), result, error);

  if (connection != NULL)
    vici_socket_set_no_delay (g_socket_connection_get_socket (connection));

  return (GIOStream *) connection;
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GIOStream) stream = NULL;
  GError *error = NULL;

  stream = vici_tcp_connect_finish (result, &error);
  if (stream != NULL)
    vici_transport_connected (g_task_get_source_object (task), task, stream);
  else
    g_task_return_error (task, error);
}

static GNetworkAddress *
parse (gpointer self,
       GError **error)
{
  return vici_uri_parse_tcp (vici_base_transport_get_uri (self), error);
}

static void
vici_tcp_transport_connect (ViciTransport *transport,
                            GTask         *task)
{
  GError *error = NULL;
  g_autoptr (GNetworkAddress) address = parse (transport, &error);

  if (address != NULL)
    vici_tcp_connect_async (address, g_task_get_cancellable (task), on_connected,
                            g_object_ref (task));
  else
    g_task_return_error (task, error);
}

/* -- Listening -- */

static GSocket *
bind_address (GSocketAddress *address,
              GError        **error)
{
  GSocketFamily family = g_socket_address_get_family (address);
  g_autoptr (GSocket) socket =
    g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL)
    return NULL;

  /* “::” is every address, whatever the system's default is. */
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, FALSE, NULL);

  return g_socket_bind (socket, address, TRUE, error) ? g_steal_pointer (&socket) : NULL;
}

GSocket *
vici_tcp_bind (const char      *uri,
               GNetworkAddress *address,
               GError         **error)
{
  g_autoptr (GSocketAddress) local =
    g_inet_socket_address_new_from_string (g_network_address_get_hostname (address),
                                           g_network_address_get_port (address));
  GSocket *socket;

  /* To look a name up would take time, and may give many addresses. */
  if (local == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("Cannot listen on “%s”: it should name an address and not a host"), uri);
      return NULL;
    }

  socket = bind_address (local, error);
  if (socket == NULL)
    g_prefix_error (error, _("Cannot listen on “%s”: "), uri);

  return socket;
}

char *
vici_tcp_dup_bound (GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);

  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (local));
}

static char *
vici_tcp_transport_listen (ViciTransport *transport,
                           GError       **error)
{
  ViciBaseTransport *self = VICI_BASE_TRANSPORT (transport);
  g_autoptr (GNetworkAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *bound = NULL;

  if (!vici_base_transport_check_idle (self, error))
    return NULL;

  address = parse (transport, error);
  if (address == NULL)
    return NULL;

  socket = vici_tcp_bind (vici_base_transport_get_uri (self), address, error);
  if (socket == NULL || !vici_base_transport_accept (self, socket, NULL, error))
    return NULL;

  bound = vici_tcp_dup_bound (socket);

  return g_strconcat ("tcp://", bound, NULL);
}

/* -- GObject -- */

static void
vici_tcp_transport_iface_init (ViciTransportInterface *iface)
{
  iface->connect = vici_tcp_transport_connect;
  iface->listen = vici_tcp_transport_listen;
}

static gboolean
vici_tcp_transport_initable_init (GInitable    *initable,
                                  GCancellable *cancellable,
                                  GError      **error)
{
  g_autoptr (GNetworkAddress) address = parse (initable, error);

  return address != NULL;
}

static void
vici_tcp_transport_initable_iface_init (GInitableIface *iface)
{
  iface->init = vici_tcp_transport_initable_init;
}

static void
vici_tcp_transport_class_init (ViciTcpTransportClass *klass)
{
}

static void
vici_tcp_transport_init (ViciTcpTransport *self)
{
}
