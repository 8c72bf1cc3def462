/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_CONN_ROW (applet_conn_row_get_type ())

G_DECLARE_FINAL_TYPE (AppletConnRow, applet_conn_row, APPLET, CONN_ROW, AppletView)

G_END_DECLS
