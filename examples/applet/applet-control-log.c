/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-control-log.h"

#include "applet-log-row.h"
#include "applet-log-text.h"
#include "applet-tab-stop.h"

/* What the daemon said while it tried to switch a connection, and why it failed. */

struct _AppletControlLog
{
  AdwWindow       parent_instance;

  ViciControlLog *log;

  GtkLabel       *reason_label;
  GtkListView    *lines_view;
};

G_DEFINE_FINAL_TYPE (AppletControlLog, applet_control_log, ADW_TYPE_WINDOW)

static void
on_copy (AppletControlLog *self)
{
  g_autofree char *text = applet_log_join (G_LIST_MODEL (self->log));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
applet_control_log_finalize (GObject *object)
{
  AppletControlLog *self = APPLET_CONTROL_LOG (object);

  g_clear_object (&self->log);

  G_OBJECT_CLASS (applet_control_log_parent_class)->finalize (object);
}

static void
applet_control_log_class_init (AppletControlLogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = applet_control_log_finalize;

  g_type_ensure (APPLET_TYPE_TAB_STOP);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-control-log.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletControlLog, reason_label);
  gtk_widget_class_bind_template_child (widget_class, AppletControlLog, lines_view);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
applet_control_log_init (AppletControlLog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
applet_control_log_new (ViciControlLog *log,
                        const char     *reason_markup)
{
  AppletControlLog *self = g_object_new (APPLET_TYPE_CONTROL_LOG, NULL);
  g_autoptr (GtkListItemFactory) factory = applet_view_factory_new (APPLET_TYPE_LOG_ROW, NULL);
  g_autoptr (GtkSelectionModel) lines =
    GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (log))));

  self->log = g_object_ref (log);
  gtk_label_set_label (self->reason_label, reason_markup);
  gtk_list_view_set_factory (self->lines_view, factory);
  gtk_list_view_set_model (self->lines_view, lines);

  return GTK_WIDGET (self);
}
