/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tells of every IKE_SA and CHILD_SA that comes up or goes down, for ever: when
 * the daemon is restarted, the connection is opened again.
 *
 * Usage: listen [URI] */

#include <vici-glib/vici-glib.h>

static gboolean open_again (gpointer user_data);

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *event,
          gpointer        user_data)
{
  gboolean up = vici_message_lookup_boolean (event, "up", FALSE);
  g_auto (GStrv) names = vici_message_get_names (event);

  /* What is no section is the key "up". */
  for (char **ike = names; *ike != NULL; ike++)
    {
      g_autoptr (ViciMessage) sa = vici_message_lookup_section (event, *ike);

      if (sa != NULL)
        g_print ("%s %s: %s\n", name, *ike, up ? "up" : "down");
    }
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (vici_connection_open_finish (VICI_CONNECTION (source), result, &error))
    g_print ("The daemon is back\n");
  else
    g_timeout_add_seconds (1, open_again, source);
}

/* What was subscribed to is subscribed to again by itself. */
static gboolean
open_again (gpointer user_data)
{
  vici_connection_open_async (user_data, NULL, on_opened, NULL);

  return G_SOURCE_REMOVE;
}

static void
on_closed (ViciConnection *connection,
           const GError   *error,
           gpointer        user_data)
{
  g_printerr ("%s\n", error ? error->message : "Closed");
  g_timeout_add_seconds (1, open_again, connection);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciConnection) connection = vici_connection_new (argv[1]);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  g_signal_connect (connection, "event", G_CALLBACK (on_event), NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), NULL);

  if (!vici_connection_open_sync (connection, NULL, &error) ||
      !vici_connection_subscribe_sync (connection, "ike-updown", NULL, &error) ||
      !vici_connection_subscribe_sync (connection, "child-updown", NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_main_loop_run (loop);

  return 0;
}
