/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What it takes to read a message that has arrived. */

#include "peer.h"
#include "peers/peers.h"
#include "workload.h"

static ViciMessage *
message_new (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_message_new_from_bytes (bytes, &error);

  g_assert_no_error (error);

  return message;
}

static void
run_floor (Bench *bench)
{
  g_autoptr (GBytes) bytes = workload_get_list_sa ();
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    workload_walk_bytes (data, data + length);
  bench_stop (bench);

  workload_assert_seen (bench->count);
}

static void
run_walk (Bench *bench)
{
  g_autoptr (GBytes) bytes = workload_get_list_sa ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      g_autoptr (ViciMessage) message = message_new (bytes);

      workload_walk_message (message);
    }
  bench_stop (bench);

  workload_assert_seen (bench->count);
}

static void
run_check (Bench *bench)
{
  g_autoptr (GBytes) bytes = workload_get_list_sa ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    g_object_unref (message_new (bytes));
  bench_stop (bench);
}

static void
run_variant (Bench *bench)
{
  g_autoptr (GBytes) bytes = workload_get_list_sa ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      g_autoptr (ViciMessage) message = message_new (bytes);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) variant = vici_message_to_variant (message, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (g_variant_n_children (variant), ==, 1);
    }
  bench_stop (bench);
}

/* What a list of SAs shows: the state and the addresses, and of each CHILD_SA its bytes. */
static void
look_up (ViciMessage *message)
{
  g_autoptr (ViciMessage) sa = vici_message_lookup_section (message, "gateway");
  g_autofree char *state = vici_message_lookup_string (sa, "state");
  g_autofree char *local = vici_message_lookup_string (sa, "local-host");
  g_autofree char *remote = vici_message_lookup_string (sa, "remote-host");
  g_autoptr (ViciMessage) children = vici_message_lookup_section (sa, "child-sas");
  g_autoptr (ViciMessage) child = vici_message_lookup_section (children, "net-1");
  g_auto (GStrv) networks = vici_message_lookup_strv (child, "local-ts");

  g_assert_nonnull (state);
  g_assert_nonnull (local);
  g_assert_nonnull (remote);
  g_assert_nonnull (networks);
  g_assert_cmpuint (vici_message_lookup_uint64 (child, "bytes-in", 0), >, 0);
  g_assert_cmpuint (vici_message_lookup_uint64 (child, "bytes-out", 0), >, 0);
}

static void
run_lookup (Bench *bench)
{
  g_autoptr (GBytes) bytes = workload_get_list_sa ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      g_autoptr (ViciMessage) message = message_new (bytes);

      look_up (message);
    }
  bench_stop (bench);
}

static const BenchCase cases[] = {
  { "floor", 200000, NULL, run_floor },
  { "walk", 200000, NULL, run_walk },
  { "check", 200000, NULL, run_check },
  { "lookup", 200000, NULL, run_lookup },
  { "variant", 50000, NULL, run_variant },
  CASE_LIBVICI ("libvici", 50000, peer_serve_long_streams, libvici_walk, 0),
  CASE_DAVICI ("davici", 200000, peer_serve, davici_walk, 0),
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
