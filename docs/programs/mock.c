#include <vici-glib/vici-glib.h>

/* From GVariant's text form. */
static ViciMessage *
message (const char *text)
{
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, NULL);

  return vici_message_new_from_variant (variant, NULL);
}

static gboolean
on_version (ViciServer     *server G_GNUC_UNUSED,
            ViciInvocation *invocation)
{
  g_autoptr (ViciMessage) reply = message ("{'daemon': <'charon'>, 'version': <'5.9.8'>}");

  vici_invocation_return_message (invocation, reply);
  return TRUE;
}

static gboolean
on_list_sas (ViciServer     *server G_GNUC_UNUSED,
             ViciInvocation *invocation)
{
  g_autoptr (ViciMessage) event = message (
    "{'gateway': <{'uniqueid': <'1'>, 'state': <'ESTABLISHED'>, 'remote-vips': <['10.0.0.1']>}>}");

  vici_invocation_send_event (invocation, "list-sa", event);
  vici_invocation_return_message (invocation, NULL);
  return TRUE;
}

static void
establish (gpointer data)
{
  ViciInvocation *invocation = data;
  ViciServer *server = g_object_get_data (G_OBJECT (invocation), "server");
  g_autoptr (ViciMessage) event = message (
    "{'up': <'yes'>, 'gateway': <{'uniqueid': <'1'>, 'state': <'ESTABLISHED'>}>}");

  vici_server_emit_event (server, "ike-updown", event);
  vici_invocation_return_success (invocation);
  g_object_unref (invocation);
}

/* Answered a moment later; other commands are answered meanwhile. */
static gboolean
on_initiate (ViciServer     *server,
             ViciInvocation *invocation)
{
  g_object_set_data (G_OBJECT (invocation), "server", server);
  g_timeout_add_once (20, establish, g_object_ref (invocation));
  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ViciServer) server = vici_server_new ();
  g_autoptr (GError) error = NULL;

  vici_server_add_event (server, "list-sa");
  vici_server_add_event (server, "ike-updown");
  vici_server_add_command (server, "version");
  vici_server_add_command (server, "list-sas");
  vici_server_add_command (server, "initiate");
  g_signal_connect (server, "command::version", G_CALLBACK (on_version), NULL);
  g_signal_connect (server, "command::list-sas", G_CALLBACK (on_list_sas), NULL);
  g_signal_connect (server, "command::initiate", G_CALLBACK (on_initiate), NULL);

  if (argc < 2 || !vici_server_listen (server, argv[1], &error))
    {
      g_printerr ("%s\n", error ? error->message : "Where is the daemon to listen?");
      return 1;
    }

  g_print ("Listening\n");
  g_main_loop_run (loop);
  return 0;
}
