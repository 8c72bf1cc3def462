/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-daemon-private.h"

#include "vici-control.h"
#include "vici-control-log-private.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-reply.h"

/* What the daemon may take for an answer that needs no peer, where the connection
 * sets no bound, in milliseconds. */
#define ANSWER_TIMEOUT 30000

/* A command that is under way, and what has come of it. */
typedef struct
{
  ViciDaemon *daemon;
  ViciReply   reply;
  GError     *error;
} Control;

static void
on_entry (ViciLogEntry *entry,
          gpointer      user_data)
{
  Control *self = user_data;

  vici_daemon_emit_control_log (self->daemon, entry);
}

static void
take_end (Control      *self,
          ViciMessage  *reply,
          const GError *error)
{
  vici_daemon_learn (self->daemon, self->reply.command->name, reply, error);

  if (error != NULL)
    self->error = g_error_copy (error);
  else
    vici_reply_end (&self->reply, reply, &self->error);
}

/* -- What is asked for -- */

/* The milliseconds that the daemon is told to wait. 0, for ever to the daemon, is
 * never sent. */
static gboolean
read_timeout (ViciDaemon   *self,
              ViciSettings *options,
              int          *timeout,
              GError      **error)
{
  *timeout = 0;
  if (options != NULL)
    g_object_get (options, "timeout", timeout, NULL);

  if (*timeout < -1)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   _("timeout: milliseconds or -1 are expected, and not %d"), *timeout);
      return FALSE;
    }

  if (*timeout == 0)
    *timeout = vici_daemon_get_control_timeout (self);

  return TRUE;
}

static int
read_log_level (ViciSettings *options)
{
  int level = 1;

  if (options != NULL && vici_settings_is_set (options, "log-level"))
    g_object_get (options, "log-level", &level, NULL);

  return level;
}

/* The daemon ends by its own timeout, and after every match of a `terminate` says
 * something. What takes longer than that and a plain answer does not come any more. */
static guint
get_patience (ViciDaemon *self,
              int         timeout)
{
  guint answer = vici_connection_get_timeout (vici_daemon_get_connection (self));

  return MIN ((guint64) MAX (timeout, 0) + (answer > 0 ? answer : ANSWER_TIMEOUT), G_MAXUINT);
}

static gboolean
check_open (ViciDaemon *self,
            GError    **error)
{
  ViciConnectionState state = vici_connection_get_state (vici_daemon_get_connection (self));

  if (state == VICI_CONNECTION_OPEN || state == VICI_CONNECTION_OPENING)
    return TRUE;

  g_set_error_literal (error, VICI_ERROR, VICI_ERROR_CLOSED, _("The connection is not open"));

  return FALSE;
}

static gboolean
check_log (ViciControlLog *log,
           GError        **error)
{
  if (log == NULL || !vici_control_log_is_in_use (log))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                       _("The log is in use by another command"));

  return FALSE;
}

/* Clears the request. The order has a message of its own then. */
static gboolean
prepare (ViciDaemon       *self,
         ViciRequest      *request,
         ViciSettings     *options,
         ViciControlLog   *log,
         GCancellable     *cancellable,
         ViciControlOrder *order,
         GError          **error)
{
  GError *timeout_error = NULL;
  int timeout;

  *order = (ViciControlOrder) { .command = request->command->name, .log = log };
  order->log_level = read_log_level (options);
  vici_watcher_update (vici_daemon_get_watcher (self));

  if (!read_timeout (self, options, &timeout, &timeout_error) && request->error == NULL)
    request->error = g_steal_pointer (&timeout_error);
  g_clear_error (&timeout_error);

  order->timeout = get_patience (self, timeout);
  vici_request_add_int (request, "timeout", timeout);
  /* Reasons and ids are said at this level, whoever wants to read them. */
  vici_request_add_int (request, "loglevel", MAX (order->log_level, 1));
  order->request = vici_request_end (request, error);

  return order->request != NULL &&
         vici_daemon_check_command (self, order->command, error) &&
         check_open (self, error) &&
         check_log (log, error) &&
         !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* -- Asynchronous -- */

static void
control_free (gpointer data)
{
  Control *self = data;

  vici_reply_clear (&self->reply);
  g_free (self);
}

static void
on_task_entry (ViciLogEntry *entry,
               gpointer      user_data)
{
  on_entry (entry, g_task_get_task_data (user_data));
}

static void
on_task_ended (ViciMessage  *reply,
               const GError *error,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Control *control = g_task_get_task_data (task);

  take_end (control, reply, error);
  if (control->error != NULL)
    g_task_return_error (task, g_steal_pointer (&control->error));
  else
    g_task_return_int (task, control->reply.number);
}

static const ViciControlFuncs task_funcs = {
  .entry = on_task_entry,
  .ended = on_task_ended,
};

void
vici_daemon_control_async (ViciDaemon         *self,
                           ViciRequest        *request,
                           ViciSettings       *options,
                           ViciControlLog     *log,
                           gpointer            tag,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Control *control = g_new0 (Control, 1);
  ViciControlOrder order;
  GError *error = NULL;

  g_task_set_source_tag (task, tag);
  /* What has been done is told, even where it was cancelled too late. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, control, control_free);
  control->daemon = self;
  vici_reply_init (&control->reply, request->command);

  if (prepare (self, request, options, log, cancellable, &order, &error))
    vici_control_run_async (vici_daemon_get_control_pool (self), vici_daemon_get_connection (self),
                            &order, cancellable, &task_funcs, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);

  g_clear_object (&order.request);
}

/* -- Synchronous -- */

static void
on_ended (ViciMessage  *reply,
          const GError *error,
          gpointer      user_data)
{
  take_end (user_data, reply, error);
}

static const ViciControlFuncs funcs = {
  .entry = on_entry,
  .ended = on_ended,
};

/* Asked before the log is emptied for it. */
static gboolean
check_room (ViciDaemon *self,
            GError    **error)
{
  if (vici_control_pool_has_room (vici_daemon_get_control_pool (self)))
    return TRUE;

  vici_control_set_busy (error);

  return FALSE;
}

gint64
vici_daemon_control_sync_count (ViciDaemon     *self,
                                ViciRequest    *request,
                                ViciSettings   *options,
                                ViciControlLog *log,
                                GCancellable   *cancellable,
                                GError        **error)
{
  g_autoptr (ViciDaemon) alive G_GNUC_UNUSED = g_object_ref (self);
  Control control = { .daemon = self };
  ViciControlOrder order;

  vici_reply_init (&control.reply, request->command);

  if (prepare (self, request, options, log, cancellable, &order, &control.error) &&
      check_room (self, &control.error))
    vici_control_run_sync (vici_daemon_get_control_pool (self), vici_daemon_get_connection (self),
                           &order, cancellable, &funcs, &control);

  if (control.error != NULL)
    g_propagate_error (error, control.error);

  g_clear_object (&order.request);
  vici_reply_clear (&control.reply);

  return control.reply.number;
}

gboolean
vici_daemon_control_sync_boolean (ViciDaemon     *self,
                                  ViciRequest    *request,
                                  ViciSettings   *options,
                                  ViciControlLog *log,
                                  GCancellable   *cancellable,
                                  GError        **error)
{
  return vici_daemon_control_sync_count (self, request, options, log, cancellable, error) > 0;
}
