/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What has once gone wrong with the flow of events: readers that are slow, and
 * transports that have to be asked in a way of their own. */

#include <string.h>
#include <unistd.h>

#include "client-test.h"
#include "vici-error.h"

#define LIST_SAS "register list-sa; request list-sas; unregister list-sa; confirm;"

/* Ends a test that cannot even come back to its main loop. */
#define STUCK_SECONDS 120

/* With one event more the connection stops reading. */
#define STREAM_BOUND 256

/* A synchronous reader takes what has piled up without a turn of the main loop:
 * what comes behind is read by the main loop all the same. */
static void
test_drained_by_sync_reader (void)
{
  g_autoptr (ClientTest) test =
    client_test_new (PEER_SOCKETS,
                     "register list-sa; request list-sas; unregister list-sa; request a; confirm;"
                     "events list-sa 257; wait; events list-sa 10; reply; confirm; reply v=1; end");
  g_autoptr (ViciStream) stream = NULL;

  vici_connection_set_max_in_flight (test->connection, 2);
  stream = client_stream (test, "list-sas", NULL);
  client_call (test, "a");
  client_await (test);
  client_settle (test);

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);

      client_next_sync (stream, value);
    }

  peer_go (test->peer);
  client_expect (test, "a:1");
}

/* A call that is refused was not sent: the daemon is not to do what nobody hears
 * of. */
static void
test_busy_before_sending (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          LIST_SAS "events list-sa 300; wait; reply; confirm;"
                                   "request b; reply v=2; end");
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  vici_connection_set_max_in_flight (test->connection, 4);
  stream = client_stream (test, "list-sas", NULL);
  client_await (test);
  client_settle (test);

  client_call_sync (test, "a", "busy");
  g_assert_false (vici_connection_subscribe_sync (test->connection, "e", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);

  vici_stream_close (stream);
  peer_go (test->peer);
  client_call_sync (test, "b", "2");
}

/* -- A peer that sends faster than one reads -- */

/* A confirmation, and from there on always some more of one event. */
#define FLOOD_TYPE_INPUT (flood_input_get_type ())
G_DECLARE_FINAL_TYPE (FloodInput, flood_input, FLOOD, INPUT, GInputStream)

struct _FloodInput
{
  GInputStream parent_instance;

  GByteArray  *bytes;           /* to be read next */
  gsize        offset;
  gsize        event_size;
};

static gboolean
flood_input_is_readable (GPollableInputStream *stream)
{
  return TRUE;
}

static GSource *
flood_input_create_source (GPollableInputStream *stream,
                           GCancellable         *cancellable)
{
  g_autoptr (GSource) always = g_timeout_source_new (0);

  return g_pollable_source_new_full (stream, always, cancellable);
}

static void
flood_input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->is_readable = flood_input_is_readable;
  iface->create_source = flood_input_create_source;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FloodInput, flood_input, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      flood_input_pollable_init))

static gssize
flood_input_read (GInputStream *stream,
                  void         *buffer,
                  gsize         count,
                  GCancellable *cancellable,
                  GError      **error)
{
  FloodInput *self = FLOOD_INPUT (stream);
  gsize n;

  if (self->offset == self->bytes->len)
    {
      g_byte_array_set_size (self->bytes, 0);
      peer_append_event (self->bytes, "e", 0, self->event_size);
      self->offset = 0;
    }

  n = MIN (count, self->bytes->len - self->offset);
  memcpy (buffer, self->bytes->data + self->offset, n);
  self->offset += n;

  return (gssize) n;
}

static void
flood_input_finalize (GObject *object)
{
  g_byte_array_unref (FLOOD_INPUT (object)->bytes);

  G_OBJECT_CLASS (flood_input_parent_class)->finalize (object);
}

static void
flood_input_class_init (FloodInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = flood_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = flood_input_read;
}

static void
flood_input_init (FloodInput *self)
{
  self->bytes = g_byte_array_new ();
}

/* The end of a synchronous call in the midst of it. */
static void
check_flood (gsize    event_size,
             gboolean subscribed,
             guint    timeout,
             int      code)
{
  static const guint8 confirmation[] = { 0, 0, 0, 1, 5 };
  g_autoptr (FloodInput) in = g_object_new (FLOOD_TYPE_INPUT, NULL);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();
  g_autoptr (GIOStream) stream = g_simple_io_stream_new (G_INPUT_STREAM (in), out);
  g_autoptr (ViciConnection) connection = vici_connection_new_for_stream (stream);
  g_autoptr (GError) error = NULL;

  in->event_size = event_size;
  alarm (STUCK_SECONDS);

  if (subscribed)
    {
      g_byte_array_append (in->bytes, confirmation, sizeof confirmation);
      g_assert_true (vici_connection_subscribe_sync (connection, "e", NULL, NULL));
    }

  vici_connection_set_timeout (connection, timeout);
  g_assert_null (vici_connection_call_sync (connection, "a", NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, code);
  alarm (0);
}

static void
test_flood_for_nobody (void)
{
  check_flood (10, FALSE, 50, G_IO_ERROR_TIMED_OUT);
}

/* What waits for the main context is bounded. */
static void
test_flood_of_events (void)
{
  check_flood (60000, TRUE, 0, G_IO_ERROR_NO_SPACE);
}

/* -- A stream that is not pollable, and a rest -- */

static gboolean
keep_busy (gpointer user_data)
{
  guint *turns = user_data;

  g_usleep (300);

  return --*turns > 0;
}

/* At the last event before the connection rests: the next one arrives while the
 * main loop has not a moment to spare, and so during the rest. */
static void
send_one_more (ClientTest *test,
               const char *word)
{
  if (test->words != STREAM_BOUND)
    return;

  peer_go (test->peer);
  g_idle_add_full (G_PRIORITY_DEFAULT, keep_busy, test->hook_data, NULL);
}

static void
test_rest_loses_nothing (gconstpointer data)
{
  g_autoptr (ClientTest) test =
    client_test_new (GPOINTER_TO_UINT (data),
                     "register e; confirm; wait; events e 256; wait; event e v=last; end");
  guint turns = 10;

  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok");
  client_await (test);
  client_settle (test);

  test->hook = send_one_more;
  test->hook_data = &turns;
  peer_go (test->peer);
  client_run_until (test, test->words > STREAM_BOUND);
  g_assert_true (g_str_has_suffix (test->log->str, " @e:255 @e:last"));
  g_string_truncate (test->log, 0);
}

/* -- A stream that writes in its own way -- */

/* Takes so much at a time, and two turns of the main loop for it. */
#define LAZY_SIZE 1000

#define LAZY_TYPE_OUTPUT (lazy_output_get_type ())
G_DECLARE_FINAL_TYPE (LazyOutput, lazy_output, LAZY, OUTPUT, GFilterOutputStream)

struct _LazyOutput
{
  GFilterOutputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (LazyOutput, lazy_output, G_TYPE_FILTER_OUTPUT_STREAM)

static gboolean
write_at_last (gpointer user_data)
{
  GTask *task = user_data;
  GFilterOutputStream *self = g_task_get_source_object (task);
  GBytes *bytes = g_task_get_task_data (task);
  GError *error = NULL;
  gssize n;

  n = g_output_stream_write_bytes (g_filter_output_stream_get_base_stream (self), bytes,
                                   g_task_get_cancellable (task), &error);
  if (n < 0)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, n);

  return G_SOURCE_REMOVE;
}

static void
attach_idle (GSourceFunc func,
             GTask      *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, func, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

/* Where is the thread-default context now? As far as this knows, where it was
 * when the write began. */
static gboolean
write_later (gpointer user_data)
{
  attach_idle (write_at_last, user_data);

  return G_SOURCE_REMOVE;
}

static void
lazy_output_write_async (GOutputStream      *stream,
                         const void         *buffer,
                         gsize               count,
                         int                 io_priority,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);

  g_task_set_source_tag (task, lazy_output_write_async);
  g_task_set_task_data (task, g_bytes_new (buffer, MIN (count, LAZY_SIZE)),
                        (GDestroyNotify) g_bytes_unref);
  attach_idle (write_later, task);
}

static gssize
lazy_output_write_finish (GOutputStream *stream,
                          GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
lazy_output_class_init (LazyOutputClass *klass)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  stream_class->write_async = lazy_output_write_async;
  stream_class->write_finish = lazy_output_write_finish;
}

static void
lazy_output_init (LazyOutput *self)
{
}

static void
assert_called (ViciConnection *connection,
               gsize           size)
{
  g_autoptr (ViciMessage) request = client_message (size);
  g_autofree char *outcome = NULL;
  GError *error = NULL;
  ViciMessage *reply = vici_connection_call_sync (connection, "a", request, NULL, &error);

  outcome = client_outcome (reply, error, "nothing");
  g_assert_cmpstr (outcome, ==, "a");
}

static void
test_own_writes (void)
{
  g_autoptr (Peer) peer = peer_new (PEER_PIPES, "serve");
  g_autoptr (GIOStream) base = peer_take_stream (peer);
  g_autoptr (GOutputStream) out = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (ViciConnection) connection = NULL;

  out = g_object_new (LAZY_TYPE_OUTPUT,
                      "base-stream", g_io_stream_get_output_stream (base),
                      NULL);
  stream = g_simple_io_stream_new (g_io_stream_get_input_stream (base), out);

  connection = vici_connection_new_for_stream (stream);
  assert_called (connection, LAZY_SIZE / 10);
  assert_called (connection, LAZY_SIZE * 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/flow/drained-by-sync-reader-is-read-on", test_drained_by_sync_reader);
  g_test_add_func ("/client/flow/busy-is-said-before-sending", test_busy_before_sending);
  g_test_add_func ("/client/flow/flood-does-not-outlive-the-time-out", test_flood_for_nobody);
  g_test_add_func ("/client/flow/flood-does-not-outgrow-its-bound", test_flood_of_events);

  for (guint i = 0; i < N_PEER_TRANSPORTS; i++)
    {
      g_autofree char *path = g_strconcat ("/client/flow/rest-loses-nothing/",
                                           peer_transports[i], NULL);

      if (i == PEER_SOCKETS || i == PEER_PIPES || i == PEER_PLAIN)
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_rest_loses_nothing);
    }

  g_test_add_func ("/client/flow/stream-may-write-in-its-own-way", test_own_writes);

  return g_test_run ();
}
