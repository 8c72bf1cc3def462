/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the protocol engine must know of charon's own commands, by their names. */

/* The event that a command streams, or NULL. */
const char *vici_command_get_stream_event (const char *command);

/* The other way round: the commands that stream an event. */
const char * const *vici_event_get_commands (const char *event);

/* Whether the command's request carries a key, a password or a PIN. */
gboolean    vici_command_is_secret        (const char *command);

/* Whether the request says in "loglevel" how much is streamed of the log. */
gboolean    vici_command_has_log_level    (const char *command);

/* Whether the command changes nothing in the daemon. */
gboolean    vici_command_is_read_only     (const char *command);

G_END_DECLS
