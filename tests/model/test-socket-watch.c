/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>

#include "socket-watch-test.h"

static void
on_call_free (gpointer user_data)
{
  Fixture *self = user_data;

  self->n_calls++;
  g_clear_pointer (&self->watch, vici_socket_watch_free);
}

/* -- The file -- */

static void
called_when_the_file_is_made (void)
{
  Fixture f;

  fixture_init (&f);
  watch (&f, "socket");
  assert_not_called (&f);
  make_socket (&f, "neighbour");
  assert_not_called (&f);
  make_socket (&f, "socket");
  assert_called (&f);

  /* And each time again. */
  settle (&f);
  take_away (&f, "socket");
  f.n_calls = 0;
  assert_not_called (&f);
  make_socket (&f, "socket");
  assert_called (&f);
  fixture_clear (&f);
}

static void
called_for_a_file_that_is_there (void)
{
  Fixture f;

  fixture_init (&f);
  make_socket (&f, "socket");
  watch (&f, "socket");

  /* Not before whoever made the watch has it. */
  g_assert_cmpuint (f.n_calls, ==, 0);
  assert_called (&f);
  assert_not_called (&f);
  fixture_clear (&f);
}

static void
called_when_its_permissions_change (void)
{
  Fixture f;

  fixture_init (&f);
  make_socket (&f, "socket");
  watch (&f, "socket");
  assert_called (&f);
  set_mode (&f, "socket", 0660);
  assert_called (&f);
  fixture_clear (&f);
}

static void
called_when_it_is_replaced (void)
{
  Fixture f;

  fixture_init (&f);
  make_socket (&f, "socket");
  watch (&f, "socket");
  assert_called (&f);
  make_socket (&f, "new");
  assert_not_called (&f);
  move (&f, "new", "socket");
  assert_called (&f);
  fixture_clear (&f);
}

static void
not_called_when_it_goes (void)
{
  Fixture f;

  fixture_init (&f);
  make_socket (&f, "socket");
  watch (&f, "socket");
  assert_called (&f);
  take_away (&f, "socket");
  assert_not_called (&f);
  fixture_clear (&f);
}

/* -- The folders -- */

static void
folders_are_made_one_by_one (void)
{
  Fixture f;

  fixture_init (&f);
  watch (&f, "a/b/c/socket");
  make_folder (&f, "a");
  assert_not_called (&f);
  make_folder (&f, "a/b");
  assert_not_called (&f);
  make_folder (&f, "a/b/c");
  assert_not_called (&f);
  assert_nothing_refused ();
  make_socket (&f, "a/b/c/socket");
  assert_called (&f);
  fixture_clear (&f);
}

static void
folders_are_made_at_once (void)
{
  Fixture f;

  fixture_init (&f);
  watch (&f, "a/b/socket");
  make_folder (&f, "a");
  make_folder (&f, "a/b");
  make_socket (&f, "a/b/socket");
  assert_called (&f);
  fixture_clear (&f);
}

static void
a_folder_comes_with_the_file (void)
{
  Fixture f;

  fixture_init (&f);
  make_folder (&f, "new");
  make_folder (&f, "new/b");
  make_socket (&f, "new/b/socket");
  watch (&f, "a/b/socket");
  assert_not_called (&f);
  move (&f, "new", "a");
  assert_called (&f);
  fixture_clear (&f);
}

static void
a_folder_is_deleted_and_made_again (void)
{
  Fixture f;

  fixture_init (&f);
  make_folder (&f, "a");
  make_folder (&f, "a/b");
  watch (&f, "a/b/socket");

  /* Whether there is time to look between, or not. */
  for (guint i = 0; i < 8; i++)
    {
      take_away (&f, "a");
      if (i % 2 == 0)
        assert_not_called (&f);
      make_folder (&f, "a");
      make_folder (&f, "a/b");
      if (i % 4 < 2)
        assert_not_called (&f);
      make_socket (&f, "a/b/socket");
      assert_called (&f);
      settle (&f);
      f.n_calls = 0;
    }

  fixture_clear (&f);
}

/* The kernel keeps a folder that somebody has open, and tells nothing of its end. */
static void
a_folder_that_is_in_use_is_deleted (void)
{
  Fixture f;
  g_autofree char *path = NULL;
  int fd;

  fixture_init (&f);
  make_folder (&f, "a");
  path = in_folder (&f, "a");
  fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_no_errno (fd);
  watch (&f, "a/socket");

  take_away (&f, "a");
  make_folder (&f, "a");
  assert_not_called (&f);
  make_socket (&f, "a/socket");
  assert_called (&f);

  close (fd);
  fixture_clear (&f);
}

static void
a_folder_is_moved_away_and_back (void)
{
  Fixture f;

  fixture_init (&f);
  make_folder (&f, "a");
  make_folder (&f, "a/b");
  watch (&f, "a/b/socket");
  move (&f, "a", "elsewhere");
  make_socket (&f, "elsewhere/b/socket");
  assert_not_called (&f);
  move (&f, "elsewhere", "a");
  assert_called (&f);
  fixture_clear (&f);
}

static void
a_file_is_where_a_folder_should_be (void)
{
  Fixture f;

  fixture_init (&f);
  make_socket (&f, "a");
  watch (&f, "a/socket");
  assert_not_called (&f);
  take_away (&f, "a");
  make_folder (&f, "a");
  make_socket (&f, "a/socket");
  assert_called (&f);
  fixture_clear (&f);
}

/* -- Links, and paths of other kinds -- */

static void
a_folder_is_a_link (void)
{
  Fixture f;

  fixture_init (&f);
  make_folder (&f, "run");
  make_folder (&f, "var");
  make_link (&f, "../run", "var/run");
  watch (&f, "var/run/charon/socket");
  make_folder (&f, "run/charon");
  assert_not_called (&f);
  make_socket (&f, "run/charon/socket");
  assert_called (&f);
  fixture_clear (&f);
}

static void
a_link_is_turned_elsewhere (void)
{
  Fixture f;

  fixture_init (&f);
  make_folder (&f, "old");
  make_folder (&f, "new");
  make_socket (&f, "new/socket");
  make_link (&f, "old", "link");
  make_link (&f, "new", "other");
  watch (&f, "link/socket");
  assert_not_called (&f);
  move (&f, "other", "link");
  assert_called (&f);
  fixture_clear (&f);
}

static void
what_a_link_leads_to_comes_and_goes (void)
{
  Fixture f;
  g_autofree char *target = NULL;

  fixture_init (&f);
  target = in_folder (&f, "deep/run");
  make_link (&f, target, "link");
  watch (&f, "link/socket");
  make_folder (&f, "deep");
  make_folder (&f, "deep/run");
  make_socket (&f, "deep/run/socket");
  assert_called (&f);
  settle (&f);

  take_away (&f, "deep");
  f.n_calls = 0;
  assert_not_called (&f);
  make_folder (&f, "deep");
  make_folder (&f, "deep/run");
  make_socket (&f, "deep/run/socket");
  assert_called (&f);
  fixture_clear (&f);
}

static void
the_file_is_a_link (void)
{
  Fixture f;

  fixture_init (&f);
  make_folder (&f, "a");
  make_link (&f, "a/real", "socket");
  watch (&f, "socket");
  assert_not_called (&f);
  make_socket (&f, "a/real");
  assert_called (&f);
  fixture_clear (&f);
}

static void
links_lead_in_a_circle (void)
{
  Fixture f;

  fixture_init (&f);
  make_link (&f, "b", "a");
  make_link (&f, "a", "b");
  watch (&f, "a/socket");
  assert_not_called (&f);
  make_folder (&f, "c");
  make_socket (&f, "c/socket");
  make_link (&f, "c", "d");
  move (&f, "d", "b");
  assert_called (&f);
  fixture_clear (&f);
}

static void
a_path_that_is_not_simple (void)
{
  Fixture f;

  fixture_init (&f);
  make_folder (&f, "x");
  make_folder (&f, "x/y");
  make_link (&f, "x/y", "link");

  /* From where the link leads to, as the kernel has it. */
  watch (&f, ".//link/./..//socket");
  make_socket (&f, "socket");
  assert_not_called (&f);
  make_socket (&f, "x/socket");
  assert_called (&f);
  fixture_clear (&f);
}

static void
a_relative_path (void)
{
  g_autofree char *here = g_get_current_dir ();
  Fixture f;

  fixture_init (&f);
  g_assert_no_errno (chdir (f.folder));
  f.watch = vici_socket_watch_new ("a/socket", TRUE, on_call, &f);
  g_assert_no_errno (chdir (here));
  g_assert_true (vici_socket_watch_is_watching (f.watch));

  make_folder (&f, "a");
  make_socket (&f, "a/socket");
  assert_called (&f);
  fixture_clear (&f);
}

/* -- Who is called, and where -- */

static void
freed_by_a_change (void)
{
  Fixture f;

  fixture_init (&f);
  watch_with (&f, "socket", on_call_free);

  /* The second is known already when the first is told. */
  make_socket (&f, "socket");
  set_mode (&f, "socket", 0666);
  assert_called (&f);
  g_assert_null (f.watch);
  set_mode (&f, "socket", 0600);
  assert_not_called (&f);
  fixture_clear (&f);
}

static void
freed_by_what_is_there (void)
{
  Fixture f;

  fixture_init (&f);
  make_socket (&f, "socket");
  watch_with (&f, "socket", on_call_free);
  set_mode (&f, "socket", 0666);
  settle (&f);
  g_assert_cmpuint (f.n_calls, ==, 1);
  g_assert_null (f.watch);
  fixture_clear (&f);
}

static void
freed_before_it_has_called (void)
{
  Fixture f;

  fixture_init (&f);
  make_socket (&f, "socket");
  watch (&f, "socket");
  set_mode (&f, "socket", 0666);
  g_clear_pointer (&f.watch, vici_socket_watch_free);
  assert_not_called (&f);
  fixture_clear (&f);
}

static void
called_in_the_context_of_its_maker (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Fixture f;

  fixture_init (&f);
  g_main_context_push_thread_default (context);
  watch (&f, "a/b/socket");
  g_main_context_pop_thread_default (context);

  /* The second step is watched from there too, though nobody has pushed it. */
  make_folder (&f, "a");
  assert_not_called (&f);
  g_main_context_iteration (context, TRUE);
  make_folder (&f, "a/b");
  make_socket (&f, "a/b/socket");
  assert_not_called (&f);
  while (f.n_calls == 0)
    g_main_context_iteration (context, TRUE);
  fixture_clear (&f);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/socket-watch/file/called-when-it-is-made", called_when_the_file_is_made);
  g_test_add_func ("/socket-watch/file/called-when-it-is-there", called_for_a_file_that_is_there);
  g_test_add_func ("/socket-watch/file/called-when-its-permissions-change", called_when_its_permissions_change);
  g_test_add_func ("/socket-watch/file/called-when-it-is-replaced", called_when_it_is_replaced);
  g_test_add_func ("/socket-watch/file/not-called-when-it-goes", not_called_when_it_goes);
  g_test_add_func ("/socket-watch/folder/made-one-by-one", folders_are_made_one_by_one);
  g_test_add_func ("/socket-watch/folder/made-at-once", folders_are_made_at_once);
  g_test_add_func ("/socket-watch/folder/comes-with-the-file", a_folder_comes_with_the_file);
  g_test_add_func ("/socket-watch/folder/deleted-and-made-again", a_folder_is_deleted_and_made_again);
  g_test_add_func ("/socket-watch/folder/deleted-while-in-use", a_folder_that_is_in_use_is_deleted);
  g_test_add_func ("/socket-watch/folder/moved-away-and-back", a_folder_is_moved_away_and_back);
  g_test_add_func ("/socket-watch/folder/a-file-is-in-its-place", a_file_is_where_a_folder_should_be);
  g_test_add_func ("/socket-watch/path/folder-is-a-link", a_folder_is_a_link);
  g_test_add_func ("/socket-watch/path/link-is-turned-elsewhere", a_link_is_turned_elsewhere);
  g_test_add_func ("/socket-watch/path/target-of-a-link-comes-and-goes", what_a_link_leads_to_comes_and_goes);
  g_test_add_func ("/socket-watch/path/file-is-a-link", the_file_is_a_link);
  g_test_add_func ("/socket-watch/path/links-in-a-circle", links_lead_in_a_circle);
  g_test_add_func ("/socket-watch/path/not-simple", a_path_that_is_not_simple);
  g_test_add_func ("/socket-watch/path/relative", a_relative_path);
  g_test_add_func ("/socket-watch/call/may-free-it-after-a-change", freed_by_a_change);
  g_test_add_func ("/socket-watch/call/may-free-it-at-first", freed_by_what_is_there);
  g_test_add_func ("/socket-watch/call/none-once-it-is-freed", freed_before_it_has_called);
  g_test_add_func ("/socket-watch/call/in-the-context-of-its-maker", called_in_the_context_of_its_maker);

  return g_test_run ();
}
