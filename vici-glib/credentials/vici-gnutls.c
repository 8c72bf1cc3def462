/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-gnutls.h"

#include <string.h>

#include "vici-credential-private.h"
#include "vici-error.h"
#include "vici-gnutls-library.h"
#include "vici-i18n.h"
#include "vici-secret.h"

/* What becomes a value of a message. */
#define MAX_VALUE 65535

/* More than any of use; a long one takes GnuTLS long. */
#define MAX_BLOCK (256 * 1024)
#define MAX_BAGS 32

/* How often a password is hashed to try it for a block. Programs do it some thousand
 * times, and some do a million times. This many take some seconds. */
#define MAX_ITERATIONS 5000000

#define PKCS8_ENCRYPTED "ENCRYPTED PRIVATE KEY"

/* How OpenSSL began a private key that it encrypted before there was PKCS#8. */
#define OPENSSL_ENCRYPTED "Proc-Type: 4,ENCRYPTED"

#define DEFINE_CLEANUP(type, deinit)           \
  static inline void type##_end (type object)  \
  {                                            \
    vici_gnutls.deinit (object);               \
  }                                            \
  G_DEFINE_AUTO_CLEANUP_FREE_FUNC (type, type##_end, NULL)

DEFINE_CLEANUP (gnutls_pkcs12_t, pkcs12_deinit)
DEFINE_CLEANUP (gnutls_pkcs12_bag_t, pkcs12_bag_deinit)
DEFINE_CLEANUP (gnutls_x509_crt_t, x509_crt_deinit)
DEFINE_CLEANUP (gnutls_x509_privkey_t, x509_privkey_deinit)

/* The reading of one block. */
typedef struct
{
  const ViciPemBlock *block;
  const char         *password;     /* NULL: there is none yet */
  GPtrArray          *credentials;  /* found so far */
  guint               iterations;   /* done so far */
  guint              *left;         /* to the file */
  GError            **error;
} Reader;

/* -- Failing -- */

static ViciGnutlsResult
fail_for (Reader     *reader,
          GQuark      domain,
          int         code,
          const char *reason)
{
  if (reader->block->label != NULL)
    g_set_error (reader->error, domain, code, _("The PEM block %u, “%s”, cannot be read: %s"),
                 reader->block->number, reader->block->label, reason);
  else
    g_set_error (reader->error, domain, code,
                 _("The data are not PEM, and as DER they cannot be read: %s"), reason);

  return VICI_GNUTLS_FAILED;
}

static G_GNUC_PRINTF (2, 3) ViciGnutlsResult
fail_as_too_large (Reader     *reader,
                   const char *format,
                   ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);

  return fail_for (reader, VICI_ERROR, VICI_ERROR_TOO_LARGE, reason);
}

static ViciGnutlsResult
fail (Reader *reader,
      int     code)
{
  switch (code)
    {
    case GNUTLS_E_ECC_UNSUPPORTED_CURVE:
    case GNUTLS_E_INVALID_REQUEST:
    case GNUTLS_E_UNIMPLEMENTED_FEATURE:
    case GNUTLS_E_UNKNOWN_CIPHER_TYPE:
    case GNUTLS_E_UNKNOWN_HASH_ALGORITHM:
    case GNUTLS_E_UNKNOWN_PK_ALGORITHM:
      return fail_for (reader, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, vici_gnutls.strerror (code));
    default:
      return fail_for (reader, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, vici_gnutls.strerror (code));
    }
}

/* A wrong password and damaged data look the same: one time in 256, what it decrypts
 * something to has an end as it should be, and only then turns out to be garbage. One that is no UTF-8 is, for some
 * forms, what there is said to be no memory for. */
static ViciGnutlsResult
fail_or_lock (Reader *reader,
              int     code)
{
  switch (code)
    {
    case GNUTLS_E_ASN1_DER_ERROR:
    case GNUTLS_E_ASN1_DER_OVERFLOW:
    case GNUTLS_E_ASN1_ELEMENT_NOT_FOUND:
    case GNUTLS_E_ASN1_GENERIC_ERROR:
    case GNUTLS_E_ASN1_TAG_ERROR:
    case GNUTLS_E_ASN1_VALUE_NOT_VALID:
    case GNUTLS_E_DECRYPTION_FAILED:
    case GNUTLS_E_INVALID_PASSWORD_STRING:
    case GNUTLS_E_INVALID_UTF8_STRING:
    case GNUTLS_E_MAC_VERIFY_FAILED:
    case GNUTLS_E_MEMORY_ERROR:
      return VICI_GNUTLS_LOCKED;
    default:
      return fail (reader, code);
    }
}

static gboolean
check_iterations (Reader *reader,
                  guint   iterations)
{
  if (iterations > MAX_ITERATIONS - reader->iterations)
    fail_as_too_large (reader, _("its password has to be hashed more than %u times"),
                       MAX_ITERATIONS);
  else if (iterations > *reader->left)
    fail_as_too_large (reader, _("passwords have to be hashed more than %u times in all"),
                       VICI_GNUTLS_MAX_ITERATIONS);
  else
    return TRUE;

  return FALSE;
}

/* They have been checked. */
static void
spend_iterations (Reader *reader,
                  guint   iterations)
{
  reader->iterations += iterations;
  *reader->left -= iterations;
}

/* -- What is found -- */

/* Takes the memory, which GnuTLS allocated. */
static GBytes *
take_datum (gnutls_datum_t *datum)
{
  gnutls_datum_t taken = *datum;

  *datum = (gnutls_datum_t) { NULL, 0 };

  return vici_secret_new_take (taken.data, taken.size, *vici_gnutls.free);
}

static ViciGnutlsResult
add (Reader         *reader,
     ViciCredential *credential)
{
  gsize size = g_bytes_get_size (vici_credential_get_data (credential));

  g_ptr_array_add (reader->credentials, credential);
  if (size > MAX_VALUE)
    return fail_as_too_large (reader, _("what it holds has more than %u bytes"), MAX_VALUE);

  return VICI_GNUTLS_READ;
}

static ViciGnutlsResult
add_certificate (Reader           *reader,
                 gnutls_x509_crt_t certificate)
{
  guint8 id[64];
  gsize id_size = sizeof id;
  gnutls_datum_t der = { NULL, 0 };
  int code = vici_gnutls.x509_crt_export2 (certificate, GNUTLS_X509_FMT_DER, &der);

  if (code < 0)
    return fail (reader, code);

  /* Nothing is known of a public key that GnuTLS does not know. */
  if (vici_gnutls.x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA256, id, &id_size) < 0)
    id_size = 0;

  return add (reader,
              vici_credential_new_certificate (take_datum (&der), g_bytes_new (id, id_size),
                                               vici_gnutls.x509_crt_get_ca_status (certificate, NULL) > 0));
}

static ViciGnutlsResult
add_key (Reader               *reader,
         gnutls_x509_privkey_t key)
{
  guint8 id[64];
  gsize id_size = sizeof id;
  gnutls_datum_t der = { NULL, 0 };
  int code = vici_gnutls.x509_privkey_get_key_id (key, GNUTLS_KEYID_USE_SHA256, id, &id_size);

  if (code >= 0)
    code = vici_gnutls.x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN,
                                                   &der);
  if (code < 0)
    return fail (reader, code);

  return add (reader,
              vici_credential_new_private_key (take_datum (&der), g_bytes_new (id, id_size)));
}

/* -- Certificates and keys -- */

static ViciGnutlsResult
read_certificate (Reader               *reader,
                  const gnutls_datum_t *data,
                  gnutls_x509_crt_fmt_t format)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  int code = vici_gnutls.x509_crt_init (&certificate);

  if (code >= 0)
    code = vici_gnutls.x509_crt_import (certificate, data, format);

  return code < 0 ? fail (reader, code) : add_certificate (reader, certificate);
}

static ViciGnutlsResult
read_plain_key (Reader               *reader,
                const gnutls_datum_t *data,
                gnutls_x509_crt_fmt_t format)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  int code = vici_gnutls.x509_privkey_init (&key);

  if (code >= 0)
    code = vici_gnutls.x509_privkey_import2 (key, data, format, NULL, GNUTLS_PKCS_PLAIN);

  return code < 0 ? fail (reader, code) : add_key (reader, key);
}

static ViciGnutlsResult
read_encrypted_key (Reader               *reader,
                    const gnutls_datum_t *data,
                    gnutls_x509_crt_fmt_t format,
                    guint                 iterations)
{
  g_auto (gnutls_x509_privkey_t) key = NULL;
  int code = vici_gnutls.x509_privkey_init (&key);

  if (reader->password == NULL)
    return VICI_GNUTLS_LOCKED;

  spend_iterations (reader, iterations);
  if (code >= 0)
    code = vici_gnutls.x509_privkey_import2 (key, data, format, reader->password, 0);

  return code < 0 ? fail_or_lock (reader, code) : add_key (reader, key);
}

static gboolean
is_openssl_encrypted (const gnutls_datum_t *data)
{
  return data->size > 0 && memmem (data->data, data->size, OPENSSL_ENCRYPTED,
                                   strlen (OPENSSL_ENCRYPTED)) != NULL;
}

static ViciGnutlsResult
read_key (Reader               *reader,
          const gnutls_datum_t *data,
          gnutls_x509_crt_fmt_t format)
{
  guint iterations = 0;
  int code = vici_gnutls.pkcs8_info (data, format, NULL, NULL, NULL, NULL, &iterations, NULL);

  if (code == GNUTLS_E_UNKNOWN_CIPHER_TYPE)
    return fail (reader, code);

  if (code < 0 && g_strcmp0 (reader->block->label, PKCS8_ENCRYPTED) == 0)
    return fail_for (reader, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                     _("it is encrypted in a way that is not known"));

  if (!check_iterations (reader, iterations))
    return VICI_GNUTLS_FAILED;

  if (code >= 0 || is_openssl_encrypted (data))
    return read_encrypted_key (reader, data, format, iterations);

  return read_plain_key (reader, data, format);
}

/* -- PKCS#12 -- */

static ViciGnutlsResult
read_element (Reader             *reader,
              gnutls_pkcs12_bag_t bag,
              guint               index)
{
  gnutls_datum_t data;
  int code = vici_gnutls.pkcs12_bag_get_data (bag, index, &data);

  if (code < 0)
    return fail (reader, code);

  switch (vici_gnutls.pkcs12_bag_get_type (bag, index))
    {
    case GNUTLS_BAG_CERTIFICATE:
      return read_certificate (reader, &data, GNUTLS_X509_FMT_DER);
    case GNUTLS_BAG_PKCS8_KEY:
    case GNUTLS_BAG_PKCS8_ENCRYPTED_KEY:
      return read_key (reader, &data, GNUTLS_X509_FMT_DER);
    default:
      return VICI_GNUTLS_READ;
    }
}

static ViciGnutlsResult
decrypt_bag (Reader             *reader,
             gnutls_pkcs12_bag_t bag)
{
  guint iterations = 0;
  int code;

  if (vici_gnutls.pkcs12_bag_get_type (bag, 0) != GNUTLS_BAG_ENCRYPTED)
    return VICI_GNUTLS_READ;

  code = vici_gnutls.pkcs12_bag_enc_info (bag, NULL, NULL, NULL, NULL, &iterations, NULL);
  if (code < 0)
    return fail (reader, code);
  if (!check_iterations (reader, iterations))
    return VICI_GNUTLS_FAILED;

  spend_iterations (reader, iterations);
  code = vici_gnutls.pkcs12_bag_decrypt (bag, reader->password);

  return code < 0 ? fail_or_lock (reader, code) : VICI_GNUTLS_READ;
}

static ViciGnutlsResult
read_bag (Reader             *reader,
          gnutls_pkcs12_bag_t bag)
{
  ViciGnutlsResult result = decrypt_bag (reader, bag);
  int n = vici_gnutls.pkcs12_bag_get_count (bag);

  for (int i = 0; i < n && result == VICI_GNUTLS_READ; i++)
    result = read_element (reader, bag, (guint) i);

  return result;
}

static ViciGnutlsResult
read_bags (Reader         *reader,
           gnutls_pkcs12_t pkcs12)
{
  ViciGnutlsResult result = VICI_GNUTLS_READ;

  for (int i = 0; result == VICI_GNUTLS_READ; i++)
    {
      g_auto (gnutls_pkcs12_bag_t) bag = NULL;
      int code = vici_gnutls.pkcs12_bag_init (&bag);

      if (code >= 0)
        code = vici_gnutls.pkcs12_get_bag (pkcs12, i, bag);
      if (code == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
        break;

      if (code < 0)
        result = fail (reader, code);
      else if (i >= MAX_BAGS)
        result = fail_as_too_large (reader, _("it has more than %u parts"), MAX_BAGS);
      else
        result = read_bag (reader, bag);
    }

  return result;
}

/* With the password that there is. There may be a hash over the whole that depends on
 * it, and GnuTLS leaks the name of one that it does not know where nobody takes it. */
static ViciGnutlsResult
try_pkcs12 (Reader         *reader,
            gnutls_pkcs12_t pkcs12)
{
  guint iterations = 0;
  char *oid = NULL;
  int code = vici_gnutls.pkcs12_mac_info (pkcs12, NULL, NULL, NULL, &iterations, &oid);
  gboolean has_mac = code >= 0;

  (*vici_gnutls.free) (oid);
  g_ptr_array_set_size (reader->credentials, 0);
  if (!has_mac && code != GNUTLS_E_INVALID_REQUEST)
    return fail (reader, code);
  if (!check_iterations (reader, iterations))
    return VICI_GNUTLS_FAILED;

  spend_iterations (reader, iterations);
  code = has_mac ? vici_gnutls.pkcs12_verify_mac (pkcs12, reader->password) : 0;

  return code < 0 ? fail_or_lock (reader, code) : read_bags (reader, pkcs12);
}

/* An empty password is one that nobody has to be asked for. It has two forms, which
 * are one try: the second is left out where it would be too much. */
static ViciGnutlsResult
read_pkcs12 (Reader         *reader,
             gnutls_pkcs12_t pkcs12)
{
  ViciGnutlsResult result;

  if (reader->password != NULL)
    return try_pkcs12 (reader, pkcs12);

  reader->password = "";
  result = try_pkcs12 (reader, pkcs12);
  reader->password = NULL;

  if (result == VICI_GNUTLS_LOCKED && reader->iterations <= MAX_ITERATIONS / 2)
    result = try_pkcs12 (reader, pkcs12);

  return result;
}

/* -- Blocks -- */

static ViciGnutlsResult
read_pem (Reader               *reader,
          const gnutls_datum_t *data)
{
  const char *label = reader->block->label;
  g_auto (gnutls_pkcs12_t) pkcs12 = NULL;
  int code;

  if (g_str_has_suffix (label, "CERTIFICATE"))
    return read_certificate (reader, data, GNUTLS_X509_FMT_PEM);
  if (g_str_has_suffix (label, "PRIVATE KEY"))
    return read_key (reader, data, GNUTLS_X509_FMT_PEM);
  if (!g_str_equal (label, "PKCS12"))
    return VICI_GNUTLS_READ;

  code = vici_gnutls.pkcs12_init (&pkcs12);
  if (code >= 0)
    code = vici_gnutls.pkcs12_import (pkcs12, data, GNUTLS_X509_FMT_PEM, 0);

  return code < 0 ? fail (reader, code) : read_pkcs12 (reader, pkcs12);
}

/* What DER is has to be found out. */
static ViciGnutlsResult
read_der (Reader               *reader,
          const gnutls_datum_t *data)
{
  g_auto (gnutls_x509_crt_t) certificate = NULL;
  g_auto (gnutls_pkcs12_t) pkcs12 = NULL;

  if (vici_gnutls.x509_crt_init (&certificate) >= 0 &&
      vici_gnutls.x509_crt_import (certificate, data, GNUTLS_X509_FMT_DER) >= 0)
    return add_certificate (reader, certificate);

  if (vici_gnutls.pkcs12_init (&pkcs12) >= 0 &&
      vici_gnutls.pkcs12_import (pkcs12, data, GNUTLS_X509_FMT_DER, 0) >= 0)
    return read_pkcs12 (reader, pkcs12);

  return read_key (reader, data, GNUTLS_X509_FMT_DER);
}

ViciGnutlsResult
vici_gnutls_read (const ViciPemBlock *block,
                  const char         *password,
                  guint              *iterations,
                  GPtrArray          *credentials,
                  GError            **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  Reader reader = { block, password, found, 0, iterations, error };
  gnutls_datum_t data = { (guint8 *) block->data, (guint) block->size };
  ViciGnutlsResult result;

  if (!vici_gnutls_load (error))
    return VICI_GNUTLS_FAILED;

  if (block->size > MAX_BLOCK)
    return fail_as_too_large (&reader, _("it has more than %u bytes"), MAX_BLOCK);

  result = block->label ? read_pem (&reader, &data) : read_der (&reader, &data);
  if (result == VICI_GNUTLS_READ)
    g_ptr_array_extend_and_steal (credentials, g_steal_pointer (&found));

  return result;
}
