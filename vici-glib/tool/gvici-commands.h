/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* Whether the request of a command carries a key, a password or a PIN. */
gboolean gvici_command_is_secret (const char *command);

/* All names, as a paragraph of a help text. */
void gvici_append_commands (GString *text);
void gvici_append_events (GString *text);

/* What the table says of a command or an event, or NULL if it has none of that
 * name. */
char *gvici_describe_command (const char *command,
                              GError    **error);
char *gvici_describe_event (const char *event,
                            GError    **error);

G_END_DECLS
