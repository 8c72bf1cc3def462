/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-cert-page.h"

#include "applet-cert-row.h"
#include "applet-tab-stop.h"

/* The certificates that the daemon has. */

struct _AppletCertPage
{
  AppletPart      parent_instance;

  GtkStack       *stack;
  GtkListView    *certs_view;
  GtkNoSelection *certs;
};

G_DEFINE_FINAL_TYPE (AppletCertPage, applet_cert_page, APPLET_TYPE_PART)

static void
update_stack (AppletCertPage *self)
{
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->certs)) > 0 ? "list" : "empty");
}

static void
applet_cert_page_begin (AppletPart *part)
{
  AppletCertPage *self = APPLET_CERT_PAGE (part);
  AppletSession *session = applet_part_get_session (part);
  GListModel *certs = vici_monitor_get_certs (applet_session_get_monitor (session));
  g_autoptr (GtkListItemFactory) factory = applet_view_factory_new (APPLET_TYPE_CERT_ROW, session);

  gtk_list_view_set_factory (self->certs_view, factory);
  gtk_no_selection_set_model (self->certs, certs);
  g_signal_connect_object (certs, "items-changed", G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

static void
applet_cert_page_class_init (AppletCertPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  APPLET_PART_CLASS (klass)->begin = applet_cert_page_begin;

  g_type_ensure (APPLET_TYPE_TAB_STOP);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-cert-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletCertPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AppletCertPage, certs_view);
  gtk_widget_class_bind_template_child (widget_class, AppletCertPage, certs);
}

static void
applet_cert_page_init (AppletCertPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
