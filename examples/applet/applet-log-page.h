/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-part.h"

G_BEGIN_DECLS

#define APPLET_TYPE_LOG_PAGE (applet_log_page_get_type ())

G_DECLARE_FINAL_TYPE (AppletLogPage, applet_log_page, APPLET, LOG_PAGE, AppletPart)

void applet_log_page_search (AppletLogPage *self);

G_END_DECLS
