/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Opening: what it fails with, what waits for it, and how it is seen. */

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client-test.h"
#include "vici-client-enum-types.h"
#include "vici-error.h"

/* Opens by URI in both ways, which must fail alike. */
static void
assert_open_fails (const char *uri,
                   int         code)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  const char *nick;

  g_autoptr (GEnumClass) codes = g_type_class_ref (G_TYPE_IO_ERROR_ENUM);

  vici_connection_set_uri (test->connection, uri);
  nick = g_enum_get_value (codes, code)->value_nick;
  words = g_strdup_printf ("open:%s a:%s", nick, nick);

  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, words);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);

  g_assert_false (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);
}

static const struct
{
  const char *name;
  const char *uri;
  int         code;
} wrong_uris[] = {
  { "empty", "", G_IO_ERROR_NOT_SUPPORTED },
  { "path", "/run/charon.vici", G_IO_ERROR_NOT_SUPPORTED },
  { "scheme", "http://localhost/", G_IO_ERROR_NOT_SUPPORTED },
  { "unix-nothing", "unix:", G_IO_ERROR_INVALID_ARGUMENT },
  { "unix-no-path", "unix://", G_IO_ERROR_INVALID_ARGUMENT },
  { "unix-relative", "unix:charon.vici", G_IO_ERROR_INVALID_ARGUMENT },
  { "unix-no-name", "unix:@", G_IO_ERROR_INVALID_ARGUMENT },
  { "tcp-nothing", "tcp://", G_IO_ERROR_INVALID_ARGUMENT },
  { "tcp-path", "tcp://localhost:4502/x", G_IO_ERROR_INVALID_ARGUMENT },
  { "tcp-port", "tcp://localhost:port", G_IO_ERROR_INVALID_ARGUMENT },
  { "tcp-big-port", "tcp://localhost:65536", G_IO_ERROR_INVALID_ARGUMENT },
  { "tcp-bracket", "tcp://[::1:4502", G_IO_ERROR_INVALID_ARGUMENT },
  { "not-found", "unix:///nowhere/charon.vici", G_IO_ERROR_NOT_FOUND },
  { "abstract-refused", "unix:@vici-glib-nobody-listens", G_IO_ERROR_CONNECTION_REFUSED },
  { "not-a-socket", "unix:///dev/null", G_IO_ERROR_CONNECTION_REFUSED },
};

static void
test_wrong_uri (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  assert_open_fails (wrong_uris[i].uri, wrong_uris[i].code);
}

static void
test_path_too_long (void)
{
  g_autofree char *path = g_strnfill (108, 'x');
  g_autofree char *uri = g_strconcat ("unix:///", path, NULL);

  assert_open_fails (uri, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_permission_denied (void)
{
  g_autoptr (Peer) peer = peer_new (PEER_UNIX, "");
  g_autofree char *directory = g_path_get_dirname (peer_get_uri (peer) + strlen ("unix://"));
  uid_t uid = geteuid ();

  /* Root may do all. */
  g_chmod (directory, 0);
  if (uid == 0 && seteuid (65534) != 0)
    g_test_skip ("Cannot be anybody but root");
  else
    assert_open_fails (peer_get_uri (peer), G_IO_ERROR_PERMISSION_DENIED);

  g_assert_cmpint (seteuid (uid), ==, 0);
  g_chmod (directory, 0700);
}

static void
test_refused (void)
{
  g_autofree char *uri = NULL;
  Peer *peer = peer_new (PEER_TCP, "");

  uri = g_strdup (peer_get_uri (peer));
  peer_free (peer);
  assert_open_fails (uri, G_IO_ERROR_CONNECTION_REFUSED);
}

/* -- What is said -- */

static void
note_error (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  vici_connection_open_finish (VICI_CONNECTION (source), result, user_data);
}

/* Both ways have to say the same, and name the URI once. */
static char *
open_error (ViciConnection *connection)
{
  const char *uri = vici_connection_get_uri (connection);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) sync_error = NULL;
  const char *where;

  vici_connection_open_async (connection, NULL, note_error, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  vici_connection_open_sync (connection, NULL, &sync_error);
  g_assert_error (sync_error, error->domain, error->code);
  g_assert_cmpstr (error->message, ==, sync_error->message);

  where = strstr (error->message, uri);
  g_assert_nonnull (where);
  g_assert_null (strstr (where + 1, uri));

  return g_strdup (error->message);
}

static void
assert_open_says (const char *uri,
                  const char *format)
{
  g_autoptr (ViciConnection) connection = vici_connection_new (uri);
  g_autofree char *found = open_error (connection);
  g_auto (GStrv) parts = g_strsplit (format, "%s", -1);
  g_autofree char *expected = g_strjoinv (uri, parts);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_error_says_where (void)
{
  Peer *peer = peer_new (PEER_TCP, "");
  g_autofree char *uri = g_strdup (peer_get_uri (peer));

  peer_free (peer);
  assert_open_says ("unix:///nowhere/charon.vici", "Cannot reach “%s”: No such file or directory");
  assert_open_says ("unix:@vici-glib-nobody-listens", "Cannot reach “%s”: Connection refused");
  assert_open_says (uri, "Cannot reach “%s”: Could not connect to 127.0.0.1: Connection refused");

  /* What is wrong with a URI tells it by itself. */
  assert_open_says ("tcp://localhost:port",
                    "“%s” names no host and port: it should be tcp://host:port");
}

/* -- A listener that accepts nobody -- */

typedef struct
{
  int       fd;
  char     *uri;
  GPtrArray *others;            /* that fill its queue */
} FullQueue;

static int
connect_to (struct sockaddr *address,
            socklen_t        length)
{
  int fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (connect (fd, address, length) == 0)
    return fd;

  close (fd);

  return -1;
}

static void
close_other (gpointer data)
{
  close (GPOINTER_TO_INT (data));
}

static void
full_queue_init (FullQueue *self)
{
  static int count;
  g_autofree char *name = g_strdup_printf ("vici-full-%d-%d", getpid (), count++);
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  gssize length = g_socket_address_get_native_size (address);
  g_autofree struct sockaddr *native = g_malloc0 (length);
  int other;

  g_socket_address_to_native (address, native, length, NULL);
  self->uri = g_strconcat ("unix:@", name, NULL);
  self->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->fd, native, length), ==, 0);
  g_assert_cmpint (listen (self->fd, 0), ==, 0);

  self->others = g_ptr_array_new_with_free_func (close_other);
  while ((other = connect_to (native, length)) >= 0)
    g_ptr_array_add (self->others, GINT_TO_POINTER (other));
}

static void
full_queue_clear (FullQueue *self)
{
  g_ptr_array_unref (self->others);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->uri);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FullQueue, full_queue_clear)

static void
test_full_queue_times_out (void)
{
  g_auto (FullQueue) queue = { 0 };
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  g_autoptr (GError) error = NULL;

  full_queue_init (&queue);
  vici_connection_set_uri (test->connection, queue.uri);
  vici_connection_set_timeout (test->connection, 30);

  client_open (test, NULL);
  client_expect (test, "open:timed-out");

  g_assert_false (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_full_queue_says_where (void)
{
  g_auto (FullQueue) queue = { 0 };
  g_autoptr (ViciConnection) connection = NULL;
  g_autofree char *found = NULL;
  g_autofree char *expected = NULL;

  full_queue_init (&queue);
  connection = vici_connection_new (queue.uri);
  vici_connection_set_timeout (connection, 30);
  found = open_error (connection);
  expected = g_strdup_printf ("Cannot reach “%s”: The daemon did not accept the connection within "
                              "30 ms",
                              queue.uri);
  g_assert_cmpstr (found, ==, expected);
}

static gboolean
make_room (gpointer user_data)
{
  FullQueue *queue = user_data;

  close (accept (queue->fd, NULL, NULL));

  return G_SOURCE_REMOVE;
}

static void
test_full_queue_is_retried (void)
{
  g_auto (FullQueue) queue = { 0 };
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");

  full_queue_init (&queue);
  vici_connection_set_uri (test->connection, queue.uri);

  /* Some attempts later. */
  client_open (test, NULL);
  g_timeout_add (30, make_room, &queue);
  client_expect (test, "open:ok");
}

static void
test_full_queue_gone (void)
{
  g_auto (FullQueue) queue = { 0 };
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");

  full_queue_init (&queue);
  vici_connection_set_uri (test->connection, queue.uri);
  client_open (test, NULL);
  client_settle (test);
  close (queue.fd);
  queue.fd = -1;
  client_expect (test, "open:connection-refused");
}

/* -- Giving up -- */

static void
test_cancelled_before (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  client_open (test, cancellable);
  client_expect (test, "open:cancelled");
  g_assert_false (vici_connection_open_sync (test->connection, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled_while_opening (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (FullQueue) queue = { 0 };

  full_queue_init (&queue);
  vici_connection_set_uri (test->connection, queue.uri);
  vici_connection_set_timeout (test->connection, 0);
  client_open (test, cancellable);
  client_call (test, "a");
  client_settle (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "open:cancelled a:cancelled");
}

static gpointer
cancel_in_thread (gpointer data)
{
  g_cancellable_cancel (data);

  return NULL;
}

static void
test_cancelled_sync (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (FullQueue) queue = { 0 };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  full_queue_init (&queue);
  vici_connection_set_uri (test->connection, queue.uri);
  vici_connection_set_timeout (test->connection, 0);
  thread = g_thread_new ("cancel", cancel_in_thread, cancellable);
  g_assert_false (vici_connection_open_sync (test->connection, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
test_close_while_opening (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");

  client_open (test, NULL);
  client_call (test, "a");
  client_close (test);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSING);

  /* It was never open, so that there is no signal. */
  client_expect (test, "open:closed a:closed close:ok");
  client_settle (test);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);
}

static void
test_drop_while_opening (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");

  client_open (test, NULL);
  client_call (test, "a");
  g_clear_object (&test->connection);
  client_expect (test, "open:closed a:closed");
}

static void
close_on_state (ViciConnection *connection,
                GParamSpec     *pspec,
                gpointer        user_data)
{
  const ViciConnectionState *state = user_data;

  if (vici_connection_get_state (connection) == *state)
    vici_connection_close_async (connection, NULL, NULL, NULL);
}

static void
test_close_from_notify_opening (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  ViciConnectionState state = VICI_CONNECTION_OPENING;

  g_signal_connect (test->connection, "notify::state", G_CALLBACK (close_on_state), &state);
  client_open (test, NULL);
  client_expect (test, "open:closed");
}

static void
test_close_from_notify_open (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "end");
  ViciConnectionState state = VICI_CONNECTION_OPEN;

  g_signal_connect (test->connection, "notify::state", G_CALLBACK (close_on_state), &state);
  client_call (test, "a");
  client_expect (test, "a:closed");

  client_open (test, NULL);
  client_expect (test, "open:ok closed:ok");
}

static void
close_sync_on_stream (ViciConnection *connection,
                      GParamSpec     *pspec,
                      gpointer        user_data)
{
  if (vici_connection_get_io_stream (connection) != NULL)
    vici_connection_close_sync (connection, NULL, NULL);
}

static void
test_close_from_notify_io_stream (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "end; end");

  g_signal_connect (test->connection, "notify::io-stream", G_CALLBACK (close_sync_on_stream), NULL);
  client_open (test, NULL);
  client_expect (test, "open:ok closed:ok");

  vici_connection_open_sync (test->connection, NULL, NULL);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);
  client_expect (test, "closed:ok");
}

/* -- What waits for it -- */

static void
test_queued_while_opening (void)
{
  g_autoptr (ClientTest) test =
    client_test_new (PEER_UNIX,
                     "request a; reply v=1; register e; event e v=2; confirm; request b; reply v=3;"
                     "register list-sa; request list-sas; unregister list-sa; confirm;"
                     "event list-sa v=4; reply v=5; confirm; request c; reply v=6; end");
  g_autoptr (ViciStream) stream = NULL;

  client_open (test, NULL);
  client_call (test, "a");
  client_subscribe (test, "e", NULL);
  client_call (test, "b");
  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_call (test, "c");
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 5);

  client_expect (test, "open:ok a:1 +e:ok b:3 >4 c:6");
  client_next (test, stream, NULL);
  client_expect (test, ">end");
}

static void
test_second_open (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "serve");
  g_autoptr (GError) error = NULL;

  client_open (test, NULL);
  client_open (test, NULL);
  g_assert_false (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);

  /* It has failed before the first one is through. */
  client_expect (test, "open:pending open:ok");

  /* Open already. */
  client_open (test, NULL);
  client_expect (test, "open:ok");
  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
  client_call_sync (test, "a", "a");
}

static void
test_sync_call_while_opening (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "serve");
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  client_open (test, NULL);
  client_call_sync (test, "a", "pending");
  g_assert_false (vici_connection_subscribe_sync (test->connection, "e", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  stream = client_stream (test, "list-sas", NULL);
  client_next_sync (stream, "pending");
  g_clear_object (&stream);

  client_call (test, "b");
  client_expect (test, "open:ok b:b");
}

static void
test_percent_is_no_escape (void)
{
  g_autofree char *directory = g_dir_make_tmp ("vici%41-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "a%20b?c#d", NULL);
  g_autofree char *uri = g_strconcat ("unix://", path, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (ViciConnection) connection = vici_connection_new (uri);
  g_autoptr (GError) error = NULL;

  g_socket_listener_add_address (listener, address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);

  g_unlink (path);
  g_rmdir (directory);
}

static void
test_ipv6 (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("::1", 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;

  if (!g_socket_listener_add_address (listener, any, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, &address, NULL))
    {
      g_test_skip ("There is no IPv6 here");
      return;
    }

  uri = g_strdup_printf ("tcp://[::1]:%u",
                         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
  connection = vici_connection_new (uri);
  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);
}

/* A socket that was connected at once must not stay so until a main loop runs. */
static void
test_given_up_without_a_loop (void)
{
  g_autofree char *directory = g_dir_make_tmp ("vici-open-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "socket", NULL);
  g_autofree char *uri = g_strconcat ("unix://", path, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocket) listener = NULL;
  g_autoptr (GSocket) accepted = NULL;
  g_autoptr (ViciConnection) connection = vici_connection_new (uri);
  g_autoptr (GError) error = NULL;
  char byte;

  listener = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_bind (listener, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (listener, &error);
  g_assert_no_error (error);

  vici_connection_open_async (connection, NULL, NULL, NULL);
  vici_connection_close_sync (connection, NULL, &error);
  g_assert_no_error (error);

  accepted = g_socket_accept (listener, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_socket_receive (accepted, &byte, 1, NULL, &error), ==, 0);
  g_assert_no_error (error);

  while (vici_connection_get_state (connection) != VICI_CONNECTION_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_unlink (path);
  g_rmdir (directory);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong_uris); i++)
    {
      g_autofree char *path = g_strconcat ("/client/open/fails/", wrong_uris[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_wrong_uri);
    }

  g_test_add_func ("/client/open/fails/path-too-long", test_path_too_long);
  g_test_add_func ("/client/open/fails/permission-denied", test_permission_denied);
  g_test_add_func ("/client/open/fails/refused", test_refused);
  g_test_add_func ("/client/open/error-says-where", test_error_says_where);
  g_test_add_func ("/client/open/full-queue/says-where", test_full_queue_says_where);
  g_test_add_func ("/client/open/full-queue/times-out", test_full_queue_times_out);
  g_test_add_func ("/client/open/full-queue/is-retried", test_full_queue_is_retried);
  g_test_add_func ("/client/open/full-queue/gone", test_full_queue_gone);
  g_test_add_func ("/client/open/cancelled-before", test_cancelled_before);
  g_test_add_func ("/client/open/cancelled-while-opening", test_cancelled_while_opening);
  g_test_add_func ("/client/open/cancelled-sync", test_cancelled_sync);
  g_test_add_func ("/client/open/close-while-opening", test_close_while_opening);
  g_test_add_func ("/client/open/drop-while-opening", test_drop_while_opening);
  g_test_add_func ("/client/open/close-from-notify-opening", test_close_from_notify_opening);
  g_test_add_func ("/client/open/close-from-notify-open", test_close_from_notify_open);
  g_test_add_func ("/client/open/close-from-notify-io-stream", test_close_from_notify_io_stream);
  g_test_add_func ("/client/open/queued-while-opening", test_queued_while_opening);
  g_test_add_func ("/client/open/second-open", test_second_open);
  g_test_add_func ("/client/open/sync-call-while-opening", test_sync_call_while_opening);
  g_test_add_func ("/client/open/percent-is-no-escape", test_percent_is_no_escape);
  g_test_add_func ("/client/open/ipv6", test_ipv6);
  g_test_add_func ("/client/open/given-up-without-a-loop", test_given_up_without_a_loop);

  return g_test_run ();
}
