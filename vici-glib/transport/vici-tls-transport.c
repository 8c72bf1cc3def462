/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tls-transport.h"

#include "vici-i18n.h"
#include "vici-tcp-transport.h"
#include "vici-tls-acceptor.h"
#include "vici-tls-settings.h"
#include "vici-tls-words.h"

struct _ViciTlsTransport
{
  ViciBaseTransport parent_instance;

  ViciTlsSettings  *settings;
  ViciTlsAcceptor  *acceptor;   /* while it listens */
};

static void vici_tls_transport_initable_iface_init (GInitableIface *iface);
static void vici_tls_transport_iface_init (ViciTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciTlsTransport, vici_tls_transport, VICI_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                      vici_tls_transport_iface_init)
                                 G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                        vici_tls_transport_initable_iface_init))

/* -- Connecting -- */

typedef struct
{
  GTlsDatabase        *database;        /* NULL: the system's */
  GTlsCertificate     *certificate;     /* NULL: none to show */
  GTlsCertificateFlags errors;          /* of the daemon's certificate */
} Connecting;

static void
connecting_free (Connecting *connecting)
{
  g_clear_object (&connecting->database);
  g_clear_object (&connecting->certificate);
  g_free (connecting);
}

/* Only called for a certificate that is not good. It stays refused. */
static gboolean
on_bad_certificate (GTlsConnection      *tls,
                    GTlsCertificate     *certificate,
                    GTlsCertificateFlags errors,
                    Connecting          *connecting)
{
  connecting->errors = errors;

  return FALSE;
}

static void
return_refused (GTask        *task,
                const GError *cause)
{
  ViciTlsTransport *self = g_task_get_source_object (task);
  Connecting *connecting = g_task_get_task_data (task);
  g_autofree char *peer = g_socket_connectable_to_string (
    G_SOCKET_CONNECTABLE (self->settings->address));
  g_autofree char *why = NULL;

  if (connecting->errors != 0)
    {
      why = vici_tls_describe_errors (connecting->errors);
      g_task_return_new_error (task, cause->domain, cause->code,
                               _("The certificate of “%s” is refused: %s"), peer, why);
    }
  else
    g_task_return_new_error (task, cause->domain, cause->code,
                             _("No TLS with “%s”: %s"), peer, cause->message);
}

static void
on_handshake (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (source, g_task_get_task_data (task));

  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, &error))
    vici_transport_connected (g_task_get_source_object (task), task, G_IO_STREAM (source));
  else
    return_refused (task, error);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ViciTlsTransport *self = g_task_get_source_object (task);
  const ViciTlsSettings *settings = self->settings;
  Connecting *connecting = g_task_get_task_data (task);
  g_autoptr (GSocketConnectable) name = NULL;
  g_autoptr (GIOStream) tls = NULL;
  g_autoptr (GIOStream) stream = NULL;
  GError *error = NULL;

  stream = vici_tcp_connect_finish (result, &error);
  if (stream != NULL)
    {
      name = settings->name != NULL ? g_network_address_new (settings->name, 0)
                                    : g_object_ref (G_SOCKET_CONNECTABLE (settings->address));
      tls = g_tls_client_connection_new (stream, name, &error);
    }

  if (tls == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  if (connecting->database != NULL)
    g_tls_connection_set_database (G_TLS_CONNECTION (tls), connecting->database);
  if (connecting->certificate != NULL)
    g_tls_connection_set_certificate (G_TLS_CONNECTION (tls), connecting->certificate);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_bad_certificate), connecting);

  g_tls_connection_handshake_async (G_TLS_CONNECTION (tls), G_PRIORITY_DEFAULT,
                                    g_task_get_cancellable (task), on_handshake,
                                    g_object_ref (task));
}

static void
vici_tls_transport_connect (ViciTransport *transport,
                            GTask         *task)
{
  ViciTlsTransport *self = VICI_TLS_TRANSPORT (transport);
  Connecting *connecting = g_new0 (Connecting, 1);
  GError *error = NULL;

  g_task_set_task_data (task, connecting, (GDestroyNotify) connecting_free);

  if (vici_tls_settings_check_client (self->settings, &error) &&
      vici_tls_settings_load (self->settings, &connecting->database, &connecting->certificate,
                              &error))
    vici_tcp_connect_async (self->settings->address, g_task_get_cancellable (task),
                            on_connected, g_object_ref (task));
  else
    g_task_return_error (task, error);
}

/* -- Listening -- */

static void
on_secured (GTlsConnection *tls,
            gpointer        user_data)
{
  g_autoptr (ViciTransport) self = g_object_ref (user_data);

  vici_transport_incoming (self, G_IO_STREAM (tls));
}

static void
on_accepted (ViciTransport     *transport,
             GSocketConnection *connection)
{
  vici_tls_acceptor_add (VICI_TLS_TRANSPORT (transport)->acceptor, connection);
}

/* The keys of the query are for this end: where its files are is nobody's business,
 * and a client needs others. */
static char *
vici_tls_transport_listen (ViciTransport *transport,
                           GError       **error)
{
  ViciTlsTransport *self = VICI_TLS_TRANSPORT (transport);
  ViciBaseTransport *base = VICI_BASE_TRANSPORT (transport);
  const ViciTlsSettings *settings = self->settings;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autofree char *bound = NULL;

  if (!vici_base_transport_check_idle (base, error) ||
      !vici_tls_settings_check_server (settings, error) ||
      !vici_tls_settings_load (settings, &database, &certificate, error))
    return NULL;

  socket = vici_tcp_bind (settings->uri, settings->address, error);
  if (socket == NULL || !vici_base_transport_accept (base, socket, on_accepted, error))
    return NULL;

  self->acceptor = vici_tls_acceptor_new (certificate, database, settings->clients,
                                          settings->allowed, on_secured, self);
  bound = vici_tcp_dup_bound (socket);

  return g_strconcat ("tls://", bound, NULL);
}

static ViciTransportInterface *parent_iface;

static void
vici_tls_transport_stop (ViciTransport *transport)
{
  ViciTlsTransport *self = VICI_TLS_TRANSPORT (transport);

  parent_iface->stop (transport);
  g_clear_pointer (&self->acceptor, vici_tls_acceptor_free);
}

static void
vici_tls_transport_iface_init (ViciTransportInterface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);

  iface->connect = vici_tls_transport_connect;
  iface->listen = vici_tls_transport_listen;
  iface->stop = vici_tls_transport_stop;
}

/* -- GObject -- */

static gboolean
vici_tls_transport_initable_init (GInitable    *initable,
                                  GCancellable *cancellable,
                                  GError      **error)
{
  ViciTlsTransport *self = VICI_TLS_TRANSPORT (initable);

  self->settings =
    vici_tls_settings_new (vici_base_transport_get_uri (VICI_BASE_TRANSPORT (self)), error);

  return self->settings != NULL;
}

static void
vici_tls_transport_initable_iface_init (GInitableIface *iface)
{
  iface->init = vici_tls_transport_initable_init;
}

static void
vici_tls_transport_finalize (GObject *object)
{
  g_clear_pointer (&VICI_TLS_TRANSPORT (object)->settings, vici_tls_settings_free);

  G_OBJECT_CLASS (vici_tls_transport_parent_class)->finalize (object);
}

static void
vici_tls_transport_class_init (ViciTlsTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_tls_transport_finalize;
}

static void
vici_tls_transport_init (ViciTlsTransport *self)
{
}
