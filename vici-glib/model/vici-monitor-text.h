/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-monitor.h"

G_BEGIN_DECLS

/* How a monitor is doing, as a sentence for people. @error is why it is not connected;
 * NULL: nothing is wrong. */
const char *vici_monitor_text_of_state (ViciMonitorState state,
                                        const GError    *error);

/* What can be done about it; NULL: nothing has to be. */
const char *vici_monitor_text_of_hint  (ViciMonitorState state,
                                        const GError    *error);

G_END_DECLS
