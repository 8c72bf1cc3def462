/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-ike-sa-item-private.h"

#include "vici-child-sa-item-private.h"
#include "vici-conn-item-private.h"
#include "vici-daemon-enum-types.h"
#include "vici-i18n.h"
#include "vici-item-list.h"
#include "vici-item-private.h"
#include "vici-moment.h"

/**
 * SECTION:vici-ike-sa-item
 * @title: ViciIkeSaItem
 * @short_description: An IKE_SA that is up to date
 *
 * An IKE_SA in the lists of a #ViciMonitor and of its #ViciConnItem. It stays the
 * same object when the IKE_SA is rekeyed, though that gives it another unique id. One
 * that turns out to be of another connection while it is being set up is another object
 * from then on.
 *
 * Its CHILD_SAs are a list of its own, as GtkTreeListModel wants it:
 *
 * |[<!-- language="C" -->
 * static GListModel *
 * list_children (gpointer item, gpointer user_data)
 * {
 *   return VICI_IS_IKE_SA_ITEM (item) ? g_object_ref (vici_ike_sa_item_get_child_sas (item)) : NULL;
 * }
 *
 * tree = gtk_tree_list_model_new (g_object_ref (vici_monitor_get_ike_sas (monitor)),
 *                                 FALSE, TRUE, list_children, NULL, NULL);
 * ]|
 *
 * #ViciItem:record is a #ViciIkeSa. Where an event of a CHILD_SA was the last that
 * the daemon has said, it holds that CHILD_SA alone: #ViciIkeSaItem:child-sas has all.
 *
 * Since: 1.0
 */

/**
 * ViciIkeSaItem:
 *
 * An IKE_SA that is up to date.
 *
 * Since: 1.0
 */

struct _ViciIkeSaItem
{
  ViciItem       parent_instance;

  guint          unique_id;
  guint64        initiator_spi;
  ViciIkeSaState state;
  ViciMoment     established;
  GQueue         children;      /* as they are now */
  ViciItemList  *child_sas;     /* as they were told */
  ViciConnItem  *conn;          /* NULL: none; has this in its list */
  ViciTally      tally;         /* of the CHILD_SAs */
  ViciTally      told;          /* what the connection knows of */
};

enum
{
  PROP_CONN = 1,
  PROP_UNIQUE_ID,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_ESTABLISHED_AT,
  PROP_CHILD_SAS,
  PROP_BYTES_IN,
  PROP_BYTES_OUT,
  PROP_RATE_IN,
  PROP_RATE_OUT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static const ViciTally nothing;

G_DEFINE_FINAL_TYPE (ViciIkeSaItem, vici_ike_sa_item, VICI_TYPE_ITEM)

/* -- Keeping up -- */

static void
notify (ViciIkeSaItem *self,
        guint          property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
vici_ike_sa_item_update (ViciIkeSaItem *self,
                         ViciIkeSa     *record)
{
  guint unique_id = vici_ike_sa_get_unique_id (record);
  ViciIkeSaState state = vici_ike_sa_get_state (record);

  if (!vici_item_set_record (self, record))
    return;

  self->initiator_spi = vici_ike_sa_get_initiator_spi (record);

  if (self->unique_id != unique_id)
    {
      self->unique_id = unique_id;
      notify (self, PROP_UNIQUE_ID);
    }

  if (self->state != state)
    {
      self->state = state;
      notify (self, PROP_STATE);
      notify (self, PROP_STATE_TEXT);
    }

  if (vici_moment_set_ago (&self->established, vici_ike_sa_get_established (record)))
    notify (self, PROP_ESTABLISHED_AT);
}

gboolean
vici_ike_sa_item_has_spi (ViciIkeSaItem *self,
                          ViciIkeSa     *record)
{
  return self->initiator_spi == vici_ike_sa_get_initiator_spi (record);
}

GList *
vici_ike_sa_item_get_children (ViciIkeSaItem *self)
{
  return self->children.head;
}

void
vici_ike_sa_item_count (ViciIkeSaItem   *self,
                        const ViciTally *before,
                        const ViciTally *now)
{
  vici_item_touch (self);
  vici_tally_replace (&self->tally, before, now);
  if (before->bytes_in != now->bytes_in)
    notify (self, PROP_BYTES_IN);
  if (before->bytes_out != now->bytes_out)
    notify (self, PROP_BYTES_OUT);
  if (before->rate_in != now->rate_in)
    notify (self, PROP_RATE_IN);
  if (before->rate_out != now->rate_out)
    notify (self, PROP_RATE_OUT);
}

void
vici_ike_sa_item_add_child (ViciIkeSaItem   *self,
                            ViciChildSaItem *child)
{
  ViciTally tally = vici_child_sa_item_weigh (child);

  vici_child_sa_item_set_ike_sa (child, self);
  g_queue_push_tail_link (&self->children, vici_child_sa_item_get_link (g_object_ref (child)));
  vici_item_list_add (self->child_sas, child);
  vici_ike_sa_item_count (self, &nothing, &tally);
}

void
vici_ike_sa_item_remove_child (ViciIkeSaItem   *self,
                               ViciChildSaItem *child)
{
  ViciTally tally = vici_child_sa_item_weigh (child);

  vici_ike_sa_item_count (self, &tally, &nothing);
  vici_item_list_remove (self->child_sas, child);
  g_queue_unlink (&self->children, vici_child_sa_item_get_link (child));
  vici_child_sa_item_set_ike_sa (child, NULL);
  g_object_unref (child);
}

void
vici_ike_sa_item_set_conn (ViciIkeSaItem *self,
                           ViciConnItem  *conn)
{
  if (self->conn != NULL)
    {
      vici_conn_item_count (self->conn, &self->told, &nothing);
      vici_conn_item_remove_ike_sa (self->conn, self);
    }

  vici_item_touch (self);
  self->conn = conn;
  self->told = nothing;
  notify (self, PROP_CONN);

  if (conn != NULL)
    vici_conn_item_add_ike_sa (conn, self);
}

gboolean
vici_ike_sa_item_is_settled (ViciIkeSaItem *self)
{
  return (self->state == VICI_IKE_SA_STATE_ESTABLISHED ||
          self->state == VICI_IKE_SA_STATE_PASSIVE) &&
         self->tally.child_sas_passing == 0;
}

gboolean
vici_ike_sa_item_has_child_up (ViciIkeSaItem *self,
                               const char    *child)
{
  for (GList *link = self->children.head; link != NULL; link = link->next)
    {
      ViciTally tally = vici_child_sa_item_weigh (link->data);

      if (tally.child_sas_up > 0 && g_strcmp0 (vici_item_get_name (link->data), child) == 0)
        return TRUE;
    }

  return FALSE;
}

gboolean
vici_ike_sa_item_is_up (ViciIkeSaItem *self)
{
  return self->state == VICI_IKE_SA_STATE_ESTABLISHED ||
         self->state == VICI_IKE_SA_STATE_REKEYING;
}

static gboolean
is_coming (ViciIkeSaItem *self)
{
  return self->state == VICI_IKE_SA_STATE_CREATED || self->state == VICI_IKE_SA_STATE_CONNECTING;
}

void
vici_ike_sa_item_flush (ViciIkeSaItem *self)
{
  ViciTally tally = self->tally;

  vici_item_list_flush (self->child_sas);

  tally.ike_sas_up = vici_ike_sa_item_is_up (self) ? 1 : 0;
  tally.ike_sas_coming = is_coming (self) ? 1 : 0;
  if (self->conn != NULL)
    vici_conn_item_count (self->conn, &self->told, &tally);
  self->told = tally;
}

ViciIkeSaItem *
vici_ike_sa_item_new (ViciIkeSa *record,
                      ViciTurn  *turn)
{
  ViciIkeSaItem *self =
    vici_item_new (VICI_TYPE_IKE_SA_ITEM, vici_ike_sa_get_name (record), turn);

  vici_ike_sa_item_update (self, record);

  return self;
}

/* -- Properties -- */

/**
 * vici_ike_sa_item_get_conn:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:conn.
 *
 * Returns: (nullable) (transfer none): the item of the connection
 *
 * Since: 1.0
 */
ViciConnItem *
vici_ike_sa_item_get_conn (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), NULL);

  return self->conn;
}

/**
 * vici_ike_sa_item_get_unique_id:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:unique-id.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
vici_ike_sa_item_get_unique_id (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), 0);

  return self->unique_id;
}

/**
 * vici_ike_sa_item_get_state:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:state.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
ViciIkeSaState
vici_ike_sa_item_get_state (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), VICI_IKE_SA_STATE_UNKNOWN);

  return self->state;
}

/**
 * vici_ike_sa_item_get_state_text:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:state-text.
 *
 * Returns: (nullable): a word, in the user's language
 *
 * Since: 1.0
 */
const char *
vici_ike_sa_item_get_state_text (ViciIkeSaItem *self)
{
  ViciRecord *record;

  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), NULL);

  record = vici_item_get_record (VICI_ITEM (self));
  switch (self->state)
    {
    case VICI_IKE_SA_STATE_CREATED:
    case VICI_IKE_SA_STATE_CONNECTING:
      return _("Connecting");
    case VICI_IKE_SA_STATE_ESTABLISHED:
      return _("Established");
    case VICI_IKE_SA_STATE_PASSIVE:
      return _("Standby");
    case VICI_IKE_SA_STATE_REKEYING:
      return _("Rekeying");
    case VICI_IKE_SA_STATE_REKEYED:
      return _("Replaced");
    case VICI_IKE_SA_STATE_DELETING:
    case VICI_IKE_SA_STATE_DESTROYING:
      return _("Closing");
    case VICI_IKE_SA_STATE_UNKNOWN:
    default:
      return record != NULL ? vici_ike_sa_get_state_text (VICI_IKE_SA (record)) : NULL;
    }
}

/**
 * vici_ike_sa_item_get_established_at:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:established-at.
 *
 * Returns: (nullable) (transfer none): the time, in UTC
 *
 * Since: 1.0
 */
GDateTime *
vici_ike_sa_item_get_established_at (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), NULL);

  return vici_moment_get (&self->established);
}

/**
 * vici_ike_sa_item_get_child_sas:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:child-sas.
 *
 * Returns: (transfer none): a list of #ViciChildSaItem
 *
 * Since: 1.0
 */
GListModel *
vici_ike_sa_item_get_child_sas (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), NULL);

  return G_LIST_MODEL (self->child_sas);
}

/**
 * vici_ike_sa_item_get_bytes_in:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:bytes-in.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
vici_ike_sa_item_get_bytes_in (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), 0);

  return self->tally.bytes_in;
}

/**
 * vici_ike_sa_item_get_bytes_out:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:bytes-out.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
vici_ike_sa_item_get_bytes_out (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), 0);

  return self->tally.bytes_out;
}

/**
 * vici_ike_sa_item_get_rate_in:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:rate-in.
 *
 * Returns: bytes per second
 *
 * Since: 1.0
 */
guint64
vici_ike_sa_item_get_rate_in (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), 0);

  return self->tally.rate_in;
}

/**
 * vici_ike_sa_item_get_rate_out:
 * @self: an item
 *
 * Gets #ViciIkeSaItem:rate-out.
 *
 * Returns: bytes per second
 *
 * Since: 1.0
 */
guint64
vici_ike_sa_item_get_rate_out (ViciIkeSaItem *self)
{
  g_return_val_if_fail (VICI_IS_IKE_SA_ITEM (self), 0);

  return self->tally.rate_out;
}

/* -- The class -- */

static void
vici_ike_sa_item_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  ViciIkeSaItem *self = VICI_IKE_SA_ITEM (object);

  switch (property_id)
    {
    case PROP_CONN:
      g_value_set_object (value, self->conn);
      break;

    case PROP_UNIQUE_ID:
      g_value_set_uint (value, self->unique_id);
      break;

    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;

    case PROP_STATE_TEXT:
      g_value_set_string (value, vici_ike_sa_item_get_state_text (self));
      break;

    case PROP_ESTABLISHED_AT:
      g_value_set_boxed (value, vici_ike_sa_item_get_established_at (self));
      break;

    case PROP_CHILD_SAS:
      g_value_set_object (value, self->child_sas);
      break;

    case PROP_BYTES_IN:
      g_value_set_uint64 (value, self->tally.bytes_in);
      break;

    case PROP_BYTES_OUT:
      g_value_set_uint64 (value, self->tally.bytes_out);
      break;

    case PROP_RATE_IN:
      g_value_set_uint64 (value, self->tally.rate_in);
      break;

    case PROP_RATE_OUT:
      g_value_set_uint64 (value, self->tally.rate_out);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_ike_sa_item_finalize (GObject *object)
{
  ViciIkeSaItem *self = VICI_IKE_SA_ITEM (object);
  GList *link;

  /* Others may have them still. */
  while ((link = g_queue_pop_head_link (&self->children)) != NULL)
    {
      vici_child_sa_item_set_ike_sa (link->data, NULL);
      g_object_unref (link->data);
    }

  vici_moment_clear (&self->established);
  g_object_unref (self->child_sas);

  G_OBJECT_CLASS (vici_ike_sa_item_parent_class)->finalize (object);
}

static void
install_traffic (GParamFlags flags)
{
  /**
   * ViciIkeSaItem:bytes-in:
   *
   * How many bytes its CHILD_SAs have received, over all of their rekeyings.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_IN] =
    g_param_spec_uint64 ("bytes-in", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * ViciIkeSaItem:bytes-out:
   *
   * How many bytes its CHILD_SAs have sent, over all of their rekeyings.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_OUT] =
    g_param_spec_uint64 ("bytes-out", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * ViciIkeSaItem:rate-in:
   *
   * How many bytes per second its CHILD_SAs receive; 0 while nobody holds the monitor.
   *
   * Since: 1.0
   */
  properties[PROP_RATE_IN] =
    g_param_spec_uint64 ("rate-in", NULL, NULL, 0, G_MAXUINT64, 0, flags);

  /**
   * ViciIkeSaItem:rate-out:
   *
   * How many bytes per second its CHILD_SAs send; 0 while nobody holds the monitor.
   *
   * Since: 1.0
   */
  properties[PROP_RATE_OUT] =
    g_param_spec_uint64 ("rate-out", NULL, NULL, 0, G_MAXUINT64, 0, flags);
}

static void
vici_ike_sa_item_class_init (ViciIkeSaItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = vici_ike_sa_item_get_property;
  object_class->finalize = vici_ike_sa_item_finalize;

  /**
   * ViciIkeSaItem:conn:
   *
   * The connection that it belongs to. %NULL when it is gone, and for that of a peer
   * who has not said yet who it is.
   *
   * Since: 1.0
   */
  properties[PROP_CONN] =
    g_param_spec_object ("conn", NULL, NULL, VICI_TYPE_CONN_ITEM, flags);

  /**
   * ViciIkeSaItem:unique-id:
   *
   * The unique id of the IKE_SA, which changes when it is rekeyed.
   *
   * Since: 1.0
   */
  properties[PROP_UNIQUE_ID] =
    g_param_spec_uint ("unique-id", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * ViciIkeSaItem:state:
   *
   * The state of it.
   *
   * Since: 1.0
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, VICI_TYPE_IKE_SA_STATE,
                       VICI_IKE_SA_STATE_UNKNOWN, flags);

  /**
   * ViciIkeSaItem:state-text:
   *
   * The state of it, as a word for people, in their language; the daemon's own where
   * the library does not know it.
   *
   * Since: 1.0
   */
  properties[PROP_STATE_TEXT] =
    g_param_spec_string ("state-text", NULL, NULL, NULL, flags);

  /**
   * ViciIkeSaItem:established-at:
   *
   * When it was established, or rekeyed last, in UTC and to the second; %NULL if it
   * was not.
   *
   * Since: 1.0
   */
  properties[PROP_ESTABLISHED_AT] =
    g_param_spec_boxed ("established-at", NULL, NULL, G_TYPE_DATE_TIME, flags);

  /**
   * ViciIkeSaItem:child-sas:
   *
   * Its CHILD_SAs, a list of #ViciChildSaItem: always the same list.
   *
   * Since: 1.0
   */
  properties[PROP_CHILD_SAS] =
    g_param_spec_object ("child-sas", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  install_traffic (flags);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_ike_sa_item_init (ViciIkeSaItem *self)
{
  self->child_sas = vici_item_list_new (VICI_TYPE_CHILD_SA_ITEM);
}
