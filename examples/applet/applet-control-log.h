/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>
#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

#define APPLET_TYPE_CONTROL_LOG (applet_control_log_get_type ())

G_DECLARE_FINAL_TYPE (AppletControlLog, applet_control_log, APPLET, CONTROL_LOG, AdwWindow)

GtkWidget *applet_control_log_new (ViciControlLog *log,
                                   const char     *reason_markup);

G_END_DECLS
