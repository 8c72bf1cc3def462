/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How fast a long stream of events is read, with every element of every event
 * looked at; see `run`, which prints more of it. */

#include "bench.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What looking at an element leaves behind, so that it is not optimised away,
 * and so that all clients are seen to have looked at the same. */
static guint64 seen;
static guint elements;

static inline void
see (const char   *name,
     const guint8 *data,
     gsize         length)
{
  elements++;
  if (name != NULL)
    seen += (guint8) name[0];
  if (length > 0)
    seen += data[0] + length;
}

static void
assert_seen (guint count)
{
  g_assert_cmpuint (elements, ==, count * EVENT_ELEMENTS);
}

/* In KiB: far more than allocators differ from run to run, and far less than the
 * events. */
#define MEMORY_BOUND 4096

/* -- The floor: a blocking socket, and no library -- */

static void
walk (const guint8 *position,
      const guint8 *end)
{
  char name[256];

  while (position < end)
    {
      guint element = *position++;
      const guint8 *data = NULL;
      gsize length = 0;
      gboolean named = element == VICI_ELEMENT_SECTION_START ||
                       element == VICI_ELEMENT_LIST_START ||
                       element == VICI_ELEMENT_KEY_VALUE;

      if (named)
        {
          memcpy (name, position + 1, *position);
          name[*position] = '\0';
          position += 1 + *position;
        }
      if (element == VICI_ELEMENT_KEY_VALUE || element == VICI_ELEMENT_LIST_ITEM)
        {
          length = (gsize) (position[0] << 8 | position[1]);
          data = position + 2;
          position += 2 + length;
        }

      see (named ? name : NULL, data, length);
    }
}

/* Walks the whole packets, and returns how many bytes they were. */
static gsize
walk_packets (const guint8 *data,
              gsize         length,
              gboolean     *done)
{
  gsize used = 0;
  guint32 size;

  while (length - used >= 4)
    {
      memcpy (&size, data + used, sizeof size);
      size = GUINT32_FROM_BE (size);
      if (length - used - 4 < size)
        break;

      if (data[used + 4] == 7)
        walk (data + used + 6 + data[used + 5], data + used + 4 + size);
      else if (data[used + 4] == 1)
        *done = TRUE;
      used += 4 + size;
    }

  return used;
}

static void
run_floor (int   fd,
           guint count)
{
  static const char request[] =
    "\0\0\0\11\3\7list-sa" "\0\0\0\12\0\10list-sas" "\0\0\0\11\4\7list-sa";
  g_autofree guint8 *buffer = g_malloc (64 * 1024);
  gboolean done = FALSE;
  gsize length = 0;

  bench_send (fd, request, sizeof request - 1);
  while (!done)
    {
      ssize_t n = recv (fd, buffer + length, 64 * 1024 - length, 0);
      gsize used;

      g_assert_cmpint (n, >, 0);
      length += (gsize) n;
      used = walk_packets (buffer, length, &done);
      memmove (buffer, buffer + used, length - used);
      length -= used;
    }

  close (fd);
  assert_seen (count);
}

/* -- The library -- */

/* Takes the event. */
static void
look_at (ViciMessage *event)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, event);
  while (vici_message_iter_next (&iter))
    {
      gsize length;
      const guint8 *data = vici_message_iter_get_data (&iter, &length);

      see (vici_message_iter_get_name (&iter), data, length);
    }

  g_object_unref (event);
}

static void
run_sync (int   fd,
          guint count)
{
  g_autoptr (ViciConnection) connection = bench_connect (fd);
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *event;

  stream = vici_connection_call_streaming (connection, "list-sas", NULL, NULL);
  while ((event = vici_stream_next_sync (stream, NULL, &error)) != NULL)
    look_at (event);
  g_assert_no_error (error);
  assert_seen (count);
}

static void
on_next (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  ViciStream *stream = VICI_STREAM (source);
  g_autoptr (GError) error = NULL;
  ViciMessage *event = vici_stream_next_finish (stream, result, &error);

  g_assert_no_error (error);
  if (event == NULL)
    {
      g_main_loop_quit (user_data);
      return;
    }

  look_at (event);
  vici_stream_next_async (stream, NULL, on_next, user_data);
}

static void
run_async (int   fd,
           guint count)
{
  g_autoptr (ViciConnection) connection = bench_connect (fd);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ViciStream) stream = NULL;

  stream = vici_connection_call_streaming (connection, "list-sas", NULL, NULL);
  vici_stream_next_async (stream, NULL, on_next, loop);
  g_main_loop_run (loop);
  assert_seen (count);
}

/* -- The command -- */

static const BenchMode modes[] = {
  { "floor", run_floor },
  { "sync", run_sync },
  { "async", run_async },
  { NULL }
};

static void
print_table (guint count)
{
  double floor = 0;

  g_print ("%u events of %u bytes and %u elements\n", count, EVENT_SIZE, EVENT_ELEMENTS);
  g_print ("%-8s %12s %10s %26s\n", "client", "events/s", "of floor", "peak memory, over 1/10");
  for (const BenchMode *mode = modes; mode->name != NULL; mode++)
    {
      BenchRun less = bench_run (bench_serve_stream, mode->client, count / 10);
      BenchRun run = bench_run (bench_serve_stream, mode->client, count);
      double rate = count / run.seconds;

      if (mode == modes)
        floor = rate;
      g_print ("%-8s %12.0f %9.0f%% %8ld KiB, %+6ld KiB\n", mode->name, rate,
               100 * rate / floor, run.peak, run.peak - less.peak);
    }
}

/* A stream of any length takes the same memory. */
static int
check_memory (guint count)
{
  guint number = 1;
  int status = 0;

  for (const BenchMode *mode = modes; mode->name != NULL; mode++)
    {
      BenchRun less = bench_run (bench_serve_stream, mode->client, count / 10);
      BenchRun run = bench_run (bench_serve_stream, mode->client, count);
      gboolean bad = run.peak - less.peak > MEMORY_BOUND;

      g_print ("%s %u - memory-does-not-grow-with-the-stream %s\n", bad ? "not ok" : "ok",
               number++, mode->name);
      g_print ("# %ld KiB for %u events, %ld KiB for %u\n", less.peak, count / 10, run.peak, count);
      status |= bad;
    }
  g_print ("1..%u\n", number - 1);

  return status;
}

int
main (int   argc,
      char *argv[])
{
  BenchOptions options = { .count = 100000 };

  bench_parse (&options, argc, argv);
  if (options.mode != NULL)
    bench_run_here (bench_serve_stream, bench_find_mode (modes, options.mode), options.count);
  else if (options.check)
    return check_memory (options.count);
  else
    print_table (options.count);

  return 0;
}
