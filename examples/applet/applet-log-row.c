/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-log-row.h"

#include "applet-log-text.h"

/* A line of a log. */

struct _AppletLogRow
{
  AppletView parent_instance;

  GtkLabel  *time_label;
  GtkLabel  *group_label;
  GtkLabel  *text_label;
};

G_DEFINE_FINAL_TYPE (AppletLogRow, applet_log_row, APPLET_TYPE_VIEW)

/* A line does not change, so that it is enough to show it once. */
static void
applet_log_row_bind (AppletView *view)
{
  AppletLogRow *self = APPLET_LOG_ROW (view);
  gpointer item = applet_view_get_item (view);
  g_autofree char *time = NULL;

  if (item == NULL)
    return;

  time = applet_log_dup_time (item);
  gtk_label_set_label (self->time_label, time);
  gtk_widget_set_visible (GTK_WIDGET (self->time_label), time != NULL);
  gtk_label_set_label (self->group_label, vici_log_entry_get_group_text (applet_log_get_entry (item)));
  gtk_label_set_label (self->text_label, vici_log_entry_get_text (applet_log_get_entry (item)));
}

static char *
applet_log_row_dup_label (AppletView *view)
{
  return g_strdup (vici_log_entry_get_text (applet_log_get_entry (applet_view_get_item (view))));
}

static void
applet_log_row_class_init (AppletLogRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  APPLET_VIEW_CLASS (klass)->bind = applet_log_row_bind;
  APPLET_VIEW_CLASS (klass)->dup_label = applet_log_row_dup_label;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-log-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletLogRow, time_label);
  gtk_widget_class_bind_template_child (widget_class, AppletLogRow, group_label);
  gtk_widget_class_bind_template_child (widget_class, AppletLogRow, text_label);
}

static void
applet_log_row_init (AppletLogRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
