/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-log-item-private.h"

/**
 * SECTION:vici-log-item
 * @title: ViciLogItem
 * @short_description: A line of the daemon's log, with its time
 *
 * What a #ViciLogModel is made of: a #ViciLogEntry, and when it arrived. The daemon does
 * not tell the time. An item never changes. One that no model has made has no entry.
 *
 * Since: 1.0
 */

/**
 * ViciLogItem:
 *
 * A line of the daemon's log, with its time.
 *
 * Since: 1.0
 */
struct _ViciLogItem
{
  GObject       parent_instance;

  ViciLogEntry *entry;          /* NULL: no model has made it */
  gint64        arrival;        /* in µs of real time */
  GDateTime    *time;           /* the same; NULL: nobody has asked yet */
};

G_DEFINE_FINAL_TYPE (ViciLogItem, vici_log_item, G_TYPE_OBJECT)

enum
{
  PROP_ENTRY = 1,
  PROP_TIME,
  PROP_GROUP,
  PROP_LEVEL,
  PROP_TEXT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

ViciLogItem *
vici_log_item_new (ViciLogEntry *entry)
{
  ViciLogItem *self = g_object_new (VICI_TYPE_LOG_ITEM, NULL);

  self->entry = g_object_ref (entry);

  return self;
}

/**
 * vici_log_item_get_entry:
 * @self: a line of the log
 *
 * Gets #ViciLogItem:entry.
 *
 * Returns: (nullable) (transfer none): the entry
 *
 * Since: 1.0
 */
ViciLogEntry *
vici_log_item_get_entry (ViciLogItem *self)
{
  g_return_val_if_fail (VICI_IS_LOG_ITEM (self), NULL);

  return self->entry;
}

/**
 * vici_log_item_get_time:
 * @self: a line of the log
 *
 * Gets #ViciLogItem:time.
 *
 * Returns: (transfer none): the time
 *
 * Since: 1.0
 */
GDateTime *
vici_log_item_get_time (ViciLogItem *self)
{
  g_return_val_if_fail (VICI_IS_LOG_ITEM (self), NULL);

  if (self->time == NULL)
    {
      g_autoptr (GDateTime) second = g_date_time_new_from_unix_local (self->arrival / G_USEC_PER_SEC);

      self->time = g_date_time_add (second, self->arrival % G_USEC_PER_SEC);
    }

  return self->time;
}

/**
 * vici_log_item_get_group:
 * @self: a line of the log
 *
 * Gets #ViciLogItem:group.
 *
 * Returns: the part of the daemon
 *
 * Since: 1.0
 */
ViciLogGroup
vici_log_item_get_group (ViciLogItem *self)
{
  g_return_val_if_fail (VICI_IS_LOG_ITEM (self), VICI_LOG_GROUP_UNKNOWN);

  return self->entry ? vici_log_entry_get_group (self->entry) : VICI_LOG_GROUP_UNKNOWN;
}

/**
 * vici_log_item_get_level:
 * @self: a line of the log
 *
 * Gets #ViciLogItem:level.
 *
 * Returns: the level
 *
 * Since: 1.0
 */
guint
vici_log_item_get_level (ViciLogItem *self)
{
  g_return_val_if_fail (VICI_IS_LOG_ITEM (self), 0);

  return self->entry ? vici_log_entry_get_level (self->entry) : 0;
}

/**
 * vici_log_item_get_text:
 * @self: a line of the log
 *
 * Gets #ViciLogItem:text.
 *
 * Returns: (nullable): the text, or %NULL
 *
 * Since: 1.0
 */
const char *
vici_log_item_get_text (ViciLogItem *self)
{
  g_return_val_if_fail (VICI_IS_LOG_ITEM (self), NULL);

  return self->entry ? vici_log_entry_get_text (self->entry) : NULL;
}

static void
vici_log_item_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  ViciLogItem *self = VICI_LOG_ITEM (object);

  switch (property_id)
    {
    case PROP_ENTRY:
      g_value_set_object (value, self->entry);
      break;

    case PROP_TIME:
      g_value_set_boxed (value, vici_log_item_get_time (self));
      break;

    case PROP_GROUP:
      g_value_set_enum (value, vici_log_item_get_group (self));
      break;

    case PROP_LEVEL:
      g_value_set_uint (value, vici_log_item_get_level (self));
      break;

    case PROP_TEXT:
      g_value_set_string (value, vici_log_item_get_text (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_log_item_finalize (GObject *object)
{
  ViciLogItem *self = VICI_LOG_ITEM (object);

  g_clear_object (&self->entry);
  g_clear_pointer (&self->time, g_date_time_unref);

  G_OBJECT_CLASS (vici_log_item_parent_class)->finalize (object);
}

static void
vici_log_item_class_init (ViciLogItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_log_item_get_property;
  object_class->finalize = vici_log_item_finalize;

  /**
   * ViciLogItem:entry:
   *
   * What the daemon has said, with all that belongs to it.
   *
   * Wire: the event `log`.
   *
   * Since: 1.0
   */
  properties[PROP_ENTRY] =
    g_param_spec_object ("entry", NULL, NULL, VICI_TYPE_LOG_ENTRY,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ViciLogItem:time:
   *
   * When the entry has arrived, as local time.
   *
   * Since: 1.0
   */
  properties[PROP_TIME] =
    g_param_spec_boxed ("time", NULL, NULL, G_TYPE_DATE_TIME,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ViciLogItem:group:
   *
   * The part of the daemon that it comes from: #ViciLogEntry:group.
   *
   * Since: 1.0
   */
  properties[PROP_GROUP] =
    g_param_spec_enum ("group", NULL, NULL, VICI_TYPE_LOG_GROUP, VICI_LOG_GROUP_UNKNOWN,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ViciLogItem:level:
   *
   * How much it goes into detail, from 0 for what matters to 4: #ViciLogEntry:level.
   *
   * Since: 1.0
   */
  properties[PROP_LEVEL] =
    g_param_spec_uint ("level", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ViciLogItem:text:
   *
   * The text: #ViciLogEntry:text.
   *
   * Since: 1.0
   */
  properties[PROP_TEXT] =
    g_param_spec_string ("text", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_log_item_init (ViciLogItem *self)
{
  self->arrival = g_get_real_time ();
}
