/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-gnutls.h"
#include "vici-password.h"

G_BEGIN_DECLS

/* Reads until it needs a password, and goes on there when that was asked for. One
 * thread at a time may use it. */
typedef struct _ViciCredentialReader ViciCredentialReader;

/* Of @data or @file one is NULL. */
ViciCredentialReader *vici_credential_reader_new          (GBytes *data,
                                                           GFile  *file);
void                  vici_credential_reader_free         (ViciCredentialReader *self);

/* Takes seconds if there is much to decrypt. */
ViciGnutlsResult      vici_credential_reader_read         (ViciCredentialReader *self,
                                                           GCancellable         *cancellable,
                                                           GError              **error);

/* When it is locked: the password to ask for. NULL if it was asked for often enough. */
ViciPassword         *vici_credential_reader_get_password (ViciCredentialReader *self,
                                                           GError              **error);

/* When it is read: the array of ViciCredential. NULL if there is none. */
GPtrArray            *vici_credential_reader_end          (ViciCredentialReader *self,
                                                           GError              **error);

/* Has an error begin with the name of the file, unless it names that already, or nobody
 * wanted it read any more. */
void                  vici_credential_reader_blame        (ViciCredentialReader *self,
                                                           GError              **error);

G_END_DECLS
