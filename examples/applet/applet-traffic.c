/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-traffic.h"

/* The rates of a connection in the last minute. It lives as long as the connection's
 * item, so that what was seen is still there when its row comes into view again. */

/* Where the item has it. */
#define KEY "applet-traffic"

typedef struct
{
  guint64 in;
  guint64 out;
} Sample;

struct _AppletTraffic
{
  GObject       parent_instance;

  ViciConnItem *item;           /* owns this */
  Sample        samples[APPLET_TRAFFIC_SAMPLES];
  guint         newest;
  gint64        sampled_at;     /* in monotonic time */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppletTraffic, applet_traffic, G_TYPE_OBJECT)

static Sample *
sample (AppletTraffic *self,
        guint          age)
{
  return &self->samples[(self->newest + APPLET_TRAFFIC_SAMPLES - age) % APPLET_TRAFFIC_SAMPLES];
}

/* Room for a sample. While nothing was up, or nobody looked, there were none: the time
 * goes on, and nothing is seen of it. */
static void
make_room (AppletTraffic *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 n_seconds = (now - self->sampled_at + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;

  for (gint64 n = CLAMP (n_seconds, 1, APPLET_TRAFFIC_SAMPLES); n > 0; n--)
    {
      self->newest = (self->newest + 1) % APPLET_TRAFFIC_SAMPLES;
      *sample (self, 0) = (Sample) { 0 };
    }
  self->sampled_at = now;
}

static void
on_tick (AppletTraffic *self)
{
  make_room (self);
  sample (self, 0)->in = vici_conn_item_get_rate_in (self->item);
  sample (self, 0)->out = vici_conn_item_get_rate_out (self->item);

  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * applet_traffic_get_in:
 * @age: how many samples before the last one
 *
 * Returns: bytes per second
 */
guint64
applet_traffic_get_in (AppletTraffic *self,
                       guint          age)
{
  return sample (self, age)->in;
}

guint64
applet_traffic_get_out (AppletTraffic *self,
                        guint          age)
{
  return sample (self, age)->out;
}

/**
 * applet_traffic_get_peak:
 *
 * Returns: the highest rate among the samples, of both directions
 */
guint64
applet_traffic_get_peak (AppletTraffic *self)
{
  guint64 peak = 0;

  for (gsize i = 0; i < APPLET_TRAFFIC_SAMPLES; i++)
    peak = MAX (peak, MAX (self->samples[i].in, self->samples[i].out));

  return peak;
}

static void
applet_traffic_class_init (AppletTrafficClass *klass)
{
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
applet_traffic_init (AppletTraffic *self)
{
}

/**
 * applet_traffic_get:
 *
 * Returns: (transfer none): what is known of the connection's traffic; from the first
 *   time on, it is sampled
 */
AppletTraffic *
applet_traffic_get (ViciConnItem  *item,
                    AppletSession *session)
{
  AppletTraffic *self = g_object_get_data (G_OBJECT (item), KEY);

  if (self == NULL)
    {
      self = g_object_new (APPLET_TYPE_TRAFFIC, NULL);
      self->item = item;
      g_signal_connect_object (session, "tick", G_CALLBACK (on_tick), self, G_CONNECT_SWAPPED);
      g_object_set_data_full (G_OBJECT (item), KEY, self, g_object_unref);
    }

  return self;
}
