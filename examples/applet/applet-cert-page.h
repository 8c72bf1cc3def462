/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-part.h"

G_BEGIN_DECLS

#define APPLET_TYPE_CERT_PAGE (applet_cert_page_get_type ())

G_DECLARE_FINAL_TYPE (AppletCertPage, applet_cert_page, APPLET, CERT_PAGE, AppletPart)

G_END_DECLS
