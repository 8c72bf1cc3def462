/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>
#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

#define APPLET_TYPE_EDITOR (applet_editor_get_type ())

G_DECLARE_FINAL_TYPE (AppletEditor, applet_editor, APPLET, EDITOR, AdwWindow)

/* A window to add a connection, or with @item to change one. It has the signal
 * "saved", with @item, when the daemon has taken the connection. */
GtkWidget *applet_editor_new            (ViciMonitor  *monitor,
                                         ViciConnItem *item);

/* The same, with the focus where the secret is entered, if the connection was made
 * here and the daemon lacks its secret, since it was started again. NULL: it has all
 * that it needs, as far as it is known. */
GtkWidget *applet_editor_new_for_secret (ViciMonitor  *monitor,
                                         ViciConnItem *item);

/* Asks whether a connection should be forgotten, and if so brings it down, unloads it
 * with what was loaded for it, and forgets it. */
void       applet_editor_confirm_delete (GtkWindow    *parent,
                                         ViciMonitor  *monitor,
                                         ViciConnItem *item);

G_END_DECLS
