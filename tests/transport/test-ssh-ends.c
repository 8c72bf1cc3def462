/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How ssh is brought to an end, and all that it has started: ssh itself, which gets
 * nowhere, or a script that is found in its place. */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "remote.h"

#define SYNC GINT_TO_POINTER (TRUE)

/* Where the sockets are made. */
static gboolean
is_nothing_left (void)
{
  g_autoptr (GDir) dir = g_dir_open (g_getenv ("XDG_RUNTIME_DIR"), 0, NULL);

  g_assert_nonnull (dir);

  return g_dir_read_name (dir) == NULL;
}

typedef struct
{
  char           *directory;
  int             fifo;         /* who is there has it open */
  char           *search_path;
  ViciConnection *connection;
} Fake;

/* ssh itself, or a script that is found in its place. */
static void
fake_init (Fake       *self,
           const char *script,
           const char *query)
{
  g_autofree char *fifo = NULL;
  g_autofree char *ssh = NULL;
  g_autofree char *found = NULL;
  g_autofree char *uri = NULL;

  self->directory = remote_make_directory ();
  self->search_path = g_strdup (g_getenv ("PATH"));
  fifo = g_build_filename (self->directory, "fifo", NULL);
  self->fifo = remote_make_fifo (fifo);
  g_setenv ("TEST_FIFO", fifo, TRUE);

  if (script != NULL)
    {
      ssh = g_build_filename (self->directory, "ssh", NULL);
      g_assert_true (g_file_set_contents (ssh, script, -1, NULL));
      g_assert_cmpint (g_chmod (ssh, 0700), ==, 0);
      found = g_strconcat (self->directory, ":", self->search_path, NULL);
      g_setenv ("PATH", found, TRUE);
    }

  uri = g_strconcat ("ssh://host/a", query, NULL);
  self->connection = vici_connection_new (uri);
}

static void
fake_clear (Fake *self)
{
  g_setenv ("PATH", self->search_path, TRUE);
  remote_drop (self->connection);
  remote_wait_childless ();
  remote_run_until (is_nothing_left ());
  close (self->fifo);
  remote_remove (self->directory);
  g_free (self->directory);
  g_free (self->search_path);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fake, fake_clear)

static void
note_opened (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  vici_connection_open_finish (VICI_CONNECTION (source), result, user_data);
}

/* Cancels when somebody has said that he is there, and what he did before is known. */
static void
check_cancel_ends_all (Fake *self)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  vici_connection_open_async (self->connection, cancellable, note_opened, &error);
  remote_wait_fifo_used (self->fifo);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_cancellable_cancel (cancellable);
  remote_run_until (error != NULL);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  remote_wait_fifo_free (self->fifo, FALSE);
}

static char *
write_proxy_config (void)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("vici-config-XXXXXX", &path, NULL);
  static const char text[] =
    "Host *\n ProxyCommand sh -c 'exec 9>\"$TEST_FIFO\"; printf x >&9; exec sleep 7654'\n";

  g_assert_cmpint (write (fd, text, strlen (text)), ==, (int) strlen (text));
  close (fd);

  return g_steal_pointer (&path);
}

/* ssh starts it, and leaves it behind when it is killed. */
static void
test_proxy_command_cancelled (void)
{
  g_autofree char *config = write_proxy_config ();
  g_autofree char *query = g_strconcat ("?config=", config, NULL);
  g_auto (Fake) self;

  fake_init (&self, NULL, query);
  check_cancel_ends_all (&self);
  g_unlink (config);
}

static void
test_proxy_command_timeout_sync (void)
{
  g_autofree char *config = write_proxy_config ();
  g_autofree char *query = g_strconcat ("?config=", config, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (Fake) self;

  fake_init (&self, NULL, query);
  vici_connection_set_timeout (self.connection, 1000);
  g_assert_false (vici_connection_open_sync (self.connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  remote_wait_fifo_free (self.fifo, TRUE);
  g_unlink (config);
}

static const char deaf[] = "#!/bin/sh\n"
                           "trap '' TERM; exec 9>\"$TEST_FIFO\"; printf x >&9; exec sleep 8765\n";

static void
test_deaf_cancelled (void)
{
  g_auto (Fake) self;

  fake_init (&self, deaf, "");
  check_cancel_ends_all (&self);
}

static const char mute[] = "#!/bin/sh\n"
                           "exec 9>\"$TEST_FIFO\" >&-; printf x >&9; exec sleep 8765\n";

static void
test_mute_cancelled (void)
{
  g_auto (Fake) self;

  fake_init (&self, mute, "");
  check_cancel_ends_all (&self);
}

/* It will not say any more that it is ready. */
static void
test_mute_is_ended (gconstpointer sync)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fake) self;

  fake_init (&self, mute, "");
  vici_connection_set_timeout (self.connection, 0);
  g_assert_false (remote_open (self.connection, sync != NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  remote_assert_says (error, "Cannot connect to “host” by ssh");
  remote_wait_fifo_free (self.fifo, sync != NULL);
}

/* An ssh that it starts itself, for ProxyJump, cannot ask either. */
static void
test_cannot_ask (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (Fake) self;

  fake_init (&self,
             "#!/bin/sh\nread -r p c s pp g session rest </proc/$$/stat\n"
             "test $session = $$ && echo session of its own, $SSH_ASKPASS_REQUIRE an askpass >&2\n",
             "");
  g_assert_false (remote_open (self.connection, FALSE, NULL, &error));
  remote_assert_says (error, "“ssh” says: session of its own, never an askpass");
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *ssh = g_find_program_in_path ("ssh");
  g_autofree char *runtime = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  runtime = remote_make_directory ();
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);

  if (ssh != NULL)
    {
      g_test_add_func ("/ssh-ends/cancel-ends-proxy-command", test_proxy_command_cancelled);
      g_test_add_func ("/ssh-ends/timeout-ends-proxy-command-sync", test_proxy_command_timeout_sync);
    }
  g_test_add_func ("/ssh-ends/cancel-ends-who-ignores-signals", test_deaf_cancelled);
  g_test_add_func ("/ssh-ends/cancel-ends-who-has-closed-its-output", test_mute_cancelled);
  g_test_add_data_func ("/ssh-ends/closed-output-is-the-end", NULL, test_mute_is_ended);
  g_test_add_data_func ("/ssh-ends/closed-output-is-the-end-sync", SYNC, test_mute_is_ended);
  g_test_add_func ("/ssh-ends/cannot-ask", test_cannot_ask);

  status = g_test_run ();
  remote_remove (runtime);

  return status;
}
