/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-base-transport.h"

#include <sys/socket.h>

#include "vici-acceptor.h"
#include "vici-i18n.h"

typedef struct
{
  char                 *uri;
  gboolean              listening;
  ViciAcceptor         *acceptor;       /* while it listens on a socket */
  ViciBaseTransportFunc func;
} ViciBaseTransportPrivate;

static void vici_base_transport_iface_init (ViciTransportInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (ViciBaseTransport, vici_base_transport, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (ViciBaseTransport)
                                    G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                           vici_base_transport_iface_init))

enum
{
  PROP_URI = 1
};

static ViciBaseTransportPrivate *
get_private (gpointer self)
{
  return vici_base_transport_get_instance_private (self);
}

const char *
vici_base_transport_get_uri (ViciBaseTransport *self)
{
  return get_private (self)->uri;
}

/* -- Listening -- */

static void
on_accepted (GSocketConnection *connection,
             gpointer           user_data)
{
  g_autoptr (ViciTransport) self = g_object_ref (user_data);
  ViciBaseTransportFunc func = get_private (self)->func;

  if (func != NULL)
    func (self, connection);
  else
    vici_transport_incoming (self, G_IO_STREAM (connection));
}

gboolean
vici_base_transport_check_idle (ViciBaseTransport *self,
                                GError           **error)
{
  if (!get_private (self)->listening)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PENDING,
               _("“%s” is being listened on already"), get_private (self)->uri);

  return FALSE;
}

void
vici_base_transport_begin (ViciBaseTransport *self)
{
  get_private (self)->listening = TRUE;
}

static gboolean
make_listen (GSocket *socket,
             GError **error)
{
  int listens;

  if (g_socket_get_option (socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, NULL) && listens)
    return TRUE;

  /* Who does not fit into the queue of a UNIX socket is turned away. */
  g_socket_set_listen_backlog (socket, SOMAXCONN);

  return g_socket_listen (socket, error);
}

gboolean
vici_base_transport_accept (ViciBaseTransport    *self,
                            GSocket              *socket,
                            ViciBaseTransportFunc func,
                            GError              **error)
{
  ViciBaseTransportPrivate *priv = get_private (self);

  if (!make_listen (socket, error))
    return FALSE;

  vici_base_transport_begin (self);
  priv->func = func;
  priv->acceptor = vici_acceptor_new (socket, on_accepted, self);

  return TRUE;
}

static void
vici_base_transport_stop (ViciTransport *transport)
{
  ViciBaseTransportPrivate *priv = get_private (transport);

  priv->listening = FALSE;
  g_clear_pointer (&priv->acceptor, vici_acceptor_free);
}

static void
vici_base_transport_iface_init (ViciTransportInterface *iface)
{
  iface->stop = vici_base_transport_stop;
}

/* -- GObject -- */

static void
vici_base_transport_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  if (prop_id == PROP_URI)
    g_value_set_string (value, get_private (object)->uri);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
vici_base_transport_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  if (prop_id == PROP_URI)
    get_private (object)->uri = g_value_dup_string (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
vici_base_transport_dispose (GObject *object)
{
  vici_transport_stop (VICI_TRANSPORT (object));

  G_OBJECT_CLASS (vici_base_transport_parent_class)->dispose (object);
}

static void
vici_base_transport_finalize (GObject *object)
{
  g_free (get_private (object)->uri);

  G_OBJECT_CLASS (vici_base_transport_parent_class)->finalize (object);
}

static void
vici_base_transport_class_init (ViciBaseTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_base_transport_get_property;
  object_class->set_property = vici_base_transport_set_property;
  object_class->dispose = vici_base_transport_dispose;
  object_class->finalize = vici_base_transport_finalize;

  g_object_class_override_property (object_class, PROP_URI, "uri");
}

static void
vici_base_transport_init (ViciBaseTransport *self)
{
}
