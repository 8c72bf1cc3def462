/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A monitor of a daemon that lives by chance. GLib prints the seed, and takes it
 * back with --seed. VICI_TEST_PERCENT is how much of it is done, for slow machines. */

#include "model-chaos.h"
#include "model-compare.h"
#include "model-shadow.h"
#include "model-wait.h"
#include "vici-child-sa-item.h"
#include "vici-conn-item.h"
#include "vici-ike-sa-item.h"

#define N_EVENTS 100000
#define MAX_BURST 20
#define MAX_TURNS 30
#define CHECK_EVERY 200
#define AGREE_SECONDS 120
#define SHADOW "shadow"

typedef struct
{
  ModelDaemon *daemon;
  ViciMonitor *monitor;
  ModelChaos   chaos;
  GRand       *rand;
  GPtrArray   *shadows;         /* of the monitor's lists; items have those of their own */
  GHashTable  *known;           /* serial -> the item that was its at the last look */
  gboolean     held;
  guint        n_events;
  guint        n_syncs;         /* how often the monitor has become ready */
  guint        n_kept;          /* items that were the same at two looks */
} Random;

static gboolean
chance (Random *self,
        double  percent)
{
  return g_rand_double_range (self->rand, 0, 100) < percent;
}

/* -- Lists -- */

/* The list that an item has. */
static GListModel *
get_list (gpointer item)
{
  if (VICI_IS_IKE_SA_ITEM (item))
    return vici_ike_sa_item_get_child_sas (item);
  if (VICI_IS_CONN_ITEM (item))
    return vici_conn_item_get_ike_sas (item);

  return NULL;
}

static void
free_shadow (gpointer shadow)
{
  model_shadow_free (shadow);
}

static void
shadow_items (GListModel *list,
              guint       position,
              guint       removed,
              guint       added,
              gpointer    user_data)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);

      if (get_list (item) != NULL && g_object_get_data (item, SHADOW) == NULL)
        g_object_set_data_full (item, SHADOW, model_shadow_new (get_list (item)), free_shadow);
    }
}

static void
shadow_list (Random     *self,
             GListModel *list)
{
  g_ptr_array_add (self->shadows, model_shadow_new (list));
  g_signal_connect (list, "items-changed", G_CALLBACK (shadow_items), NULL);
  shadow_items (list, 0, 0, g_list_model_get_n_items (list), NULL);
}

static guint
count_changes (Random *self)
{
  guint n = 0;

  for (guint i = 0; i < self->shadows->len; i++)
    n += ((ModelShadow *) self->shadows->pdata[i])->n_changes;

  return n;
}

/* -- Identity -- */

static void
see (Random     *self,
     GHashTable *now,
     guint       serial,
     gboolean    lost,
     gpointer    item)
{
  gpointer before = g_hash_table_lookup (self->known, GUINT_TO_POINTER (serial));

  if (before != NULL && !lost)
    {
      g_assert_true (before == item);
      self->n_kept++;
    }
  g_hash_table_insert (now, GUINT_TO_POINTER (serial), g_object_ref (item));
}

static void
see_ike_sa (Random        *self,
            GHashTable    *now,
            ViciIkeSaItem *item)
{
  ModelIke *ike =
    model_daemon_find_ike (self->daemon, vici_ike_sa_item_get_unique_id (item));
  GListModel *children = vici_ike_sa_item_get_child_sas (item);

  if (ike->serial != 0)
    see (self, now, ike->serial, ike->lost, item);
  ike->lost = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (ViciChildSaItem) child_item = g_list_model_get_item (children, i);
      ModelChild *child =
        model_ike_find_child (ike, vici_child_sa_item_get_unique_id (child_item));

      if (child->serial != 0)
        see (self, now, child->serial, child->lost, child_item);
      child->lost = FALSE;
    }
}

/* What is still there is the same object, however often it was rekeyed. */
static void
check_identity (Random *self)
{
  GListModel *list = vici_monitor_get_ike_sas (self->monitor);
  g_autoptr (GHashTable) now = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciIkeSaItem) item = g_list_model_get_item (list, i);

      see_ike_sa (self, now, item);
    }

  g_hash_table_unref (self->known);
  self->known = g_steal_pointer (&now);
}

/* -- Looking whether all is well -- */

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
refresh (Random *self)
{
  gboolean refreshed = FALSE;

  vici_monitor_refresh_async (self->monitor, NULL, on_refreshed, &refreshed);
  run_until (refreshed);
}

static void
assert_agree (Random *self)
{
  g_autofree char *difference = model_compare (self->monitor, self->daemon);

  g_assert_cmpstr (difference, ==, NULL);
}

static gboolean
on_disagreement (gpointer user_data)
{
  assert_agree (user_data);

  return G_SOURCE_REMOVE;
}

/* It has more than it takes to ask for what passes two times, of which each may be a
 * quarter of a minute away. */
static void
await_agreement (Random *self)
{
  guint deadline = g_timeout_add_seconds (AGREE_SECONDS, on_disagreement, self);

  for (;;)
    {
      g_autofree char *difference = model_compare (self->monitor, self->daemon);

      if (difference == NULL)
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (deadline);
}

static void
await_ready (Random *self)
{
  if (self->daemon->server == NULL)
    model_daemon_start (self->daemon);
  run_until (self->daemon->peers->len == 1 &&
             vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY);
}

static void
set_held (Random  *self,
          gboolean held)
{
  if (self->held == held)
    return;

  self->held = held;
  if (held)
    vici_monitor_hold (self->monitor);
  else
    vici_monitor_release (self->monitor);
}

/* In peace, the monitor finds out by itself, and a refresh has nothing to add. */
static void
check_by_itself (Random *self)
{
  guint n_changes;

  set_held (self, FALSE);
  model_chaos_settle (&self->chaos);
  await_agreement (self);

  n_changes = count_changes (self);
  refresh (self);
  assert_agree (self);
  g_assert_cmpuint (count_changes (self), ==, n_changes);
}

/* The first one is there for the events that have not arrived yet, and win over it. */
static void
check_refreshed (Random *self)
{
  refresh (self);
  refresh (self);
  assert_agree (self);
}

static void
check (Random *self)
{
  await_ready (self);
  if (self->chaos.honest)
    check_by_itself (self);
  else
    check_refreshed (self);

  self->chaos.honest = chance (self, 6);
  for (guint i = 0; i < self->shadows->len; i++)
    model_shadow_check (self->shadows->pdata[i]);
  check_identity (self);
}

/* -- Chaos -- */

static void
ignore_refreshed (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  vici_monitor_refresh_finish (VICI_MONITOR (source), result, NULL);
}

/* What happens to the connection, and what the monitor is asked for. */
static void
disturb (Random *self)
{
  if (self->daemon->server == NULL)
    {
      if (chance (self, 10))
        model_daemon_start (self->daemon);
      return;
    }

  if (chance (self, self->daemon->lists.length > 0 ? 6 : 2))
    model_daemon_disconnect (self->daemon);

  if (chance (self, 0.2))
    {
      model_daemon_stop (self->daemon);
      if (chance (self, 50))
        model_daemon_start (self->daemon);
    }

  if (chance (self, 5))
    vici_monitor_refresh_async (self->monitor, NULL, ignore_refreshed, NULL);
  if (chance (self, 2))
    set_held (self, !self->held);
  if (chance (self, 5))
    self->daemon->list_lag = (guint) g_rand_int_range (self->rand, 0, 4);
}

static void
live (Random *self)
{
  int burst = g_rand_int_range (self->rand, 1, MAX_BURST);
  int turns = g_rand_int_range (self->rand, 0, MAX_TURNS);

  for (int i = 0; i < burst && self->daemon->server != NULL; i++)
    self->n_events += model_chaos_step (&self->chaos) ? 1 : 0;

  disturb (self);

  /* Without waiting for the time to try again. */
  if (vici_monitor_get_state (self->monitor) == VICI_MONITOR_LOST && chance (self, 50))
    vici_monitor_retry (self->monitor);

  for (int i = 0; i < turns; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
on_state (ViciMonitor *monitor,
          GParamSpec  *pspec,
          Random      *self)
{
  if (vici_monitor_get_state (monitor) == VICI_MONITOR_READY)
    self->n_syncs++;
}

static void
set_up (Random       *self,
        gconstpointer data)
{
  self->daemon = model_daemon_new ();
  model_daemon_start (self->daemon);
  self->rand = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  self->chaos = (ModelChaos) { self->daemon, self->rand, FALSE };
  self->known = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->shadows = g_ptr_array_new_with_free_func (free_shadow);

  self->monitor = vici_monitor_new (self->daemon->uri);
  vici_monitor_set_refresh_interval (self->monitor, 1);
  g_signal_connect (self->monitor, "notify::state", G_CALLBACK (on_state), self);
  shadow_list (self, vici_monitor_get_ike_sas (self->monitor));
  shadow_list (self, vici_monitor_get_conns (self->monitor));
  shadow_list (self, vici_monitor_get_certs (self->monitor));
  shadow_list (self, vici_monitor_get_pools (self->monitor));
  shadow_list (self, vici_monitor_get_authorities (self->monitor));
}

static void
tear_down (Random       *self,
           gconstpointer data)
{
  gpointer gone = self->monitor;

  g_object_add_weak_pointer (G_OBJECT (self->monitor), &gone);
  g_object_unref (self->monitor);
  run_until (gone == NULL);

  g_ptr_array_unref (self->shadows);
  g_hash_table_unref (self->known);
  g_rand_free (self->rand);
  model_daemon_free (self->daemon);
}

static void
test_agree (Random       *self,
            gconstpointer data)
{
  guint n_events = model_scale (N_EVENTS);
  guint next_check = CHECK_EVERY;

  while (self->n_events < n_events)
    {
      live (self);
      if (self->n_events < next_check)
        continue;

      check (self);
      next_check = self->n_events + CHECK_EVERY;
    }

  check (self);

  g_test_message ("%u events, ready %u times, %u lists, %u changes, %u items the same",
                  self->n_events, self->n_syncs, self->daemon->n_lists, count_changes (self),
                  self->n_kept);
  g_assert_cmpuint (self->n_syncs, >, n_events / 2000);
  g_assert_cmpuint (self->n_kept, >, n_events / 100);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/monitor/random/agrees-with-the-daemon", Random, NULL, set_up, test_agree, tear_down);

  return g_test_run ();
}
