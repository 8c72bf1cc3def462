/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any bytes as keys and certificates, without a password and with one. What is found
 * is found the same way in what has come out. */

#include "fuzz.h"

#include <string.h>

#include "vici-credential-private.h"
#include "vici-credential-reader.h"
#include "vici-error.h"

/* That of the corpus. */
#define PASSWORD "correct horse"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ViciCredentialReader, vici_credential_reader_free)

static void
check_error (const GError *error)
{
  g_assert_nonnull (error);
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA) ||
                 g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) ||
                 g_error_matches (error, VICI_ERROR, VICI_ERROR_TOO_LARGE));
  g_assert_cmpstr (error->message, !=, "");
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* What GnuTLS has written it reads. */
static void
check_again (ViciCredential *credential)
{
  g_autoptr (ViciCredentialReader) reader =
    vici_credential_reader_new (vici_credential_get_data (credential), NULL);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (vici_credential_reader_read (reader, NULL, &error), ==, VICI_GNUTLS_READ);
  again = vici_credential_reader_end (reader, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpint (vici_credential_is_private_key (again->pdata[0]), ==,
                   vici_credential_is_private_key (credential));
}

static void
check_end (ViciCredentialReader *reader)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) credentials = vici_credential_reader_end (reader, &error);

  if (credentials == NULL)
    {
      check_error (error);
      return;
    }

  g_assert_cmpuint (credentials->len, >, 0);
  for (guint i = 0; i < credentials->len; i++)
    {
      ViciCredential *credential = credentials->pdata[i];
      ViciCredential *key = vici_credential_get_key (credential);

      g_assert_cmpuint (g_bytes_get_size (vici_credential_get_data (credential)), <=, 65535);
      g_assert_true (key == NULL || g_ptr_array_find (credentials, key, NULL));
      check_again (credential);
    }
}

/* FALSE: it was asked for often enough. */
static gboolean
tell (ViciCredentialReader *reader)
{
  g_autoptr (GError) error = NULL;
  ViciPassword *password = vici_credential_reader_get_password (reader, &error);

  if (password != NULL)
    g_tls_password_set_value (G_TLS_PASSWORD (password), (const guchar *) PASSWORD, -1);
  else
    g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD);

  return password != NULL;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (ViciCredentialReader) reader = vici_credential_reader_new (bytes, NULL);
  g_autoptr (GError) error = NULL;
  ViciGnutlsResult result;

  while ((result = vici_credential_reader_read (reader, NULL, &error)) == VICI_GNUTLS_LOCKED)
    {
      g_assert_no_error (error);
      if (!tell (reader))
        return 0;
    }

  if (result == VICI_GNUTLS_READ)
    check_end (reader);
  else
    check_error (error);

  return 0;
}
