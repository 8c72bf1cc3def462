/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-list-page.h"

#include "applet-conn-row.h"

/* The connections by their names, or why there are none. */

struct _AppletListPage
{
  AppletPart        parent_instance;

  GtkStack         *stack;
  GtkWidget        *add_button;
  GtkListView      *conns_view;
  GtkSortListModel *sorted_conns;
};

G_DEFINE_FINAL_TYPE (AppletListPage, applet_list_page, APPLET_TYPE_PART)

static void
update_stack (AppletListPage *self)
{
  ViciMonitor *monitor = applet_session_get_monitor (applet_part_get_session (APPLET_PART (self)));
  const char *page = "list";

  if (g_list_model_get_n_items (vici_monitor_get_conns (monitor)) == 0)
    page = vici_monitor_get_state (monitor) == VICI_MONITOR_READY ? "empty" : "away";

  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
on_activate (AppletListPage *self,
             guint           position)
{
  g_autoptr (ViciItem) item = g_list_model_get_item (G_LIST_MODEL (self->sorted_conns), position);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s", vici_item_get_name (item));
}

void
applet_list_page_focus (AppletListPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->conns_view));
}

static void
applet_list_page_begin (AppletPart *part)
{
  AppletListPage *self = APPLET_LIST_PAGE (part);
  AppletSession *session = applet_part_get_session (part);
  ViciMonitor *monitor = applet_session_get_monitor (session);
  g_autoptr (GtkListItemFactory) factory = applet_view_factory_new (APPLET_TYPE_CONN_ROW, session);

  gtk_list_view_set_factory (self->conns_view, factory);
  gtk_sort_list_model_set_model (self->sorted_conns, vici_monitor_get_conns (monitor));
  g_signal_connect_object (vici_monitor_get_conns (monitor), "items-changed",
                           G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (monitor, "notify::state",
                           G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

static void
applet_list_page_class_init (AppletListPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  APPLET_PART_CLASS (klass)->begin = applet_list_page_begin;

  g_type_ensure (VICI_TYPE_ITEM);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-list-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletListPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AppletListPage, add_button);
  gtk_widget_class_bind_template_child (widget_class, AppletListPage, conns_view);
  gtk_widget_class_bind_template_child (widget_class, AppletListPage, sorted_conns);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
}

static void
applet_list_page_init (AppletListPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* GTK 4.8 tells the text with its underscore, and that of the label in it as well. */
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self->add_button), GTK_ACCESSIBLE_PROPERTY_LABEL);
}
