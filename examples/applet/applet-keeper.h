/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-store.h"

G_BEGIN_DECLS

/* The store of the user for the daemon of a monitor. From the first time on that it is
 * asked for, its profiles are loaded again whenever the daemon is there without them. */
AppletStore *applet_keeper_get_store (ViciMonitor *monitor);

G_END_DECLS
