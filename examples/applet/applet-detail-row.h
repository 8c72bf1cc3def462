/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_DETAIL_ROW (applet_detail_row_get_type ())

G_DECLARE_FINAL_TYPE (AppletDetailRow, applet_detail_row, APPLET, DETAIL_ROW, AppletView)

G_END_DECLS
