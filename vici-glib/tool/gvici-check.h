/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* Compares a request with what the table says of its command. A command that is
 * not in the table takes anything. */
gboolean gvici_check_request (const char  *command,
                              ViciMessage *request,
                              GError     **error);

G_END_DECLS
