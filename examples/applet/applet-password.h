/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Answers once with the password that stands in an entry. */
#define APPLET_TYPE_PASSWORD (applet_password_get_type ())

G_DECLARE_FINAL_TYPE (AppletPassword, applet_password, APPLET, PASSWORD, GTlsInteraction)

GTlsInteraction *applet_password_new (GtkEditable *entry);

/* What stands in an entry, which is wiped when it goes; NULL: nothing does. */
GBytes *applet_password_read (GtkEditable *entry);

G_END_DECLS
