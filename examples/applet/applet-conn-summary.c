/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-conn-summary.h"

#include <glib/gi18n.h>

#include "applet-graph.h"
#include "applet-sa-facts.h"
#include "applet-text.h"

/* What a connection is and does, above its SAs. */

struct _AppletConnSummary
{
  AppletView   parent_instance;

  GtkWidget   *traffic_box;
  GtkLabel    *in_label;
  GtkLabel    *out_label;
  AppletGraph *graph;
  GtkLabel    *state_label;
  AppletFacts *facts;
  GtkWidget   *log_button;

  GSignalGroup *certs_signals;
};

G_DEFINE_FINAL_TYPE (AppletConnSummary, applet_conn_summary, APPLET_TYPE_VIEW)

static GListModel *
get_certs (AppletConnSummary *self)
{
  return vici_monitor_get_certs (applet_session_get_monitor (applet_part_get_session (APPLET_PART (self))));
}

static void
applet_conn_summary_bind (AppletView *view)
{
  AppletConnSummary *self = APPLET_CONN_SUMMARY (view);
  ViciConnItem *item = applet_view_get_item (view);

  g_signal_group_set_target (self->certs_signals, item != NULL ? get_certs (self) : NULL);
  applet_graph_set_traffic (self->graph,
                            item != NULL ? applet_traffic_get (item, applet_part_get_session (APPLET_PART (view))) : NULL);
}

static void
update_traffic (AppletConnSummary *self,
                ViciConnItem      *item)
{
  g_autofree char *bytes_in = g_format_size (vici_conn_item_get_bytes_in (item));
  g_autofree char *bytes_out = g_format_size (vici_conn_item_get_bytes_out (item));
  g_autofree char *rate_in = applet_text_rate (vici_conn_item_get_rate_in (item));
  g_autofree char *rate_out = applet_text_rate (vici_conn_item_get_rate_out (item));
  /* TRANSLATORS: The rate and the amount of what comes in, such as: ↓ 1.2 kB/s (3.4 MB). */
  g_autofree char *in = g_strdup_printf (_("↓ %s (%s)"), rate_in, bytes_in);
  /* TRANSLATORS: The rate and the amount of what goes out. */
  g_autofree char *out = g_strdup_printf (_("↑ %s (%s)"), rate_out, bytes_out);

  gtk_label_set_label (self->in_label, in);
  gtk_label_set_label (self->out_label, out);
}

static void
update_state (AppletConnSummary *self,
              ViciConnItem      *item)
{
  AppletSession *session = applet_part_get_session (APPLET_PART (self));
  g_autofree char *text = applet_text_conn_state (item, session);
  gboolean failed = vici_conn_item_get_state (item) == VICI_CONN_STATE_FAILED;

  gtk_label_set_label (self->state_label, text);
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_label), "error");
  gtk_widget_set_visible (self->log_button, failed && applet_session_get_failure_log (session, item) != NULL);
}

static void
applet_conn_summary_update (AppletView *view)
{
  AppletConnSummary *self = APPLET_CONN_SUMMARY (view);
  ViciConnItem *item = applet_view_get_item (view);

  update_state (self, item);
  gtk_widget_set_visible (self->traffic_box, vici_conn_item_get_state (item) == VICI_CONN_STATE_UP);
  update_traffic (self, item);

  applet_facts_begin (self->facts);
  applet_facts_add_conn (self->facts, item, get_certs (self));
  applet_facts_end (self->facts);
}

static char *
applet_conn_summary_dup_label (AppletView *view)
{
  return applet_text_conn (applet_view_get_item (view), applet_part_get_session (APPLET_PART (view)));
}

static void
applet_conn_summary_finalize (GObject *object)
{
  g_object_unref (APPLET_CONN_SUMMARY (object)->certs_signals);

  G_OBJECT_CLASS (applet_conn_summary_parent_class)->finalize (object);
}

static void
applet_conn_summary_class_init (AppletConnSummaryClass *klass)
{
  AppletViewClass *view_class = APPLET_VIEW_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = applet_conn_summary_finalize;
  view_class->bind = applet_conn_summary_bind;
  view_class->update = applet_conn_summary_update;
  view_class->dup_label = applet_conn_summary_dup_label;

  g_type_ensure (APPLET_TYPE_FACTS);
  g_type_ensure (APPLET_TYPE_GRAPH);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-conn-summary.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletConnSummary, traffic_box);
  gtk_widget_class_bind_template_child (widget_class, AppletConnSummary, in_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnSummary, out_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnSummary, graph);
  gtk_widget_class_bind_template_child (widget_class, AppletConnSummary, state_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnSummary, facts);
  gtk_widget_class_bind_template_child (widget_class, AppletConnSummary, log_button);
}

static void
applet_conn_summary_init (AppletConnSummary *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* GTK 4.8 tells the text with its underscore, and that of the label in it as well. */
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self->log_button), GTK_ACCESSIBLE_PROPERTY_LABEL);

  self->certs_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->certs_signals, "items-changed",
                                  G_CALLBACK (applet_view_queue_update), self);
}
