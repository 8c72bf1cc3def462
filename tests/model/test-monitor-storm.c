/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ten thousand IKE_SAs at once: what is told of them stays little, memory stays what
 * it was, and others have their turns. */

#ifdef HAVE_MALLINFO2
#include <malloc.h>
#endif

#include "model-compare.h"
#include "model-wait.h"
#include "vici-conn-item.h"

#define N_IKE_SAS 10000
#define N_CONNS 10
#define N_ROUNDS 4
#define CHUNK 250
#define MAX_CONN_PROPERTIES 12

/* What allocators and GObject keep for later. */
#define MEMORY_SLACK (256 * 1024)

static const char * const conns[N_CONNS] = {
  "gw-0", "gw-1", "gw-2", "gw-3", "gw-4", "gw-5", "gw-6", "gw-7", "gw-8", "gw-9"
};

typedef struct
{
  ModelDaemon *daemon;
  ViciMonitor *monitor;
  guint        n_ike_sas;
  guint        idle;
  guint        n_idle;          /* turns that others have had */

  guint        n_events;        /* `ike-updown` that may not be told yet */

  /* In this turn of the main loop. */
  guint        n_changes;       /* of the list of IKE_SAs */
  guint        n_notified;      /* properties of connections */

  /* Over all turns since it was set to 0. */
  guint        max_changes;
  guint        max_notified;
  guint        n_told;          /* turns in which the list of IKE_SAs has changed */
} Storm;

/* -- Turns -- */

static void
on_items_changed (GListModel *list,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Storm      *self)
{
  self->n_changes++;
}

static void
on_notify (Storm *self)
{
  self->n_notified++;
}

static void
on_event (Storm *self)
{
  self->n_events++;
}

static void
on_conns_changed (GListModel *list,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Storm      *self)
{
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);

      g_signal_connect_swapped (item, "notify", G_CALLBACK (on_notify), self);
    }
}

static gboolean
on_idle (gpointer user_data)
{
  Storm *self = user_data;

  self->n_idle++;

  return G_SOURCE_CONTINUE;
}

static void
turn (Storm *self)
{
  guint n_before = self->n_events;

  self->n_changes = self->n_notified = 0;
  g_main_context_iteration (NULL, TRUE);

  g_assert_cmpuint (self->n_changes, <=, self->n_events + 2);
  g_assert_cmpuint (self->n_notified, <=, N_CONNS * MAX_CONN_PROPERTIES);

  self->max_changes = MAX (self->max_changes, self->n_changes);
  self->max_notified = MAX (self->max_notified, self->n_notified);
  if (self->n_changes == 0)
    return;

  /* Those of this turn may have come too late to be told in it. */
  self->n_told++;
  self->n_events -= n_before;
}

#define turn_until(self, condition) \
  G_STMT_START \
  { \
    guint turn_deadline = model_deadline_new (#condition); \
    while (!(condition)) \
      turn (self); \
    g_source_remove (turn_deadline); \
  } \
  G_STMT_END

/* Until there is nothing left to do for anybody, and others have had their turn. */
static void
calm_down (Storm *self)
{
  guint n_idle = self->n_idle;

  turn_until (self, self->n_idle > n_idle);
}

static gboolean
agrees (Storm *self)
{
  g_autofree char *difference = model_compare (self->monitor, self->daemon);

  return difference == NULL;
}

/* -- Flapping -- */

static ModelIke *
add_up (Storm *self,
        guint  i)
{
  ModelIke *ike = model_daemon_add_ike (self->daemon, conns[i % N_CONNS], "ESTABLISHED");
  ModelChild *child = model_daemon_add_child (self->daemon, ike, "net", "INSTALLED");

  child->bytes = i;

  return ike;
}

/* It goes down, and another one comes up in its place. */
static void
flap (Storm    *self,
      ModelIke *old,
      guint     i)
{
  ModelIke *new;

  model_daemon_tell_ike (self->daemon, old, FALSE);
  model_daemon_tell_child (self->daemon, old, old->children->pdata[0], FALSE);
  model_daemon_remove_ike (self->daemon, old);

  new = add_up (self, i);
  model_daemon_tell_ike (self->daemon, new, TRUE);
  model_daemon_tell_child (self->daemon, new, new->children->pdata[0], TRUE);
}

/* As many as there are: the oldest first, or any. */
static void
flap_all (Storm   *self,
          gboolean in_order)
{
  for (guint i = 0; i < self->n_ike_sas; i++)
    {
      guint which = in_order ? 0 : (guint) g_test_rand_int_range (0, (gint32) self->n_ike_sas);

      flap (self, self->daemon->ike_sas->pdata[which], i);
      if (i % CHUNK == CHUNK - 1)
        calm_down (self);
    }
  turn_until (self, agrees (self));
}

static void
rekey_all (Storm *self)
{
  for (guint i = 0; i < self->n_ike_sas; i++)
    {
      ModelIke *old = self->daemon->ike_sas->pdata[0];
      ModelIke *new = model_daemon_add_ike (self->daemon, old->name, "ESTABLISHED");

      g_ptr_array_extend_and_steal (new->children, g_ptr_array_ref (old->children));
      model_daemon_tell_ike_rekey (self->daemon, old, new);
      model_daemon_remove_ike (self->daemon, old);
      if (i % CHUNK == CHUNK - 1)
        calm_down (self);
    }
  turn_until (self, agrees (self));
}

static void
forget (Storm *self)
{
  self->max_changes = self->max_notified = self->n_told = self->n_idle = 0;
}

/* -- The tests -- */

static void
set_up (Storm        *self,
        gconstpointer data)
{
  self->n_ike_sas = model_scale (N_IKE_SAS);
  self->daemon = model_daemon_new ();
  self->daemon->list_step = 100;
  model_daemon_start (self->daemon);
  for (guint i = 0; i < N_CONNS; i++)
    g_ptr_array_add (self->daemon->catalogs[MODEL_CONNS], (gpointer) conns[i]);
  for (guint i = 0; i < self->n_ike_sas; i++)
    add_up (self, i);

  self->monitor = vici_monitor_new (self->daemon->uri);
  g_signal_connect (vici_monitor_get_ike_sas (self->monitor), "items-changed",
                    G_CALLBACK (on_items_changed), self);
  g_signal_connect (vici_monitor_get_conns (self->monitor), "items-changed",
                    G_CALLBACK (on_conns_changed), self);
  g_signal_connect_swapped (vici_monitor_get_daemon (self->monitor), "ike-updown",
                            G_CALLBACK (on_event), self);

  self->idle = g_idle_add (on_idle, self);
  turn_until (self, vici_monitor_get_state (self->monitor) == VICI_MONITOR_READY);
}

static void
tear_down (Storm        *self,
           gconstpointer data)
{
  gpointer gone = self->monitor;

  g_source_remove (self->idle);
  g_signal_handlers_disconnect_by_data (vici_monitor_get_daemon (self->monitor), self);
  g_signal_handlers_disconnect_by_data (vici_monitor_get_conns (self->monitor), self);
  g_object_add_weak_pointer (G_OBJECT (self->monitor), &gone);
  g_object_unref (self->monitor);
  run_until (gone == NULL);
  model_daemon_free (self->daemon);
}

/* The first list, as it was set up. When it is through, what is left is told at once: that
 * can be the second time in a turn. */
static void
test_list (Storm        *self,
           gconstpointer data)
{
  g_test_message ("%u turns of others, %u in which something was told, at most %u at once",
                  self->n_idle, self->n_told, self->max_changes);
  g_assert_true (agrees (self));
  g_assert_cmpuint (self->max_changes, <=, 2);
  g_assert_cmpuint (self->n_told, >, 1);

  /* A machine that is too slow for a piece and its time of rest has none to spare. */
  if (model_scale (100) == 100)
    g_assert_cmpuint (self->n_idle, >=, self->n_told);
}

static void
test_in_order (Storm        *self,
               gconstpointer data)
{
  forget (self);
  flap_all (self, TRUE);
  g_test_message ("%u flapped, told in %u turns, at most %u changes and %u properties at once",
                  self->n_ike_sas, self->n_told, self->max_changes, self->max_notified);
  g_assert_cmpuint (self->max_changes, <=, 2);
  g_assert_cmpuint (self->n_told, <=, self->n_ike_sas / 10);
}

static void
test_at_random (Storm        *self,
                gconstpointer data)
{
  forget (self);
  flap_all (self, FALSE);
  g_test_message ("%u flapped, told in %u turns, at most %u changes and %u properties at once",
                  self->n_ike_sas, self->n_told, self->max_changes, self->max_notified);
  g_assert_cmpuint (self->n_told, <=, self->n_ike_sas / 10);
}

/* The list stays as it is. */
static void
test_rekey (Storm        *self,
            gconstpointer data)
{
  forget (self);
  rekey_all (self);
  g_assert_cmpuint (self->max_changes, ==, 0);
}

static gsize
in_use (void)
{
#ifdef HAVE_MALLINFO2
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
#else
  return 0;
#endif
}

static void
test_memory (Storm        *self,
             gconstpointer data)
{
  gsize before;

  if (in_use () == 0)
    {
      g_test_skip ("this allocator does not tell");
      return;
    }

  for (guint i = 0; i < 2; i++)
    flap_all (self, FALSE);
  before = in_use ();
  for (guint i = 0; i < N_ROUNDS; i++)
    flap_all (self, FALSE);
  g_test_message ("%" G_GSIZE_FORMAT " KiB before, %" G_GSIZE_FORMAT " KiB after", before / 1024,
                  in_use () / 1024);
  g_assert_cmpuint (in_use (), <=, before + MEMORY_SLACK);
}

#define add(name, func) g_test_add ("/monitor/storm/" name, Storm, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("a-list-leaves-others-their-turns", test_list);
  add ("flapping-in-order-is-two-changes-a-turn", test_in_order);
  add ("flapping-at-random-is-told-together", test_at_random);
  add ("rekeying-changes-no-list", test_rekey);
  add ("memory-stays-what-it-was", test_memory);

  return g_test_run ();
}
