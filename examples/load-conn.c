/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Loads a connection and its pre-shared key into a daemon.
 *
 * Usage: load-conn [URI] */

#include <vici-glib/vici-glib.h>

static const char conn[] =
  "{'gateway': <{"
  "  'version': <2>,"
  "  'remote_addrs': <['192.0.2.1']>,"
  "  'local': <{'auth': <'psk'>, 'id': <'roadwarrior'>}>,"
  "  'remote': <{'auth': <'psk'>, 'id': <'gateway'>}>,"
  "  'children': <{'net': <{'remote_ts': <['10.1.0.0/16']>}>}>"
  "}>}";

static ViciMessage *
build_conn (GError **error)
{
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, conn, NULL, NULL, error);

  return variant ? vici_message_new_from_variant (variant, error) : NULL;
}

/* A builder knows what is secret: it is wiped from memory, and never logged. */
static ViciMessage *
build_secret (GError **error)
{
  static const char *owners[] = { "gateway", "roadwarrior", NULL };
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_set_sensitive (builder, TRUE);
  vici_builder_add_string (builder, "type", "IKE");
  vici_builder_add_string (builder, "data", "correct horse battery staple");
  vici_builder_add_strv (builder, "owners", owners);

  return vici_builder_end (builder, error);
}

static gboolean
load (ViciConnection *connection,
      const char     *command,
      ViciMessage    *request,
      GError        **error)
{
  g_autoptr (ViciMessage) reply = NULL;

  reply = vici_connection_call_sync (connection, command, request, NULL, error);

  return reply != NULL && vici_message_check_success (reply, error);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciConnection) connection = vici_connection_new (argv[1]);
  g_autoptr (ViciMessage) request = NULL;
  g_autoptr (ViciMessage) secret = NULL;
  g_autoptr (GError) error = NULL;

  if (!(request = build_conn (&error)) ||
      !(secret = build_secret (&error)) ||
      !vici_connection_open_sync (connection, NULL, &error) ||
      !load (connection, "load-conn", request, &error) ||
      !load (connection, "load-shared", secret, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }

  g_print ("Loaded\n");

  return 0;
}
