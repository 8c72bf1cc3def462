/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-credential.h"

G_BEGIN_DECLS

/* These take @data and @public_key, which is any name of the public key. */
ViciCredential *vici_credential_new_private_key (GBytes *data,
                                                 GBytes *public_key);
ViciCredential *vici_credential_new_certificate (GBytes  *data,
                                                 GBytes  *public_key,
                                                 gboolean authority);

/* Notes that @key is the private key of a certificate, if it is. */
gboolean        vici_credential_match_key       (ViciCredential *self,
                                                 ViciCredential *key);

G_END_DECLS
