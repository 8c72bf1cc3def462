/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linked so that every call of explicit_bzero() in the library comes here. */

#include "credentials-test.h"

#include <string.h>

#include "vici-password.h"

void __real_explicit_bzero (void *data, size_t length);
void __wrap_explicit_bzero (void *data, size_t length);

/* What to look for in a block that is wiped, and in how many it was. */
static const char *secret;
static gsize secret_size;
static guint wiped;

void
__wrap_explicit_bzero (void  *data,
                       size_t length)
{
  if (secret != NULL && memmem (data, length, secret, secret_size) != NULL)
    g_atomic_int_inc (&wiped);

  __real_explicit_bzero (data, length);
}

static void
look_for (gconstpointer what,
          gsize         size)
{
  secret = what;
  secret_size = size;
  g_atomic_int_set (&wiped, 0);
}

static void
look_for_password (void)
{
  look_for (CREDENTIALS_PASSWORD, strlen (CREDENTIALS_PASSWORD));
}

/* The copy that GLib makes, and the one that is kept. */
static void
test_password (void)
{
  look_for_password ();
  g_object_unref (credentials_test_open ("ec-pkcs8.key"));
  g_assert_cmpuint (wiped, ==, 2);
}

static void
test_wrong_password (void)
{
  static const char * const answers[] = { CREDENTIALS_PASSWORD " wrong", NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GError) error = NULL;

  look_for_password ();
  g_assert_null (credentials_test_load (CREDENTIALS_TEST_FILE, "chain.p12", interaction, NULL,
                                        &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpuint (wiped, ==, 2);
}

static void
test_replaced_password (void)
{
  g_autoptr (ViciPassword) password = vici_password_new ("", G_TLS_PASSWORD_NONE);
  GTlsPassword *base = G_TLS_PASSWORD (password);
  gsize length;

  look_for_password ();
  g_tls_password_set_value (base, (const guchar *) CREDENTIALS_PASSWORD, -1);
  g_assert_cmpuint (wiped, ==, 1);
  g_tls_password_set_value (base, (const guchar *) "another", -1);
  g_assert_cmpuint (wiped, ==, 2);
  g_assert_cmpstr (vici_password_get_text (password), ==, "another");
  g_assert_cmpstr ((const char *) g_tls_password_get_value (base, &length), ==, "another");
  g_assert_cmpuint (length, ==, 7);
}

/* It cannot be written to. */
static void
test_static_password (void)
{
  ViciPassword *password = vici_password_new ("", G_TLS_PASSWORD_NONE);

  look_for_password ();
  g_tls_password_set_value_full (G_TLS_PASSWORD (password), (guchar *) CREDENTIALS_PASSWORD, -1,
                                 NULL);
  g_object_unref (password);
  g_assert_cmpuint (wiped, ==, 1);
}

static void
test_key (void)
{
  g_autoptr (GBytes) der = credentials_test_bytes ("ec.der");
  ViciCredentials *credentials;
  GBytes *data;

  look_for (g_bytes_get_data (der, NULL), g_bytes_get_size (der));
  credentials = credentials_test_open ("ec-pkcs8.key");
  data = g_bytes_ref (vici_credential_get_data (credentials_test_get (credentials, 0)));
  g_object_unref (credentials);
  g_assert_cmpuint (wiped, ==, 0);

  g_bytes_unref (data);
  g_assert_cmpuint (wiped, ==, 1);
}

static void
test_file (void)
{
  g_autoptr (GBytes) pem = credentials_test_bytes ("ec.key");

  look_for (g_bytes_get_data (pem, NULL), g_bytes_get_size (pem));
  g_object_unref (credentials_test_open ("ec.key"));
  g_assert_cmpuint (wiped, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/credentials-wiping/password", test_password);
  g_test_add_func ("/credentials-wiping/wrong-password", test_wrong_password);
  g_test_add_func ("/credentials-wiping/password-that-is-replaced", test_replaced_password);
  g_test_add_func ("/credentials-wiping/no-memory-of-others", test_static_password);
  g_test_add_func ("/credentials-wiping/key-with-its-last-reference", test_key);
  g_test_add_func ("/credentials-wiping/what-was-read-of-a-file", test_file);

  credentials_test_begin ();
  status = g_test_run ();
  credentials_test_end ();

  return status;
}
