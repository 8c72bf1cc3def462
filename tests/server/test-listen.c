/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where a server listens. */

#include "server-test.h"

#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define N_MANY 1000

typedef struct
{
  ServerTest test;
  char      *folder;
  char      *uri;               /* of a socket in it */
  char      *path;
} ListenTest;

static void
set_up (ListenTest   *self,
        gconstpointer data)
{
  server_test_set_up (&self->test, data);
  self->folder = g_dir_make_tmp ("vici-server-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
  self->path = g_build_filename (self->folder, "vici", NULL);
  self->uri = g_strconcat ("unix://", self->path, NULL);
}

static void
tear_down (ListenTest   *self,
           gconstpointer data)
{
  server_test_tear_down (&self->test, data);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
  g_free (self->path);
  g_free (self->uri);
}

#define ADD(path, func) g_test_add (path, ListenTest, NULL, set_up, func, tear_down)

static void
listen_to (ListenTest *self,
           const char *uri)
{
  g_autoptr (GError) error = NULL;

  vici_server_listen (self->test.server, uri, &error);
  g_assert_no_error (error);
}

static void
cannot_listen (ListenTest *self,
               const char *uri,
               int         code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_server_listen (self->test.server, uri, &error));
  g_assert_error (error, G_IO_ERROR, code);
}

static void
assert_served (ListenTest *self,
               const char *uri)
{
  g_autoptr (Client) client = client_new_for_uri (uri);
  ViciPeer *peer;

  client_send (client, "request echo a=1");
  client_gets (client, "response a=1");

  peer = self->test.peers->pdata[self->test.peers->len - 1];
  g_assert_cmpstr (vici_peer_get_uri (peer), ==, uri);
}

static void
test_several (ListenTest   *self,
              gconstpointer data)
{
  g_auto (GStrv) uris = NULL;

  g_assert_cmpuint (g_strv_length (uris = vici_server_get_uris (self->test.server)), ==, 0);
  g_strfreev (uris);

  listen_to (self, self->uri);
  listen_to (self, "tcp://127.0.0.1:0");
  listen_to (self, "tcp://127.0.0.1:0");

  uris = vici_server_get_uris (self->test.server);
  g_assert_cmpuint (g_strv_length (uris), ==, 3);
  g_assert_cmpstr (uris[0], ==, self->uri);
  g_assert_true (g_str_has_prefix (uris[1], "tcp://127.0.0.1:"));
  g_assert_cmpstr (uris[1], !=, "tcp://127.0.0.1:0");
  g_assert_cmpstr (uris[1], !=, uris[2]);

  for (guint i = 0; i < 3; i++)
    assert_served (self, uris[i]);
}

static void
test_stop (ListenTest   *self,
           gconstpointer data)
{
  listen_to (self, self->uri);
  cannot_listen (self, self->uri, G_IO_ERROR_ADDRESS_IN_USE);
  assert_served (self, self->uri);

  vici_server_stop (self->test.server);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));

  listen_to (self, self->uri);
  assert_served (self, self->uri);
}

static void
test_errors (ListenTest   *self,
             gconstpointer data)
{
  g_autofree char *nowhere = g_strconcat (self->uri, "/none", NULL);

  cannot_listen (self, nowhere, G_IO_ERROR_NOT_FOUND);
  cannot_listen (self, "unix:", G_IO_ERROR_INVALID_ARGUMENT);
  cannot_listen (self, "exec:true", G_IO_ERROR_NOT_SUPPORTED);
  cannot_listen (self, "nonsense", G_IO_ERROR_NOT_SUPPORTED);
  cannot_listen (self, "no-such-scheme:x", G_IO_ERROR_NOT_SUPPORTED);

  g_object_set (self->test.server, "socket-group", "no such group", NULL);
  cannot_listen (self, self->uri, G_IO_ERROR_NOT_FOUND);
}

static void
test_mode (ListenTest   *self,
           gconstpointer data)
{
  GStatBuf status;

  listen_to (self, self->uri);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  vici_server_stop (self->test.server);

  g_object_set (self->test.server, "socket-mode", 0666, NULL);
  listen_to (self, self->uri);
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0666);
}

static gboolean
allow_descriptors (guint n)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= n)
    return TRUE;

  limit.rlim_cur = n;

  return limit.rlim_max >= n && setrlimit (RLIMIT_NOFILE, &limit) == 0;
}

static void
test_many (ListenTest   *self,
           gconstpointer data)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify) client_free);
  g_autoptr (ViciMessage) message = server_message ("v", "1");

  if (!allow_descriptors (2 * N_MANY + 100))
    {
      g_test_skip ("the limit of open files is too low");
      return;
    }

  g_object_set (self->test.server, "max-peers", N_MANY, NULL);
  listen_to (self, self->uri);
  for (guint i = 0; i < N_MANY; i++)
    {
      Client *client = client_new_for_uri (self->uri);

      g_ptr_array_add (clients, client);
      client_send (client, "register tick", "request echo a=1");
      server_settle ();
    }
  for (guint i = 0; i < N_MANY; i++)
    client_gets (clients->pdata[i], "confirm", "response a=1");

  g_assert_cmpuint (vici_server_emit_event (self->test.server, "tick", message), ==, N_MANY);
  for (guint i = 0; i < N_MANY; i++)
    client_gets (clients->pdata[i], "event tick v=1");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/server/listens-at-several-uris", test_several);
  ADD ("/server/stops-and-listens-again", test_stop);
  ADD ("/server/cannot-listen", test_errors);
  ADD ("/server/mode-of-the-socket", test_mode);
  ADD ("/server/a-thousand-peers", test_many);

  return g_test_run ();
}
