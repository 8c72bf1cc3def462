/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What it costs that IKE_SAs come as objects, over the stream that they come in. */

#include "client.h"
#include "peer.h"

/* What a list in a window shows of each. */
static guint64 shown;

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

  bench_start (bench);
  client_stream_sync (connection, drop_event);
  bench_stop (bench);
}

/* -- Objects -- */

static void
show (GListModel *sas)
{
  for (guint i = 0; i < g_list_model_get_n_items (sas); i++)
    {
      g_autoptr (ViciIkeSa) sa = g_list_model_get_item (sas, i);
      g_autoptr (ViciChildSa) child = g_list_model_get_item (vici_ike_sa_get_child_sas (sa), 0);

      shown += vici_ike_sa_get_state (sa) + strlen (vici_ike_sa_get_name (sa)) +
               strlen (vici_ike_sa_get_remote_host (sa)) + vici_ike_sa_get_established (sa) +
               vici_child_sa_get_state (child) + vici_child_sa_get_bytes_in (child) +
               vici_child_sa_get_bytes_out (child);
    }
}

static void
run_list (Bench   *bench,
          gboolean shows)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) sas = NULL;

  bench_start (bench);
  sas = vici_daemon_list_sas_sync (daemon, NULL, NULL, &error);
  if (shows && sas != NULL)
    show (sas);
  bench_stop (bench);

  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (sas), ==, bench->count);
}

static void
run_objects (Bench *bench)
{
  run_list (bench, FALSE);
}

static void
run_shown (Bench *bench)
{
  run_list (bench, TRUE);
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  GListModel **sas = user_data;

  *sas = vici_daemon_list_sas_finish (VICI_DAEMON (source), result, &error);
  g_assert_no_error (error);
}

static void
run_objects_async (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (GListModel) sas = NULL;

  bench_start (bench);
  vici_daemon_list_sas_async (daemon, NULL, NULL, on_listed, &sas);
  while (sas == NULL)
    g_main_context_iteration (NULL, TRUE);
  bench_stop (bench);

  g_assert_cmpuint (g_list_model_get_n_items (sas), ==, bench->count);
}

static const BenchCase cases[] = {
  { "floor", 10000, peer_serve_long_streams, run_floor },
  { "objects", 10000, peer_serve_long_streams, run_objects },
  { "objects-shown", 10000, peer_serve_long_streams, run_shown },
  { "objects-async", 10000, peer_serve_long_streams, run_objects_async },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
