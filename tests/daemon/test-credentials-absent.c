/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where the library was built without GnuTLS. */

#include "vici-credentials.h"

static void
test_not_supported (void)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("0", 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_credentials_load_sync (data, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "GnuTLS"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/credentials/without-gnutls-nothing-is-supported", test_not_supported);

  return g_test_run ();
}
