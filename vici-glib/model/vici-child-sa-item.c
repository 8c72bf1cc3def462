/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-child-sa-item-private.h"

#include "vici-daemon-enum-types.h"
#include "vici-i18n.h"
#include "vici-ike-sa-item-private.h"
#include "vici-item-private.h"
#include "vici-moment.h"

/**
 * SECTION:vici-child-sa-item
 * @title: ViciChildSaItem
 * @short_description: A CHILD_SA that is up to date
 *
 * A CHILD_SA in the list of its #ViciIkeSaItem. It stays the same object when the
 * CHILD_SA is rekeyed, though that gives it another unique id, and when its IKE_SA
 * is.
 *
 * What it has carried is counted over all rekeyings that were seen, while the
 * counters of #ViciItem:record, a #ViciChildSa, begin anew with each. Counters are
 * refreshed while somebody looks: see vici_monitor_hold().
 *
 * Since: 1.0
 */

/**
 * ViciChildSaItem:
 *
 * A CHILD_SA that is up to date.
 *
 * Since: 1.0
 */

/* Less than this apart, two samples say nothing of how fast they change. */
#define MIN_SAMPLE (G_USEC_PER_SEC / 5)

enum
{
  BYTES_IN,
  BYTES_OUT,
  PACKETS_IN,
  PACKETS_OUT,
  N_COUNTERS
};

struct _ViciChildSaItem
{
  ViciItem         parent_instance;

  ViciIkeSaItem   *ike_sa;              /* has this; NULL: it is of none any more */
  GList            link;                /* there */
  guint            unique_id;
  guint64          spi_in;              /* 0: not known */
  ViciChildSaState state;
  ViciMoment       installed;
  guint64          before[N_COUNTERS];  /* of those that were rekeyed */
  guint64          current[N_COUNTERS]; /* of the one it is */
  guint64          sample[2];           /* bytes in and out, over all, when they were sampled */
  gint64           sampled;             /* monotonic time of it; 0: never */
  guint64          rate[2];             /* bytes per second */
};

enum
{
  PROP_IKE_SA = 1,
  PROP_UNIQUE_ID,
  PROP_STATE,
  PROP_STATE_TEXT,
  PROP_INSTALLED_AT,
  PROP_BYTES_IN,
  PROP_BYTES_OUT,
  PROP_PACKETS_IN,
  PROP_PACKETS_OUT,
  PROP_RATE_IN,
  PROP_RATE_OUT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (ViciChildSaItem, vici_child_sa_item, VICI_TYPE_ITEM)

/* -- Keeping up -- */

static void
notify (ViciChildSaItem *self,
        guint            property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_counter (ViciChildSaItem *self,
             guint            counter,
             guint64          value)
{
  if (self->current[counter] == value)
    return;

  self->current[counter] = value;
  notify (self, PROP_BYTES_IN + counter);
}

static void
set_counters (ViciChildSaItem *self,
              ViciChildSa     *record)
{
  set_counter (self, BYTES_IN, vici_child_sa_get_bytes_in (record));
  set_counter (self, BYTES_OUT, vici_child_sa_get_bytes_out (record));
  set_counter (self, PACKETS_IN, vici_child_sa_get_packets_in (record));
  set_counter (self, PACKETS_OUT, vici_child_sa_get_packets_out (record));
}

static void
set_rate (ViciChildSaItem *self,
          guint            direction,
          guint64          rate)
{
  if (self->rate[direction] == rate)
    return;

  vici_item_touch (self);
  self->rate[direction] = rate;
  notify (self, PROP_RATE_IN + direction);
}

static guint64
get_total (ViciChildSaItem *self,
           guint            counter)
{
  return self->before[counter] + self->current[counter];
}

/* -- What it counts for -- */

static void
add_state (ViciTally       *tally,
           ViciChildSaState state)
{
  switch (state)
    {
    case VICI_CHILD_SA_STATE_INSTALLED:
      tally->child_sas_up++;
      break;

    case VICI_CHILD_SA_STATE_ROUTED:
      break;

    case VICI_CHILD_SA_STATE_UPDATING:
    case VICI_CHILD_SA_STATE_REKEYING:
      tally->child_sas_up++;
      tally->child_sas_passing++;
      break;

    case VICI_CHILD_SA_STATE_CREATED:
    case VICI_CHILD_SA_STATE_INSTALLING:
    case VICI_CHILD_SA_STATE_RETRYING:
      tally->child_sas_coming++;
      tally->child_sas_passing++;
      break;

    default:
      tally->child_sas_passing++;
    }
}

ViciTally
vici_child_sa_item_weigh (ViciChildSaItem *self)
{
  ViciTally tally = { 0 };

  add_state (&tally, self->state);
  tally.bytes_in = get_total (self, BYTES_IN);
  tally.bytes_out = get_total (self, BYTES_OUT);
  tally.rate_in = self->rate[0];
  tally.rate_out = self->rate[1];

  return tally;
}

static void
recount (ViciChildSaItem *self,
         const ViciTally *before)
{
  ViciTally now = vici_child_sa_item_weigh (self);

  if (self->ike_sa != NULL)
    vici_ike_sa_item_count (self->ike_sa, before, &now);
}

/* -- What the daemon says -- */

static void
take_sample (ViciChildSaItem *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 elapsed = now - self->sampled;

  if (self->sampled != 0 && elapsed < MIN_SAMPLE)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (self->rate); i++)
    {
      guint64 total = get_total (self, BYTES_IN + i);

      /* Counters that were reset have lost what was before. */
      if (self->sampled != 0 && total >= self->sample[i])
        set_rate (self, i, (guint64) ((double) (total - self->sample[i]) * G_USEC_PER_SEC / elapsed));
      self->sample[i] = total;
    }
  self->sampled = now;
}

void
vici_child_sa_item_update (ViciChildSaItem *self,
                           ViciChildSa     *record,
                           gboolean         sampled)
{
  guint unique_id = vici_child_sa_get_unique_id (record);
  ViciChildSaState state = vici_child_sa_get_state (record);
  ViciTally before = vici_child_sa_item_weigh (self);

  if (vici_item_set_record (self, record))
    {
      self->spi_in = vici_child_sa_get_spi_in (record);
      if (self->unique_id != unique_id)
        {
          self->unique_id = unique_id;
          notify (self, PROP_UNIQUE_ID);
        }
      if (self->state != state)
        {
          self->state = state;
          notify (self, PROP_STATE);
          notify (self, PROP_STATE_TEXT);
        }
      if (vici_moment_set_ago (&self->installed, vici_child_sa_get_install_time (record)))
        notify (self, PROP_INSTALLED_AT);

      /* In passing states such as UPDATING the daemon tells of neither. */
      if (self->spi_in != 0)
        set_counters (self, record);
    }

  if (sampled)
    take_sample (self);

  recount (self, &before);
}

gboolean
vici_child_sa_item_has_spi (ViciChildSaItem *self,
                            ViciChildSa     *record)
{
  return self->spi_in != 0 && self->spi_in == vici_child_sa_get_spi_in (record);
}

/* The kernel may have forgotten already what the old one's counters were at last. */
static void
keep_counters (ViciChildSaItem *self,
               ViciChildSa     *old_record)
{
  self->current[BYTES_IN] = MAX (self->current[BYTES_IN], vici_child_sa_get_bytes_in (old_record));
  self->current[BYTES_OUT] = MAX (self->current[BYTES_OUT], vici_child_sa_get_bytes_out (old_record));
  self->current[PACKETS_IN] =
    MAX (self->current[PACKETS_IN], vici_child_sa_get_packets_in (old_record));
  self->current[PACKETS_OUT] =
    MAX (self->current[PACKETS_OUT], vici_child_sa_get_packets_out (old_record));
}

void
vici_child_sa_item_rekey (ViciChildSaItem *self,
                          ViciChildSa     *old_record,
                          ViciChildSa     *new_record)
{
  ViciTally before = vici_child_sa_item_weigh (self);

  vici_item_touch (self);

  if (old_record != NULL)
    keep_counters (self, old_record);

  for (guint i = 0; i < N_COUNTERS; i++)
    {
      self->before[i] += self->current[i];
      self->current[i] = 0;
      notify (self, PROP_BYTES_IN + i);
    }
  recount (self, &before);

  vici_child_sa_item_update (self, new_record, FALSE);
}

void
vici_child_sa_item_set_ike_sa (ViciChildSaItem *self,
                               ViciIkeSaItem   *ike_sa)
{
  if (self->ike_sa == ike_sa)
    return;

  vici_item_touch (self);
  self->ike_sa = ike_sa;
  notify (self, PROP_IKE_SA);
}

void
vici_child_sa_item_idle (ViciChildSaItem *self)
{
  ViciTally before = vici_child_sa_item_weigh (self);

  self->sampled = 0;
  for (guint i = 0; i < G_N_ELEMENTS (self->rate); i++)
    set_rate (self, i, 0);
  recount (self, &before);
}

GList *
vici_child_sa_item_get_link (ViciChildSaItem *self)
{
  return &self->link;
}

ViciChildSaItem *
vici_child_sa_item_new (ViciChildSa *record,
                        ViciTurn    *turn)
{
  ViciChildSaItem *self =
    vici_item_new (VICI_TYPE_CHILD_SA_ITEM, vici_child_sa_get_name (record), turn);

  vici_child_sa_item_update (self, record, FALSE);

  return self;
}

/* -- Properties -- */

/**
 * vici_child_sa_item_get_ike_sa:
 * @self: an item
 *
 * Gets #ViciChildSaItem:ike-sa.
 *
 * Returns: (nullable) (transfer none): the item of the IKE_SA
 *
 * Since: 1.0
 */
ViciIkeSaItem *
vici_child_sa_item_get_ike_sa (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), NULL);

  return self->ike_sa;
}

/**
 * vici_child_sa_item_get_unique_id:
 * @self: an item
 *
 * Gets #ViciChildSaItem:unique-id.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
vici_child_sa_item_get_unique_id (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), 0);

  return self->unique_id;
}

/**
 * vici_child_sa_item_get_state:
 * @self: an item
 *
 * Gets #ViciChildSaItem:state.
 *
 * Returns: the state
 *
 * Since: 1.0
 */
ViciChildSaState
vici_child_sa_item_get_state (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), VICI_CHILD_SA_STATE_UNKNOWN);

  return self->state;
}

/**
 * vici_child_sa_item_get_state_text:
 * @self: an item
 *
 * Gets #ViciChildSaItem:state-text.
 *
 * Returns: (nullable): a word, in the user's language
 *
 * Since: 1.0
 */
const char *
vici_child_sa_item_get_state_text (ViciChildSaItem *self)
{
  ViciRecord *record;

  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), NULL);

  record = vici_item_get_record (VICI_ITEM (self));
  switch (self->state)
    {
    case VICI_CHILD_SA_STATE_CREATED:
    case VICI_CHILD_SA_STATE_RETRYING:
      return _("Connecting");
    case VICI_CHILD_SA_STATE_ROUTED:
      return _("Waiting for traffic");
    case VICI_CHILD_SA_STATE_INSTALLING:
      return _("Installing");
    case VICI_CHILD_SA_STATE_INSTALLED:
      return _("Installed");
    case VICI_CHILD_SA_STATE_UPDATING:
      return _("Updating");
    case VICI_CHILD_SA_STATE_REKEYING:
      return _("Rekeying");
    case VICI_CHILD_SA_STATE_REKEYED:
      return _("Replaced");
    case VICI_CHILD_SA_STATE_DELETING:
    case VICI_CHILD_SA_STATE_DESTROYING:
      return _("Closing");
    case VICI_CHILD_SA_STATE_DELETED:
      return _("Closed");
    case VICI_CHILD_SA_STATE_UNKNOWN:
    default:
      return record != NULL ? vici_child_sa_get_state_text (VICI_CHILD_SA (record)) : NULL;
    }
}

/**
 * vici_child_sa_item_get_installed_at:
 * @self: an item
 *
 * Gets #ViciChildSaItem:installed-at.
 *
 * Returns: (nullable) (transfer none): the time, in UTC
 *
 * Since: 1.0
 */
GDateTime *
vici_child_sa_item_get_installed_at (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), NULL);

  return vici_moment_get (&self->installed);
}

/**
 * vici_child_sa_item_get_bytes_in:
 * @self: an item
 *
 * Gets #ViciChildSaItem:bytes-in.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
vici_child_sa_item_get_bytes_in (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), 0);

  return get_total (self, BYTES_IN);
}

/**
 * vici_child_sa_item_get_bytes_out:
 * @self: an item
 *
 * Gets #ViciChildSaItem:bytes-out.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint64
vici_child_sa_item_get_bytes_out (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), 0);

  return get_total (self, BYTES_OUT);
}

/**
 * vici_child_sa_item_get_packets_in:
 * @self: an item
 *
 * Gets #ViciChildSaItem:packets-in.
 *
 * Returns: packets
 *
 * Since: 1.0
 */
guint64
vici_child_sa_item_get_packets_in (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), 0);

  return get_total (self, PACKETS_IN);
}

/**
 * vici_child_sa_item_get_packets_out:
 * @self: an item
 *
 * Gets #ViciChildSaItem:packets-out.
 *
 * Returns: packets
 *
 * Since: 1.0
 */
guint64
vici_child_sa_item_get_packets_out (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), 0);

  return get_total (self, PACKETS_OUT);
}

/**
 * vici_child_sa_item_get_rate_in:
 * @self: an item
 *
 * Gets #ViciChildSaItem:rate-in.
 *
 * Returns: bytes per second
 *
 * Since: 1.0
 */
guint64
vici_child_sa_item_get_rate_in (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), 0);

  return self->rate[0];
}

/**
 * vici_child_sa_item_get_rate_out:
 * @self: an item
 *
 * Gets #ViciChildSaItem:rate-out.
 *
 * Returns: bytes per second
 *
 * Since: 1.0
 */
guint64
vici_child_sa_item_get_rate_out (ViciChildSaItem *self)
{
  g_return_val_if_fail (VICI_IS_CHILD_SA_ITEM (self), 0);

  return self->rate[1];
}

/* -- The class -- */

static void
vici_child_sa_item_get_property (GObject    *object,
                                 guint       property_id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  ViciChildSaItem *self = VICI_CHILD_SA_ITEM (object);

  switch (property_id)
    {
    case PROP_IKE_SA:
      g_value_set_object (value, self->ike_sa);
      break;

    case PROP_UNIQUE_ID:
      g_value_set_uint (value, self->unique_id);
      break;

    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;

    case PROP_STATE_TEXT:
      g_value_set_string (value, vici_child_sa_item_get_state_text (self));
      break;

    case PROP_INSTALLED_AT:
      g_value_set_boxed (value, vici_child_sa_item_get_installed_at (self));
      break;

    case PROP_BYTES_IN:
    case PROP_BYTES_OUT:
    case PROP_PACKETS_IN:
    case PROP_PACKETS_OUT:
      g_value_set_uint64 (value, get_total (self, property_id - PROP_BYTES_IN));
      break;

    case PROP_RATE_IN:
    case PROP_RATE_OUT:
      g_value_set_uint64 (value, self->rate[property_id - PROP_RATE_IN]);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_child_sa_item_finalize (GObject *object)
{
  ViciChildSaItem *self = VICI_CHILD_SA_ITEM (object);

  vici_moment_clear (&self->installed);

  G_OBJECT_CLASS (vici_child_sa_item_parent_class)->finalize (object);
}

static GParamSpec *
counter_spec (const char *name)
{
  return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

static void
install_counters (void)
{
  /**
   * ViciChildSaItem:bytes-in:
   *
   * How many bytes it has received, over all rekeyings that were seen.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_IN] = counter_spec ("bytes-in");

  /**
   * ViciChildSaItem:bytes-out:
   *
   * How many bytes it has sent, over all rekeyings that were seen.
   *
   * Since: 1.0
   */
  properties[PROP_BYTES_OUT] = counter_spec ("bytes-out");

  /**
   * ViciChildSaItem:packets-in:
   *
   * How many packets it has received, over all rekeyings that were seen.
   *
   * Since: 1.0
   */
  properties[PROP_PACKETS_IN] = counter_spec ("packets-in");

  /**
   * ViciChildSaItem:packets-out:
   *
   * How many packets it has sent, over all rekeyings that were seen.
   *
   * Since: 1.0
   */
  properties[PROP_PACKETS_OUT] = counter_spec ("packets-out");

  /**
   * ViciChildSaItem:rate-in:
   *
   * How many bytes per second it receives, from one refresh to the next; 0 while
   * nobody holds the monitor.
   *
   * Since: 1.0
   */
  properties[PROP_RATE_IN] = counter_spec ("rate-in");

  /**
   * ViciChildSaItem:rate-out:
   *
   * How many bytes per second it sends, from one refresh to the next; 0 while nobody
   * holds the monitor.
   *
   * Since: 1.0
   */
  properties[PROP_RATE_OUT] = counter_spec ("rate-out");
}

static void
vici_child_sa_item_class_init (ViciChildSaItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = vici_child_sa_item_get_property;
  object_class->finalize = vici_child_sa_item_finalize;

  /**
   * ViciChildSaItem:ike-sa:
   *
   * The IKE_SA that it belongs to; %NULL when it is gone.
   *
   * Since: 1.0
   */
  properties[PROP_IKE_SA] =
    g_param_spec_object ("ike-sa", NULL, NULL, VICI_TYPE_IKE_SA_ITEM, flags);

  /**
   * ViciChildSaItem:unique-id:
   *
   * The unique id of the CHILD_SA, which changes when it is rekeyed.
   *
   * Since: 1.0
   */
  properties[PROP_UNIQUE_ID] =
    g_param_spec_uint ("unique-id", NULL, NULL, 0, G_MAXUINT, 0, flags);

  /**
   * ViciChildSaItem:state:
   *
   * The state of it.
   *
   * Since: 1.0
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, VICI_TYPE_CHILD_SA_STATE,
                       VICI_CHILD_SA_STATE_UNKNOWN, flags);

  /**
   * ViciChildSaItem:state-text:
   *
   * The state of it, as a word for people, in their language; the daemon's own where
   * the library does not know it.
   *
   * Since: 1.0
   */
  properties[PROP_STATE_TEXT] =
    g_param_spec_string ("state-text", NULL, NULL, NULL, flags);

  /**
   * ViciChildSaItem:installed-at:
   *
   * When it was installed, or rekeyed last, in UTC and to the second; %NULL if the
   * daemon does not say.
   *
   * Since: 1.0
   */
  properties[PROP_INSTALLED_AT] =
    g_param_spec_boxed ("installed-at", NULL, NULL, G_TYPE_DATE_TIME, flags);

  install_counters ();

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_child_sa_item_init (ViciChildSaItem *self)
{
  self->link.data = self;
}
