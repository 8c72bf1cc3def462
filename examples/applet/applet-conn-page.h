/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_CONN_PAGE (applet_conn_page_get_type ())

G_DECLARE_FINAL_TYPE (AppletConnPage, applet_conn_page, APPLET, CONN_PAGE, AppletView)

void applet_conn_page_focus (AppletConnPage *self);

G_END_DECLS
