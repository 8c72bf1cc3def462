/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gvici-client.h"

G_BEGIN_DECLS

/* Stands between clients and the daemon until a signal ends it. The first of the
 * words is the program's name. */
GviciStatus gvici_proxy (int    argc,
                         char **argv);

G_END_DECLS
