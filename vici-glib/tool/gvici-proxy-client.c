/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-client.h"

#include <glib/gi18n.h>
#include <string.h>

#include "gvici-output.h"

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
  char                *name;
  GviciProxyClientFunc func;
  gpointer             user_data;

  State                state;
  Side                *gone;    /* when leaving, and why */
  char                *reason;
  guint                operations; /* under way */
  GCancellable        *cancellable;
  guint                timeout; /* ms */
  guint                deadline; /* source; 0: nobody is waited for */
  guint                refusals;
};

void
gvici_proxy_log (const char *name,
                 const char *format,
                 ...)
{
  g_autoptr (GString) line = g_string_new (name);
  va_list args;

  g_string_append (line, ": ");
  va_start (args, format);
  g_string_append_vprintf (line, format, args);
  va_end (args);

  gvici_print_error (line->str);
}

/* -- The end -- */

static void
clear_deadline (GviciProxyClient *self)
{
  g_clear_handle_id (&self->deadline, g_source_remove);
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
    gvici_proxy_log (self->name, _("%u more requests were refused"),
                     self->refusals - REFUSALS_LOGGED);
  gvici_proxy_log (self->name, _("disconnected: %s"), reason);

  self->state = STATE_ENDED;
  clear_deadline (self);
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
      gvici_proxy_client_end (self, _("it did not finish a packet in time"));
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
  set_deadline (self, self->timeout);
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
      if (!vici_filter_has_unfinished (self->filter))
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

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Side *side = user_data;
  GviciProxyClient *self = side->client;
  g_autoptr (GError) error = NULL;
  gboolean good = g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);

  g_clear_pointer (&side->writing, g_bytes_unref);

  if (!good)
    leave (side, error);
  pump (self);
  release (self);
}

static void
write_more (Side *side)
{
  GviciProxyClient *self = side->client;
  gconstpointer data;
  gsize length;

  if (self->state >= STATE_ENDED || side == self->gone || side->writing != NULL)
    return;

  side->writing = is_client (side) ? vici_filter_take_client_output (self->filter)
                                   : vici_filter_take_daemon_output (self->filter);
  if (side->writing == NULL)
    return;

  self->operations++;
  data = g_bytes_get_data (side->writing, &length);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (side->stream), data, length,
                                   G_PRIORITY_DEFAULT, self->cancellable, on_written, side);
}

/* -- Both ways -- */

/* Time runs for the client while nothing but the rest of its packet is waited for. */
static void
watch_packet (GviciProxyClient *self)
{
  gboolean waiting = self->client.reading && vici_filter_has_unfinished (self->filter);

  if (self->state != STATE_RELAYING)
    return;

  if (!waiting)
    clear_deadline (self);
  else if (self->deadline == 0)
    set_deadline (self, self->timeout);
}

/* Does what can be done, after anything has changed. An answer of the daemon makes
 * room for a request of the client, and so comes first. */
static void
pump (GviciProxyClient *self)
{
  feed (&self->daemon);
  feed (&self->client);
  write_more (&self->daemon);
  write_more (&self->client);
  read_more (&self->daemon);
  read_more (&self->client);
  watch_packet (self);

  if (self->state == STATE_LEAVING &&
      (self->gone == &self->client ? self->daemon : self->client).writing == NULL)
    gvici_proxy_client_end (self, self->reason);
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
    {
      g_autofree char *reason =
        g_strdup_printf (_("the daemon cannot be reached: %s"), error->message);

      gvici_proxy_client_end (self, reason);
    }

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
            GviciProxyClient *self)
{
  self->refusals++;
  if (self->refusals <= REFUSALS_LOGGED)
    gvici_proxy_log (self->name, is_event ? _("refused the event “%s”") : _("refused the command “%s”"),
                     name);
}

GviciProxyClient *
gvici_proxy_client_new (GIOStream           *stream,
                        ViciTransport       *daemon,
                        ViciFilter          *filter,
                        const char          *name,
                        guint                timeout,
                        GviciProxyClientFunc func,
                        gpointer             user_data)
{
  GviciProxyClient *self = g_new0 (GviciProxyClient, 1);

  self->client.client = self;
  self->client.stream = g_object_ref (stream);
  self->daemon.client = self;
  self->transport = g_object_ref (daemon);
  self->filter = g_object_ref (filter);
  self->name = g_strdup (name);
  self->timeout = timeout;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  g_signal_connect (filter, "refused", G_CALLBACK (on_refused), self);

  self->operations++;
  set_deadline (self, timeout);
  vici_transport_connect_async (daemon, self->cancellable, on_connected, self);

  return self;
}
