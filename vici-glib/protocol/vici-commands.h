/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the protocol engine must know of charon's own commands. */

/* The event that a command streams, or NULL. */
const char *vici_command_get_stream_event (const char *command);

/* Whether the command's request carries a key, a password or a PIN. */
gboolean    vici_command_is_secret        (const char *command);

G_END_DECLS
