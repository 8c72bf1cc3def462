/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-connection-private.h"

#include "vici-i18n.h"
#include "vici-operation.h"
#include "vici-result.h"
#include "vici-stream-private.h"

/* A call, a subscription or an unsubscription. */
typedef struct
{
  ViciOperation       operation;
  ViciDelivery        delivery;
  ViciConnection     *connection;       /* alive as long as its link delivers */
  ViciOperationKind   kind;
  char               *event;            /* of an (un)subscription */

  gpointer            tag;
  GAsyncReadyCallback callback;
  gpointer            user_data;

  gboolean            ended;
  ViciMessage        *reply;
  GError             *error;
} Request;

static void
deliver_request (ViciDelivery *delivery,
                 ViciLink     *link)
{
  Request *self = G_STRUCT_MEMBER_P (delivery, -G_STRUCT_OFFSET (Request, delivery));

  vici_operation_unwatch (&self->operation);
  vici_result_return (vici_link_get_result (link), self->connection, self->tag,
                      self->callback, self->user_data, (GObject *) self->reply, self->error);

  g_free (self->event);
  g_free (self);
}

static void
on_ended (ViciOperation *operation,
          ViciMessage   *reply,
          const GError  *error)
{
  Request *self = (Request *) operation;

  self->ended = TRUE;
  self->reply = reply ? g_object_ref (reply) : NULL;
  self->error = error ? g_error_copy (error) : NULL;

  /* An unsubscription that was sent works, whether one waits for it or not. */
  if (error == NULL && self->kind == VICI_OPERATION_SUBSCRIBE)
    vici_connection_add_subscription (self->connection, self->event);
  else if ((error == NULL || operation->sent) && self->kind == VICI_OPERATION_UNSUBSCRIBE)
    vici_connection_remove_subscription (self->connection, self->event);
}

static void
on_ended_async (ViciOperation *operation,
                ViciMessage   *reply,
                const GError  *error)
{
  Request *self = (Request *) operation;

  on_ended (operation, reply, error);
  vici_link_deliver (operation->link, &self->delivery);
}

static void
request_init (Request          *self,
              ViciConnection   *connection,
              ViciOperationKind kind)
{
  self->connection = connection;
  self->kind = kind;
  self->operation.timeout = (gint64) vici_connection_get_timeout (connection) * 1000;
}

/* -- Asynchronous -- */

static void
call_async (ViciConnection     *self,
            ViciOperationKind   kind,
            const char         *name,
            ViciMessage        *message,
            GCancellable       *cancellable,
            gpointer            tag,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  ViciLink *link = vici_connection_take_link (self);
  Request *request = g_new0 (Request, 1);

  request_init (request, self, kind);
  request->operation.ended = on_ended_async;
  request->delivery.deliver = deliver_request;
  request->tag = tag;
  request->callback = callback;
  request->user_data = user_data;
  if (kind != VICI_OPERATION_CALL)
    request->event = g_strdup (name);

  if (g_cancellable_set_error_if_cancelled (cancellable, &request->error))
    {
      vici_link_deliver (link, &request->delivery);
    }
  else
    {
      vici_operation_begin (&request->operation, link, kind, name, NULL, message);
      vici_operation_watch (&request->operation, cancellable);
    }

  vici_link_unref (link);
}

static gpointer
call_finish (ViciConnection *self,
             GAsyncResult   *result,
             gpointer        tag,
             GError        **error)
{
  g_return_val_if_fail (vici_result_is_valid (result, self, tag), NULL);

  return vici_result_propagate (result, error);
}

/* For calls whose only value is that they have worked. */
static gboolean
call_finish_boolean (ViciConnection *self,
                     GAsyncResult   *result,
                     gpointer        tag,
                     GError        **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (vici_result_is_valid (result, self, tag), FALSE);

  vici_result_propagate (result, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* -- Synchronous -- */

static gboolean
has_ended (gpointer user_data)
{
  Request *request = user_data;

  return request->ended;
}

static gboolean
call_sync (ViciConnection   *self,
           ViciOperationKind kind,
           const char       *name,
           ViciMessage      *message,
           GCancellable     *cancellable,
           ViciMessage     **reply,
           GError          **error)
{
  g_autoptr (GError) local_error = NULL;
  Request request = { 0 };
  ViciLink *link;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  link = vici_connection_take_link (self);
  if (!vici_link_check_drivable (link, error))
    {
      vici_link_unref (link);
      return FALSE;
    }

  request_init (&request, self, kind);
  request.operation.ended = on_ended;
  request.operation.driven = TRUE;
  request.event = (char *) name;

  vici_operation_begin (&request.operation, link, kind, name, NULL, message);

  if (!vici_link_drive (link, &request.operation, has_ended, &request, cancellable, &local_error))
    vici_operation_abort (&request.operation, local_error);

  vici_link_unref (link);
  vici_connection_notify_down (self);

  if (request.error != NULL)
    {
      g_propagate_error (error, request.error);
      return FALSE;
    }

  if (reply != NULL)
    *reply = request.reply;

  return TRUE;
}

/* -- The public functions -- */

/**
 * vici_connection_call_async:
 * @self: a connection
 * @command: name of a command
 * @request: (nullable): its arguments; %NULL for none
 * @cancellable: (nullable): to give the call up
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Calls a command of the daemon. Calls go out in the order in which they are
 * made, and end in that order. One that is cancelled before its turn is never
 * sent; cancelled later, it ends at once, and its reply is dropped when it
 * comes. The daemon is not told: it has no way to abort a command.
 *
 * For a command that streams events see vici_connection_call_streaming(); for
 * the errors see vici_connection_call_finish().
 *
 * Wire: `CMD_REQUEST`.
 *
 * Since: 1.0
 */
void
vici_connection_call_async (ViciConnection     *self,
                            const char         *command,
                            ViciMessage        *request,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_return_if_fail (VICI_IS_CONNECTION (self));
  g_return_if_fail (command != NULL);
  g_return_if_fail (request == NULL || VICI_IS_MESSAGE (request));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call_async (self, VICI_OPERATION_CALL, command, request, cancellable,
              vici_connection_call_async, callback, user_data);
}

/**
 * vici_connection_call_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_connection_call_async(). The reply is as it came: a
 * `success=no` in it is for the caller to check, with
 * vici_message_check_success().
 *
 * Errors: %VICI_ERROR_UNKNOWN_COMMAND when the daemon does not know the
 * command; %VICI_ERROR_INVALID or %VICI_ERROR_TOO_LARGE for what it would never
 * answer, and which was not sent: a name that is empty, not printable ASCII or
 * longer than 255 bytes, a packet over 512 KiB; %VICI_ERROR_CLOSED when the
 * connection is not open, or has ended before the reply came;
 * %VICI_ERROR_PROTOCOL or %VICI_ERROR_MALFORMED when it has ended because the
 * daemon sent what is no VICI; %G_IO_ERROR_TIMED_OUT after
 * #ViciConnection:timeout; %G_IO_ERROR_CANCELLED.
 *
 * Wire: `CMD_RESPONSE`, `CMD_UNKNOWN`.
 *
 * Returns: (transfer full): the reply, or %NULL on error
 *
 * Since: 1.0
 */
ViciMessage *
vici_connection_call_finish (ViciConnection *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), NULL);

  return call_finish (self, result, vici_connection_call_async, error);
}

/**
 * vici_connection_call_sync:
 * @self: a connection
 * @command: name of a command
 * @request: (nullable): its arguments; %NULL for none
 * @cancellable: (nullable): to give the call up, from another thread
 * @error: return location for an error
 *
 * Calls a command of the daemon and waits for its reply, behind all that was
 * called before. No main context runs meanwhile: what else arrives is delivered
 * by the context later, in order.
 *
 * Errors are those of vici_connection_call_finish(), and %G_IO_ERROR_PENDING
 * while the connection is being opened asynchronously, %G_IO_ERROR_BUSY when
 * the reply would come behind a stream of the same connection that is full and
 * that nobody reads, and %G_IO_ERROR_NO_SPACE when too many events wait for the
 * main context.
 *
 * Returns: (transfer full): the reply, or %NULL on error
 *
 * Since: 1.0
 */
ViciMessage *
vici_connection_call_sync (ViciConnection *self,
                           const char     *command,
                           ViciMessage    *request,
                           GCancellable   *cancellable,
                           GError        **error)
{
  ViciMessage *reply = NULL;

  g_return_val_if_fail (VICI_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (command != NULL, NULL);
  g_return_val_if_fail (request == NULL || VICI_IS_MESSAGE (request), NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  call_sync (self, VICI_OPERATION_CALL, command, request, cancellable, &reply, error);

  return reply;
}

/**
 * vici_connection_call_streaming:
 * @self: a connection
 * @command: name of a command that streams events
 * @event: (nullable): name of its event; %NULL for that of charon's own
 *     commands, see vici_session_get_stream_event()
 * @request: (nullable): its arguments; %NULL for none
 *
 * Calls a command that answers with a stream of events. It takes its turn among
 * the calls at once; there is nothing to wait for before the events are read
 * with vici_stream_next_async() or vici_stream_next_sync(), which report all
 * errors.
 *
 * The event is registered for this stream and takes no round trip of its own.
 * If it is subscribed to as well, #ViciConnection::event reports it too.
 *
 * Wire: `EVENT_REGISTER`, `CMD_REQUEST`, `EVENT_UNREGISTER`.
 *
 * Returns: (transfer full): the stream
 *
 * Since: 1.0
 */
ViciStream *
vici_connection_call_streaming (ViciConnection *self,
                                const char     *command,
                                const char     *event,
                                ViciMessage    *request)
{
  ViciLink *link;
  ViciStream *stream;

  g_return_val_if_fail (VICI_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (command != NULL, NULL);
  g_return_val_if_fail (request == NULL || VICI_IS_MESSAGE (request), NULL);

  link = vici_connection_take_link (self);
  stream = vici_stream_new (self, link, command, event, request);
  vici_link_unref (link);

  return stream;
}

/**
 * vici_connection_subscribe_async:
 * @self: a connection
 * @event: name of an event
 * @cancellable: (nullable): to give up; what was sent by then is taken back
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Asks the daemon for an event, which is then reported by
 * #ViciConnection::event. Subscriptions are counted: each needs an
 * unsubscription of its own, while the daemon sends the event once. They
 * survive the end of the connection, and are made anew when it is opened again.
 *
 * The daemon handles a subscription after the commands that were called before
 * it: one that blocks (`initiate`) delays it. See
 * vici_connection_subscribe_finish() for the errors.
 *
 * Wire: `EVENT_REGISTER`.
 *
 * Since: 1.0
 */
void
vici_connection_subscribe_async (ViciConnection     *self,
                                 const char         *event,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_return_if_fail (VICI_IS_CONNECTION (self));
  g_return_if_fail (event != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  call_async (self, VICI_OPERATION_SUBSCRIBE, event, NULL, cancellable,
              vici_connection_subscribe_async, callback, user_data);
}

/**
 * vici_connection_subscribe_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_connection_subscribe_async(). Errors are those of
 * vici_connection_call_finish(), with %VICI_ERROR_UNKNOWN_EVENT when the daemon
 * does not know the event.
 *
 * Wire: `EVENT_CONFIRM`, `EVENT_UNKNOWN`.
 *
 * Returns: %TRUE when the event is subscribed to
 *
 * Since: 1.0
 */
gboolean
vici_connection_subscribe_finish (ViciConnection *self,
                                  GAsyncResult   *result,
                                  GError        **error)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);

  return call_finish_boolean (self, result, vici_connection_subscribe_async, error);
}

/**
 * vici_connection_subscribe_sync:
 * @self: a connection
 * @event: name of an event
 * @cancellable: (nullable): to give up, from another thread
 * @error: return location for an error
 *
 * Asks the daemon for an event and waits for its confirmation. The events
 * themselves are delivered by the main context. See
 * vici_connection_subscribe_async(); errors are those of
 * vici_connection_call_sync() and vici_connection_subscribe_finish().
 *
 * Returns: %TRUE when the event is subscribed to
 *
 * Since: 1.0
 */
gboolean
vici_connection_subscribe_sync (ViciConnection *self,
                                const char     *event,
                                GCancellable   *cancellable,
                                GError        **error)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  return call_sync (self, VICI_OPERATION_SUBSCRIBE, event, NULL, cancellable, NULL, error);
}

/* On a connection that is closed there is only the memory of a subscription. */
static gboolean
unsubscribe_closed (ViciConnection *self,
                    const char     *event)
{
  ViciConnectionState state = vici_connection_get_state (self);

  return (state == VICI_CONNECTION_CLOSED || state == VICI_CONNECTION_CLOSING) &&
         vici_connection_remove_subscription (self, event);
}

/**
 * vici_connection_unsubscribe_async:
 * @self: a connection
 * @event: name of an event
 * @cancellable: (nullable): to give up; what was sent by then works all the same
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Ends one subscription to an event, and with the last one the daemon's sending
 * it. Events that came in before the daemon's confirmation are delivered all the
 * same, before @callback is called. Works on a closed connection too, where it forgets what would be
 * subscribed to anew. See vici_connection_unsubscribe_finish() for the errors.
 *
 * Wire: `EVENT_UNREGISTER`.
 *
 * Since: 1.0
 */
void
vici_connection_unsubscribe_async (ViciConnection     *self,
                                   const char         *event,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_return_if_fail (VICI_IS_CONNECTION (self));
  g_return_if_fail (event != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (unsubscribe_closed (self, event))
    vici_connection_complete_later (self, vici_connection_unsubscribe_async, callback, user_data);
  else
    call_async (self, VICI_OPERATION_UNSUBSCRIBE, event, NULL, cancellable,
                vici_connection_unsubscribe_async, callback, user_data);
}

/**
 * vici_connection_unsubscribe_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_connection_unsubscribe_async(). Errors are those of
 * vici_connection_call_finish(), with %VICI_ERROR_INVALID when the event is not
 * subscribed to.
 *
 * Wire: `EVENT_CONFIRM`.
 *
 * Returns: %TRUE when it has worked
 *
 * Since: 1.0
 */
gboolean
vici_connection_unsubscribe_finish (ViciConnection *self,
                                    GAsyncResult   *result,
                                    GError        **error)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);

  return call_finish_boolean (self, result, vici_connection_unsubscribe_async, error);
}

/**
 * vici_connection_unsubscribe_sync:
 * @self: a connection
 * @event: name of an event
 * @cancellable: (nullable): to give up, from another thread
 * @error: return location for an error
 *
 * Ends one subscription to an event and waits for its confirmation. Events that
 * came in before are delivered by the main context all the same. See
 * vici_connection_unsubscribe_async(); errors are those of
 * vici_connection_call_sync() and vici_connection_unsubscribe_finish().
 *
 * Returns: %TRUE when it has worked
 *
 * Since: 1.0
 */
gboolean
vici_connection_unsubscribe_sync (ViciConnection *self,
                                  const char     *event,
                                  GCancellable   *cancellable,
                                  GError        **error)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (event != NULL, FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  return unsubscribe_closed (self, event) ||
         call_sync (self, VICI_OPERATION_UNSUBSCRIBE, event, NULL, cancellable, NULL, error);
}
