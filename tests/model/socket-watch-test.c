/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "socket-watch-test.h"

#include <sys/inotify.h>
#include <sys/syscall.h>

/* What GIO cannot watch it looks at every few seconds. It asks the kernel by this, which
 * is found before that of the C library. */
static int n_refused;

int
inotify_add_watch (int         fd,
                   const char *path,
                   uint32_t    mask)
{
  int wd = (int) syscall (SYS_inotify_add_watch, fd, path, mask);

  if (wd < 0)
    n_refused++;

  return wd;
}

void
assert_nothing_refused (void)
{
  g_assert_cmpint (n_refused, ==, 0);
}

void
on_call (gpointer user_data)
{
  Fixture *self = user_data;

  self->n_calls++;
}

void
fixture_init (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  *self = (Fixture) { g_dir_make_tmp ("vici-watch-XXXXXX", &error) };
  g_assert_no_error (error);
}

char *
in_folder (Fixture    *self,
           const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

void
watch_at (Fixture            *self,
          const char         *path,
          ViciSocketWatchFunc func)
{
  n_refused = 0;
  self->watch = vici_socket_watch_new (path, TRUE, func, self);
  assert_nothing_refused ();
}

void
watch_with (Fixture            *self,
            const char         *name,
            ViciSocketWatchFunc func)
{
  g_autofree char *path = in_folder (self, name);

  watch_at (self, path, func);
  g_assert_true (vici_socket_watch_is_watching (self->watch));
}

void
watch (Fixture    *self,
       const char *name)
{
  watch_with (self, name, on_call);
}

static void
remove_all (const char *path)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_all (child);
    }

  g_assert_cmpint (g_remove (path), ==, 0);
}

void
fixture_clear (Fixture *self)
{
  g_clear_pointer (&self->watch, vici_socket_watch_free);
  remove_all (self->folder);
  g_free (self->folder);
}

/* -- What happens there -- */

void
make_socket (Fixture    *self,
             const char *name)
{
  g_autofree char *path = in_folder (self, name);

  /* As bind() does. */
  g_assert_no_errno (mknod (path, S_IFSOCK | 0600, 0));
}

void
make_folder (Fixture    *self,
             const char *name)
{
  g_autofree char *path = in_folder (self, name);

  g_assert_no_errno (mkdir (path, 0755));
}

void
make_link (Fixture    *self,
           const char *target,
           const char *name)
{
  g_autofree char *path = in_folder (self, name);

  g_assert_no_errno (symlink (target, path));
}

void
move (Fixture    *self,
      const char *from,
      const char *to)
{
  g_autofree char *old = in_folder (self, from);
  g_autofree char *new = in_folder (self, to);

  g_assert_no_errno (rename (old, new));
}

void
take_away (Fixture    *self,
           const char *name)
{
  g_autofree char *path = in_folder (self, name);

  remove_all (path);
}

void
set_mode (Fixture    *self,
          const char *name,
          mode_t      mode)
{
  g_autofree char *path = in_folder (self, name);

  g_assert_no_errno (chmod (path, mode));
}

void
assert_called (Fixture *self)
{
  while (self->n_calls == 0)
    g_main_context_iteration (NULL, TRUE);

  self->n_calls = 0;
}

static void
on_sentinel (gboolean *seen)
{
  *seen = TRUE;
}

/* What happens last is told last. */
void
settle (Fixture *self)
{
  g_autofree char *path = in_folder (self, "sentinel");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileMonitor) monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  gboolean seen = FALSE;

  g_signal_connect_swapped (monitor, "changed", G_CALLBACK (on_sentinel), &seen);
  make_socket (self, "sentinel");
  while (!seen)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  g_signal_handlers_disconnect_by_data (monitor, &seen);
  g_file_monitor_cancel (monitor);
  take_away (self, "sentinel");
}

void
assert_not_called (Fixture *self)
{
  settle (self);
  g_assert_cmpuint (self->n_calls, ==, 0);
}
