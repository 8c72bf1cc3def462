/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* In the place of vici-gnutls.c, where there is no GnuTLS. */

#include "vici-gnutls.h"

#include "vici-i18n.h"

ViciGnutlsResult
vici_gnutls_read (const ViciPemBlock *block,
                  const char         *password,
                  guint              *iterations,
                  GPtrArray          *credentials,
                  GError            **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       _("vici-glib was built without GnuTLS, which reads keys and certificates"));

  return VICI_GNUTLS_FAILED;
}
