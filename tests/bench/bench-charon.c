/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The library's clients on a real daemon, the one at VICI_TEST_URI. charon.py runs
 * these, and starts the daemons; without one there are no cases. */

#include "client.h"
#include "floor.h"
#include "peers/peers.h"
#include "workload.h"

#include <unistd.h>

/* -- The daemon -- */

static gboolean
has_daemon (void)
{
  return g_getenv ("VICI_TEST_URI") != NULL;
}

static gboolean
has_daemon_and_libvici (void)
{
  return has_daemon () && libvici_is_available ();
}

/* For the clients that are used to the simulated peer and its socket. */
static void
use_socket_of_daemon (Bench *bench)
{
  const char *uri = g_getenv ("VICI_TEST_URI");

  g_assert_true (g_str_has_prefix (uri, "unix://"));
  bench->path = uri + strlen ("unix://");
}

static ViciConnection *
connect_to_daemon (void)
{
  g_autoptr (ViciConnection) connection = vici_connection_new (g_getenv ("VICI_TEST_URI"));
  g_autoptr (GError) error = NULL;

  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&connection);
}

/* -- version -- */

static void
version_floor (Bench *bench)
{
  g_autoptr (GByteArray) request = g_byte_array_new ();
  int fd;

  use_socket_of_daemon (bench);
  fd = bench_dial (bench);
  workload_add_named (request, PACKET_REQUEST, "version");

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    floor_ask (fd, request);
  bench_stop (bench);

  close (fd);
}

static void
version_libvici (Bench *bench)
{
  use_socket_of_daemon (bench);
  libvici_call (bench);
}

static void
version_sync (Bench *bench)
{
  g_autoptr (ViciConnection) connection = connect_to_daemon ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    client_call_sync (connection);
  bench_stop (bench);
}

static void
version_async (Bench *bench)
{
  g_autoptr (ViciConnection) connection = connect_to_daemon ();

  vici_connection_set_max_in_flight (connection, bench->size);

  bench_start (bench);
  client_call (&connection, 1, bench->size, bench->count);
  bench_stop (bench);
}

/* -- load-conn -- */

static void
add_list (ViciBuilder *builder,
          const char  *name,
          const char  *item)
{
  vici_builder_begin_list (builder, name);
  vici_builder_add_item (builder, item);
  vici_builder_end_list (builder);
}

static void
add_end (ViciBuilder *builder,
         const char  *name,
         const char  *id)
{
  vici_builder_begin_section (builder, name);
  vici_builder_add_string (builder, "auth", "psk");
  vici_builder_add_string (builder, "id", id);
  vici_builder_end_section (builder);
}

/* One of many peers of a gateway. charon.py has the same for swanctl. */
static ViciMessage *
build_peer (ViciBuilder *builder,
            guint        number)
{
  g_autofree char *name = g_strdup_printf ("peer-%u", number);
  g_autofree char *id = g_strdup_printf ("peer-%u.example", number);
  g_autofree char *net = g_strdup_printf ("10.3.%u.%u/32", number / 256, number % 256);
  g_autoptr (GError) error = NULL;
  ViciMessage *request;

  vici_builder_begin_section (builder, name);
  vici_builder_add_string (builder, "version", "2");
  vici_builder_add_string (builder, "unique", "never");
  add_list (builder, "local_addrs", "192.0.2.1");
  add_list (builder, "remote_addrs", "192.0.2.2");
  add_list (builder, "proposals", "aes128-sha256-x25519");
  add_end (builder, "local", id);
  add_end (builder, "remote", "gateway.example");
  vici_builder_begin_section (builder, "children");
  vici_builder_begin_section (builder, name);
  add_list (builder, "local_ts", net);
  add_list (builder, "remote_ts", "10.2.0.0/16");
  add_list (builder, "esp_proposals", "aes128-sha256");
  vici_builder_add_string (builder, "policies", "no");
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);

  request = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  return request;
}

static void
assert_success (ViciMessage *reply,
                GError      *error)
{
  g_autoptr (GError) failure = NULL;

  g_assert_no_error (error);
  vici_message_check_success (reply, &failure);
  g_assert_no_error (failure);
}

static void
load_sync (Bench *bench)
{
  g_autoptr (ViciConnection) connection = connect_to_daemon ();
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciMessage) request = build_peer (builder, i);
      g_autoptr (ViciMessage) reply =
        vici_connection_call_sync (connection, "load-conn", request, NULL, &error);

      assert_success (reply, error);
    }
  bench_stop (bench);
}

typedef struct
{
  GMainLoop   *loop;
  ViciBuilder *builder;
  guint        count;
  guint        called;
  guint        ended;
} Loading;

static void load_next (ViciConnection *connection,
                       Loading        *loading);

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ViciConnection *connection = VICI_CONNECTION (source);
  Loading *loading = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = vici_connection_call_finish (connection, result, &error);

  assert_success (reply, error);

  if (loading->called < loading->count)
    load_next (connection, loading);
  if (++loading->ended == loading->count)
    g_main_loop_quit (loading->loop);
}

static void
load_next (ViciConnection *connection,
           Loading        *loading)
{
  g_autoptr (ViciMessage) request = build_peer (loading->builder, loading->called++);

  vici_connection_call_async (connection, "load-conn", request, NULL, on_loaded, loading);
}

static void
load_async (Bench *bench)
{
  g_autoptr (ViciConnection) connection = connect_to_daemon ();
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Loading loading = { loop, builder, bench->count };

  vici_connection_set_max_in_flight (connection, bench->size);

  bench_start (bench);
  while (loading.called < MIN (bench->size, bench->count))
    load_next (connection, &loading);
  g_main_loop_run (loop);
  bench_stop (bench);
}

/* -- list-sas: the count is that of the IKE_SAs that the daemon has -- */

static guint events;

static void
count_event (ViciMessage *event)
{
  events++;
  client_walk_event (event);
}

static void
list_sas_floor (Bench *bench)
{
  g_autoptr (GByteArray) requests = g_byte_array_new ();
  int fd;

  use_socket_of_daemon (bench);
  fd = bench_dial (bench);
  workload_add_named (requests, PACKET_REGISTER, "list-sa");
  workload_add_named (requests, PACKET_REQUEST, "list-sas");
  workload_add_named (requests, PACKET_UNREGISTER, "list-sa");

  bench_start (bench);
  bench_send (fd, requests->data, requests->len);
  floor_receive (fd, 3);
  bench_stop (bench);

  close (fd);
}

static void
list_sas (Bench *bench,
          void (*stream) (ViciConnection *, ClientEventFunc))
{
  g_autoptr (ViciConnection) connection = connect_to_daemon ();

  bench_start (bench);
  stream (connection, count_event);
  bench_stop (bench);

  g_assert_cmpuint (events, ==, bench->count);
}

static void
list_sas_sync (Bench *bench)
{
  list_sas (bench, client_stream_sync);
}

static void
list_sas_async (Bench *bench)
{
  list_sas (bench, client_stream);
}

static const BenchCase cases[] = {
  { "version-floor", 10000, NULL, version_floor, 1, has_daemon },
  { "version-sync", 10000, NULL, version_sync, 1, has_daemon },
  { "version-async", 10000, NULL, version_async, 1, has_daemon },
  { "version-in-flight-32", 10000, NULL, version_async, 32, has_daemon },
  { "version-libvici", 10000, NULL, version_libvici, 1, has_daemon_and_libvici },
  { "load-sync", 1000, NULL, load_sync, 1, has_daemon },
  { "load-in-flight-32", 1000, NULL, load_async, 32, has_daemon },
  { "load-in-flight-128", 1000, NULL, load_async, 128, has_daemon },
  { "list-sas-floor", 0, NULL, list_sas_floor, 1, has_daemon },
  { "list-sas-sync", 0, NULL, list_sas_sync, 1, has_daemon },
  { "list-sas-async", 0, NULL, list_sas_async, 1, has_daemon },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
