/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Plug-ins: found, loaded, and told what is wrong with them. */

#include <glib/gstdio.h>
#include <string.h>

#include "transport-test.h"

static char *others;            /* a directory that is looked into before the plug-ins' */

static void
assert_fails (const char *uri,
              int         code,
              const char *says)
{
  /* It is as wrong the next time. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vici_transport_new_for_uri (uri, &error));
      g_assert_error (error, G_IO_ERROR, code);
      g_assert_nonnull (strstr (error->message, says));
    }
}

static void
test_missing (void)
{
  assert_fails ("missing:x", G_IO_ERROR_NOT_SUPPORTED, "“missing:”");
  assert_fails ("missing:x", G_IO_ERROR_NOT_SUPPORTED, "libvici-transport-missing.so");
  assert_fails ("missing:x", G_IO_ERROR_NOT_SUPPORTED, others);
  assert_fails ("missing:x", G_IO_ERROR_NOT_SUPPORTED, PLUGIN_DIR ", ");
  assert_fails ("missing:x", G_IO_ERROR_NOT_SUPPORTED, ", " VICI_TRANSPORT_DIR);
}

static void
write_file (const char *scheme)
{
  g_autofree char *name = g_strdup_printf ("libvici-transport-%s.so", scheme);
  g_autofree char *path = g_build_filename (others, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "This is no library.\n", -1, &error);
  g_assert_no_error (error);
}

static void
test_broken (void)
{
  g_autofree char *path = g_build_filename (others, "libvici-transport-broken.so", NULL);

  write_file ("broken");
  assert_fails ("broken:x", G_IO_ERROR_FAILED, path);
  assert_fails ("broken:x", G_IO_ERROR_FAILED, "file too short");
}

/* A program that is no plug-in has no functions to begin with. */
static void
test_bare (void)
{
  assert_fails ("bare:x", G_IO_ERROR_FAILED, PLUGIN_DIR "/libvici-transport-bare.so");
  assert_fails ("bare:x", G_IO_ERROR_FAILED, "g_io_module_load");
}

static void
test_silent (void)
{
  assert_fails ("silent:x", G_IO_ERROR_FAILED, PLUGIN_DIR "/libvici-transport-silent.so");
  assert_fails ("silent:x", G_IO_ERROR_FAILED, "provides no transport “silent:”");
}

static void
test_works (void)
{
  g_autoptr (ViciTransport) a = transport_test_new ("loop:a");
  g_autoptr (ViciTransport) b G_GNUC_UNUSED = transport_test_new ("loop:b");
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (G_OBJECT_TYPE_NAME (a), ==, "Loop");
  transport_test_assert_works ("loop:a");
  transport_test_assert_works ("loop:b");

  stream = transport_test_connect (a, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
test_built_in (void)
{
  g_autoptr (ViciTransport) transport = NULL;

  write_file ("unix");
  transport = transport_test_new ("unix:@a");
}

/* The plug-in that was loaded stays, whatever is found later. */
static void
test_stays (void)
{
  write_file ("loop");
  transport_test_assert_works ("loop:c");
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  others = transport_test_make_directory ();
  vici_transport_add_module_directory (others);
  vici_transport_add_module_directory (PLUGIN_DIR);

  g_test_add_func ("/modules/missing-names-file-and-directories", test_missing);
  g_test_add_func ("/modules/broken-names-file-and-reason", test_broken);
  g_test_add_func ("/modules/library-that-is-no-plug-in", test_bare);
  g_test_add_func ("/modules/plug-in-without-the-transport", test_silent);
  g_test_add_func ("/modules/works", test_works);
  g_test_add_func ("/modules/built-in-kinds-are-not-looked-for", test_built_in);
  g_test_add_func ("/modules/loaded-once", test_stays);

  status = g_test_run ();
  transport_test_remove_directory (others);
  g_free (others);

  return status;
}
