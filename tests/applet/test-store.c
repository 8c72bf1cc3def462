/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The profiles in their file. */

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "applet-keeper.h"
#include "applet-test.h"

static void
write_store (AppletStore *store,
             GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  applet_store_write_async (store, real_take_result, &result);
  real_wait_until (result != NULL);
  applet_store_write_finish (store, result, error);
}

static void
put (Home       *home,
     const char *name)
{
  g_autoptr (AppletProfile) profile = home_profile (home, name, APPLET_AUTH_PSK, "192.0.2.2");

  applet_store_put (home->store, profile);
}

/* The names in the file, as another run of the applet reads them. */
static char *
read_again (Home *home)
{
  g_autofree char *path = home_path (home, "config/connections.conf");
  g_autoptr (AppletStore) store = applet_store_new (path);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  read_store (store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (AppletProfile) profile = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_string_append_printf (names, "%s;", applet_profile_get (profile, "name"));
    }

  return g_string_free (g_steal_pointer (&names), FALSE);
}

static guint
get_mode (Home       *home,
          const char *name)
{
  g_autofree char *path = home_path (home, name);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);

  return info.st_mode & 07777;
}

static void
test_keeps (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *names = NULL;
  g_autofree char *fewer = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  put (&home, "work");
  put (&home, "home [1]");
  put (&home, "work");
  write_store (home.store, &error);
  g_assert_no_error (error);
  names = read_again (&home);
  g_assert_cmpstr (names, ==, "home [1];work;");

  applet_store_remove (home.store, "work");
  applet_store_remove (home.store, "nobody");
  write_store (home.store, &error);
  g_assert_no_error (error);
  fewer = read_again (&home);
  g_assert_cmpstr (fewer, ==, "home [1];");
}

/* Whatever the mask is, and whatever the mode of an older file. */
static void
test_is_private (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  mode_t mask = umask (0);
  g_autoptr (GError) error = NULL;

  home_init (&home);
  put (&home, "home");
  write_store (home.store, &error);
  g_assert_no_error (error);
  g_assert_cmphex (get_mode (&home, "config"), ==, 0700);
  g_assert_cmphex (get_mode (&home, "config/connections.conf"), ==, 0600);

  path = home_path (&home, "config/connections.conf");
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  write_store (home.store, &error);
  g_assert_no_error (error);
  g_assert_cmphex (get_mode (&home, "config/connections.conf"), ==, 0600);
  umask (mask);
}

/* Who has the old file open goes on reading the old file, and nothing is left beside. */
static void
test_is_replaced (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GMappedFile) old = NULL;
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  path = home_path (&home, "config/connections.conf");
  folder = home_path (&home, "config");
  put (&home, "home");
  write_store (home.store, &error);
  g_assert_no_error (error);
  old = g_mapped_file_new (path, FALSE, &error);
  g_assert_no_error (error);
  applet_store_remove (home.store, "home");
  write_store (home.store, &error);
  g_assert_no_error (error);

  g_assert_nonnull (g_strstr_len (g_mapped_file_get_contents (old),
                                  (gssize) g_mapped_file_get_length (old), "name=home"));
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "connections.conf");
  g_assert_null (g_dir_read_name (dir));
}

static void
test_order (void)
{
  g_auto (Home) home = { 0 };
  GAsyncResult *results[20] = { NULL };
  g_autofree char *names = NULL;

  home_init (&home);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      put (&home, name);
      applet_store_write_async (home.store, real_take_result, &results[i]);
      if (i > 0)
        {
          g_autofree char *last = g_strdup_printf ("%u", i - 1);

          applet_store_remove (home.store, last);
        }
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      real_wait_until (results[i] != NULL);
      applet_store_write_finish (home.store, results[i], &error);
      g_assert_no_error (error);
      g_object_unref (results[i]);
    }

  names = read_again (&home);
  g_assert_cmpstr (names, ==, "19;");
}

static void
test_unreadable (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (AppletStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;

  home_init (&home);
  put (&home, "home");
  write_store (home.store, &error);
  g_assert_no_error (error);
  path = home_path (&home, "config/connections.conf");
  g_file_set_contents (path, "[x]\nname=future\nversion=3\n", -1, &error);
  g_assert_no_error (error);

  store = applet_store_new (path);
  g_assert_false (read_store (store, &error));
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (applet_store_get_error (store));
  write_store (store, &refusal);
  g_assert_error (refusal, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_file_get_contents (path, &text, NULL, NULL);
  g_assert_nonnull (strstr (text, "future"));
}

/* What a crash may leave of a file is an empty one to GKeyFile. */
static void
test_zero_byte (void)
{
  static const char text[] = "\0\0\0\0";
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *left = NULL;
  gsize length;
  g_autoptr (AppletStore) store = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;

  home_init (&home);
  path = home_path (&home, "connections.conf");
  g_file_set_contents (path, text, sizeof (text) - 1, &error);
  g_assert_no_error (error);

  store = applet_store_new (path);
  g_assert_false (read_store (store, &error));
  g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE);
  write_store (store, &refusal);
  g_assert_error (refusal, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_file_get_contents (path, &left, &length, NULL);
  g_assert_cmpmem (left, length, text, sizeof (text) - 1);
}

/* -- Several applets of one daemon -- */

static AppletStore *
open_another (Home *home)
{
  g_autofree char *path = home_path (home, "config/connections.conf");
  AppletStore *store = applet_store_new (path);
  g_autoptr (GError) error = NULL;

  read_store (store, &error);
  g_assert_no_error (error);

  return store;
}

static GDateTime *
get_time (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (file, "time::modified,time::modified-usec",
                                                  G_FILE_QUERY_INFO_NONE, NULL, &error);

  g_assert_no_error (error);

  return g_file_info_get_modification_date_time (info);
}

/* Until what is written has another time than what is there: people are slower than
 * the clock of a file system. */
static void
wait_for_time (Home *home)
{
  g_autofree char *path = home_path (home, "config/connections.conf");
  g_autofree char *other = home_path (home, "later");
  g_autoptr (GDateTime) before = get_time (path);
  g_autoptr (GDateTime) now = NULL;

  do
    {
      g_autoptr (GError) error = NULL;

      g_file_set_contents (other, "", -1, &error);
      g_assert_no_error (error);
      g_clear_pointer (&now, g_date_time_unref);
      now = get_time (other);
    }
  while (g_date_time_equal (before, now));
}

static void
save (Home        *home,
      AppletStore *store,
      const char  *name,
      const char  *remote)
{
  g_autoptr (AppletProfile) profile = home_profile (home, name, APPLET_AUTH_PSK, remote);
  g_autoptr (GError) error = NULL;

  applet_store_put (store, profile);
  write_store (store, &error);
  g_assert_no_error (error);
  wait_for_time (home);
}

static void
assert_remote (AppletStore *store,
               const char  *name,
               const char  *remote)
{
  g_autoptr (AppletProfile) profile = applet_store_lookup (store, name);

  g_assert_nonnull (profile);
  g_assert_cmpstr (applet_profile_get (profile, "remote-addrs"), ==, remote);
}

static void
test_several (void)
{
  g_auto (Home) home = { 0 };
  g_autoptr (AppletStore) other = NULL;
  g_autofree char *names = NULL;
  g_autofree char *fewer = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  other = open_another (&home);
  /* The other one has seen no file. */
  save (&home, home.store, "two", "192.0.2.2");
  save (&home, other, "three", "192.0.2.3");
  save (&home, home.store, "four", "192.0.2.4");
  names = read_again (&home);
  g_assert_cmpstr (names, ==, "four;three;two;");
  assert_remote (home.store, "three", "192.0.2.3");

  /* What the other one has not heard of can be forgotten by it, what it had changed stays
   * as it is now, and what it had is not made again. */
  save (&home, home.store, "two", "192.0.2.22");
  applet_store_remove (home.store, "three");
  write_store (home.store, &error);
  g_assert_no_error (error);
  wait_for_time (&home);
  applet_store_set_locked (other, "three", TRUE);
  applet_store_remove (other, "four");
  write_store (other, &error);
  g_assert_no_error (error);
  fewer = read_again (&home);
  g_assert_cmpstr (fewer, ==, "two;");
  assert_remote (other, "two", "192.0.2.22");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (other)), ==, 1);
  g_assert_false (applet_store_is_locked (other, "three"));
}

/* What was changed while the file was read again is no less a change. */
static void
test_several_at_once (void)
{
  g_auto (Home) home = { 0 };
  g_autoptr (AppletStore) other = NULL;
  GAsyncResult *results[20] = { NULL };
  guint n_conns = G_N_ELEMENTS (results) + 1;

  home_init (&home);
  other = open_another (&home);
  save (&home, home.store, "first", "192.0.2.1");
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autoptr (AppletProfile) profile = home_profile (&home, name, APPLET_AUTH_PSK, "192.0.2.2");

      applet_store_put (other, profile);
      applet_store_write_async (other, real_take_result, &results[i]);
      g_main_context_iteration (NULL, TRUE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GError) error = NULL;

      real_wait_until (results[i] != NULL);
      applet_store_write_finish (other, results[i], &error);
      g_assert_no_error (error);
      g_object_unref (results[i]);
    }

  g_object_unref (other);
  other = open_another (&home);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (other)), ==, n_conns);
}

/* What a newer release has written meanwhile is not replaced either. */
static void
test_unreadable_again (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;

  home_init (&home);
  save (&home, home.store, "home", "192.0.2.2");
  path = home_path (&home, "config/connections.conf");
  g_file_set_contents (path, "[x]\nname=future\nversion=3\n", -1, &error);
  g_assert_no_error (error);

  put (&home, "work");
  write_store (home.store, &error);
  g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE);
  g_assert_nonnull (strstr (error->message, path));
  write_store (home.store, &refusal);
  g_assert_error (refusal, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_file_get_contents (path, &text, NULL, NULL);
  g_assert_nonnull (strstr (text, "future"));
}

/* The file behind a link has another time than the link, and is no other file. */
static void
test_link (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *target = NULL;
  g_autofree char *names = NULL;
  g_autoptr (AppletStore) store = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  save (&home, home.store, "home", "192.0.2.2");
  path = home_path (&home, "config/connections.conf");
  target = home_path (&home, "elsewhere.conf");
  g_assert_cmpint (g_rename (path, target), ==, 0);
  g_assert_cmpint (symlink (target, path), ==, 0);
  store = open_another (&home);
  save (&home, store, "work", "192.0.2.2");
  names = read_again (&home);
  g_assert_cmpstr (names, ==, "home;work;");
}

/* -- Folders -- */

static void
test_folders (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (AppletStore) store = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  path = home_path (&home, "a/b/c/connections.conf");
  store = applet_store_new (path);
  write_store (store, &error);
  g_assert_no_error (error);
  g_assert_cmphex (get_mode (&home, "a"), ==, 0700);
  g_assert_cmphex (get_mode (&home, "a/b"), ==, 0700);
  g_assert_cmphex (get_mode (&home, "a/b/c"), ==, 0700);
}

/* It is there and yet nothing can be made in it: that is not tried for ever. */
static void
test_dangling (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *link = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AppletStore) store = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  link = home_path (&home, "link");
  path = home_path (&home, "link/a/connections.conf");
  g_assert_cmpint (symlink ("nowhere", link), ==, 0);
  store = applet_store_new (path);
  write_store (store, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Where a folder cannot be made, since there is a file. */
static void
test_unwritable (void)
{
  g_auto (Home) home = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (AppletStore) store = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  path = home_path (&home, "alice.pem/connections.conf");
  store = applet_store_new (path);
  write_store (store, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
}

/* What is there for one, its private keys too, is nothing for another to be sent. */
static void
test_of_its_daemon (void)
{
  g_auto (Home) home = { 0 };
  g_autoptr (ViciMonitor) monitor = vici_monitor_new ("unix:///nowhere/alice.vici");
  g_autoptr (ViciMonitor) again = vici_monitor_new ("unix:///nowhere/alice.vici");
  g_autoptr (ViciMonitor) other = vici_monitor_new ("unix:///nowhere/bob.vici");
  g_autoptr (AppletProfile) profile = NULL;
  g_autoptr (GError) error = NULL;

  home_init (&home);
  g_setenv ("XDG_CONFIG_HOME", home.folder, TRUE);
  g_assert_cmpstr (g_get_user_config_dir (), ==, home.folder);
  /* Nobody listens there, and nobody is to be waited for. */
  vici_monitor_stop (monitor);
  vici_monitor_stop (again);
  vici_monitor_stop (other);

  profile = home_profile (&home, "home", APPLET_AUTH_CERT, "192.0.2.1");
  real_wait_until (!applet_store_is_reading (applet_keeper_get_store (monitor)));
  applet_store_put (applet_keeper_get_store (monitor), profile);
  write_store (applet_keeper_get_store (monitor), &error);
  g_assert_no_error (error);

  real_wait_until (!applet_store_is_reading (applet_keeper_get_store (again)) &&
                   !applet_store_is_reading (applet_keeper_get_store (other)));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (applet_keeper_get_store (again))), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (applet_keeper_get_store (other))), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store/keeps-profiles", test_keeps);
  g_test_add_func ("/store/is-for-its-user-alone", test_is_private);
  g_test_add_func ("/store/file-is-replaced-as-a-whole", test_is_replaced);
  g_test_add_func ("/store/last-change-is-last-in-file", test_order);
  g_test_add_func ("/store/what-is-not-understood-is-not-replaced", test_unreadable);
  g_test_add_func ("/store/zero-byte-is-not-understood", test_zero_byte);
  g_test_add_func ("/store/several-applets-keep-what-each-has-changed", test_several);
  g_test_add_func ("/store/changes-while-it-is-read-again-are-kept", test_several_at_once);
  g_test_add_func ("/store/what-came-meanwhile-and-is-not-understood-is-not-replaced", test_unreadable_again);
  g_test_add_func ("/store/link-is-no-change", test_link);
  g_test_add_func ("/store/makes-its-folders", test_folders);
  g_test_add_func ("/store/folder-that-leads-nowhere-is-told", test_dangling);
  g_test_add_func ("/store/failure-is-told", test_unwritable);
  g_test_add_func ("/store/each-daemon-has-its-own", test_of_its_daemon);

  return g_test_run ();
}
