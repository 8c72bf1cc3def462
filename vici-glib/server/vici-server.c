/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-server-private.h"

#include <string.h>

#include "vici-i18n.h"
#include "vici-invocation-private.h"
#include "vici-peer-private.h"
#include "vici-unix-transport.h"
#include "vici-wire.h"

/**
 * SECTION:vici-server
 * @title: ViciServer
 * @short_description: Serves commands and events to VICI clients
 *
 * The other side of the protocol: what charon is to a #ViciConnection. It is for
 * a simulated daemon in a test, for a proxy that lets through only so much, and
 * for any service that wants to be spoken to by `swanctl` and its like.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciServer) server = vici_server_new ();
 *
 * vici_server_add_command (server, "version");
 * g_signal_connect (server, "command::version", G_CALLBACK (on_version), NULL);
 * if (!vici_server_listen (server, "unix:///run/example.vici", &error))
 *   g_error ("%s", error->message);
 * ]|
 *
 * Each client is served in the order of its requests, whenever and in whatever
 * order they are answered; see #ViciInvocation. A client that asks for more than
 * it reads is read from no more, and one past a bound has to go:
 * #ViciServer:max-peers, #ViciServer:max-pending, #ViciServer:max-queued,
 * #ViciServer:packet-timeout. None holds up another. A client that ends its own side
 * of the connection is gone, with the answers that it still waits for.
 *
 * It runs in the thread-default main context of the thread that calls
 * vici_server_listen(), starts no thread, and never blocks.
 *
 * Since: 1.0
 */

/**
 * ViciServer:
 *
 * Serves commands and events to VICI clients.
 *
 * Since: 1.0
 */

G_DEFINE_FINAL_TYPE (ViciServer, vici_server, G_TYPE_OBJECT)

typedef struct
{
  ViciTransport *transport;
  char          *uri;           /* where it listens, with a port of 0 resolved */
  ViciServer    *server;        /* which owns it */
} Listener;

enum
{
  SIGNAL_COMMAND,
  SIGNAL_AUTHORIZE_PEER,
  SIGNAL_PEER_CONNECTED,
  SIGNAL_PEER_DISCONNECTED,
  SIGNAL_PEER_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* -- Peers -- */

static void
on_command (gpointer     server,
            ViciPeer    *peer,
            guint64      id,
            const char  *name,
            ViciMessage *request)
{
  ViciServer *self = server;
  g_autoptr (ViciInvocation) invocation = NULL;
  gboolean handled = FALSE;

  if (!g_hash_table_contains (self->commands, name))
    {
      vici_peer_reply (peer, id, NULL);
      return;
    }

  invocation = vici_invocation_new (peer, id, name, request);
  g_signal_emit (self, signals[SIGNAL_COMMAND], g_quark_from_string (name), invocation, &handled);
  if (!handled && !vici_invocation_is_answered (invocation))
    vici_invocation_return_unknown (invocation);
}

static gboolean
on_knows_event (gpointer    server,
                const char *name)
{
  ViciServer *self = server;

  return g_hash_table_contains (self->events, name);
}

static void
on_closed (gpointer  server,
           ViciPeer *peer)
{
  ViciServer *self = server;

  g_ptr_array_remove (self->peers, peer);
  g_signal_emit (self, signals[SIGNAL_PEER_DISCONNECTED], 0, peer);
}

static const ViciPeerFuncs peer_funcs = {
  .command = on_command,
  .knows_event = on_knows_event,
  .closed = on_closed,
};

static gboolean
check_room (ViciServer *self,
            GError    **error)
{
  if (self->peers->len < self->settings.max_peers)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY,
               _("There are %u clients already"), self->peers->len);

  return FALSE;
}

static gboolean
check_authorized (ViciServer *self,
                  ViciPeer   *peer,
                  GError    **error)
{
  guint stops = self->stops;
  gboolean authorized;

  g_signal_emit (self, signals[SIGNAL_AUTHORIZE_PEER], 0, peer, &authorized);

  if (self->stopping || self->stops != stops)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("The server has stopped"));
      return FALSE;
    }

  if (authorized && !vici_peer_is_closed (peer))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                       _("The client is not allowed in"));

  return FALSE;
}

/* There has to be room before anybody is asked, and after: who was asked may have
 * let others in. */
static ViciPeer *
admit (ViciServer *self,
       GIOStream  *stream,
       const char *uri)
{
  ViciPeerLimits limits = { self->settings.max_pending, self->settings.max_queued, self->settings.packet_timeout };
  g_autoptr (ViciServer) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (ViciPeer) peer = vici_peer_new (stream, uri, &limits, &peer_funcs, self);
  g_autoptr (GError) error = NULL;

  if (!check_room (self, &error) || !check_authorized (self, peer, &error) ||
      !check_room (self, &error))
    {
      vici_peer_refuse (peer, error);
      g_signal_emit (self, signals[SIGNAL_PEER_REFUSED], 0, peer);
      return NULL;
    }

  g_ptr_array_add (self->peers, g_object_ref (peer));
  vici_peer_start (peer);
  g_signal_emit (self, signals[SIGNAL_PEER_CONNECTED], 0, peer);

  return vici_peer_is_closed (peer) ? NULL : g_steal_pointer (&peer);
}

/* -- Listeners -- */

static void
on_incoming (ViciTransport *transport,
             GIOStream     *stream,
             Listener      *listener)
{
  g_autoptr (ViciPeer) peer G_GNUC_UNUSED = admit (listener->server, stream, listener->uri);
}

static void
listener_free (Listener *self)
{
  g_signal_handlers_disconnect_by_data (self->transport, self);
  vici_transport_stop (self->transport);
  g_object_unref (self->transport);
  g_free (self->uri);
  g_free (self);
}

static gboolean
listen_to (ViciServer    *self,
           ViciTransport *transport,
           GError       **error)
{
  char *uri = vici_transport_listen (transport, error);
  Listener *listener;

  if (uri == NULL)
    return FALSE;

  listener = g_new0 (Listener, 1);
  listener->transport = g_object_ref (transport);
  listener->uri = uri;
  listener->server = self;
  g_signal_connect (transport, "incoming", G_CALLBACK (on_incoming), listener);
  g_ptr_array_add (self->listeners, listener);

  return TRUE;
}

/* -- The public functions -- */

/**
 * vici_server_new:
 *
 * Makes a server that knows no commands and listens nowhere.
 *
 * Returns: (transfer full): a new server
 *
 * Since: 1.0
 */
ViciServer *
vici_server_new (void)
{
  return g_object_new (VICI_TYPE_SERVER, NULL);
}

/* One that no packet can carry would never be called. */
static gboolean
is_name (const char *name)
{
  gsize length = strlen (name);

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isprint (name[i]))
        return FALSE;
    }

  return length > 0 && length <= VICI_NAME_MAX;
}

/**
 * vici_server_add_command:
 * @self: a server
 * @name: name of a command: printable ASCII, of at most 255 bytes
 *
 * Adds a command that clients may call; #ViciServer::command tells when they do.
 * All others are answered as unknown.
 *
 * Since: 1.0
 */
void
vici_server_add_command (ViciServer *self,
                         const char *name)
{
  g_return_if_fail (VICI_IS_SERVER (self));
  g_return_if_fail (name != NULL && is_name (name));

  g_hash_table_add (self->commands, g_strdup (name));
}

/**
 * vici_server_add_event:
 * @self: a server
 * @name: name of an event: printable ASCII, of at most 255 bytes
 *
 * Adds an event that clients may register for: one that vici_server_emit_event()
 * or vici_invocation_send_event() sends.
 *
 * Since: 1.0
 */
void
vici_server_add_event (ViciServer *self,
                       const char *name)
{
  g_return_if_fail (VICI_IS_SERVER (self));
  g_return_if_fail (name != NULL && is_name (name));

  g_hash_table_add (self->events, g_strdup (name));
}

/**
 * vici_server_listen:
 * @self: a server
 * @uri: where: `unix:///path`, `tcp://address:port`, or of another transport
 * @error: return location for an error
 *
 * Lets clients in. It may be called for as many URIs as one likes. A port of 0 is
 * any that is free; vici_server_get_uris() tells which. A socket that a server
 * left behind which is no more is replaced; one that is in use is not.
 *
 * Errors are GIO's: %G_IO_ERROR_ADDRESS_IN_USE, %G_IO_ERROR_PERMISSION_DENIED,
 * %G_IO_ERROR_NOT_FOUND for a folder, a user or a group that is not there,
 * %G_IO_ERROR_INVALID_ARGUMENT and %G_IO_ERROR_NOT_SUPPORTED for a URI that is
 * none; and others of the transport.
 *
 * Returns: %TRUE if it listens
 *
 * Since: 1.0
 */
gboolean
vici_server_listen (ViciServer *self,
                    const char *uri,
                    GError    **error)
{
  g_autoptr (ViciTransport) transport = NULL;

  g_return_val_if_fail (VICI_IS_SERVER (self), FALSE);
  g_return_val_if_fail (uri != NULL, FALSE);

  transport = vici_transport_new_for_uri (uri, error);
  if (transport == NULL)
    return FALSE;

  if (VICI_IS_UNIX_TRANSPORT (transport))
    g_object_set (transport,
                  "socket-mode", self->settings.socket_mode,
                  "socket-owner", self->settings.socket_owner,
                  "socket-group", self->settings.socket_group,
                  NULL);

  return listen_to (self, transport, error);
}

/**
 * vici_server_listen_transport:
 * @self: a server
 * @transport: where
 * @error: return location for an error
 *
 * Lets clients in, as vici_server_listen() does, by a transport of one's own.
 *
 * Errors are those of vici_transport_listen().
 *
 * Returns: %TRUE if it listens
 *
 * Since: 1.0
 */
gboolean
vici_server_listen_transport (ViciServer    *self,
                              ViciTransport *transport,
                              GError       **error)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), FALSE);
  g_return_val_if_fail (VICI_IS_TRANSPORT (transport), FALSE);

  return listen_to (self, transport, error);
}

/**
 * vici_server_get_uris:
 * @self: a server
 *
 * Where the server listens, with a port of 0 resolved.
 *
 * Returns: (transfer full): the URIs
 *
 * Since: 1.0
 */
GStrv
vici_server_get_uris (ViciServer *self)
{
  g_autoptr (GStrvBuilder) uris = g_strv_builder_new ();

  g_return_val_if_fail (VICI_IS_SERVER (self), NULL);

  for (guint i = 0; i < self->listeners->len; i++)
    g_strv_builder_add (uris, ((Listener *) self->listeners->pdata[i])->uri);

  return g_strv_builder_end (uris);
}

/**
 * vici_server_accept_stream:
 * @self: a server
 * @stream: a stream to a client
 *
 * Serves a client over a stream of one's own: one end of a socket pair, say, or an
 * inherited descriptor.
 *
 * Returns: (transfer full) (nullable): the client, or %NULL if it was refused or is
 *   gone already
 *
 * Since: 1.0
 */
ViciPeer *
vici_server_accept_stream (ViciServer *self,
                           GIOStream  *stream)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), NULL);
  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);

  return admit (self, stream, NULL);
}

/**
 * vici_server_stop:
 * @self: a server
 *
 * Listens no more, and closes all clients. vici_server_listen() may be called again
 * afterwards.
 *
 * Since: 1.0
 */
void
vici_server_stop (ViciServer *self)
{
  g_return_if_fail (VICI_IS_SERVER (self));

  self->stops++;
  self->stopping = TRUE;
  g_ptr_array_set_size (self->listeners, 0);
  while (self->peers->len > 0)
    {
      g_autoptr (ViciPeer) peer = g_object_ref (self->peers->pdata[0]);

      vici_peer_close (peer);
    }
  self->stopping = FALSE;
}

/**
 * vici_server_emit_event:
 * @self: a server
 * @name: name of an event that was added
 * @message: what it says
 *
 * Sends an event to all clients that have registered for it.
 *
 * Wire: `EVENT`.
 *
 * Returns: how many they are
 *
 * Since: 1.0
 */
guint
vici_server_emit_event (ViciServer  *self,
                        const char  *name,
                        ViciMessage *message)
{
  guint n = 0;

  g_return_val_if_fail (VICI_IS_SERVER (self), 0);
  g_return_val_if_fail (name != NULL && g_hash_table_contains (self->events, name), 0);
  g_return_val_if_fail (VICI_IS_MESSAGE (message), 0);

  for (guint i = 0; i < self->peers->len; i++)
    {
      if (vici_peer_send_event (self->peers->pdata[i], 0, name, message))
        n++;
    }

  return n;
}

/* -- The class -- */

static void
vici_server_dispose (GObject *object)
{
  ViciServer *self = VICI_SERVER (object);

  vici_server_stop (self);

  /* Who hears of that has no server to let clients into. */
  self->stopping = TRUE;

  G_OBJECT_CLASS (vici_server_parent_class)->dispose (object);
}

static void
vici_server_finalize (GObject *object)
{
  ViciServer *self = VICI_SERVER (object);

  g_hash_table_unref (self->commands);
  g_hash_table_unref (self->events);
  g_ptr_array_unref (self->listeners);
  g_ptr_array_unref (self->peers);
  vici_server_settings_clear (&self->settings);

  G_OBJECT_CLASS (vici_server_parent_class)->finalize (object);
}

/* Goes on for as long as nobody refuses. */
static gboolean
accumulate_authorized (GSignalInvocationHint *hint,
                       GValue                *accumulated,
                       const GValue          *returned,
                       gpointer               data)
{
  g_value_copy (returned, accumulated);

  return g_value_get_boolean (returned);
}

/* Where nobody has refused. */
static gboolean
vici_server_authorize_peer (ViciServer *self,
                            ViciPeer   *peer)
{
  return TRUE;
}

static void
install_signals (GType type)
{
  /**
   * ViciServer::command:
   * @self: the server
   * @invocation: what was called, to be answered
   *
   * A client has called a command that was added. The detail of the signal is the
   * name of the command. One that no handler takes is answered as unknown.
   *
   * Wire: `CMD_REQUEST`.
   *
   * Returns: %TRUE when it is handled, now or later
   *
   * Since: 1.0
   */
  signals[SIGNAL_COMMAND] =
    g_signal_new ("command", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED,
                  0, g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 1, VICI_TYPE_INVOCATION);

  /**
   * ViciServer::authorize-peer:
   * @self: the server
   * @peer: who wants to come in
   *
   * A client has connected. Its credentials, certificate and URI say who it is.
   *
   * Returns: %FALSE to refuse it; any handler can
   *
   * Since: 1.0
   */
  signals[SIGNAL_AUTHORIZE_PEER] =
    g_signal_new_class_handler ("authorize-peer", type, G_SIGNAL_RUN_LAST,
                                G_CALLBACK (vici_server_authorize_peer),
                                accumulate_authorized, NULL, NULL,
                                G_TYPE_BOOLEAN, 1, VICI_TYPE_PEER);

  /**
   * ViciServer::peer-connected:
   * @self: the server
   * @peer: the client
   *
   * A client is served from here on.
   *
   * Since: 1.0
   */
  signals[SIGNAL_PEER_CONNECTED] =
    g_signal_new ("peer-connected", type, G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_PEER);

  /**
   * ViciServer::peer-disconnected:
   * @self: the server
   * @peer: the client
   *
   * A client that was served is gone; vici_peer_get_error() tells why.
   *
   * Since: 1.0
   */
  signals[SIGNAL_PEER_DISCONNECTED] =
    g_signal_new ("peer-disconnected", type, G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_PEER);

  /**
   * ViciServer::peer-refused:
   * @self: the server
   * @peer: the client
   *
   * A client has connected and was not let in; vici_peer_get_error() tells why.
   *
   * Since: 1.0
   */
  signals[SIGNAL_PEER_REFUSED] =
    g_signal_new ("peer-refused", type, G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_PEER);
}

static void
vici_server_class_init (ViciServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vici_server_dispose;
  object_class->finalize = vici_server_finalize;

  vici_server_settings_install (object_class);
  install_signals (G_TYPE_FROM_CLASS (klass));
}

static void
vici_server_init (ViciServer *self)
{
  self->commands = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->events = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) listener_free);
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
  vici_server_settings_init (&self->settings);
}
