/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-control-log-private.h"

#include "vici-daemon-enum-types.h"

/**
 * SECTION:vici-control-log
 * @title: ViciControlLog
 * @short_description: What a daemon says while it brings something up or down
 *
 * A #ViciControlLog is given to vici_daemon_initiate_async() or
 * vici_daemon_terminate_async(), and fills while the daemon works: it is a list of
 * #ViciLogEntry, and #ViciControlLog::entry tells of each. When the command has ended
 * it says why it failed, as far as the daemon has told.
 *
 * |[<!-- language="C" -->
 * static void
 * on_initiated (GObject *source, GAsyncResult *result, gpointer user_data)
 * {
 *   g_autoptr (ViciControlLog) log = user_data;
 *   g_autoptr (GError) error = NULL;
 *
 *   if (!vici_daemon_initiate_finish (VICI_DAEMON (source), result, &error))
 *     g_printerr ("%s: %s\n", error->message,
 *                 vici_failure_to_string (vici_control_log_get_failure (log)));
 * }
 *
 * ViciControlLog *log = vici_control_log_new ();
 *
 * vici_daemon_initiate_async (daemon, "home", "net", NULL, log, NULL, on_initiated, log);
 * ]|
 *
 * A log serves one command at a time. Given to another one, it is emptied.
 *
 * Since: 1.0
 */

/**
 * ViciControlLog:
 *
 * What a daemon says while it brings something up or down.
 *
 * Since: 1.0
 */

#define DEFAULT_MAX_ENTRIES 1000

struct _ViciControlLog
{
  GObject     parent_instance;

  GListStore *entries;
  guint       max_entries;
  ViciFailure failure;
  guint       ike_sa_id;
  guint       child_sa_id;
  gboolean    in_use;           /* by a command */
};

enum
{
  PROP_MAX_ENTRIES = 1,
  PROP_FAILURE,
  PROP_IKE_SA_ID,
  PROP_CHILD_SA_ID,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

enum
{
  SIGNAL_ENTRY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciControlLog, vici_control_log, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* -- The list -- */

static GType
get_item_type (GListModel *model)
{
  return VICI_TYPE_LOG_ENTRY;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (VICI_CONTROL_LOG (model)->entries));
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (VICI_CONTROL_LOG (model)->entries), position);
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* Lets the oldest go until there are no more than so many. */
static void
trim (ViciControlLog *self,
      guint           max)
{
  guint n = get_n_items (G_LIST_MODEL (self));

  if (n > max)
    g_list_store_splice (self->entries, 0, n - max, NULL, 0);
}

/* -- For the commands -- */

gboolean
vici_control_log_is_in_use (ViciControlLog *self)
{
  return self->in_use;
}

static void
set_failure (ViciControlLog *self,
             ViciFailure     failure)
{
  if (self->failure == failure)
    return;

  self->failure = failure;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FAILURE]);
}

void
vici_control_log_begin (ViciControlLog *self)
{
  self->in_use = TRUE;
  trim (self, 0);
  set_failure (self, VICI_FAILURE_NONE);
  vici_control_log_set_ids (self, 0, 0);
}

void
vici_control_log_end (ViciControlLog *self,
                      ViciFailure     failure)
{
  self->in_use = FALSE;
  set_failure (self, failure);
}

void
vici_control_log_add (ViciControlLog *self,
                      ViciLogEntry   *entry)
{
  trim (self, self->max_entries - 1);
  g_list_store_append (self->entries, entry);
  g_signal_emit (self, signals[SIGNAL_ENTRY], 0, entry);
}

void
vici_control_log_set_ids (ViciControlLog *self,
                          guint           ike_sa_id,
                          guint           child_sa_id)
{
  gboolean other_ike_sa = self->ike_sa_id != ike_sa_id;
  gboolean other_child_sa = self->child_sa_id != child_sa_id;

  self->ike_sa_id = ike_sa_id;
  self->child_sa_id = child_sa_id;

  if (other_ike_sa)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IKE_SA_ID]);
  if (other_child_sa)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHILD_SA_ID]);
}

/* -- Properties -- */

/**
 * vici_control_log_new:
 *
 * Makes an empty log.
 *
 * Returns: (transfer full): the log
 *
 * Since: 1.0
 */
ViciControlLog *
vici_control_log_new (void)
{
  return g_object_new (VICI_TYPE_CONTROL_LOG, NULL);
}

/**
 * vici_control_log_get_max_entries:
 * @self: a log
 *
 * Gets #ViciControlLog:max-entries.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
vici_control_log_get_max_entries (ViciControlLog *self)
{
  g_return_val_if_fail (VICI_IS_CONTROL_LOG (self), 0);

  return self->max_entries;
}

/**
 * vici_control_log_set_max_entries:
 * @self: a log
 * @max_entries: how many entries are kept, at least 1
 *
 * Sets #ViciControlLog:max-entries.
 *
 * Since: 1.0
 */
void
vici_control_log_set_max_entries (ViciControlLog *self,
                                  guint           max_entries)
{
  g_return_if_fail (VICI_IS_CONTROL_LOG (self));
  g_return_if_fail (max_entries > 0);

  if (self->max_entries == max_entries)
    return;

  self->max_entries = max_entries;
  trim (self, max_entries);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_ENTRIES]);
}

/**
 * vici_control_log_get_failure:
 * @self: a log
 *
 * Gets #ViciControlLog:failure.
 *
 * Returns: the reason
 *
 * Since: 1.0
 */
ViciFailure
vici_control_log_get_failure (ViciControlLog *self)
{
  g_return_val_if_fail (VICI_IS_CONTROL_LOG (self), VICI_FAILURE_NONE);

  return self->failure;
}

/**
 * vici_control_log_get_ike_sa_id:
 * @self: a log
 *
 * Gets #ViciControlLog:ike-sa-id.
 *
 * Returns: the unique id; 0 if it is not known
 *
 * Since: 1.0
 */
guint
vici_control_log_get_ike_sa_id (ViciControlLog *self)
{
  g_return_val_if_fail (VICI_IS_CONTROL_LOG (self), 0);

  return self->ike_sa_id;
}

/**
 * vici_control_log_get_child_sa_id:
 * @self: a log
 *
 * Gets #ViciControlLog:child-sa-id.
 *
 * Returns: the unique id; 0 if it is not known
 *
 * Since: 1.0
 */
guint
vici_control_log_get_child_sa_id (ViciControlLog *self)
{
  g_return_val_if_fail (VICI_IS_CONTROL_LOG (self), 0);

  return self->child_sa_id;
}

static void
vici_control_log_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  ViciControlLog *self = VICI_CONTROL_LOG (object);

  switch (property_id)
    {
    case PROP_MAX_ENTRIES:
      g_value_set_uint (value, self->max_entries);
      break;

    case PROP_FAILURE:
      g_value_set_enum (value, self->failure);
      break;

    case PROP_IKE_SA_ID:
      g_value_set_uint (value, self->ike_sa_id);
      break;

    case PROP_CHILD_SA_ID:
      g_value_set_uint (value, self->child_sa_id);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_control_log_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_MAX_ENTRIES:
      vici_control_log_set_max_entries (VICI_CONTROL_LOG (object), g_value_get_uint (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_control_log_finalize (GObject *object)
{
  ViciControlLog *self = VICI_CONTROL_LOG (object);

  g_clear_object (&self->entries);

  G_OBJECT_CLASS (vici_control_log_parent_class)->finalize (object);
}

static void
vici_control_log_class_init (ViciControlLogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_control_log_get_property;
  object_class->set_property = vici_control_log_set_property;
  object_class->finalize = vici_control_log_finalize;

  /**
   * ViciControlLog:max-entries:
   *
   * How many entries are kept: the oldest go when there are more.
   * #ViciControlLog::entry tells of all.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_ENTRIES] =
    g_param_spec_uint ("max-entries", NULL, NULL, 1, G_MAXUINT, DEFAULT_MAX_ENTRIES,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciControlLog:failure:
   *
   * Why the command has failed. It is set before the command's callback is called,
   * and %VICI_FAILURE_NONE until then, and after a success.
   *
   * It is found among what the daemon says, whatever log level was asked for.
   *
   * Since: 1.0
   */
  properties[PROP_FAILURE] =
    g_param_spec_enum ("failure", NULL, NULL, VICI_TYPE_FAILURE, VICI_FAILURE_NONE,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ViciControlLog:ike-sa-id:
   *
   * The unique id of the IKE_SA that an `initiate` has set up, or has found there to
   * use; 0 until the daemon has told.
   *
   * Since: 1.0
   */
  properties[PROP_IKE_SA_ID] =
    g_param_spec_uint ("ike-sa-id", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ViciControlLog:child-sa-id:
   *
   * The unique id of the CHILD_SA that an `initiate` sets up; 0 until the daemon has
   * told.
   *
   * Since: 1.0
   */
  properties[PROP_CHILD_SA_ID] =
    g_param_spec_uint ("child-sa-id", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * ViciControlLog::entry:
   * @self: the log
   * @entry: the entry
   *
   * The daemon has said something. It is in the list already.
   *
   * Wire: the event `control-log`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_ENTRY] =
    g_signal_new ("entry", VICI_TYPE_CONTROL_LOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_LOG_ENTRY);
}

static void
vici_control_log_init (ViciControlLog *self)
{
  self->max_entries = DEFAULT_MAX_ENTRIES;
  self->entries = g_list_store_new (VICI_TYPE_LOG_ENTRY);
  g_signal_connect_swapped (self->entries, "items-changed",
                            G_CALLBACK (g_list_model_items_changed), self);
}
