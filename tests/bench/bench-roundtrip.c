/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How many small commands are answered in a second; see `run`, which prints
 * more of it. */

#include "bench.h"

#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

/* How many are on their way at once, in the last mode. */
#define IN_FLIGHT 64

/* -- The floor: a blocking socket, and no library -- */

static void
run_floor (int   fd,
           guint count)
{
  static const char request[] = "\0\0\0\11\0\7version";
  guint8 reply[256];

  for (guint i = 0; i < count; i++)
    {
      bench_send (fd, request, sizeof request - 1);
      g_assert_cmpint (recv (fd, reply, sizeof reply, 0), >, 4);
      g_assert_cmpuint (reply[4], ==, 1);
    }

  close (fd);
}

/* -- The library -- */

static void
run_sync (int   fd,
          guint count)
{
  g_autoptr (ViciConnection) connection = bench_connect (fd);

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciMessage) reply =
        vici_connection_call_sync (connection, "version", NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_false (vici_message_is_empty (reply));
    }
}

typedef struct
{
  GMainLoop *loop;
  guint      to_call;
  guint      to_end;
} Caller;

static void call_next (ViciConnection *connection,
                       Caller         *caller);

static void
on_reply (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Caller *caller = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply =
    vici_connection_call_finish (VICI_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  g_assert_false (vici_message_is_empty (reply));

  if (caller->to_call > 0)
    call_next (VICI_CONNECTION (source), caller);
  if (--caller->to_end == 0)
    g_main_loop_quit (caller->loop);
}

static void
call_next (ViciConnection *connection,
           Caller         *caller)
{
  caller->to_call--;
  vici_connection_call_async (connection, "version", NULL, NULL, on_reply, caller);
}

static void
run_many (int   fd,
          guint count,
          guint in_flight)
{
  g_autoptr (ViciConnection) connection = bench_connect (fd);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Caller caller = { loop, count, count };

  vici_connection_set_max_in_flight (connection, in_flight);
  for (guint i = 0; i < in_flight && caller.to_call > 0; i++)
    call_next (connection, &caller);
  g_main_loop_run (loop);
}

static void
run_async (int   fd,
           guint count)
{
  run_many (fd, count, 1);
}

static void
run_pipelined (int   fd,
               guint count)
{
  run_many (fd, count, IN_FLIGHT);
}

/* -- The command -- */

/* Client and peer on one processor: to wake another one up takes longer than all
 * the rest, and how much longer differs from run to run. */
static void
stay_here (void)
{
  cpu_set_t set;

  CPU_ZERO (&set);
  CPU_SET (sched_getcpu (), &set);
  g_assert_no_errno (sched_setaffinity (0, sizeof set, &set));
}

static const BenchMode modes[] = {
  { "floor", run_floor },
  { "sync", run_sync },
  { "async", run_async },
  { "pipelined", run_pipelined },
  { NULL }
};

static void
print_table (guint count)
{
  double floor = 0;

  g_print ("%u round trips; pipelined: %u at once\n", count, IN_FLIGHT);
  g_print ("%-10s %14s %10s\n", "client", "round trips/s", "of floor");
  for (const BenchMode *mode = modes; mode->name != NULL; mode++)
    {
      double rate = count / bench_run (bench_serve_round_trips, mode->client, count).seconds;

      if (mode == modes)
        floor = rate;
      g_print ("%-10s %14.0f %9.0f%%\n", mode->name, rate, 100 * rate / floor);
    }
}

int
main (int   argc,
      char *argv[])
{
  BenchOptions options = { .count = 100000 };

  bench_parse (&options, argc, argv);
  stay_here ();
  if (options.mode != NULL)
    bench_run_here (bench_serve_round_trips, bench_find_mode (modes, options.mode), options.count);
  else
    print_table (options.count);

  return 0;
}
