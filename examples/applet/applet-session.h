/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-store.h"

G_BEGIN_DECLS

#define APPLET_TYPE_SESSION (applet_session_get_type ())

G_DECLARE_FINAL_TYPE (AppletSession, applet_session, APPLET, SESSION, GObject)

AppletSession *applet_session_new (ViciMonitor *monitor);

ViciMonitor *applet_session_get_monitor (AppletSession *self);

void applet_session_set_seen (AppletSession *self,
                              gboolean       seen);
void applet_session_switch (AppletSession *self,
                            ViciConnItem  *item,
                            gboolean       on);

ViciControlLog *applet_session_get_failure_log (AppletSession *self,
                                                ViciConnItem  *item);
gboolean applet_session_needs_secret (AppletSession *self,
                                      ViciConnItem  *item);

G_END_DECLS
