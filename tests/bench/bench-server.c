/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A server's events to many clients, one of which may not read. */

#include <errno.h>
#include <sys/socket.h>

#include "served.h"

#define N_CLIENTS 100

static void
take (int   fd,
      gsize length)
{
  guint8 buffer[1024];

  while (length > 0)
    {
      gssize n = recv (fd, buffer, MIN (length, sizeof buffer), 0);

      if (n > 0)
        length -= (gsize) n;
      else if (n == 0 || errno != EAGAIN)
        g_error ("The server has closed");
      else
        g_main_context_iteration (NULL, TRUE);
    }
}

/* From sending an event until all that read have it, event by event. */
static void
run_events (Bench *bench,
            guint  n_silent)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autofree char *value = g_strnfill (200, 'x');
  g_autoptr (ViciMessage) message = NULL;
  gsize length;
  Served served;

  vici_builder_add_string (builder, "v", value);
  message = vici_builder_end (builder, NULL);
  length = 4 + 1 + 1 + strlen ("tick") + vici_message_get_size (message);

  served_init (&served, N_CLIENTS);
  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      vici_server_emit_event (served.server, "tick", message);
      for (guint j = n_silent; j < served.fds->len; j++)
        take (g_array_index (served.fds, int, j), length);
    }
  bench_stop (bench);
  served_clear (&served);
}

static void
run_all_read (Bench *bench)
{
  run_events (bench, 0);
}

static void
run_one_silent (Bench *bench)
{
  run_events (bench, 1);
}

static const BenchCase cases[] = {
  { "all-read", 10000, NULL, run_all_read },
  { "one-silent", 10000, NULL, run_one_silent },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
