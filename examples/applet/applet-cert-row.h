/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_CERT_ROW (applet_cert_row_get_type ())

G_DECLARE_FINAL_TYPE (AppletCertRow, applet_cert_row, APPLET, CERT_ROW, AppletView)

G_END_DECLS
