/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Many calls that are queued at once, before the main loop runs: what one takes
 * must not depend on how many there are. Of those, one is on its way by default;
 * davici knows no limit. */

#include "client.h"
#include "peer.h"
#include "peers/peers.h"

/* On their way at once, where more than one is. */
#define IN_FLIGHT 128

static void
run_calls (Bench *bench,
           guint  in_flight)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  vici_connection_set_max_in_flight (connection, in_flight);

  bench_start (bench);
  for (guint left = bench->count; left > 0;)
    {
      guint n = MIN (left, bench->size);

      client_call (&connection, 1, n, n);
      left -= n;
    }
  bench_stop (bench);
}

static void
run_async (Bench *bench)
{
  run_calls (bench, 1);
}

static void
run_pipelined (Bench *bench)
{
  run_calls (bench, IN_FLIGHT);
}

static const BenchCase cases[] = {
  { "async-1", 30000, peer_serve, run_async, 1 },
  { "async-10", 30000, peer_serve, run_async, 10 },
  { "async-100", 30000, peer_serve, run_async, 100 },
  { "async-1000", 30000, peer_serve, run_async, 1000 },
  { "async-10000", 30000, peer_serve, run_async, 10000 },
  { "async-30000", 30000, peer_serve, run_async, 30000 },
  { "pipelined-1", 30000, peer_serve, run_pipelined, 1 },
  { "pipelined-10", 30000, peer_serve, run_pipelined, 10 },
  { "pipelined-100", 30000, peer_serve, run_pipelined, 100 },
  { "pipelined-1000", 30000, peer_serve, run_pipelined, 1000 },
  { "pipelined-10000", 30000, peer_serve, run_pipelined, 10000 },
  { "pipelined-30000", 30000, peer_serve, run_pipelined, 30000 },
  CASE_DAVICI ("davici-1", 30000, peer_serve, davici_queue_bursts, 1),
  CASE_DAVICI ("davici-10", 30000, peer_serve, davici_queue_bursts, 10),
  CASE_DAVICI ("davici-100", 30000, peer_serve, davici_queue_bursts, 100),
  CASE_DAVICI ("davici-1000", 30000, peer_serve, davici_queue_bursts, 1000),
  CASE_DAVICI ("davici-10000", 30000, peer_serve, davici_queue_bursts, 10000),
  CASE_DAVICI ("davici-30000", 30000, peer_serve, davici_queue_bursts, 30000),
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
