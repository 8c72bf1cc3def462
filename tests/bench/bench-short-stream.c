/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Streams of one event, one after the other: what registering and unregistering
 * cost. */

#include "client.h"
#include "floor.h"
#include "peer.h"
#include "peers/peers.h"
#include "workload.h"

#include <unistd.h>

/* -- The floor: a blocking socket, and no library -- */

static GByteArray *
packet (PacketType  type,
        const char *name)
{
  GByteArray *data = g_byte_array_new ();

  workload_add_named (data, type, name);

  return data;
}

/* All in one round trip. */
static void
run_floor_one (Bench *bench)
{
  g_autoptr (GByteArray) requests = packet (PACKET_REGISTER, "list-sa");
  int fd = bench_dial (bench);

  workload_add_named (requests, PACKET_REQUEST, "list-sas");
  workload_add_named (requests, PACKET_UNREGISTER, "list-sa");

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      bench_send (fd, requests->data, requests->len);
      floor_receive (fd, 3);
    }
  bench_stop (bench);

  workload_assert_seen (bench->count);
  close (fd);
}

/* Each answer is waited for, as the clients in scripting languages do. */
static void
run_floor_three (Bench *bench)
{
  g_autoptr (GByteArray) first = packet (PACKET_REGISTER, "list-sa");
  g_autoptr (GByteArray) request = packet (PACKET_REQUEST, "list-sas");
  g_autoptr (GByteArray) last = packet (PACKET_UNREGISTER, "list-sa");
  int fd = bench_dial (bench);

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      floor_ask (fd, first);
      floor_ask (fd, request);
      floor_ask (fd, last);
    }
  bench_stop (bench);

  workload_assert_seen (bench->count);
  close (fd);
}

/* -- The library -- */

static void
run_sync (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    client_stream_sync (connection, client_walk_event);
  bench_stop (bench);

  workload_assert_seen (bench->count);
}

static void
run_async (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  bench_start (bench);
  client_streams (connection, client_walk_event, bench->count);
  bench_stop (bench);

  workload_assert_seen (bench->count);
}

static const BenchCase cases[] = {
  { "floor-one", 50000, peer_serve, run_floor_one },
  { "floor-three", 50000, peer_serve, run_floor_three },
  { "sync", 50000, peer_serve, run_sync },
  { "async", 50000, peer_serve, run_async },
  CASE_LIBVICI ("libvici", 20000, peer_serve, libvici_short_stream, 0),
  CASE_DAVICI ("davici", 50000, peer_serve, davici_short_stream, 0),
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
