/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gvici-client.h"

G_BEGIN_DECLS

/* Prints what is advertised in the network. It has options of its own. */
GviciStatus gvici_discover (int    argc,
                            char **argv);

G_END_DECLS
