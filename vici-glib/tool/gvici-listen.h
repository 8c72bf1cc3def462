/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gvici-client.h"

G_BEGIN_DECLS

/* Prints events as they come, until a signal or the daemon ends it. */
GviciStatus gvici_listen (GviciClient        *client,
                          const char * const *events);

G_END_DECLS
