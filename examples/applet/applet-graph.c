/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-graph.h"

#include <glib/gi18n.h>

#include "applet-text.h"

/* The traffic of the last minute: what comes in is filled, in the accent colour; what
 * goes out is a line, in that of the text. */

/* Less is drawn as next to nothing, so that a keep-alive does not look like a flood. */
#define LEAST_PEAK 1000

struct _AppletGraph
{
  GtkWidget      parent_instance;

  AppletTraffic *traffic;
  GSignalGroup  *traffic_signals;
};

typedef guint64 (*GetRate) (AppletTraffic *traffic,
                            guint          age);

G_DEFINE_FINAL_TYPE (AppletGraph, applet_graph, GTK_TYPE_WIDGET)

static void
trace (AppletGraph *self,
       cairo_t     *cr,
       GetRate      get_rate,
       double       peak)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));

  cairo_new_path (cr);
  for (guint age = APPLET_TRAFFIC_SAMPLES; age-- > 0;)
    {
      double x = width - width * age / (APPLET_TRAFFIC_SAMPLES - 1);
      /* The line has a width, and is not to be cut at top or bottom. */
      double y = height - 1 - (height - 2) * (double) get_rate (self->traffic, age) / peak;

      cairo_line_to (cr, x, y);
    }
}

static void
draw (AppletGraph *self,
      cairo_t     *cr)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  double peak = (double) MAX (applet_traffic_get_peak (self->traffic), LEAST_PEAK);
  GdkRGBA text;
  GdkRGBA accent;

  gtk_style_context_get_color (context, &text);
  if (!gtk_style_context_lookup_color (context, "accent_color", &accent))
    accent = text;

  cairo_set_line_width (cr, 1.5);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);

  trace (self, cr, applet_traffic_get_in, peak);
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_stroke_preserve (cr);
  cairo_line_to (cr, gtk_widget_get_width (GTK_WIDGET (self)), gtk_widget_get_height (GTK_WIDGET (self)));
  cairo_line_to (cr, 0, gtk_widget_get_height (GTK_WIDGET (self)));
  cairo_close_path (cr);
  accent.alpha *= 0.25f;
  gdk_cairo_set_source_rgba (cr, &accent);
  cairo_fill (cr);

  trace (self, cr, applet_traffic_get_out, peak);
  text.alpha *= 0.6f;
  gdk_cairo_set_source_rgba (cr, &text);
  cairo_stroke (cr);
}

static void
applet_graph_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  AppletGraph *self = APPLET_GRAPH (widget);
  cairo_t *cr;

  if (self->traffic == NULL)
    return;

  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (0, 0,
                                                       (float) gtk_widget_get_width (widget),
                                                       (float) gtk_widget_get_height (widget)));
  draw (self, cr);
  cairo_destroy (cr);
}

static void
on_changed (AppletGraph *self)
{
  g_autofree char *in = applet_text_rate (applet_traffic_get_in (self->traffic, 0));
  g_autofree char *out = applet_text_rate (applet_traffic_get_out (self->traffic, 0));
  g_autofree char *peak = applet_text_rate (applet_traffic_get_peak (self->traffic));
  g_autofree char *label = g_strdup_printf (
    /* TRANSLATORS: Three rates, such as 12.3 kB/s: what a screen reader says of the graph. */
    _("Traffic of the last minute: receiving %s, sending %s, at most %s"), in, out, peak);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
applet_graph_set_traffic (AppletGraph   *self,
                          AppletTraffic *traffic)
{
  if (!g_set_object (&self->traffic, traffic))
    return;

  g_signal_group_set_target (self->traffic_signals, traffic);
  if (traffic != NULL)
    on_changed (self);
}

static void
applet_graph_dispose (GObject *object)
{
  AppletGraph *self = APPLET_GRAPH (object);

  g_clear_object (&self->traffic_signals);
  g_clear_object (&self->traffic);

  G_OBJECT_CLASS (applet_graph_parent_class)->dispose (object);
}

static void
applet_graph_class_init (AppletGraphClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = applet_graph_dispose;
  widget_class->snapshot = applet_graph_snapshot;

  gtk_widget_class_set_css_name (widget_class, "trafficgraph");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
applet_graph_init (AppletGraph *self)
{
  self->traffic_signals = g_signal_group_new (APPLET_TYPE_TRAFFIC);
  g_signal_group_connect_swapped (self->traffic_signals, "changed", G_CALLBACK (on_changed), self);
}
