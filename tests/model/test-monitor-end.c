/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The end of a monitor: it is stopped, loses its connection, or is dropped, and
 * somebody does something more. */

#include "model-daemon.h"
#include "model-wait.h"
#include "vici-error.h"
#include "vici-monitor.h"

typedef struct
{
  ModelDaemon *daemon;
  ViciMonitor *monitor;
  guint        n_refreshed;
  gboolean     again;           /* when a refresh has ended */
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  self->daemon = model_daemon_new ();
  model_daemon_add_ike (self->daemon, "home", "ESTABLISHED");
  model_daemon_start (self->daemon);
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_clear_object (&self->monitor);
  model_daemon_free (self->daemon);
}

static void
start (Fixture *self)
{
  self->monitor = vici_monitor_new (self->daemon->uri);
  run_until (vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY);
}

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  gboolean *called = user_data;

  *called = TRUE;
}

/* What the daemon has said before has been heard then. */
static void
call (ViciConnection *connection)
{
  gboolean called = FALSE;

  vici_connection_call_async (connection, "version", NULL, NULL, on_called, &called);
  run_until (called);
}

static guint
get_n_items (GListModel *list)
{
  return g_list_model_get_n_items (list);
}

/* Others use the connection, which stays open. */
static void
test_stopped_stays_empty (Fixture      *self,
                          gconstpointer data)
{
  g_autoptr (ViciConnection) connection = vici_connection_new (self->daemon->uri);
  ModelIke *ike;

  vici_connection_open_async (connection, NULL, NULL, NULL);
  run_until (vici_connection_get_state (connection) == VICI_CONNECTION_OPEN);
  self->monitor = vici_monitor_new_for_connection (connection);
  run_until (vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY);
  vici_monitor_stop (self->monitor);

  ike = model_daemon_add_ike (self->daemon, "away", "ESTABLISHED");
  model_daemon_tell_ike (self->daemon, ike, TRUE);
  call (connection);
  g_assert_cmpuint (get_n_items (vici_monitor_get_ike_sas (self->monitor)), ==, 0);
  g_assert_cmpuint (get_n_items (vici_monitor_get_conns (self->monitor)), ==, 0);

  vici_monitor_start (self->monitor);
  run_until (vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY);
  g_assert_cmpuint (get_n_items (vici_monitor_get_ike_sas (self->monitor)), ==, 2);
}

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fixture *self = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_monitor_refresh_finish (VICI_MONITOR (source), result, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  self->n_refreshed++;

  if (self->again)
    vici_monitor_refresh_async (self->monitor, NULL, on_refreshed, self);
  self->again = FALSE;
}

static void
test_refresh_again_when_lost (Fixture      *self,
                              gconstpointer data)
{
  start (self);
  self->again = TRUE;
  vici_monitor_refresh_async (self->monitor, NULL, on_refreshed, self);
  model_daemon_stop (self->daemon);
  run_until (self->n_refreshed == 2);
}

static void
on_state (ViciMonitor *monitor,
          GParamSpec  *pspec,
          Fixture     *self)
{
  if (vici_monitor_get_state (monitor) != VICI_MONITOR_SYNCING)
    return;

  vici_monitor_refresh_async (monitor, NULL, on_refreshed, self);
  vici_monitor_stop (monitor);
}

static void
test_refresh_and_stop_at_once (Fixture      *self,
                               gconstpointer data)
{
  self->monitor = vici_monitor_new (self->daemon->uri);
  g_signal_connect (self->monitor, "notify::state", G_CALLBACK (on_state), self);
  run_until (self->n_refreshed == 1);
  g_assert_cmpint (vici_monitor_get_state (self->monitor), ==, VICI_MONITOR_STOPPED);
}

static void
on_emptied (GListModel *list,
            guint       position,
            guint       removed,
            guint       added,
            Fixture    *self)
{
  g_autoptr (ViciMonitor) monitor = g_object_ref (self->monitor);

  g_assert_cmpint (vici_monitor_get_state (monitor), ==, VICI_MONITOR_STOPPED);
  g_assert_cmpuint (removed, ==, 1);
  self->n_refreshed++;
}

/* Who is told of the last of it looks at the monitor, which is about to go. */
static void
test_last_words (Fixture      *self,
                 gconstpointer data)
{
  g_autoptr (GListModel) ike_sas = NULL;
  ViciMonitor *last;

  start (self);
  ike_sas = g_object_ref (vici_monitor_get_ike_sas (self->monitor));
  g_signal_connect (ike_sas, "items-changed", G_CALLBACK (on_emptied), self);
  last = self->monitor;
  g_assert_finalize_object (last);
  self->monitor = NULL;
  g_assert_cmpuint (self->n_refreshed, ==, 1);
  g_assert_cmpuint (get_n_items (ike_sas), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *self, gconstpointer data);
  } tests[] = {
    { "/monitor-end/stopped-stays-empty", test_stopped_stays_empty },
    { "/monitor-end/refresh-again-when-lost", test_refresh_again_when_lost },
    { "/monitor-end/refresh-and-stop-at-once", test_refresh_and_stop_at_once },
    { "/monitor-end/last-words", test_last_words },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
