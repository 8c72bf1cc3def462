/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Several connections in one main context, each of which always waits for an
 * answer, beside one that does. */

#include "client.h"
#include "floor.h"
#include "peer.h"
#include "workload.h"

#include <poll.h>
#include <unistd.h>

#define MAX_SIZE 10

/* Sends what is to be sent next over that socket. */
static void
ask_next (int               fd,
          const GByteArray *request,
          guint            *to_ask)
{
  if (*to_ask > 0)
    {
      bench_send (fd, request->data, request->len);
      --*to_ask;
    }
}

static void
run_floor (Bench *bench)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();
  struct pollfd fds[MAX_SIZE];
  guint to_ask = bench->count;
  guint to_end = bench->count;

  workload_add_named (request, PACKET_REQUEST, "version");
  for (guint i = 0; i < bench->size; i++)
    fds[i] = (struct pollfd) { bench_dial (bench), POLLIN, 0 };

  bench_start (bench);
  for (guint i = 0; i < bench->size; i++)
    ask_next (fds[i].fd, request, &to_ask);
  while (to_end > 0)
    {
      g_assert_cmpint (poll (fds, bench->size, -1), >, 0);
      for (guint i = 0; i < bench->size; i++)
        {
          if (fds[i].revents != 0)
            {
              floor_receive (fds[i].fd, 1);
              to_end--;
              ask_next (fds[i].fd, request, &to_ask);
            }
        }
    }
  bench_stop (bench);

  for (guint i = 0; i < bench->size; i++)
    close (fds[i].fd);
}

static void
run_async (Bench *bench)
{
  ViciConnection *connections[MAX_SIZE];

  for (guint i = 0; i < bench->size; i++)
    connections[i] = bench_connect (bench);

  bench_start (bench);
  client_call (connections, bench->size, 1, bench->count);
  bench_stop (bench);

  for (guint i = 0; i < bench->size; i++)
    g_object_unref (connections[i]);
}

static const BenchCase cases[] = {
  { "floor", 100000, peer_serve_many, run_floor, 1 },
  { "floor-10", 100000, peer_serve_many, run_floor, 10 },
  { "async", 100000, peer_serve_many, run_async, 1 },
  { "async-10", 100000, peer_serve_many, run_async, 10 },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
