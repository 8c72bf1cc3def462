/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An applet for strongSwan's connections: what libvici-glib's live models are for. */

#include <glib/gi18n.h>
#include <locale.h>

#include "applet-application.h"

int
main (int   argc,
      char *argv[])
{
  g_autoptr (AppletApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = applet_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
