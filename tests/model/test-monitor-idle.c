/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When a monitor wakes up, which the main context knows: it asks the system to wake it
 * after some time, or never. The daemon of the test is in the same context, and has no
 * timers. */

#include "model-compare.h"
#include "model-wait.h"

/* How long nothing is to happen, where nothing ever would. */
#define LONG_MS 300

/* Of a refresh; no whole seconds, which GLib rounds. */
#define INTERVAL_MS 70

typedef struct
{
  ModelDaemon *daemon;
  ViciMonitor *monitor;
} Idle;

/* -- What the context asks the system for -- */

static gboolean unlimited;      /* it has waited, or would have, without a limit */
static guint n_waits;           /* how often it has waited for a time to pass, and it has */
static int longest;             /* the limit of the last of those */
static gint64 passed_at;        /* when that was over, in monotonic time */
static gint64 busy_for;         /* from the one before to the beginning of that, in microseconds */

/* To wait for ever is to wait for long, and to find that nothing has happened. */
static int
poll_and_note (GPollFD *fds,
               guint    n_fds,
               int      timeout)
{
  gint64 begun = g_get_monotonic_time ();
  int n = g_poll (fds, n_fds, timeout < 0 ? LONG_MS : timeout);

  if (n == 0 && timeout < 0)
    unlimited = TRUE;
  if (n == 0 && timeout > 0)
    {
      n_waits++;
      longest = timeout;
      busy_for = begun - passed_at;
      passed_at = g_get_monotonic_time ();
    }

  return n;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Nothing is there to be done, and no time at which there will be. */
static void
assert_asleep (void)
{
  settle ();
  for (guint i = 0; i < 2; i++)
    {
      unlimited = FALSE;
      n_waits = 0;
      g_assert_false (g_main_context_iteration (NULL, TRUE));
      g_assert_true (unlimited);
      g_assert_cmpuint (n_waits, ==, 0);
    }
}

/* Runs until a time has passed, and what that has brought about is over. Returns how long,
 * in milliseconds, it has been since the last time: on a machine that does much else,
 * another may have passed in between without having been waited for. */
static guint
wait_once (void)
{
  gint64 before = passed_at;

  n_waits = 0;
  while (n_waits == 0)
    {
      unlimited = FALSE;
      g_main_context_iteration (NULL, TRUE);
      g_assert_false (unlimited);
    }
  settle ();

  /* One timer, and no other in between. */
  g_assert_cmpuint (n_waits, ==, 1);

  return (guint) ((passed_at - before) / 1000);
}

/* Each time that passes is a refresh. One that takes long, on a slow machine, rests for
 * three times as long. */
static void
wait_for_refresh (Idle *self)
{
  guint n_lists = self->daemon->n_lists;
  guint waited = wait_once ();

  g_assert_cmpint (longest, <=, MAX (INTERVAL_MS, 3 * busy_for / 1000));
  g_assert_cmpuint (self->daemon->n_lists, >, n_lists);
  g_assert_cmpuint ((self->daemon->n_lists - n_lists) * INTERVAL_MS, <=, waited);
}

/* -- The tests -- */

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

static void
refresh (Idle *self)
{
  gboolean refreshed = FALSE;

  vici_monitor_refresh_async (self->monitor, NULL, on_refreshed, &refreshed);
  run_until (refreshed);
}

static void
set_up (Idle         *self,
        gconstpointer data)
{
  ModelIke *ike;

  passed_at = g_get_monotonic_time ();
  self->daemon = model_daemon_new ();
  model_daemon_start (self->daemon);
  ike = model_daemon_add_ike (self->daemon, "home", "ESTABLISHED");
  model_daemon_add_child (self->daemon, ike, "net", "INSTALLED");
  g_ptr_array_add (self->daemon->catalogs[MODEL_CONNS], (gpointer) "home");

  self->monitor = vici_monitor_new (self->daemon->uri);
  vici_monitor_set_refresh_interval (self->monitor, INTERVAL_MS);
  run_until (vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY);
}

static void
tear_down (Idle         *self,
           gconstpointer data)
{
  gpointer gone = self->monitor;

  g_object_add_weak_pointer (G_OBJECT (self->monitor), &gone);
  g_object_unref (self->monitor);
  run_until (gone == NULL);
  model_daemon_free (self->daemon);
}

static void
test_ready (Idle         *self,
            gconstpointer data)
{
  guint n_lists = self->daemon->n_lists;
  ModelIke *ike;

  assert_asleep ();

  /* After events too. */
  ike = model_daemon_add_ike (self->daemon, "away", "ESTABLISHED");
  g_assert_true (model_daemon_tell_ike (self->daemon, ike, TRUE));
  assert_asleep ();
  g_assert_cmpuint (g_list_model_get_n_items (vici_monitor_get_ike_sas (self->monitor)), ==, 2);
  g_assert_true (model_daemon_tell_ike (self->daemon, ike, FALSE));
  model_daemon_remove_ike (self->daemon, ike);
  assert_asleep ();
  g_assert_cmpuint (g_list_model_get_n_items (vici_monitor_get_ike_sas (self->monitor)), ==, 1);
  g_assert_cmpuint (self->daemon->n_lists, ==, n_lists);
}

static void
test_held (Idle         *self,
           gconstpointer data)
{
  guint n_lists = self->daemon->n_lists;

  vici_monitor_hold (self->monitor);
  settle ();
  g_assert_cmpuint (self->daemon->n_lists, ==, n_lists + 1);

  for (guint i = 0; i < 6; i++)
    wait_for_refresh (self);

  /* Held by two, it wakes up no more often. */
  vici_monitor_set_active (self->monitor, TRUE);
  vici_monitor_hold (self->monitor);
  settle ();
  wait_for_refresh (self);

  vici_monitor_release (self->monitor);
  vici_monitor_release (self->monitor);
  wait_once ();
  vici_monitor_set_active (self->monitor, FALSE);
  assert_asleep ();
}

/* It asks again, less and less often, for what no event will tell. */
static void
test_passing (Idle         *self,
              gconstpointer data)
{
  ModelIke *ike = model_daemon_add_ike (self->daemon, "away", "CONNECTING");
  guint least = 250;

  refresh (self);
  settle ();
  for (guint i = 0; i < 3; i++, least *= 2)
    {
      guint n_lists = self->daemon->n_lists;

      /* GLib takes a quarter off a second, to have it pass with others. */
      g_assert_cmpuint (wait_once (), >=, least * 3 / 4);
      g_assert_cmpuint (self->daemon->n_lists, >, n_lists);
    }

  ike->state = "ESTABLISHED";
  g_assert_true (model_daemon_tell_ike (self->daemon, ike, TRUE));
  assert_asleep ();
}

/* One comes to its end, and is found to be gone without having been told of. */
static void
test_passed (Idle         *self,
             gconstpointer data)
{
  ModelIke *ike = model_daemon_add_ike (self->daemon, "away", "CONNECTING");

  refresh (self);
  g_assert_cmpuint (g_list_model_get_n_items (vici_monitor_get_ike_sas (self->monitor)), ==, 2);
  model_daemon_remove_ike (self->daemon, ike);
  run_until (g_list_model_get_n_items (vici_monitor_get_ike_sas (self->monitor)) == 1);
  assert_asleep ();
}

/* Others that come and go do not keep it from being asked for. */
static void
test_passing_among_others (Idle         *self,
                           gconstpointer data)
{
  ModelIke *ghost = model_daemon_add_ike (self->daemon, "away", "CONNECTING");
  GListModel *list = vici_monitor_get_ike_sas (self->monitor);

  refresh (self);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 2);
  model_daemon_remove_ike (self->daemon, ghost);

  n_waits = 0;
  while (g_list_model_get_n_items (list) > 1 && n_waits < 100)
    {
      ModelIke *ike = self->daemon->ike_sas->pdata[0];

      /* One more that passes, and one less. */
      ike->state = "REKEYING";
      model_daemon_tell_child (self->daemon, ike, ike->children->pdata[0], TRUE);
      settle ();
      g_poll (NULL, 0, 50);
      ike->state = "ESTABLISHED";
      model_daemon_tell_child (self->daemon, ike, ike->children->pdata[0], TRUE);
      settle ();
      n_waits++;
    }
  unlimited = FALSE;
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);

  /* The other one may have to be asked for again. */
  while (!unlimited)
    g_main_context_iteration (NULL, TRUE);
  assert_asleep ();
}

static void
test_log (Idle         *self,
          gconstpointer data)
{
  GListModel *log = G_LIST_MODEL (vici_monitor_get_log (self->monitor));

  g_assert_true (model_daemon_tell_log (self->daemon, "IKE", "sending keep alive"));
  assert_asleep ();
  g_assert_cmpuint (g_list_model_get_n_items (log), ==, 1);

  /* The daemon does not even send it. */
  vici_monitor_set_follow_log (self->monitor, FALSE);
  assert_asleep ();
  g_assert_false (model_daemon_tell_log (self->daemon, "CFG", "added vici connection: home"));
  g_assert_false (g_main_context_pending (NULL));
  assert_asleep ();
  g_assert_cmpuint (g_list_model_get_n_items (log), ==, 1);

  vici_monitor_set_follow_log (self->monitor, TRUE);
  settle ();
  g_assert_true (model_daemon_tell_log (self->daemon, "IKE", "sending keep alive"));
  assert_asleep ();
  g_assert_cmpuint (g_list_model_get_n_items (log), ==, 2);
}

/* Where a file is waited for, the kernel tells. */
static void
test_no_daemon (Idle         *self,
                gconstpointer data)
{
  vici_monitor_hold (self->monitor);
  model_daemon_stop (self->daemon);
  run_until (vici_monitor_get_state (self->monitor) == VICI_MONITOR_NO_SOCKET);
  assert_asleep ();

  model_daemon_start (self->daemon);
  run_until (vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY);
  vici_monitor_release (self->monitor);
  assert_asleep ();
}

static void
test_stopped (Idle         *self,
              gconstpointer data)
{
  vici_monitor_hold (self->monitor);
  vici_monitor_stop (self->monitor);
  assert_asleep ();
  g_assert_cmpuint (g_list_model_get_n_items (vici_monitor_get_ike_sas (self->monitor)), ==, 0);
}

#define add(name, func) g_test_add ("/monitor/idle/" name, Idle, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_main_context_set_poll_func (NULL, poll_and_note);

  add ("ready-never-wakes-up", test_ready);
  add ("held-has-one-timer", test_held);
  add ("passing-is-asked-for-less-and-less", test_passing);
  add ("passed-is-found-out-once", test_passed);
  add ("passing-is-asked-for-among-others", test_passing_among_others);
  add ("log-that-is-not-followed-does-not-wake", test_log);
  add ("no-daemon-never-wakes-up", test_no_daemon);
  add ("stopped-never-wakes-up", test_stopped);

  return g_test_run ();
}
