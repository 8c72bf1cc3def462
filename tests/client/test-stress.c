/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A user who does whatever is allowed, at whatever moment: from callbacks and
 * signals, several deep, with cancellations from other threads. Every call has
 * to end exactly once, and nothing may be left behind. What is done follows from
 * a seed; with whom it coincides is up to the machine. */

#include <string.h>

#include "client-test.h"
#include "peer-stream.h"
#include "vici-wire.h"

#define N_SEEDS 16
#define N_ROUNDS 20
#define DEPTH_MAX 3
#define STUCK_SECONDS 120

typedef struct
{
  ViciConnection *connection;   /* NULL: was dropped */
  gpointer        alive;        /* the same, until it is gone */
  GPtrArray      *streams;
  GPtrArray      *threads;      /* to be joined */
  GRand          *rand;

  guint           begun;        /* calls, in all rounds */
  guint           ended;
  guint           depth;        /* of callbacks that act */
  int             serving;      /* atomic: the daemon has not closed yet */
} Stress;

/* One time in so many. */
static gboolean
chance (Stress *self,
        int     n)
{
  return g_rand_int_range (self->rand, 0, n) == 0;
}

/* -- The peer -- */

typedef struct
{
  GIOStream *stream;
  guint32    seed;
  int       *serving;           /* of the one that started it */
} Daemon;

static gboolean
read_packet (GInputStream *in,
             guint8       *type,
             char         *name)
{
  guint8 packet[600];
  guint32 length;
  gsize n;

  if (!g_input_stream_read_all (in, &length, sizeof length, &n, NULL, NULL) || n < sizeof length)
    return FALSE;

  length = GUINT32_FROM_BE (length);
  g_assert_cmpuint (length, <=, sizeof packet);
  if (!g_input_stream_read_all (in, packet, length, &n, NULL, NULL) || n < length)
    return FALSE;

  *type = packet[0];
  memcpy (name, packet + 2, packet[1]);
  name[packet[1]] = '\0';

  return TRUE;
}

static void
append_bare (GByteArray    *out,
             ViciPacketType type)
{
  const guint8 packet[] = { 0, 0, 0, 1, (guint8) type };

  g_byte_array_append (out, packet, sizeof packet);
}

/* Mostly a handful, and at times more than a stream holds. */
static void
append_events (GByteArray *out,
               const char *name,
               GRand      *rand)
{
  gint32 n = g_rand_int_range (rand, 0, g_rand_int_range (rand, 0, 4) == 0 ? 700 : 5);

  while (n-- > 0)
    peer_append_event (out, name, 0, 0);
}

static void
append_answer (GByteArray *out,
               guint8      type,
               const char *name,
               GRand      *rand)
{
  if (g_rand_int_range (rand, 0, 20) == 0)
    peer_append_event (out, "log", 0, 0);

  if (type != VICI_PACKET_CMD_REQUEST)
    {
      append_bare (out, VICI_PACKET_EVENT_CONFIRM);
      return;
    }

  if (strcmp (name, "list-sas") == 0)
    append_events (out, "list-sa", rand);
  else if (strcmp (name, "initiate") == 0)
    append_events (out, "control-log", rand);

  if (g_rand_int_range (rand, 0, 10) > 0)
    append_bare (out, VICI_PACKET_CMD_RESPONSE);
  else
    append_bare (out, VICI_PACKET_CMD_UNKNOWN);
}

/* Answers until the client closes, or it has had enough. */
static gpointer
run_daemon (gpointer data)
{
  g_autofree Daemon *self = data;
  g_autoptr (GIOStream) stream = self->stream;
  GInputStream *in = g_io_stream_get_input_stream (stream);
  GOutputStream *out = g_io_stream_get_output_stream (stream);
  GRand *rand = g_rand_new_with_seed (self->seed);
  gint32 left = g_rand_int_range (rand, 20, 420);
  char name[G_MAXUINT8 + 1];
  guint8 type;

  while (left-- > 0 && read_packet (in, &type, name))
    {
      g_autoptr (GByteArray) answer = g_byte_array_new ();

      append_answer (answer, type, name, rand);
      if (!g_output_stream_write_all (out, answer->data, answer->len, NULL, NULL, NULL))
        break;
    }

  g_rand_free (rand);
  g_io_stream_close (stream, NULL, NULL);
  g_atomic_int_set (self->serving, FALSE);
  g_main_context_wakeup (NULL);

  return NULL;
}

/* -- What is done -- */

static void act (Stress *self);
static void react (Stress *self);

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Stress *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = NULL;

  reply = vici_connection_call_finish (VICI_CONNECTION (source), result, &error);
  g_assert_true ((reply == NULL) == (error != NULL));
  self->ended++;
  react (self);
}

static void
on_subscribed (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  Stress *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = vici_connection_subscribe_finish (VICI_CONNECTION (source), result, &error);

  g_assert_true (done == (error == NULL));
  self->ended++;
  react (self);
}

static void
on_unsubscribed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Stress *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = vici_connection_unsubscribe_finish (VICI_CONNECTION (source), result, &error);

  g_assert_true (done == (error == NULL));
  self->ended++;
  react (self);
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Stress *self = user_data;

  g_assert_true (vici_connection_close_finish (VICI_CONNECTION (source), result, NULL));
  self->ended++;
  react (self);
}

static void
on_next (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Stress *self = user_data;
  g_autoptr (ViciMessage) message = vici_stream_next_finish (VICI_STREAM (source), result, NULL);

  self->ended++;
  if (message != NULL && !chance (self, 10))
    {
      self->begun++;
      vici_stream_next_async (VICI_STREAM (source), NULL, on_next, self);
    }

  react (self);
}

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          Stress         *self)
{
  if (chance (self, 4))
    react (self);
}

static void
start_stream (Stress       *self,
              GCancellable *cancellable)
{
  g_autoptr (ViciStream) stream = NULL;

  stream = vici_connection_call_streaming (self->connection,
                                           chance (self, 2) ? "list-sas" : "initiate", NULL, NULL);
  vici_stream_next_async (stream, cancellable, on_next, self);
  if (chance (self, 3))
    g_ptr_array_add (self->streams, g_steal_pointer (&stream));
}

static gpointer
cancel_soon (gpointer data)
{
  g_autoptr (GCancellable) cancellable = data;

  g_usleep (500);
  g_cancellable_cancel (cancellable);

  return NULL;
}

static GCancellable *
maybe_cancellable (Stress *self)
{
  g_autoptr (GCancellable) cancellable = NULL;

  if (!chance (self, 3))
    return NULL;

  cancellable = g_cancellable_new ();
  if (chance (self, 2))
    g_ptr_array_add (self->threads,
                     g_thread_new ("cancel", cancel_soon, g_object_ref (cancellable)));
  else if (chance (self, 3))
    g_cancellable_cancel (cancellable);

  return g_steal_pointer (&cancellable);
}

/* Asks for something. */
static void
act (Stress *self)
{
  g_autoptr (GCancellable) cancellable = NULL;

  if (self->connection == NULL)
    return;

  cancellable = maybe_cancellable (self);
  self->begun++;

  switch (g_rand_int_range (self->rand, 0, 6))
    {
    case 0:
    case 1:
      vici_connection_call_async (self->connection, "version", NULL, cancellable, on_called, self);
      break;

    case 2:
      vici_connection_subscribe_async (self->connection, "log", cancellable, on_subscribed, self);
      break;

    case 3:
      vici_connection_unsubscribe_async (self->connection, "log", cancellable,
                                         on_unsubscribed, self);
      break;

    case 4:
      start_stream (self, cancellable);
      break;

    default:
      if (chance (self, 30))
        vici_connection_close_async (self->connection, cancellable, on_closed, self);
      else
        self->begun--;
    }

  if (cancellable != NULL && chance (self, 4))
    g_cancellable_cancel (cancellable);
}

static void
call_sync (Stress *self)
{
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (ViciMessage) reply = NULL;

  if (self->connection == NULL)
    return;

  connection = g_object_ref (self->connection);
  reply = vici_connection_call_sync (connection, "version", NULL, NULL, NULL);
}

static gboolean
pick_stream (Stress *self,
             guint  *i)
{
  if (self->streams->len == 0)
    return FALSE;

  *i = (guint) g_rand_int_range (self->rand, 0, (gint32) self->streams->len);

  return TRUE;
}

static void
drop_stream (Stress *self)
{
  guint i;

  if (pick_stream (self, &i))
    g_ptr_array_remove_index (self->streams, i);
}

static void
next_sync (Stress *self)
{
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (ViciMessage) message = NULL;
  guint i;

  if (!pick_stream (self, &i))
    return;

  stream = g_object_ref (g_ptr_array_index (self->streams, i));
  message = vici_stream_next_sync (stream, NULL, NULL);
}

/* Does something, or nothing, wherever it is. */
static void
react (Stress *self)
{
  if (self->depth > DEPTH_MAX)
    return;

  self->depth++;

  switch (g_rand_int_range (self->rand, 0, 14))
    {
    case 0:
      if (self->connection != NULL && chance (self, 6))
        vici_connection_close_sync (self->connection, NULL, NULL);
      break;

    case 1:
      if (chance (self, 8))
        g_clear_object (&self->connection);
      break;

    case 2:
      g_main_context_iteration (NULL, FALSE);
      break;

    case 3:
      act (self);
      break;

    case 4:
      call_sync (self);
      break;

    case 5:
      act (self);
      act (self);
      break;

    case 6:
      drop_stream (self);
      break;

    case 7:
      next_sync (self);
      break;

    default:
      break;
    }

  self->depth--;
}

/* -- Rounds -- */

static void
start_daemon (Stress    *self,
              GIOStream *stream)
{
  Daemon *daemon = g_new0 (Daemon, 1);

  daemon->stream = stream;
  daemon->seed = g_rand_int (self->rand);
  daemon->serving = &self->serving;
  self->serving = TRUE;
  g_ptr_array_add (self->threads, g_thread_new ("daemon", run_daemon, daemon));
}

static void
start_round (Stress *self)
{
  g_autoptr (GIOStream) stream = NULL;
  GIOStream *ends[2];

  if (chance (self, 2))
    peer_socket_pair (ends);
  else
    peer_stream_pipes (ends, chance (self, 2));

  stream = ends[0];
  start_daemon (self, ends[1]);

  self->connection = vici_connection_new_for_stream (stream);
  vici_connection_set_timeout (self->connection, chance (self, 3) ? 5 : 1000);
  vici_connection_set_max_in_flight (self->connection,
                                     (guint) g_rand_int_range (self->rand, 1, 6));
  g_signal_connect (self->connection, "event", G_CALLBACK (on_event), self);

  self->alive = self->connection;
  g_object_add_weak_pointer (self->alive, &self->alive);
}

static gboolean
on_stuck (gpointer user_data)
{
  Stress *self = user_data;

  g_error ("Stuck: of %u calls %u have ended; the connection is %s, its transport %s",
           self->begun, self->ended, self->alive != NULL ? "alive" : "gone",
           g_atomic_int_get (&self->serving) ? "open" : "closed");

  return G_SOURCE_REMOVE;
}

static void
finish_round (Stress *self)
{
  guint stuck = g_timeout_add_seconds (STUCK_SECONDS, on_stuck, self);

  g_clear_object (&self->connection);
  g_ptr_array_set_size (self->streams, 0);

  while (self->begun != self->ended || self->alive != NULL || g_atomic_int_get (&self->serving))
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (stuck);
  g_ptr_array_set_size (self->threads, 0);
}

static void
run_round (Stress *self)
{
  start_round (self);

  for (gint32 i = g_rand_int_range (self->rand, 0, 60); i > 0; i--)
    {
      act (self);

      for (guint turns = chance (self, 3) ? 20 : 0; turns > 0; turns--)
        g_main_context_iteration (NULL, FALSE);

      react (self);
    }

  finish_round (self);
}

static void
join_thread (gpointer thread)
{
  g_thread_join (thread);
}

static void
test_seed (gconstpointer data)
{
  Stress self = { NULL };

  self.rand = g_rand_new_with_seed (GPOINTER_TO_UINT (data));
  self.streams = g_ptr_array_new_with_free_func (g_object_unref);
  self.threads = g_ptr_array_new_with_free_func (join_thread);

  for (guint i = 0; i < N_ROUNDS; i++)
    run_round (&self);
  g_assert_cmpuint (self.begun, >, 0);

  g_ptr_array_unref (self.streams);
  g_ptr_array_unref (self.threads);
  g_rand_free (self.rand);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 1; i <= N_SEEDS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/stress/seed-%u", i);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_seed);
    }

  return g_test_run ();
}
