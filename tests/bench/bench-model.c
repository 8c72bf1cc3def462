/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What it costs that a monitor keeps IKE_SAs as items, over the stream that they come in. */

#include "client.h"
#include "peer.h"

/* The peer makes what it sends before it answers. */
static void
await_peer (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  client_call_sync (connection);
}

static void
drop_event (ViciMessage *event)
{
  g_object_unref (event);
}

/* -- The floor: the stream alone, and what comes is dropped -- */

static void
run_floor (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  client_call_sync (connection);

  bench_start (bench);
  client_stream_sync (connection, drop_event);
  bench_stop (bench);
}

/* -- From nothing to the first list, connecting and subscribing too -- */

static void
run_first_list (Bench *bench)
{
  g_autoptr (ViciMonitor) monitor = NULL;

  await_peer (bench);

  bench_start (bench);
  monitor = client_monitor (bench, bench->count);
  bench_stop (bench);
}

/* -- Once more the same -- */

static void
run_refresh (Bench *bench)
{
  g_autoptr (ViciMonitor) monitor = client_monitor (bench, bench->count);

  bench_start (bench);
  client_refresh (monitor);
  bench_stop (bench);
}

static const BenchCase cases[] = {
  { "floor", 10000, peer_serve_sas, run_floor },
  { "first-list", 10000, peer_serve_sas, run_first_list },
  { "refresh", 10000, peer_serve_sas, run_refresh },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
