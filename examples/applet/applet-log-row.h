/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_LOG_ROW (applet_log_row_get_type ())

G_DECLARE_FINAL_TYPE (AppletLogRow, applet_log_row, APPLET, LOG_ROW, AppletView)

G_END_DECLS
