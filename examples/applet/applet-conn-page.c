/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-conn-page.h"

#include "applet-banner.h"
#include "applet-detail-row.h"
#include "applet-switch.h"

/* All about a connection: its summary, and the tree of its SAs. */

/* So many SAs are expanded by themselves; of more, there is a list to choose from. */
#define FEW 8

struct _AppletConnPage
{
  AppletView        parent_instance;

  AdwWindowTitle   *title;
  GtkListView      *details_view;
  GSignalGroup     *ike_sas_signals;
  GtkTreeListModel *sas;        /* NULL: no connection is shown */
};

G_DEFINE_FINAL_TYPE (AppletConnPage, applet_conn_page, APPLET_TYPE_VIEW)

/* What has facts can be expanded: a CHILD_SA too, below which there is nothing. */
static GListModel *
get_child_sas (gpointer item,
               gpointer user_data)
{
  if (!VICI_IS_IKE_SA_ITEM (item))
    return G_LIST_MODEL (g_list_store_new (VICI_TYPE_CHILD_SA_ITEM));

  return g_object_ref (vici_ike_sa_item_get_child_sas (item));
}

static gboolean
has_few_sas (ViciConnItem *item)
{
  GListModel *ike_sas = vici_conn_item_get_ike_sas (item);
  guint n_ike_sas = g_list_model_get_n_items (ike_sas);
  guint n_sas = n_ike_sas;

  for (guint i = 0; i < n_ike_sas && n_sas <= FEW; i++)
    {
      g_autoptr (ViciIkeSaItem) ike_sa = g_list_model_get_item (ike_sas, i);

      n_sas += g_list_model_get_n_items (vici_ike_sa_item_get_child_sas (ike_sa));
    }

  return n_sas <= FEW;
}

/* It is for those that come: what the user has expanded or not stays as it is. */
static void
applet_conn_page_update (AppletView *view)
{
  gtk_tree_list_model_set_autoexpand (APPLET_CONN_PAGE (view)->sas,
                                      has_few_sas (applet_view_get_item (view)));
}

/* That is known before the tree is told of the SAs, as it has the second signal. */
static void
follow_sas (AppletConnPage *self,
            ViciConnItem   *item)
{
  GListModel *ike_sas = item != NULL ? vici_conn_item_get_ike_sas (item) : NULL;

  g_clear_object (&self->sas);
  g_signal_group_set_target (self->ike_sas_signals, ike_sas);
  if (ike_sas != NULL)
    self->sas = gtk_tree_list_model_new (g_object_ref (ike_sas), FALSE, has_few_sas (item),
                                         get_child_sas, NULL, NULL);
}

/* The connection itself, and then its IKE_SAs with their CHILD_SAs. */
static GtkSelectionModel *
make_details (AppletConnPage *self,
              ViciConnItem   *item)
{
  GListStore *parts = g_list_store_new (G_TYPE_LIST_MODEL);
  g_autoptr (GListStore) conn = g_list_store_new (VICI_TYPE_CONN_ITEM);

  g_list_store_append (conn, item);
  g_list_store_append (parts, conn);
  g_list_store_append (parts, self->sas);

  return GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (parts)))));
}

static void
applet_conn_page_bind (AppletView *view)
{
  AppletConnPage *self = APPLET_CONN_PAGE (view);
  ViciConnItem *item = applet_view_get_item (view);
  g_autoptr (GtkSelectionModel) details = NULL;

  follow_sas (self, item);
  if (item != NULL)
    details = make_details (self, item);

  if (gtk_list_view_get_factory (self->details_view) == NULL)
    {
      g_autoptr (GtkListItemFactory) factory =
        applet_view_factory_new (APPLET_TYPE_DETAIL_ROW, applet_part_get_session (APPLET_PART (view)));

      gtk_list_view_set_factory (self->details_view, factory);
    }

  gtk_list_view_set_model (self->details_view, details);
  if (item != NULL)
    adw_window_title_set_title (self->title, vici_item_get_name (VICI_ITEM (item)));
}

/* A row was activated, by Enter or a double click. */
static void
on_activate (AppletConnPage *self,
             guint           position)
{
  GListModel *details = G_LIST_MODEL (gtk_list_view_get_model (self->details_view));
  g_autoptr (GObject) row = g_list_model_get_item (details, position);

  if (GTK_IS_TREE_LIST_ROW (row))
    gtk_tree_list_row_set_expanded (GTK_TREE_LIST_ROW (row),
                                    !gtk_tree_list_row_get_expanded (GTK_TREE_LIST_ROW (row)));
}

void
applet_conn_page_focus (AppletConnPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->details_view));
}

static void
applet_conn_page_finalize (GObject *object)
{
  AppletConnPage *self = APPLET_CONN_PAGE (object);

  g_object_unref (self->ike_sas_signals);
  g_clear_object (&self->sas);

  G_OBJECT_CLASS (applet_conn_page_parent_class)->finalize (object);
}

static void
applet_conn_page_class_init (AppletConnPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = applet_conn_page_finalize;
  APPLET_VIEW_CLASS (klass)->bind = applet_conn_page_bind;
  APPLET_VIEW_CLASS (klass)->update = applet_conn_page_update;

  g_type_ensure (APPLET_TYPE_BANNER);
  g_type_ensure (APPLET_TYPE_SWITCH);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.back", NULL);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-conn-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletConnPage, title);
  gtk_widget_class_bind_template_child (widget_class, AppletConnPage, details_view);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
applet_conn_page_init (AppletConnPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->ike_sas_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->ike_sas_signals, "items-changed",
                                  G_CALLBACK (applet_conn_page_update), self);
}
