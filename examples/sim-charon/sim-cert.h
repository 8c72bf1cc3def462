/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* Certificates, revocation lists, public and private keys: nothing is verified,
 * they are only named as charon names them. */

typedef enum
{
  SIM_CERT_X509,
  SIM_CERT_X509_AC,
  SIM_CERT_X509_CRL,
  SIM_CERT_OCSP_RESPONSE,
  SIM_CERT_PUBKEY,
  SIM_CERT_ANY
} SimCertType;

typedef struct
{
  SimCertType type;
  GBytes     *der;
  char       *subject;          /* of a CRL its issuer's, of a key its id with colons */
  char       *key_id;           /* SHA-1 of the key, in hex; NULL where there is none */
  GStrv       alt_names;
  gboolean    is_ca;
} SimCert;

extern const char * const sim_cert_types[];
extern const char * const sim_cert_flags[];

/* Reads what may be PEM, as what the type says. NULL: it is not. */
SimCert *sim_cert_new       (SimCertType  type,
                             GBytes      *data);
void     sim_cert_free      (SimCert     *cert);

gboolean sim_cert_is_of     (SimCert     *cert,
                             const char  *subject);

/* The id of a private key of the type "rsa", "ecdsa", "ed25519", "ed448" or
 * "any". NULL: it is none. */
char    *sim_private_key_id (const char  *type,
                             GBytes      *data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimCert, sim_cert_free)

G_END_DECLS
