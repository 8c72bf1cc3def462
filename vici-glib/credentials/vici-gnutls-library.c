/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-gnutls-library.h"

#include <gmodule.h>

#include "vici-i18n.h"

/* The version of its ABI since GnuTLS 3.0. */
#define LIBRARY "libgnutls.so.30"

ViciGnutlsLibrary vici_gnutls;

/* Returns why it is not usable; NULL: it is. */
static char *
load (void)
{
  GModule *module = g_module_open (LIBRARY, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);

  if (module == NULL)
    return g_strdup (g_module_error ());

#define FIND(name)                                                                    \
  if (!g_module_symbol (module, "gnutls_" #name, (gpointer *) &vici_gnutls.name))     \
    return g_strdup (g_module_error ());

  VICI_GNUTLS_FUNCTIONS (FIND)

  g_module_make_resident (module);

  return NULL;
}

gboolean
vici_gnutls_load (GError **error)
{
  static gsize loaded;
  static char *fault;

  if (g_once_init_enter (&loaded))
    {
      fault = load ();
      g_once_init_leave (&loaded, 1);
    }

  if (fault == NULL)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("GnuTLS, which reads keys and certificates, is not there: %s"), fault);

  return FALSE;
}
