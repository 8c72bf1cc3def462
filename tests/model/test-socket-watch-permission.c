/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What this user, or the system, does not let be watched. */

#include <glib-unix.h>
#include <sys/resource.h>

#include "socket-watch-test.h"

/* Whoever may do anything sees no permission: another one has to look. */
static void
become_nobody (void)
{
  if (geteuid () == 0)
    g_assert_no_errno (seteuid (65534));
}

/* As whom the sanitizers look when the process ends. */
static void
become_oneself (void)
{
  g_assert_no_errno (seteuid (getuid ()));
}

static gboolean
in_process_of_its_own (void)
{
  if (g_test_subprocess ())
    return TRUE;

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  return FALSE;
}

static void
a_file_without_permission_is_no_news (void)
{
  Fixture f;

  if (!in_process_of_its_own ())
    return;

  become_nobody ();
  fixture_init (&f);
  make_socket (&f, "socket");
  set_mode (&f, "socket", 0);
  watch (&f, "socket");
  assert_not_called (&f);
  set_mode (&f, "socket", 0600);
  assert_called (&f);
  fixture_clear (&f);
  become_oneself ();
}

static void
a_folder_may_be_entered_again (void)
{
  Fixture f;

  if (!in_process_of_its_own ())
    return;

  become_nobody ();
  fixture_init (&f);
  make_folder (&f, "a");
  make_folder (&f, "a/b");
  set_mode (&f, "a", 0600);
  watch (&f, "a/b/socket");
  assert_not_called (&f);
  set_mode (&f, "a", 0700);
  assert_not_called (&f);
  make_socket (&f, "a/b/socket");
  assert_called (&f);
  fixture_clear (&f);
  become_oneself ();
}

/* Nobody can say that the file is not there: to try tells more. */
static void
a_folder_comes_that_may_not_be_entered (void)
{
  Fixture f;

  if (!in_process_of_its_own ())
    return;

  become_nobody ();
  fixture_init (&f);
  make_folder (&f, "new");
  set_mode (&f, "new", 0600);
  watch (&f, "a/socket");
  assert_not_called (&f);
  move (&f, "new", "a");
  assert_called (&f);
  fixture_clear (&f);
  become_oneself ();
}

static void
a_folder_may_be_entered_and_not_read (void)
{
  Fixture f;
  g_autofree char *path = NULL;

  if (!in_process_of_its_own ())
    return;

  become_nobody ();
  fixture_init (&f);
  make_folder (&f, "a");
  set_mode (&f, "a", 0300);
  path = in_folder (&f, "a/socket");
  watch_at (&f, path, on_call);
  g_assert_false (vici_socket_watch_is_watching (f.watch));

  make_socket (&f, "a/socket");
  assert_not_called (&f);
  set_mode (&f, "a", 0700);
  assert_called (&f);
  g_assert_true (vici_socket_watch_is_watching (f.watch));
  set_mode (&f, "a", 0300);
  assert_called (&f);
  g_assert_false (vici_socket_watch_is_watching (f.watch));
  set_mode (&f, "a", 0700);
  fixture_clear (&f);
  become_oneself ();
}

/* GIO cannot watch it, and has never said so. */
static void
the_root_is_not_watched (void)
{
  Fixture f;

  fixture_init (&f);
  watch_at (&f, "/there-is-no-such-folder/socket", on_call);
  g_assert_false (vici_socket_watch_is_watching (f.watch));
  fixture_clear (&f);
}

static void
assert_no_timer (GMainContext *context)
{
  int priority, timeout;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  g_main_context_query (context, priority, &timeout, NULL, 0);
  g_main_context_release (context);
  g_assert_cmpint (timeout, ==, -1);
}

/* GIO would look every few seconds: it is better to know that nobody looks. */
static void
a_system_that_has_no_watches_left (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSource) source = NULL;
  g_autofree char *path = NULL;
  struct rlimit limit, none;
  Fixture f;

  if (!in_process_of_its_own ())
    return;

  /* GLib's own thread, which it does not do without, is there for this. */
  source = g_unix_signal_source_new (SIGUSR1);
  fixture_init (&f);
  path = in_folder (&f, "socket");
  g_main_context_push_thread_default (context);
  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &limit));
  none = (struct rlimit) { 3, limit.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &none));
  f.watch = vici_socket_watch_new (path, TRUE, on_call, &f);
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &limit));

  g_assert_false (vici_socket_watch_is_watching (f.watch));
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_no_timer (context);
  g_main_context_pop_thread_default (context);
  fixture_clear (&f);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/socket-watch-permission/none-is-no-news", a_file_without_permission_is_no_news);
  g_test_add_func ("/socket-watch-permission/folder-may-be-entered-again", a_folder_may_be_entered_again);
  g_test_add_func ("/socket-watch-permission/folder-that-may-not-be-entered", a_folder_comes_that_may_not_be_entered);
  g_test_add_func ("/socket-watch-permission/folder-that-cannot-be-watched", a_folder_may_be_entered_and_not_read);
  g_test_add_func ("/socket-watch-permission/root-is-not-watched", the_root_is_not_watched);
  g_test_add_func ("/socket-watch-permission/no-watches-left-is-known", a_system_that_has_no_watches_left);

  return g_test_run ();
}
