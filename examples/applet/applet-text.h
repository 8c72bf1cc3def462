/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-session.h"

G_BEGIN_DECLS

char *applet_text_rate (guint64 bytes_per_second);
char *applet_text_rates (guint64 bytes_in,
                         guint64 bytes_out);
char *applet_text_seconds (gint64 seconds);
char *applet_text_since (GDateTime *time);
char *applet_text_date (GDateTime *time);
char *applet_text_conn_state (ViciConnItem  *item,
                              AppletSession *session);
char *applet_text_conn (ViciConnItem  *item,
                        AppletSession *session);
const char *applet_text_auth_class (ViciConnAuth *auth);
const char *applet_text_mode (ViciChildSa *sa);
char *applet_text_ike_sa_addresses (ViciIkeSa *sa);
char *applet_text_selectors (const char * const *local,
                             const char * const *remote);
char *applet_text_conn_addresses (ViciConnItem *item);

G_END_DECLS
