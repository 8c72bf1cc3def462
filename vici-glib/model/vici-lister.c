/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-lister.h"

#include <string.h>

#include "vici-round.h"
#include "vici-source.h"

/* How long a refresh leaves the configuration out, for which there is no event. */
#define CONFIGURATION_US (10 * G_USEC_PER_SEC)

/* When the log has told of a change to the configuration, more of them follow. */
#define CONFIGURATION_DELAY_MS 100

/* An IKE_SA in a passing state is asked for again after this time, and each time after
 * twice as long. */
#define PASSING_MIN_MS 250
#define PASSING_MAX_MS 16000

/* A refresh does not begin before the last one has been over for so many times of what
 * it took. */
#define REST 3

struct _ViciLister
{
  ViciDaemon     *daemon;
  ViciModels     *models;
  ViciListerFuncs funcs;
  gpointer        user_data;

  gboolean        active;
  guint           interval;     /* milliseconds */
  gboolean        follow_log;

  GCancellable   *cancellable;  /* NULL: it is stopped */
  gboolean        watching;     /* and the daemon has confirmed it */
  gboolean        synced;
  gboolean        ended;
  gulong          log_handler;  /* 0: the log is not followed now */

  ViciRoundParts  wanted;       /* of the next round */
  ViciRoundParts  asked;        /* of this one */
  ViciRound      *round;        /* NULL: none is under way */
  ViciRoundParts  refused;      /* that the daemon has not given when it was asked last */
  GError         *refusal;      /* and why; NULL: it has given all */
  GQueue          waiting;      /* tasks for which the next round is */
  GQueue          served;       /* tasks for which this one is */

  GSource        *tick;         /* NULL: nobody looks, or a round is under way */
  gint64          configured;   /* when the configuration was asked for, in monotonic time */
  GSource        *passing;      /* NULL: nothing passes, or a round is under way */
  guint           n_passing;
  guint           passing_ms;
  GSource        *configuration; /* NULL: the log has told of no change */
};

static void begin_round (ViciLister *self);

static void
want (ViciLister    *self,
      ViciRoundParts parts)
{
  self->wanted |= parts;
  begin_round (self);
}

/* -- Timers -- */

static GSource *
timer_new (ViciLister *self,
           guint       ms,
           GSourceFunc func)
{
  /* What need not be exact wakes up together with others. */
  GSource *source = ms % 1000 == 0 ? g_timeout_source_new_seconds (ms / 1000)
                                   : g_timeout_source_new (ms);

  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}

static void
end_timer (GSource **timer)
{
  vici_source_end (g_steal_pointer (timer));
}

static gboolean
on_tick (gpointer user_data)
{
  ViciLister *self = user_data;
  ViciRoundParts parts = VICI_ROUND_SAS;

  if (g_get_monotonic_time () - self->configured >= CONFIGURATION_US)
    parts |= VICI_ROUND_CONFIGURATION;

  end_timer (&self->tick);
  want (self, parts);

  return G_SOURCE_REMOVE;
}

static gboolean
on_passing (gpointer user_data)
{
  ViciLister *self = user_data;

  end_timer (&self->passing);
  self->passing_ms = MIN (self->passing_ms * 2, PASSING_MAX_MS);
  want (self, VICI_ROUND_PASSING);

  return G_SOURCE_REMOVE;
}

static gboolean
on_configuration (gpointer user_data)
{
  ViciLister *self = user_data;

  end_timer (&self->configuration);
  want (self, VICI_ROUND_CONFIGURATION);

  return G_SOURCE_REMOVE;
}

static void
arm_tick (ViciLister *self,
          gint64      took_ms)
{
  if (self->active && self->synced && self->round == NULL && self->tick == NULL)
    self->tick = timer_new (self, MAX (self->interval, MIN (took_ms * REST, G_MAXINT)), on_tick);
}

/* To be called whenever there may be more IKE_SAs in a passing state, or fewer. */
static void
arm_passing (ViciLister *self)
{
  guint n_passing = vici_sa_table_get_n_passing (self->models->sas);

  /* A timer that runs for the shortest time goes on, lest those that come put it off. So
   * does any timer where they are that many that all IKE_SAs are listed for them. */
  if (n_passing == 0 ||
      (n_passing > self->n_passing && n_passing <= VICI_ROUND_MAX_SINGLE &&
       self->passing_ms > PASSING_MIN_MS))
    {
      end_timer (&self->passing);
      self->passing_ms = PASSING_MIN_MS;
    }
  self->n_passing = n_passing;

  if (n_passing > 0 && self->synced && self->round == NULL && self->passing == NULL)
    self->passing = timer_new (self, self->passing_ms, on_passing);
}

/* -- Rounds -- */

static void
return_tasks (GQueue       *tasks,
              const GError *error)
{
  GTask *task;

  while ((task = g_queue_pop_head (tasks)) != NULL)
    {
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

static void
lister_clear (gpointer data)
{
  ViciLister *self = data;

  g_object_unref (self->daemon);
}

static void
lister_unref (ViciLister *self)
{
  g_rc_box_release_full (self, lister_clear);
}

static void
fail (ViciLister   *self,
      const GError *error)
{
  g_rc_box_acquire (self);
  vici_lister_stop (self, error);
  if (!self->ended)
    self->funcs.failed (error, self->user_data);
  lister_unref (self);
}

/* The models are what the daemon has, but for what it refuses. Whoever is told of it may
 * let go of this. */
static void
tell (ViciLister   *self,
      GQueue       *served,
      const GError *refusal,
      gboolean      changed)
{
  g_rc_box_acquire (self);
  vici_models_flush (self->models);
  return_tasks (served, refusal);
  if (changed && self->synced)
    self->funcs.synced (self->refusal, self->user_data);
  lister_unref (self);
}

/* Returns whether that is something else than before. */
static gboolean
note_refusal (ViciLister    *self,
              ViciRoundParts refused,
              const GError  *refusal)
{
  gboolean had_refusal = self->refusal != NULL;

  self->refused = (self->refused & ~self->asked) | refused;
  if (self->refused == 0 || refusal != NULL)
    g_clear_error (&self->refusal);
  if (refusal != NULL)
    self->refusal = g_error_copy (refusal);

  return refusal != NULL || had_refusal != (self->refusal != NULL);
}

static void
on_round (const GError  *error,
          ViciRoundParts refused,
          const GError  *refusal,
          gpointer       user_data)
{
  ViciLister *self = user_data;
  g_autoptr (GError) kept = error ? g_error_copy (error) : NULL;
  g_autoptr (GError) kept_refusal = refusal ? g_error_copy (refusal) : NULL;
  GQueue served = self->served;
  gint64 took_ms = vici_round_get_time (self->round);
  gboolean first = !self->synced;
  gboolean changed;

  g_clear_pointer (&self->round, vici_round_free);
  if (kept != NULL)
    {
      fail (self, kept);
      return;
    }

  g_queue_init (&self->served);
  self->synced = TRUE;
  changed = note_refusal (self, refused, kept_refusal);
  begin_round (self);
  arm_tick (self, took_ms);
  arm_passing (self);

  tell (self, &served, kept_refusal, first || changed);
}

static void
begin_round (ViciLister *self)
{
  if (vici_sa_table_get_n_passing (self->models->sas) == 0)
    self->wanted &= ~VICI_ROUND_PASSING;

  if (!self->watching || self->round != NULL || self->wanted == 0)
    return;

  end_timer (&self->tick);
  end_timer (&self->passing);
  self->served = self->waiting;
  g_queue_init (&self->waiting);
  if (self->wanted & VICI_ROUND_CONFIGURATION)
    self->configured = g_get_monotonic_time ();
  self->asked = self->wanted;
  self->round = vici_round_new (self->daemon, self->models, self->asked, on_round, self);
  self->wanted = 0;
}

/* -- Events -- */

static void
on_ike_updown (ViciLister *self,
               gboolean    up,
               ViciIkeSa  *ike_sa)
{
  if (up)
    vici_sa_table_ike_up (self->models->sas, ike_sa);
  else
    vici_sa_table_ike_down (self->models->sas, ike_sa);
  arm_passing (self);
}

static void
on_ike_rekey (ViciLister *self,
              ViciIkeSa  *old_sa,
              ViciIkeSa  *new_sa)
{
  vici_sa_table_ike_rekey (self->models->sas, old_sa, new_sa);
  arm_passing (self);
}

static void
on_ike_update (ViciLister    *self,
               ViciIkeUpdate *update)
{
  vici_sa_table_ike_update (self->models->sas, vici_ike_update_get_ike_sa (update));
  arm_passing (self);
}

static void
on_child_updown (ViciLister  *self,
                 gboolean     up,
                 ViciIkeSa   *ike_sa,
                 ViciChildSa *child_sa)
{
  if (up)
    vici_sa_table_child_up (self->models->sas, ike_sa, child_sa);
  else
    vici_sa_table_child_down (self->models->sas, ike_sa, child_sa);
  arm_passing (self);
}

static void
on_child_rekey (ViciLister  *self,
                ViciIkeSa   *ike_sa,
                ViciChildSa *old_sa,
                ViciChildSa *new_sa)
{
  vici_sa_table_child_rekey (self->models->sas, ike_sa, old_sa, new_sa);
  arm_passing (self);
}

/* charon has no event for what others load, but says so in its log: “added vici
 * connection: home”, “loaded certificate …”. */
static gboolean
tells_of_configuration (ViciLogEntry *entry)
{
  const char *text = vici_log_entry_get_text (entry);

  return vici_log_entry_get_group (entry) == VICI_LOG_GROUP_CFG && text != NULL &&
         (strstr (text, " vici ") != NULL || g_str_has_prefix (text, "loaded ") ||
          g_str_has_prefix (text, "unloaded "));
}

static void
on_log (ViciLister   *self,
        ViciLogEntry *entry)
{
  vici_models_log (self->models, entry);

  if (self->configuration == NULL && tells_of_configuration (entry))
    self->configuration = timer_new (self, CONFIGURATION_DELAY_MS, on_configuration);
}

/* A handler for an event subscribes to it. That for the log comes and goes. */
static void
update_log (ViciLister *self)
{
  gboolean follow = self->follow_log && self->cancellable != NULL;

  if (follow && self->log_handler == 0)
    self->log_handler = g_signal_connect_swapped (self->daemon, "log", G_CALLBACK (on_log), self);
  else if (!follow)
    g_clear_signal_handler (&self->log_handler, self->daemon);
}

/* While it is stopped they tell nothing. They stay: to subscribe anew each time, beside
 * what the connection does by itself, is one more way to miss something. */
static void
block_events (ViciLister *self)
{
  g_signal_handlers_block_matched (self->daemon, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
}

static void
unblock_events (ViciLister *self)
{
  g_signal_handlers_unblock_matched (self->daemon, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self);
}

static void
connect_events (ViciLister *self)
{
  g_signal_connect_swapped (self->daemon, "ike-updown", G_CALLBACK (on_ike_updown), self);
  g_signal_connect_swapped (self->daemon, "ike-rekey", G_CALLBACK (on_ike_rekey), self);
  g_signal_connect_swapped (self->daemon, "ike-update", G_CALLBACK (on_ike_update), self);
  g_signal_connect_swapped (self->daemon, "child-updown", G_CALLBACK (on_child_updown), self);
  g_signal_connect_swapped (self->daemon, "child-rekey", G_CALLBACK (on_child_rekey), self);
}

/* -- Starting and stopping -- */

static void
on_watched (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  ViciLister *self = user_data;
  ViciDaemon *daemon = VICI_DAEMON (source);
  g_autoptr (GError) error = NULL;
  gboolean watching = vici_daemon_watch_finish (daemon, result, &error);

  /* It may have been stopped before it is told of the end, whatever that is. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    {
      if (watching)
        vici_daemon_unwatch (daemon, NULL);
    }
  else if (watching)
    {
      self->watching = TRUE;
      want (self, VICI_ROUND_SAS | VICI_ROUND_CONFIGURATION);
      self->funcs.answered (self->user_data);
    }
  else
    fail (self, error);

  lister_unref (self);
}

/* What happens after a list was made is told by events: so they come first. */
void
vici_lister_start (ViciLister *self)
{
  g_return_if_fail (self->cancellable == NULL);

  self->cancellable = g_cancellable_new ();
  vici_sa_table_begin (self->models->sas);
  vici_sa_table_set_active (self->models->sas, self->active);
  unblock_events (self);
  update_log (self);
  vici_daemon_watch_async (self->daemon, NULL, self->cancellable, on_watched,
                           g_rc_box_acquire (self));
}

void
vici_lister_stop (ViciLister   *self,
                  const GError *error)
{
  GQueue served = self->served;
  GQueue waiting = self->waiting;

  if (self->cancellable == NULL)
    return;

  g_queue_init (&self->served);
  g_queue_init (&self->waiting);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  update_log (self);
  block_events (self);
  if (self->watching)
    vici_daemon_unwatch (self->daemon, NULL);
  self->watching = FALSE;
  self->synced = FALSE;

  g_clear_pointer (&self->round, vici_round_free);
  self->refused = 0;
  g_clear_error (&self->refusal);
  self->wanted = 0;
  end_timer (&self->tick);
  end_timer (&self->passing);
  end_timer (&self->configuration);
  vici_sa_table_set_active (self->models->sas, FALSE);

  /* One of them may have been all that has kept this. */
  return_tasks (&served, error);
  return_tasks (&waiting, error);
}

/* -- What it is told -- */

void
vici_lister_set_active (ViciLister *self,
                        gboolean    active)
{
  self->active = active;
  vici_sa_table_set_active (self->models->sas, active && self->cancellable != NULL);

  if (active)
    want (self, VICI_ROUND_SAS);
  else
    end_timer (&self->tick);
}

void
vici_lister_set_interval (ViciLister *self,
                          guint       interval)
{
  self->interval = interval;
  end_timer (&self->tick);
  arm_tick (self, 0);
}

void
vici_lister_set_follow_log (ViciLister *self,
                            gboolean    follow_log)
{
  self->follow_log = follow_log;
  update_log (self);
}

gboolean
vici_lister_refresh (ViciLister *self,
                     GTask      *task)
{
  if (self->cancellable == NULL)
    return FALSE;

  g_queue_push_tail (&self->waiting, g_object_ref (task));
  want (self, VICI_ROUND_SAS | VICI_ROUND_CONFIGURATION);

  return TRUE;
}

gboolean
vici_lister_drop (ViciLister *self,
                  GTask      *task)
{
  gboolean found = g_queue_remove (&self->waiting, task) || g_queue_remove (&self->served, task);

  if (found)
    g_object_unref (task);

  return found;
}

ViciLister *
vici_lister_new (ViciDaemon            *daemon,
                 ViciModels            *models,
                 const ViciListerFuncs *funcs,
                 gpointer               user_data)
{
  ViciLister *self = g_rc_box_new0 (ViciLister);

  self->daemon = g_object_ref (daemon);
  self->models = models;
  self->funcs = *funcs;
  self->user_data = user_data;
  self->passing_ms = PASSING_MIN_MS;
  g_queue_init (&self->waiting);
  g_queue_init (&self->served);
  connect_events (self);
  block_events (self);

  return self;
}

void
vici_lister_free (ViciLister *self)
{
  self->ended = TRUE;
  g_signal_handlers_disconnect_by_data (self->daemon, self);
  lister_unref (self);
}
