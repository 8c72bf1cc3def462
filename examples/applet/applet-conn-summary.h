/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-view.h"

G_BEGIN_DECLS

#define APPLET_TYPE_CONN_SUMMARY (applet_conn_summary_get_type ())

G_DECLARE_FINAL_TYPE (AppletConnSummary, applet_conn_summary, APPLET, CONN_SUMMARY, AppletView)

G_END_DECLS
