/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-client.h"

#include <glib/gi18n.h>
#include <string.h>

#include "gvici-proxy-watch.h"

/* One read takes up to this much. */
#define READ_SIZE (16 * 1024)

/* How much may wait to be written to a side before nothing more is read that
 * would add to it. */
#define QUEUED_MAX (64 * 1024)

/* How many requests may wait for an answer before no more are read. */
#define PENDING_MAX 128

/* How many refusals are logged one by one. */
#define REFUSALS_LOGGED 100

/* How long a closing may take: TLS says goodbye. */
#define CLOSE_TIMEOUT_MS 2000

typedef enum
{
  STATE_CONNECTING, /* to the daemon; the client is not heard */
  STATE_RELAYING,
  STATE_LEAVING,    /* one side is gone; the other gets what it has sent */
  STATE_ENDED,      /* waits for its operations, which are cancelled */
  STATE_CLOSING,
} State;

typedef struct
{
  GviciProxyClient *client;
  GIOStream        *stream;
  gboolean          reading;
  GBytes           *writing;    /* NULL: nothing is under way */
  gsize             written;    /* of that */
  gint64            moved_at;   /* when that was more the last time */
  gsize             start;      /* in the buffer: what was read, and the filter has yet to take */
  gsize             end;
  guint8            buffer[READ_SIZE];
} Side;

struct _GviciProxyClient
{
  Side                 client;
  Side                 daemon;
  ViciTransport       *transport;
  ViciFilter          *filter;
  GviciProxyUser      *user;
  char                *name;
  GviciProxyLimits     limits;
  GviciProxyClientFunc func;
  gpointer             user_data;

  State                state;
  Side                *gone;    /* when leaving, and why */
  char                *reason;
  GSource             *watch;   /* of the client; NULL: it has seen the end, or cannot */
  gboolean             hung_up; /* the client: at most what it has sent is to come */
  guint                operations; /* under way */
  GCancellable        *cancellable;
  guint                deadline; /* source; 0: nobody is waited for */
  guint                stall;   /* source; 0: there was no output for some time */
  guint                refusals;
};

/* -- The end -- */

static void
clear_deadline (GviciProxyClient *self)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
}

static void
clear_watch (GviciProxyClient *self)
{
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
}

static gboolean on_deadline (gpointer user_data);

static void
set_deadline (GviciProxyClient *self,
              guint             milliseconds)
{
  clear_deadline (self);
  self->deadline = g_timeout_add (milliseconds, on_deadline, self);
}

static void
side_clear (Side *side)
{
  g_clear_object (&side->stream);
  g_clear_pointer (&side->writing, g_bytes_unref);
  explicit_bzero (side->buffer, sizeof side->buffer);
}

static void
client_free (GviciProxyClient *self)
{
  clear_deadline (self);
  g_clear_handle_id (&self->stall, g_source_remove);
  side_clear (&self->client);
  side_clear (&self->daemon);
  g_signal_handlers_disconnect_by_data (self->filter, self);
  g_object_unref (self->filter);
  g_object_unref (self->transport);
  g_object_unref (self->cancellable);
  g_free (self->reason);
  g_free (self->name);
  g_free (self);
}

static void close_streams (GviciProxyClient *self);

/* Ends an operation. What was waited for may be the end of all of them, which is
 * the end of the client too. */
static void
release (GviciProxyClient *self)
{
  self->operations--;
  if (self->operations > 0)
    return;

  if (self->state == STATE_ENDED)
    {
      close_streams (self);
    }
  else if (self->state == STATE_CLOSING)
    {
      self->func (self, self->user_data);
      client_free (self);
    }
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  release (user_data);
}

static void
close_side (Side *side)
{
  GviciProxyClient *self = side->client;

  if (side->stream == NULL)
    return;

  self->operations++;
  g_io_stream_close_async (side->stream, G_PRIORITY_DEFAULT, self->cancellable, on_closed, self);
}

static void
close_streams (GviciProxyClient *self)
{
  self->state = STATE_CLOSING;
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  set_deadline (self, CLOSE_TIMEOUT_MS);
  close_side (&self->client);
  close_side (&self->daemon);
}

void
gvici_proxy_client_end (GviciProxyClient *self,
                        const char       *reason)
{
  if (self->state >= STATE_ENDED)
    return;

  if (self->refusals > REFUSALS_LOGGED)
    gvici_proxy_user_log (self->user, self->name, _("%u more requests were refused"),
                          self->refusals - REFUSALS_LOGGED);
  gvici_proxy_user_log (self->user, self->name, _("disconnected: %s"), reason);

  self->state = STATE_ENDED;
  clear_deadline (self);
  clear_watch (self);
  self->operations++;
  g_cancellable_cancel (self->cancellable);
  release (self);
}

static gboolean
on_deadline (gpointer user_data)
{
  GviciProxyClient *self = user_data;

  self->deadline = 0;

  switch (self->state)
    {
    case STATE_CONNECTING:
      gvici_proxy_client_end (self, _("the daemon did not take the connection in time"));
      break;

    case STATE_RELAYING:
      gvici_proxy_client_end (self, self->hung_up ? _("it has closed the connection")
                                                  : _("it did not finish a packet in time"));
      break;

    case STATE_LEAVING:
      gvici_proxy_client_end (self, self->reason);
      break;

    case STATE_CLOSING:
      g_cancellable_cancel (self->cancellable);
      break;

    case STATE_ENDED:
    default:
      break;
    }

  return G_SOURCE_REMOVE;
}

/* -- One side that is gone -- */

static gboolean
is_client (Side *side)
{
  return side == &side->client->client;
}

static char *
describe_loss (Side         *side,
               const GError *error)
{
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED))
    return g_strdup_printf (is_client (side) ? _("its connection broke: %s")
                                             : _("the connection to the daemon broke: %s"),
                            error->message);

  return g_strdup (is_client (side) ? _("it has closed the connection")
                                    : _("the daemon has closed the connection"));
}

/* What it has sent is written to the other one, and then it is the end. */
static void
leave (Side         *side,
       const GError *error)
{
  GviciProxyClient *self = side->client;
  g_autofree char *reason = NULL;

  if (side == self->gone)
    return;

  reason = describe_loss (side, error);
  if (self->state != STATE_RELAYING)
    {
      gvici_proxy_client_end (self, reason);
      return;
    }

  self->state = STATE_LEAVING;
  self->gone = side;
  self->reason = g_steal_pointer (&reason);
  set_deadline (self, self->limits.timeout);
}

/* -- What is read -- */

/* Whether reading from that side would add to what is too much already. */
static gboolean
is_paused (Side *side)
{
  GviciProxyClient *self = side->client;

  if (vici_filter_get_client_queued (self->filter) > QUEUED_MAX)
    return TRUE;

  return is_client (side) && (vici_filter_get_daemon_queued (self->filter) > QUEUED_MAX ||
                              vici_filter_get_pending (self->filter) >= PENDING_MAX);
}

/* The errors would tell the length or type of what is no packet, and these may be
 * anything, part of a secret too. */
static void
end_with_fault (Side         *side,
                const GError *error)
{
  if (!is_client (side))
    gvici_proxy_client_end (side->client, _("the daemon broke the protocol"));
  else if (g_error_matches (error, VICI_ERROR, VICI_ERROR_MALFORMED))
    gvici_proxy_client_end (side->client, _("it sent a request that is malformed"));
  else
    gvici_proxy_client_end (side->client, _("it broke the protocol"));
}

static gssize
receive (Side    *side,
         GError **error)
{
  ViciFilter *filter = side->client->filter;
  const guint8 *data = side->buffer + side->start;
  gsize length = side->end - side->start;

  return is_client (side) ? vici_filter_receive_from_client (filter, data, length, error)
                          : vici_filter_receive_from_daemon (filter, data, length, error);
}

static void
feed (Side *side)
{
  GviciProxyClient *self = side->client;

  while (self->state == STATE_RELAYING && side->start < side->end && !is_paused (side))
    {
      g_autoptr (GError) error = NULL;
      gssize taken = receive (side, &error);

      if (taken < 0)
        {
          end_with_fault (side, error);
          return;
        }

      explicit_bzero (side->buffer + side->start, (gsize) taken);
      side->start += (gsize) taken;
      if (!self->hung_up && !vici_filter_has_unfinished (self->filter))
        clear_deadline (self);
    }
}

static void pump (GviciProxyClient *self);

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Side *side = user_data;
  GviciProxyClient *self = side->client;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  side->reading = FALSE;

  if (self->state == STATE_RELAYING)
    {
      if (n <= 0)
        leave (side, error);
      side->start = 0;
      side->end = (gsize) MAX (n, 0);
      pump (self);
    }
  else if (n > 0)
    {
      explicit_bzero (side->buffer, (gsize) n);
    }

  release (self);
}

static void
read_more (Side *side)
{
  GviciProxyClient *self = side->client;

  if (self->state != STATE_RELAYING || side->reading || side->start < side->end || is_paused (side))
    return;

  side->reading = TRUE;
  self->operations++;
  g_input_stream_read_async (g_io_stream_get_input_stream (side->stream),
                             side->buffer, sizeof side->buffer,
                             G_PRIORITY_DEFAULT, self->cancellable, on_read, side);
}

/* -- What is written -- */

static gboolean on_stall (gpointer user_data);

static void
watch_stall (GviciProxyClient *self)
{
  if (self->stall == 0 && self->limits.stall_timeout > 0)
    self->stall = g_timeout_add (self->limits.stall_timeout, on_stall, self);
}

/* The source is not made anew for each write: it looks when the last one was. */
static gboolean
on_stall (gpointer user_data)
{
  GviciProxyClient *self = user_data;
  gint64 still_for = (g_get_monotonic_time () - self->client.moved_at) / 1000;

  self->stall = 0;
  if (self->client.writing == NULL || self->gone == &self->client)
    return G_SOURCE_REMOVE;

  if (still_for >= self->limits.stall_timeout)
    gvici_proxy_client_end (self, _("it did not read what was there for it"));
  else
    self->stall = g_timeout_add (self->limits.stall_timeout - (guint) still_for, on_stall, self);

  return G_SOURCE_REMOVE;
}

static void write_rest (Side *side);

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Side *side = user_data;
  GviciProxyClient *self = side->client;
  g_autoptr (GError) error = NULL;
  gssize n = g_output_stream_write_finish (G_OUTPUT_STREAM (source), result, &error);

  side->written += (gsize) MAX (n, 0);
  side->moved_at = g_get_monotonic_time ();

  if (n >= 0 && self->state < STATE_ENDED && side->written < g_bytes_get_size (side->writing))
    {
      write_rest (side);
    }
  else
    {
      g_clear_pointer (&side->writing, g_bytes_unref);
      if (n < 0)
        leave (side, error);
      pump (self);
    }

  release (self);
}

static void
write_rest (Side *side)
{
  GviciProxyClient *self = side->client;
  gsize length;
  const guint8 *data = g_bytes_get_data (side->writing, &length);

  self->operations++;
  g_output_stream_write_async (g_io_stream_get_output_stream (side->stream),
                               data + side->written, length - side->written,
                               G_PRIORITY_DEFAULT, self->cancellable, on_written, side);
}

static void
write_more (Side *side)
{
  GviciProxyClient *self = side->client;

  if (self->state >= STATE_ENDED || side == self->gone || side->writing != NULL)
    return;

  side->writing = is_client (side) ? vici_filter_take_client_output (self->filter)
                                   : vici_filter_take_daemon_output (self->filter);
  if (side->writing == NULL)
    return;

  side->written = 0;
  side->moved_at = g_get_monotonic_time ();
  if (is_client (side))
    watch_stall (self);
  write_rest (side);
}

/* -- Both ways -- */

/* Time runs for the client while nothing but the rest of its packet is waited for, and
 * when there is only that to come which it has sent. */
static void
watch_packet (GviciProxyClient *self)
{
  gboolean waiting = self->client.reading && vici_filter_has_unfinished (self->filter);

  if (self->state != STATE_RELAYING)
    return;

  if (!waiting && !self->hung_up)
    clear_deadline (self);
  else if (self->deadline == 0)
    set_deadline (self, self->limits.timeout);
}

/* Whoever reads gets to the end of what the client has sent, and while nobody does,
 * it would not be noticed that there is nothing more. */
static void
notice_end (GviciProxyClient *self)
{
  Side *side = &self->client;

  if (self->state == STATE_RELAYING && self->hung_up && !side->reading && is_paused (side) &&
      side->start == side->end && !gvici_proxy_has_unread (side->stream))
    leave (side, NULL);
}

/* Does what can be done, after anything has changed. An answer of the daemon makes
 * room for a request of the client, and so comes first. */
static void
pump (GviciProxyClient *self)
{
  feed (&self->daemon);
  feed (&self->client);
  notice_end (self);
  write_more (&self->daemon);
  write_more (&self->client);
  read_more (&self->daemon);
  read_more (&self->client);
  watch_packet (self);

  if (self->state == STATE_LEAVING &&
      (self->gone == &self->client ? self->daemon : self->client).writing == NULL)
    gvici_proxy_client_end (self, self->reason);
}

static gboolean
on_hung_up (int          fd,
            GIOCondition condition,
            gpointer     user_data)
{
  GviciProxyClient *self = user_data;

  clear_watch (self);
  self->hung_up = TRUE;

  if (self->state == STATE_CONNECTING && !gvici_proxy_has_unread (self->client.stream))
    leave (&self->client, NULL);
  else if (self->state == STATE_RELAYING)
    pump (self);

  return G_SOURCE_REMOVE;
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GviciProxyClient *self = user_data;
  g_autoptr (GError) error = NULL;

  self->daemon.stream = vici_transport_connect_finish (VICI_TRANSPORT (source), result, &error);
  if (self->daemon.stream == NULL && self->state == STATE_CONNECTING)
    gvici_proxy_client_end (self, error->message);

  if (self->state == STATE_CONNECTING)
    {
      self->state = STATE_RELAYING;
      clear_deadline (self);
      pump (self);
    }

  release (self);
}

static void
on_refused (ViciFilter       *filter,
            const char       *name,
            gboolean          is_event,
            const char       *key,
            GviciProxyClient *self)
{
  self->refusals++;
  if (self->refusals > REFUSALS_LOGGED)
    return;

  if (key != NULL)
    gvici_proxy_user_log (self->user, self->name, _("refused the command “%s” for its “%s”"), name, key);
  else
    gvici_proxy_user_log (self->user, self->name,
                          is_event ? _("refused the event “%s”") : _("refused the command “%s”"), name);
}

GviciProxyClient *
gvici_proxy_client_new (GIOStream           *stream,
                        ViciTransport       *daemon,
                        ViciFilter          *filter,
                        GviciProxyUser      *user,
                        const char          *name,
                        GviciProxyLimits     limits,
                        GviciProxyClientFunc func,
                        gpointer             user_data)
{
  GviciProxyClient *self = g_new0 (GviciProxyClient, 1);

  self->client.client = self;
  self->client.stream = g_object_ref (stream);
  self->daemon.client = self;
  self->transport = g_object_ref (daemon);
  self->filter = g_object_ref (filter);
  self->user = user;
  self->name = g_strdup (name);
  self->limits = limits;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_signal_connect (filter, "refused", G_CALLBACK (on_refused), self);

  self->watch = gvici_proxy_watch (stream, on_hung_up, self);
  self->operations++;
  set_deadline (self, limits.timeout);
  vici_transport_connect_async (daemon, self->cancellable, on_connected, self);

  return self;
}
