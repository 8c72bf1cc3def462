/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-session.h"

#include "applet-keeper.h"

/* What all parts of the window share: the monitor, the one timer by which the times
 * in it go on, and what was asked of connections. */

struct _AppletSession
{
  GObject      parent_instance;

  ViciMonitor *monitor;
  AppletStore *store;           /* of the monitor */
  gboolean     seen;            /* there is a window, and it is not minimised */
  guint        tick_id;         /* 0 while nothing changes by time alone */
  GHashTable  *operations;      /* ViciConnItem (owned) → Operation (owned by its callback) */
};

/* A connection that is being switched. */
typedef struct
{
  AppletSession  *session;
  ViciConnItem   *item;
  ViciControlLog *log;
  GCancellable   *cancellable;
  gboolean        on;
} Operation;

enum
{
  PROP_MONITOR = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

enum
{
  SIGNAL_TICK,
  SIGNAL_BEFORE_UP,
  SIGNAL_CHANGED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* How often counters are asked for while something is up, and how often it is looked
 * whether all is as it was told while nothing is; in milliseconds. */
#define BUSY_INTERVAL 1000
#define QUIET_INTERVAL 5000

/* Where an item has the log of how it failed. */
#define FAILURE_LOG "applet-failure-log"

G_DEFINE_FINAL_TYPE (AppletSession, applet_session, G_TYPE_OBJECT)

static void
operation_free (Operation *operation)
{
  g_object_unref (operation->session);
  g_object_unref (operation->item);
  g_object_unref (operation->log);
  g_object_unref (operation->cancellable);
  g_free (operation);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Operation, operation_free)

static gboolean
on_tick (gpointer user_data)
{
  AppletSession *self = user_data;

  g_signal_emit (self, signals[SIGNAL_TICK], 0);

  return G_SOURCE_CONTINUE;
}

/* The timer runs while something is up and somebody looks: an idle applet sleeps. */
static void
update_timer (AppletSession *self)
{
  gboolean up = g_list_model_get_n_items (vici_monitor_get_ike_sas (self->monitor)) > 0;
  gboolean wanted = self->seen && up;

  vici_monitor_set_refresh_interval (self->monitor, up ? BUSY_INTERVAL : QUIET_INTERVAL);
  if (wanted && self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (1, on_tick, self);
  else if (!wanted)
    g_clear_handle_id (&self->tick_id, g_source_remove);
}

/**
 * applet_session_set_seen:
 *
 * Tells whether somebody looks: counters and times go on only then.
 */
void
applet_session_set_seen (AppletSession *self,
                         gboolean       seen)
{
  if (self->seen == seen)
    return;

  self->seen = seen;
  vici_monitor_set_active (self->monitor, seen);
  update_timer (self);
}

ViciMonitor *
applet_session_get_monitor (AppletSession *self)
{
  return self->monitor;
}

static void
on_switched (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Operation) operation = user_data;
  AppletSession *self = operation->session;
  ViciConnItem *item = operation->item;
  g_autoptr (GError) error = NULL;
  gboolean done;
  gboolean failed;

  if (operation->on)
    done = vici_conn_item_up_finish (item, result, &error);
  else
    done = vici_conn_item_down_finish (item, result, &error);

  /* It may have been cancelled, and another one begun. */
  if (g_hash_table_lookup (self->operations, item) == operation)
    g_hash_table_remove (self->operations, item);

  failed = !done && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  if (failed)
    g_object_set_data_full (G_OBJECT (item), FAILURE_LOG, g_object_ref (operation->log), g_object_unref);

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);

  if (failed)
    {
      const char *reason = operation->on ? vici_conn_item_get_reason (item) : NULL;

      g_signal_emit (self, signals[SIGNAL_FAILED], 0, item, operation->log,
                     reason != NULL ? reason : error->message);
    }
}

/* Whether something else has to be done first, which somebody has begun to do. */
static gboolean
is_held_up (AppletSession *self,
            ViciConnItem  *item)
{
  gboolean held_up = FALSE;

  g_signal_emit (self, signals[SIGNAL_BEFORE_UP], 0, item, &held_up);
  if (held_up)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);

  return held_up;
}

/**
 * applet_session_switch:
 *
 * Brings a connection up or down. Asked again before that has ended, it cancels, and
 * the daemon gives up what it has begun.
 */
void
applet_session_switch (AppletSession *self,
                       ViciConnItem  *item,
                       gboolean       on)
{
  Operation *operation = g_hash_table_lookup (self->operations, item);

  if (operation != NULL)
    {
      if (operation->on == on && !g_cancellable_is_cancelled (operation->cancellable))
        return;

      g_cancellable_cancel (operation->cancellable);
      if (operation->on && !on)
        return;
    }

  if (on && is_held_up (self, item))
    return;

  g_object_set_data (G_OBJECT (item), FAILURE_LOG, NULL);

  operation = g_new (Operation, 1);
  operation->session = g_object_ref (self);
  operation->item = g_object_ref (item);
  operation->log = vici_control_log_new ();
  operation->cancellable = g_cancellable_new ();
  operation->on = on;
  g_hash_table_replace (self->operations, g_object_ref (item), operation);

  if (on)
    vici_conn_item_up_async (item, NULL, operation->log, operation->cancellable,
                             on_switched, operation);
  else
    vici_conn_item_down_async (item, NULL, operation->log, operation->cancellable,
                               on_switched, operation);
}

/**
 * applet_session_get_failure_log:
 *
 * Returns: (transfer none) (nullable): what was logged when the connection was switched
 *   last, if that failed
 */
ViciControlLog *
applet_session_get_failure_log (AppletSession *self,
                                ViciConnItem  *item)
{
  return g_object_get_data (G_OBJECT (item), FAILURE_LOG);
}

/**
 * applet_session_needs_secret:
 *
 * Returns: whether the connection was made here, and the daemon does not have its
 *   secret any more
 */
gboolean
applet_session_needs_secret (AppletSession *self,
                             ViciConnItem  *item)
{
  return applet_store_is_locked (self->store, vici_item_get_name (VICI_ITEM (item)));
}

static void
on_locked (AppletSession *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
applet_session_constructed (GObject *object)
{
  AppletSession *self = APPLET_SESSION (object);

  G_OBJECT_CLASS (applet_session_parent_class)->constructed (object);

  self->store = g_object_ref (applet_keeper_get_store (self->monitor));
  g_signal_connect_object (self->store, "locked", G_CALLBACK (on_locked), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (vici_monitor_get_ike_sas (self->monitor), "items-changed",
                           G_CALLBACK (update_timer), self, G_CONNECT_SWAPPED);
  update_timer (self);
}

static void
applet_session_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  AppletSession *self = APPLET_SESSION (object);

  switch (prop_id)
    {
    case PROP_MONITOR:
      g_value_set_object (value, self->monitor);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_session_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  AppletSession *self = APPLET_SESSION (object);

  switch (prop_id)
    {
    case PROP_MONITOR:
      self->monitor = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_session_finalize (GObject *object)
{
  AppletSession *self = APPLET_SESSION (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_hash_table_unref (self->operations);
  g_object_unref (self->store);
  g_object_unref (self->monitor);

  G_OBJECT_CLASS (applet_session_parent_class)->finalize (object);
}

static void
applet_session_class_init (AppletSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = applet_session_constructed;
  object_class->get_property = applet_session_get_property;
  object_class->set_property = applet_session_set_property;
  object_class->finalize = applet_session_finalize;

  properties[PROP_MONITOR] =
    g_param_spec_object ("monitor", NULL, NULL, VICI_TYPE_MONITOR,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /* A second has passed. */
  signals[SIGNAL_TICK] =
    g_signal_new ("tick", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  /* A connection is to be brought up; TRUE: not now. */
  signals[SIGNAL_BEFORE_UP] =
    g_signal_new ("before-up", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  g_signal_accumulator_true_handled, NULL, NULL,
                  G_TYPE_BOOLEAN, 1, VICI_TYPE_CONN_ITEM);

  /* Something is to be shown of connections that their items do not tell: one is not
   * being switched any more, or its secret was lost or found. */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);

  /* It could not be switched; what was logged and the reason. */
  signals[SIGNAL_FAILED] =
    g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, VICI_TYPE_CONN_ITEM, VICI_TYPE_CONTROL_LOG, G_TYPE_STRING);
}

static void
applet_session_init (AppletSession *self)
{
  self->operations = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

AppletSession *
applet_session_new (ViciMonitor *monitor)
{
  return g_object_new (APPLET_TYPE_SESSION, "monitor", monitor, NULL);
}
