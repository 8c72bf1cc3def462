/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-conn-row.h"

#include <glib/gi18n.h>

#include "applet-graph.h"
#include "applet-switch.h"
#include "applet-text.h"

/* A connection in the list. */

struct _AppletConnRow
{
  AppletView parent_instance;

  GtkImage    *state_image;
  GtkLabel    *name_label;
  GtkLabel    *state_label;
  GtkLabel    *address_label;
  AdwSqueezer *traffic_squeezer;
  AppletGraph *graph;
  GtkLabel    *rate_label;
  GtkLabel    *narrow_rate_label;
  GtkWidget   *details_button;
};

G_DEFINE_FINAL_TYPE (AppletConnRow, applet_conn_row, APPLET_TYPE_VIEW)

/* For those who go from one control to the next: rows themselves are not among them. */
static void
on_details (AppletConnRow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open", "s",
                              vici_item_get_name (applet_view_get_item (APPLET_VIEW (self))));
}

static void
applet_conn_row_bind (AppletView *view)
{
  AppletConnRow *self = APPLET_CONN_ROW (view);
  ViciConnItem *item = applet_view_get_item (view);
  g_autofree char *label = NULL;

  if (item == NULL)
    {
      applet_graph_set_traffic (self->graph, NULL);
      return;
    }

  applet_graph_set_traffic (self->graph, applet_traffic_get (item, applet_part_get_session (APPLET_PART (view))));
  /* TRANSLATORS: The name of a connection; what a screen reader says of a button. */
  label = g_strdup_printf (_("Details of %s"), vici_item_get_name (VICI_ITEM (item)));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->details_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
update_state (AppletConnRow *self,
              ViciConnItem  *item)
{
  g_autofree char *text = applet_text_conn_state (item, applet_part_get_session (APPLET_PART (self)));
  ViciConnState state = vici_conn_item_get_state (item);
  static const struct
  {
    const char *icon;
    const char *style;
  } looks[] = {
    [VICI_CONN_STATE_DOWN] = { "network-vpn-disconnected-symbolic", "dim-label" },
    [VICI_CONN_STATE_CONNECTING] = { "network-vpn-acquiring-symbolic", "accent" },
    [VICI_CONN_STATE_UP] = { "network-vpn-symbolic", "success" },
    [VICI_CONN_STATE_FAILED] = { "dialog-warning-symbolic", "error" },
  };
  const char * const styles[] = { looks[state].style, NULL };

  gtk_image_set_from_icon_name (self->state_image, looks[state].icon);
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_image), (const char **) styles);
  gtk_label_set_label (self->state_label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->state_label),
                               state == VICI_CONN_STATE_FAILED ? text : NULL);
  if (state == VICI_CONN_STATE_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->state_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->state_label), "error");
}

static void
update_traffic (AppletConnRow *self,
                ViciConnItem  *item)
{
  gboolean up = vici_conn_item_get_state (item) == VICI_CONN_STATE_UP;

  gtk_widget_set_visible (GTK_WIDGET (self->traffic_squeezer), up);
  gtk_widget_set_visible (GTK_WIDGET (self->narrow_rate_label),
                          up && adw_squeezer_get_visible_child (self->traffic_squeezer) == NULL);

  if (up)
    {
      g_autofree char *rates = applet_text_rates (vici_conn_item_get_rate_in (item),
                                                  vici_conn_item_get_rate_out (item));

      gtk_label_set_label (self->rate_label, rates);
      gtk_label_set_label (self->narrow_rate_label, rates);
    }
}

static void
applet_conn_row_update (AppletView *view)
{
  AppletConnRow *self = APPLET_CONN_ROW (view);
  ViciConnItem *item = applet_view_get_item (view);
  g_autofree char *addresses = applet_text_conn_addresses (item);

  gtk_label_set_label (self->name_label, vici_item_get_name (VICI_ITEM (item)));
  gtk_label_set_label (self->address_label, addresses != NULL ? addresses : "");
  gtk_widget_set_visible (GTK_WIDGET (self->address_label), addresses != NULL);
  update_state (self, item);
  update_traffic (self, item);
}

static char *
applet_conn_row_dup_label (AppletView *view)
{
  return applet_text_conn (applet_view_get_item (view), applet_part_get_session (APPLET_PART (view)));
}

static void
applet_conn_row_class_init (AppletConnRowClass *klass)
{
  AppletViewClass *view_class = APPLET_VIEW_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  view_class->bind = applet_conn_row_bind;
  view_class->update = applet_conn_row_update;
  view_class->dup_label = applet_conn_row_dup_label;

  g_type_ensure (APPLET_TYPE_GRAPH);
  g_type_ensure (APPLET_TYPE_SWITCH);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-conn-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, state_image);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, address_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, traffic_squeezer);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, graph);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, rate_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, narrow_rate_label);
  gtk_widget_class_bind_template_child (widget_class, AppletConnRow, details_button);
  gtk_widget_class_bind_template_callback (widget_class, on_details);
  gtk_widget_class_bind_template_callback (widget_class, applet_view_queue_update);
}

static void
applet_conn_row_init (AppletConnRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  /* Which of two addresses is the own one is not turned round; its side is that of the rest. */
  gtk_widget_set_direction (GTK_WIDGET (self->address_label), GTK_TEXT_DIR_LTR);
  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    gtk_label_set_xalign (self->address_label, 1);
}
