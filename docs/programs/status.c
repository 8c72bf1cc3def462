#include <vici-glib/vici-glib.h>

/* Takes the message. */
static void
show (ViciMessage *message)
{
  g_autofree char *text = vici_message_to_string (message, VICI_PRINT_PRETTY);

  g_print ("%s\n", text);
  g_object_unref (message);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciConnection) connection = vici_connection_new (argc > 1 ? argv[1] : NULL);
  g_autoptr (ViciStream) sas = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *message;

  if (vici_connection_open_sync (connection, NULL, &error) &&
      (message = vici_connection_call_sync (connection, "version", NULL, NULL, &error)))
    {
      show (message);

      sas = vici_connection_call_streaming (connection, "list-sas", NULL, NULL);
      while ((message = vici_stream_next_sync (sas, NULL, &error)))
        show (message);
    }

  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
