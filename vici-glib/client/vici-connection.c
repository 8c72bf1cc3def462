/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-connection-private.h"

#include "vici-client-enum-types.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-marshal.h"
#include "vici-opener.h"
#include "vici-result.h"
#include "vici-transport.h"

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

struct _ViciConnection
{
  GObject             parent_instance;

  char               *uri;
  GIOStream          *io_stream;        /* while it is open */
  gboolean            fixed_stream;     /* made of a stream, and not of a URI */
  ViciConnectionState state;
  guint               timeout;
  guint               max_in_flight;

  ViciLink           *link;             /* while opening or open */
  ViciLink           *closing;          /* the last one, until its end was delivered; it
                                           keeps the connection alive, not the reverse */
  gboolean            quiet;            /* an end that only `closed` handlers ask about */

  /* While opening. */
  ViciOpener         *opener;
  GAsyncReadyCallback open_callback;
  gpointer            open_data;

  GHashTable         *subscriptions;    /* event name → number, to be kept up */
};

G_DEFINE_FINAL_TYPE (ViciConnection, vici_connection, G_TYPE_OBJECT)

enum
{
  PROP_URI = 1,
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

static void
set_state (ViciConnection     *self,
           ViciConnectionState state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

/* -- Deliveries -- */

/* The end of an open or a close. */
typedef struct
{
  ViciDelivery        delivery;
  ViciConnection     *connection;       /* alive as long as its link delivers */
  gpointer            tag;
  GAsyncReadyCallback callback;
  gpointer            user_data;
  GError             *error;
} Completion;

static void
deliver_completion (ViciDelivery *delivery)
{
  Completion *self = (Completion *) delivery;

  vici_result_return (self->connection, self->tag, self->callback, self->user_data,
                      NULL, self->error);
  g_free (self);
}

static void
complete_later (ViciConnection     *self,
                ViciLink           *link,
                gpointer            tag,
                GAsyncReadyCallback callback,
                gpointer            user_data,
                GError             *error)
{
  Completion *completion = g_new0 (Completion, 1);

  completion->delivery.deliver = deliver_completion;
  completion->connection = self;
  completion->tag = tag;
  completion->callback = callback;
  completion->user_data = user_data;
  completion->error = error;

  vici_link_deliver (link, &completion->delivery);
}

/* The end of a link. */
typedef struct
{
  ViciDelivery    delivery;
  ViciConnection *connection;
  ViciLink       *link;
  gboolean        was_open;
  GError         *error;
} Closing;

static void
deliver_closing (ViciDelivery *delivery)
{
  Closing *closing = (Closing *) delivery;
  ViciConnection *self = closing->connection;

  /* It may have been closed or opened again by hand by now. */
  if (self->closing == closing->link)
    {
      self->closing = NULL;
      if (self->state == VICI_CONNECTION_CLOSING)
        set_state (self, VICI_CONNECTION_CLOSED);
    }

  if (closing->was_open)
    {
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IO_STREAM]);
      g_signal_emit (self, signals[SIGNAL_CLOSED], 0, closing->error);
    }

  g_clear_error (&closing->error);
  g_free (closing);
}

static void
deliver_closing_later (ViciConnection *self,
                       ViciLink       *link,
                       gboolean        was_open,
                       const GError   *error)
{
  Closing *closing = g_new0 (Closing, 1);

  closing->delivery.deliver = deliver_closing;
  closing->connection = self;
  closing->link = link;
  closing->was_open = was_open;
  closing->error = error ? g_error_copy (error) : NULL;

  self->closing = link;
  vici_link_deliver (link, &closing->delivery);
}

/* -- What the link tells -- */

static void
on_event (GObject     *owner,
          GQuark       detail,
          ViciMessage *message)
{
  g_signal_emit (owner, signals[SIGNAL_EVENT], detail, g_quark_to_string (detail), message);
}

static void
on_pending_changed (GObject *owner)
{
  g_object_notify_by_pspec (owner, props[PROP_PENDING]);
}

static void
on_down (GObject      *owner,
         ViciLink     *link,
         const GError *error)
{
  ViciConnection *self = VICI_CONNECTION (owner);
  gboolean was_open = self->io_stream != NULL;

  if (self->opener != NULL)
    vici_opener_give_up (g_steal_pointer (&self->opener));

  g_clear_object (&self->io_stream);
  self->link = NULL;

  /* Nobody is to be told of it, and maybe no main context runs. */
  if (self->quiet && !g_signal_has_handler_pending (self, signals[SIGNAL_CLOSED], 0, TRUE))
    {
      self->state = VICI_CONNECTION_CLOSED;
    }
  else
    {
      self->state = VICI_CONNECTION_CLOSING;
      deliver_closing_later (self, link, was_open, error);
    }

  if (self->open_callback != NULL)
    {
      GError *open_error = error ? g_error_copy (error)
                                 : g_error_new_literal (VICI_ERROR, VICI_ERROR_CLOSED,
                                                        _("The connection was closed"));

      complete_later (self, link, vici_connection_open_async,
                      g_steal_pointer (&self->open_callback), self->open_data, open_error);
    }

  vici_link_unref (link);
}

static const ViciLinkFuncs link_funcs = {
  .event = on_event,
  .down = on_down,
  .pending_changed = on_pending_changed,
};

ViciLink *
vici_connection_take_link (ViciConnection *self)
{
  if (self->link != NULL)
    return vici_link_ref (self->link);

  return vici_link_new_down (G_OBJECT (self), &link_funcs);
}

void
vici_connection_complete_later (ViciConnection     *self,
                                gpointer            tag,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  ViciLink *link = vici_connection_take_link (self);

  complete_later (self, link, tag, callback, user_data, NULL);
  vici_link_unref (link);
}

/* -- Subscriptions -- */

void
vici_connection_add_subscription (ViciConnection *self,
                                  const char     *event)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->subscriptions, event));

  g_hash_table_replace (self->subscriptions, g_strdup (event), GUINT_TO_POINTER (count + 1));
}

gboolean
vici_connection_remove_subscription (ViciConnection *self,
                                     const char     *event)
{
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (self->subscriptions, event));

  if (count > 1)
    g_hash_table_replace (self->subscriptions, g_strdup (event), GUINT_TO_POINTER (count - 1));
  else if (count == 1)
    g_hash_table_remove (self->subscriptions, event);

  return count > 0;
}

typedef struct
{
  ViciConnection *connection;   /* alive as long as its link is up */
  char           *event;
} Restoration;

static void
restoration_free (gpointer data)
{
  Restoration *restoration = data;

  g_free (restoration->event);
  g_free (restoration);
}

/* A daemon that was replaced may not know the event any more. */
static void
on_restored (ViciSession  *session,
             const char   *event,
             ViciMessage  *message,
             const GError *error,
             gpointer      user_data)
{
  Restoration *restoration = user_data;

  if (g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT))
    {
      g_info ("No more events “%s”: %s", restoration->event, error->message);
      vici_connection_remove_subscription (restoration->connection, restoration->event);
    }
}

static void
restore_subscriptions (ViciConnection *self,
                       ViciSession    *session)
{
  GHashTableIter iter;
  gpointer event, count;

  g_hash_table_iter_init (&iter, self->subscriptions);
  while (g_hash_table_iter_next (&iter, &event, &count))
    {
      for (guint i = 0; i < GPOINTER_TO_UINT (count); i++)
        {
          Restoration *restoration = g_new0 (Restoration, 1);

          restoration->connection = self;
          restoration->event = g_strdup (event);
          vici_session_subscribe (session, event, on_restored, restoration, restoration_free, NULL);
        }
    }
}

/* -- Opening -- */

/* A link without a channel as yet: from here on, calls can be queued. */
static void
prepare_link (ViciConnection *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  ViciSession *session;

  self->link = vici_link_new (G_OBJECT (self), &link_funcs, context);
  session = vici_link_get_session (self->link);
  vici_session_set_max_in_flight (session, self->max_in_flight);
  restore_subscriptions (self, session);
}

static void
start_link (ViciConnection *self,
            GIOStream      *stream)
{
  g_set_object (&self->io_stream, stream);
  self->state = VICI_CONNECTION_OPEN;
  vici_link_start (self->link, stream);

  /* Whoever hears of it may close it at once. */
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IO_STREAM]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
on_opened (GIOStream    *stream,
           const GError *error,
           gpointer      user_data)
{
  g_autoptr (ViciConnection) self = g_object_ref (user_data);
  GAsyncReadyCallback callback;

  self->opener = NULL;

  if (error != NULL)
    {
      vici_link_shut_down (self->link, error);
      return;
    }

  callback = g_steal_pointer (&self->open_callback);
  start_link (self, stream);
  vici_result_return (self, vici_connection_open_async, callback, self->open_data, NULL, NULL);
}

/* Whether there is anything to open. */
static gboolean
check_openable (ViciConnection *self,
                GError        **error)
{
  if (self->state == VICI_CONNECTION_OPENING)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                           _("The connection is already being opened"));
      return FALSE;
    }

  if (self->state != VICI_CONNECTION_OPEN && self->fixed_stream)
    {
      g_set_error_literal (error, VICI_ERROR, VICI_ERROR_CLOSED,
                           _("The stream of the connection was closed; it cannot be opened again"));
      return FALSE;
    }

  return TRUE;
}

/* A callback that is not there is not called, but has to be told from none. */
static void
ignore_result (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
}

/**
 * vici_connection_open_async:
 * @self: a connection
 * @cancellable: (nullable): to give up
 * @callback: (nullable) (scope async): called when it is open, or has failed
 * @user_data: passed to @callback
 *
 * Opens the connection to its #ViciConnection:uri, within
 * #ViciConnection:timeout. Calls may be made before it is open; they wait for
 * it, and fail with it.
 *
 * A connection that is open already stays as it is, and the call succeeds.
 * See vici_connection_open_finish() for the errors.
 *
 * Since: 1.0
 */
void
vici_connection_open_async (ViciConnection     *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (VICI_IS_CONNECTION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  if (!check_openable (self, &error) || self->state == VICI_CONNECTION_OPEN)
    {
      ViciLink *link = vici_connection_take_link (self);

      complete_later (self, link, vici_connection_open_async, callback, user_data,
                      g_steal_pointer (&error));
      vici_link_unref (link);
      return;
    }

  self->open_callback = callback ? callback : ignore_result;
  self->open_data = user_data;
  prepare_link (self);
  set_state (self, VICI_CONNECTION_OPENING);
  self->opener = vici_opener_start (self->uri, self->timeout, cancellable, on_opened, self);
}

/**
 * vici_connection_open_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_connection_open_async(). Errors are GIO's: for example
 * %G_IO_ERROR_NOT_FOUND when there is no such socket,
 * %G_IO_ERROR_PERMISSION_DENIED, %G_IO_ERROR_CONNECTION_REFUSED when nobody
 * listens, %G_IO_ERROR_TIMED_OUT, %G_IO_ERROR_CANCELLED,
 * %G_IO_ERROR_INVALID_ARGUMENT and %G_IO_ERROR_NOT_SUPPORTED for a URI that is
 * none, and %G_IO_ERROR_PENDING when it is being opened already. It is
 * %VICI_ERROR_CLOSED when the connection was closed meanwhile, or was made of a
 * stream that has ended.
 *
 * Returns: %TRUE when the connection is open
 *
 * Since: 1.0
 */
gboolean
vici_connection_open_finish (ViciConnection *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (vici_result_is_valid (result, self, vici_connection_open_async), FALSE);

  vici_result_propagate (result, &local_error);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * vici_connection_open_sync:
 * @self: a connection
 * @cancellable: (nullable): to give up, from another thread
 * @error: return location for an error
 *
 * Opens the connection and waits for it, without running the main context that
 * is to drive the connection later. See vici_connection_open_async(), and
 * vici_connection_open_finish() for the errors.
 *
 * Returns: %TRUE when the connection is open
 *
 * Since: 1.0
 */
gboolean
vici_connection_open_sync (ViciConnection *self,
                           GCancellable   *cancellable,
                           GError        **error)
{
  g_autoptr (GIOStream) stream = NULL;

  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!check_openable (self, error))
    return FALSE;
  if (self->state == VICI_CONNECTION_OPEN)
    return TRUE;

  stream = vici_opener_run (self->uri, self->timeout, cancellable, error);
  if (stream == NULL)
    return FALSE;

  prepare_link (self);
  start_link (self, stream);

  return TRUE;
}

/* -- Closing -- */

/**
 * vici_connection_close_async:
 * @self: a connection
 * @cancellable: (nullable): ignored: closing waits for nobody
 * @callback: (nullable) (scope async): called when it is closed
 * @user_data: passed to @callback
 *
 * Closes the connection. Every pending call fails with %VICI_ERROR_CLOSED, then
 * #ViciConnection::closed is emitted, then @callback is called. Closing a
 * connection that is not open succeeds.
 *
 * Since: 1.0
 */
void
vici_connection_close_async (ViciConnection     *self,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  ViciLink *link;

  g_return_if_fail (VICI_IS_CONNECTION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  /* A link that is closing already has its end to deliver, and this after it. */
  if (self->link == NULL && self->closing != NULL)
    link = vici_link_ref (self->closing);
  else
    link = vici_connection_take_link (self);

  vici_link_shut_down (link, NULL);
  if (self->closing == link)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
  complete_later (self, link, vici_connection_close_async, callback, user_data, NULL);
  vici_link_unref (link);
}

/**
 * vici_connection_close_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_connection_close_async(). There is no error that it is known to
 * give.
 *
 * Returns: %TRUE
 *
 * Since: 1.0
 */
gboolean
vici_connection_close_finish (ViciConnection *self,
                              GAsyncResult   *result,
                              GError        **error)
{
  g_return_val_if_fail (vici_result_is_valid (result, self, vici_connection_close_async), FALSE);

  return TRUE;
}

/**
 * vici_connection_close_sync:
 * @self: a connection
 * @cancellable: (nullable): ignored: closing waits for nobody
 * @error: return location for an error
 *
 * Closes the connection, which is closed when the function returns, and can be
 * opened again. The errors of pending calls and #ViciConnection::closed are
 * delivered later, by the main context. See vici_connection_close_async().
 *
 * Returns: %TRUE
 *
 * Since: 1.0
 */
gboolean
vici_connection_close_sync (ViciConnection *self,
                            GCancellable   *cancellable,
                            GError        **error)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (self->link != NULL)
    {
      self->quiet = TRUE;
      vici_link_shut_down (self->link, NULL);
      self->quiet = FALSE;
      self->state = VICI_CONNECTION_CLOSED;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
    }
  else
    set_state (self, VICI_CONNECTION_CLOSED);

  return TRUE;
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
 * address in brackets and 4502 for a port that is left out.
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
 * vici_connection_new_for_stream:
 * @stream: a connected stream: a socket, pipes, a TLS connection
 *
 * Makes a connection of a stream. It is open from the start, and is driven by
 * the thread-default main context of the caller. The stream is the
 * connection's from here on, and closed with it.
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
 * Returns: (transfer none): where the daemon is
 *
 * Since: 1.0
 */
const char *
vici_connection_get_uri (ViciConnection *self)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (self), NULL);

  return self->uri;
}

/**
 * vici_connection_set_uri:
 * @self: a connection
 * @uri: (nullable): where the daemon is; %NULL for the default
 *
 * Sets #ViciConnection:uri, for the next opening.
 *
 * Since: 1.0
 */
void
vici_connection_set_uri (ViciConnection *self,
                         const char     *uri)
{
  g_return_if_fail (VICI_IS_CONNECTION (self));

  if (uri == NULL)
    uri = VICI_DEFAULT_URI;

  if (g_strcmp0 (self->uri, uri) == 0)
    return;

  g_free (self->uri);
  self->uri = g_strdup (uri);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_URI]);
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
      g_value_set_string (value, self->uri);
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
      g_autoptr (GIOStream) stream = g_object_ref (self->io_stream);

      self->fixed_stream = TRUE;
      prepare_link (self);
      start_link (self, stream);
    }
}

static void
vici_connection_dispose (GObject *object)
{
  ViciConnection *self = VICI_CONNECTION (object);

  if (self->link != NULL)
    {
      self->quiet = TRUE;
      vici_link_shut_down (self->link, NULL);
      self->quiet = FALSE;
    }

  /* The link holds a reference now while it delivers the ends of all calls:
   * the object goes when they are out. */
  if (object->ref_count > 1)
    return;

  G_OBJECT_CLASS (vici_connection_parent_class)->dispose (object);
}

static void
vici_connection_finalize (GObject *object)
{
  ViciConnection *self = VICI_CONNECTION (object);

  g_clear_object (&self->io_stream);
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
   * next opening on.
   *
   * Since: 1.0
   */
  props[PROP_URI] =
    g_param_spec_string ("uri", NULL, NULL,
                         VICI_DEFAULT_URI,
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
   * of the connection on until pending calls have been told.
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
