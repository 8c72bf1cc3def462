/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_SWITCH (applet_switch_get_type ())

G_DECLARE_FINAL_TYPE (AppletSwitch, applet_switch, APPLET, SWITCH, AppletView)

G_END_DECLS
