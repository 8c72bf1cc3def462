/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whether work grows as what it is done on: `run` counts the instructions for
 * one event, call, key or section where there are few and where there are many.
 *
 * The count is that of all units, and the size how many there are at once, so
 * that the work is done count / size times. */

#include "client.h"
#include "peer.h"
#include "workload.h"

/* -- On a connection -- */

static void
run_events (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);
  guint rounds = bench->count / bench->size;

  client_call_sync (connection);

  bench_start (bench);
  for (guint i = 0; i < rounds; i++)
    client_stream_sync (connection, client_walk_event);
  bench_stop (bench);

  workload_assert_seen (rounds * bench->size);
}

static void
run_calls (Bench *bench)
{
  g_autoptr (ViciConnection) connection = bench_connect (bench);

  client_call (&connection, 1, 1, 1);

  bench_start (bench);
  for (guint i = 0; i < bench->count / bench->size; i++)
    client_call (&connection, 1, bench->size, bench->size);
  bench_stop (bench);
}

/* -- In models -- */

static void
run_refreshes (Bench *bench)
{
  g_autoptr (ViciMonitor) monitor = client_monitor (bench, bench->size);

  client_refresh (monitor);

  bench_start (bench);
  for (guint i = 0; i < bench->count / bench->size; i++)
    client_refresh (monitor);
  bench_stop (bench);
}

static void
on_initiated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply G_GNUC_UNUSED =
    vici_connection_call_finish (VICI_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

static void
run_model_events (Bench *bench)
{
  g_autoptr (ViciMonitor) monitor = client_monitor (bench, bench->size);
  ViciConnection *connection = vici_monitor_get_connection (monitor);
  gboolean initiated = FALSE;

  vici_connection_set_timeout (connection, 0);

  bench_start (bench);
  vici_connection_call_async (connection, "initiate", NULL, NULL, on_initiated, &initiated);
  while (!initiated || g_main_context_pending (NULL))
    g_main_context_iteration (NULL, TRUE);
  bench_stop (bench);
}

/* -- On a message -- */

typedef struct
{
  guint        size;
  GStrv        names;           /* of keys */
  ViciMessage *message;
} Subject;

typedef ViciMessage *(*BuildFunc) (const Subject *subject);
typedef void (*WorkFunc) (const Subject *subject);

static ViciMessage *
end_building (ViciBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_builder_end (builder, &error);

  g_assert_no_error (error);

  return message;
}

static ViciMessage *
build_keys (const Subject *subject)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  for (guint i = 0; i < subject->size; i++)
    vici_builder_add_string (builder, subject->names[i], "value");

  return end_building (builder);
}

static ViciMessage *
build_sections (const Subject *subject)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  for (guint i = 0; i < subject->size; i++)
    vici_builder_begin_section (builder, "section");
  for (guint i = 0; i < subject->size; i++)
    vici_builder_end_section (builder);

  return end_building (builder);
}

static void
check (const Subject *subject)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) message G_GNUC_UNUSED =
    vici_message_new_from_bytes (vici_message_get_bytes (subject->message), &error);

  g_assert_no_error (error);
}

static void
walk (const Subject *subject)
{
  workload_walk_message (subject->message);
}

static void
skip (const Subject *subject)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, subject->message);
  g_assert_true (vici_message_iter_next (&iter));
  vici_message_iter_skip (&iter);
  g_assert_false (vici_message_iter_next (&iter));
}

static void
print (const Subject *subject)
{
  g_free (vici_message_to_string (subject->message, VICI_PRINT_NONE));
}

static void
look_up_last (const Subject *subject)
{
  g_autofree char *value =
    vici_message_lookup_string (subject->message, subject->names[subject->size - 1]);

  g_assert_nonnull (value);
}

static void
build_keys_again (const Subject *subject)
{
  g_object_unref (build_keys (subject));
}

static void
build_sections_again (const Subject *subject)
{
  g_object_unref (build_sections (subject));
}

static void
subject_init (Subject  *subject,
              guint     size,
              BuildFunc build)
{
  subject->size = size;
  subject->names = g_new0 (char *, size + 1);
  for (guint i = 0; i < size; i++)
    subject->names[i] = g_strdup_printf ("key-%05u", i);
  subject->message = build (subject);
}

static void
subject_clear (Subject *subject)
{
  g_strfreev (subject->names);
  g_object_unref (subject->message);
}

/* What happens only once happens before it counts. */
static void
run_work (Bench    *bench,
          BuildFunc build,
          WorkFunc  work)
{
  Subject small;
  Subject subject;

  subject_init (&small, 1, build);
  subject_init (&subject, bench->size, build);
  work (&small);

  bench_start (bench);
  for (guint i = 0; i < bench->count / bench->size; i++)
    work (&subject);
  bench_stop (bench);

  subject_clear (&small);
  subject_clear (&subject);
}

#define DEFINE_RUN(name, build, work) \
  static void \
  name (Bench *bench) \
  { \
    run_work (bench, build, work); \
  }

DEFINE_RUN (run_keys_build, build_keys, build_keys_again)
DEFINE_RUN (run_keys_check, build_keys, check)
DEFINE_RUN (run_keys_walk, build_keys, walk)
DEFINE_RUN (run_keys_lookup, build_keys, look_up_last)
DEFINE_RUN (run_sections_build, build_sections, build_sections_again)
DEFINE_RUN (run_sections_check, build_sections, check)
DEFINE_RUN (run_sections_walk, build_sections, walk)
DEFINE_RUN (run_sections_skip, build_sections, skip)
DEFINE_RUN (run_sections_print, build_sections, print)

static const BenchCase cases[] = {
  { "events-10", 5000, peer_serve_sized_streams, run_events, 10 },
  { "events-100", 5000, peer_serve_sized_streams, run_events, 100 },
  { "events-1000", 5000, peer_serve_sized_streams, run_events, 1000 },
  { "events-10000", 10000, peer_serve_sized_streams, run_events, 10000 },
  { "events-100000", 100000, peer_serve_sized_streams, run_events, 100000 },
  { "calls-1", 3000, peer_serve, run_calls, 1 },
  { "calls-10", 3000, peer_serve, run_calls, 10 },
  { "calls-100", 3000, peer_serve, run_calls, 100 },
  { "calls-1000", 3000, peer_serve, run_calls, 1000 },
  { "calls-10000", 10000, peer_serve, run_calls, 10000 },
  { "calls-30000", 30000, peer_serve, run_calls, 30000 },
  { "model-refresh-10", 5000, peer_serve_sas, run_refreshes, 10 },
  { "model-refresh-100", 5000, peer_serve_sas, run_refreshes, 100 },
  { "model-refresh-1000", 5000, peer_serve_sas, run_refreshes, 1000 },
  { "model-refresh-10000", 10000, peer_serve_sas, run_refreshes, 10000 },
  { "model-events-10", 5000, peer_serve_sas, run_model_events, 10 },
  { "model-events-100", 5000, peer_serve_sas, run_model_events, 100 },
  { "model-events-1000", 5000, peer_serve_sas, run_model_events, 1000 },
  { "model-events-10000", 10000, peer_serve_sas, run_model_events, 10000 },
  { "keys-build-1", 10000, NULL, run_keys_build, 1 },
  { "keys-build-10", 10000, NULL, run_keys_build, 10 },
  { "keys-build-100", 10000, NULL, run_keys_build, 100 },
  { "keys-build-1000", 10000, NULL, run_keys_build, 1000 },
  { "keys-build-10000", 10000, NULL, run_keys_build, 10000 },
  { "keys-check-1", 10000, NULL, run_keys_check, 1 },
  { "keys-check-10", 10000, NULL, run_keys_check, 10 },
  { "keys-check-100", 10000, NULL, run_keys_check, 100 },
  { "keys-check-1000", 10000, NULL, run_keys_check, 1000 },
  { "keys-check-10000", 10000, NULL, run_keys_check, 10000 },
  { "keys-walk-1", 10000, NULL, run_keys_walk, 1 },
  { "keys-walk-10", 10000, NULL, run_keys_walk, 10 },
  { "keys-walk-100", 10000, NULL, run_keys_walk, 100 },
  { "keys-walk-1000", 10000, NULL, run_keys_walk, 1000 },
  { "keys-walk-10000", 10000, NULL, run_keys_walk, 10000 },
  { "keys-lookup-last-1", 10000, NULL, run_keys_lookup, 1 },
  { "keys-lookup-last-10", 10000, NULL, run_keys_lookup, 10 },
  { "keys-lookup-last-100", 10000, NULL, run_keys_lookup, 100 },
  { "keys-lookup-last-1000", 10000, NULL, run_keys_lookup, 1000 },
  { "keys-lookup-last-10000", 10000, NULL, run_keys_lookup, 10000 },
  { "sections-build-1", 10000, NULL, run_sections_build, 1 },
  { "sections-build-10", 10000, NULL, run_sections_build, 10 },
  { "sections-build-100", 10000, NULL, run_sections_build, 100 },
  { "sections-build-1000", 10000, NULL, run_sections_build, 1000 },
  { "sections-check-1", 10000, NULL, run_sections_check, 1 },
  { "sections-check-10", 10000, NULL, run_sections_check, 10 },
  { "sections-check-100", 10000, NULL, run_sections_check, 100 },
  { "sections-check-1000", 10000, NULL, run_sections_check, 1000 },
  { "sections-walk-1", 10000, NULL, run_sections_walk, 1 },
  { "sections-walk-10", 10000, NULL, run_sections_walk, 10 },
  { "sections-walk-100", 10000, NULL, run_sections_walk, 100 },
  { "sections-walk-1000", 10000, NULL, run_sections_walk, 1000 },
  { "sections-skip-1", 10000, NULL, run_sections_skip, 1 },
  { "sections-skip-10", 10000, NULL, run_sections_skip, 10 },
  { "sections-skip-100", 10000, NULL, run_sections_skip, 100 },
  { "sections-skip-1000", 10000, NULL, run_sections_skip, 1000 },
  { "sections-print-1", 10000, NULL, run_sections_print, 1 },
  { "sections-print-10", 10000, NULL, run_sections_print, 10 },
  { "sections-print-100", 10000, NULL, run_sections_print, 100 },
  { "sections-print-1000", 10000, NULL, run_sections_print, 1000 },
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
