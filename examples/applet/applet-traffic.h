/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-session.h"

G_BEGIN_DECLS

#define APPLET_TRAFFIC_SAMPLES 60

#define APPLET_TYPE_TRAFFIC (applet_traffic_get_type ())

G_DECLARE_FINAL_TYPE (AppletTraffic, applet_traffic, APPLET, TRAFFIC, GObject)

AppletTraffic *applet_traffic_get (ViciConnItem  *item,
                                   AppletSession *session);

guint64 applet_traffic_get_in (AppletTraffic *self,
                               guint          age);
guint64 applet_traffic_get_out (AppletTraffic *self,
                                guint          age);
guint64 applet_traffic_get_peak (AppletTraffic *self);

G_END_DECLS
