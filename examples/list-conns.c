/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lists the connections that a daemon has loaded, one event each.
 *
 * Usage: list-conns [URI] */

#include <vici-glib/vici-glib.h>

static void
print_conn (const char  *name,
            ViciMessage *conn)
{
  g_autofree char *version = vici_message_lookup_string (conn, "version");
  g_auto (GStrv) remote = vici_message_lookup_strv (conn, "remote_addrs");
  g_autofree char *addresses = remote ? g_strjoinv (", ", remote) : g_strdup ("anywhere");
  g_autoptr (ViciMessage) children = vici_message_lookup_section (conn, "children");
  g_auto (GStrv) names = children ? vici_message_get_names (children) : NULL;

  g_print ("%s: %s to %s\n", name, version, addresses);
  for (char **child = names; child != NULL && *child != NULL; child++)
    g_print ("  %s\n", *child);
}

/* An event holds a section by the name of the connection. */
static void
print_event (ViciMessage *event)
{
  g_auto (GStrv) names = vici_message_get_names (event);

  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (ViciMessage) conn = vici_message_lookup_section (event, *name);

      print_conn (*name, conn);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciConnection) connection = vici_connection_new (argv[1]);
  g_autoptr (ViciStream) conns = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *event;

  if (vici_connection_open_sync (connection, NULL, &error))
    {
      conns = vici_connection_call_streaming (connection, "list-conns", NULL, NULL);
      while ((event = vici_stream_next_sync (conns, NULL, &error)) != NULL)
        {
          print_event (event);
          g_object_unref (event);
        }
    }

  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  return 0;
}
