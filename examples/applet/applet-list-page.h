/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-part.h"

G_BEGIN_DECLS

#define APPLET_TYPE_LIST_PAGE (applet_list_page_get_type ())

G_DECLARE_FINAL_TYPE (AppletListPage, applet_list_page, APPLET, LIST_PAGE, AppletPart)

void applet_list_page_focus (AppletListPage *self);

G_END_DECLS
