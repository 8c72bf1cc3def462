/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-stream-private.h"

#include "vici-connection-private.h"
#include "vici-cancel-source.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-message-ring.h"
#include "vici-operation.h"
#include "vici-result.h"
#include "vici-source.h"

/**
 * SECTION:vici-stream
 * @title: ViciStream
 * @short_description: The events and the reply of a streamed command
 *
 * Commands such as `list-sas` or `initiate` answer with a stream of events
 * before their reply. A #ViciStream, made by vici_connection_call_streaming(),
 * is read event by event; when there are no more, the reply is there.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciStream) stream =
 *   vici_connection_call_streaming (connection, "list-sas", NULL, NULL);
 * g_autoptr (GError) error = NULL;
 * ViciMessage *event;
 *
 * while ((event = vici_stream_next_sync (stream, NULL, &error)) != NULL)
 *   {
 *     g_autofree char *text = vici_message_to_string (event, VICI_PRINT_PRETTY);
 *
 *     g_print ("%s\n", text);
 *     g_object_unref (event);
 *   }
 *
 * if (error != NULL)
 *   g_printerr ("%s\n", error->message);
 * ]|
 *
 * What arrives faster than it is read waits in the stream, up to a bound; past
 * it the connection stops reading, so that a stream of any length takes little
 * memory. Everything behind the stream waits for its reader then: read a stream
 * to its end, or close it. Dropping the last reference closes it.
 *
 * A stream keeps its connection alive. It belongs to the thread of the
 * connection, and its callbacks come from the same main context.
 *
 * Since: 1.0
 */

/**
 * ViciStream:
 *
 * The events and the reply of a streamed command.
 *
 * Since: 1.0
 */

/* What may wait for its reader before the connection stops reading, and with
 * how little left it goes on. */
#define EVENTS_BOUND 256
#define SIZE_BOUND (256 * 1024)

struct _ViciStream
{
  GObject             parent_instance;

  ViciConnection     *connection;
  ViciLink           *link;             /* NULL in one that g_object_new() has made */
  ViciOperation       operation;

  ViciMessageRing     events;           /* arrived, not read */
  gboolean            pausing;          /* the link has stopped reading for us */

  gboolean            ended;
  ViciMessage        *reply;            /* when it has ended well */
  GError             *error;            /* when it has not */

  /* The vici_stream_next_async() that waits. */
  gboolean            waiting;
  gboolean            scheduled;        /* its delivery is on its way */
  gboolean            kept_alive;       /* by that delivery */
  ViciDelivery        delivery;
  GAsyncReadyCallback callback;
  gpointer            user_data;
  GSource            *cancelled;        /* NULL: no cancellable */
  GError             *next_error;       /* that ends this call, and not the stream */
};

G_DEFINE_FINAL_TYPE (ViciStream, vici_stream, G_TYPE_OBJECT)

/* -- The events -- */

static void
resume_if_drained (ViciStream *self)
{
  if (self->pausing &&
      self->events.length <= EVENTS_BOUND / 2 && self->events.size <= SIZE_BOUND / 2)
    {
      self->pausing = FALSE;
      vici_link_resume (self->link);
    }
}

static void
push_event (ViciStream  *self,
            ViciMessage *message)
{
  vici_message_ring_push (&self->events, message);

  if (!self->pausing && (self->events.length > EVENTS_BOUND || self->events.size > SIZE_BOUND))
    {
      self->pausing = TRUE;
      vici_link_pause (self->link);
    }

  self->operation.held_up = TRUE;
}

static ViciMessage *
pop_event (ViciStream *self)
{
  ViciMessage *message = vici_message_ring_pop (&self->events);

  if (message == NULL)
    return NULL;

  resume_if_drained (self);

  /* From here on it is the daemon that the reader waits for. */
  if (self->events.length == 0 && !self->ended)
    {
      self->operation.held_up = FALSE;
      self->operation.since = g_get_monotonic_time ();
      vici_link_arm (self->link, &self->operation);
    }

  return message;
}

static void
clear_events (ViciStream *self)
{
  vici_message_ring_clear (&self->events);
  resume_if_drained (self);
}

/* -- vici_stream_next_async() -- */

static void
deliver_next (ViciDelivery *delivery,
              ViciLink     *link)
{
  ViciStream *self = G_STRUCT_MEMBER_P (delivery, -G_STRUCT_OFFSET (ViciStream, delivery));
  GAsyncReadyCallback callback = self->callback;
  gpointer user_data = self->user_data;
  GError *error = g_steal_pointer (&self->next_error);
  ViciMessage *message = error == NULL ? pop_event (self) : NULL;
  gboolean kept_alive = self->kept_alive;

  if (message == NULL && error == NULL && self->error != NULL)
    error = g_error_copy (self->error);

  /* The callback may well ask for the next one. */
  g_clear_pointer (&self->cancelled, vici_source_end);
  self->waiting = FALSE;
  self->scheduled = FALSE;
  self->kept_alive = FALSE;

  vici_result_return (vici_link_get_result (link), self, vici_stream_next_async,
                      callback, user_data, (GObject *) message, error);

  if (kept_alive)
    g_object_unref (self);
}

static gboolean
has_next (gpointer user_data)
{
  ViciStream *self = user_data;

  return self->events.length > 0 || self->ended;
}

static void
schedule (ViciStream *self)
{
  if (!self->waiting || self->scheduled)
    return;

  self->scheduled = TRUE;
  vici_link_deliver (self->link, &self->delivery);
}

static gboolean
on_next_cancelled (GCancellable *cancellable,
                   gpointer      user_data)
{
  ViciStream *self = user_data;

  if (self->next_error == NULL)
    g_cancellable_set_error_if_cancelled (cancellable, &self->next_error);
  schedule (self);

  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (ViciStream   *self,
                   GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;

  self->cancelled = vici_cancel_source_new (cancellable, vici_link_get_context (self->link));
  g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_next_cancelled), self, NULL);
}

static void
set_pending (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                       _("The stream is already being read"));
}

/* A second vici_stream_next_async() beside one that waits. */
typedef struct
{
  ViciDelivery        delivery;
  ViciStream         *stream;
  GAsyncReadyCallback callback;
  gpointer            user_data;
} Refusal;

static void
deliver_refusal (ViciDelivery *delivery,
                 ViciLink     *link)
{
  Refusal *self = (Refusal *) delivery;
  GError *error = NULL;

  set_pending (&error);
  vici_result_return (vici_link_get_result (link), self->stream, vici_stream_next_async,
                      self->callback, self->user_data, NULL, error);

  g_object_unref (self->stream);
  g_free (self);
}

static void
refuse_next (ViciStream         *self,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  Refusal *refusal = g_new0 (Refusal, 1);

  refusal->delivery.deliver = deliver_refusal;
  refusal->stream = g_object_ref (self);
  refusal->callback = callback;
  refusal->user_data = user_data;

  vici_link_deliver (self->link, &refusal->delivery);
}

/**
 * vici_stream_next_async:
 * @self: a stream
 * @cancellable: (nullable): to give up reading for now; the stream goes on
 * @callback: (nullable) (scope async): called with the next event, or the end
 * @user_data: passed to @callback
 *
 * Asks for the next event. One call at a time may wait. See
 * vici_stream_next_finish() for the errors.
 *
 * Since: 1.0
 */
void
vici_stream_next_async (ViciStream         *self,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_return_if_fail (VICI_IS_STREAM (self));
  g_return_if_fail (self->link != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (self->waiting)
    {
      refuse_next (self, callback, user_data);
      return;
    }

  self->waiting = TRUE;
  self->callback = callback;
  self->user_data = user_data;

  if (g_cancellable_set_error_if_cancelled (cancellable, &self->next_error) || has_next (self))
    schedule (self);
  else
    watch_cancellable (self, cancellable);
}

/**
 * vici_stream_next_finish:
 * @self: a stream
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_stream_next_async(). At the end of the stream it returns %NULL
 * without an error, and vici_stream_get_reply() has the reply of the command.
 *
 * Errors are those of vici_connection_call_finish(), and
 * %VICI_ERROR_UNKNOWN_EVENT when the daemon does not know the event of the
 * stream, which end the stream; %VICI_ERROR_CLOSED after vici_stream_close();
 * and two that end this call alone, so that no event is lost:
 * %G_IO_ERROR_CANCELLED, and %G_IO_ERROR_PENDING while another call waits.
 *
 * Wire: `EVENT`, `CMD_RESPONSE`, `CMD_UNKNOWN`, `EVENT_UNKNOWN`.
 *
 * Returns: (transfer full) (nullable): the event, or %NULL at the end or on
 *     error
 *
 * Since: 1.0
 */
ViciMessage *
vici_stream_next_finish (ViciStream   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_return_val_if_fail (VICI_IS_STREAM (self), NULL);
  g_return_val_if_fail (vici_result_is_valid (result, self, vici_stream_next_async), NULL);

  return vici_result_propagate (result, error);
}

/* -- The rest -- */

static gboolean
wait_for_next (ViciStream   *self,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr (GError) local_error = NULL;

  vici_link_drive (self->link, &self->operation, has_next, self, cancellable, &local_error);
  vici_connection_notify_down (self->connection);

  if (local_error == NULL)
    return TRUE;

  /* Out of time is the stream itself; other errors are of this call. */
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    vici_operation_abort (&self->operation, local_error);

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * vici_stream_next_sync:
 * @self: a stream
 * @cancellable: (nullable): to give up reading for now, from another thread;
 *     the stream goes on
 * @error: return location for an error
 *
 * Reads the next event, and waits for it without running the main context. At
 * the end of the stream it returns %NULL without an error, and
 * vici_stream_get_reply() has the reply of the command.
 *
 * Errors are those of vici_stream_next_finish() and
 * vici_connection_call_sync().
 *
 * Returns: (transfer full) (nullable): the event, or %NULL at the end or on
 *     error
 *
 * Since: 1.0
 */
ViciMessage *
vici_stream_next_sync (ViciStream   *self,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (ViciStream) alive = NULL;

  g_return_val_if_fail (VICI_IS_STREAM (self), NULL);
  g_return_val_if_fail (self->link != NULL, NULL);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), NULL);

  if (self->waiting)
    {
      set_pending (error);
      return NULL;
    }

  alive = g_object_ref (self);
  if (!has_next (self) && !wait_for_next (self, cancellable, error))
    return NULL;

  if (self->events.length == 0 && self->error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->error));
      return NULL;
    }

  return pop_event (self);
}

/**
 * vici_stream_get_reply:
 * @self: a stream
 *
 * Gets the reply of the command, once all events were read. It is as it came: a
 * `success=no` in it is for the caller to check, with
 * vici_message_check_success().
 *
 * Wire: `CMD_RESPONSE`.
 *
 * Returns: (transfer none) (nullable): the reply; %NULL before the end, and
 *     after an error
 *
 * Since: 1.0
 */
ViciMessage *
vici_stream_get_reply (ViciStream *self)
{
  g_return_val_if_fail (VICI_IS_STREAM (self), NULL);

  return self->events.length == 0 ? self->reply : NULL;
}

/**
 * vici_stream_close:
 * @self: a stream
 *
 * Closes the stream: what waits to be read and all that follows is dropped, and
 * a vici_stream_next_async() that waits fails with %VICI_ERROR_CLOSED. The
 * daemon is not told, and what is called next on the connection is answered
 * when the stream is over. Does nothing to a stream that was read to its end.
 *
 * Since: 1.0
 */
void
vici_stream_close (ViciStream *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (VICI_IS_STREAM (self));

  if (self->ended && self->events.length == 0)
    return;

  clear_events (self);

  if (self->ended)
    {
      g_clear_object (&self->reply);
      g_clear_error (&self->error);
      g_set_error_literal (&self->error, VICI_ERROR, VICI_ERROR_CLOSED, _("The stream was closed"));
      return;
    }

  g_set_error_literal (&error, VICI_ERROR, VICI_ERROR_CLOSED, _("The stream was closed"));
  vici_operation_abort (&self->operation, error);
}

static void
on_stream_event (ViciOperation *operation,
                 ViciMessage   *message)
{
  ViciStream *self = G_STRUCT_MEMBER_P (operation, -G_STRUCT_OFFSET (ViciStream, operation));

  push_event (self, message);
  schedule (self);
}

static void
on_stream_ended (ViciOperation *operation,
                 ViciMessage   *reply,
                 const GError  *error)
{
  ViciStream *self = G_STRUCT_MEMBER_P (operation, -G_STRUCT_OFFSET (ViciStream, operation));

  self->ended = TRUE;
  self->reply = reply ? g_object_ref (reply) : NULL;
  self->error = error ? g_error_copy (error) : NULL;

  /* Nothing of ours comes any more: the others need not wait for our reader. */
  if (self->pausing)
    {
      self->pausing = FALSE;
      vici_link_resume (self->link);
    }

  schedule (self);
}

ViciStream *
vici_stream_new (ViciConnection *connection,
                 ViciLink       *link,
                 const char     *command,
                 const char     *event,
                 ViciMessage    *request)
{
  ViciStream *self = g_object_new (VICI_TYPE_STREAM, NULL);

  self->connection = g_object_ref (connection);
  self->link = vici_link_ref (link);
  self->operation.timeout = (gint64) vici_connection_get_timeout (connection) * 1000;
  self->operation.event = on_stream_event;
  self->operation.ended = on_stream_ended;
  self->delivery.deliver = deliver_next;

  vici_operation_begin (&self->operation, link, VICI_OPERATION_STREAM, command, event, request);

  return self;
}

void
vici_stream_set_timeout (ViciStream *self,
                         guint       timeout)
{
  self->operation.timeout = (gint64) timeout * 1000;
  vici_link_arm (self->link, &self->operation);
}

gboolean
vici_stream_was_sent (ViciStream *self)
{
  return vici_session_was_sent (vici_link_get_session (self->link), self->operation.id);
}

static void
vici_stream_dispose (GObject *object)
{
  ViciStream *self = VICI_STREAM (object);

  vici_stream_close (self);

  /* Somebody waits for the next event, and is to be told that there is none. */
  if (self->waiting && !self->kept_alive)
    {
      self->kept_alive = TRUE;
      g_object_ref (self);
      schedule (self);
      return;
    }

  G_OBJECT_CLASS (vici_stream_parent_class)->dispose (object);
}

static void
vici_stream_finalize (GObject *object)
{
  ViciStream *self = VICI_STREAM (object);

  vici_message_ring_clear (&self->events);
  g_clear_object (&self->reply);
  g_clear_error (&self->error);
  g_clear_pointer (&self->link, vici_link_unref);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (vici_stream_parent_class)->finalize (object);
}

static void
vici_stream_class_init (ViciStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vici_stream_dispose;
  object_class->finalize = vici_stream_finalize;
}

static void
vici_stream_init (ViciStream *self)
{
}
