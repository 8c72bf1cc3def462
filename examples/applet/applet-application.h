/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define APPLET_TYPE_APPLICATION (applet_application_get_type ())

G_DECLARE_FINAL_TYPE (AppletApplication, applet_application, APPLET, APPLICATION, AdwApplication)

AppletApplication *applet_application_new (void);

G_END_DECLS
