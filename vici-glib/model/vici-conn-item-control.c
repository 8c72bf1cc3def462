/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-conn-item-private.h"

#include "vici-cancel-source.h"
#include "vici-daemon-commands.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-item-private.h"
#include "vici-round.h"
#include "vici-source.h"

/* Bringing a connection up, or taking it down. */
typedef struct
{
  char           *child;        /* NULL: all of it */
  ViciControlLog *log;
  GQueue          children;     /* names of those that are still to be brought up */
  gboolean        begun;        /* one of them, at least */
  GCancellable   *up;           /* ends the bringing up; NULL: it is taken down */
  GSource        *cancelled;    /* by the caller; NULL: it cannot be */
  gboolean        returned;     /* to the caller, who need not wait for the end */
  GError         *error;        /* NULL: all went well so far */
} Control;

static void
control_free (gpointer data)
{
  Control *self = data;

  vici_source_end (self->cancelled);
  g_free (self->child);
  g_object_unref (self->log);
  g_queue_clear_full (&self->children, g_free);
  g_clear_object (&self->up);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
return_cancelled (gpointer user_data)
{
  GTask *task = user_data;
  Control *control = g_task_get_task_data (task);

  if (control->returned)
    return G_SOURCE_REMOVE;

  control->returned = TRUE;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s",
                           _("The call was cancelled"));

  return G_SOURCE_REMOVE;
}

/* When the turn in which the item has changed is over. */
static void
return_later (GTask      *task,
              GSourceFunc func)
{
  g_autoptr (GSource) idle = g_idle_source_new ();

  g_task_attach_source (task, idle, func);
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  GTask *task = user_data;
  Control *control = g_task_get_task_data (task);

  vici_source_end (g_steal_pointer (&control->cancelled));
  return_later (task, return_cancelled);

  if (control->up != NULL)
    {
      g_cancellable_cancel (control->up);
      vici_conn_item_settle (g_task_get_source_object (task));
    }

  return G_SOURCE_REMOVE;
}

static GTask *
control_new (ViciConnItem       *self,
             const char         *child,
             ViciControlLog     *log,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Control *control = g_new0 (Control, 1);

  control->child = g_strdup (child);
  control->log = log ? g_object_ref (log) : vici_control_log_new ();
  g_queue_init (&control->children);
  g_task_set_task_data (task, control, control_free);

  /* One that has come to its end before it was cancelled says how that was. */
  g_task_set_check_cancellable (task, FALSE);
  if (cancellable != NULL)
    {
      control->cancelled = vici_cancel_source_new (cancellable, g_task_get_context (task));
      g_source_set_callback (control->cancelled, G_SOURCE_FUNC (on_cancelled), task, NULL);
    }

  return task;
}

/* Whether there is anything to do. An item that no monitor has made is of no daemon. */
static gboolean
check_start (GTask *task)
{
  Control *control = g_task_get_task_data (task);

  control->returned = g_task_return_error_if_cancelled (task);
  if (!control->returned && vici_conn_item_get_daemon (g_task_get_source_object (task)) == NULL)
    {
      control->returned = TRUE;
      g_task_return_new_error (task, VICI_ERROR, VICI_ERROR_CLOSED, "%s",
                               _("The connection is of no daemon"));
    }

  return !control->returned;
}

/* -- The end -- */

static gboolean
has_child (ViciIkeSa  *ike_sa,
           const char *child)
{
  GListModel *children = vici_ike_sa_get_child_sas (ike_sa);

  for (guint i = 0; children != NULL && i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (ViciChildSa) child_sa = g_list_model_get_item (children, i);

      if (g_strcmp0 (vici_child_sa_get_name (child_sa), child) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Whether there is nothing left of what was to be taken down. */
static gboolean
is_down (GListModel *ike_sas,
         const char *child)
{
  for (guint i = 0; i < g_list_model_get_n_items (ike_sas); i++)
    {
      g_autoptr (ViciIkeSa) ike_sa = g_list_model_get_item (ike_sas, i);

      if (child == NULL || has_child (ike_sa, child))
        return FALSE;
    }

  return TRUE;
}

static void
end_up (ViciConnItem *self,
        Control      *control)
{
  ViciFailure failure = vici_control_log_get_failure (control->log);
  const char *reason = NULL;

  if (control->error == NULL || g_error_matches (control->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    failure = VICI_FAILURE_NONE;
  else if (failure == VICI_FAILURE_NONE || failure == VICI_FAILURE_UNKNOWN)
    reason = control->error->message;
  else
    reason = vici_failure_to_string (failure);

  vici_conn_item_end_up (self, control->up, failure, reason);
}

static void start_up (GTask *task);

static void
start_held (ViciConnItem *self)
{
  GTask *task;

  while ((task = vici_conn_item_pop_held (self)) != NULL)
    {
      start_up (task);
      g_object_unref (task);
    }
}

static gboolean
return_now (gpointer user_data)
{
  GTask *task = user_data;
  Control *control = g_task_get_task_data (task);

  start_held (g_task_get_source_object (task));

  if (control->returned)
    return G_SOURCE_REMOVE;

  control->returned = TRUE;
  if (control->error != NULL)
    g_task_return_error (task, g_steal_pointer (&control->error));
  else
    g_task_return_boolean (task, TRUE);

  return G_SOURCE_REMOVE;
}

static void
end_down (ViciConnItem *self,
          Control      *control,
          GListModel   *ike_sas)
{
  /* What was down already, or has gone down by itself, is down. */
  if (ike_sas != NULL && is_down (ike_sas, control->child))
    g_clear_error (&control->error);

  vici_conn_item_end_down (self);
}

/* @ike_sas is what there is of it now; NULL: nobody has said so. */
static void
end (GTask      *task,
     GListModel *ike_sas)
{
  ViciConnItem *self = g_task_get_source_object (task);
  Control *control = g_task_get_task_data (task);

  if (control->up != NULL)
    end_up (self, control);
  else
    end_down (self, control, ike_sas);

  return_later (task, return_now);
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Control *control = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) ike_sas =
    vici_daemon_list_sas_finish (VICI_DAEMON (source), result, &error);

  /* Where nobody answers, what was known does not count. */
  if (error != NULL && !vici_round_is_refusal (error) && control->error == NULL)
    control->error = g_steal_pointer (&error);

  end (task, ike_sas);
}

/* The daemon lists an IKE_SA only when none of its threads works on it any more. By
 * then its events were sent, and whoever waits finds the item as it was made. */
static void
finish (GTask *task)
{
  ViciConnItem *self = g_task_get_source_object (task);
  Control *control = g_task_get_task_data (task);
  g_autoptr (ViciListSasOptions) options = vici_list_sas_options_new ();

  if (g_error_matches (control->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      end (task, NULL);
      return;
    }

  vici_list_sas_options_set_ike (options, vici_item_get_name (VICI_ITEM (self)));
  vici_daemon_list_sas_async (vici_conn_item_get_daemon (self), options, NULL, on_listed,
                              g_object_ref (task));
}

/* -- Up -- */

static void on_initiated (GObject      *source,
                          GAsyncResult *result,
                          gpointer      user_data);

static void
initiate (GTask      *task,
          const char *child)
{
  ViciConnItem *self = g_task_get_source_object (task);
  Control *control = g_task_get_task_data (task);

  control->begun = TRUE;
  vici_daemon_initiate_async (vici_conn_item_get_daemon (self), vici_item_get_name (VICI_ITEM (self)),
                              child, NULL, control->log, control->up, on_initiated,
                              g_object_ref (task));
}

/* What was taken down meanwhile is left out, and if that is all, it is given up. */
static void
initiate_next (GTask *task)
{
  ViciConnItem *self = g_task_get_source_object (task);
  Control *control = g_task_get_task_data (task);
  gboolean left_out = FALSE;
  char *child;

  while ((child = g_queue_pop_head (&control->children)) != NULL)
    {
      g_autofree char *name = child;

      if (vici_conn_item_go_on_up (self, control->up, name))
        {
          initiate (task, name);
          return;
        }
      left_out = TRUE;
    }

  if (left_out && !control->begun)
    g_set_error_literal (&control->error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                         _("It was taken down meanwhile"));
  finish (task);
}

static void
on_initiated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Control *control = g_task_get_task_data (task);

  if (vici_daemon_initiate_finish (VICI_DAEMON (source), result, &control->error))
    initiate_next (task);
  else
    finish (task);
}

static void
queue_children (ViciConnItem *self,
                GQueue       *children,
                GListModel   *configured)
{
  for (guint i = 0; i < g_list_model_get_n_items (configured); i++)
    {
      g_autoptr (ViciConnChild) child = g_list_model_get_item (configured, i);
      const char *name = vici_conn_child_get_name (child);

      /* A second one beside it is of use to nobody. */
      if (!vici_conn_item_has_child_up (self, name))
        g_queue_push_tail (children, g_strdup (name));
    }
}

static void
start_up (GTask *task)
{
  ViciConnItem *self = g_task_get_source_object (task);
  Control *control = g_task_get_task_data (task);
  ViciRecord *record = vici_item_get_record (VICI_ITEM (self));
  GListModel *configured = record ? vici_conn_get_children (VICI_CONN (record)) : NULL;

  if (control->child != NULL)
    initiate (task, control->child);
  else if (configured == NULL || g_list_model_get_n_items (configured) == 0)
    initiate (task, NULL);
  else
    {
      queue_children (self, &control->children, configured);
      initiate_next (task);
    }
}

/**
 * vici_conn_item_up_async:
 * @self: a connection
 * @child: (nullable): the name of a CHILD_SA's configuration; %NULL for all of the
 *     connection's
 * @log: (nullable): where the daemon's log of it goes
 * @cancellable: (nullable): to give it up
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Brings the connection up: one CHILD_SA, or all that are configured and not up, one
 * after the other until one fails. One that has none configured is an IKE_SA alone.
 *
 * #ViciConnItem:state is %VICI_CONN_STATE_CONNECTING meanwhile, from the end of this turn
 * of the main loop on, as all that an item notifies. If it fails,
 * #ViciConnItem:failure and #ViciConnItem:reason say why, until it is tried again.
 * When it is cancelled, and when vici_conn_item_down_async() is called meanwhile, what
 * was begun is taken down again, for which nobody has to wait, and it does not count as
 * failed. One CHILD_SA that is taken down while all are brought up is left out, if it was
 * still to come; if it is the one that is being brought up, all that are not up yet are
 * given up. While it is being taken down, bringing it up waits.
 *
 * See vici_conn_item_up_finish() for the errors.
 *
 * Wire: `initiate`.
 *
 * Since: 1.0
 */
void
vici_conn_item_up_async (ViciConnItem       *self,
                         const char         *child,
                         ViciControlLog     *log,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  Control *control;

  g_return_if_fail (VICI_IS_CONN_ITEM (self));
  g_return_if_fail (log == NULL || VICI_IS_CONTROL_LOG (log));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = control_new (self, child, log, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_conn_item_up_async);
  if (!check_start (task))
    return;

  control = g_task_get_task_data (task);
  control->up = g_cancellable_new ();
  vici_conn_item_begin_up (self, control->up, child);

  if (!vici_conn_item_hold (self, task))
    start_up (task);
}

/**
 * vici_conn_item_up_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_conn_item_up_async(). By then the item and its lists show what has
 * come of it. Errors are those of vici_daemon_initiate_finish(), with
 * %G_IO_ERROR_CANCELLED when it was taken down meanwhile, or the monitor was stopped or
 * dropped. They are those of
 * vici_connection_call_finish() when nobody tells what has come of it.
 *
 * Returns: %TRUE if it is up
 *
 * Since: 1.0
 */
gboolean
vici_conn_item_up_finish (ViciConnItem *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_conn_item_up_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- Down -- */

static void
on_terminated (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Control *control = g_task_get_task_data (task);

  vici_daemon_terminate_finish (VICI_DAEMON (source), result, &control->error);
  finish (task);
}

/**
 * vici_conn_item_down_async:
 * @self: a connection
 * @child: (nullable): the name of a CHILD_SA's configuration; %NULL for all of the
 *     connection
 * @log: (nullable): where the daemon's log of it goes
 * @cancellable: (nullable): to stop waiting
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Takes the connection down: its IKE_SAs with all of their CHILD_SAs, or the
 * CHILD_SAs of one configuration. Bringing that up is given up: see
 * vici_conn_item_up_async(). A peer that does not answer is waited for as long as
 * #ViciDaemon:control-timeout, and then done without.
 *
 * See vici_conn_item_down_finish() for the errors.
 *
 * Wire: `terminate`.
 *
 * Since: 1.0
 */
void
vici_conn_item_down_async (ViciConnItem       *self,
                           const char         *child,
                           ViciControlLog     *log,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (ViciTerminateOptions) options = NULL;
  Control *control;

  g_return_if_fail (VICI_IS_CONN_ITEM (self));
  g_return_if_fail (log == NULL || VICI_IS_CONTROL_LOG (log));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = control_new (self, child, log, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_conn_item_down_async);
  if (!check_start (task))
    return;

  control = g_task_get_task_data (task);
  vici_conn_item_begin_down (self, child);

  options = vici_terminate_options_new ();
  vici_terminate_options_set_ike (options, vici_item_get_name (VICI_ITEM (self)));
  vici_terminate_options_set_child (options, child);
  vici_terminate_options_set_force (options, TRUE);
  vici_daemon_terminate_async (vici_conn_item_get_daemon (self), options, control->log, cancellable,
                               on_terminated, g_steal_pointer (&task));
}

/**
 * vici_conn_item_down_finish:
 * @self: a connection
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_conn_item_down_async(). By then the item and its lists show what has
 * come of it. It is no error if it was down already. Errors are those of
 * vici_daemon_terminate_finish(), and of vici_connection_call_finish() when nobody tells
 * what has come of it.
 *
 * Returns: %TRUE if it is down
 *
 * Since: 1.0
 */
gboolean
vici_conn_item_down_finish (ViciConnItem *self,
                            GAsyncResult *result,
                            GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_conn_item_down_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
