/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-log-model-private.h"

#include "vici-log-item-private.h"
#include "vici-log-ring.h"

/**
 * SECTION:vici-log-model
 * @title: ViciLogModel
 * @short_description: What a daemon has logged lately
 *
 * A list of #ViciLogItem, the oldest first: what the daemon has logged since it is
 * listened to. It has no more than #ViciLogModel:max-items of them, and lets the oldest go
 * for the newest. A #ViciMonitor has one: vici_monitor_get_log().
 *
 * |[<!-- language="Python" -->
 * def on_items_changed(log, position, removed, added):
 *     for item in log[position:position + added]:
 *         print(item.get_time().format("%T"), item.get_text())
 *
 * monitor.get_log().connect("items-changed", on_items_changed)
 * ]|
 *
 * What arrives in one turn of the main loop is told together: once for what goes at the
 * head, if anything does, and once for what comes at the tail; or once for both, when
 * nothing stays.
 *
 * A handler of #GListModel::items-changed may call vici_log_model_clear() and
 * vici_log_model_set_max_items(). The list then changes when all handlers have been
 * called, so that each of them is told of the changes in their order.
 *
 * Since: 1.0
 */

#define DEFAULT_MAX_ITEMS 1000

/**
 * ViciLogModel:
 *
 * What a daemon has logged lately.
 *
 * Since: 1.0
 */
struct _ViciLogModel
{
  GObject     parent_instance;

  ViciLogRing items;
  ViciLogRing pending;          /* until the flush; no more than max_items */
  guint       max_items;
  gboolean    clearing;         /* what is in the list has to go */
  gboolean    flushing;         /* what is pending has to come */
  gboolean    changing;         /* handlers are told of a change */
};

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciLogModel, vici_log_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

enum
{
  PROP_MAX_ITEMS = 1,
  PROP_N_ITEMS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* -- The list -- */

static GType
get_item_type (GListModel *model)
{
  return VICI_TYPE_LOG_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return VICI_LOG_MODEL (model)->items.length;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  ViciLogModel *self = VICI_LOG_MODEL (model);

  if (position >= self->items.length)
    return NULL;

  return g_object_ref (vici_log_ring_get (&self->items, position));
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* -- Changes -- */

/* Lets the oldest go until there are no more than so many. */
static void
trim (ViciLogRing *ring,
      guint        max)
{
  if (ring->length > max)
    vici_log_ring_drop (ring, ring->length - max);
}

/* How many of the list have to go, for what is to come and by what was asked. */
static guint
count_leaving (ViciLogModel *self,
               guint         n_coming)
{
  guint n_staying = MIN (self->items.length, self->max_items - n_coming);

  return self->clearing ? self->items.length : self->items.length - n_staying;
}

/* Makes and tells one change. Returns: %FALSE: there was none to make. */
static gboolean
change (ViciLogModel *self)
{
  guint n_coming = self->flushing ? self->pending.length : 0;
  guint n_leaving = count_leaving (self, n_coming);
  guint n_staying = self->items.length - n_leaving;

  self->clearing = FALSE;
  vici_log_ring_drop (&self->items, n_leaving);

  /* The head and the tail do not make one change; they do when nothing is between. */
  if (n_leaving > 0 && n_staying > 0)
    {
      g_list_model_items_changed (G_LIST_MODEL (self), 0, n_leaving, 0);
      return TRUE;
    }

  self->flushing = FALSE;
  for (guint i = 0; i < n_coming; i++)
    vici_log_ring_push (&self->items, vici_log_ring_pop (&self->pending));

  if (n_leaving == 0 && n_coming == 0)
    return FALSE;

  g_list_model_items_changed (G_LIST_MODEL (self), n_staying, n_leaving, n_coming);
  return TRUE;
}

/* Brings the list up to date. Called from a handler, it leaves that to the call that the
 * handler is told by: a change within a change would reach the next handlers first. */
static void
update (ViciLogModel *self)
{
  guint length;

  if (self->changing)
    return;

  g_object_ref (self);
  self->changing = TRUE;
  length = self->items.length;
  while (change (self))
    ;
  self->changing = FALSE;
  if (length != self->items.length)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
  g_object_unref (self);
}

/* -- For monitors -- */

ViciLogModel *
vici_log_model_new (void)
{
  return g_object_new (VICI_TYPE_LOG_MODEL, NULL);
}

void
vici_log_model_push (ViciLogModel *self,
                     ViciLogEntry *entry)
{
  if (self->max_items == 0)
    return;

  trim (&self->pending, self->max_items - 1);
  vici_log_ring_push (&self->pending, vici_log_item_new (entry));
}

gboolean
vici_log_model_flush (ViciLogModel *self)
{
  if (self->pending.length == 0)
    return FALSE;

  self->flushing = TRUE;
  update (self);

  return TRUE;
}

/* -- For all -- */

/**
 * vici_log_model_clear:
 * @self: a log
 *
 * Empties the log. What is logged from here on is in it again.
 *
 * Since: 1.0
 */
void
vici_log_model_clear (ViciLogModel *self)
{
  g_return_if_fail (VICI_IS_LOG_MODEL (self));

  trim (&self->pending, 0);
  self->clearing = TRUE;
  update (self);
}

/**
 * vici_log_model_get_max_items:
 * @self: a log
 *
 * Gets #ViciLogModel:max-items.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
vici_log_model_get_max_items (ViciLogModel *self)
{
  g_return_val_if_fail (VICI_IS_LOG_MODEL (self), 0);

  return self->max_items;
}

/**
 * vici_log_model_set_max_items:
 * @self: a log
 * @max_items: how many items are kept; 0: none
 *
 * Sets #ViciLogModel:max-items.
 *
 * Since: 1.0
 */
void
vici_log_model_set_max_items (ViciLogModel *self,
                              guint         max_items)
{
  g_return_if_fail (VICI_IS_LOG_MODEL (self));

  if (self->max_items == max_items)
    return;

  g_object_ref (self);
  self->max_items = max_items;
  trim (&self->pending, max_items);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_ITEMS]);
  g_object_unref (self);
}

static void
vici_log_model_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ViciLogModel *self = VICI_LOG_MODEL (object);

  switch (property_id)
    {
    case PROP_MAX_ITEMS:
      g_value_set_uint (value, self->max_items);
      break;

    case PROP_N_ITEMS:
      g_value_set_uint (value, self->items.length);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_log_model_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_MAX_ITEMS:
      vici_log_model_set_max_items (VICI_LOG_MODEL (object), g_value_get_uint (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_log_model_finalize (GObject *object)
{
  ViciLogModel *self = VICI_LOG_MODEL (object);

  trim (&self->items, 0);
  trim (&self->pending, 0);

  G_OBJECT_CLASS (vici_log_model_parent_class)->finalize (object);
}

static void
vici_log_model_class_init (ViciLogModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_log_model_get_property;
  object_class->set_property = vici_log_model_set_property;
  object_class->finalize = vici_log_model_finalize;

  /**
   * ViciLogModel:max-items:
   *
   * How many items are kept: the oldest go when there are more. With 0 none are.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_ITEMS] =
    g_param_spec_uint ("max-items", NULL, NULL, 0, G_MAXUINT, DEFAULT_MAX_ITEMS,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciLogModel:n-items:
   *
   * How many items there are.
   *
   * Since: 1.0
   */
  properties[PROP_N_ITEMS] =
    g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_log_model_init (ViciLogModel *self)
{
  self->max_items = DEFAULT_MAX_ITEMS;
}
