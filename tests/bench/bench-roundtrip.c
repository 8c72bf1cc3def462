/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Small commands: one after the other, and many on their way. */

#include "client.h"
#include "floor.h"
#include "peer.h"
#include "peers/peers.h"
#include "workload.h"

#include <unistd.h>

/* -- The floor: a blocking socket, and no library -- */

/* As many requests in one packet as the size says. */
static void
run_floor (Bench *bench)
{
  g_autoptr (GByteArray) requests = g_byte_array_new ();
  int fd = bench_dial (bench);
  guint one;

  workload_add_named (requests, PACKET_REQUEST, "version");
  one = requests->len;
  while (requests->len < one * bench->size)
    workload_add_named (requests, PACKET_REQUEST, "version");

  bench_start (bench);
  for (guint left = bench->count; left > 0;)
    {
      guint n = MIN (left, bench->size);

      bench_send (fd, requests->data, n * one);
      floor_receive (fd, n);
      left -= n;
    }
  bench_stop (bench);

  close (fd);
}

/* -- The library -- */

static void
run_sync (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    client_call_sync (connection);
  bench_stop (bench);
}

static void
run_async (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  vici_connection_set_max_in_flight (connection, bench->size);

  bench_start (bench);
  client_call (&connection, 1, bench->size, bench->count);
  bench_stop (bench);
}

static const BenchCase cases[] = {
  { "floor", 100000, peer_serve, run_floor, 1 },
  { "floor-32", 100000, peer_serve, run_floor, 32 },
  { "sync", 100000, peer_serve, run_sync },
  { "async", 100000, peer_serve, run_async, 1 },
  { "in-flight-8", 100000, peer_serve, run_async, 8 },
  { "in-flight-32", 100000, peer_serve, run_async, 32 },
  { "in-flight-128", 100000, peer_serve, run_async, 128 },
  CASE_LIBVICI ("libvici", 100000, peer_serve, libvici_call, 1),
  CASE_DAVICI ("davici", 100000, peer_serve, davici_call, 1),
  CASE_DAVICI ("davici-32", 100000, peer_serve, davici_call, 32),
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
