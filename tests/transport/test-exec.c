/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Daemons behind a command. */

#include <string.h>
#include <unistd.h>

#include "remote.h"
#include "vici-error.h"
#include "vici-process.h"
#include "vici-transport.h"

#define SYNC GINT_TO_POINTER (TRUE)

static ViciConnection *
connection_new (const char *format,
                ...) G_GNUC_PRINTF (1, 2);

static ViciConnection *
connection_new (const char *format,
                ...)
{
  g_autofree char *command = NULL;
  g_autofree char *uri = NULL;
  va_list args;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);
  uri = g_strconcat ("exec:", command, NULL);

  return vici_connection_new (uri);
}

static ViciConnection *
daemon_new (void)
{
  g_autofree char *program = remote_dup_program ("test-transport-daemon");

  return connection_new ("'%s' -", program);
}

static void
open_connection (ViciConnection *connection,
                 gboolean        sync)
{
  g_autoptr (GError) error = NULL;

  remote_open (connection, sync, NULL, &error);
  g_assert_no_error (error);
}

static void
test_calls (gconstpointer sync)
{
  ViciConnection *connection = daemon_new ();

  open_connection (connection, sync != NULL);
  for (guint i = 0; i < 10; i++)
    remote_check_version (connection, sync != NULL, "-");
  remote_drop (connection);
  remote_wait_childless ();
}

static ViciConnection *
relay_new (const char *prefix,
           const char *path)
{
  g_autofree char *relay = remote_dup_source ("relay.py");

  return connection_new ("%s /usr/bin/python3 '%s' \"%s\"", prefix, relay, path);
}

static void
test_relay (void)
{
  g_autofree char *directory = remote_make_directory ();
  g_autofree char *path = g_build_filename (directory, "a b.vici", NULL);
  g_autofree char *uri = g_strconcat ("unix://", path, NULL);
  g_autofree char *program = remote_dup_program ("test-transport-daemon");
  GSubprocess *process = remote_start (program, uri, NULL);
  ViciConnection *connection = relay_new ("", path);

  open_connection (connection, FALSE);
  remote_check_version (connection, FALSE, uri);
  remote_drop (connection);
  remote_stop (process);
  remote_wait_childless ();
  remote_remove (directory);
}

/* An abstract name is one of a network namespace: nobody outside can have it. */
static void
test_network_namespace (void)
{
  const char *uri = "unix:@vici-glib-test-namespace";
  g_autofree char *program = remote_dup_program ("test-transport-daemon");
  g_autofree char *enter = NULL;
  g_autoptr (ViciConnection) outside = vici_connection_new (uri);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;
  ViciConnection *connection;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can make a network namespace");
      return;
    }

  process = remote_start ("unshare", "--net", program, uri, NULL);
  enter = g_strdup_printf ("nsenter --net=/proc/%s/ns/net", g_subprocess_get_identifier (process));
  connection = relay_new (enter, strchr (uri, '@'));

  g_assert_false (remote_open (outside, FALSE, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);

  open_connection (connection, FALSE);
  remote_check_version (connection, FALSE, uri);
  remote_drop (connection);
  remote_stop (process);
  remote_wait_childless ();
}

static void
test_missing (gconstpointer sync)
{
  g_autoptr (ViciConnection) connection = connection_new ("/nonexistent/vici-relay x");
  g_autoptr (GError) error = NULL;

  g_assert_false (remote_open (connection, sync != NULL, NULL, &error));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
  remote_assert_says (error, "/nonexistent/vici-relay");
}

static void
test_not_a_command (void)
{
  static const char * const uris[] = { "exec:", "exec:  ", "exec:'unbalanced" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vici_transport_new_for_uri (uris[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      remote_assert_says (error, uris[i]);
    }
}

static void
test_no_listening (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciTransport) transport = vici_transport_new_for_uri ("exec:true", &error);

  g_assert_no_error (error);
  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

/* What it says is one line, that a terminal and a log can take. */
static void
test_dies (gconstpointer sync)
{
  ViciConnection *connection = daemon_new ();
  g_autoptr (GError) error = NULL;

  open_connection (connection, sync != NULL);
  remote_check_version (connection, sync != NULL, "-");
  error = remote_call_error (connection, sync != NULL, "die");
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  remote_assert_says (error, "“test-transport-daemon” says: out of luck; \\x1b[31mred ä �");
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
  remote_drop (connection);
  remote_wait_childless ();
}

static void
test_fails (gconstpointer sync)
{
  ViciConnection *connection =
    connection_new ("sh -c 'echo no such container >&2; exec 0<&- 1>&-; exit 3'");
  g_autoptr (GError) error = NULL;

  open_connection (connection, sync != NULL);
  error = remote_call_error (connection, sync != NULL, "version");
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  remote_assert_says (error, "“sh” says: no such container");
  remote_drop (connection);
  remote_wait_childless ();
}

static void
test_status (void)
{
  static const struct
  {
    const char *command;
    const char *message;
  } ends[] = {
    { "exit 3", "E; “sh” has ended with status 3" },
    { "kill -KILL $$", "E; “sh” was ended by signal 9" },
    { "echo a >&2; exit 0", "E; “sh” has ended with status 0; “sh” says: a" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const char *argv[] = { "sh", "-c", ends[i].command, NULL };
      g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (0);
      g_autoptr (GError) error = g_error_new_literal (VICI_ERROR, VICI_ERROR_CLOSED, "E");
      g_autoptr (ViciProcess) process = vici_process_new (launcher, argv, 0, NULL);

      g_subprocess_wait (vici_process_get_subprocess (process), NULL, NULL);
      vici_process_explain (process, error);
      g_assert_cmpstr (error->message, ==, ends[i].message);
    }
}

static const char talk[] = "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done >&2;"
                           "echo the end";

/* More than a pipe holds, which nobody reads: it does not wait for that. */
static void
test_talkative_unheard (void)
{
  const char *argv[] = { "sh", "-c", talk, NULL };
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (ViciProcess) process = vici_process_new (launcher, argv, 0, NULL);
  g_autofree char *said = NULL;

  g_subprocess_wait (vici_process_get_subprocess (process), NULL, NULL);
  said = vici_process_dup_said (process);
  g_assert_cmpuint (strlen (said), >, 2048);
  g_assert_cmpuint (strlen (said), <, 8192);
}

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  gboolean *ended = user_data;

  *ended = TRUE;
}

/* In the main loop all of it is read, and the end is kept, from the first whole
 * line on. */
static void
test_talkative (void)
{
  const char *argv[] = { "sh", "-c", talk, NULL };
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (ViciProcess) process = vici_process_new (launcher, argv, 0, NULL);
  g_autofree char *said = NULL;
  gboolean ended = FALSE;

  g_subprocess_wait_async (vici_process_get_subprocess (process), NULL, on_ended, &ended);
  remote_run_until (ended);
  said = vici_process_dup_said (process);
  g_assert_cmpuint (strlen (said), >, 2048);
  g_assert_cmpuint (strlen (said), <, 8192);
  g_assert_true (g_str_has_prefix (said, "line "));
  g_assert_nonnull (strstr (said, "; line "));
}

/* Nobody gets a signal, and nothing stays, when a connection is dropped in any of
 * its states. */
static void
test_leaves_nothing (void)
{
  guint before = 0;

  for (guint i = 0; i < 30; i++)
    {
      ViciConnection *connection = i % 3 == 0 ? daemon_new () : connection_new ("sleep 1000");

      if (i == 3)
        {
          remote_wait_childless ();
          before = remote_count_descriptors ();
        }

      if (i % 3 == 2)
        vici_connection_open_async (connection, NULL, NULL, NULL);
      else
        open_connection (connection, i % 2 == 0);
      if (i % 3 == 0)
        remote_check_version (connection, i % 2 == 0, "-");
      remote_drop (connection);
    }

  remote_wait_childless ();
  g_assert_cmpuint (remote_count_descriptors (), ==, before);
}

static void
note_stream (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GIOStream **) user_data =
    vici_transport_connect_finish (VICI_TRANSPORT (source), result, NULL);
}

/* Closing is enough, whoever still has the stream: the program is told to go,
 * whether it notices or not. */
static void
test_stream_close_ends (void)
{
  g_autoptr (ViciTransport) transport = vici_transport_new_for_uri ("exec:sleep 1000", NULL);
  g_autoptr (GIOStream) stream = NULL;

  vici_transport_connect_async (transport, NULL, note_stream, &stream);
  remote_run_until (stream != NULL);
  g_assert_true (g_io_stream_close (stream, NULL, NULL));
  remote_wait_childless ();
}

static void
test_close_ends (void)
{
  ViciConnection *connection = connection_new ("sleep 1000");
  g_autoptr (GError) error = NULL;

  open_connection (connection, TRUE);
  vici_connection_close_sync (connection, NULL, &error);
  g_assert_no_error (error);
  remote_wait_childless ();
  remote_drop (connection);
}

/* A program that has started another one; whoever of them is there has a pipe open,
 * into which they say when they are ready. */
static const struct
{
  const char *name;
  const char *script;
} families[] = {
  { "obedient", "exec 9>\"$0\"; sleep 1000 & printf x >&9; wait" },
  { "deaf", "trap \"\" TERM; exec 9>\"$0\"; sleep 1000 & printf x >&9; wait" },
  { "deaf-child",
    "exec 9>\"$0\"; (trap \"\" TERM; printf x >&9; exec sleep 1000) & wait" },
};

static GIOStream *
connect_family (const char *script,
                const char *fifo)
{
  g_autofree char *uri = g_strdup_printf ("exec:sh -c '%s' '%s'", script, fifo);
  g_autoptr (ViciTransport) transport = vici_transport_new_for_uri (uri, NULL);
  GIOStream *stream = NULL;

  vici_transport_connect_async (transport, NULL, note_stream, &stream);
  remote_run_until (stream != NULL);

  return stream;
}

/* All of it goes, whether it was closed in a main loop or let go outside of one. */
static void
check_family (const char *script,
              gboolean    sync)
{
  g_autofree char *directory = remote_make_directory ();
  g_autofree char *path = g_build_filename (directory, "fifo", NULL);
  int fifo = remote_make_fifo (path);
  GIOStream *stream = connect_family (script, path);

  remote_wait_fifo_used (fifo);
  if (!sync)
    g_io_stream_close (stream, NULL, NULL);
  else
    g_clear_object (&stream);
  remote_wait_fifo_free (fifo, sync);

  g_clear_object (&stream);
  remote_wait_childless ();
  close (fifo);
  remote_remove (directory);
}

static void
test_family (gconstpointer script)
{
  check_family (script, FALSE);
}

static void
test_family_sync (gconstpointer script)
{
  check_family (script, TRUE);
}

/* Nothing that is pressed at a terminal reaches it, and it finds none to ask at. */
static void
test_own_session (void)
{
  ViciConnection *connection =
    connection_new ("sh -c 'read -r p c s pp g session rest </proc/$$/stat; "
                    "test $session = $$ && echo a session of its own >&2'");
  g_autoptr (GError) error = NULL;

  open_connection (connection, FALSE);
  error = remote_call_error (connection, FALSE, "version");
  remote_assert_says (error, "“sh” says: a session of its own");
  remote_drop (connection);
  remote_wait_childless ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/exec/calls", NULL, test_calls);
  g_test_add_data_func ("/exec/calls-sync", SYNC, test_calls);
  g_test_add_func ("/exec/relay-with-quoted-argument", test_relay);
  g_test_add_func ("/exec/network-namespace", test_network_namespace);
  g_test_add_data_func ("/exec/missing-program-is-named", NULL, test_missing);
  g_test_add_data_func ("/exec/missing-program-is-named-sync", SYNC, test_missing);
  g_test_add_func ("/exec/no-command-is-refused", test_not_a_command);
  g_test_add_func ("/exec/cannot-listen", test_no_listening);
  g_test_add_data_func ("/exec/last-words-are-told", NULL, test_dies);
  g_test_add_data_func ("/exec/last-words-are-told-sync", SYNC, test_dies);
  g_test_add_data_func ("/exec/failure-is-told", NULL, test_fails);
  g_test_add_data_func ("/exec/failure-is-told-sync", SYNC, test_fails);
  g_test_add_func ("/exec/status-is-told", test_status);
  g_test_add_func ("/exec/talkative-program-is-not-held-up", test_talkative_unheard);
  g_test_add_func ("/exec/talkative-program-is-heard", test_talkative);
  g_test_add_func ("/exec/close-ends-the-program", test_close_ends);
  g_test_add_func ("/exec/close-of-the-stream-ends-the-program", test_stream_close_ends);
  g_test_add_func ("/exec/leaves-nothing-behind", test_leaves_nothing);
  g_test_add_func ("/exec/has-a-session-of-its-own", test_own_session);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autofree char *path = g_strconcat ("/exec/ends-all/", families[i].name, NULL);
      g_autofree char *path_sync = g_strconcat (path, "-sync", NULL);

      g_test_add_data_func (path, families[i].script, test_family);
      g_test_add_data_func (path_sync, families[i].script, test_family_sync);
    }

  return g_test_run ();
}
