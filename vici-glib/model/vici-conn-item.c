/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-conn-item-private.h"

#include "vici-conn-ups.h"
#include "vici-daemon-enum-types.h"
#include "vici-i18n.h"
#include "vici-ike-sa-item-private.h"
#include "vici-item-list.h"
#include "vici-item-private.h"
#include "vici-model-enum-types.h"

/**
 * SECTION:vici-conn-item
 * @title: ViciConnItem
 * @short_description: A connection that is up to date, with a switch
 *
 * A connection in the list of a #ViciMonitor: what is configured, its IKE_SAs, and
 * one state for people. It can be brought up and taken down:
 *
 * |[<!-- language="C" -->
 * static void
 * on_up (GObject *source, GAsyncResult *result, gpointer user_data)
 * {
 *   g_autoptr (GError) error = NULL;
 *
 *   if (!vici_conn_item_up_finish (VICI_CONN_ITEM (source), result, &error))
 *     show_toast (vici_conn_item_get_reason (VICI_CONN_ITEM (source)), error->message);
 * }
 *
 * vici_conn_item_up_async (item, NULL, NULL, cancellable, on_up, NULL);
 * ]|
 *
 * #ViciItem:record is a #ViciConn, or %NULL while the connection is not configured
 * any more and has IKE_SAs still.
 *
 * Since: 1.0
 */

/**
 * ViciConnItem:
 *
 * A connection that is up to date, with a switch.
 *
 * Since: 1.0
 */

struct _ViciConnItem
{
  ViciItem      parent_instance;

  ViciDaemon   *daemon;
  ViciItemList *ike_sas;
  guint         n_ike_sas;      /* as they are now, and not as they are told */
  guint         n_lasting;      /* of those that were up when it was told of last */
  ViciTally     tally;          /* of all of them */
  ViciTally     told;           /* what was notified of it */
  guint         n_children;     /* that are configured */
  ViciConnUps  *ups;            /* that are under way */
  guint         n_downs;        /* that are, too */
  GQueue        held;           /* tasks that wait for these to end */
  ViciConnState state;
  ViciFailure   failure;
  char         *reason;         /* NULL: nothing has failed */
  GDateTime    *up_since;       /* NULL: it is not up */
};

enum
{
  PROP_CONFIGURED = 1,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_FAILURE,
  PROP_REASON,
  PROP_UP_SINCE,
  PROP_IKE_SAS,
  PROP_BYTES_IN,
  PROP_BYTES_OUT,
  PROP_RATE_IN,
  PROP_RATE_OUT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (ViciConnItem, vici_conn_item, VICI_TYPE_ITEM)

static void
notify (ViciConnItem *self,
        guint         property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* -- Keeping up -- */

void
vici_conn_item_update (ViciConnItem *self,
                       ViciConn     *record)
{
  gboolean configured = vici_conn_item_get_configured (self);

  if (!vici_item_set_record (self, record))
    return;

  self->n_children =
    record ? g_list_model_get_n_items (vici_conn_get_children (record)) : 0;
  if (configured != (record != NULL))
    notify (self, PROP_CONFIGURED);
}

gboolean
vici_conn_item_is_needed (ViciConnItem *self)
{
  return vici_conn_item_get_configured (self) || self->n_ike_sas > 0 ||
         !vici_conn_ups_is_empty (self->ups);
}

void
vici_conn_item_add_ike_sa (ViciConnItem  *self,
                           ViciIkeSaItem *ike_sa)
{
  vici_item_touch (self);
  vici_item_list_add (self->ike_sas, ike_sa);
  self->n_ike_sas++;
}

void
vici_conn_item_remove_ike_sa (ViciConnItem  *self,
                              ViciIkeSaItem *ike_sa)
{
  vici_item_touch (self);
  vici_item_list_remove (self->ike_sas, ike_sa);
  self->n_ike_sas--;
}

void
vici_conn_item_count (ViciConnItem    *self,
                      const ViciTally *before,
                      const ViciTally *now)
{
  vici_item_touch (self);
  vici_tally_replace (&self->tally, before, now);
  if (before->ike_sas_up > now->ike_sas_up)
    self->n_lasting--;
}

/* -- The state -- */

/* One that has no CHILD_SAs configured is up without. */
static gboolean
is_up (ViciConnItem *self)
{
  return self->tally.ike_sas_up > 0 && (self->tally.child_sas_up > 0 || self->n_children == 0);
}

static ViciConnState
find_state (ViciConnItem *self)
{
  if (is_up (self))
    return VICI_CONN_STATE_UP;

  if (vici_conn_ups_is_coming (self->ups))
    return VICI_CONN_STATE_CONNECTING;

  if (self->reason != NULL)
    return VICI_CONN_STATE_FAILED;

  if (self->n_downs == 0 &&
      (self->tally.ike_sas_coming > 0 || self->tally.child_sas_coming > 0))
    return VICI_CONN_STATE_CONNECTING;

  return VICI_CONN_STATE_DOWN;
}

static void
set_failure (ViciConnItem *self,
             ViciFailure   failure,
             const char   *reason)
{
  if (self->failure != failure)
    {
      self->failure = failure;
      notify (self, PROP_FAILURE);
    }

  if (g_strcmp0 (self->reason, reason) != 0)
    {
      g_free (self->reason);
      self->reason = g_strdup (reason);
      notify (self, PROP_REASON);
    }
}

/* When the oldest of its IKE_SAs came up. */
static GDateTime *
find_oldest (ViciConnItem *self)
{
  GListModel *ike_sas = G_LIST_MODEL (self->ike_sas);
  GDateTime *oldest = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (ike_sas); i++)
    {
      g_autoptr (ViciIkeSaItem) ike_sa = g_list_model_get_item (ike_sas, i);
      GDateTime *established = vici_ike_sa_item_get_established_at (ike_sa);

      if (vici_ike_sa_item_is_up (ike_sa) && established != NULL &&
          (oldest == NULL || g_date_time_compare (established, oldest) < 0))
        oldest = established;
    }

  return oldest;
}

static void
set_up_since (ViciConnItem *self,
              GDateTime    *up_since)
{
  g_clear_pointer (&self->up_since, g_date_time_unref);
  self->up_since = up_since;
  notify (self, PROP_UP_SINCE);
}

/* An IKE_SA that was up already, while the connection was not, does not tell when it came
 * up; those that are new do. When none is left of those that were up, the others are not
 * what it has been up with. */
static void
update_up_since (ViciConnItem *self)
{
  gboolean was_up = self->state == VICI_CONN_STATE_UP;

  if (is_up (self) && (!was_up || self->n_lasting == 0))
    {
      GDateTime *oldest = self->n_lasting == 0 ? find_oldest (self) : NULL;
      gint64 now = g_get_real_time () / G_USEC_PER_SEC;

      set_up_since (self, oldest ? g_date_time_ref (oldest) : g_date_time_new_from_unix_utc (now));
    }
  else if (was_up && !is_up (self))
    set_up_since (self, NULL);

  self->n_lasting = self->tally.ike_sas_up;
}

static void
update_state (ViciConnItem *self)
{
  gboolean was_up = self->state == VICI_CONN_STATE_UP;
  ViciConnState state;

  /* What has failed before is not how it came up, nor why it goes down. What has failed
   * beside what brings it up is not over with it. */
  if (is_up (self) != was_up && (was_up || !vici_conn_ups_is_coming (self->ups)))
    set_failure (self, VICI_FAILURE_NONE, NULL);

  update_up_since (self);

  state = find_state (self);
  if (state == self->state)
    return;

  self->state = state;
  notify (self, PROP_STATE);
  notify (self, PROP_STATE_TEXT);
}

static void
tell_traffic (ViciConnItem *self)
{
  if (self->told.bytes_in != self->tally.bytes_in)
    notify (self, PROP_BYTES_IN);
  if (self->told.bytes_out != self->tally.bytes_out)
    notify (self, PROP_BYTES_OUT);
  if (self->told.rate_in != self->tally.rate_in)
    notify (self, PROP_RATE_IN);
  if (self->told.rate_out != self->tally.rate_out)
    notify (self, PROP_RATE_OUT);

  self->told = self->tally;
}

void
vici_conn_item_flush (ViciConnItem *self)
{
  vici_item_list_flush (self->ike_sas);
  update_state (self);
  tell_traffic (self);
}

/* -- For its actions -- */

ViciDaemon *
vici_conn_item_get_daemon (ViciConnItem *self)
{
  return self->daemon;
}

gboolean
vici_conn_item_has_child_up (ViciConnItem *self,
                             const char   *child)
{
  GListModel *ike_sas = G_LIST_MODEL (self->ike_sas);

  for (guint i = 0; i < g_list_model_get_n_items (ike_sas); i++)
    {
      g_autoptr (ViciIkeSaItem) ike_sa = g_list_model_get_item (ike_sas, i);

      if (vici_ike_sa_item_has_child_up (ike_sa, child))
        return TRUE;
    }

  return FALSE;
}

/* What has changed it is no event: where there are no turns any more, nobody else tells
 * of it. */
void
vici_conn_item_settle (ViciConnItem *self)
{
  if (!vici_item_touch (self))
    vici_conn_item_flush (self);
}

void
vici_conn_item_begin_up (ViciConnItem *self,
                         GCancellable *cancellable,
                         const char   *child)
{
  vici_item_touch (self);
  vici_conn_ups_add (self->ups, cancellable, child);
  set_failure (self, VICI_FAILURE_NONE, NULL);
  vici_conn_item_settle (self);
}

gboolean
vici_conn_item_go_on_up (ViciConnItem *self,
                         GCancellable *cancellable,
                         const char   *child)
{
  return vici_conn_ups_go_on (self->ups, cancellable, child);
}

void
vici_conn_item_end_up (ViciConnItem *self,
                       GCancellable *cancellable,
                       ViciFailure   failure,
                       const char   *reason)
{
  vici_item_touch (self);
  /* Why another one has failed meanwhile is not over with this one. */
  if (reason != NULL)
    set_failure (self, failure, reason);
  vici_conn_ups_remove (self->ups, cancellable);
  vici_conn_item_settle (self);
}

void
vici_conn_item_cancel_ups (ViciConnItem *self)
{
  vici_conn_ups_give_up (self->ups, NULL);
}

void
vici_conn_item_begin_down (ViciConnItem *self,
                           const char   *child)
{
  vici_item_touch (self);
  self->n_downs++;
  set_failure (self, VICI_FAILURE_NONE, NULL);
  vici_conn_ups_give_up (self->ups, child);
  vici_conn_item_settle (self);
}

void
vici_conn_item_end_down (ViciConnItem *self)
{
  self->n_downs--;
  vici_conn_item_settle (self);
}

gboolean
vici_conn_item_hold (ViciConnItem *self,
                     GTask        *task)
{
  if (self->n_downs == 0)
    return FALSE;

  g_queue_push_tail (&self->held, g_object_ref (task));

  return TRUE;
}

GTask *
vici_conn_item_pop_held (ViciConnItem *self)
{
  return self->n_downs == 0 ? g_queue_pop_head (&self->held) : NULL;
}

ViciConnItem *
vici_conn_item_new (const char *name,
                    ViciDaemon *daemon,
                    ViciTurn   *turn)
{
  ViciConnItem *self = vici_item_new (VICI_TYPE_CONN_ITEM, name, turn);

  self->daemon = g_object_ref (daemon);

  return self;
}

/* -- Properties -- */

/**
 * vici_conn_item_get_configured:
 * @self: an item
 *
 * Gets #ViciConnItem:configured.
 *
 * Returns: %TRUE if the daemon has it configured
 *
 * Since: 1.0
 */
gboolean
vici_conn_item_get_configured (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), FALSE);

  return vici_item_get_record (VICI_ITEM (self)) != NULL;
}

/**
 * vici_conn_item_get_state:
 * @self: an item
 *
 * Gets #ViciConnItem:state.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
ViciConnState
vici_conn_item_get_state (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), VICI_CONN_STATE_DOWN);

  return self->state;
}

/**
 * vici_conn_item_get_state_text:
 * @self: an item
 *
 * Gets #ViciConnItem:state-text.
 *
 * Returns: a word, in the user's language
 *
 * Since: 1.0
 */
const char *
vici_conn_item_get_state_text (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), NULL);

  switch (self->state)
    {
    case VICI_CONN_STATE_CONNECTING:
      return _("Connecting");
    case VICI_CONN_STATE_UP:
      return _("Connected");
    case VICI_CONN_STATE_FAILED:
      return _("Failed");
    case VICI_CONN_STATE_DOWN:
    default:
      return _("Disconnected");
    }
}

/**
 * vici_conn_item_get_failure:
 * @self: an item
 *
 * Gets #ViciConnItem:failure.
 *
 * Returns: the kind of failure
 *
 * Since: 1.0
 */
ViciFailure
vici_conn_item_get_failure (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), VICI_FAILURE_NONE);

  return self->failure;
}

/**
 * vici_conn_item_get_reason:
 * @self: an item
 *
 * Gets #ViciConnItem:reason.
 *
 * Returns: (nullable): a sentence
 *
 * Since: 1.0
 */
const char *
vici_conn_item_get_reason (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), NULL);

  return self->reason;
}

/**
 * vici_conn_item_get_up_since:
 * @self: an item
 *
 * Gets #ViciConnItem:up-since.
 *
 * Returns: (nullable) (transfer none): the time, in UTC
 *
 * Since: 1.0
 */
GDateTime *
vici_conn_item_get_up_since (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), NULL);

  return self->up_since;
}

/**
 * vici_conn_item_get_ike_sas:
 * @self: an item
 *
 * Gets #ViciConnItem:ike-sas.
 *
 * Returns: (transfer none): a list of #ViciIkeSaItem
 *
 * Since: 1.0
 */
GListModel *
vici_conn_item_get_ike_sas (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), NULL);

  return G_LIST_MODEL (self->ike_sas);
}

/**
 * vici_conn_item_get_bytes_in:
 * @self: an item
 *
 * Gets #ViciConnItem:bytes-in.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
vici_conn_item_get_bytes_in (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), 0);

  return self->tally.bytes_in;
}

/**
 * vici_conn_item_get_bytes_out:
 * @self: an item
 *
 * Gets #ViciConnItem:bytes-out.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
vici_conn_item_get_bytes_out (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), 0);

  return self->tally.bytes_out;
}

/**
 * vici_conn_item_get_rate_in:
 * @self: an item
 *
 * Gets #ViciConnItem:rate-in.
 *
 * Returns: bytes per second
 *
 * Since: 1.0
 */
guint64
vici_conn_item_get_rate_in (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), 0);

  return self->tally.rate_in;
}

/**
 * vici_conn_item_get_rate_out:
 * @self: an item
 *
 * Gets #ViciConnItem:rate-out.
 *
 * Returns: bytes per second
 *
 * Since: 1.0
 */
guint64
vici_conn_item_get_rate_out (ViciConnItem *self)
{
  g_return_val_if_fail (VICI_IS_CONN_ITEM (self), 0);

  return self->tally.rate_out;
}

/* -- The class -- */

static void
vici_conn_item_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ViciConnItem *self = VICI_CONN_ITEM (object);

  switch (property_id)
    {
    case PROP_CONFIGURED:
      g_value_set_boolean (value, vici_conn_item_get_configured (self));
      break;

    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;

    case PROP_STATE_TEXT:
      g_value_set_string (value, vici_conn_item_get_state_text (self));
      break;

    case PROP_FAILURE:
      g_value_set_enum (value, self->failure);
      break;

    case PROP_REASON:
      g_value_set_string (value, self->reason);
      break;

    case PROP_UP_SINCE:
      g_value_set_boxed (value, self->up_since);
      break;

    case PROP_IKE_SAS:
      g_value_set_object (value, self->ike_sas);
      break;

    case PROP_BYTES_IN:
      g_value_set_uint64 (value, self->tally.bytes_in);
      break;

    case PROP_BYTES_OUT:
      g_value_set_uint64 (value, self->tally.bytes_out);
      break;

    case PROP_RATE_IN:
      g_value_set_uint64 (value, self->tally.rate_in);
      break;

    case PROP_RATE_OUT:
      g_value_set_uint64 (value, self->tally.rate_out);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_conn_item_finalize (GObject *object)
{
  ViciConnItem *self = VICI_CONN_ITEM (object);

  g_clear_object (&self->daemon);
  g_object_unref (self->ike_sas);
  vici_conn_ups_free (self->ups);
  g_free (self->reason);
  g_clear_pointer (&self->up_since, g_date_time_unref);

  G_OBJECT_CLASS (vici_conn_item_parent_class)->finalize (object);
}

static GParamSpec *
traffic_spec (const char *name)
{
  return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

static void
install_traffic (void)
{
  /**
   * ViciConnItem:bytes-in:
   *
   * How many bytes the CHILD_SAs that it has now have received:
   * see #ViciChildSaItem:bytes-in.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_IN] = traffic_spec ("bytes-in");

  /**
   * ViciConnItem:bytes-out:
   *
   * How many bytes the CHILD_SAs that it has now have sent: see
   * #ViciChildSaItem:bytes-out.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_OUT] = traffic_spec ("bytes-out");

  /**
   * ViciConnItem:rate-in:
   *
   * How many bytes per second it receives: see #ViciChildSaItem:rate-in.
   *
   * Since: 1.0
   */
  properties[PROP_RATE_IN] = traffic_spec ("rate-in");

  /**
   * ViciConnItem:rate-out:
   *
   * How many bytes per second it sends: see #ViciChildSaItem:rate-out.
   *
   * Since: 1.0
   */
  properties[PROP_RATE_OUT] = traffic_spec ("rate-out");
}

static void
install_state (GParamFlags flags)
{
  /**
   * ViciConnItem:configured:
   *
   * Whether the daemon has it configured. One that is not, and has no IKE_SA any
   * more, leaves the list.
   *
   * Since: 1.0
   */
  properties[PROP_CONFIGURED] =
    g_param_spec_boolean ("configured", NULL, NULL, FALSE, flags);

  /**
   * ViciConnItem:state:
   *
   * How it is doing, for people. It is up when an IKE_SA is and, if CHILD_SAs are
   * configured, one of these. It has failed when vici_conn_item_up_async() has, until
   * that is tried again.
   *
   * Since: 1.0
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, VICI_TYPE_CONN_STATE, VICI_CONN_STATE_DOWN, flags);

  /**
   * ViciConnItem:state-text:
   *
   * How it is doing, as a word for people, in their language. What more there is to
   * say of a failure is #ViciConnItem:reason.
   *
   * Since: 1.0
   */
  properties[PROP_STATE_TEXT] =
    g_param_spec_string ("state-text", NULL, NULL, NULL, flags);

  /**
   * ViciConnItem:failure:
   *
   * Why it could not be brought up, as far as the library knows that kind of
   * failure; %VICI_FAILURE_NONE if it has not failed.
   *
   * Since: 1.0
   */
  properties[PROP_FAILURE] =
    g_param_spec_enum ("failure", NULL, NULL, VICI_TYPE_FAILURE, VICI_FAILURE_NONE, flags);

  /**
   * ViciConnItem:reason:
   *
   * Why it could not be brought up, as a sentence for people; %NULL if it has not
   * failed. It can be set beside %VICI_CONN_STATE_UP, where one CHILD_SA came up and
   * another one did not.
   *
   * Since: 1.0
   */
  properties[PROP_REASON] =
    g_param_spec_string ("reason", NULL, NULL, NULL, flags);

  /**
   * ViciConnItem:up-since:
   *
   * Since when it is up, in UTC and to the second; %NULL if it is not. One that comes up
   * while the monitor is connected is up since then, and one that was up before since the
   * oldest of its IKE_SAs that are up was established. Rekeying does not count.
   *
   * Since: 1.0
   */
  properties[PROP_UP_SINCE] =
    g_param_spec_boxed ("up-since", NULL, NULL, G_TYPE_DATE_TIME, flags);

  /**
   * ViciConnItem:ike-sas:
   *
   * Its IKE_SAs, a list of #ViciIkeSaItem: always the same list.
   *
   * Since: 1.0
   */
  properties[PROP_IKE_SAS] =
    g_param_spec_object ("ike-sas", NULL, NULL, G_TYPE_LIST_MODEL, flags);
}

static void
vici_conn_item_class_init (ViciConnItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_conn_item_get_property;
  object_class->finalize = vici_conn_item_finalize;

  install_state (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  install_traffic ();

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_conn_item_init (ViciConnItem *self)
{
  self->ike_sas = vici_item_list_new (VICI_TYPE_IKE_SA_ITEM);
  self->ups = vici_conn_ups_new ();
  g_queue_init (&self->held);
}
