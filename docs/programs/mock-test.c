#include <glib/gstdio.h>
#include <vici-glib/vici-glib.h>

/* What is tested: a part of a program that brings a tunnel up, and has a sentence
 * about it to show. */
static void
on_initiated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  char **text = user_data;
  g_autoptr (GError) error = NULL;

  if (vici_daemon_initiate_finish (VICI_DAEMON (source), result, &error))
    *text = g_strdup ("The tunnel is up.");
  else
    *text = g_strdup_printf ("The tunnel is not up: %s", error->message);
}

static void
bring_up (ViciConnection *connection,
          char          **text)
{
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);

  vici_daemon_initiate_async (daemon, "home", NULL, NULL, NULL, NULL, on_initiated, text);
}

/* The daemon that it is tested with. */
typedef struct
{
  char           *directory;
  ViciServer     *server;
  ViciConnection *connection;
  const char     *refusal;      /* what the daemon has to say; NULL: it agrees */
  GString        *commands;     /* that the program has called */
} Fixture;

/* Without a detail, “command” is of all commands. */
static gboolean
on_command (ViciServer     *server G_GNUC_UNUSED,
            ViciInvocation *invocation,
            gpointer        user_data)
{
  Fixture *fixture = user_data;
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_autofree char *ike = vici_message_lookup_string (request, "ike");

  g_string_append_printf (fixture->commands, "%s %s\n",
                          vici_invocation_get_command (invocation), ike);
  if (fixture->refusal != NULL)
    vici_invocation_return_failure (invocation, fixture->refusal);
  else
    vici_invocation_return_success (invocation);
  return TRUE;
}

static void
set_up (Fixture      *fixture,
        gconstpointer refusal)
{
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("mock-XXXXXX", &error);
  g_assert_no_error (error);
  uri = g_strconcat ("unix://", fixture->directory, "/mock.vici", NULL);

  fixture->refusal = refusal;
  fixture->commands = g_string_new (NULL);
  fixture->server = vici_server_new ();
  vici_server_add_event (fixture->server, "control-log");
  vici_server_add_command (fixture->server, "initiate");
  g_signal_connect (fixture->server, "command", G_CALLBACK (on_command), fixture);
  vici_server_listen (fixture->server, uri, &error);
  g_assert_no_error (error);

  fixture->connection = vici_connection_new (uri);
  vici_connection_open_async (fixture->connection, NULL, NULL, NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer refusal G_GNUC_UNUSED)
{
  /* Whoever still held one of them would be found here. */
  g_assert_finalize_object (fixture->connection);
  g_assert_finalize_object (fixture->server);
  g_string_free (fixture->commands, TRUE);
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

static void
test_initiate (Fixture      *fixture,
               gconstpointer refusal)
{
  g_autofree char *text = NULL;

  bring_up (fixture->connection, &text);
  while (text == NULL)
    g_main_context_iteration (NULL, TRUE);

  if (refusal != NULL)
    g_assert_cmpstr (text, ==, "The tunnel is not up: no config named 'home'");
  else
    g_assert_cmpstr (text, ==, "The tunnel is up.");
  g_assert_cmpstr (fixture->commands->str, ==, "initiate home\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/tunnel/up", Fixture, NULL, set_up, test_initiate, tear_down);
  g_test_add ("/tunnel/tells-why-not", Fixture, "no config named 'home'", set_up, test_initiate,
              tear_down);
  return g_test_run ();
}
