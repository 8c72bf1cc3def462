/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Prints what the last word may become, one word on each line. @words: the
 * command, or "listen", and what follows. */
void gvici_complete (const char * const *words);

G_END_DECLS
