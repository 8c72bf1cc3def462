/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-monitor.h"

#include "vici-cancel-source.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-lister.h"
#include "vici-model-enum-types.h"
#include "vici-models.h"
#include "vici-monitor-text.h"
#include "vici-source.h"
#include "vici-uplink.h"

/**
 * SECTION:vici-monitor
 * @title: ViciMonitor
 * @short_description: Lists that stay true to a daemon
 *
 * A #ViciMonitor keeps itself connected to a daemon, and has lists of what that has:
 * IKE_SAs with their CHILD_SAs, connections, certificates, pools, authorities, and the
 * log. They change as the daemon does, and are made for being bound to widgets:
 *
 * |[<!-- language="C" -->
 * ViciMonitor *monitor = vici_monitor_new (NULL);
 *
 * gtk_list_box_bind_model (list_box, vici_monitor_get_conns (monitor), make_row, NULL, NULL);
 * g_object_bind_property (monitor, "state-text", banner, "title", G_BINDING_SYNC_CREATE);
 * ]|
 *
 * It starts by itself when the main loop runs next. There need be no daemon: what
 * #ViciMonitor:state says then comes with a sentence for people and a hint of what to
 * do. The monitor waits for the daemon's socket without asking for it, and where there
 * is nothing to wait for it tries again from time to time, less and less often. When it
 * is connected, and each time that it is again, it subscribes to the daemon's events,
 * lists what there is, and changes its lists by the difference. While the state is
 * %VICI_MONITOR_LOST or %VICI_MONITOR_NO_PERMISSION they are what was known last, as long
 * as there may be a daemon.
 *
 * Each list has a property `n-items` that notifies. An item stays the same object as
 * long as the daemon has what it stands for: see #ViciItem. What changes in one turn of
 * the main loop is told at its end, together. New items come last in a list.
 *
 * Events tell of IKE_SAs and CHILD_SAs. Of their counters and times none does: these are
 * listed again and again while somebody looks, which is said with
 * vici_monitor_hold() or #ViciMonitor:active. While nobody does, an idle monitor of an
 * idle daemon never wakes up. The configuration has no events either: what the daemon's
 * log tells of it is listed at once, and the rest, such as a connection that somebody
 * unloads, about every ten seconds while somebody looks, or with
 * vici_monitor_refresh_async().
 *
 * It is made and used in one thread, with one thread-default main context. GIO, which
 * tells of the socket's file, has a thread of its own for that.
 *
 * Since: 1.0
 */

/**
 * ViciMonitor:
 *
 * Lists that stay true to a daemon.
 *
 * Since: 1.0
 */

#define DEFAULT_REFRESH_INTERVAL 1000

struct _ViciMonitor
{
  GObject          parent_instance;

  char            *uri;         /* NULL: the usual one, or there is a connection */
  ViciConnection  *connection;
  ViciDaemon      *daemon;
  ViciModels      *models;
  ViciLister      *lister;
  ViciUplink      *uplink;
  GSource         *begin;       /* NULL: it has started, or was stopped */

  ViciMonitorState state;
  GError          *error;       /* NULL: nothing is wrong */

  guint            n_holds;
  gboolean         active;      /* is one of them */
  guint            refresh_interval;
  gboolean         follow_log;
};

enum
{
  PROP_URI = 1,
  PROP_CONNECTION,
  PROP_DAEMON,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_HINT,
  PROP_ERROR,
  PROP_IKE_SAS,
  PROP_CONNS,
  PROP_CERTS,
  PROP_POOLS,
  PROP_AUTHORITIES,
  PROP_LOG,
  PROP_ACTIVE,
  PROP_REFRESH_INTERVAL,
  PROP_FOLLOW_LOG,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (ViciMonitor, vici_monitor, G_TYPE_OBJECT)

/**
 * vici_monitor_new:
 * @uri: (nullable): where the daemon listens, as for vici_connection_new(); %NULL for
 *     the usual place
 *
 * Makes a monitor.
 *
 * Returns: (transfer full): the monitor
 *
 * Since: 1.0
 */
ViciMonitor *
vici_monitor_new (const char *uri)
{
  return g_object_new (VICI_TYPE_MONITOR, "uri", uri, NULL);
}

/**
 * vici_monitor_new_for_connection:
 * @connection: a connection, open or not
 *
 * Makes a monitor that opens this connection, as often as it has to: by its URI, or with
 * its #ViciTransport, which makes all of the streams, and may be of a kind of one's own.
 * The connection can be used for other calls too. The monitor closes what it has opened:
 * two monitors want a connection each. What others have opened stays open, even if the
 * daemon does not answer there in time, and is asked again later.
 *
 * Returns: (transfer full): the monitor
 *
 * Since: 1.0
 */
ViciMonitor *
vici_monitor_new_for_connection (ViciConnection *connection)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (connection), NULL);

  return g_object_new (VICI_TYPE_MONITOR, "connection", connection, NULL);
}

/* -- The state -- */

static void
on_opened (gpointer user_data)
{
  ViciMonitor *self = user_data;

  vici_lister_start (self->lister);
}

static void
stop_lister (ViciMonitor  *self,
             const GError *error)
{
  g_autoptr (GError) stopped =
    g_error_new_literal (VICI_ERROR, VICI_ERROR_CLOSED, _("The monitor was stopped"));

  vici_lister_stop (self->lister, error ? error : stopped);
}

static void
on_closed (const GError *error,
           gpointer      user_data)
{
  stop_lister (user_data, error);
}

static void
on_answered (gpointer user_data)
{
  ViciMonitor *self = user_data;

  vici_uplink_set_syncing (self->uplink);
}

static void
on_synced (const GError *refusal,
           gpointer      user_data)
{
  ViciMonitor *self = user_data;

  vici_uplink_set_ready (self->uplink, refusal);
}

static void
on_failed (const GError *error,
           gpointer      user_data)
{
  ViciMonitor *self = user_data;

  vici_uplink_fail (self->uplink, error);
}

static void
set_state (ViciMonitor     *self,
           ViciMonitorState state,
           const GError    *error)
{
  const char *text = vici_monitor_get_state_text (self);
  gboolean same_error = error == NULL && self->error == NULL;

  g_clear_error (&self->error);
  self->error = error ? g_error_copy (error) : NULL;
  if (!same_error)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);

  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }

  if (!g_str_equal (text, vici_monitor_get_state_text (self)))
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE_TEXT]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HINT]);
    }
}

static void
on_changed (ViciMonitorState state,
            const GError    *error,
            gpointer         user_data)
{
  ViciMonitor *self = user_data;
  g_autoptr (ViciMonitor) alive G_GNUC_UNUSED = g_object_ref (self);

  g_object_freeze_notify (G_OBJECT (self));
  set_state (self, state, error);

  /* Who is told of the state finds the lists that go with it. Who is told of the lists
   * may bring about the next state. */
  if (vici_uplink_is_absent (self->uplink))
    vici_models_clear (self->models);
  vici_models_flush (self->models);
  g_object_thaw_notify (G_OBJECT (self));
}

static gboolean
on_begin (gpointer user_data)
{
  ViciMonitor *self = user_data;

  vici_monitor_start (self);

  return G_SOURCE_REMOVE;
}

/**
 * vici_monitor_start:
 * @self: a monitor
 *
 * Starts what vici_monitor_stop() has stopped. A new monitor starts by itself.
 *
 * Since: 1.0
 */
void
vici_monitor_start (ViciMonitor *self)
{
  g_return_if_fail (VICI_IS_MONITOR (self));

  vici_source_end (g_steal_pointer (&self->begin));
  vici_uplink_start (self->uplink);
}

/**
 * vici_monitor_stop:
 * @self: a monitor
 *
 * Closes the connection, gives up what connections are being brought up, and empties the
 * lists but for the log. Dropping the last reference does so too; languages with a
 * garbage collector do that late.
 *
 * Since: 1.0
 */
void
vici_monitor_stop (ViciMonitor *self)
{
  g_autoptr (ViciMonitor) alive = NULL;

  g_return_if_fail (VICI_IS_MONITOR (self));

  /* Whoever waits for a refresh is told, and may let go of it. */
  alive = g_object_ref (self);
  vici_source_end (g_steal_pointer (&self->begin));
  stop_lister (self, NULL);
  vici_models_cancel (self->models);
  vici_uplink_stop (self->uplink);
}

/**
 * vici_monitor_retry:
 * @self: a monitor
 *
 * Tries to connect at once, where the monitor waits for a reason to try again. For a
 * button beside #ViciMonitor:hint.
 *
 * Since: 1.0
 */
void
vici_monitor_retry (ViciMonitor *self)
{
  g_return_if_fail (VICI_IS_MONITOR (self));

  vici_uplink_retry (self->uplink);
}

/**
 * vici_monitor_get_state:
 * @self: a monitor
 *
 * Gets #ViciMonitor:state.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
ViciMonitorState
vici_monitor_get_state (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), VICI_MONITOR_STOPPED);

  return self->state;
}

/**
 * vici_monitor_get_state_text:
 * @self: a monitor
 *
 * Gets #ViciMonitor:state-text.
 *
 * Returns: a sentence, in the user's language
 *
 * Since: 1.0
 */
const char *
vici_monitor_get_state_text (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_monitor_text_of_state (self->state, self->error);
}

/**
 * vici_monitor_get_hint:
 * @self: a monitor
 *
 * Gets #ViciMonitor:hint.
 *
 * Returns: (nullable): a sentence, in the user's language
 *
 * Since: 1.0
 */
const char *
vici_monitor_get_hint (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_monitor_text_of_hint (self->state, self->error);
}

/**
 * vici_monitor_get_error:
 * @self: a monitor
 *
 * Gets #ViciMonitor:error.
 *
 * Returns: (nullable) (transfer none): the error
 *
 * Since: 1.0
 */
const GError *
vici_monitor_get_error (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return self->error;
}

/* -- Looking -- */

static void
set_holds (ViciMonitor *self,
           guint        n_holds)
{
  gboolean held = self->n_holds > 0;

  self->n_holds = n_holds;
  if (held != (n_holds > 0))
    vici_lister_set_active (self->lister, n_holds > 0);
}

/**
 * vici_monitor_hold:
 * @self: a monitor
 *
 * Says that somebody looks: counters and times are refreshed, at
 * #ViciMonitor:refresh-interval, until vici_monitor_release() was called as often.
 *
 * Since: 1.0
 */
void
vici_monitor_hold (ViciMonitor *self)
{
  g_return_if_fail (VICI_IS_MONITOR (self));

  set_holds (self, self->n_holds + 1);
}

/**
 * vici_monitor_release:
 * @self: a monitor
 *
 * Takes back one vici_monitor_hold().
 *
 * Since: 1.0
 */
void
vici_monitor_release (ViciMonitor *self)
{
  g_return_if_fail (VICI_IS_MONITOR (self));
  g_return_if_fail (self->n_holds > (self->active ? 1 : 0));

  set_holds (self, self->n_holds - 1);
}

/**
 * vici_monitor_get_active:
 * @self: a monitor
 *
 * Gets #ViciMonitor:active.
 *
 * Returns: %TRUE if it was set
 *
 * Since: 1.0
 */
gboolean
vici_monitor_get_active (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), FALSE);

  return self->active;
}

/**
 * vici_monitor_set_active:
 * @self: a monitor
 * @active: whether somebody looks
 *
 * Sets #ViciMonitor:active.
 *
 * Since: 1.0
 */
void
vici_monitor_set_active (ViciMonitor *self,
                         gboolean     active)
{
  g_return_if_fail (VICI_IS_MONITOR (self));

  active = !!active;
  if (self->active == active)
    return;

  self->active = active;
  set_holds (self, active ? self->n_holds + 1 : self->n_holds - 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACTIVE]);
}

/**
 * vici_monitor_get_refresh_interval:
 * @self: a monitor
 *
 * Gets #ViciMonitor:refresh-interval.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
vici_monitor_get_refresh_interval (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), 0);

  return self->refresh_interval;
}

/**
 * vici_monitor_set_refresh_interval:
 * @self: a monitor
 * @refresh_interval: milliseconds, at least 1
 *
 * Sets #ViciMonitor:refresh-interval.
 *
 * Since: 1.0
 */
void
vici_monitor_set_refresh_interval (ViciMonitor *self,
                                   guint        refresh_interval)
{
  g_return_if_fail (VICI_IS_MONITOR (self));
  g_return_if_fail (refresh_interval > 0 && refresh_interval <= G_MAXINT);

  if (self->refresh_interval == refresh_interval)
    return;

  self->refresh_interval = refresh_interval;
  vici_lister_set_interval (self->lister, refresh_interval);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REFRESH_INTERVAL]);
}

/**
 * vici_monitor_get_follow_log:
 * @self: a monitor
 *
 * Gets #ViciMonitor:follow-log.
 *
 * Returns: %TRUE if the log is followed
 *
 * Since: 1.0
 */
gboolean
vici_monitor_get_follow_log (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), FALSE);

  return self->follow_log;
}

/**
 * vici_monitor_set_follow_log:
 * @self: a monitor
 * @follow_log: whether to follow the log
 *
 * Sets #ViciMonitor:follow-log.
 *
 * Since: 1.0
 */
void
vici_monitor_set_follow_log (ViciMonitor *self,
                             gboolean     follow_log)
{
  g_return_if_fail (VICI_IS_MONITOR (self));

  follow_log = !!follow_log;
  if (self->follow_log == follow_log)
    return;

  self->follow_log = follow_log;
  vici_lister_set_follow_log (self->lister, follow_log);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOW_LOG]);
}

static gboolean
on_refresh_cancelled (GCancellable *cancellable,
                      gpointer      user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  ViciMonitor *self = g_task_get_source_object (task);

  if (vici_lister_drop (self->lister, task))
    g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

/**
 * vici_monitor_refresh_async:
 * @self: a monitor
 * @cancellable: (nullable): to stop waiting
 * @callback: (nullable) (scope async): called when it is done
 * @user_data: passed to @callback
 *
 * Lists all that the daemon has, from here on, and brings the lists in line with it.
 *
 * See vici_monitor_refresh_finish() for the errors.
 *
 * Wire: `list-sas`, `list-conns`, `list-certs`, `get-pools`, `list-authorities`.
 *
 * Since: 1.0
 */
void
vici_monitor_refresh_async (ViciMonitor        *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (VICI_IS_MONITOR (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_monitor_refresh_async);
  if (cancellable != NULL)
    {
      GSource *cancelled = vici_cancel_source_new (cancellable, g_task_get_context (task));

      g_source_set_callback (cancelled, G_SOURCE_FUNC (on_refresh_cancelled), task, NULL);
      g_task_set_task_data (task, cancelled, (GDestroyNotify) vici_source_end);
    }

  if (!vici_lister_refresh (self->lister, task))
    g_task_return_new_error (task, VICI_ERROR, VICI_ERROR_CLOSED, "%s",
                             _("The monitor is not connected to a daemon"));
}

/**
 * vici_monitor_refresh_finish:
 * @self: a monitor
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_monitor_refresh_async(). Errors: %VICI_ERROR_CLOSED when the monitor is
 * not connected, or is stopped meanwhile; %VICI_ERROR_COMMAND_FAILED and
 * %VICI_ERROR_TOO_LARGE when the daemon does not give one of the lists, which stays what
 * it was; %G_IO_ERROR_CANCELLED; and those of vici_connection_call_finish(). A command that
 * the daemon does not have is no error: the list is empty.
 *
 * Returns: %TRUE if the lists are what the daemon has
 *
 * Since: 1.0
 */
gboolean
vici_monitor_refresh_finish (ViciMonitor  *self,
                             GAsyncResult *result,
                             GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_monitor_refresh_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- What there is -- */

/**
 * vici_monitor_get_uri:
 * @self: a monitor
 *
 * Gets #ViciMonitor:uri.
 *
 * Returns: (nullable): the URI
 *
 * Since: 1.0
 */
const char *
vici_monitor_get_uri (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_connection_get_uri (self->connection);
}

/**
 * vici_monitor_get_connection:
 * @self: a monitor
 *
 * Gets #ViciMonitor:connection.
 *
 * Returns: (transfer none): the connection
 *
 * Since: 1.0
 */
ViciConnection *
vici_monitor_get_connection (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return self->connection;
}

/**
 * vici_monitor_get_daemon:
 * @self: a monitor
 *
 * Gets #ViciMonitor:daemon.
 *
 * Returns: (transfer none): the daemon
 *
 * Since: 1.0
 */
ViciDaemon *
vici_monitor_get_daemon (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return self->daemon;
}

/**
 * vici_monitor_get_ike_sas:
 * @self: a monitor
 *
 * Gets #ViciMonitor:ike-sas.
 *
 * Returns: (transfer none): a list of #ViciIkeSaItem
 *
 * Since: 1.0
 */
GListModel *
vici_monitor_get_ike_sas (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_sa_table_get_list (self->models->sas);
}

/**
 * vici_monitor_get_conns:
 * @self: a monitor
 *
 * Gets #ViciMonitor:conns.
 *
 * Returns: (transfer none): a list of #ViciConnItem
 *
 * Since: 1.0
 */
GListModel *
vici_monitor_get_conns (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_catalog_get_list (self->models->conns);
}

/**
 * vici_monitor_find_conn:
 * @self: a monitor
 * @name: the name of a connection
 *
 * Finds a connection in #ViciMonitor:conns.
 *
 * Returns: (nullable) (transfer none): the connection; %NULL if there is none
 *
 * Since: 1.0
 */
ViciConnItem *
vici_monitor_find_conn (ViciMonitor *self,
                        const char  *name)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return vici_catalog_find (self->models->conns, name);
}

/**
 * vici_monitor_get_certs:
 * @self: a monitor
 *
 * Gets #ViciMonitor:certs.
 *
 * Returns: (transfer none): a list of #ViciItem
 *
 * Since: 1.0
 */
GListModel *
vici_monitor_get_certs (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_catalog_get_list (self->models->certs);
}

/**
 * vici_monitor_get_pools:
 * @self: a monitor
 *
 * Gets #ViciMonitor:pools.
 *
 * Returns: (transfer none): a list of #ViciItem
 *
 * Since: 1.0
 */
GListModel *
vici_monitor_get_pools (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_catalog_get_list (self->models->pools);
}

/**
 * vici_monitor_get_authorities:
 * @self: a monitor
 *
 * Gets #ViciMonitor:authorities.
 *
 * Returns: (transfer none): a list of #ViciItem
 *
 * Since: 1.0
 */
GListModel *
vici_monitor_get_authorities (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return vici_catalog_get_list (self->models->authorities);
}

/**
 * vici_monitor_get_log:
 * @self: a monitor
 *
 * Gets #ViciMonitor:log.
 *
 * Returns: (transfer none): a list of #ViciLogItem
 *
 * Since: 1.0
 */
ViciLogModel *
vici_monitor_get_log (ViciMonitor *self)
{
  g_return_val_if_fail (VICI_IS_MONITOR (self), NULL);

  return self->models->log;
}

/* -- The class -- */

static void
vici_monitor_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ViciMonitor *self = VICI_MONITOR (object);

  switch (property_id)
    {
    case PROP_URI:
      g_value_set_string (value, vici_monitor_get_uri (self));
      break;

    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;

    case PROP_DAEMON:
      g_value_set_object (value, self->daemon);
      break;

    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;

    case PROP_STATE_TEXT:
      g_value_set_string (value, vici_monitor_get_state_text (self));
      break;

    case PROP_HINT:
      g_value_set_string (value, vici_monitor_get_hint (self));
      break;

    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;

    case PROP_IKE_SAS:
      g_value_set_object (value, vici_monitor_get_ike_sas (self));
      break;

    case PROP_CONNS:
      g_value_set_object (value, vici_monitor_get_conns (self));
      break;

    case PROP_CERTS:
      g_value_set_object (value, vici_monitor_get_certs (self));
      break;

    case PROP_POOLS:
      g_value_set_object (value, vici_monitor_get_pools (self));
      break;

    case PROP_AUTHORITIES:
      g_value_set_object (value, vici_monitor_get_authorities (self));
      break;

    case PROP_LOG:
      g_value_set_object (value, self->models->log);
      break;

    case PROP_ACTIVE:
      g_value_set_boolean (value, self->active);
      break;

    case PROP_REFRESH_INTERVAL:
      g_value_set_uint (value, self->refresh_interval);
      break;

    case PROP_FOLLOW_LOG:
      g_value_set_boolean (value, self->follow_log);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_monitor_set_property (GObject      *object,
                           guint         property_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  ViciMonitor *self = VICI_MONITOR (object);

  switch (property_id)
    {
    case PROP_URI:
      self->uri = g_value_dup_string (value);
      break;

    case PROP_CONNECTION:
      self->connection = g_value_dup_object (value);
      break;

    case PROP_ACTIVE:
      vici_monitor_set_active (self, g_value_get_boolean (value));
      break;

    case PROP_REFRESH_INTERVAL:
      vici_monitor_set_refresh_interval (self, g_value_get_uint (value));
      break;

    case PROP_FOLLOW_LOG:
      vici_monitor_set_follow_log (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_monitor_constructed (GObject *object)
{
  static const ViciListerFuncs lister_funcs = { on_answered, on_synced, on_failed };
  static const ViciUplinkFuncs uplink_funcs = { on_opened, on_closed, on_changed };
  ViciMonitor *self = VICI_MONITOR (object);

  G_OBJECT_CLASS (vici_monitor_parent_class)->constructed (object);

  if (self->connection == NULL)
    self->connection = vici_connection_new (self->uri);
  self->daemon = vici_daemon_new (self->connection);
  self->models = vici_models_new (self->daemon);
  self->lister = vici_lister_new (self->daemon, self->models, &lister_funcs, self);
  vici_lister_set_interval (self->lister, self->refresh_interval);
  vici_lister_set_follow_log (self->lister, self->follow_log);
  self->uplink = vici_uplink_new (self->connection, &uplink_funcs, self);

  self->begin = g_idle_source_new ();
  g_source_set_priority (self->begin, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->begin, on_begin, self, NULL);
  g_source_attach (self->begin, g_main_context_get_thread_default ());
}

/* Whoever is told of the end may take a reference for a moment. */
static void
vici_monitor_dispose (GObject *object)
{
  ViciMonitor *self = VICI_MONITOR (object);

  vici_models_hush (self->models);
  vici_monitor_stop (self);

  G_OBJECT_CLASS (vici_monitor_parent_class)->dispose (object);
}

static void
vici_monitor_finalize (GObject *object)
{
  ViciMonitor *self = VICI_MONITOR (object);

  vici_uplink_free (self->uplink);
  vici_lister_free (self->lister);
  vici_models_end (self->models);
  g_object_unref (self->daemon);
  g_object_unref (self->connection);
  g_clear_error (&self->error);
  g_free (self->uri);

  G_OBJECT_CLASS (vici_monitor_parent_class)->finalize (object);
}

static void
install_state (GParamFlags flags)
{
  /**
   * ViciMonitor:uri:
   *
   * Where the daemon listens, as for vici_connection_new(). It counts where no
   * #ViciMonitor:connection is given, and says then what that has.
   *
   * Since: 1.0
   */
  properties[PROP_URI] =
    g_param_spec_string ("uri", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * ViciMonitor:connection:
   *
   * The connection, which the monitor opens.
   *
   * Since: 1.0
   */
  properties[PROP_CONNECTION] =
    g_param_spec_object ("connection", NULL, NULL, VICI_TYPE_CONNECTION,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * ViciMonitor:daemon:
   *
   * Its typed form, for commands and for what else it tells.
   *
   * Since: 1.0
   */
  properties[PROP_DAEMON] =
    g_param_spec_object ("daemon", NULL, NULL, VICI_TYPE_DAEMON, flags);

  /**
   * ViciMonitor:state:
   *
   * How it is doing.
   *
   * Since: 1.0
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, VICI_TYPE_MONITOR_STATE, VICI_MONITOR_STOPPED, flags);

  /**
   * ViciMonitor:state-text:
   *
   * How it is doing, as a sentence for people, in their language.
   *
   * Since: 1.0
   */
  properties[PROP_STATE_TEXT] =
    g_param_spec_string ("state-text", NULL, NULL, NULL, flags);

  /**
   * ViciMonitor:hint:
   *
   * What can be done about it, as a sentence for people; %NULL where nothing has to be.
   *
   * Since: 1.0
   */
  properties[PROP_HINT] =
    g_param_spec_string ("hint", NULL, NULL, NULL, flags);

  /**
   * ViciMonitor:error:
   *
   * What went wrong last: why it is not connected. While #ViciMonitor:state is
   * %VICI_MONITOR_READY, it is why the daemon does not give one of the lists, which is what
   * it was then. %NULL while nothing is wrong.
   *
   * Since: 1.0
   */
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
}

static void
install_lists (GParamFlags flags)
{
  /**
   * ViciMonitor:ike-sas:
   *
   * The IKE_SAs, a list of #ViciIkeSaItem, each with a list of its CHILD_SAs.
   *
   * Since: 1.0
   */
  properties[PROP_IKE_SAS] =
    g_param_spec_object ("ike-sas", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * ViciMonitor:conns:
   *
   * The connections that are configured, and those that are not any more and have
   * IKE_SAs still: a list of #ViciConnItem.
   *
   * Since: 1.0
   */
  properties[PROP_CONNS] =
    g_param_spec_object ("conns", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * ViciMonitor:certs:
   *
   * The certificates that are loaded, or were received: a list of #ViciItem with a
   * #ViciCert each.
   *
   * Since: 1.0
   */
  properties[PROP_CERTS] =
    g_param_spec_object ("certs", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * ViciMonitor:pools:
   *
   * The pools, with their leases: a list of #ViciItem with a #ViciPool each.
   *
   * Since: 1.0
   */
  properties[PROP_POOLS] =
    g_param_spec_object ("pools", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * ViciMonitor:authorities:
   *
   * The authorities: a list of #ViciItem with a #ViciAuthority each.
   *
   * Since: 1.0
   */
  properties[PROP_AUTHORITIES] =
    g_param_spec_object ("authorities", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  /**
   * ViciMonitor:log:
   *
   * What the daemon has logged: a list of #ViciLogItem.
   *
   * Since: 1.0
   */
  properties[PROP_LOG] =
    g_param_spec_object ("log", NULL, NULL, VICI_TYPE_LOG_MODEL, flags);
}

static void
install_looking (GParamFlags writable)
{
  /**
   * ViciMonitor:active:
   *
   * Whether somebody looks: a vici_monitor_hold() as a property, to bind to a widget's
   * `visible`, say.
   *
   * Since: 1.0
   */
  properties[PROP_ACTIVE] =
    g_param_spec_boolean ("active", NULL, NULL, FALSE, writable);

  /**
   * ViciMonitor:refresh-interval:
   *
   * How long to wait, in milliseconds, between two refreshes of counters and times while
   * somebody looks. A long list makes it longer: no more than a quarter of the time is
   * spent on listing.
   *
   * Since: 1.0
   */
  properties[PROP_REFRESH_INTERVAL] =
    g_param_spec_uint ("refresh-interval", NULL, NULL, 1, G_MAXINT, DEFAULT_REFRESH_INTERVAL,
                       writable);

  /**
   * ViciMonitor:follow-log:
   *
   * Whether the daemon is to send its log, which fills #ViciMonitor:log and tells of
   * changes to the configuration. A daemon with much to do is spared some work without.
   *
   * Since: 1.0
   */
  properties[PROP_FOLLOW_LOG] =
    g_param_spec_boolean ("follow-log", NULL, NULL, TRUE, writable);
}

static void
vici_monitor_class_init (ViciMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = vici_monitor_get_property;
  object_class->set_property = vici_monitor_set_property;
  object_class->constructed = vici_monitor_constructed;
  object_class->dispose = vici_monitor_dispose;
  object_class->finalize = vici_monitor_finalize;

  install_state (flags);
  install_lists (flags);
  install_looking (flags | G_PARAM_WRITABLE);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_monitor_init (ViciMonitor *self)
{
  self->refresh_interval = DEFAULT_REFRESH_INTERVAL;
  self->follow_log = TRUE;
}
