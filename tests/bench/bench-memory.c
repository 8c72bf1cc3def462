/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The memory that connections, calls, models and streams take. All but streams are
 * part of setting up: what they take is what there is at rest. */

#include "client.h"
#include "peer.h"
#include "served.h"
#include "workload.h"

/* What there is anyway. */
static void
run_nothing (Bench *bench)
{
  g_type_ensure (VICI_TYPE_CONNECTION);
  bench_start (bench);
  bench_stop (bench);
}

static void
run_connections (Bench *bench)
{
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < bench->count; i++)
    {
      g_ptr_array_add (connections, bench_connect (bench));
      client_call_sync (connections->pdata[i]);
    }

  bench_start (bench);
  bench_stop (bench);
}

static void
on_failed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  guint *left = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply =
    vici_connection_call_finish (VICI_CONNECTION (source), result, &error);

  g_assert_null (reply);
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  --*left;
}

static void
run_pending (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);
  g_autoptr (GError) error = NULL;
  guint left = bench->count;

  for (guint i = 0; i < bench->count; i++)
    vici_connection_call_async (connection, "version", NULL, NULL, on_failed, &left);

  bench_start (bench);
  bench_stop (bench);

  vici_connection_close_sync (connection, NULL, &error);
  g_assert_no_error (error);
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_served (Bench *bench)
{
  Served served;

  served_init (&served, bench->count);
  bench_start (bench);
  bench_stop (bench);
  served_clear (&served);
}

static void
run_model (Bench *bench)
{
  g_autoptr (ViciMonitor) monitor G_GNUC_UNUSED = client_monitor (bench, bench->count);

  bench_start (bench);
  bench_stop (bench);
}

static void
run_stream (Bench *bench,
            void (*stream) (ViciConnection *, ClientEventFunc))
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  bench_start (bench);
  stream (connection, client_walk_event);
  bench_stop (bench);

  workload_assert_seen (bench->count);
}

static void
run_sync (Bench *bench)
{
  run_stream (bench, client_stream_sync);
}

static void
run_async (Bench *bench)
{
  run_stream (bench, client_stream);
}

static const BenchCase cases[] = {
  { "nothing", 0, NULL, run_nothing },
  { "connections-1", 1, peer_serve_many, run_connections },
  { "connections-100", 100, peer_serve_many, run_connections },
  { "served-1", 1, NULL, run_served },
  { "served-1000", 1000, NULL, run_served },
  { "pending-30000", 30000, peer_serve_nothing, run_pending },
  { "model-1", 1, peer_serve_sas, run_model },
  { "model-10000", 10000, peer_serve_sas, run_model },
  { "sync-100", 100, peer_serve_long_streams, run_sync },
  { "sync-10000", 10000, peer_serve_long_streams, run_sync },
  { "sync-100000", 100000, peer_serve_long_streams, run_sync },
  { "async-100", 100, peer_serve_long_streams, run_async },
  { "async-10000", 10000, peer_serve_long_streams, run_async },
  { "async-100000", 100000, peer_serve_long_streams, run_async },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
