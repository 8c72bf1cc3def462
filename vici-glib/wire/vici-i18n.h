/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <libintl.h>

/* Message look-up for library code. An application does not bind the domains
 * of the libraries that it uses, so the first look-up does. */
static inline G_GNUC_FORMAT (1) const char *
vici_gettext (const char *message)
{
  static gsize bound;

  if (g_once_init_enter (&bound))
    {
      bindtextdomain (GETTEXT_PACKAGE, VICI_LOCALEDIR);
      bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
      g_once_init_leave (&bound, 1);
    }

  return g_dgettext (GETTEXT_PACKAGE, message);
}

#define _(message) vici_gettext (message)
#define N_(message) (message)
