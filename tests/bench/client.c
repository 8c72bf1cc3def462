/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client.h"
#include "workload.h"

/* -- Calls -- */

typedef struct
{
  GMainLoop *loop;
  guint      to_call;
  guint      to_end;
} Calls;

static void call_next (ViciConnection *connection,
                       Calls          *calls);

static void
on_reply (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ViciConnection *connection = VICI_CONNECTION (source);
  Calls *calls = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = vici_connection_call_finish (connection, result, &error);

  g_assert_no_error (error);
  g_assert_false (vici_message_is_empty (reply));

  if (calls->to_call > 0)
    call_next (connection, calls);
  if (--calls->to_end == 0)
    g_main_loop_quit (calls->loop);
}

static void
call_next (ViciConnection *connection,
           Calls          *calls)
{
  calls->to_call--;
  vici_connection_call_async (connection, "version", NULL, NULL, on_reply, calls);
}

void
client_call (ViciConnection *connections[],
             guint           n_connections,
             guint           outstanding,
             guint           count)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Calls calls = { loop, count, count };

  for (guint i = 0; i < outstanding * n_connections && calls.to_call > 0; i++)
    call_next (connections[i % n_connections], &calls);
  if (count > 0)
    g_main_loop_run (loop);
}

void
client_call_sync (ViciConnection *connection)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply =
    vici_connection_call_sync (connection, "version", NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (vici_message_is_empty (reply));
}

/* -- Streams -- */

void
client_walk_event (ViciMessage *event)
{
  workload_walk_message (event);
  g_object_unref (event);
}

void
client_stream_sync (ViciConnection *connection,
                    ClientEventFunc take)
{
  g_autoptr (ViciStream) stream =
    vici_connection_call_streaming (connection, "list-sas", NULL, NULL);
  g_autoptr (GError) error = NULL;
  ViciMessage *event;

  while ((event = vici_stream_next_sync (stream, NULL, &error)) != NULL)
    take (event);
  g_assert_no_error (error);
}

typedef struct
{
  GMainLoop      *loop;
  ViciConnection *connection;
  ClientEventFunc take;
  guint           left;         /* streams to begin */
} Reader;

static void begin_stream (Reader *reader);

static void
on_next (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  ViciStream *stream = VICI_STREAM (source);
  Reader *reader = user_data;
  g_autoptr (GError) error = NULL;
  ViciMessage *event = vici_stream_next_finish (stream, result, &error);

  g_assert_no_error (error);
  if (event != NULL)
    {
      reader->take (event);
      vici_stream_next_async (stream, NULL, on_next, reader);
      return;
    }

  g_object_unref (stream);
  if (reader->left > 0)
    begin_stream (reader);
  else
    g_main_loop_quit (reader->loop);
}

static void
begin_stream (Reader *reader)
{
  reader->left--;
  vici_stream_next_async (vici_connection_call_streaming (reader->connection, "list-sas", NULL, NULL),
                          NULL, on_next, reader);
}

void
client_streams (ViciConnection *connection,
                ClientEventFunc take,
                guint           count)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Reader reader = { loop, connection, take, count };

  if (count > 0)
    {
      begin_stream (&reader);
      g_main_loop_run (loop);
    }
}

void
client_stream (ViciConnection *connection,
               ClientEventFunc take)
{
  client_streams (connection, take, 1);
}

/* -- Monitors -- */

ViciMonitor *
client_monitor (const Bench *bench,
                guint        n_ike_sas)
{
  g_autofree char *uri = bench_uri (bench);
  ViciMonitor *monitor = vici_monitor_new (uri);

  while (vici_monitor_get_state (monitor) != VICI_MONITOR_READY)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (vici_monitor_get_ike_sas (monitor)), ==, n_ike_sas);

  return monitor;
}

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  vici_monitor_refresh_finish (VICI_MONITOR (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

void
client_refresh (ViciMonitor *monitor)
{
  gboolean refreshed = FALSE;

  vici_monitor_refresh_async (monitor, NULL, on_refreshed, &refreshed);
  while (!refreshed)
    g_main_context_iteration (NULL, TRUE);
}
