/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

ViciLogEntry *applet_log_get_entry (gpointer item);
char *applet_log_dup_time (gpointer item);
char *applet_log_join (GListModel *items);

G_END_DECLS
