/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>
#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

#define APPLET_TYPE_BANNER (applet_banner_get_type ())

G_DECLARE_FINAL_TYPE (AppletBanner, applet_banner, APPLET, BANNER, AdwBin)

G_END_DECLS
