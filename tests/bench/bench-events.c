/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Events that are subscribed to, lines of a log, with one handler for them or
 * with many: each reads every element. */

#include "client.h"
#include "floor.h"
#include "peer.h"
#include "workload.h"

#include <unistd.h>

#define LOG_ELEMENTS 5

static void
assert_delivered (guint deliveries)
{
  g_assert_cmpuint (workload_elements, ==, deliveries * LOG_ELEMENTS);
}

static void
run_floor (Bench *bench)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  int fd = bench_dial (bench);

  workload_add_named (packet, PACKET_REGISTER, "control-log");
  floor_ask (fd, packet);
  g_byte_array_set_size (packet, 0);
  workload_add_named (packet, PACKET_REQUEST, "initiate");

  bench_start (bench);
  floor_ask (fd, packet);
  bench_stop (bench);

  assert_delivered (bench->count);
  close (fd);
}

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          gpointer        user_data)
{
  workload_walk_message (message);
}

static void
on_reply (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply G_GNUC_UNUSED =
    vici_connection_call_finish (VICI_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  g_main_loop_quit (user_data);
}

static void
run_handlers (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;

  /* The call that lets the events come has to wait for all of them. */
  vici_connection_set_timeout (connection, 0);
  vici_connection_subscribe_sync (connection, "control-log", NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < bench->size; i++)
    g_signal_connect (connection, "event::control-log", G_CALLBACK (on_event), NULL);

  bench_start (bench);
  vici_connection_call_async (connection, "initiate", NULL, NULL, on_reply, loop);
  g_main_loop_run (loop);
  bench_stop (bench);

  assert_delivered (bench->count * bench->size);
}

static const BenchCase cases[] = {
  { "floor", 100000, peer_serve_long_streams, run_floor },
  { "handlers-1", 100000, peer_serve_long_streams, run_handlers, 1 },
  { "handlers-10", 100000, peer_serve_long_streams, run_handlers, 10 },
  { "handlers-100", 20000, peer_serve_long_streams, run_handlers, 100 },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
