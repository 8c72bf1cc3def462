/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-item-private.h"

#include "vici-records.h"

/**
 * SECTION:vici-item
 * @title: ViciItem
 * @short_description: Something of a daemon's that stays, and changes
 *
 * What the lists of a #ViciMonitor hold. An item stands for one thing as long as
 * the daemon has it: the same object, from its appearing in a list to its leaving.
 * What the daemon says of it is #ViciItem:record, a #ViciRecord, which never
 * changes itself and is replaced by the next one. For GTK:
 *
 * |[<!-- language="XML" -->
 * <binding name="label">
 *   <lookup name="remote-host" type="ViciIkeSa">
 *     <lookup name="record" type="ViciItem">
 *       <lookup name="item">GtkListItem</lookup>
 *     </lookup>
 *   </lookup>
 * </binding>
 * ]|
 *
 * IKE_SAs, CHILD_SAs and connections have items of their own kinds, with properties
 * for what changes often and for what lasts longer than a record:
 * #ViciIkeSaItem, #ViciChildSaItem and #ViciConnItem. Certificates, pools and
 * authorities are plain items with a #ViciCert, a #ViciPool or a #ViciAuthority.
 *
 * All properties notify, at the end of the main loop's turn in which they have
 * changed, and each of them once.
 *
 * Since: 1.0
 */

/**
 * ViciItem:
 *
 * Something of a daemon's that stays, and changes.
 *
 * Since: 1.0
 */

typedef struct
{
  char       *name;             /* NULL: there is none, or it was not asked for yet */
  ViciRecord *record;           /* NULL: the daemon lists none */
  ViciTurn   *turn;             /* NULL: nobody keeps it up to date */
  guint       frozen_in;        /* the turn's */
} ViciItemPrivate;

enum
{
  PROP_NAME = 1,
  PROP_RECORD,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_TYPE_WITH_PRIVATE (ViciItem, vici_item, G_TYPE_OBJECT)

static ViciItemPrivate *
get_private (gpointer self)
{
  return vici_item_get_instance_private (self);
}

gpointer
vici_item_new (GType       type,
               const char *name,
               ViciTurn   *turn)
{
  gpointer self = g_object_new (type, NULL);
  ViciItemPrivate *priv = get_private (self);

  priv->name = g_strdup (name);
  priv->turn = vici_turn_ref (turn);

  return self;
}

gboolean
vici_item_touch (gpointer self)
{
  ViciItemPrivate *priv = get_private (self);

  return priv->turn != NULL && vici_turn_freeze (priv->turn, self, &priv->frozen_in);
}

gboolean
vici_item_set_record (gpointer self,
                      gpointer record)
{
  ViciItemPrivate *priv = get_private (self);

  if (priv->record == record)
    return FALSE;

  if (priv->record != NULL && record != NULL &&
      vici_message_equal (vici_record_get_message (priv->record), vici_record_get_message (record)))
    return FALSE;

  vici_item_touch (self);
  g_set_object (&priv->record, record);
  g_object_notify_by_pspec (self, properties[PROP_RECORD]);

  return TRUE;
}

/**
 * vici_item_get_name:
 * @self: an item
 *
 * Gets #ViciItem:name.
 *
 * Returns: (nullable): the name
 *
 * Since: 1.0
 */
const char *
vici_item_get_name (ViciItem *self)
{
  ViciItemPrivate *priv;

  g_return_val_if_fail (VICI_IS_ITEM (self), NULL);

  /* To read a thousand certificates takes too long for one turn: no more than those that
   * somebody looks at. */
  priv = get_private (self);
  if (priv->name == NULL && VICI_IS_CERT (priv->record))
    priv->name = g_strdup (vici_cert_get_subject (VICI_CERT (priv->record)));

  return priv->name;
}

/**
 * vici_item_get_record:
 * @self: an item
 *
 * Gets #ViciItem:record.
 *
 * Returns: (nullable) (transfer none): what the daemon has said last
 *
 * Since: 1.0
 */
ViciRecord *
vici_item_get_record (ViciItem *self)
{
  g_return_val_if_fail (VICI_IS_ITEM (self), NULL);

  return get_private (self)->record;
}

/* -- The class -- */

static void
vici_item_get_property (GObject    *object,
                        guint       property_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  ViciItem *self = VICI_ITEM (object);

  switch (property_id)
    {
    case PROP_NAME:
      g_value_set_string (value, vici_item_get_name (self));
      break;

    case PROP_RECORD:
      g_value_set_object (value, vici_item_get_record (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_item_finalize (GObject *object)
{
  ViciItemPrivate *priv = get_private (object);

  g_free (priv->name);
  g_clear_object (&priv->record);
  g_clear_pointer (&priv->turn, vici_turn_unref);

  G_OBJECT_CLASS (vici_item_parent_class)->finalize (object);
}

static void
vici_item_class_init (ViciItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_item_get_property;
  object_class->finalize = vici_item_finalize;

  /**
   * ViciItem:name:
   *
   * The name of it: that of the connection, the CHILD_SA's configuration, the pool
   * or the authority, or the subject of the certificate, as #ViciCert:subject has it. That
   * of an X.509 certificate is %NULL where GIO has no TLS backend.
   *
   * Since: 1.0
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * ViciItem:record:
   *
   * What the daemon has said of it last: a #ViciIkeSa, #ViciChildSa, #ViciConn,
   * #ViciCert, #ViciPool or #ViciAuthority. %NULL where it says nothing, as of a
   * connection that is not configured any more and still up.
   *
   * Since: 1.0
   */
  properties[PROP_RECORD] =
    g_param_spec_object ("record", NULL, NULL, VICI_TYPE_RECORD,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_item_init (ViciItem *self)
{
}
