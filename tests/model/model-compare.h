/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "model-daemon.h"
#include "vici-monitor.h"

G_BEGIN_DECLS

/* What differs between the monitor's lists and what the daemon has, in words; NULL: they
 * agree, and the lists with each other. What is on its way out may be in them or not. */
char *model_compare (ViciMonitor *monitor,
                     ModelDaemon *daemon);

G_END_DECLS
