/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gvici-client.h"

G_BEGIN_DECLS

/* Calls a command and prints its events and its reply. */
GviciStatus gvici_call (GviciClient *client,
                        const char  *command,
                        ViciMessage *request);

G_END_DECLS
