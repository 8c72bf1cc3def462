/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define APPLET_TYPE_TAB_STOP (applet_tab_stop_get_type ())

G_DECLARE_FINAL_TYPE (AppletTabStop, applet_tab_stop, APPLET, TAB_STOP, AdwBin)

G_END_DECLS
