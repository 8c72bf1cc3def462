/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a monitor comes to its connection, and shares it with others: beside a daemon
 * that is of no use, or in a program that uses the connection too. */

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "model-daemon.h"
#include "model-wait.h"
#include "vici-error.h"
#include "vici-model-enum-types.h"
#include "vici-monitor.h"

typedef struct
{
  ModelDaemon    *daemon;
  ViciConnection *connection;
  ViciMonitor    *monitor;      /* NULL: not made yet */
  GString        *states;       /* what they have been */
  guint           n_connected;  /* to the daemon */
} Uplink;

/* -- What the context waits for -- */

static int longest_waited;      /* the longest time that it has waited until it was over */

static int
poll_and_note (GPollFD *fds,
               guint    n_fds,
               int      timeout)
{
  int n = g_poll (fds, n_fds, timeout);

  if (n == 0)
    longest_waited = MAX (longest_waited, timeout);

  return n;
}

static void
spin (guint n)
{
  while (n-- > 0)
    g_main_context_iteration (NULL, FALSE);
}

/* -- A monitor -- */

static void
on_state (Uplink *self)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (VICI_TYPE_MONITOR_STATE);
  ViciMonitorState state = vici_monitor_get_state (self->monitor);

  g_string_append_printf (self->states, "%s%s", self->states->len > 0 ? " " : "",
                          g_enum_get_value (states, state)->value_nick);
}

static void
start (Uplink *self)
{
  self->monitor = vici_monitor_new_for_connection (self->connection);
  g_signal_connect_swapped (self->monitor, "notify::state", G_CALLBACK (on_state), self);
}

static gboolean
is_in (Uplink          *self,
       ViciMonitorState state)
{
  return vici_monitor_get_state (self->monitor) == state;
}

static gboolean
is_connection (Uplink             *self,
               ViciConnectionState state)
{
  return vici_connection_get_state (self->connection) == state;
}

static void
set_up (Uplink       *self,
        gconstpointer data)
{
  self->daemon = model_daemon_new ();
  self->connection = vici_connection_new (self->daemon->uri);
  self->states = g_string_new (NULL);
  self->n_connected = 0;
  longest_waited = 0;
}

static void
tear_down (Uplink       *self,
           gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->monitor);
  vici_connection_close_async (self->connection, NULL, NULL, NULL);
  run_until (is_connection (self, VICI_CONNECTION_CLOSED));
  spin (20);
  g_object_unref (self->connection);
  g_string_free (self->states, TRUE);
  model_daemon_free (self->daemon);
}

/* -- A daemon that is of no use -- */

typedef struct
{
  GSocketService *service;
  GPtrArray      *streams;      /* those that it keeps; NULL: it closes them at once */
  guint           n_accepted;
} Mute;

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *stream,
             GObject           *source,
             Mute              *self)
{
  self->n_accepted++;
  if (self->streams != NULL)
    g_ptr_array_add (self->streams, g_object_ref (stream));
  else
    g_io_stream_close (G_IO_STREAM (stream), NULL, NULL);

  return TRUE;
}

static void
mute_init (Mute       *self,
           const char *path,
           gboolean    keeps)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;

  self->service = g_socket_service_new ();
  self->streams = keeps ? g_ptr_array_new_with_free_func (g_object_unref) : NULL;
  self->n_accepted = 0;
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
mute_clear (Mute *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
}

static gboolean
on_disconnect (gpointer user_data)
{
  model_daemon_disconnect (user_data);

  return G_SOURCE_REMOVE;
}

static void
disconnect_when_ready (Uplink *self)
{
  if (is_in (self, VICI_MONITOR_READY))
    g_idle_add_full (G_PRIORITY_HIGH, on_disconnect, self->daemon, NULL);
}

static void
on_connected (Uplink *self)
{
  self->n_connected++;
}

/* It waits longer and longer. */
static void
test_closed_when_ready (Uplink       *self,
                        gconstpointer data)
{
  model_daemon_start (self->daemon);
  g_signal_connect_swapped (self->daemon->server, "peer-connected", G_CALLBACK (on_connected), self);
  start (self);
  g_signal_connect_swapped (self->monitor, "notify::state", G_CALLBACK (disconnect_when_ready), self);
  run_until (longest_waited > 300 || self->n_connected > 10);
  g_assert_cmpuint (self->n_connected, <=, 10);
  g_assert_cmpuint (self->n_connected, >=, 3);
  g_signal_handlers_disconnect_by_func (self->monitor, disconnect_when_ready, self);
}

/* The state does not change with each attempt. */
static void
test_never_answers (Uplink       *self,
                    gconstpointer data)
{
  Mute mute;

  mute_init (&mute, self->daemon->path, TRUE);
  vici_connection_set_timeout (self->connection, 20);
  start (self);
  run_until (mute.n_accepted == 4);
  g_assert_cmpstr (self->states->str, ==, "connecting lost");

  /* Until somebody asks for it. */
  run_until (is_connection (self, VICI_CONNECTION_CLOSED));
  vici_monitor_retry (self->monitor);
  g_assert_true (is_in (self, VICI_MONITOR_CONNECTING));
  run_until (is_in (self, VICI_MONITOR_LOST));
  g_assert_cmpstr (self->states->str, ==, "connecting lost connecting lost");
  vici_monitor_stop (self->monitor);
  mute_clear (&mute);
}

/* Nobody listens, as it seems, and then somebody does, and is silent. */
static void
test_listens_and_never_answers (Uplink       *self,
                                gconstpointer data)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (self->daemon->path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  start (self);
  run_until (is_in (self, VICI_MONITOR_LOST));
  g_assert_error (vici_monitor_get_error (self->monitor), G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);

  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  run_until (is_connection (self, VICI_CONNECTION_OPEN));
  spin (20);
  g_assert_cmpstr (self->states->str, ==, "connecting lost connecting");
  g_assert_null (vici_monitor_get_error (self->monitor));
}

/* By then it would wait for long. */
static void
test_file_after_failed_syncing (Uplink       *self,
                                gconstpointer data)
{
  Mute mute;

  mute_init (&mute, self->daemon->path, FALSE);
  start (self);
  run_until (mute.n_accepted == 5);
  run_until (is_connection (self, VICI_CONNECTION_CLOSED));
  g_assert_true (is_in (self, VICI_MONITOR_LOST));
  mute_clear (&mute);
  g_assert_no_errno (g_unlink (self->daemon->path));

  longest_waited = 0;
  model_daemon_start (self->daemon);
  run_until (is_in (self, VICI_MONITOR_READY));
  g_assert_cmpint (longest_waited, <, 300);
}

/* The daemon is another one by the time at which the end of the last one is noticed. */
static void
test_file_while_syncing (Uplink       *self,
                         gconstpointer data)
{
  Mute mute;

  mute_init (&mute, self->daemon->path, TRUE);
  vici_connection_set_timeout (self->connection, 20);
  start (self);
  run_until (mute.n_accepted == 5);
  vici_connection_set_timeout (self->connection, 0);
  run_until (is_connection (self, VICI_CONNECTION_OPEN));
  mute_clear (&mute);
  g_assert_no_errno (g_unlink (self->daemon->path));
  model_daemon_start (self->daemon);

  longest_waited = 0;
  run_until (is_in (self, VICI_MONITOR_READY));
  g_assert_cmpint (longest_waited, <, 300);
}

/* -- Another address -- */

/* Where no file tells of anything. */
static void
start_by_tcp (Uplink *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  model_daemon_start (self->daemon);
  vici_server_listen (self->daemon->server, "tcp://127.0.0.1:0", &error);
  g_assert_no_error (error);
  uris = vici_server_get_uris (self->daemon->server);
  vici_connection_set_uri (self->connection, uris[1]);
}

static void
test_address_while_waiting_for_file (Uplink       *self,
                                     gconstpointer data)
{
  vici_connection_set_uri (self->connection, "unix:///nonexistent/charon.vici");
  start (self);
  run_until (is_in (self, VICI_MONITOR_NO_SOCKET));
  spin (20);

  /* There is nobody either. */
  vici_connection_set_uri (self->connection, self->daemon->uri);
  run_until (is_in (self, VICI_MONITOR_NO_SOCKET));
  spin (20);
  g_assert_cmpstr (self->states->str, ==, "connecting no-socket connecting no-socket");

  /* Until somebody comes. */
  longest_waited = 0;
  model_daemon_start (self->daemon);
  run_until (is_in (self, VICI_MONITOR_READY) || longest_waited > 1000);
  g_assert_cmpstr (self->states->str, ==,
                   "connecting no-socket connecting no-socket connecting syncing ready");
}

static void
test_address_corrected (Uplink       *self,
                        gconstpointer data)
{
  model_daemon_start (self->daemon);
  vici_connection_set_uri (self->connection, "bogus://x");
  start (self);
  run_until (is_in (self, VICI_MONITOR_LOST));
  g_assert_cmpstr (vici_monitor_get_hint (self->monitor), ==, "Correct the address.");
  vici_connection_set_uri (self->connection, self->daemon->uri);
  g_assert_true (is_in (self, VICI_MONITOR_CONNECTING));
  run_until (is_in (self, VICI_MONITOR_READY));
}

/* The attempt at the old one is under way, and fails: nothing is waited for then. */
static void
test_address_while_connecting (Uplink       *self,
                               gconstpointer data)
{
  vici_connection_set_uri (self->connection, "unix:///nonexistent/charon.vici");
  start (self);
  vici_monitor_start (self->monitor);
  g_assert_true (is_connection (self, VICI_CONNECTION_OPENING));
  start_by_tcp (self);
  run_until (is_in (self, VICI_MONITOR_READY));
  g_assert_cmpint (longest_waited, <, 20);
}

static void
test_address_while_stopped (Uplink       *self,
                            gconstpointer data)
{
  model_daemon_start (self->daemon);
  vici_connection_set_uri (self->connection, "unix:///nonexistent/charon.vici");
  start (self);
  run_until (is_in (self, VICI_MONITOR_NO_SOCKET));
  vici_monitor_stop (self->monitor);
  vici_connection_set_uri (self->connection, self->daemon->uri);
  spin (50);
  g_assert_cmpstr (self->states->str, ==, "connecting no-socket stopped");
}

/* -- Others -- */

static gboolean
on_close (gpointer user_data)
{
  vici_connection_close_async (user_data, NULL, NULL, NULL);

  return G_SOURCE_REMOVE;
}

static void
close_when_opening (Uplink *self)
{
  if (!is_connection (self, VICI_CONNECTION_OPENING))
    return;

  g_signal_handlers_disconnect_by_func (self->connection, close_when_opening, self);
  vici_connection_close_async (self->connection, NULL, NULL, NULL);
}

static void
test_closed_by_others_while_opening (Uplink       *self,
                                     gconstpointer data)
{
  start_by_tcp (self);
  start (self);
  g_signal_connect_swapped (self->connection, "notify::state", G_CALLBACK (close_when_opening), self);
  run_until (is_in (self, VICI_MONITOR_READY));
  g_assert_cmpstr (self->states->str, ==, "connecting lost syncing ready");
}

static void
test_closed_by_others (Uplink       *self,
                       gconstpointer data)
{
  model_daemon_start (self->daemon);
  start (self);
  run_until (is_in (self, VICI_MONITOR_READY));
  g_idle_add (on_close, self->connection);
  run_until (is_in (self, VICI_MONITOR_LOST));
  g_assert_error (vici_monitor_get_error (self->monitor), VICI_ERROR, VICI_ERROR_CLOSED);
  run_until (is_in (self, VICI_MONITOR_READY));
}

static void
test_being_opened_by_others (Uplink       *self,
                             gconstpointer data)
{
  start_by_tcp (self);
  vici_connection_open_async (self->connection, NULL, NULL, NULL);
  start (self);
  vici_monitor_start (self->monitor);
  g_assert_true (is_connection (self, VICI_CONNECTION_OPENING));
  run_until (is_in (self, VICI_MONITOR_READY));
  g_assert_cmpstr (self->states->str, ==, "connecting syncing ready");
}

/* By then it would wait for long. */
static void
test_opened_by_others_meanwhile (Uplink       *self,
                                 gconstpointer data)
{
  vici_connection_set_uri (self->connection, "tcp://127.0.0.1:1");
  start (self);
  run_until (longest_waited > 300);
  run_until (is_connection (self, VICI_CONNECTION_CLOSED));

  longest_waited = 0;
  start_by_tcp (self);
  vici_connection_open_async (self->connection, NULL, NULL, NULL);
  run_until (is_in (self, VICI_MONITOR_READY));
  g_assert_cmpint (longest_waited, <, 300);
  g_assert_cmpstr (self->states->str, ==, "connecting syncing ready");
}

static void
test_closes_its_own (Uplink       *self,
                     gconstpointer data)
{
  model_daemon_start (self->daemon);
  start (self);
  run_until (is_in (self, VICI_MONITOR_READY));
  vici_monitor_stop (self->monitor);
  run_until (is_connection (self, VICI_CONNECTION_CLOSED));

  vici_connection_open_async (self->connection, NULL, NULL, NULL);
  run_until (is_connection (self, VICI_CONNECTION_OPEN));
  vici_monitor_start (self->monitor);
  run_until (is_in (self, VICI_MONITOR_READY));
  vici_monitor_stop (self->monitor);
  spin (50);
  g_assert_true (is_connection (self, VICI_CONNECTION_OPEN));

  /* Nor does it when it is let go of. */
  vici_monitor_start (self->monitor);
  run_until (is_in (self, VICI_MONITOR_READY));
  g_clear_object (&self->monitor);
  spin (50);
  g_assert_true (is_connection (self, VICI_CONNECTION_OPEN));
}

/* What is told of the end of the one, which takes its time, does not end the other. */
static void
test_started_while_closing (Uplink       *self,
                            gconstpointer data)
{
  model_daemon_start (self->daemon);
  start (self);
  for (guint i = 0; i < 3; i++)
    {
      run_until (is_in (self, VICI_MONITOR_READY));
      g_string_truncate (self->states, 0);
      for (guint j = 0; j < 2000; j++)
        vici_connection_call_async (self->connection, "version", NULL, NULL, NULL, NULL);
      vici_monitor_stop (self->monitor);
      vici_monitor_start (self->monitor);
      run_until (is_in (self, VICI_MONITOR_READY));
      spin (50);
      g_assert_cmpstr (self->states->str, ==, "stopped connecting syncing ready");
    }
}

static void
restart_when_open (Uplink *self)
{
  if (!is_connection (self, VICI_CONNECTION_OPEN))
    return;

  g_signal_handlers_disconnect_by_func (self->connection, restart_when_open, self);
  vici_monitor_stop (self->monitor);
  vici_monitor_start (self->monitor);
}

/* What was begun before it was stopped is its own, and no other's. */
static void
test_restarted_when_open (Uplink       *self,
                          gconstpointer data)
{
  model_daemon_start (self->daemon);
  g_signal_connect_swapped (self->connection, "notify::state", G_CALLBACK (restart_when_open), self);
  start (self);
  run_until (is_in (self, VICI_MONITOR_READY));
  spin (50);
  g_assert_cmpstr (self->states->str, ==, "connecting stopped connecting syncing ready");
  vici_monitor_stop (self->monitor);
  run_until (is_connection (self, VICI_CONNECTION_CLOSED));
}

static void
close_and_restart_when_open (Uplink *self)
{
  if (!is_connection (self, VICI_CONNECTION_OPEN))
    return;

  g_signal_handlers_disconnect_by_func (self->connection, close_and_restart_when_open, self);
  vici_monitor_stop (self->monitor);
  vici_connection_close_async (self->connection, NULL, NULL, NULL);
  vici_monitor_start (self->monitor);
}

static void
test_closed_and_restarted_when_open (Uplink       *self,
                                     gconstpointer data)
{
  model_daemon_start (self->daemon);
  g_signal_connect_swapped (self->connection, "notify::state",
                            G_CALLBACK (close_and_restart_when_open), self);
  start (self);
  run_until (is_in (self, VICI_MONITOR_READY));
  spin (50);
  g_assert_cmpstr (self->states->str, ==, "connecting stopped connecting syncing ready");
}

#define add(name, func) g_test_add ("/monitor/uplink/" name, Uplink, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_main_context_set_poll_func (NULL, poll_and_note);

  add ("waits-for-a-daemon-that-closes-when-it-is-ready", test_closed_when_ready);
  add ("stays-lost-beside-a-daemon-that-never-answers", test_never_answers);
  add ("is-connecting-when-a-daemon-listens-and-never-answers", test_listens_and_never_answers);
  add ("notices-a-file-after-a-failed-syncing", test_file_after_failed_syncing);
  add ("notices-a-file-while-it-syncs", test_file_while_syncing);
  add ("goes-to-another-address-while-it-waits-for-a-file", test_address_while_waiting_for_file);
  add ("goes-to-an-address-that-was-corrected", test_address_corrected);
  add ("goes-to-another-address-while-it-connects", test_address_while_connecting);
  add ("goes-to-no-other-address-while-it-is-stopped", test_address_while_stopped);
  add ("tries-again-when-others-close-it-while-it-opens", test_closed_by_others_while_opening);
  add ("tries-again-when-others-close-it", test_closed_by_others);
  add ("waits-for-others-who-open-it", test_being_opened_by_others);
  add ("uses-what-others-have-opened-meanwhile", test_opened_by_others_meanwhile);
  add ("closes-what-it-has-opened", test_closes_its_own);
  add ("is-not-ended-by-the-end-of-the-last-one", test_started_while_closing);
  add ("can-be-restarted-when-it-opens", test_restarted_when_open);
  add ("can-be-closed-and-restarted-when-it-opens", test_closed_and_restarted_when_open);

  return g_test_run ();
}
