/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* unix: whom it lets in, and whose file it touches. */

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "transport-test.h"
#include "vici-unix-file.h"
#include "vici-unix-transport.h"

typedef struct
{
  char              *directory;
  char              *path;
  char              *uri;
  ViciUnixTransport *transport;
} Fixture;

typedef void (*FixtureFunc) (Fixture      *self,
                             gconstpointer data);

static void
fixture_set_up (Fixture      *self,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = transport_test_make_directory ();
  self->path = g_build_filename (self->directory, "socket", NULL);
  self->uri = g_strconcat ("unix://", self->path, NULL);
  self->transport = vici_unix_transport_new (self->uri, &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture      *self,
                   gconstpointer data)
{
  g_clear_object (&self->transport);
  transport_test_remove_directory (self->directory);
  g_free (self->directory);
  g_free (self->path);
  g_free (self->uri);
}

static void
assert_listens (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *where = vici_transport_listen (VICI_TRANSPORT (self->transport), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (where, ==, self->uri);
}

static void
assert_fails (Fixture    *self,
              int         code,
              const char *says)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_listen (VICI_TRANSPORT (self->transport), &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, says));
}

static GStatBuf
get_status (Fixture *self)
{
  GStatBuf status;

  g_assert_cmpint (g_lstat (self->path, &status), ==, 0);

  return status;
}

/* A socket at that path, of a server that is none of ours. */
static GSocket *
bind_other (Fixture    *self,
            GSocketType type)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);
  g_autoptr (GError) error = NULL;
  GSocket *socket =
    g_socket_new (G_SOCKET_FAMILY_UNIX, type, G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);

  return socket;
}

static GSocket *
listen_as_other (Fixture *self)
{
  GSocket *socket = bind_other (self, G_SOCKET_TYPE_STREAM);
  g_autoptr (GError) error = NULL;

  g_socket_listen (socket, &error);
  g_assert_no_error (error);

  return socket;
}

/* -- What works -- */

static void
test_path (Fixture      *self,
           gconstpointer data)
{
  transport_test_assert_works (self->uri);
}

static void
test_abstract (void)
{
  g_autofree char *uri = g_strdup_printf ("unix:@vici-transport-%d", getpid ());

  transport_test_assert_works (uri);
}

static void
test_abstract_owner (void)
{
  g_autofree char *uri = g_strdup_printf ("unix:@vici-transport-%d", getpid ());

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (ViciUnixTransport) transport = vici_unix_transport_new (uri, NULL);
      g_autoptr (GError) error = NULL;

      g_object_set (transport, i == 0 ? "socket-owner" : "socket-group", "0", NULL);
      g_assert_null (vici_transport_listen (VICI_TRANSPORT (transport), &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, uri));
    }
}

static void
test_path_as_it_stands (Fixture      *self,
                        gconstpointer data)
{
  g_autofree char *uri = g_strdup_printf ("unix:%s/a%%20b?c#d", self->directory);

  transport_test_assert_works (uri);
}

static void
test_stops (Fixture      *self,
            gconstpointer data)
{
  g_autoptr (GPtrArray) streams = NULL;
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) server = NULL;
  g_autoptr (GError) error = NULL;

  streams = transport_test_collect (VICI_TRANSPORT (self->transport));
  assert_listens (self);
  client = transport_test_connect_uri (self->uri, &error);
  g_assert_no_error (error);
  server = transport_test_wait (streams);

  vici_transport_stop (VICI_TRANSPORT (self->transport));
  vici_transport_stop (VICI_TRANSPORT (self->transport));
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_assert_null (transport_test_connect_uri (self->uri, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

  /* What is there stays, and it can begin again. */
  transport_test_assert_joined (client, server);
  assert_listens (self);
}

static void
on_incoming_drop (ViciTransport      *transport,
                  GIOStream          *stream,
                  ViciUnixTransport **dropped)
{
  g_clear_object (dropped);
}

static void
test_dropped_from_handler (Fixture      *self,
                           gconstpointer data)
{
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (self->transport, "incoming", G_CALLBACK (on_incoming_drop), &self->transport);
  assert_listens (self);
  client = transport_test_connect_uri (self->uri, &error);
  g_assert_no_error (error);
  while (self->transport != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_nobody_keeps_it (Fixture      *self,
                      gconstpointer data)
{
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GError) error = NULL;
  gssize count;
  char byte;

  assert_listens (self);
  client = transport_test_connect_uri (self->uri, &error);
  g_assert_no_error (error);
  transport_test_settle ();
  count = g_input_stream_read (g_io_stream_get_input_stream (client), &byte, 1, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count, ==, 0);
}

static void
test_listens_once (Fixture      *self,
                   gconstpointer data)
{
  assert_listens (self);
  assert_fails (self, G_IO_ERROR_PENDING, self->uri);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* -- Permissions -- */

static void
test_mode (Fixture      *self,
           gconstpointer data)
{
  mode_t umask_before = umask (0);

  assert_listens (self);
  g_assert_cmpint (get_status (self).st_mode & 07777, ==, 0600);
  vici_transport_stop (VICI_TRANSPORT (self->transport));

  umask (0777);
  vici_unix_transport_set_socket_mode (self->transport, 0660);
  g_assert_cmpuint (vici_unix_transport_get_socket_mode (self->transport), ==, 0660);
  assert_listens (self);
  g_assert_cmpint (get_status (self).st_mode & 07777, ==, 0660);
  umask (umask_before);
}

static void
test_owner (Fixture      *self,
            gconstpointer data)
{
  if (geteuid () != 0)
    {
      g_test_skip ("Only root can give a file away");
      return;
    }

  vici_unix_transport_set_socket_owner (self->transport, "daemon");
  vici_unix_transport_set_socket_group (self->transport, "daemon");
  assert_listens (self);
  g_assert_cmpuint (get_status (self).st_uid, ==, 1);
  g_assert_cmpuint (get_status (self).st_gid, ==, 1);
  vici_transport_stop (VICI_TRANSPORT (self->transport));

  vici_unix_transport_set_socket_owner (self->transport, "4321");
  vici_unix_transport_set_socket_group (self->transport, NULL);
  assert_listens (self);
  g_assert_cmpuint (get_status (self).st_uid, ==, 4321);
  g_assert_cmpuint (get_status (self).st_gid, ==, getegid ());
}

static void
test_group (Fixture      *self,
            gconstpointer data)
{
  g_autofree char *number = g_strdup_printf ("%u", getegid ());

  vici_unix_transport_set_socket_group (self->transport, number);
  g_assert_cmpstr (vici_unix_transport_get_socket_group (self->transport), ==, number);
  assert_listens (self);
  g_assert_cmpuint (get_status (self).st_gid, ==, getegid ());
}

static void
test_unknown_names (Fixture      *self,
                    gconstpointer data)
{
  static const char * const unknown[] = { "no such", "-1", "4294967295", "1x", "" };

  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      vici_unix_transport_set_socket_owner (self->transport, unknown[i]);
      assert_fails (self, G_IO_ERROR_NOT_FOUND, unknown[i]);
      vici_unix_transport_set_socket_owner (self->transport, NULL);

      vici_unix_transport_set_socket_group (self->transport, unknown[i]);
      assert_fails (self, G_IO_ERROR_NOT_FOUND, unknown[i]);
      vici_unix_transport_set_socket_group (self->transport, NULL);

      /* Nothing is left of it. */
      g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
    }

  assert_listens (self);
}

static void
test_not_allowed (Fixture      *self,
                  gconstpointer data)
{
  uid_t uid = geteuid ();

  g_assert_cmpint (g_chmod (self->directory, 0755), ==, 0);
  if (uid == 0 && seteuid (65534) != 0)
    {
      g_test_skip ("Cannot be anybody but root");
      return;
    }

  if (uid == 0)
    assert_fails (self, G_IO_ERROR_PERMISSION_DENIED, self->uri);
  g_assert_cmpint (seteuid (uid), ==, 0);
}

static void
test_no_directory (Fixture      *self,
                   gconstpointer data)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("unix:///nowhere/socket");
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "unix:///nowhere/socket"));
}

/* -- The file -- */

static void
test_dead_is_replaced (Fixture      *self,
                       gconstpointer data)
{
  g_autoptr (GSocket) other = listen_as_other (self);

  g_socket_close (other, NULL);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
  assert_listens (self);
  transport_test_settle ();
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_live_is_not (Fixture      *self,
                  gconstpointer data)
{
  g_autoptr (GSocket) other G_GNUC_UNUSED = listen_as_other (self);
  ino_t inode = get_status (self).st_ino;

  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->uri);
  g_assert_cmpuint (get_status (self).st_ino, ==, inode);

  /* Nor when the transport goes. */
  g_clear_object (&self->transport);
  g_assert_cmpuint (get_status (self).st_ino, ==, inode);
}

static void
test_busy_is_not (Fixture      *self,
                  gconstpointer data)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->path);
  g_autoptr (GSocket) other = bind_other (self, G_SOCKET_TYPE_STREAM);
  g_autoptr (GSocket) waiting = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                              G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;

  /* There is room for one, and it is taken. */
  g_socket_set_listen_backlog (other, 0);
  g_socket_listen (other, &error);
  g_assert_no_error (error);
  g_socket_connect (waiting, address, NULL, &error);
  g_assert_no_error (error);

  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->uri);
}

static void
test_datagrams_are_not (Fixture      *self,
                        gconstpointer data)
{
  g_autoptr (GSocket) other G_GNUC_UNUSED = bind_other (self, G_SOCKET_TYPE_DATAGRAM);

  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->uri);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

static void
test_foreign_is_not (Fixture      *self,
                     gconstpointer data)
{
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (self->path, "mine", -1, &error);
  g_assert_no_error (error);
  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->uri);
  g_file_get_contents (self->path, &contents, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (contents, ==, "mine");
}

static void
test_link_is_not (Fixture      *self,
                  gconstpointer data)
{
  g_autofree char *target = g_build_filename (self->directory, "target", NULL);
  g_autofree char *real = g_steal_pointer (&self->path);
  g_autoptr (GSocket) dead = NULL;

  self->path = g_strdup (target);
  dead = listen_as_other (self);
  g_socket_close (dead, NULL);
  g_free (self->path);
  self->path = g_steal_pointer (&real);

  g_assert_cmpint (symlink (target, self->path), ==, 0);
  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->uri);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_IS_SYMLINK));
  g_assert_true (g_file_test (target, G_FILE_TEST_EXISTS));
}

/* -- What somebody else has put in its place -- */

static void
assert_not_claimed (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_cmpint (vici_unix_file_open (self->path, &status, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

static void
test_swapped (Fixture      *self,
              gconstpointer data)
{
  g_autofree char *target = g_build_filename (self->directory, "target", NULL);
  g_autoptr (GSocket) other = NULL;
  g_autoptr (GError) error = NULL;

  assert_not_claimed (self);

  g_file_set_contents_full (target, "", 0, G_FILE_SET_CONTENTS_NONE, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (symlink (target, self->path), ==, 0);
  assert_not_claimed (self);

  g_assert_cmpint (g_rename (target, self->path), ==, 0);
  assert_not_claimed (self);

  /* One that is in use has permissions. */
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  other = listen_as_other (self);
  assert_not_claimed (self);
}

/* The permissions go to the file that was opened, wherever that is by then. */
static void
test_swapped_later (Fixture      *self,
                    gconstpointer data)
{
  g_autofree char *elsewhere = g_build_filename (self->directory, "elsewhere", NULL);
  g_autoptr (GSocket) other G_GNUC_UNUSED = bind_other (self, G_SOCKET_TYPE_STREAM);
  g_autoptr (GError) error = NULL;
  struct stat status;
  int fd;

  g_assert_cmpint (g_chmod (self->path, 0), ==, 0);
  fd = vici_unix_file_open (self->path, &status, &error);
  g_assert_no_error (error);

  g_assert_cmpint (g_rename (self->path, elsewhere), ==, 0);
  g_file_set_contents_full (self->path, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  g_assert_true (vici_unix_file_set_permissions (fd, 0666, geteuid (), getegid (), &error));
  g_assert_no_error (error);
  g_assert_cmpint (get_status (self).st_mode & 07777, ==, 0600);
  g_assert_cmpint (g_stat (elsewhere, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0666);

  g_assert_false (vici_unix_file_is_at (self->path, &status, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  close (fd);
}

/* A rival who had no lock may have bound it, and not come to listen yet. */
static void
test_being_born (Fixture      *self,
                 gconstpointer data)
{
  g_autoptr (GSocket) other G_GNUC_UNUSED = bind_other (self, G_SOCKET_TYPE_STREAM);
  const struct timespec long_ago[] = { { 1, 0 }, { 1, 0 } };
  ino_t inode = get_status (self).st_ino;

  g_assert_cmpint (g_chmod (self->path, 0), ==, 0);
  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->uri);
  g_assert_cmpuint (get_status (self).st_ino, ==, inode);

  /* Only root can see that nobody listens on what nobody may connect to. */
  g_assert_cmpint (utimensat (AT_FDCWD, self->path, long_ago, 0), ==, 0);
  if (geteuid () == 0)
    assert_listens (self);
  else
    assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->uri);
}

/* -- A directory that somebody keeps locked -- */

static void
test_locked (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (GSocket) dead = listen_as_other (self);
  ino_t inode = get_status (self).st_ino;
  int lock = open (self->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  g_socket_close (dead, NULL);
  g_assert_cmpint (flock (lock, LOCK_EX), ==, 0);
  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, self->directory);
  assert_fails (self, G_IO_ERROR_ADDRESS_IN_USE, "cannot be locked");
  g_assert_cmpuint (get_status (self).st_ino, ==, inode);

  /* Where there is nothing to replace, it does not matter. */
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  assert_listens (self);
  vici_transport_stop (VICI_TRANSPORT (self->transport));
  close (lock);
}

static void
test_successor_keeps_its_file (Fixture      *self,
                               gconstpointer data)
{
  g_autoptr (GSocket) other = NULL;

  assert_listens (self);
  g_unlink (self->path);
  other = listen_as_other (self);

  vici_transport_stop (VICI_TRANSPORT (self->transport));
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* -- Many servers for one dead file -- */

#define RIVALS 4
#define ROUNDS 50

static gpointer
listen_as_rival (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autofree char *where = NULL;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (context);
  where = vici_transport_listen (data, &error);
  g_main_context_pop_thread_default (context);
  if (where == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);

  return GINT_TO_POINTER (where != NULL);
}

static void
test_one_rival_wins (Fixture      *self,
                     gconstpointer data)
{
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GSocket) dead = listen_as_other (self);
      ViciTransport *rivals[RIVALS];
      GThread *threads[RIVALS];
      guint winners = 0;

      g_socket_close (dead, NULL);
      for (guint i = 0; i < RIVALS; i++)
        {
          rivals[i] = transport_test_new (self->uri);
          threads[i] = g_thread_new ("rival", listen_as_rival, rivals[i]);
        }
      for (guint i = 0; i < RIVALS; i++)
        winners += GPOINTER_TO_UINT (g_thread_join (threads[i]));
      g_assert_cmpuint (winners, ==, 1);
      g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));

      for (guint i = 0; i < RIVALS; i++)
        g_object_unref (rivals[i]);
      g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
    }
}

/* -- Properties -- */

static void
on_notify (GObject    *object,
           GParamSpec *pspec,
           GString    *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
test_properties (Fixture      *self,
                 gconstpointer data)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *uri = NULL;
  g_autofree char *owner = NULL;
  g_autofree char *group = NULL;
  guint mode;

  g_signal_connect (self->transport, "notify", G_CALLBACK (on_notify), log);
  for (guint i = 0; i < 2; i++)
    {
      g_object_set (self->transport, "socket-mode", 0666, NULL);
      g_object_set (self->transport, "socket-owner", "root", NULL);
      g_object_set (self->transport, "socket-group", "daemon", NULL);
    }
  g_assert_cmpstr (log->str, ==, "socket-mode socket-owner socket-group ");

  g_object_get (self->transport, "uri", &uri, "socket-mode", &mode,
                "socket-owner", &owner, "socket-group", &group, NULL);
  g_assert_cmpstr (uri, ==, self->uri);
  g_assert_cmpuint (mode, ==, 0666);
  g_assert_cmpstr (owner, ==, "root");
  g_assert_cmpstr (group, ==, "daemon");
  g_assert_cmpstr (vici_unix_transport_get_socket_owner (self->transport), ==, "root");
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *path;
    FixtureFunc func;
  } tests[] = {
    { "/unix/path", test_path },
    { "/unix/path-as-it-stands", test_path_as_it_stands },
    { "/unix/stops-and-begins-again", test_stops },
    { "/unix/dropped-from-its-handler", test_dropped_from_handler },
    { "/unix/client-that-nobody-keeps-is-closed", test_nobody_keeps_it },
    { "/unix/listens-once", test_listens_once },
    { "/unix/mode-whatever-the-umask", test_mode },
    { "/unix/owner-and-group", test_owner },
    { "/unix/group-by-number", test_group },
    { "/unix/unknown-owner-and-group", test_unknown_names },
    { "/unix/not-allowed", test_not_allowed },
    { "/unix/no-directory", test_no_directory },
    { "/unix/file/of-dead-server-is-replaced", test_dead_is_replaced },
    { "/unix/file/of-live-server-is-not", test_live_is_not },
    { "/unix/file/of-busy-server-is-not", test_busy_is_not },
    { "/unix/file/of-datagrams-is-not", test_datagrams_are_not },
    { "/unix/file/that-is-no-socket-is-not", test_foreign_is_not },
    { "/unix/file/that-is-a-link-is-not", test_link_is_not },
    { "/unix/file/swapped-is-not-touched", test_swapped },
    { "/unix/file/swapped-later-is-not-touched", test_swapped_later },
    { "/unix/file/of-a-server-being-born-is-not", test_being_born },
    { "/unix/file/of-dead-server-stays-while-locked", test_locked },
    { "/unix/file/of-a-successor-stays", test_successor_keeps_its_file },
    { "/unix/file/one-of-many-rivals-wins", test_one_rival_wins },
    { "/unix/properties", test_properties },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].func, fixture_tear_down);
  g_test_add_func ("/unix/abstract", test_abstract);
  g_test_add_func ("/unix/abstract-has-no-owner", test_abstract_owner);

  return g_test_run ();
}
