/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gtk/gtk.h>

#include "applet-traffic.h"

G_BEGIN_DECLS

#define APPLET_TYPE_GRAPH (applet_graph_get_type ())

G_DECLARE_FINAL_TYPE (AppletGraph, applet_graph, APPLET, GRAPH, GtkWidget)

void applet_graph_set_traffic (AppletGraph   *self,
                               AppletTraffic *traffic);

G_END_DECLS
