/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-round.h"

#include "vici-daemon-commands.h"
#include "vici-error.h"
#include "vici-source.h"

/* How long a turn of the main loop is used for a list, how often, and how many of it
 * are taken between two looks at the clock. What draws has the time between, and a
 * flood of events, or a loop that is busy with something else, cannot keep a list from
 * its end. */
#define BUDGET_US 3000
#define PERIOD_MS 6
#define STEP 16

struct _ViciRound
{
  ViciDaemon   *daemon;
  ViciModels   *models;
  ViciRoundFunc done;           /* NULL: it is over */
  gpointer      user_data;

  ViciRoundParts parts;
  GCancellable *cancellable;
  guint         pending;        /* lists that are not in the models yet */
  ViciRoundParts refused;       /* which the daemon has not given */
  GError       *refusal;        /* and why, of the first; NULL: it has given all so far */
  gint64        begun;          /* monotonic time */

  GArray       *asked;          /* unique ids; NULL: all IKE_SAs, or none at all */
  gboolean      lists_sas;      /* and is not done with it */
  GQueue        sas;            /* lists of IKE_SAs that have come */
  GSource      *take;           /* NULL: there is nothing to take */
};

static void
round_clear (gpointer data)
{
  ViciRound *self = data;

  g_queue_clear_full (&self->sas, g_object_unref);
  g_clear_pointer (&self->asked, g_array_unref);
  g_clear_error (&self->refusal);
  g_object_unref (self->cancellable);
  vici_models_unref (self->models);
  g_object_unref (self->daemon);
}

static void
round_unref (ViciRound *self)
{
  g_rc_box_release_full (self, round_clear);
}

static void
drop_sas (ViciRound *self)
{
  if (self->lists_sas)
    vici_sa_table_cancel_list (self->models->sas);
  self->lists_sas = FALSE;
}

static void
stop (ViciRound *self)
{
  self->done = NULL;
  vici_source_end (g_steal_pointer (&self->take));
  drop_sas (self);
}

void
vici_round_free (ViciRound *self)
{
  stop (self);
  g_cancellable_cancel (self->cancellable);
  round_unref (self);
}

gint64
vici_round_get_time (ViciRound *self)
{
  return (g_get_monotonic_time () - self->begun) / 1000;
}

/* -- The end -- */

/* @done frees it. */
static void
finish (ViciRound    *self,
        const GError *error)
{
  ViciRoundFunc done = self->done;

  stop (self);
  done (error, self->refused, self->refusal, self->user_data);
}

static void
count_list (ViciRound *self)
{
  if (--self->pending > 0)
    return;

  if (self->lists_sas)
    vici_sa_table_end_list (self->models->sas, self->asked ? (gpointer) self->asked->data : NULL,
                            self->asked ? self->asked->len : 0);
  self->lists_sas = FALSE;
  finish (self, NULL);
}

/* A daemon that does not have a command, or does not let it be used, has nothing to
 * list there. */
static gboolean
is_unknown (const GError *error)
{
  return g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT);
}

gboolean
vici_round_is_refusal (const GError *error)
{
  return is_unknown (error) || g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
}

/* The IKE_SAs in passing states are asked for again by themselves. */
static void
refuse (ViciRound     *self,
        ViciRoundParts part,
        const GError  *error)
{
  self->refused |= self->parts & part;
  if (self->refused != 0 && self->refusal == NULL)
    self->refusal = g_error_copy (error);

  /* Where there is no list, nothing of it is missing in it. */
  if (part == VICI_ROUND_SAS)
    drop_sas (self);
  count_list (self);
}

/* Whether there is a list to go on with. What is no refusal is the connection's end. */
static gboolean
check_list (ViciRound     *self,
            ViciRoundParts part,
            GListModel   **list,
            const GError  *error)
{
  if (self->done == NULL)
    return FALSE;

  if (is_unknown (error))
    *list = G_LIST_MODEL (g_list_store_new (VICI_TYPE_RECORD));
  else if (vici_round_is_refusal (error))
    refuse (self, part, error);
  else if (error != NULL)
    finish (self, error);

  return *list != NULL;
}

/* -- The configuration -- */

typedef GListModel *(*FinishFunc) (ViciDaemon   *daemon,
                                   GAsyncResult *result,
                                   GError      **error);

static void
take_catalog (ViciRound    *self,
              GAsyncResult *result,
              FinishFunc    finish_list,
              ViciCatalog  *catalog)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) list = finish_list (self->daemon, result, &error);

  if (check_list (self, VICI_ROUND_CONFIGURATION, &list, error))
    {
      vici_models_list (self->models, catalog, list);
      count_list (self);
    }
  round_unref (self);
}

static void
on_conns (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ViciRound *self = user_data;

  take_catalog (self, result, vici_daemon_list_conns_finish, self->models->conns);
}

static void
on_certs (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ViciRound *self = user_data;

  take_catalog (self, result, vici_daemon_list_certs_finish, self->models->certs);
}

static void
on_pools (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ViciRound *self = user_data;

  take_catalog (self, result, vici_daemon_get_pools_finish, self->models->pools);
}

static void
on_authorities (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  ViciRound *self = user_data;

  take_catalog (self, result, vici_daemon_list_authorities_finish, self->models->authorities);
}

static void
list_configuration (ViciRound *self)
{
  g_autoptr (ViciGetPoolsOptions) with_leases = vici_get_pools_options_new ();

  vici_get_pools_options_set_leases (with_leases, TRUE);

  self->pending += 4;
  vici_daemon_list_conns_async (self->daemon, NULL, self->cancellable, on_conns,
                                g_rc_box_acquire (self));
  vici_daemon_list_certs_async (self->daemon, NULL, self->cancellable, on_certs,
                                g_rc_box_acquire (self));
  vici_daemon_get_pools_async (self->daemon, with_leases, self->cancellable, on_pools,
                               g_rc_box_acquire (self));
  vici_daemon_list_authorities_async (self->daemon, NULL, self->cancellable, on_authorities,
                                      g_rc_box_acquire (self));
}

/* -- IKE_SAs -- */

/* Some more of the first list, which lets go of them: to free all of a long one takes its
 * time too. Returns whether it was the last of it. */
static gboolean
take_some (ViciRound *self)
{
  GListModel *list = g_queue_peek_head (&self->sas);
  gint64 end = g_get_monotonic_time () + BUDGET_US;

  for (guint n = 1; g_list_model_get_n_items (list) > 0; n++)
    {
      g_autoptr (ViciIkeSa) ike_sa = g_list_model_get_item (list, 0);

      g_list_store_remove (G_LIST_STORE (list), 0);
      if (self->lists_sas)
        vici_sa_table_add_listed (self->models->sas, ike_sa);
      if (n % STEP == 0 && g_get_monotonic_time () >= end)
        break;
    }

  return g_list_model_get_n_items (list) == 0;
}

static gboolean
on_take (gpointer user_data)
{
  ViciRound *self = user_data;

  if (!take_some (self))
    return G_SOURCE_CONTINUE;

  g_object_unref (g_queue_pop_head (&self->sas));
  if (g_queue_is_empty (&self->sas))
    vici_source_end (g_steal_pointer (&self->take));
  count_list (self);

  return G_SOURCE_CONTINUE;
}

static void
on_sas (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  ViciRound *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) list = vici_daemon_list_sas_finish (self->daemon, result, &error);

  if (check_list (self, VICI_ROUND_SAS, &list, error))
    {
      g_queue_push_tail (&self->sas, g_steal_pointer (&list));
      if (self->take == NULL)
        {
          self->take = g_timeout_source_new (PERIOD_MS);
          g_source_set_ready_time (self->take, 0);
          g_source_set_callback (self->take, on_take, self, NULL);
          g_source_attach (self->take, g_main_context_get_thread_default ());
        }
    }
  round_unref (self);
}

static void
list_sas (ViciRound *self,
          guint      id)
{
  g_autoptr (ViciListSasOptions) options = NULL;

  if (id != 0)
    {
      options = vici_list_sas_options_new ();
      vici_list_sas_options_set_ike_id (options, id);
    }

  self->pending++;
  vici_daemon_list_sas_async (self->daemon, options, self->cancellable, on_sas,
                              g_rc_box_acquire (self));
}

static void
list_passing (ViciRound *self)
{
  GArray *ids = vici_sa_table_dup_passing (self->models->sas);

  if (ids->len > VICI_ROUND_MAX_SINGLE)
    {
      g_array_unref (ids);
      list_sas (self, 0);
      return;
    }

  self->asked = ids;
  for (guint i = 0; i < ids->len; i++)
    list_sas (self, g_array_index (ids, guint, i));
}

/* -- The beginning -- */

ViciRound *
vici_round_new (ViciDaemon    *daemon,
                ViciModels    *models,
                ViciRoundParts parts,
                ViciRoundFunc  done,
                gpointer       user_data)
{
  ViciRound *self = g_rc_box_new0 (ViciRound);

  self->daemon = g_object_ref (daemon);
  self->models = vici_models_ref (models);
  self->done = done;
  self->user_data = user_data;
  self->parts = parts;
  self->cancellable = g_cancellable_new ();
  self->begun = g_get_monotonic_time ();
  g_queue_init (&self->sas);

  if (parts & VICI_ROUND_CONFIGURATION)
    list_configuration (self);

  if (parts & (VICI_ROUND_SAS | VICI_ROUND_PASSING))
    {
      self->lists_sas = TRUE;
      vici_sa_table_begin_list (models->sas);
      if (parts & VICI_ROUND_SAS)
        list_sas (self, 0);
      else
        list_passing (self);
    }

  return self;
}
