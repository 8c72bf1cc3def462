/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-view.h"

/* A widget that shows one item of a model: a row of a list, or a page. It follows its
 * item, once in a frame however much changes, and lets go of everything when it has
 * none. What is not in sight waits until it is. */

typedef struct
{
  GObject       *item;          /* what the list has: may be a GtkTreeListRow */
  GSignalGroup  *item_signals;
  GSignalGroup  *session_signals;
  guint          update_id;     /* 0: it shows what is, or is not in sight */
  gboolean       stale;         /* something has changed since it was in sight */
} AppletViewPrivate;

enum
{
  PROP_ITEM = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AppletView, applet_view, APPLET_TYPE_PART)

/* What a screen reader says of the row that it is in. */
static void
update_label (AppletView *self)
{
  AppletViewClass *klass = APPLET_VIEW_GET_CLASS (self);
  GtkWidget *row = klass->dup_label != NULL ? GTK_WIDGET (self) : NULL;
  g_autofree char *label = NULL;

  while (row != NULL &&
         gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (row)) != GTK_ACCESSIBLE_ROLE_LIST_ITEM)
    row = gtk_widget_get_parent (row);
  if (row == NULL)
    return;

  label = klass->dup_label (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
update (AppletView *self)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (self);
  AppletViewClass *klass = APPLET_VIEW_GET_CLASS (self);

  priv->stale = FALSE;
  if (applet_view_get_item (self) == NULL)
    return;

  if (klass->update != NULL)
    klass->update (self);
  update_label (self);
}

static gboolean
on_frame (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  AppletView *self = APPLET_VIEW (widget);
  AppletViewPrivate *priv = applet_view_get_instance_private (self);

  priv->update_id = 0;
  update (self);

  return G_SOURCE_REMOVE;
}

/**
 * applet_view_queue_update:
 *
 * Has it updated in the next frame, or when it comes into sight.
 */
void
applet_view_queue_update (AppletView *self)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (self);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    priv->stale = TRUE;
  else if (priv->update_id == 0)
    priv->update_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_frame, NULL, NULL);
}

/**
 * applet_view_get_item:
 *
 * Returns: (transfer none) (nullable): what is shown; the item in the row of a tree
 */
gpointer
applet_view_get_item (AppletView *self)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (self);
  g_autoptr (GObject) item = NULL;

  if (!GTK_IS_TREE_LIST_ROW (priv->item))
    return priv->item;

  /* The row has a reference too, while the tree has the row. */
  item = gtk_tree_list_row_get_item (GTK_TREE_LIST_ROW (priv->item));

  return item;
}

/**
 * applet_view_get_list_item:
 *
 * Returns: (transfer none) (nullable): what is shown, as the list has it
 */
gpointer
applet_view_get_list_item (AppletView *self)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (self);

  return priv->item;
}

void
applet_view_set_item (AppletView *self,
                      gpointer    item)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (self);
  AppletViewClass *klass = APPLET_VIEW_GET_CLASS (self);

  if (!g_set_object (&priv->item, item))
    return;

  g_signal_group_set_target (priv->item_signals, applet_view_get_item (self));
  g_signal_group_set_target (priv->session_signals, item != NULL ? applet_part_get_session (APPLET_PART (self)) : NULL);
  if (klass->bind != NULL)
    klass->bind (self);
  update (self);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

static void
applet_view_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (APPLET_VIEW (object));

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, priv->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_view_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ITEM:
      applet_view_set_item (APPLET_VIEW (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_view_map (GtkWidget *widget)
{
  AppletView *self = APPLET_VIEW (widget);
  AppletViewPrivate *priv = applet_view_get_instance_private (self);

  GTK_WIDGET_CLASS (applet_view_parent_class)->map (widget);

  /* Not at once: rows come into sight while their list is laid out. */
  if (priv->stale)
    applet_view_queue_update (self);
}

static void
applet_view_dispose (GObject *object)
{
  AppletView *self = APPLET_VIEW (object);
  AppletViewPrivate *priv = applet_view_get_instance_private (self);

  g_signal_group_set_target (priv->item_signals, NULL);
  g_signal_group_set_target (priv->session_signals, NULL);

  G_OBJECT_CLASS (applet_view_parent_class)->dispose (object);
}

static void
applet_view_finalize (GObject *object)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (APPLET_VIEW (object));

  g_object_unref (priv->item_signals);
  g_object_unref (priv->session_signals);
  g_clear_object (&priv->item);

  G_OBJECT_CLASS (applet_view_parent_class)->finalize (object);
}

static void
applet_view_class_init (AppletViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = applet_view_get_property;
  object_class->set_property = applet_view_set_property;
  object_class->dispose = applet_view_dispose;
  object_class->finalize = applet_view_finalize;
  GTK_WIDGET_CLASS (klass)->map = applet_view_map;

  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL, G_TYPE_OBJECT,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
applet_view_init (AppletView *self)
{
  AppletViewPrivate *priv = applet_view_get_instance_private (self);

  priv->item_signals = g_signal_group_new (G_TYPE_OBJECT);
  g_signal_group_connect_swapped (priv->item_signals, "notify",
                                  G_CALLBACK (applet_view_queue_update), self);

  priv->session_signals = g_signal_group_new (APPLET_TYPE_SESSION);
  g_signal_group_connect_swapped (priv->session_signals, "tick",
                                  G_CALLBACK (applet_view_queue_update), self);
  g_signal_group_connect_swapped (priv->session_signals, "changed",
                                  G_CALLBACK (applet_view_queue_update), self);
}

static void
on_setup (GtkListItemFactory *factory,
          GtkListItem        *list_item,
          gpointer            view_type)
{
  AppletSession *session = g_object_get_data (G_OBJECT (factory), "session");

  gtk_list_item_set_child (list_item, g_object_new (GPOINTER_TO_SIZE (view_type), "session", session, NULL));
}

static void
on_bind (GtkListItemFactory *factory,
         GtkListItem        *list_item)
{
  applet_view_set_item (APPLET_VIEW (gtk_list_item_get_child (list_item)),
                        gtk_list_item_get_item (list_item));
}

static void
on_unbind (GtkListItemFactory *factory,
           GtkListItem        *list_item)
{
  applet_view_set_item (APPLET_VIEW (gtk_list_item_get_child (list_item)), NULL);
}

/**
 * applet_view_factory_new:
 * @session: (nullable): none for what does not change by time, and asks for nothing
 *
 * Makes the rows of a list: views of that type, which are used again for other items.
 */
GtkListItemFactory *
applet_view_factory_new (GType          view_type,
                         AppletSession *session)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_object_set_data_full (G_OBJECT (factory), "session",
                          session != NULL ? g_object_ref (session) : NULL, g_object_unref);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GSIZE_TO_POINTER (view_type));
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);

  return factory;
}
