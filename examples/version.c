/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks a daemon for its version.
 *
 * Usage: version [URI] */

#include <vici-glib/vici-glib.h>

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciConnection) connection = vici_connection_new (argv[1]);
  g_autoptr (ViciMessage) version = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *daemon = NULL;
  g_autofree char *number = NULL;

  if (vici_connection_open_sync (connection, NULL, &error))
    version = vici_connection_call_sync (connection, "version", NULL, NULL, &error);

  if (version == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  daemon = vici_message_lookup_string (version, "daemon");
  number = vici_message_lookup_string (version, "version");
  g_print ("%s %s\n", daemon, number);

  return 0;
}
