/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench.h"

#include <errno.h>
#ifdef HAVE_MALLINFO2
#include <malloc.h>
#endif
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* Connections that the peer has not taken up yet. */
#define BACKLOG 128

/* -- Sockets -- */

static struct sockaddr_un
address_of (const Bench *bench)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  g_assert_cmpuint (strlen (bench->path), <, sizeof address.sun_path);
  strcpy (address.sun_path, bench->path);

  return address;
}

int
bench_dial (const Bench *bench)
{
  struct sockaddr_un address = address_of (bench);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (connect (fd, (const struct sockaddr *) &address, sizeof address));

  return fd;
}

void
bench_send (int         fd,
            const void *data,
            gsize       length)
{
  const guint8 *position = data;

  while (length > 0)
    {
      ssize_t n = send (fd, position, length, MSG_NOSIGNAL);

      g_assert_cmpint (n, >, 0);
      position += n;
      length -= (gsize) n;
    }
}

char *
bench_uri (const Bench *bench)
{
  return g_strconcat ("unix://", bench->path, NULL);
}

ViciConnection *
bench_connect (const Bench *bench)
{
  g_autofree char *uri = bench_uri (bench);
  g_autoptr (ViciConnection) connection = vici_connection_new (uri);
  g_autoptr (GError) error = NULL;

  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&connection);
}

/* -- What it takes -- */

static gint64
cpu_time (void)
{
  struct rusage usage;

  g_assert_no_errno (getrusage (RUSAGE_SELF, &usage));

  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC +
         usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

gint64
bench_thread_time (void)
{
  struct timespec now;

  g_assert_no_errno (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now));

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* Not of getrusage(), whose peak is also that of the program before the exec(). */
static long
resident_set (const char *field)
{
  g_autofree char *status = NULL;
  const char *found;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  found = strstr (status, field);

  return found != NULL ? strtol (found + strlen (field), NULL, 10) : 0;
}

static gsize
heap_in_use (void)
{
#ifdef HAVE_MALLINFO2
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

void
bench_start (Bench *bench)
{
  bench->rest = resident_set ("VmRSS:");
  bench->heap = heap_in_use ();
  bench->cpu = cpu_time ();
  bench->started = g_get_monotonic_time ();
}

void
bench_stop (Bench *bench)
{
  bench->elapsed = g_get_monotonic_time () - bench->started;
  bench->cpu = cpu_time () - bench->cpu;
}

void
bench_set_time (Bench *bench,
                gint64 nanoseconds)
{
  bench->elapsed = bench->cpu = nanoseconds / 1000;
}

/* -- The peer -- */

static int
listen_at (const Bench *bench)
{
  struct sockaddr_un address = address_of (bench);
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (bind (fd, (const struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (fd, BACKLOG));

  return fd;
}

static pid_t
start_peer (const BenchCase *one,
            const Bench     *bench)
{
  int listener = listen_at (bench);
  pid_t pid = fork ();

  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      one->serve (listener, bench);
      _exit (0);
    }
  close (listener);

  return pid;
}

static void
stop_peer (pid_t pid)
{
  kill (pid, SIGKILL);
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    continue;
}

/* -- The program -- */

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

static void
print_result (const char      *program,
              const BenchCase *one,
              const Bench     *bench,
              pid_t            peer)
{
  g_autofree char *name = g_path_get_basename (program);

  g_print ("{\"program\": \"%s\", \"case\": \"%s\", \"count\": %u, \"seconds\": %.6f, "
           "\"cpu\": %.6f, \"rest\": %ld, \"peak\": %ld, \"heap\": %" G_GSIZE_FORMAT
           ", \"peer\": %d}\n",
           name, one->name, bench->count, (double) bench->elapsed / G_USEC_PER_SEC,
           (double) bench->cpu / G_USEC_PER_SEC, bench->rest, resident_set ("VmHWM:"),
           bench->heap, (int) peer);
}

static void
run_case (const char      *program,
          const BenchCase *one,
          guint            count)
{
  g_autofree char *directory = g_dir_make_tmp ("bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "vici", NULL);
  Bench bench = { .count = count, .size = one->size, .path = path };
  pid_t peer = 0;

  if (one->serve != NULL)
    peer = start_peer (one, &bench);
  one->client (&bench);
  print_result (program, one, &bench, peer);
  if (peer != 0)
    stop_peer (peer);

  g_unlink (path);
  g_rmdir (directory);
}

static gboolean
is_available (const BenchCase *one)
{
  return one->available == NULL || one->available ();
}

static const BenchCase *
find_case (const BenchCase *cases,
           const char      *name)
{
  for (; cases->name != NULL; cases++)
    {
      if (g_str_equal (cases->name, name) && is_available (cases))
        return cases;
    }

  return NULL;
}

static int
list_cases (const BenchCase *cases)
{
  for (; cases->name != NULL; cases++)
    {
      if (is_available (cases))
        g_print ("%s %u\n", cases->name, cases->count);
    }

  return 0;
}

int
bench_main (int              argc,
            char            *argv[],
            const BenchCase *cases)
{
  const char *program = argv[0];
  const BenchCase *one;
  gboolean unpinned = argc > 1 && g_str_equal (argv[1], "--unpinned");

  if (argc == 2 && g_str_equal (argv[1], "--list"))
    return list_cases (cases);

  argv += unpinned;
  argc -= unpinned;
  one = argc == 2 || argc == 3 ? find_case (cases, argv[1]) : NULL;
  if (one == NULL)
    {
      g_printerr ("Usage: %s --list | [--unpinned] CASE [COUNT]\n", program);
      return 2;
    }

  if (!unpinned)
    stay_here ();
  run_case (program, one, argc == 3 ? (guint) strtoul (argv[2], NULL, 10) : one->count);

  return 0;
}
