#include <vici-glib/vici-glib.h>

static void
on_updown (ViciConnection *connection G_GNUC_UNUSED,
           const char     *name,
           ViciMessage    *message,
           gpointer        user_data G_GNUC_UNUSED)
{
  g_autofree char *text = vici_message_to_string (message, VICI_PRINT_NONE);

  g_print ("%s %s\n", name, text);
}

static void
on_closed (ViciConnection *connection G_GNUC_UNUSED,
           const GError   *error,
           gpointer        user_data)
{
  g_printerr ("%s\n", error ? error->message : "closed");
  g_main_loop_quit (user_data);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciConnection) connection = vici_connection_new (argc > 1 ? argv[1] : NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  g_signal_connect (connection, "event::ike-updown", G_CALLBACK (on_updown), NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), loop);

  if (!vici_connection_open_sync (connection, NULL, &error) ||
      !vici_connection_subscribe_sync (connection, "ike-updown", NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_main_loop_run (loop);
  return 0;
}
