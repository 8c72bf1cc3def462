/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-session-private.h"

#include "vici-commands.h"
#include "vici-core-marshal.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-packet.h"
#include "vici-trace.h"

/**
 * SECTION:vici-session
 * @title: ViciSession
 * @short_description: The client side of the protocol, without I/O
 *
 * #ViciSession is the protocol engine: bytes in, bytes out, and no I/O of its
 * own. It is for programs that have another main loop than GLib's, or a
 * channel that is no #GIOStream; all others use #ViciConnection, which drives
 * a session over a stream.
 *
 * Whoever owns the channel derives a class and implements two virtual
 * functions: #ViciSessionClass.send() takes bytes for the peer, and
 * #ViciSessionClass.close() closes the channel. What arrives goes to
 * vici_session_receive(), and the end of the channel is told with
 * vici_session_closed().
 *
 * |[<!-- language="C" -->
 * static void
 * on_version (ViciSession  *session,
 *             const char   *event,
 *             ViciMessage  *reply,
 *             const GError *error,
 *             gpointer      user_data)
 * {
 *   g_autofree char *text = reply ? vici_message_to_string (reply, VICI_PRINT_NONE) : NULL;
 *
 *   g_print ("%s\n", text ? text : error->message);
 * }
 *
 * vici_session_call (session, "version", NULL, on_version, NULL, NULL, NULL);
 * while ((n = read (fd, buffer, sizeof buffer)) > 0)
 *   vici_session_receive (session, buffer, n, NULL);
 * vici_session_closed (session, NULL);
 * ]|
 *
 * Requests go out in the order in which they were made, and their functions
 * are called in that order. One command is in flight at a time, or as many as
 * #ViciSession:max-in-flight says; registrations of events are not commands
 * and wait only for what was asked before them. A streamed command is written
 * together with the registration of its event and its end, and takes one round
 * trip.
 *
 * A session ends once and for all: when the channel is closed, or when the
 * peer breaks the protocol. Every call that is pending then fails, and new
 * ones are refused.
 *
 * A session belongs to one thread at a time. Its functions may be called from
 * within its callbacks, except for vici_session_receive().
 *
 * Since: 1.0
 */

/**
 * ViciSession:
 *
 * The client side of the protocol, without I/O.
 *
 * Since: 1.0
 */

/**
 * ViciSessionClass:
 * @parent_class: the parent class
 * @send: takes bytes for the peer, in the order of the calls; they are to be
 *   written as they are, sooner or later
 * @close: closes the channel, after the peer broke the protocol
 * @write: instead of @send, and in C only: for a channel that writes when it sees
 *   fit, or takes only so much. It is called by vici_session_flush(), borrows the
 *   bytes, and returns how many of them it has taken; the rest is offered again
 *   the next time
 *
 * What a subclass has to supply: @close, and either of the other two.
 *
 * Since: 1.0
 */

/**
 * ViciSessionClass::send:
 * @self: the session
 * @data: bytes for the peer
 *
 * Takes bytes that are to be written to the channel as they are, sooner or later, in
 * the order of the calls.
 *
 * Since: 1.0
 */

/**
 * ViciSessionClass::close:
 * @self: the session
 *
 * Closes the channel, after the peer broke the protocol.
 *
 * Since: 1.0
 */

/**
 * ViciSessionFunc:
 * @session: the session
 * @event: (nullable): name of the event that @message is, in a stream; %NULL
 *   when the call has ended
 * @message: (nullable): an event or the reply; %NULL on error, and where a
 *   confirmation has no message
 * @error: (nullable): why the call failed; %NULL if it did not
 * @user_data: what was given with the function
 *
 * Hears of a call: for each event of a stream, and once of its end. It borrows
 * what it is given.
 *
 * Since: 1.0
 */

enum
{
  PROP_MAX_IN_FLIGHT = 1,
  PROP_WRITABLE,
  PROP_PAUSED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_EVENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ViciSession, vici_session, G_TYPE_OBJECT)

ViciSessionPrivate *
vici_session_get_private (ViciSession *self)
{
  return vici_session_get_instance_private (self);
}

static guint64
enqueue (ViciSession *self,
         ViciCall    *call)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  guint64 id = vici_call_queue_push (&priv->queue, call);

  if (!call->abandoned)
    priv->pending++;
  vici_session_pump (self);

  return id;
}

static gboolean
check_open (ViciSession *self,
            GError     **error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  if (!priv->closed)
    return TRUE;

  g_set_error_literal (error, VICI_ERROR, VICI_ERROR_CLOSED, _("The connection is not open"));

  return FALSE;
}

static ViciEvent *
ensure_event (ViciSession *self,
              const char  *name)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciEvent *event = g_hash_table_lookup (priv->events, name);

  if (event == NULL)
    {
      event = g_new0 (ViciEvent, 1);
      event->name = g_strdup (name);
      event->detail = g_quark_from_string (name);
      g_hash_table_insert (priv->events, event->name, event);
    }

  return event;
}

static void
vici_event_free (ViciEvent *event)
{
  g_free (event->name);
  g_free (event);
}

static guint64
call_command (ViciSession    *self,
              const char     *command,
              const char     *event,
              ViciMessage    *request,
              ViciSessionFunc func,
              gpointer        user_data,
              GDestroyNotify  notify,
              GError        **error)
{
  ViciCall *call;

  if (!check_open (self, error) ||
      !vici_packet_check_name (command, error) ||
      (event != NULL && !vici_packet_check_name (event, error)) ||
      !vici_packet_check_size (command, request, error))
    return 0;

  call = vici_call_new (VICI_CALL_COMMAND, command, request, func, user_data, notify);
  if (event != NULL)
    call->event = ensure_event (self, event);

  return enqueue (self, call);
}

/**
 * vici_session_call:
 * @self: a session
 * @command: name of the command
 * @request: (nullable): its arguments; %NULL for none
 * @func: (nullable) (scope notified) (closure user_data) (destroy notify): called
 *     once, with the reply or an error
 * @user_data: passed to @func
 * @notify: (nullable): frees @user_data after the last call of @func
 * @error: return location for an error
 *
 * Queues a command. The reply is given to @func as it came: a `success=no` in
 * it is for the caller to check, with vici_message_check_success().
 *
 * @func gets %VICI_ERROR_UNKNOWN_COMMAND when the peer does not know the
 * command, or the error that has ended the session. When this function itself
 * fails, @func is never called and @notify neither: with %VICI_ERROR_INVALID or
 * %VICI_ERROR_TOO_LARGE for what the peer would never answer (a name that is
 * empty, not printable ASCII or longer than 255 bytes, a packet over 512 KiB),
 * and with %VICI_ERROR_CLOSED when the session has ended.
 *
 * Wire: `CMD_REQUEST`, `CMD_RESPONSE`, `CMD_UNKNOWN`.
 *
 * Returns: the number of the call, for vici_session_cancel(), or 0 on error
 *
 * Since: 1.0
 */
guint64
vici_session_call (ViciSession    *self,
                   const char     *command,
                   ViciMessage    *request,
                   ViciSessionFunc func,
                   gpointer        user_data,
                   GDestroyNotify  notify,
                   GError        **error)
{
  g_return_val_if_fail (VICI_IS_SESSION (self), 0);
  g_return_val_if_fail (command != NULL, 0);
  g_return_val_if_fail (request == NULL || VICI_IS_MESSAGE (request), 0);

  return call_command (self, command, NULL, request, func, user_data, notify, error);
}

/**
 * vici_session_call_streaming:
 * @self: a session
 * @command: name of the command
 * @event: (nullable): name of the event that it streams; %NULL for the one of
 *     charon's own commands, see vici_session_get_stream_event()
 * @request: (nullable): its arguments; %NULL for none
 * @func: (nullable) (scope notified) (closure user_data) (destroy notify): called
 *     for each event of the stream, then once with the reply or an error
 * @user_data: passed to @func
 * @notify: (nullable): frees @user_data after the last call of @func
 * @error: return location for an error
 *
 * Queues a command that answers with a stream of events before its reply. The
 * events that arrive under that name while the peer works on this command are
 * given to @func, with the name as its second argument; the last call of @func
 * has %NULL there. It comes when nothing more of the command is on its way: with
 * the confirmation that the event is unregistered.
 *
 * Errors are those of vici_session_call(), and %VICI_ERROR_UNKNOWN_EVENT, given
 * to @func, when the peer does not know the event; the command was executed
 * then all the same. %VICI_ERROR_INVALID is returned when @event is %NULL and
 * @command is none of charon's streaming commands.
 *
 * Wire: `EVENT_REGISTER`, `CMD_REQUEST` and `EVENT_UNREGISTER`, sent together;
 * without the first and the last while the event is subscribed to.
 *
 * Returns: the number of the call, for vici_session_cancel(), or 0 on error
 *
 * Since: 1.0
 */
guint64
vici_session_call_streaming (ViciSession    *self,
                             const char     *command,
                             const char     *event,
                             ViciMessage    *request,
                             ViciSessionFunc func,
                             gpointer        user_data,
                             GDestroyNotify  notify,
                             GError        **error)
{
  g_return_val_if_fail (VICI_IS_SESSION (self), 0);
  g_return_val_if_fail (command != NULL, 0);
  g_return_val_if_fail (request == NULL || VICI_IS_MESSAGE (request), 0);

  if (event == NULL)
    event = vici_command_get_stream_event (command);

  if (event == NULL)
    {
      g_autofree char *escaped = g_strescape (command, NULL);

      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   _("The command “%s” streams no event that is known here; name the event"),
                   escaped);
      return 0;
    }

  return call_command (self, command, event, request, func, user_data, notify, error);
}

static guint64
call_registration (ViciSession    *self,
                   ViciCallKind    kind,
                   const char     *event,
                   ViciSessionFunc func,
                   gpointer        user_data,
                   GDestroyNotify  notify,
                   GError        **error)
{
  ViciCall *call;

  if (!check_open (self, error) ||
      !vici_packet_check_name (event, error))
    return 0;

  call = vici_call_new (kind, event, NULL, func, user_data, notify);
  call->event = ensure_event (self, event);

  return enqueue (self, call);
}

/**
 * vici_session_subscribe:
 * @self: a session
 * @event: name of an event
 * @func: (nullable) (scope notified) (closure user_data) (destroy notify): called
 *     once, without a message when it has worked, or with an error
 * @user_data: passed to @func
 * @notify: (nullable): frees @user_data after the call of @func
 * @error: return location for an error
 *
 * Asks for an event. Once @func was called, the event is reported by
 * #ViciSession::event, until each subscription to it has been ended with
 * vici_session_unsubscribe(). Subscriptions are counted: however many there
 * are, the peer has one registration and sends the event once.
 *
 * @func gets %VICI_ERROR_UNKNOWN_EVENT when the peer does not know the event,
 * or the error that has ended the session. It may be called before this
 * function returns, where nothing has to be asked of the peer. The function
 * itself fails like vici_session_call().
 *
 * Wire: `EVENT_REGISTER`, `EVENT_CONFIRM`, `EVENT_UNKNOWN`.
 *
 * Returns: the number of the call, for vici_session_cancel(), or 0 on error
 *
 * Since: 1.0
 */
guint64
vici_session_subscribe (ViciSession    *self,
                        const char     *event,
                        ViciSessionFunc func,
                        gpointer        user_data,
                        GDestroyNotify  notify,
                        GError        **error)
{
  g_return_val_if_fail (VICI_IS_SESSION (self), 0);
  g_return_val_if_fail (event != NULL, 0);

  return call_registration (self, VICI_CALL_SUBSCRIBE, event, func, user_data, notify, error);
}

/**
 * vici_session_unsubscribe:
 * @self: a session
 * @event: name of an event
 * @func: (nullable) (scope notified) (closure user_data) (destroy notify): called
 *     once, without a message when it has worked, or with an error
 * @user_data: passed to @func
 * @notify: (nullable): frees @user_data after the call of @func
 * @error: return location for an error
 *
 * Ends one subscription to an event; the last one to go takes the registration
 * with it. Events are reported until @func is called.
 *
 * @func gets %VICI_ERROR_INVALID when the event is not subscribed to,
 * %VICI_ERROR_UNKNOWN_EVENT when the subscription was still on its way and the
 * peer refused it, or the error that has ended the session. It may be called
 * before this function returns, where nothing has to be asked of the peer. The
 * function itself fails like vici_session_call().
 *
 * Wire: `EVENT_UNREGISTER`, `EVENT_CONFIRM`.
 *
 * Returns: the number of the call, for vici_session_cancel(), or 0 on error
 *
 * Since: 1.0
 */
guint64
vici_session_unsubscribe (ViciSession    *self,
                          const char     *event,
                          ViciSessionFunc func,
                          gpointer        user_data,
                          GDestroyNotify  notify,
                          GError        **error)
{
  g_return_val_if_fail (VICI_IS_SESSION (self), 0);
  g_return_val_if_fail (event != NULL, 0);

  return call_registration (self, VICI_CALL_UNSUBSCRIBE, event, func, user_data, notify, error);
}

/* Ends a subscription that is on its way, and whose owner has given it up. */
static void
take_back (ViciSession *self,
           ViciCall    *subscription)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciCall *call;

  if (priv->closed)
    return;

  call = vici_call_new (VICI_CALL_TAKE_BACK, subscription->name, NULL, NULL, NULL, NULL);
  call->event = subscription->event;
  call->epoch = subscription->epoch;
  call->abandoned = TRUE;
  enqueue (self, call);
}

/**
 * vici_session_cancel:
 * @self: a session
 * @id: number of a call
 *
 * Gives a call up: its function is not called any more, and what belongs to
 * the function is freed at once, or when the function returns. A call that
 * still waits in the queue is never sent. One that was sent keeps its place
 * until its answer has come, which is then dropped, with all events of its
 * stream; the session stays usable and in order. A subscription that was sent is
 * taken back, as if it had been ended with vici_session_unsubscribe().
 *
 * Returns: whether there was such a call
 *
 * Since: 1.0
 */
gboolean
vici_session_cancel (ViciSession *self,
                     guint64      id)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciCall *call;

  g_return_val_if_fail (VICI_IS_SESSION (self), FALSE);

  call = vici_call_queue_lookup (&priv->queue, id);
  if (call == NULL || call->abandoned)
    return FALSE;

  /* Freeing what belongs to the function may close the session, or let go of
   * it. */
  g_object_ref (self);
  priv->pending--;

  if (vici_call_queue_was_sent (&priv->queue, id))
    {
      vici_call_ref (call);
      vici_call_abandon (call);
      if (call->kind == VICI_CALL_SUBSCRIBE)
        take_back (self, call);
    }
  else
    {
      vici_call_queue_take (&priv->queue, id);
      vici_call_abandon (call);

      /* What stood behind it may be free to go. */
      vici_session_pump (self);
    }

  vici_call_unref (call);
  g_object_unref (self);

  return TRUE;
}

/**
 * vici_session_was_sent:
 * @self: a session
 * @id: number of a call
 *
 * Whether a call has left the queue: what vici_session_cancel() can still take
 * back of it is only that anybody hears of its end.
 *
 * Returns: whether it was sent, or has ended
 *
 * Since: 1.0
 */
gboolean
vici_session_was_sent (ViciSession *self,
                       guint64      id)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_val_if_fail (VICI_IS_SESSION (self), FALSE);

  return vici_call_queue_was_sent (&priv->queue, id);
}

/**
 * vici_session_get_stream_event:
 * @command: name of a command
 *
 * Which event one of charon's own commands streams: `list-sa` for `list-sas`,
 * `control-log` for `initiate`, and so on.
 *
 * Returns: (nullable): name of the event, or %NULL for a command that streams
 *     none or is not charon's
 *
 * Since: 1.0
 */
const char *
vici_session_get_stream_event (const char *command)
{
  g_return_val_if_fail (command != NULL, NULL);

  return vici_command_get_stream_event (command);
}

/**
 * vici_session_is_closed:
 * @self: a session
 *
 * Whether the session has ended, by vici_session_closed() or by an error of
 * vici_session_receive().
 *
 * Returns: %TRUE when it has
 *
 * Since: 1.0
 */
gboolean
vici_session_is_closed (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_val_if_fail (VICI_IS_SESSION (self), TRUE);

  return priv->closed;
}

/**
 * vici_session_get_pending:
 * @self: a session
 *
 * How many calls, streams, subscriptions and unsubscriptions somebody still
 * waits for.
 *
 * Returns: their number
 *
 * Since: 1.0
 */
guint
vici_session_get_pending (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_val_if_fail (VICI_IS_SESSION (self), 0);

  return priv->pending;
}

/**
 * vici_session_get_max_in_flight:
 * @self: a session
 *
 * Gets #ViciSession:max-in-flight.
 *
 * Returns: how many commands may wait for their reply at the same time
 *
 * Since: 1.0
 */
guint
vici_session_get_max_in_flight (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_val_if_fail (VICI_IS_SESSION (self), 1);

  return priv->max_in_flight;
}

/**
 * vici_session_set_max_in_flight:
 * @self: a session
 * @max_in_flight: a number from 1 on
 *
 * Sets #ViciSession:max-in-flight.
 *
 * Since: 1.0
 */
void
vici_session_set_max_in_flight (ViciSession *self,
                                guint        max_in_flight)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_if_fail (VICI_IS_SESSION (self));
  g_return_if_fail (max_in_flight > 0);

  if (priv->max_in_flight == max_in_flight)
    return;

  priv->max_in_flight = max_in_flight;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_IN_FLIGHT]);
  vici_session_pump (self);
}

/**
 * vici_session_get_writable:
 * @self: a session
 *
 * Gets #ViciSession:writable.
 *
 * Returns: whether the session may send
 *
 * Since: 1.0
 */
gboolean
vici_session_get_writable (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_val_if_fail (VICI_IS_SESSION (self), FALSE);

  return priv->writable;
}

/**
 * vici_session_set_writable:
 * @self: a session
 * @writable: whether the session may send
 *
 * Sets #ViciSession:writable. What was held back goes out at once.
 *
 * Since: 1.0
 */
void
vici_session_set_writable (ViciSession *self,
                           gboolean     writable)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_if_fail (VICI_IS_SESSION (self));

  writable = !!writable;
  if (priv->writable == writable)
    return;

  priv->writable = writable;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WRITABLE]);
  vici_session_pump (self);
}

/**
 * vici_session_get_paused:
 * @self: a session
 *
 * Gets #ViciSession:paused.
 *
 * Returns: whether vici_session_receive() takes nothing
 *
 * Since: 1.0
 */
gboolean
vici_session_get_paused (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_val_if_fail (VICI_IS_SESSION (self), FALSE);

  return priv->paused;
}

/**
 * vici_session_set_paused:
 * @self: a session
 * @paused: whether vici_session_receive() shall take nothing
 *
 * Sets #ViciSession:paused.
 *
 * Since: 1.0
 */
void
vici_session_set_paused (ViciSession *self,
                         gboolean     paused)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_if_fail (VICI_IS_SESSION (self));

  paused = !!paused;
  if (priv->paused == paused)
    return;

  priv->paused = paused;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAUSED]);
}

void
vici_session_emit_event (ViciSession *self,
                         ViciEvent   *event,
                         ViciMessage *message)
{
  g_signal_emit (self, signals[SIGNAL_EVENT], event->detail, event->name, message);
}

static void
vici_session_real_send (ViciSession *self,
                        GBytes      *data)
{
  g_critical ("%s does not implement ViciSessionClass.send()", G_OBJECT_TYPE_NAME (self));
}

/* A channel that needs no closing is fine. */
static void
vici_session_real_close (ViciSession *self)
{
}

static void
vici_session_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ViciSession *self = VICI_SESSION (object);

  switch (prop_id)
    {
    case PROP_MAX_IN_FLIGHT:
      g_value_set_uint (value, vici_session_get_max_in_flight (self));
      break;

    case PROP_WRITABLE:
      g_value_set_boolean (value, vici_session_get_writable (self));
      break;

    case PROP_PAUSED:
      g_value_set_boolean (value, vici_session_get_paused (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_session_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  ViciSession *self = VICI_SESSION (object);

  switch (prop_id)
    {
    case PROP_MAX_IN_FLIGHT:
      vici_session_set_max_in_flight (self, g_value_get_uint (value));
      break;

    case PROP_WRITABLE:
      vici_session_set_writable (self, g_value_get_boolean (value));
      break;

    case PROP_PAUSED:
      vici_session_set_paused (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_session_dispose (GObject *object)
{
  vici_session_closed (VICI_SESSION (object), NULL);

  G_OBJECT_CLASS (vici_session_parent_class)->dispose (object);
}

static void
vici_session_finalize (GObject *object)
{
  ViciSessionPrivate *priv = vici_session_get_private (VICI_SESSION (object));

  vici_call_queue_clear (&priv->queue);
  vici_framer_clear (&priv->framer);
  vici_session_forget_out (VICI_SESSION (object));
  g_clear_object (&priv->spare);
  g_hash_table_unref (priv->events);

  G_OBJECT_CLASS (vici_session_parent_class)->finalize (object);
}

static void
vici_session_class_init (ViciSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_session_get_property;
  object_class->set_property = vici_session_set_property;
  object_class->dispose = vici_session_dispose;
  object_class->finalize = vici_session_finalize;

  vici_trace_init ();

  klass->send = vici_session_real_send;
  klass->close = vici_session_real_close;

  /**
   * ViciSession:max-in-flight:
   *
   * How many commands may wait for their reply at the same time. The protocol
   * document allows one; charon answers each connection strictly in order,
   * so that with more the round trips overlap. Event registrations do not
   * count.
   *
   * Since: 1.0
   */
  props[PROP_MAX_IN_FLIGHT] =
    g_param_spec_uint ("max-in-flight", NULL, NULL,
                       1, G_MAXUINT, 1,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciSession:writable:
   *
   * Whether the session may send. While it may not, because the channel is not
   * there yet or is full, calls wait in the queue, where they can be cancelled
   * without a trace.
   *
   * Since: 1.0
   */
  props[PROP_WRITABLE] =
    g_param_spec_boolean ("writable", NULL, NULL,
                          TRUE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciSession:paused:
   *
   * Whether vici_session_receive() takes nothing. A callback that has got
   * enough sets it, and the packet that is being handled is the last one for
   * now; the caller keeps what was not taken and brings it again later.
   *
   * Since: 1.0
   */
  props[PROP_PAUSED] =
    g_param_spec_boolean ("paused", NULL, NULL,
                          FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * ViciSession::event:
   * @self: the session
   * @name: name of the event
   * @message: what it says
   *
   * The peer has raised an event that is subscribed to. The detail of the
   * signal is the name of the event.
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
                  vici_core_marshal_VOID__STRING_OBJECT,
                  G_TYPE_NONE, 2,
                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, VICI_TYPE_MESSAGE);
  g_signal_set_va_marshaller (signals[SIGNAL_EVENT],
                              G_TYPE_FROM_CLASS (klass),
                              vici_core_marshal_VOID__STRING_OBJECTv);
}

static void
vici_session_init (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  vici_call_queue_init (&priv->queue);
  priv->events = g_hash_table_new_full (g_str_hash, g_str_equal,
                                        NULL, (GDestroyNotify) vici_event_free);
  priv->max_in_flight = 1;
  priv->writable = TRUE;
}
