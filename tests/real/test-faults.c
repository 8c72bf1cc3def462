/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A daemon that is busy, stopped, or killed. The laboratory starts it again
 * when it has ended. */

#include <signal.h>
#include <string.h>

#include <gio/gunixsocketaddress.h>

#include "real.h"

/* A peer that nobody is: the network of the laboratory's daemon is empty. */
#define NOBODY "192.0.2.99"

/* More than the daemon lets wait in its listen queue. */
#define N_CONNECTIONS 12

static GSocket *
socket_new (void)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);

  return socket;
}

static gboolean
socket_connect (GSocket *socket,
                GError **error)
{
  const char *uri = real_getenv ("VICI_TEST_URI");
  g_autoptr (GSocketAddress) address = NULL;

  g_assert_true (g_str_has_prefix (uri, "unix://"));
  address = g_unix_socket_address_new (uri + strlen ("unix://"));

  return g_socket_connect (socket, address, NULL, error);
}

/* The process that listens on the socket. */
static pid_t
find_daemon (void)
{
  g_autoptr (GSocket) socket = socket_new ();
  g_autoptr (GCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;
  pid_t pid;

  socket_connect (socket, &error);
  g_assert_no_error (error);
  credentials = g_socket_get_credentials (socket, &error);
  g_assert_no_error (error);
  pid = g_credentials_get_unix_pid (credentials, &error);
  g_assert_no_error (error);

  return pid;
}

static void
signal_daemon (pid_t pid,
               int   signum)
{
  g_assert_cmpint (kill (pid, signum), ==, 0);
}

/* Opens and makes sure that somebody is there: while a killed process is taken
 * apart, its connections are closed before it stops to listen. */
static gboolean
open_and_ask (ViciConnection *connection,
              GError        **error)
{
  g_autoptr (ViciMessage) version = NULL;

  if (!vici_connection_open_sync (connection, NULL, error))
    return FALSE;

  version = vici_connection_call_sync (connection, "version", NULL, NULL, error);
  return version != NULL;
}

static void
open_when_restarted (ViciConnection *connection)
{
  gint64 deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (TRUE)
    {
      g_autoptr (GError) error = NULL;

      if (open_and_ask (connection, &error))
        return;
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) &&
          !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (20 * 1000);
    }
}

/* Gathers a letter for everything that ends, in the order of the ends. */
typedef struct
{
  GString      *ends;
  char          letter;
  GAsyncResult *result;
} End;

static void
on_end (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  End *end = user_data;

  g_assert_null (end->result);
  end->result = g_object_ref (result);
  g_string_append_c (end->ends, end->letter);
}

static void
end_clear (End *end)
{
  g_clear_object (&end->result);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (End, end_clear)

static void
on_log (ViciConnection *connection,
        const char     *name,
        ViciMessage    *message,
        gpointer        user_data)
{
  GString *log = user_data;
  g_autofree char *line = vici_message_lookup_string (message, "msg");

  g_string_append_printf (log, "%s\n", line);
}

/* The daemon works off each connection in order, and waits with an initiate:
 * whoever wants events meanwhile takes a second connection. */
static void
test_blocking_call_delays_registration (void)
{
  g_autoptr (ViciConnection) blocked = real_open ("VICI_TEST_URI");
  g_autoptr (ViciConnection) other = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) request = NULL;
  g_autoptr (ViciMessage) terminated = NULL;
  g_autoptr (ViciMessage) initiated = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GString) ends = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (End) initiate = { .ends = ends, .letter = 'i' };
  g_auto (End) subscribe_blocked = { .ends = ends, .letter = 's' };
  g_auto (End) subscribe_other = { .ends = ends, .letter = 'o' };

  g_signal_connect (other, "event::log", G_CALLBACK (on_log), log);
  g_assert_true (vici_connection_subscribe_sync (other, "log", NULL, &error));
  real_load_conn (blocked, "lonely", "192.0.2.1", NOBODY, "10.1.0.1/32", "10.2.0.1/32");

  request = real_message ("{'ike': <'lonely'>, 'child': <'net'>, 'timeout': <20000>}");
  vici_connection_call_async (blocked, "initiate", request, NULL, on_end, &initiate);
  vici_connection_subscribe_async (blocked, "ike-updown", NULL, on_end, &subscribe_blocked);
  real_wait_until (strstr (log->str, "initiating IKE_SA lonely") != NULL);

  vici_connection_subscribe_async (other, "ike-updown", NULL, on_end, &subscribe_other);
  real_wait_until (ends->len > 0);
  g_assert_cmpstr (ends->str, ==, "o");

  terminated = real_call (other, "terminate", real_message ("{'ike': <'lonely'>, 'force': <true>}"));
  real_wait_until (ends->len == 3);
  g_assert_cmpstr (ends->str, ==, "ois");

  initiated = vici_connection_call_finish (blocked, initiate.result, &error);
  g_assert_no_error (error);
  g_assert_false (vici_message_check_success (initiated, NULL));
  g_assert_true (vici_connection_subscribe_finish (blocked, subscribe_blocked.result, &error));
  g_assert_no_error (error);
  g_assert_true (vici_connection_subscribe_finish (other, subscribe_other.result, &error));
  g_assert_no_error (error);
}

static void
on_closed (ViciConnection *connection,
           const GError   *error,
           gpointer        user_data)
{
  GString *ends = user_data;

  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  g_assert_cmpint (vici_connection_get_state (connection), ==, VICI_CONNECTION_CLOSED);
  g_assert_cmpuint (vici_connection_get_pending (connection), ==, 0);
  g_string_append_c (ends, 'C');
}

static void
assert_call_closed (ViciConnection *connection,
                    GAsyncResult   *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = vici_connection_call_finish (connection, result, &error);

  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  g_assert_null (reply);
}

static void
assert_stream_closed (ViciStream   *stream,
                      GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) event = vici_stream_next_finish (stream, result, &error);

  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  g_assert_null (event);
}

static void
assert_subscription_closed (ViciConnection *connection,
                            GAsyncResult   *result)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_connection_subscribe_finish (connection, result, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
}

static void
test_killed_daemon_and_restart (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GString) ends = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_auto (End) in_flight = { .ends = ends, .letter = '1' };
  g_auto (End) queued = { .ends = ends, .letter = '2' };
  g_auto (End) streamed = { .ends = ends, .letter = '3' };
  g_auto (End) subscribed = { .ends = ends, .letter = '4' };
  pid_t pid = find_daemon ();

  g_signal_connect (connection, "event::log", G_CALLBACK (on_log), log);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), ends);
  g_assert_true (vici_connection_subscribe_sync (connection, "log", NULL, &error));
  g_assert_no_error (error);

  /* Stopped, it cannot answer before it is killed. */
  real_stop (pid);
  vici_connection_call_async (connection, "version", NULL, NULL, on_end, &in_flight);
  vici_connection_call_async (connection, "stats", NULL, NULL, on_end, &queued);
  stream = vici_connection_call_streaming (connection, "list-conns", NULL, NULL);
  vici_stream_next_async (stream, NULL, on_end, &streamed);
  vici_connection_subscribe_async (connection, "ike-updown", NULL, on_end, &subscribed);
  signal_daemon (pid, SIGKILL);

  real_wait_until (strchr (ends->str, 'C') != NULL);
  g_assert_cmpstr (ends->str, ==, "1234C");
  assert_call_closed (connection, in_flight.result);
  assert_call_closed (connection, queued.result);
  assert_stream_closed (stream, streamed.result);
  assert_subscription_closed (connection, subscribed.result);
  g_signal_handlers_disconnect_by_func (connection, on_closed, ends);

  open_when_restarted (connection);
  g_assert_cmpint (find_daemon (), !=, pid);
  real_load_conn (connection, "again", "192.0.2.1", "192.0.2.2", "10.1.0.1/32", "10.2.0.1/32");
  real_wait_until (strstr (log->str, "added vici connection: again") != NULL);
}

static gboolean
queue_is_full (void)
{
  g_autoptr (GSocket) socket = socket_new ();
  g_autoptr (GError) error = NULL;

  if (socket_connect (socket, &error))
    return FALSE;

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  return TRUE;
}

static gboolean
all_are_open (ViciConnection *connections[])
{
  for (guint i = 0; i < N_CONNECTIONS; i++)
    if (vici_connection_get_state (connections[i]) != VICI_CONNECTION_OPEN)
      return FALSE;

  return TRUE;
}

static void
assert_timed_out_opening (void)
{
  g_autoptr (ViciConnection) connection = vici_connection_new (real_getenv ("VICI_TEST_URI"));
  g_autoptr (GError) error = NULL;

  vici_connection_set_timeout (connection, 200);
  g_assert_false (vici_connection_open_sync (connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_full_listen_queue (void)
{
  ViciConnection *connections[N_CONNECTIONS];
  GAsyncResult *results[N_CONNECTIONS] = { NULL };
  pid_t pid = find_daemon ();

  real_stop (pid);
  for (guint i = 0; i < N_CONNECTIONS; i++)
    {
      connections[i] = vici_connection_new (real_getenv ("VICI_TEST_URI"));
      vici_connection_open_async (connections[i], NULL, real_take_result, &results[i]);
    }
  while (!queue_is_full ())
    g_main_context_iteration (NULL, FALSE);
  assert_timed_out_opening ();
  g_assert_false (all_are_open (connections));
  signal_daemon (pid, SIGCONT);

  for (guint i = 0; i < N_CONNECTIONS; i++)
    {
      g_autoptr (ViciMessage) version = NULL;
      g_autoptr (GError) error = NULL;

      real_wait_until (results[i] != NULL);
      vici_connection_open_finish (connections[i], results[i], &error);
      g_assert_no_error (error);
      version = real_call (connections[i], "version", NULL);
      g_object_unref (results[i]);
    }
  g_assert_true (all_are_open (connections));

  for (guint i = 0; i < N_CONNECTIONS; i++)
    g_object_unref (connections[i]);
}

static void
assert_call_timed_out (ViciConnection *connection,
                       GAsyncResult   *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = vici_connection_call_finish (connection, result, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_null (reply);
}

/* The answers that come after all belong to nobody, and to no other call. */
static void
test_stopped_daemon_times_out (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (ViciMessage) conns = NULL;
  g_autoptr (ViciMessage) stats = NULL;
  g_autoptr (ViciMessage) workers = NULL;
  g_auto (GStrv) names = NULL;
  pid_t pid = find_daemon ();
  gint64 began;

  vici_connection_set_max_in_flight (connection, 2);
  vici_connection_set_timeout (connection, 300);
  real_stop (pid);
  began = g_get_monotonic_time ();
  vici_connection_call_async (connection, "version", NULL, NULL, real_take_result, &first);
  vici_connection_call_async (connection, "get-keys", NULL, NULL, real_take_result, &second);
  real_wait_until (first != NULL && second != NULL);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 300 * 1000);
  assert_call_timed_out (connection, first);
  assert_call_timed_out (connection, second);

  vici_connection_set_timeout (connection, 30000);
  signal_daemon (pid, SIGCONT);
  conns = real_call (connection, "get-conns", NULL);
  names = vici_message_lookup_strv (conns, "conns");
  g_assert_nonnull (names);
  stats = real_call (connection, "stats", NULL);
  workers = vici_message_lookup_section (stats, "workers");
  g_assert_nonnull (workers);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/real/faults/blocking-call-delays-only-its-own-connection", test_blocking_call_delays_registration);
  g_test_add_func ("/real/faults/stopped-daemon-times-out-and-keeps-the-order", test_stopped_daemon_times_out);
  g_test_add_func ("/real/faults/full-listen-queue-is-tried-again", test_full_listen_queue);
  g_test_add_func ("/real/faults/killed-daemon-ends-all-and-is-found-again", test_killed_daemon_and_restart);

  return g_test_run ();
}
