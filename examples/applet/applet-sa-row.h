/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_SA_ROW (applet_sa_row_get_type ())

G_DECLARE_FINAL_TYPE (AppletSaRow, applet_sa_row, APPLET, SA_ROW, AppletView)

G_END_DECLS
