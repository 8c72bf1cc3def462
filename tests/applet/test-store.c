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
  g_test_add_func ("/store/makes-its-folders", test_folders);
  g_test_add_func ("/store/folder-that-leads-nowhere-is-told", test_dangling);
  g_test_add_func ("/store/failure-is-told", test_unwritable);
  g_test_add_func ("/store/each-daemon-has-its-own", test_of_its_daemon);

  return g_test_run ();
}
