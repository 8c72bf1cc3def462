/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>

#include "applet-session.h"

G_BEGIN_DECLS

#define APPLET_TYPE_PART (applet_part_get_type ())

G_DECLARE_DERIVABLE_TYPE (AppletPart, applet_part, APPLET, PART, AdwBin)

/**
 * AppletPartClass:
 * @begin: it has got its session
 */
struct _AppletPartClass
{
  AdwBinClass parent_class;

  void (*begin) (AppletPart *self);
};

AppletSession *applet_part_get_session (AppletPart *self);

G_END_DECLS
