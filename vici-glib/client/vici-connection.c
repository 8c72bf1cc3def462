/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-connection-private.h"

#include "vici-client-enum-types.h"
#include "vici-marshal.h"
#include "vici-string.h"
#include "vici-uri.h"

/**
 * SECTION:vici-connection
 * @title: ViciConnection
 * @short_description: A connection to an IKE daemon
 *
 * #ViciConnection is a client's connection to charon, or to whatever else
 * speaks VICI. It is opened by URI, or made of any connected #GIOStream; then
 * commands are called, streamed commands are read event by event
 * (#ViciStream), and events are subscribed to.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciConnection) connection = vici_connection_new (NULL);
 * g_autoptr (ViciMessage) reply = NULL;
 * g_autoptr (GError) error = NULL;
 *
 * if (vici_connection_open_sync (connection, NULL, &error))
 *   reply = vici_connection_call_sync (connection, "version", NULL, NULL, &error);
 *
 * if (reply != NULL)
 *   {
 *     g_autofree char *version = vici_message_lookup_string (reply, "version");
 *
 *     g_print ("strongSwan %s\n", version);
 *   }
 * else
 *   g_printerr ("%s\n", error->message);
 * ]|
 *
 * A connection belongs to the thread that opens it, and is driven by the
 * thread-default #GMainContext of that time: every callback and every signal
 * comes from there, in the order in which their causes went over the wire. All
 * functions are to be called in that thread. It starts no thread and never
 * blocks, but in the functions that are called `_sync`. Those drive the
 * connection by themselves, without running the main context: what else
 * arrives meanwhile is kept, and delivered by the context later.
 *
 * Every call ends exactly once, with its reply or with an error: after
 * #ViciConnection:timeout without anything heard of it, upon cancellation, or
 * when the connection ends. After a cancellation or a time-out the connection
 * is as usable as before. Pending calls do not keep a connection alive;
 * dropping the last reference closes it and ends them.
 *
 * A connection that was opened by URI can be opened again after it was closed;
 * events that were subscribed to are then subscribed to by themselves.
 *
 * Since: 1.0
 */

/**
 * ViciConnection:
 *
 * A connection to an IKE daemon.
 *
 * Since: 1.0
 */

/**
 * ViciConnectionState:
 * @VICI_CONNECTION_CLOSED: not open: not yet, or not any more
 * @VICI_CONNECTION_OPENING: being opened; calls wait for it
 * @VICI_CONNECTION_OPEN: open
 * @VICI_CONNECTION_CLOSING: has ended, and pending calls are being told
 *
 * Whether a connection is open.
 *
 * Since: 1.0
 */

#define DEFAULT_TIMEOUT 30000

G_DEFINE_FINAL_TYPE (ViciConnection, vici_connection, G_TYPE_OBJECT)

enum
{
  PROP_URI = 1,
  PROP_TRANSPORT,
  PROP_IO_STREAM,
  PROP_STATE,
  PROP_TIMEOUT,
  PROP_MAX_IN_FLIGHT,
  PROP_PENDING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_EVENT,
  SIGNAL_CLOSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

void
vici_connection_notify_state (ViciConnection *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
vici_connection_notify_io_stream (ViciConnection *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IO_STREAM]);
}

void
vici_connection_notify_pending (ViciConnection *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PENDING]);
}

void
vici_connection_emit_event (ViciConnection *self,
                            GQuark          name,
                            ViciMessage    *message)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], name, g_quark_to_string (name), message);
}

void
vici_connection_emit_closed (ViciConnection *self,
                             const GError   *error)
{
  g_signal_emit (self, signals[SIGNAL_CLOSED], 0, error);
}

gboolean
vici_connection_has_closed_handler (ViciConnection *self)
{
  return g_signal_has_handler_pending (self, signals[SIGNAL_CLOSED], 0, TRUE);
}

void
vici_connection_set_state (ViciConnection     *self,
                           ViciConnectionState state)
{
  if (self->state == state)
    return;

  self->state = state;
  vici_connection_notify_state (self);
}

/* -- Properties -- */

/**
 * vici_connection_new:
 * @uri: (nullable): where the daemon is; %NULL for
 *     `unix:///var/run/charon.vici`
 *
 * Makes a connection that is to be opened. The URI is as in strongSwan's own
 * configuration: `unix:///path`, where the path is taken as it stands, without
 * escapes; `unix:@name` for an abstract name; `tcp://host:port`, with an IPv6
 * address in brackets and 4502 for a port that is left out. There are more kinds,
 * and plug-ins: see #ViciTransport.
 *
 * Returns: (transfer full): a connection
 *
 * Since: 1.0
 */
ViciConnection *
vici_connection_new (const char *uri)
{
  return g_object_new (VICI_TYPE_CONNECTION, "uri", uri, NULL);
}

/**
 * vici_connection_new_for_transport:
 * @transport: a transport
 *
 * Makes a connection that is to be opened by a transport; see
 * #ViciConnection:transport.
 *
 * Returns: (transfer full): a connection
 *
 * Since: 1.0
 */
ViciConnection *
vici_connection_new_for_transport (ViciTransport *transport)
{
  g_return_val_if_fail (VICI_IS_TRANSPORT (transport), NULL);

  return g_object_new (VICI_TYPE_CONNECTION, "transport", transport, NULL);
}

/**
 * vici_connection_new_for_stream:
 * @stream: a connected stream: a socket, pipes, a TLS connection
 *
 * Makes a connection of a stream. It is open from the start, and is driven by
 * the thread-default main context of the caller. The stream is the
 * connection's from here on, and closed with it.
 *
 * Pipes do not block while they are the connection's, and SIGPIPE, which would
 * end the process when nobody reads them, is ignored from then on unless the
 * program has a handler for it.
 *
 * Returns: (transfer full): a connection
 *
 * Since: 1.0
 */
ViciConnection *
vici_connection_new_for_stream (GIOStream *stream)
{
  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);

  return g_object_new (VICI_TYPE_CONNECTION, "io-stream", stream, NULL);
}

/**
 * vici_connection_get_uri:
 * @self: a connection
 *
 * Gets #ViciConnection:uri.
 *
 * Returns: (transfer none) (nullable): where the daemon is; %NULL for a
 *     connection that was made of a stream, and where its transport has no URI
 *
 * Since: 1.0
 */
const char *
vici_connection_get_uri (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), NULL);

  return self->transport ? vici_transport_get_uri (self->transport) : self->uri;
}

/* Sets the transport, and tells what has changed. */
static void
change_transport (ViciConnection *self,
                  ViciTransport  *transport,
                  const char     *uri_before)
{
  gboolean changed = g_set_object (&self->transport, transport);

  if (g_strcmp0 (uri_before, vici_connection_get_uri (self)) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_URI]);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TRANSPORT]);
}

/**
 * vici_connection_set_uri:
 * @self: a connection
 * @uri: (nullable): where the daemon is; %NULL for the default
 *
 * Sets #ViciConnection:uri, for the next opening. A #ViciConnection:transport
 * that was set is let go of.
 *
 * Since: 1.0
 */
void
vici_connection_set_uri (ViciConnection *self,
                         const char     *uri)
{
  g_autofree char *before = NULL;

  g_return_if_fail (VICI_IS_CONNECTION (self));

  before = g_strdup (vici_connection_get_uri (self));
  vici_string_replace (&self->uri, uri ? uri : VICI_DEFAULT_URI);
  change_transport (self, NULL, before);
}

/**
 * vici_connection_get_transport:
 * @self: a connection
 *
 * Gets #ViciConnection:transport.
 *
 * Returns: (transfer none) (nullable): the transport that was set, or %NULL for the
 *     one that #ViciConnection:uri names
 *
 * Since: 1.0
 */
ViciTransport *
vici_connection_get_transport (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), NULL);

  return self->transport;
}

/**
 * vici_connection_set_transport:
 * @self: a connection
 * @transport: (nullable): a transport; %NULL for the one of the URI that the
 *     connection was made with or vici_connection_set_uri() has set last
 *
 * Sets #ViciConnection:transport, for the next opening.
 *
 * Since: 1.0
 */
void
vici_connection_set_transport (ViciConnection *self,
                               ViciTransport  *transport)
{
  g_autofree char *before = NULL;

  g_return_if_fail (VICI_IS_CONNECTION (self));
  g_return_if_fail (transport == NULL || VICI_IS_TRANSPORT (transport));

  before = g_strdup (vici_connection_get_uri (self));
  change_transport (self, transport, before);
}

/**
 * vici_connection_get_io_stream:
 * @self: a connection
 *
 * Gets #ViciConnection:io-stream.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL while it is not open
 *
 * Since: 1.0
 */
GIOStream *
vici_connection_get_io_stream (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), NULL);

  return self->io_stream;
}

/**
 * vici_connection_get_state:
 * @self: a connection
 *
 * Gets #ViciConnection:state.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
ViciConnectionState
vici_connection_get_state (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), VICI_CONNECTION_CLOSED);

  return self->state;
}

/**
 * vici_connection_get_timeout:
 * @self: a connection
 *
 * Gets #ViciConnection:timeout.
 *
 * Returns: a time in milliseconds; 0 for none
 *
 * Since: 1.0
 */
guint
vici_connection_get_timeout (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), 0);

  return self->timeout;
}

/**
 * vici_connection_set_timeout:
 * @self: a connection
 * @timeout: a time in milliseconds; 0 for none
 *
 * Sets #ViciConnection:timeout, for what is called from here on.
 *
 * Since: 1.0
 */
void
vici_connection_set_timeout (ViciConnection *self,
                             guint           timeout)
{
  g_return_if_fail (VICI_IS_CONNECTION (self));

  if (self->timeout == timeout)
    return;

  self->timeout = timeout;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TIMEOUT]);
}

/**
 * vici_connection_get_max_in_flight:
 * @self: a connection
 *
 * Gets #ViciConnection:max-in-flight.
 *
 * Returns: how many commands may wait for their reply at the same time
 *
 * Since: 1.0
 */
guint
vici_connection_get_max_in_flight (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), 1);

  return self->max_in_flight;
}

/**
 * vici_connection_set_max_in_flight:
 * @self: a connection
 * @max_in_flight: a number from 1 on
 *
 * Sets #ViciConnection:max-in-flight.
 *
 * Since: 1.0
 */
void
vici_connection_set_max_in_flight (ViciConnection *self,
                                   guint           max_in_flight)
{
  g_return_if_fail (VICI_IS_CONNECTION (self));
  g_return_if_fail (max_in_flight > 0);

  if (self->max_in_flight == max_in_flight)
    return;

  self->max_in_flight = max_in_flight;
  if (self->link != NULL)
    vici_session_set_max_in_flight (vici_link_get_session (self->link), max_in_flight);

  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_IN_FLIGHT]);
}

/**
 * vici_connection_get_pending:
 * @self: a connection
 *
 * Gets #ViciConnection:pending.
 *
 * Returns: a number of calls
 *
 * Since: 1.0
 */
guint
vici_connection_get_pending (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), 0);

  return self->link ? vici_link_get_pending (self->link) : 0;
}

/* -- GObject -- */

static void
vici_connection_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  ViciConnection *self = VICI_CONNECTION (object);

  switch (prop_id)
    {
    case PROP_URI:
      g_value_set_string (value, vici_connection_get_uri (self));
      break;

    case PROP_TRANSPORT:
      g_value_set_object (value, self->transport);
      break;

    case PROP_IO_STREAM:
      g_value_set_object (value, self->io_stream);
      break;

    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;

    case PROP_TIMEOUT:
      g_value_set_uint (value, self->timeout);
      break;

    case PROP_MAX_IN_FLIGHT:
      g_value_set_uint (value, self->max_in_flight);
      break;

    case PROP_PENDING:
      g_value_set_uint (value, vici_connection_get_pending (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_connection_set_property (GObject      *object,
                              guint         prop_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  ViciConnection *self = VICI_CONNECTION (object);

  switch (prop_id)
    {
    case PROP_URI:
      vici_connection_set_uri (self, g_value_get_string (value));
      break;

    case PROP_TRANSPORT:
      vici_connection_set_transport (self, g_value_get_object (value));
      break;

    case PROP_IO_STREAM:
      self->io_stream = g_value_dup_object (value);
      break;

    case PROP_TIMEOUT:
      vici_connection_set_timeout (self, g_value_get_uint (value));
      break;

    case PROP_MAX_IN_FLIGHT:
      vici_connection_set_max_in_flight (self, g_value_get_uint (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_connection_constructed (GObject *object)
{
  ViciConnection *self = VICI_CONNECTION (object);

  G_OBJECT_CLASS (vici_connection_parent_class)->constructed (object);

  if (self->io_stream != NULL)
    {
      self->fixed_stream = TRUE;
      g_clear_pointer (&self->uri, g_free);
      vici_connection_start (self, self->io_stream);
    }
}

static void
vici_connection_dispose (GObject *object)
{
  ViciConnection *self = VICI_CONNECTION (object);

  /* While the link delivers the ends of all calls it keeps the object alive,
   * which goes when they are out. */
  if (vici_connection_shut_down_quietly (self))
    return;

  G_OBJECT_CLASS (vici_connection_parent_class)->dispose (object);
}

static void
vici_connection_finalize (GObject *object)
{
  ViciConnection *self = VICI_CONNECTION (object);

  g_clear_object (&self->io_stream);
  g_clear_object (&self->transport);
  g_clear_pointer (&self->subscriptions, g_hash_table_unref);
  g_free (self->uri);

  G_OBJECT_CLASS (vici_connection_parent_class)->finalize (object);
}

static void
vici_connection_class_init (ViciConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_connection_get_property;
  object_class->set_property = vici_connection_set_property;
  object_class->constructed = vici_connection_constructed;
  object_class->dispose = vici_connection_dispose;
  object_class->finalize = vici_connection_finalize;

  /**
   * ViciConnection:uri:
   *
   * Where the daemon is; see vici_connection_new(). A change counts from the
   * next opening on. While there is a #ViciConnection:transport, it is the URI of
   * that. It is %NULL for a connection that was made of a stream.
   *
   * Since: 1.0
   */
  props[PROP_URI] =
    g_param_spec_string ("uri", NULL, NULL,
                         VICI_DEFAULT_URI,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciConnection:transport:
   *
   * The transport that it is opened by, instead of the one that
   * #ViciConnection:uri names; that property tells its URI then. Of the two, the
   * one that was set last counts, from the next opening on. Setting it to %NULL
   * goes back to the connection's own URI.
   *
   * Since: 1.0
   */
  props[PROP_TRANSPORT] =
    g_param_spec_object ("transport", NULL, NULL,
                         VICI_TYPE_TRANSPORT,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciConnection:io-stream:
   *
   * The stream to the daemon, while the connection is open. It is the
   * connection's to read, write and close.
   *
   * Since: 1.0
   */
  props[PROP_IO_STREAM] =
    g_param_spec_object ("io-stream", NULL, NULL,
                         G_TYPE_IO_STREAM,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS |
                           G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciConnection:state:
   *
   * Whether the connection is open. It is %VICI_CONNECTION_CLOSING from the end
   * of the connection on until pending calls have been told, and
   * #ViciConnection::closed is about to be emitted. Where the end is met in a
   * synchronous call and nobody listens for that signal, it is
   * %VICI_CONNECTION_CLOSED at once.
   *
   * Since: 1.0
   */
  props[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL,
                       VICI_TYPE_CONNECTION_STATE,
                       VICI_CONNECTION_CLOSED,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciConnection:timeout:
   *
   * How long, in milliseconds, an opening may take, and a call may wait from
   * when it is made without anything arriving for it; 0 for as long as it
   * takes. Each event of a stream starts its time anew, and no time runs while
   * events of the stream wait to be read.
   *
   * A command that blocks in the daemon, such as `initiate`, has a timeout of
   * its own among its arguments; this one has to be longer.
   *
   * Since: 1.0
   */
  props[PROP_TIMEOUT] =
    g_param_spec_uint ("timeout", NULL, NULL,
                       0, G_MAXUINT, DEFAULT_TIMEOUT,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciConnection:max-in-flight:
   *
   * How many commands may wait for their reply at the same time. The protocol
   * document allows one; charon answers each connection strictly in order,
   * so that with more the round trips overlap.
   *
   * Since: 1.0
   */
  props[PROP_MAX_IN_FLIGHT] =
    g_param_spec_uint ("max-in-flight", NULL, NULL,
                       1, G_MAXUINT, 1,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciConnection:pending:
   *
   * How many calls, streams, subscriptions and unsubscriptions are not answered
   * yet.
   *
   * Since: 1.0
   */
  props[PROP_PENDING] =
    g_param_spec_uint ("pending", NULL, NULL,
                       0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * ViciConnection::event:
   * @self: the connection
   * @name: name of the event
   * @message: what it says
   *
   * The daemon has raised an event that is subscribed to. The detail of the
   * signal is the name of the event: `event::ike-updown`.
   *
   * Wire: `EVENT`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_EVENT] =
    g_signal_new ("event",
                  G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED,
                  0, NULL, NULL,
                  vici_marshal_VOID__STRING_OBJECT,
                  G_TYPE_NONE, 2,
                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, VICI_TYPE_MESSAGE);
  g_signal_set_va_marshaller (signals[SIGNAL_EVENT],
                              G_TYPE_FROM_CLASS (klass),
                              vici_marshal_VOID__STRING_OBJECTv);

  /**
   * ViciConnection::closed:
   * @self: the connection
   * @error: (nullable): why; %NULL after an own close
   *
   * The connection has ended, and every call that was pending has been told.
   * Emitted exactly once for every time it was open. The error is
   * %VICI_ERROR_CLOSED when the daemon closed it, %VICI_ERROR_PROTOCOL or
   * %VICI_ERROR_MALFORMED when the daemon sent what is no VICI.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CLOSED] =
    g_signal_new ("closed",
                  G_TYPE_FROM_CLASS (klass),
                  G_SIGNAL_RUN_LAST,
                  0, NULL, NULL,
                  g_cclosure_marshal_VOID__BOXED,
                  G_TYPE_NONE, 1,
                  G_TYPE_ERROR);
  g_signal_set_va_marshaller (signals[SIGNAL_CLOSED],
                              G_TYPE_FROM_CLASS (klass),
                              g_cclosure_marshal_VOID__BOXEDv);
}

static void
vici_connection_init (ViciConnection *self)
{
  self->uri = g_strdup (VICI_DEFAULT_URI);
  self->timeout = DEFAULT_TIMEOUT;
  self->max_in_flight = 1;
  self->subscriptions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
