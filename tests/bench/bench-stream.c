/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A long stream of events, with every element of every event looked at. */

#include "client.h"
#include "floor.h"
#include "peer.h"
#include "peers/peers.h"
#include "workload.h"

#include <unistd.h>

/* -- The floor: a blocking socket, and no library -- */

static void
run_floor (Bench *bench)
{
  g_autoptr (GByteArray) requests = g_byte_array_new ();
  int fd = bench_dial (bench);

  workload_add_named (requests, PACKET_REGISTER, "list-sa");
  workload_add_named (requests, PACKET_REQUEST, "list-sas");
  workload_add_named (requests, PACKET_UNREGISTER, "list-sa");

  bench_start (bench);
  bench_send (fd, requests->data, requests->len);
  floor_receive (fd, 3);
  bench_stop (bench);

  workload_assert_seen (bench->count);
  close (fd);
}

/* -- The library -- */

static void
convert_event (ViciMessage *event)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = vici_message_to_variant (event, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (variant), ==, 1);
  workload_elements += EVENT_ELEMENTS;
  g_object_unref (event);
}

static void
run_client (Bench *bench,
            void (*stream) (ViciConnection *, ClientEventFunc),
            ClientEventFunc take)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  bench_start (bench);
  stream (connection, take);
  bench_stop (bench);

  workload_assert_seen (bench->count);
}

static void
run_sync (Bench *bench)
{
  run_client (bench, client_stream_sync, client_walk_event);
}

static void
run_async (Bench *bench)
{
  run_client (bench, client_stream, client_walk_event);
}

static void
run_sync_variant (Bench *bench)
{
  run_client (bench, client_stream_sync, convert_event);
}

static const BenchCase cases[] = {
  { "floor", 100000, peer_serve_long_streams, run_floor },
  { "sync", 100000, peer_serve_long_streams, run_sync },
  { "async", 100000, peer_serve_long_streams, run_async },
  { "sync-variant", 100000, peer_serve_long_streams, run_sync_variant },
  CASE_LIBVICI ("libvici", 100000, peer_serve_long_streams, libvici_stream, 0),
  CASE_DAVICI ("davici", 100000, peer_serve_long_streams, davici_stream, 0),
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
