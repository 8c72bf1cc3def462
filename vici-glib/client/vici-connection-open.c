/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-connection-private.h"

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-result.h"

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
deliver_completion (ViciDelivery *delivery,
                    ViciLink     *link)
{
  Completion *self = (Completion *) delivery;

  vici_result_return (vici_link_get_result (link), self->connection, self->tag,
                      self->callback, self->user_data, NULL, self->error);
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
  gboolean        was_open;
  GError         *error;
} Closing;

static void
deliver_closing (ViciDelivery *delivery,
                 ViciLink     *link)
{
  Closing *closing = (Closing *) delivery;
  ViciConnection *self = closing->connection;

  /* It may have been closed or opened again by hand by now. */
  if (self->closing == link)
    {
      self->closing = NULL;
      if (self->state == VICI_CONNECTION_CLOSING)
        vici_connection_set_state (self, VICI_CONNECTION_CLOSED);
    }

  if (closing->was_open)
    {
      vici_connection_notify_io_stream (self);
      vici_connection_emit_closed (self, closing->error);
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
  closing->was_open = was_open;
  closing->error = error ? g_error_copy (error) : NULL;

  self->closing = link;
  vici_link_deliver (link, &closing->delivery);
}

/* -- What the link tells -- */

static void
on_event (GObject     *owner,
          GQuark       name,
          ViciMessage *message)
{
  vici_connection_emit_event (VICI_CONNECTION (owner), name, message);
}

static void
on_pending_changed (GObject *owner)
{
  vici_connection_notify_pending (VICI_CONNECTION (owner));
}

static void
on_down (GObject      *owner,
         ViciLink     *link,
         const GError *error)
{
  ViciConnection *self = VICI_CONNECTION (owner);
  gboolean was_open = self->io_stream != NULL;
  /* Maybe no main context runs, now or ever. */
  gboolean unheard = (self->quiet || vici_link_is_driven (link)) &&
                     !vici_connection_has_closed_handler (self);

  if (self->opener != NULL)
    vici_opener_give_up (g_steal_pointer (&self->opener));

  g_clear_object (&self->io_stream);
  self->link = NULL;

  self->state = unheard ? VICI_CONNECTION_CLOSED : VICI_CONNECTION_CLOSING;
  self->unnotified = unheard;
  if (was_open && !unheard)
    deliver_closing_later (self, link, TRUE, error);

  vici_link_unref (link);
}

void
vici_connection_notify_down (ViciConnection *self)
{
  g_autoptr (ViciConnection) alive = NULL;

  if (!self->unnotified)
    return;

  /* Whoever hears of it may let go of it. */
  alive = g_object_ref (self);
  self->unnotified = FALSE;
  vici_connection_notify_state (self);
  vici_connection_notify_io_stream (self);
}

static const ViciLinkFuncs link_funcs = {
  .event = on_event,
  .down = on_down,
  .pending_changed = on_pending_changed,
};

/* Ends the link. An opening was asked for before the calls that wait for it, and
 * ends before them. */
static void
shut_down (ViciConnection *self,
           const GError   *error)
{
  if (self->open_callback != NULL)
    {
      GError *open_error = error ? g_error_copy (error)
                                 : g_error_new_literal (VICI_ERROR, VICI_ERROR_CLOSED,
                                                        _("The connection was closed"));

      deliver_closing_later (self, self->link, FALSE, NULL);
      complete_later (self, self->link, vici_connection_open_async,
                      g_steal_pointer (&self->open_callback), self->open_data, open_error);
    }

  vici_link_shut_down (self->link, error);
}

ViciLink *
vici_connection_take_link (ViciConnection *self)
{
  if (self->link != NULL)
    return vici_link_ref (self->link);

  /* What still has its end to deliver keeps the order. */
  if (self->closing != NULL)
    return vici_link_ref (self->closing);

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
  vici_connection_notify_io_stream (self);
  vici_connection_notify_state (self);
}

static void
on_opened (GIOStream    *stream,
           const GError *error,
           gpointer      user_data)
{
  g_autoptr (ViciConnection) self = g_object_ref (user_data);
  GAsyncReadyCallback callback = self->open_callback;
  gpointer callback_data = self->open_data;
  ViciLink *link;

  self->opener = NULL;

  if (error != NULL)
    {
      shut_down (self, error);
      return;
    }

  self->open_callback = NULL;
  link = vici_link_ref (self->link);
  start_link (self, stream);
  vici_result_return (vici_link_get_result (link), self, vici_connection_open_async,
                      callback, callback_data, NULL, NULL);
  vici_link_unref (link);
}

void
vici_connection_start (ViciConnection *self,
                       GIOStream      *stream)
{
  prepare_link (self);
  start_link (self, stream);
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
 * Opens the connection to its #ViciConnection:uri, or by its
 * #ViciConnection:transport, within #ViciConnection:timeout. Calls may be made
 * before it is open; they wait for it, and fail with it.
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
  g_autoptr (ViciConnection) alive = NULL;
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

  /* The transport, and whoever hears of it, may close it or let go of it at once. */
  alive = g_object_ref (self);
  self->open_callback = callback ? callback : ignore_result;
  self->open_data = user_data;
  self->state = VICI_CONNECTION_OPENING;
  prepare_link (self);
  self->opener = vici_opener_new (self->timeout, on_opened, self);
  vici_opener_start (self->opener, self->transport, self->uri, cancellable);
  if (self->state == VICI_CONNECTION_OPENING)
    vici_connection_notify_state (self);
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
 * stream that has ended. The text of what kept it from getting there names the URI, see
 * vici_transport_connect_finish().
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
  g_autoptr (ViciConnection) alive = NULL;
  g_autoptr (GIOStream) stream = NULL;

  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  if (!check_openable (self, error))
    return FALSE;
  if (self->state == VICI_CONNECTION_OPEN)
    return TRUE;

  alive = g_object_ref (self);
  stream = vici_opener_run (self->transport, self->uri, self->timeout, cancellable, error);

  /* The transport may have had it opened meanwhile. */
  if (stream == NULL || !check_openable (self, error))
    return FALSE;
  if (self->state == VICI_CONNECTION_OPEN)
    return TRUE;

  vici_connection_start (self, stream);

  return TRUE;
}

/* -- Closing -- */

gboolean
vici_connection_shut_down_quietly (ViciConnection *self)
{
  gboolean lingers;
  ViciLink *link;

  if (self->link == NULL)
    return FALSE;

  link = vici_link_ref (self->link);
  self->quiet = TRUE;
  shut_down (self, NULL);
  self->quiet = FALSE;
  lingers = vici_link_is_lingering (link);
  vici_link_unref (link);

  return lingers;
}

/**
 * vici_connection_close_async:
 * @self: a connection
 * @cancellable: (nullable): ignored: closing waits for nobody
 * @callback: (nullable) (scope async): called when it is closed
 * @user_data: passed to @callback
 *
 * Closes the connection. Every pending call fails with %VICI_ERROR_CLOSED, then
 * #ViciConnection::closed is emitted, then @callback is called. What has arrived
 * and was not looked at yet is dropped. Closing a connection that is not open
 * succeeds.
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

  link = vici_connection_take_link (self);
  if (self->link != NULL)
    shut_down (self, NULL);
  if (self->closing == link)
    vici_connection_notify_state (self);
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
  gboolean was_closed;

  g_return_val_if_fail (VICI_IS_CONNECTION (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  was_closed = self->state == VICI_CONNECTION_CLOSED;
  vici_connection_shut_down_quietly (self);
  self->state = VICI_CONNECTION_CLOSED;
  self->unnotified = !was_closed;
  vici_connection_notify_down (self);

  return TRUE;
}
