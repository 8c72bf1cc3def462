/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-pem.h"

G_BEGIN_DECLS

typedef enum
{
  VICI_GNUTLS_FAILED,
  VICI_GNUTLS_LOCKED,   /* it needs a password, and another than that */
  VICI_GNUTLS_READ,
} ViciGnutlsResult;

/* How often passwords are hashed, in all of a file: enough for each try of one block,
 * without a password and with three. */
#define VICI_GNUTLS_MAX_ITERATIONS 20000000

/* Adds what the block holds to @credentials, an array of ViciCredential; a block of
 * another kind holds nothing. Without a password, it finds out whether there has to
 * be one. It may take seconds, and may be called in any thread. How often it hashes is
 * taken off @iterations, which are left to the file.
 *
 * Fails with G_IO_ERROR_INVALID_DATA, G_IO_ERROR_NOT_SUPPORTED and
 * VICI_ERROR_TOO_LARGE. */
ViciGnutlsResult vici_gnutls_read (const ViciPemBlock *block,
                                   const char         *password,
                                   guint              *iterations,
                                   GPtrArray          *credentials,
                                   GError            **error);

G_END_DECLS
