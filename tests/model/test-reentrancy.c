/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whoever is told of something may do anything: stop the monitor, start it anew, or
 * let go of it. Memory checkers see what must not be touched after that. */

#include "model-compare.h"
#include "model-wait.h"
#include "vici-item.h"
#include "vici-monitor.h"

typedef enum
{
  STOP,
  RESTART,
  RETRY,
  DROP,
  N_DEEDS
} Deed;

typedef struct
{
  ModelDaemon *daemon;
  ViciMonitor *monitor;         /* NULL: it is gone */
  GListModel  *ike_sas;         /* as somebody else holds them */
  GListModel  *conns;
  Deed         deed;
  guint        n_done;
} Fixture;

static const char * const deed_names[N_DEEDS] = { "stop", "restart", "retry", "drop" };

static void
on_gone (gpointer data,
         GObject *object)
{
  Fixture *self = data;

  self->monitor = NULL;
}

static void
fixture_init (Fixture *self,
              Deed     deed)
{
  ModelIke *ike;

  self->daemon = model_daemon_new ();
  model_daemon_start (self->daemon);
  ike = model_daemon_add_ike (self->daemon, "home", "ESTABLISHED");
  model_daemon_add_child (self->daemon, ike, "net", "INSTALLED");
  g_ptr_array_add (self->daemon->catalogs[MODEL_CONNS], (gpointer) "home");
  g_ptr_array_add (self->daemon->catalogs[MODEL_CONNS], (gpointer) "away");

  self->monitor = vici_monitor_new (self->daemon->uri);
  self->ike_sas = g_object_ref (vici_monitor_get_ike_sas (self->monitor));
  self->conns = g_object_ref (vici_monitor_get_conns (self->monitor));
  self->deed = deed;
  self->n_done = 0;
  g_object_weak_ref (G_OBJECT (self->monitor), on_gone, self);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->monitor);
  g_assert_cmpuint (g_list_model_get_n_items (self->ike_sas), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (self->conns), ==, 0);
  g_object_unref (self->ike_sas);
  g_object_unref (self->conns);
  model_daemon_free (self->daemon);
}

/* Once: what is done of it is told too. */
static void
do_deed (Fixture *self)
{
  if (self->n_done++ > 0)
    return;

  switch (self->deed)
    {
    case STOP:
      vici_monitor_stop (self->monitor);
      break;

    case RESTART:
      vici_monitor_stop (self->monitor);
      vici_monitor_start (self->monitor);
      break;

    case RETRY:
      vici_monitor_retry (self->monitor);
      break;

    case DROP:
      g_object_unref (self->monitor);
      break;

    case N_DEEDS:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
is_ready (Fixture *self)
{
  return vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY;
}

static gboolean
is_filled (Fixture *self)
{
  return is_ready (self) && g_list_model_get_n_items (self->ike_sas) == 1 &&
         g_list_model_get_n_items (self->conns) == 2;
}

static gboolean
agrees (Fixture *self)
{
  g_autofree char *difference = model_compare (self->monitor, self->daemon);

  return is_ready (self) && difference == NULL;
}

static gboolean
is_empty (Fixture *self)
{
  return g_list_model_get_n_items (self->ike_sas) == 0 && g_list_model_get_n_items (self->conns) == 0;
}

static void
spin (guint n)
{
  while (n-- > 0)
    g_main_context_iteration (NULL, FALSE);
}

/* What comes of it is what has to. */
static void
assert_outcome (Fixture *self)
{
  run_until (self->n_done > 0);

  switch (self->deed)
    {
    case STOP:
      run_until (is_empty (self));
      spin (20);
      g_assert_cmpint (vici_monitor_get_state (self->monitor), ==, VICI_MONITOR_STOPPED);
      g_assert_true (is_empty (self));
      vici_monitor_start (self->monitor);
      run_until (agrees (self));
      break;

    case DROP:
      run_until (self->monitor == NULL);
      spin (20);
      break;

    case RESTART:
    case RETRY:
    case N_DEEDS:
    default:
      if (self->daemon->server == NULL)
        model_daemon_start (self->daemon);
      run_until (agrees (self));
    }
}

/* -- Lists -- */

static void
test_list (gconstpointer data)
{
  Fixture self;

  fixture_init (&self, (Deed) GPOINTER_TO_INT (data));
  g_signal_connect_swapped (self.ike_sas, "items-changed", G_CALLBACK (do_deed), &self);
  assert_outcome (&self);
  g_signal_handlers_disconnect_by_data (self.ike_sas, &self);
  fixture_clear (&self);
}

static void
test_last_list (gconstpointer data)
{
  Fixture self;

  fixture_init (&self, (Deed) GPOINTER_TO_INT (data));
  g_signal_connect_swapped (self.conns, "items-changed", G_CALLBACK (do_deed), &self);
  assert_outcome (&self);
  g_signal_handlers_disconnect_by_data (self.conns, &self);
  fixture_clear (&self);
}

static void
test_item (gconstpointer data)
{
  Fixture self;
  g_autoptr (ViciItem) item = NULL;

  fixture_init (&self, (Deed) GPOINTER_TO_INT (data));
  run_until (is_filled (&self));
  item = g_list_model_get_item (self.ike_sas, 0);
  g_signal_connect_swapped (item, "notify::record", G_CALLBACK (do_deed), &self);
  ((ModelIke *) self.daemon->ike_sas->pdata[0])->host++;
  model_daemon_tell_ike (self.daemon, self.daemon->ike_sas->pdata[0], TRUE);
  assert_outcome (&self);
  g_signal_handlers_disconnect_by_data (item, &self);
  fixture_clear (&self);
}

/* -- States -- */

typedef struct
{
  Deed             deed;
  ViciMonitorState state;
  guint            later;       /* turns of the main loop */
} StateCase;

typedef struct
{
  Fixture          fixture;
  const StateCase *state_case;
  guint            turns;
} StateFixture;

static gboolean
on_turn (gpointer user_data)
{
  StateFixture *self = user_data;

  if (self->turns > 0)
    {
      self->turns--;
      return G_SOURCE_CONTINUE;
    }

  do_deed (&self->fixture);

  return G_SOURCE_REMOVE;
}

static void
on_state (StateFixture *self)
{
  if (vici_monitor_get_state (self->fixture.monitor) != self->state_case->state || self->turns > 0)
    return;

  self->turns = self->state_case->later;
  if (self->turns == 0)
    do_deed (&self->fixture);
  else if (self->fixture.n_done == 0)
    g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, self, NULL);
}

static void
bring_about (Fixture         *self,
             ViciMonitorState state)
{
  if (state == VICI_MONITOR_LOST || state == VICI_MONITOR_NO_SOCKET)
    {
      run_until (is_filled (self));
      if (state == VICI_MONITOR_NO_SOCKET)
        model_daemon_stop (self->daemon);
      else
        model_daemon_disconnect (self->daemon);
    }
}

static void
test_state (gconstpointer data)
{
  StateFixture self = { .state_case = data };

  fixture_init (&self.fixture, self.state_case->deed);
  g_signal_connect_swapped (self.fixture.monitor, "notify::state", G_CALLBACK (on_state), &self);
  bring_about (&self.fixture, self.state_case->state);
  run_until (self.fixture.n_done > 0);
  if (self.fixture.daemon->server == NULL)
    model_daemon_start (self.fixture.daemon);
  assert_outcome (&self.fixture);
  fixture_clear (&self.fixture);
}

static void
on_connection (Fixture        *self,
               GParamSpec     *pspec,
               ViciConnection *connection)
{
  if (vici_connection_get_state (connection) == VICI_CONNECTION_OPEN)
    do_deed (self);
}

/* The monitor has not been told of it yet. */
static void
test_connection (gconstpointer data)
{
  Fixture self;
  g_autoptr (ViciConnection) connection = NULL;

  fixture_init (&self, (Deed) GPOINTER_TO_INT (data));
  connection = g_object_ref (vici_monitor_get_connection (self.monitor));
  g_signal_connect_swapped (connection, "notify::state", G_CALLBACK (on_connection), &self);
  assert_outcome (&self);
  g_signal_handlers_disconnect_by_data (connection, &self);
  fixture_clear (&self);
  run_until (vici_connection_get_state (connection) == VICI_CONNECTION_CLOSED);
}

static void
go_elsewhere (Fixture *self)
{
  if (vici_monitor_get_state (self->monitor) == VICI_MONITOR_CONNECTING)
    do_deed (self);
}

/* Whoever is told that it goes to another address. */
static void
test_address (gconstpointer data)
{
  Fixture self;

  fixture_init (&self, (Deed) GPOINTER_TO_INT (data));
  vici_connection_set_uri (vici_monitor_get_connection (self.monitor), "unix:///nonexistent/vici");
  run_until (vici_monitor_get_state (self.monitor) == VICI_MONITOR_NO_SOCKET);
  g_signal_connect_swapped (self.monitor, "notify::state", G_CALLBACK (go_elsewhere), &self);
  vici_connection_set_uri (vici_monitor_get_connection (self.monitor), self.daemon->uri);
  assert_outcome (&self);
  fixture_clear (&self);
}

/* It was not there, and comes: a watch of the file tells. */
static void
test_file (gconstpointer data)
{
  StateCase state_case = { (Deed) GPOINTER_TO_INT (data), VICI_MONITOR_CONNECTING, 0 };
  StateFixture self = { .state_case = &state_case };

  fixture_init (&self.fixture, state_case.deed);
  model_daemon_stop (self.fixture.daemon);
  run_until (vici_monitor_get_state (self.fixture.monitor) == VICI_MONITOR_NO_SOCKET);
  g_signal_connect_swapped (self.fixture.monitor, "notify::state", G_CALLBACK (on_state), &self);
  model_daemon_start (self.fixture.daemon);
  assert_outcome (&self.fixture);
  fixture_clear (&self.fixture);
}

/* -- Calls -- */

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Fixture *self = user_data;
  g_autoptr (GError) error = NULL;

  vici_monitor_refresh_finish (VICI_MONITOR (source), result, &error);
  do_deed (self);
}

static void
test_refresh (gconstpointer data)
{
  Fixture self;

  fixture_init (&self, (Deed) GPOINTER_TO_INT (data));
  run_until (is_filled (&self));
  vici_monitor_refresh_async (self.monitor, NULL, on_refreshed, &self);
  assert_outcome (&self);
  fixture_clear (&self);
}

/* The callback comes because of the stop, and from within. */
static void
test_refresh_stopped (void)
{
  Fixture self;

  fixture_init (&self, DROP);
  run_until (is_filled (&self));
  vici_monitor_refresh_async (self.monitor, NULL, on_refreshed, &self);
  spin (1);
  vici_monitor_stop (self.monitor);
  assert_outcome (&self);
  fixture_clear (&self);
}

/* -- The last reference -- */

static void
on_last (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_monitor_refresh_finish (VICI_MONITOR (source), result, &error));
  g_assert_nonnull (error);
  *(gboolean *) user_data = TRUE;
}

static gboolean
is_answered (Fixture *self)
{
  return self->daemon->list_source == NULL &&
         vici_connection_get_pending (vici_monitor_get_connection (self->monitor)) == 0;
}

/* The refresh has it, and fails while the list is put into the models. */
static void
test_last_reference (void)
{
  Fixture self;
  ViciMonitor *monitor;
  gboolean ended = FALSE;

  fixture_init (&self, DROP);
  for (guint i = 0; i < 3000; i++)
    model_daemon_add_child (self.daemon, model_daemon_add_ike (self.daemon, "home", "ESTABLISHED"),
                            "net", "INSTALLED");
  self.daemon->list_step = 100;
  run_until (is_ready (&self));

  vici_monitor_refresh_async (self.monitor, NULL, on_last, &ended);
  monitor = self.monitor;
  g_object_unref (monitor);
  run_until (self.daemon->list_source != NULL);
  run_until (is_answered (&self));
  g_assert_false (ended);
  model_daemon_disconnect (self.daemon);
  run_until (ended);
  run_until (self.monitor == NULL);
  spin (20);
  fixture_clear (&self);
}

/* -- A main loop within a main loop, as dialogs have it -- */

typedef struct
{
  Fixture    fixture;
  GMainLoop *loop;              /* NULL: it is not entered again */
  guint      n_turns;
} Nested;

static guint n_polls;

static int
poll_and_count (GPollFD *fds,
                guint    n_fds,
                int      timeout)
{
  n_polls++;

  return g_poll (fds, n_fds, timeout);
}

static gboolean
on_tell (gpointer user_data)
{
  Nested *self = user_data;

  model_daemon_tell_log (self->fixture.daemon, "IKE", "hello");

  return G_SOURCE_REMOVE;
}

static gboolean
on_quit (gpointer user_data)
{
  Nested *self = user_data;

  g_main_loop_quit (self->loop);

  return G_SOURCE_REMOVE;
}

static void
run_nested (Nested *self)
{
  if (self->n_turns > 0)
    return;

  g_timeout_add (50, on_tell, self);
  g_timeout_add (500, on_quit, self);
  n_polls = 0;
  g_main_loop_run (self->loop);
  self->n_turns = n_polls;
}

/* What it is told then is told by the outer one: until that goes on, it waits. */
static void
test_nested (void)
{
  Nested self = { .loop = g_main_loop_new (NULL, FALSE) };

  g_main_context_set_poll_func (NULL, poll_and_count);
  fixture_init (&self.fixture, DROP);
  g_signal_connect_swapped (self.fixture.ike_sas, "items-changed", G_CALLBACK (run_nested), &self);
  run_until (is_filled (&self.fixture));
  g_assert_cmpuint (self.n_turns, >, 0);
  g_assert_cmpuint (self.n_turns, <, 200);
  run_until (g_list_model_get_n_items (G_LIST_MODEL (vici_monitor_get_log (self.fixture.monitor))) > 0);
  g_main_context_set_poll_func (NULL, NULL);
  g_signal_handlers_disconnect_by_data (self.fixture.ike_sas, &self);
  fixture_clear (&self.fixture);
  g_main_loop_unref (self.loop);
}

static void
count_change (guint *n_changes)
{
  (*n_changes)++;
}

/* What it was told of may be gone by then. */
static void
test_listener (void)
{
  Fixture self;
  guint n_changes = 0;

  fixture_init (&self, DROP);
  run_until (is_filled (&self));
  g_clear_object (&self.conns);
  g_signal_connect_swapped (vici_monitor_get_conns (self.monitor), "items-changed",
                            G_CALLBACK (count_change), &n_changes);
  do_deed (&self);
  g_assert_null (self.monitor);
  g_assert_cmpuint (n_changes, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (self.ike_sas), ==, 0);
  g_object_unref (self.ike_sas);
  model_daemon_free (self.daemon);
}

static void
add_deeds (const char   *path,
           GTestDataFunc func)
{
  for (int deed = 0; deed < N_DEEDS; deed++)
    {
      g_autofree char *full = g_strdup_printf ("/reentrancy/%s/%s", path, deed_names[deed]);

      g_test_add_data_func (full, GINT_TO_POINTER (deed), func);
    }
}

static void
add_states (void)
{
  static const struct
  {
    ViciMonitorState state;
    const char      *name;
  } states[] = {
    { VICI_MONITOR_CONNECTING, "connecting" },
    { VICI_MONITOR_SYNCING, "syncing" },
    { VICI_MONITOR_READY, "ready" },
    { VICI_MONITOR_LOST, "lost" },
    { VICI_MONITOR_NO_SOCKET, "no-socket" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      for (int deed = 0; deed < N_DEEDS; deed++)
        {
          for (guint later = 0; later <= 8; later++)
            {
              StateCase *state_case = g_new (StateCase, 1);
              g_autofree char *path = g_strdup_printf ("/reentrancy/state/%s/%s/%u-turns-later",
                                                       states[i].name, deed_names[deed], later);

              *state_case = (StateCase) { (Deed) deed, states[i].state, later };
              g_test_add_data_func_full (path, state_case, test_state, g_free);
            }
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add_deeds ("list", test_list);
  add_deeds ("last-list", test_last_list);
  add_deeds ("item", test_item);
  add_states ();
  add_deeds ("connection", test_connection);
  add_deeds ("address", test_address);
  add_deeds ("file", test_file);
  add_deeds ("refresh", test_refresh);
  g_test_add_func ("/reentrancy/refresh/dropped-within-stop", test_refresh_stopped);
  g_test_add_func ("/reentrancy/refresh/has-the-last-reference", test_last_reference);
  g_test_add_func ("/reentrancy/who-only-listens-hears-nothing-of-the-end", test_listener);
  g_test_add_func ("/reentrancy/nested-main-loop-does-not-spin", test_nested);

  return g_test_run ();
}
