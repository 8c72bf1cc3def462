/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A daemon behind a real sshd, on the loopback interface, with keys and
 * configuration of its own: nothing of the system's is used but the programs. */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "remote.h"
#include "vici-error.h"
#include "vici-ssh-command.h"
#include "vici-transport.h"

#define SYNC GINT_TO_POINTER (TRUE)

typedef struct
{
  char        *directory;
  char        *config;
  char        *path;            /* of the daemon's socket */
  char        *daemon_uri;
  guint16      port;
  GSubprocess *daemon;
  GSubprocess *sshd;
} Remote;

static const char *
why_not (void)
{
  if (geteuid () != 0)
    return "only root can run sshd";
  if (!g_file_test ("/usr/sbin/sshd", G_FILE_TEST_IS_EXECUTABLE))
    return "there is no /usr/sbin/sshd";

  return NULL;
}

/* In CI both are there, or something is wrong. */
static gboolean
check_possible (void)
{
  if (why_not () == NULL)
    return TRUE;

  if (g_getenv ("CI") != NULL)
    g_error ("%s", why_not ());
  g_test_skip (why_not ());

  return FALSE;
}

static char *
in_directory (Remote     *remote,
              const char *name)
{
  return g_build_filename (remote->directory, name, NULL);
}

static void
write_file (Remote     *remote,
            const char *name,
            const char *format,
            ...) G_GNUC_PRINTF (3, 4);

static void
write_file (Remote     *remote,
            const char *name,
            const char *format,
            ...)
{
  g_autofree char *path = in_directory (remote, name);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static char *
read_file (Remote     *remote,
           const char *name)
{
  g_autofree char *path = in_directory (remote, name);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return g_strchomp (text);
}

static void
make_key (Remote     *remote,
          const char *name)
{
  g_autofree char *path = in_directory (remote, name);

  remote_run ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path, NULL);
}

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);

  return port;
}

/* What ssh is told in place of the user's and the system's configuration. */
static void
write_config (Remote     *remote,
              const char *name,
              const char *identity,
              const char *known_hosts)
{
  write_file (remote, name,
              "IdentityFile %s/%s\n"
              "IdentitiesOnly yes\n"
              "IdentityAgent none\n"
              "UserKnownHostsFile %s/%s\n"
              "GlobalKnownHostsFile none\n"
              "StrictHostKeyChecking yes\n"
              "LogLevel INFO\n",
              remote->directory, identity, remote->directory, known_hosts);
}

static void
write_server_config (Remote *remote)
{
  write_file (remote, "sshd_config",
              "ListenAddress 127.0.0.1:%u\n"
              "HostKey %s/host\n"
              "AuthorizedKeysFile %s/authorized\n"
              "PidFile none\n"
              "UsePAM no\n"
              "StrictModes no\n"
              "PasswordAuthentication no\n"
              "KbdInteractiveAuthentication no\n"
              "PermitRootLogin prohibit-password\n"
              "AllowStreamLocalForwarding yes\n",
              remote->port, remote->directory, remote->directory);
}

/* It says when it listens. */
static void
start_sshd (Remote *remote)
{
  g_autofree char *config = in_directory (remote, "sshd_config");
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "/usr/sbin/sshd", "-D", "-e", "-f", config, NULL };

  /* Its own, for the process that talks to strangers. */
  g_mkdir_with_parents ("/run/sshd", 0755);

  remote->sshd = remote_spawn (argv, G_SUBPROCESS_FLAGS_STDERR_PIPE);
  lines = g_data_input_stream_new (g_subprocess_get_stderr_pipe (remote->sshd));
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (lines, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (line);
      if (strstr (line, "Server listening on") != NULL)
        break;
    }

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
}

static Remote *
remote_new (void)
{
  Remote *remote = g_new0 (Remote, 1);
  g_autofree char *program = remote_dup_program ("test-transport-daemon");
  g_autofree char *host_key = NULL;
  g_autofree char *user_key = NULL;

  remote->directory = remote_make_directory ();
  remote->config = in_directory (remote, "config");
  remote->path = in_directory (remote, "a b:c%d.vici");
  remote->daemon_uri = g_strconcat ("unix://", remote->path, NULL);

  make_key (remote, "host");
  make_key (remote, "user");
  make_key (remote, "stranger");
  host_key = read_file (remote, "host.pub");
  user_key = read_file (remote, "user.pub");

  remote->port = find_port ();
  write_file (remote, "authorized", "%s\n", user_key);
  write_file (remote, "known", "[127.0.0.1]:%u %s\n", remote->port, host_key);
  write_file (remote, "unknown", "%s", "");
  write_config (remote, "config", "user", "known");
  write_config (remote, "config-stranger", "stranger", "known");
  write_config (remote, "config-unknown", "user", "unknown");
  write_server_config (remote);

  start_sshd (remote);
  remote->daemon = remote_start (program, remote->daemon_uri, NULL);

  return remote;
}

/* Where the sockets are made. */
static gboolean
is_nothing_left (void)
{
  g_autoptr (GDir) dir = g_dir_open (g_getenv ("XDG_RUNTIME_DIR"), 0, NULL);

  g_assert_nonnull (dir);

  return g_dir_read_name (dir) == NULL;
}

/* Of the children there may be left what the test itself has started. */
static void
remote_free (Remote *remote)
{
  g_assert_true (is_nothing_left ());
  if (remote->daemon != NULL)
    remote_stop (remote->daemon);
  remote_stop (remote->sshd);
  remote_wait_childless ();
  remote_remove (remote->directory);

  g_free (remote->directory);
  g_free (remote->config);
  g_free (remote->path);
  g_free (remote->daemon_uri);
  g_free (remote);
}

static ViciConnection *
connect_to (Remote     *remote,
            const char *path,
            const char *config)
{
  g_autofree char *file = in_directory (remote, config);
  g_autofree char *escaped_path = g_uri_escape_string (path, "/", FALSE);
  g_autofree char *escaped_file = g_uri_escape_string (file, "/", FALSE);
  g_autofree char *uri = g_strdup_printf ("ssh://root@127.0.0.1:%u%s?config=%s", remote->port,
                                          escaped_path, escaped_file);

  return vici_connection_new (uri);
}

static void
test_works (gconstpointer sync)
{
  Remote *remote;
  ViciConnection *connection;
  g_autoptr (GError) error = NULL;

  if (!check_possible ())
    return;

  remote = remote_new ();
  connection = connect_to (remote, remote->path, "config");
  remote_open (connection, sync != NULL, NULL, &error);
  g_assert_no_error (error);

  /* The name of the socket is of no use from here on. */
  g_assert_true (is_nothing_left ());
  for (guint i = 0; i < 10; i++)
    remote_check_version (connection, sync != NULL, remote->daemon_uri);

  remote_drop (connection);
  remote_free (remote);
}

static void
check_refused (gconstpointer sync,
               const char   *config,
               int           code,
               const char   *words)
{
  Remote *remote;
  ViciConnection *connection;
  g_autoptr (GError) error = NULL;

  if (!check_possible ())
    return;

  remote = remote_new ();
  connection = connect_to (remote, remote->path, config);
  g_assert_false (remote_open (connection, sync != NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, code);
  remote_assert_says (error, "127.0.0.1");
  remote_assert_says (error, words);
  remote_assert_says (error, "“ssh” has ended with status 255");

  remote_drop (connection);
  remote_free (remote);
}

static void
test_wrong_key (gconstpointer sync)
{
  check_refused (sync, "config-stranger", G_IO_ERROR_PERMISSION_DENIED,
                 "Permission denied (publickey)");
}

static void
test_unknown_host (gconstpointer sync)
{
  check_refused (sync, "config-unknown", G_IO_ERROR_FAILED, "Host key verification failed");
}

static void
test_no_config (void)
{
  check_refused (NULL, "config-of-nobody", G_IO_ERROR_FAILED, "config-of-nobody");
}

/* The tunnel is there; what is wrong with its other end is known when it is used. */
static void
test_no_socket (gconstpointer sync)
{
  Remote *remote;
  ViciConnection *connection;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_possible ())
    return;

  remote = remote_new ();
  path = in_directory (remote, "no-such.vici");
  connection = connect_to (remote, path, "config");
  remote_open (connection, sync != NULL, NULL, &error);
  g_assert_no_error (error);
  error = remote_call_error (connection, sync != NULL, "version");
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  remote_assert_says (error, "open failed: connect failed");

  remote_drop (connection);
  remote_free (remote);
}

static void
test_daemon_ends (void)
{
  Remote *remote;
  ViciConnection *connection;
  g_autoptr (GError) error = NULL;

  if (!check_possible ())
    return;

  remote = remote_new ();
  connection = connect_to (remote, remote->path, "config");
  remote_open (connection, FALSE, NULL, &error);
  g_assert_no_error (error);
  remote_check_version (connection, FALSE, remote->daemon_uri);
  remote_stop (g_steal_pointer (&remote->daemon));
  error = remote_call_error (connection, FALSE, "version");
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);

  remote_drop (connection);
  remote_free (remote);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);

  return G_SOURCE_REMOVE;
}

static void
cancel_when_accepted (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  GSocketConnection **connection = user_data;

  *connection = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, NULL);
  cancel (g_object_get_data (source, "cancellable"));
}

/* Somebody listens there, and never says a word. */
static void
test_cancel (gconstpointer by_timeout)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketConnection) accepted = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;
  ViciConnection *connection;
  guint16 port;
  int code = by_timeout != NULL ? G_IO_ERROR_TIMED_OUT : G_IO_ERROR_CANCELLED;

  port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_assert_no_error (error);
  uri = g_strdup_printf ("ssh://nobody@127.0.0.1:%u/run/x.vici?config=none", port);
  connection = vici_connection_new (uri);

  if (by_timeout != NULL)
    vici_connection_set_timeout (connection, 200);
  else
    {
      g_object_set_data (G_OBJECT (listener), "cancellable", cancellable);
      g_socket_listener_accept_async (listener, NULL, cancel_when_accepted, &accepted);
    }

  g_assert_false (remote_open (connection, by_timeout != NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_cmpint (by_timeout != NULL, ==, accepted == NULL);

  remote_drop (connection);
  remote_wait_childless ();
  remote_run_until (is_nothing_left ());
}

/* Which other sshs may have opened already. */
static void
test_forwards_of_the_user (void)
{
  Remote *remote;
  ViciConnection *connection;
  g_autofree char *config = NULL;
  g_autoptr (GError) error = NULL;

  if (!check_possible ())
    return;

  remote = remote_new ();
  config = read_file (remote, "config");
  write_file (remote, "config-forward", "%s\nLocalForward 127.0.0.1:%u 127.0.0.1:1\n", config,
              remote->port);
  connection = connect_to (remote, remote->path, "config-forward");
  remote_open (connection, FALSE, NULL, &error);
  g_assert_no_error (error);
  remote_check_version (connection, FALSE, remote->daemon_uri);

  remote_drop (connection);
  remote_free (remote);
}

static const struct
{
  const char *name;
  const char *uri;
  const char *says;
} wrong[] = {
  { "no-host", "ssh:///run/charon.vici", "no host" },
  { "no-path", "ssh://host", "names no socket" },
  { "only-a-slash", "ssh://host/", "names no socket" },
  { "option-for-host", "ssh://-oProxyCommand=x/run/charon.vici", "-oProxyCommand=x" },
  { "escaped-option-for-host", "ssh://%2doProxyCommand=x/run/charon.vici", "-oProxyCommand=x" },
  { "option-for-user", "ssh://-x@host/run/charon.vici", "-x" },
  { "command-for-host", "ssh://a%60id%60/run/charon.vici", "a`id`" },
  { "command-for-user", "ssh://a%24(id)@host/run/charon.vici", "a$(id)" },
  { "token-for-user", "ssh://%25h@host/run/charon.vici", "%h" },
  { "space-in-host", "ssh://a%20b/run/charon.vici", "a b" },
  { "slash-in-host", "ssh://a%2Fb/run/charon.vici", "a/b" },
  { "way-up-for-host", "ssh://..%2Fb/run/charon.vici", "../b" },
  { "dots-for-host", "ssh://../run/charon.vici", "“..”" },
  { "home-for-host", "ssh://~root/run/charon.vici", "~root" },
  { "slash-in-user", "ssh://..%2Fa@host/run/charon.vici", "../a" },
  { "password", "ssh://user:secret@host/run/charon.vici", "user:secret" },
  { "variable-in-path", "ssh://host/run/$%7BHOME%7D", "${" },
  { "unknown-key", "ssh://host/run/charon.vici?identity=x", "“identity”" },
  { "repeated-key", "ssh://host/run/charon.vici?config=a&config=b", "“config”" },
  { "empty-key", "ssh://host/run/charon.vici?config=", "“config”" },
  { "no-value", "ssh://host/run/charon.vici?config", "query" },
  { "fragment", "ssh://host/run/charon.vici#x", "#" },
  { "bad-port", "ssh://host:x/run/charon.vici", "host:x" },
};

static void
test_wrong (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_new_for_uri (wrong[i].uri, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  remote_assert_says (error, wrong[i].says);
}

static void
check_command (const char *uri,
               const char *tail)
{
  ViciSshTarget target = { NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) argv = NULL;
  g_autofree char *joined = NULL;

  vici_ssh_target_parse (&target, uri, &error);
  g_assert_no_error (error);
  argv = vici_ssh_target_dup_argv (&target, "/tmp/l");
  joined = g_strjoinv ("|", argv);
  g_assert_true (g_str_has_prefix (joined, "ssh|-N|"));
  if (!g_str_has_suffix (joined, tail))
    g_error ("“%s” does not end with “%s”", joined, tail);
  vici_ssh_target_clear (&target);
}

static void
test_command (void)
{
  check_command ("ssh://host/run/charon.vici", "=yes|-L|/tmp/l:/run/charon.vici|--|host");
  check_command ("ssh://me@host:22/a?config=/b%20c", "|-F|/b c|-p|22|-l|me|-L|/tmp/l:/a|--|host");
  check_command ("ssh://[2001:db8::1]/a", "|-L|/tmp/l:/a|--|2001:db8::1");
  check_command ("ssh://host/a%20'%22b", "|-L|/tmp/l:/a '\"b|--|host");
  check_command ("ssh://host/a:b%5Cc%25h$d", "|-L|/tmp/l:/a\\:b\\\\c%%h$d|--|host");
}

static void
test_no_listening (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciTransport) transport = vici_transport_new_for_uri ("ssh://host/a", &error);

  g_assert_no_error (error);
  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *runtime = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  runtime = remote_make_directory ();
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/wrong/", wrong[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_wrong);
    }
  g_test_add_func ("/ssh/command", test_command);
  g_test_add_func ("/ssh/cannot-listen", test_no_listening);
  g_test_add_data_func ("/ssh/works", NULL, test_works);
  g_test_add_data_func ("/ssh/works-sync", SYNC, test_works);
  g_test_add_data_func ("/ssh/wrong-key-is-told", NULL, test_wrong_key);
  g_test_add_data_func ("/ssh/wrong-key-is-told-sync", SYNC, test_wrong_key);
  g_test_add_data_func ("/ssh/unknown-host-is-told", NULL, test_unknown_host);
  g_test_add_data_func ("/ssh/unknown-host-is-told-sync", SYNC, test_unknown_host);
  g_test_add_func ("/ssh/missing-config-is-told", test_no_config);
  g_test_add_data_func ("/ssh/missing-socket-is-told", NULL, test_no_socket);
  g_test_add_data_func ("/ssh/missing-socket-is-told-sync", SYNC, test_no_socket);
  g_test_add_func ("/ssh/daemon-that-ends-closes", test_daemon_ends);
  g_test_add_func ("/ssh/forwards-of-the-user-may-fail", test_forwards_of_the_user);
  g_test_add_data_func ("/ssh/cancel-leaves-nothing", NULL, test_cancel);
  g_test_add_data_func ("/ssh/timeout-leaves-nothing-sync", SYNC, test_cancel);

  status = g_test_run ();
  remote_remove (runtime);

  return status;
}
