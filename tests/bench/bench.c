/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bench.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* About as much as a socket takes at once. */
#define WRITE_SIZE (256 * 1024)

/* -- The wire, by hand -- */

static void
add_name (GByteArray *data,
          guint8      element,
          const char *name)
{
  guint8 head[2] = { element, (guint8) strlen (name) };

  g_byte_array_append (data, head, 2);
  g_byte_array_append (data, (const guint8 *) name, head[1]);
}

static void
add_value (GByteArray *data,
           const char *value)
{
  gsize length = strlen (value);
  guint8 head[2] = { (guint8) (length >> 8), (guint8) length };

  g_byte_array_append (data, head, 2);
  g_byte_array_append (data, (const guint8 *) value, (guint) length);
}

static void
add_key (GByteArray *data,
         const char *key,
         const char *value)
{
  add_name (data, VICI_ELEMENT_KEY_VALUE, key);
  add_value (data, value);
}

static void
add_element (GByteArray *data,
             guint8      element)
{
  g_byte_array_append (data, &element, 1);
}

/* All of "key=value key=value". */
static void
add_keys (GByteArray *data,
          const char *text)
{
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);

  for (char **pair = pairs; *pair != NULL; pair++)
    {
      char *value = strchr (*pair, '=');

      *value++ = '\0';
      add_key (data, *pair, value);
    }
}

static void
add_pair (GByteArray *data,
          const char *list,
          const char *first,
          const char *second)
{
  add_name (data, VICI_ELEMENT_LIST_START, list);
  add_element (data, VICI_ELEMENT_LIST_ITEM);
  add_value (data, first);
  add_element (data, VICI_ELEMENT_LIST_ITEM);
  add_value (data, second);
  add_element (data, VICI_ELEMENT_LIST_END);
}

static void
add_sa (GByteArray *data)
{
  add_keys (data,
            "uniqueid=1234 version=2 state=ESTABLISHED local-host=192.0.2.1 local-port=4500 "
            "local-id=moon.example remote-host=198.51.100.7 remote-port=4500 "
            "remote-id=sun.example initiator=yes initiator-spi=0123456789abcdef "
            "responder-spi=fedcba9876543210 nat-remote=yes nat-any=yes if-id-in=00000001 "
            "if-id-out=00000001 encr-alg=AES_GCM_16 encr-keysize=128 "
            "prf-alg=PRF_HMAC_SHA2_256 dh-group=CURVE_25519 established=1234 "
            "rekey-time=12345 reauth-time=23456");
  add_pair (data, "remote-vips", "10.0.0.1", "fec0::1");

  add_name (data, VICI_ELEMENT_SECTION_START, "child-sas");
  add_name (data, VICI_ELEMENT_SECTION_START, "net-1");
  add_keys (data,
            "name=net uniqueid=5678 reqid=1 state=INSTALLED mode=TUNNEL protocol=ESP encap=yes "
            "spi-in=c0ffee01 spi-out=c0ffee02 encr-alg=AES_GCM_16 encr-keysize=128 "
            "bytes-in=1234567 packets-in=12345 bytes-out=7654321 packets-out=54321 "
            "rekey-time=3210 life-time=3960");
  add_pair (data, "local-ts", "10.1.0.0/16", "10.2.0.0/16");
}

static void
start_packet (GByteArray *data,
              guint8      type)
{
  static const guint8 length[4];

  g_byte_array_append (data, length, sizeof length);
  g_byte_array_append (data, &type, 1);
}

static void
end_packet (GByteArray *data,
            guint       start)
{
  guint32 length = GUINT32_TO_BE (data->len - start - 4);

  memcpy (data->data + start, &length, sizeof length);
}

static void
add_packet (GByteArray *data,
            guint8      type)
{
  guint start = data->len;

  start_packet (data, type);
  end_packet (data, start);
}

static void
add_event (GByteArray *data)
{
  guint start = data->len;
  g_autofree char *filler = NULL;
  guint left;

  start_packet (data, 7);
  g_byte_array_append (data, (const guint8 *) "\7list-sa", 8);
  add_name (data, VICI_ELEMENT_SECTION_START, "gateway");
  add_sa (data);

  /* The last key fills it up to its size, but for three ends of sections. */
  left = EVENT_SIZE - (data->len - start) - 3 - 4 - (guint) strlen ("remote-ts");
  filler = g_strnfill (left, 'x');
  add_key (data, "remote-ts", filler);
  for (int i = 0; i < 3; i++)
    add_element (data, VICI_ELEMENT_SECTION_END);
  end_packet (data, start);
}

/* -- The peer -- */

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

void
bench_serve_stream (int   fd,
                    guint count)
{
  g_autoptr (GByteArray) some = g_byte_array_new ();
  g_autoptr (GByteArray) first = g_byte_array_new ();
  g_autoptr (GByteArray) last = g_byte_array_new ();
  guint8 request[256];
  guint batch = WRITE_SIZE / EVENT_SIZE;

  for (guint i = 0; i < batch; i++)
    add_event (some);
  g_assert_cmpuint (some->len, ==, batch * EVENT_SIZE);
  add_packet (first, 5);
  add_packet (last, 1);
  add_packet (last, 5);

  g_assert_cmpint (recv (fd, request, sizeof request, 0), >, 0);
  bench_send (fd, first->data, first->len);
  for (; count > batch; count -= batch)
    bench_send (fd, some->data, some->len);
  bench_send (fd, some->data, count * EVENT_SIZE);
  bench_send (fd, last->data, last->len);

  /* The client goes first. */
  while (recv (fd, request, sizeof request, 0) > 0)
    continue;
}

/* How many packets end in what was received. */
static guint
count_packets (GByteArray *received)
{
  guint8 *data = received->data;
  guint used = 0;
  guint n = 0;

  while (received->len - used >= 4)
    {
      guint32 length;

      memcpy (&length, data + used, sizeof length);
      length = GUINT32_FROM_BE (length);
      if (received->len - used - 4 < length)
        break;
      used += 4 + length;
      n++;
    }

  g_byte_array_remove_range (received, 0, used);

  return n;
}

void
bench_serve_round_trips (int   fd,
                         guint count)
{
  g_autoptr (GByteArray) received = g_byte_array_new ();
  g_autoptr (GByteArray) replies = g_byte_array_new ();
  guint8 buffer[16 * 1024];
  ssize_t n;

  while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0)
    {
      g_byte_array_append (received, buffer, (guint) n);
      g_byte_array_set_size (replies, 0);
      for (guint left = count_packets (received); left > 0; left--)
        {
          guint start = replies->len;

          start_packet (replies, 1);
          add_key (replies, "success", "yes");
          end_packet (replies, start);
        }
      bench_send (fd, replies->data, replies->len);
    }
}

/* -- Runs -- */

double
bench_run_here (BenchFunc serve,
                BenchFunc client,
                guint     count)
{
  gint64 start;
  int fds[2];
  int status;
  pid_t pid;

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      close (fds[0]);
      serve (fds[1], count);
      _exit (0);
    }

  close (fds[1]);
  start = g_get_monotonic_time ();
  client (fds[0], count);
  start = g_get_monotonic_time () - start;

  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);

  return (double) start / G_USEC_PER_SEC;
}

BenchRun
bench_run (BenchFunc serve,
           BenchFunc client,
           guint     count)
{
  BenchRun run;
  int fds[2];
  int status;
  pid_t pid;

  g_assert_no_errno (pipe (fds));
  pid = fork ();
  g_assert_cmpint (pid, >=, 0);
  if (pid == 0)
    {
      struct rusage usage;

      run.seconds = bench_run_here (serve, client, count);
      getrusage (RUSAGE_SELF, &usage);
      run.peak = usage.ru_maxrss;
      g_assert_cmpint (write (fds[1], &run, sizeof run), ==, sizeof run);
      _exit (0);
    }

  close (fds[1]);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpint (read (fds[0], &run, sizeof run), ==, sizeof run);
  close (fds[0]);

  return run;
}

ViciConnection *
bench_connect (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_autoptr (GSocketConnection) stream = NULL;

  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);

  return vici_connection_new_for_stream (G_IO_STREAM (stream));
}

/* -- The command line -- */

void
bench_parse (BenchOptions *options,
             int           argc,
             char        **argv)
{
  for (int i = 1; i < argc; i++)
    {
      if (g_str_equal (argv[i], "--check"))
        options->check = TRUE;
      else if (g_str_equal (argv[i], "--mode") && i + 1 < argc)
        options->mode = argv[++i];
      else if (g_ascii_isdigit (argv[i][0]))
        options->count = (guint) g_ascii_strtoull (argv[i], NULL, 10);
      else
        g_error ("Usage: %s [--mode MODE | --check] [COUNT]", argv[0]);
    }
}

BenchFunc
bench_find_mode (const BenchMode *modes,
                 const char      *name)
{
  for (; modes->name != NULL; modes++)
    {
      if (g_str_equal (modes->name, name))
        return modes->client;
    }

  g_error ("There is no mode “%s”", name);
}
