/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "remote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A test that waits so long is stuck. */
#define DEADLINE_S 120

char *
remote_dup_source (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "transport", name, NULL);
}

char *
remote_dup_program (const char *name)
{
  return g_test_build_filename (G_TEST_BUILT, "transport", name, NULL);
}

char *
remote_make_directory (void)
{
  g_autoptr (GError) error = NULL;
  char *directory = g_dir_make_tmp ("vici-remote-XXXXXX", &error);

  g_assert_no_error (error);

  return directory;
}

void
remote_remove (const char *directory)
{
  remote_run ("rm", "-rf", directory, NULL);
}

static GStrv
collect (const char *program,
         va_list     args)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();

  for (const char *word = program; word != NULL; word = va_arg (args, const char *))
    g_strv_builder_add (argv, word);

  return g_strv_builder_end (argv);
}

void
remote_run (const char *program,
            ...)
{
  g_auto (GStrv) argv = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  va_list args;

  va_start (args, program);
  argv = collect (program, args);
  va_end (args);

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s: %s%s", program, error->message, output, errors);
}

/* What this process has started goes when it does, however that comes about. */
static void
end_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
remote_spawn (const char * const *argv,
              GSubprocessFlags    flags)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, end_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);

  return process;
}

GSubprocess *
remote_start (const char *program,
              ...)
{
  g_auto (GStrv) argv = NULL;
  GSubprocess *process;
  char line[64];
  gssize n;
  va_list args;

  va_start (args, program);
  argv = collect (program, args);
  va_end (args);

  process = remote_spawn ((const char * const *) argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  n = g_input_stream_read (g_subprocess_get_stdout_pipe (process), line, sizeof line, NULL, NULL);
  g_assert_cmpint (n, >, 0);

  return process;
}

void
remote_stop (GSubprocess *process)
{
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  g_object_unref (process);
}

static void
note_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

gboolean
remote_open (ViciConnection *connection,
             gboolean        sync,
             GCancellable   *cancellable,
             GError        **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (sync)
    return vici_connection_open_sync (connection, cancellable, error);

  vici_connection_open_async (connection, cancellable, note_result, &result);
  remote_run_until (result != NULL);

  return vici_connection_open_finish (connection, result, error);
}

static ViciMessage *
call (ViciConnection *connection,
      gboolean        sync,
      const char     *command,
      GError        **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  if (sync)
    return vici_connection_call_sync (connection, command, NULL, NULL, error);

  vici_connection_call_async (connection, command, NULL, NULL, note_result, &result);
  remote_run_until (result != NULL);

  return vici_connection_call_finish (connection, result, error);
}

static char *
ask (ViciConnection *connection,
     gboolean        sync)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = call (connection, sync, "version", &error);

  g_assert_no_error (error);

  return vici_message_lookup_string (reply, "daemon");
}

void
remote_check_version (ViciConnection *connection,
                      gboolean        sync,
                      const char     *who)
{
  g_autofree char *daemon = ask (connection, sync);

  g_assert_cmpstr (daemon, ==, who);
}

void
remote_check_version_like (ViciConnection *connection,
                           gboolean        sync,
                           const char     *part)
{
  g_autofree char *daemon = ask (connection, sync);

  if (strstr (daemon, part) == NULL)
    g_error ("“%s” does not hold “%s”", daemon, part);
}

GError *
remote_call_error (ViciConnection *connection,
                   gboolean        sync,
                   const char     *command)
{
  GError *error = NULL;
  g_autoptr (ViciMessage) reply = call (connection, sync, command, &error);

  g_assert_null (reply);
  g_assert_nonnull (error);

  return error;
}

void
remote_assert_says (const GError *error,
                    const char   *words)
{
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

void
remote_drop (ViciConnection *connection)
{
  gpointer alive = connection;

  g_object_add_weak_pointer (G_OBJECT (connection), &alive);
  g_object_unref (connection);
  remote_run_until (alive == NULL);
}

/* GLib's own thread reaps them, whatever of them the main loop waits for. */
void
remote_wait_childless (void)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  siginfo_t info;

  while (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, FALSE);
      g_thread_yield ();
    }

  g_assert_cmpint (errno, ==, ECHILD);
}

int
remote_make_fifo (const char *path)
{
  int fifo;

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  fifo = open (path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (fifo, >=, 0);

  return fifo;
}

/* Who waits in poll() waits for its byte, or for the last one to close it: before
 * the first one has opened it there is neither. */
static void
wait_fifo (int      fifo,
           short    events,
           gboolean sync)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  struct pollfd poll_fd = { fifo, events, 0 };

  while (poll (&poll_fd, 1, 10) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (!sync)
        g_main_context_iteration (NULL, FALSE);
    }
}

void
remote_wait_fifo_used (int fifo)
{
  char byte;

  wait_fifo (fifo, POLLIN, FALSE);
  g_assert_cmpint (read (fifo, &byte, 1), ==, 1);
}

void
remote_wait_fifo_free (int      fifo,
                       gboolean sync)
{
  wait_fifo (fifo, 0, sync);
}

/* GLib's own thread has a pidfd for each program, and closes it some time after it
 * has reaped that: perhaps just now. */
static gboolean
is_lasting (const char *descriptor)
{
  g_autofree char *path = g_build_filename ("/proc/self/fd", descriptor, NULL);
  g_autofree char *target = g_file_read_link (path, NULL);

  return target != NULL && strstr (target, "pidfd") == NULL;
}

guint
remote_count_descriptors (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, &error);
  const char *name;
  guint count = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    count += is_lasting (name);

  return count;
}

static gboolean
on_deadline (gpointer what)
{
  g_error ("waited too long for: %s", (const char *) what);

  return G_SOURCE_REMOVE;
}

guint
remote_deadline_new (const char *what)
{
  return g_timeout_add_seconds (DEADLINE_S, on_deadline, (gpointer) what);
}
