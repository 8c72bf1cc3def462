/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* fd: descriptors of each sort, as if they were inherited. Each test has numbers of
 * its own: one can be taken once in a process. */

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transport-test.h"

/* Gives a descriptor a number that none had before. */
static int
renumber (int fd)
{
  static int next = 200;
  int renumbered = fcntl (fd, F_DUPFD, next);

  g_assert_cmpint (renumbered, >=, next);
  next = renumbered + 1;
  close (fd);

  return renumbered;
}

static char *
fd_uri (int in,
        int out)
{
  return in == out ? g_strdup_printf ("fd:%d", in) : g_strdup_printf ("fd:%d,%d", in, out);
}

static GIOStream *
stream_of_socket (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
make_pair (int        *fd,
           GIOStream **other)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  *fd = renumber (fds[0]);
  *other = stream_of_socket (fds[1]);
}

static void
assert_taken (int fd)
{
  g_autofree char *uri = fd_uri (fd, fd);
  g_autoptr (ViciTransport) transport = transport_test_new (uri);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  g_assert_null (transport_test_connect (transport, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
}

/* Both as one connects and as one listens. */
static void
assert_refused (const char *uri,
                int         code,
                const char *says)
{
  g_autoptr (ViciTransport) transport = transport_test_new (uri);
  g_autoptr (GError) error = NULL;

  g_assert_null (transport_test_connect (transport, NULL, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, says));
  g_assert_nonnull (strstr (error->message, uri));
  g_clear_error (&error);

  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, says));
}

/* -- Connecting -- */

static void
test_socket (void)
{
  g_autoptr (GIOStream) other = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  make_pair (&fd, &other);
  uri = fd_uri (fd, fd);
  stream = transport_test_connect_uri (uri, &error);
  g_assert_no_error (error);
  g_assert_true (G_IS_SOCKET_CONNECTION (stream));
  transport_test_assert_joined (stream, other);
  assert_taken (fd);

  /* The number could be another file's by now. */
  g_io_stream_close (stream, NULL, NULL);
  g_assert_cmpint (dup2 (0, fd), ==, fd);
  g_clear_object (&stream);
  g_assert_null (transport_test_connect_uri (uri, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpint (close (fd), ==, 0);
}

static void
test_pipes (void)
{
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  char buffer[3] = "";
  int in[2], out[2];

  g_assert_true (g_unix_open_pipe (in, FD_CLOEXEC, NULL));
  g_assert_true (g_unix_open_pipe (out, FD_CLOEXEC, NULL));
  in[0] = renumber (in[0]);
  out[1] = renumber (out[1]);
  uri = fd_uri (in[0], out[1]);

  stream = transport_test_connect_uri (uri, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (in[1], "in", 2), ==, 2);
  g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, "in");
  g_output_stream_write (g_io_stream_get_output_stream (stream), "to", 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (out[0], buffer, 2), ==, 2);
  g_assert_cmpstr (buffer, ==, "to");
  assert_taken (in[0]);
  assert_taken (out[1]);

  /* It closes both. */
  g_clear_object (&stream);
  g_assert_cmpint (fcntl (in[0], F_GETFD), ==, -1);
  g_assert_cmpint (fcntl (out[1], F_GETFD), ==, -1);
  close (in[1]);
  close (out[0]);
}

/* What is open for both, but is no socket. */
static void
test_file (void)
{
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  int master = renumber (posix_openpt (O_RDWR | O_NOCTTY));
  char buffer[8] = "";
  int terminal;

  g_assert_cmpint (grantpt (master), ==, 0);
  g_assert_cmpint (unlockpt (master), ==, 0);
  terminal = open (ptsname (master), O_RDWR | O_NOCTTY);

  uri = fd_uri (master, master);
  stream = transport_test_connect_uri (uri, &error);
  g_assert_no_error (error);
  g_assert_cmpint (write (terminal, "text", 4), ==, 4);
  g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, 4, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, "text");
  g_output_stream_write (g_io_stream_get_output_stream (stream), "line\n", 5, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (terminal, buffer, 5), ==, 5);
  g_assert_cmpstr (buffer, ==, "line\n");
  assert_taken (master);

  g_clear_object (&stream);
  g_assert_cmpint (fcntl (master, F_GETFD), ==, -1);
  close (terminal);
}

static void
test_one_way (void)
{
  int fds[2];
  g_autofree char *reads = NULL;
  g_autofree char *writes = NULL;
  g_autofree char *crossed = NULL;

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  fds[0] = renumber (fds[0]);
  fds[1] = renumber (fds[1]);
  reads = fd_uri (fds[0], fds[0]);
  writes = fd_uri (fds[1], fds[1]);
  crossed = fd_uri (fds[1], fds[0]);

  assert_refused (reads, G_IO_ERROR_INVALID_ARGUMENT, "read only");
  assert_refused (writes, G_IO_ERROR_INVALID_ARGUMENT, "written only");
  assert_refused (crossed, G_IO_ERROR_INVALID_ARGUMENT, "written only");

  /* It was not taken. */
  g_assert_cmpint (close (fds[0]), ==, 0);
  g_assert_cmpint (close (fds[1]), ==, 0);
}

static void
test_not_open (void)
{
  int fd = renumber (dup (0));
  g_autofree char *uri = fd_uri (fd, fd);
  g_autofree char *pair = fd_uri (0, fd);

  close (fd);
  assert_refused (uri, G_IO_ERROR_CLOSED, "is not open");
  assert_refused (pair, G_IO_ERROR_CLOSED, "is not open");
}

static void
test_useless_sockets (void)
{
  int datagrams = renumber (socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  int fresh = renumber (socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  g_autofree char *datagrams_uri = fd_uri (datagrams, datagrams);
  g_autofree char *fresh_uri = fd_uri (fresh, fresh);

  assert_refused (datagrams_uri, G_IO_ERROR_INVALID_ARGUMENT, "not one of a stream");
  assert_refused (fresh_uri, G_IO_ERROR_INVALID_ARGUMENT, "neither connected nor listening");
  close (datagrams);
  close (fresh);
}

/* -- Listening -- */

static int
make_listening (const char *path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;

  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);

  return renumber (dup (g_socket_get_fd (socket)));
}

static void
test_activation (void)
{
  g_autofree char *directory = transport_test_make_directory ();
  g_autofree char *path = g_build_filename (directory, "socket", NULL);
  g_autofree char *client_uri = g_strconcat ("unix://", path, NULL);
  int fd = make_listening (path);
  g_autofree char *uri = fd_uri (fd, fd);
  g_autoptr (ViciTransport) transport = transport_test_new (uri);
  g_autoptr (GPtrArray) streams = transport_test_collect (transport);
  g_autofree char *where = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (transport_test_connect (transport, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "listens"));
  g_clear_error (&error);

  where = vici_transport_listen (transport, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (where, ==, uri);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GIOStream) client = transport_test_connect_uri (client_uri, &error);
      g_autoptr (GIOStream) server = NULL;

      g_assert_no_error (error);
      server = transport_test_wait (streams);
      transport_test_assert_joined (client, server);
    }
  g_assert_cmpint (fcntl (fd, F_GETFD) & FD_CLOEXEC, ==, FD_CLOEXEC);
  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);

  /* The file is whoever's who made it. */
  vici_transport_stop (transport);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  transport_test_remove_directory (directory);
}

static void
test_only_client (void)
{
  g_autoptr (ViciTransport) transport = NULL;
  g_autoptr (GIOStream) other = NULL;
  g_autoptr (GIOStream) server = NULL;
  g_autoptr (GPtrArray) streams = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *where = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  make_pair (&fd, &other);
  uri = fd_uri (fd, fd);
  transport = transport_test_new (uri);
  streams = transport_test_collect (transport);
  where = vici_transport_listen (transport, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (where, ==, uri);
  g_assert_cmpuint (streams->len, ==, 0);
  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&error);

  server = transport_test_wait (streams);
  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  transport_test_assert_joined (server, other);
  transport_test_settle ();
  g_assert_cmpuint (streams->len, ==, 0);
}

static void
test_only_client_stopped (void)
{
  g_autoptr (ViciTransport) transport = NULL;
  g_autoptr (GIOStream) other = NULL;
  g_autoptr (GPtrArray) streams = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *where = NULL;
  int fd;

  make_pair (&fd, &other);
  uri = fd_uri (fd, fd);
  transport = transport_test_new (uri);
  streams = transport_test_collect (transport);
  where = vici_transport_listen (transport, NULL);
  vici_transport_stop (transport);
  transport_test_settle ();
  g_assert_cmpuint (streams->len, ==, 0);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/fd/socket", test_socket);
  g_test_add_func ("/fd/pair-of-pipes", test_pipes);
  g_test_add_func ("/fd/file-for-both-ways", test_file);
  g_test_add_func ("/fd/one-way-is-refused", test_one_way);
  g_test_add_func ("/fd/not-open", test_not_open);
  g_test_add_func ("/fd/useless-sockets", test_useless_sockets);
  g_test_add_func ("/fd/activation", test_activation);
  g_test_add_func ("/fd/only-client", test_only_client);
  g_test_add_func ("/fd/only-client-stopped", test_only_client_stopped);

  return g_test_run ();
}
