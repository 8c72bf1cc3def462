/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What was read waits for its turn: packet by packet, with callbacks in between
 * that take their time. */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vici-connection.h"
#include "vici-stream.h"

#define CONFIRM "\0\0\0\1\5"
#define REPLY "\0\0\0\1\1"
#define EVENT "\0\0\0\5\7\3log"
#define SIZE(text) (sizeof (text) - 1)

/* A connection, whose other end is a descriptor. */
static ViciConnection *
connect_to (int *peer)
{
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  *peer = fds[0];
  socket = g_socket_new_from_fd (fds[1], &error);
  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);

  return vici_connection_new_for_stream (G_IO_STREAM (stream));
}

static gboolean
say (int           peer,
     gconstpointer data,
     gsize         length)
{
  const guint8 *position = data;

  while (length > 0)
    {
      gssize n = send (peer, position, length, MSG_NOSIGNAL);

      if (n <= 0)
        return FALSE;
      position += n;
      length -= (gsize) n;
    }

  return TRUE;
}

/* Runs the main loop until the peer has got something. */
static void
hear (int peer)
{
  char request[256];

  while (recv (peer, request, sizeof request, MSG_DONTWAIT) <= 0)
    g_main_context_iteration (NULL, FALSE);
}

static GByteArray *
make_events (guint count)
{
  GByteArray *events = g_byte_array_new ();

  for (guint i = 0; i < count; i++)
    g_byte_array_append (events, (const guint8 *) EVENT, SIZE (EVENT));

  return events;
}

static void
on_reply (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = vici_connection_call_finish (VICI_CONNECTION (source), result, &error);
  guint *ended = user_data;

  g_assert_no_error (error);
  g_assert_nonnull (reply);
  *ended += 1;
}

/* -- A peer that never pauses -- */

/* How much it says before it gives up on the second request. */
#define FLOOD_MAX (64 * 1024 * 1024)

static gpointer
flood (gpointer user_data)
{
  int peer = GPOINTER_TO_INT (user_data);
  g_autoptr (GByteArray) events = make_events (20000);
  gsize said = 0;
  char request[64];

  g_assert_cmpint (recv (peer, request, sizeof request, 0), >, 0);
  if (!say (peer, REPLY, SIZE (REPLY)))
    return NULL;

  while (recv (peer, request, sizeof request, MSG_DONTWAIT) < 0 && said < FLOOD_MAX)
    {
      if (!say (peer, events->data, events->len))
        return NULL;
      said += events->len;
    }

  if (said < FLOOD_MAX)
    say (peer, REPLY, SIZE (REPLY));
  else
    shutdown (peer, SHUT_RDWR);

  return NULL;
}

/* The second call waits for the reply to the first, and must go out then,
 * however much there is to read. */
static void
test_peer_without_a_pause (void)
{
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;
  guint ended = 0;
  int peer;

  connection = connect_to (&peer);
  thread = g_thread_new ("peer", flood, GINT_TO_POINTER (peer));

  vici_connection_call_async (connection, "a", NULL, NULL, on_reply, &ended);
  reply = vici_connection_call_sync (connection, "b", NULL, NULL, &error);
  g_assert_no_error (error);
  while (ended == 0)
    g_main_context_iteration (NULL, TRUE);

  g_clear_object (&connection);
  g_thread_join (thread);
  close (peer);
}

/* -- Callbacks that take long -- */

#define N_EVENTS 600
#define HANDLER_US 500
#define TIMEOUT_MS 100

static void
on_slow_event (ViciConnection *connection,
               const char     *name,
               ViciMessage    *message,
               gpointer        user_data)
{
  guint *n_events = user_data;

  *n_events += 1;
  g_usleep (HANDLER_US);
}

static ViciConnection *
connect_to_slow_handler (int   *peer,
                         guint *n_events)
{
  ViciConnection *connection = connect_to (peer);
  g_autoptr (GError) error = NULL;

  g_signal_connect (connection, "event", G_CALLBACK (on_slow_event), n_events);
  say (*peer, CONFIRM, SIZE (CONFIRM));
  vici_connection_subscribe_sync (connection, "log", NULL, &error);
  g_assert_no_error (error);
  vici_connection_set_timeout (connection, TIMEOUT_MS);

  return connection;
}

static void
say_events_and_reply (int peer)
{
  g_autoptr (GByteArray) events = make_events (N_EVENTS);

  g_byte_array_append (events, (const guint8 *) REPLY, SIZE (REPLY));
  say (peer, events->data, events->len);
}

/* The reply was there in time; that its turn comes late is not the daemon's
 * fault. */
static void
test_reply_in_time (void)
{
  g_autoptr (ViciConnection) connection = NULL;
  guint n_events = 0;
  guint ended = 0;
  int peer;

  connection = connect_to_slow_handler (&peer, &n_events);
  vici_connection_call_async (connection, "a", NULL, NULL, on_reply, &ended);
  hear (peer);
  say_events_and_reply (peer);
  while (ended == 0)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (n_events, ==, N_EVENTS);
  g_clear_object (&connection);
  close (peer);
}

/* -- A main loop within the end of a stream -- */

typedef struct
{
  ViciConnection *connection;
  int             peer;
  guint           called;
} Nested;

static void
on_next (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  gboolean *done = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) event = vici_stream_next_finish (VICI_STREAM (source), result, &error);

  g_assert_no_error (error);
  g_assert_null (event);
  *done = TRUE;
  g_object_unref (source);
}

static void
on_stream_gone (gpointer user_data,
                GObject *where_the_object_was)
{
  Nested *nested = user_data;
  guint before = nested->called;

  vici_connection_call_async (nested->connection, "b", NULL, NULL, on_reply, &nested->called);
  hear (nested->peer);
  say (nested->peer, REPLY, SIZE (REPLY));
  while (nested->called == before)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_loop_in_end_of_stream (void)
{
  Nested nested = { 0 };

  nested.connection = connect_to (&nested.peer);

  for (guint i = 1; i <= 3; i++)
    {
      ViciStream *stream =
        vici_connection_call_streaming (nested.connection, "list-sas", NULL, NULL);
      gboolean done = FALSE;

      g_object_weak_ref (G_OBJECT (stream), on_stream_gone, &nested);
      vici_stream_next_async (stream, NULL, on_next, &done);
      hear (nested.peer);
      say (nested.peer, CONFIRM REPLY CONFIRM, SIZE (CONFIRM REPLY CONFIRM));
      while (!done || nested.called < i)
        g_main_context_iteration (NULL, TRUE);
    }

  g_assert_cmpuint (nested.called, ==, 3);
  g_assert_finalize_object (nested.connection);
  close (nested.peer);
}

/* -- What hangs on a message -- */

static void
on_event_that_keeps (ViciConnection *connection,
                     const char     *name,
                     ViciMessage    *message,
                     gpointer        user_data)
{
  guint *n_events = user_data;

  g_object_set_data_full (G_OBJECT (message), "connection",
                          g_object_ref (connection), g_object_unref);
  *n_events += 1;
}

/* The message is dropped, and what hangs on it goes, the connection not kept. */
static void
test_message_that_keeps_its_connection (void)
{
  ViciConnection *connection;
  g_autoptr (GError) error = NULL;
  guint n_events = 0;
  int peer;

  connection = connect_to (&peer);
  g_object_add_weak_pointer (G_OBJECT (connection), (gpointer *) &connection);
  g_signal_connect (connection, "event", G_CALLBACK (on_event_that_keeps), &n_events);
  say (peer, CONFIRM EVENT EVENT, SIZE (CONFIRM EVENT EVENT));
  vici_connection_subscribe_sync (connection, "log", NULL, &error);
  g_assert_no_error (error);

  while (n_events < 2)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (connection);
  while (connection != NULL)
    g_main_context_iteration (NULL, FALSE);

  close (peer);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/reading/requests-go-out-before-a-peer-without-a-pause",
                   test_peer_without_a_pause);
  g_test_add_func ("/client/reading/reply-in-time-behind-slow-handlers", test_reply_in_time);
  g_test_add_func ("/client/reading/loop-in-the-end-of-a-stream", test_loop_in_end_of_stream);
  g_test_add_func ("/client/reading/message-may-keep-its-connection",
                   test_message_that_keeps_its_connection);

  return g_test_run ();
}
