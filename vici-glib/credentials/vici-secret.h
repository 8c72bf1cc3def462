/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Takes @data, which @destroy frees. It is wiped when the last reference to the
 * bytes goes. */
GBytes *vici_secret_new_take (gpointer       data,
                              gsize          size,
                              GDestroyNotify destroy);

/* Reads a file of at most @max bytes into memory that is wiped. A longer one gives
 * the first @max + 1 bytes. */
GBytes *vici_secret_new_from_file (GFile        *file,
                                   gsize         max,
                                   GCancellable *cancellable,
                                   GError      **error);

G_END_DECLS
