/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The main contexts that drive connections, and what the properties say. */

#include <string.h>

#include "client-test.h"
#include "vici-client-enum-types.h"
#include "vici-error.h"

/* -- A flood of events -- */

typedef struct
{
  guint events;                 /* since the other source was last dispatched */
  guint most;
  guint total;
  guint turns;                  /* of the other source */
} Flood;

static void
on_flood (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          gpointer        user_data)
{
  Flood *flood = user_data;

  flood->events++;
  flood->total++;
  flood->most = MAX (flood->most, flood->events);
}

static gboolean
on_turn (gpointer user_data)
{
  Flood *flood = user_data;

  flood->events = 0;
  flood->turns++;

  return G_SOURCE_CONTINUE;
}

static void
test_fairness (gconstpointer data)
{
  int priority = GPOINTER_TO_INT (data);
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "register e; confirm; flood e");
  Flood flood = { 0 };
  guint source;

  g_signal_handlers_disconnect_by_data (test->connection, test);
  g_signal_connect (test->connection, "event", G_CALLBACK (on_flood), &flood);
  vici_connection_subscribe_sync (test->connection, "e", NULL, NULL);
  source = g_idle_add_full (priority, on_turn, &flood, NULL);
  client_run_until (test, flood.total > 20000);

  /* Among equals it is their turn each time; what is idle may have to wait for some
   * turns more, when the whole process got none meanwhile. */
  g_assert_cmpuint (flood.most, <=, priority == G_PRIORITY_DEFAULT ? 256 : 10000);
  g_source_remove (source);
  vici_connection_close_sync (test->connection, NULL, NULL);
}

/* What another connection is told does not wait for the end of it either. */
static void
test_fairness_between_connections (void)
{
  g_autoptr (ClientTest) flooded = client_test_new_open (PEER_UNIX, "register e; confirm; flood e");
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve");
  Flood flood = { 0 };

  g_signal_handlers_disconnect_by_data (flooded->connection, flooded);
  g_signal_connect (flooded->connection, "event", G_CALLBACK (on_flood), &flood);
  vici_connection_subscribe_sync (flooded->connection, "e", NULL, NULL);
  client_call (test, "a");
  client_expect (test, "a:a");
  vici_connection_close_sync (flooded->connection, NULL, NULL);
}

/* -- Threads -- */

static gpointer
use_connection (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (ClientTest) test =
        client_test_new (i % 2 ? PEER_UNIX : PEER_PLAIN,
                         "serve 2; register e; confirm; event e v=1;"
                         "register list-sa; request list-sas; unregister list-sa; confirm;"
                         "event list-sa v=2; reply; confirm; serve");
      g_autoptr (ViciStream) stream = NULL;

      client_open (test, NULL);
      client_call (test, "a");
      client_expect (test, "open:ok a:a");
      client_call_sync (test, "b", "b");
      client_subscribe (test, "e", NULL);
      client_expect (test, "+e:ok @e:1");
      stream = client_stream (test, "list-sas", NULL);
      client_next (test, stream, NULL);
      client_expect (test, ">2");
      client_next_sync (stream, "end");
    }

  g_main_context_pop_thread_default (context);

  return NULL;
}

/* Their callbacks check that it is their own context that runs. */
static void
test_two_threads (void)
{
  GThread *first = g_thread_new ("first", use_connection, NULL);
  GThread *second = g_thread_new ("second", use_connection, NULL);

  use_connection (NULL);
  g_thread_join (first);
  g_thread_join (second);
}

/* The context is that of the opening, whatever is the default when it is used. */
static void
test_context_of_opener (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  ClientTest *test = NULL;

  g_main_context_push_thread_default (context);
  test = client_test_new_open (PEER_UNIX, "request a; reply v=1; end");
  g_main_context_pop_thread_default (context);

  g_assert_true (test->context == context);
  client_call (test, "a");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (test->log->str, ==, "");
  client_expect (test, "a:1");
  client_test_free (test);
}

/* -- Loops within loops -- */

static void
run_inside (ClientTest *test,
            const char *word)
{
  guint *depth = test->hook_data;

  if (*depth == 3)
    return;

  (*depth)++;
  client_call (test, "inside");
  client_run_until (test, strstr (test->log->str, "inside:inside") != NULL);
}

static void
test_nested (gconstpointer data)
{
  g_autoptr (ClientTest) test = client_test_new (GPOINTER_TO_UINT (data), "serve");
  guint depth = 0;

  client_open (test, NULL);
  client_expect (test, "open:ok");
  test->hook = run_inside;
  test->hook_data = &depth;
  client_call (test, "a");
  client_call (test, "b");
  client_expect (test, "a:a b:b inside:inside inside:inside inside:inside");
}

static void
close_inside (ClientTest *test,
              const char *word)
{
  if (strcmp (word, "a:a") != 0)
    return;

  client_close (test);
  client_run_until (test, g_str_has_suffix (test->log->str, "close:ok"));
  g_clear_object (&test->connection);
}

static void
test_closed_in_nested (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve 2; wait");

  test->hook = close_inside;
  client_call (test, "a");
  client_call (test, "b");
  client_subscribe (test, "e", NULL);
  client_run_until (test, test->connection == NULL);
  g_string_truncate (test->log, 0);
  test->words = 0;
  client_wait_gone (test);
  peer_go (test->peer);
}

/* -- Properties -- */

static void
log_state (ViciConnection *connection,
           GParamSpec     *pspec,
           gpointer        user_data)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (VICI_TYPE_CONNECTION_STATE);

  client_log (user_data, "=%s",
              g_enum_get_value (states, vici_connection_get_state (connection))->value_nick);
}

static void
test_state (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "request a; end; close; end; end");

  g_signal_connect (test->connection, "notify::state", G_CALLBACK (log_state), test);
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "=opening =open open:ok");
  client_settle (test);
  client_close (test);
  client_expect (test, "=closing a:closed =closed closed:ok close:ok");
  client_close (test);
  client_expect (test, "close:ok");

  client_open (test, NULL);
  client_expect (test, "=opening =open open:ok =closed closed:closed");

  vici_connection_open_sync (test->connection, NULL, NULL);
  vici_connection_close_sync (test->connection, NULL, NULL);
  client_expect (test, "=open =closed closed:ok");

  vici_connection_set_uri (test->connection, "unix:///nowhere");
  client_open (test, NULL);
  client_expect (test, "=opening =closed open:not-found");
  vici_connection_open_sync (test->connection, NULL, NULL);
  client_settle (test);
  g_assert_cmpstr (test->log->str, ==, "");

  vici_connection_set_uri (test->connection, peer_get_uri (test->peer));
  client_open (test, NULL);
  client_expect (test, "=opening =open open:ok");
  g_signal_handlers_disconnect_by_func (test->connection, log_state, test);
}

static void
log_io_stream (ViciConnection *connection,
               GParamSpec     *pspec,
               gpointer        user_data)
{
  GIOStream *stream = vici_connection_get_io_stream (connection);

  client_log (user_data, "io-stream:%s", stream ? "there" : "gone");
}

static void
test_io_stream (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "serve; serve");

  g_assert_null (vici_connection_get_io_stream (test->connection));
  g_signal_connect (test->connection, "notify::io-stream", G_CALLBACK (log_io_stream), test);
  client_open (test, NULL);
  client_expect (test, "io-stream:there open:ok");
  g_assert_true (G_IS_UNIX_CONNECTION (vici_connection_get_io_stream (test->connection)));
  client_close (test);
  client_expect (test, "io-stream:gone closed:ok close:ok");
  client_open (test, NULL);
  client_expect (test, "io-stream:there open:ok");
  g_signal_handlers_disconnect_by_func (test->connection, log_io_stream, test);
}

static void
log_pending (ViciConnection *connection,
             GParamSpec     *pspec,
             gpointer        user_data)
{
  client_log (user_data, "pending:%u", vici_connection_get_pending (connection));
}

static void
test_pending (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; serve 1; wait; close");
  g_autoptr (ViciStream) stream = NULL;

  g_signal_connect (test->connection, "notify::pending", G_CALLBACK (log_pending), test);
  client_call (test, "a");
  stream = client_stream (test, "list-sas", NULL);
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 2);

  /* Told once for both. */
  client_expect (test, "pending:2");
  vici_stream_close (stream);
  client_expect (test, "pending:1");
  peer_go (test->peer);
  client_expect (test, "a:1 pending:0");
  client_call (test, "b");
  client_call (test, "c");
  client_run_until (test, strstr (test->log->str, "b:b") != NULL);
  peer_go (test->peer);
  client_run_until (test, strstr (test->log->str, "closed:closed") != NULL);
  client_settle (test);
  g_assert_true (g_str_has_suffix (test->log->str, "c:closed closed:closed pending:0"));
  g_string_truncate (test->log, 0);
}

static void
test_uri (void)
{
  g_autoptr (ClientTest) other = client_test_new (PEER_UNIX, "request b; reply v=other; end");
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "serve");

  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));

  /* It counts for the next opening. */
  vici_connection_set_uri (test->connection, peer_get_uri (other->peer));
  client_call_sync (test, "a", "a");
  vici_connection_close_sync (test->connection, NULL, NULL);
  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
  client_call_sync (test, "b", "other");
  client_expect (test, "closed:ok");
}

static void
test_defaults (void)
{
  g_autoptr (ViciConnection) constructed = g_object_new (VICI_TYPE_CONNECTION, NULL);
  g_autoptr (ViciConnection) made = vici_connection_new (NULL);
  ViciConnection *both[] = { constructed, made };

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpstr (vici_connection_get_uri (both[i]), ==, "unix:///var/run/charon.vici");
      g_assert_cmpuint (vici_connection_get_timeout (both[i]), ==, 30000);
      g_assert_cmpuint (vici_connection_get_max_in_flight (both[i]), ==, 1);
      g_assert_cmpuint (vici_connection_get_pending (both[i]), ==, 0);
      g_assert_cmpint (vici_connection_get_state (both[i]), ==, VICI_CONNECTION_CLOSED);
      g_assert_null (vici_connection_get_io_stream (both[i]));
    }
}

static void
count_notify (GObject    *object,
              GParamSpec *pspec,
              gpointer    user_data)
{
  guint *count = user_data;

  (*count)++;
}

/* In both directions, and told when they change. */
static void
test_properties (void)
{
  g_autoptr (ViciConnection) connection = g_object_new (VICI_TYPE_CONNECTION,
                                                        "uri", "tcp://localhost",
                                                        "timeout", 1u,
                                                        "max-in-flight", 2u,
                                                        NULL);
  g_autofree char *uri = NULL;
  g_autoptr (GIOStream) stream = NULL;
  ViciConnectionState state;
  guint timeout, max_in_flight, pending;
  guint count = 0;

  g_object_get (connection, "uri", &uri, "timeout", &timeout, "max-in-flight", &max_in_flight,
                "state", &state, "pending", &pending, "io-stream", &stream, NULL);
  g_assert_cmpstr (uri, ==, "tcp://localhost");
  g_assert_cmpuint (timeout, ==, 1);
  g_assert_cmpuint (max_in_flight, ==, 2);
  g_assert_cmpuint (pending, ==, 0);
  g_assert_cmpint (state, ==, VICI_CONNECTION_CLOSED);
  g_assert_null (stream);

  g_signal_connect (connection, "notify", G_CALLBACK (count_notify), &count);
  vici_connection_set_uri (connection, "tcp://localhost");
  vici_connection_set_timeout (connection, 1);
  vici_connection_set_max_in_flight (connection, 2);
  g_assert_cmpuint (count, ==, 0);
  vici_connection_set_uri (connection, vici_connection_get_uri (connection) + strlen ("tcp://"));
  g_assert_cmpstr (vici_connection_get_uri (connection), ==, "localhost");
  vici_connection_set_uri (connection, NULL);
  g_assert_cmpstr (vici_connection_get_uri (connection), ==, "unix:///var/run/charon.vici");
  vici_connection_set_timeout (connection, 0);
  vici_connection_set_max_in_flight (connection, 1);
  g_assert_cmpuint (count, ==, 4);
}

/* Open from the start, and never again after its end. */
static void
test_for_stream (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_SOCKETS, "request a; reply v=1; end");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_OPEN);
  g_assert_nonnull (vici_connection_get_io_stream (test->connection));
  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
  client_open (test, NULL);
  client_expect (test, "open:ok");
  client_call_sync (test, "a", "1");

  client_close (test);
  client_expect (test, "closed:ok close:ok");
  client_open (test, NULL);
  client_expect (test, "open:closed");
  g_assert_false (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/client/fairness/same-priority", GINT_TO_POINTER (G_PRIORITY_DEFAULT),
                        test_fairness);
  g_test_add_data_func ("/client/fairness/idle", GINT_TO_POINTER (G_PRIORITY_DEFAULT_IDLE),
                        test_fairness);
  g_test_add_func ("/client/fairness/other-connection", test_fairness_between_connections);
  g_test_add_func ("/client/context/two-threads", test_two_threads);
  g_test_add_func ("/client/context/of-opener", test_context_of_opener);

  for (guint i = 0; i < N_PEER_TRANSPORTS; i++)
    {
      g_autofree char *path = g_strconcat ("/client/context/nested/", peer_transports[i], NULL);

      if (i != PEER_TLS)
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_nested);
    }

  g_test_add_func ("/client/context/closed-in-nested", test_closed_in_nested);
  g_test_add_func ("/client/properties/state", test_state);
  g_test_add_func ("/client/properties/io-stream", test_io_stream);
  g_test_add_func ("/client/properties/pending", test_pending);
  g_test_add_func ("/client/properties/uri", test_uri);
  g_test_add_func ("/client/properties/defaults", test_defaults);
  g_test_add_func ("/client/properties/both-ways", test_properties);
  g_test_add_func ("/client/properties/for-stream", test_for_stream);

  return g_test_run ();
}
