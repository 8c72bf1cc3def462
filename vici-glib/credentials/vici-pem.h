/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A thing within PEM, or DER. */
typedef struct
{
  guint         number;   /* from 1 */
  char         *label;    /* what PEM says that it is; NULL: this is DER */
  const guint8 *data;     /* of PEM: from its first line to its last */
  gsize         size;
} ViciPemBlock;

void       vici_pem_block_free (ViciPemBlock *block);

/* Finds the blocks of @data, which has to outlive them. What is between them is
 * ignored. Data without one are taken for DER.
 *
 * Fails with G_IO_ERROR_INVALID_DATA for a block that does not end, and with
 * VICI_ERROR_TOO_LARGE for more than @max. */
GPtrArray *vici_pem_split      (GBytes  *data,
                                guint    max,
                                GError **error);

G_END_DECLS
