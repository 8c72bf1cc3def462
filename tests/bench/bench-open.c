/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A connection for one call, as a command-line tool has it. */

#include "client.h"
#include "floor.h"
#include "peer.h"
#include "peers/peers.h"
#include "workload.h"

#include <unistd.h>

static void
run_floor (Bench *bench)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();

  workload_add_named (request, PACKET_REQUEST, "version");

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      int fd = bench_dial (bench);

      floor_ask (fd, request);
      close (fd);
    }
  bench_stop (bench);
}

static void
run_sync (Bench *bench)
{
  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      g_autoptr (ViciConnection) connection = bench_connect (bench);
      g_autoptr (GError) error = NULL;

      client_call_sync (connection);
      vici_connection_close_sync (connection, NULL, &error);
      g_assert_no_error (error);
    }
  bench_stop (bench);
}

/* -- Step by step -- */

typedef struct
{
  const char *uri;
  GMainLoop  *loop;
  guint       left;
} Opening;

static void open_next (Opening *opening);

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Opening *opening = user_data;
  g_autoptr (ViciConnection) connection = VICI_CONNECTION (source);
  g_autoptr (GError) error = NULL;

  vici_connection_close_finish (connection, result, &error);
  g_assert_no_error (error);

  if (--opening->left == 0)
    g_main_loop_quit (opening->loop);
  else
    open_next (opening);
}

static void
on_reply (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ViciConnection *connection = VICI_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = vici_connection_call_finish (connection, result, &error);

  g_assert_no_error (error);
  g_assert_false (vici_message_is_empty (reply));
  vici_connection_close_async (connection, NULL, on_closed, user_data);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ViciConnection *connection = VICI_CONNECTION (source);
  g_autoptr (GError) error = NULL;

  vici_connection_open_finish (connection, result, &error);
  g_assert_no_error (error);
  vici_connection_call_async (connection, "version", NULL, NULL, on_reply, user_data);
}

static void
open_next (Opening *opening)
{
  vici_connection_open_async (vici_connection_new (opening->uri), NULL, on_opened, opening);
}

static void
run_async (Bench *bench)
{
  g_autofree char *uri = bench_uri (bench);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Opening opening = { uri, loop, bench->count };

  bench_start (bench);
  open_next (&opening);
  g_main_loop_run (loop);
  bench_stop (bench);
}

static const BenchCase cases[] = {
  { "floor", 20000, peer_serve, run_floor },
  { "sync", 20000, peer_serve, run_sync },
  { "async", 20000, peer_serve, run_async },
  CASE_LIBVICI ("libvici", 5000, peer_serve, libvici_open, 0),
  CASE_DAVICI ("davici", 20000, peer_serve, davici_open, 0),
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
