/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

char *applet_text_rate (guint64 bytes_per_second);
char *applet_text_rates (guint64 bytes_in,
                         guint64 bytes_out);
char *applet_text_seconds (gint64 seconds);
char *applet_text_since (GDateTime *time);
char *applet_text_conn_state (ViciConnItem *item);
char *applet_text_ike_sa_addresses (ViciIkeSa *sa);
char *applet_text_selectors (const char * const *local,
                             const char * const *remote);
char *applet_text_conn_addresses (ViciConnItem *item);

G_END_DECLS
