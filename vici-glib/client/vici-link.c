/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-link.h"

#include "vici-channel.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-link-session.h"
#include "vici-operation.h"
#include "vici-process-connection.h"
#include "vici-source.h"

/* One read takes as much as the socket holds, up to this. */
#define READ_SIZE (64 * 1024)

/* Deliveries, in one turn of the main loop or in many between which it had not a
 * moment to spare. When there are more, the link rests until everything else had
 * its turn, down to the idle functions (a toolkit draws at a low priority), but
 * no longer than this. */
#define DELIVERIES_BOUND 256
#define REST_MAX_US 10000

/* A daemon may answer before one gets around to wait for it. Where it did not, so
 * many times in a row, that is tried only now and then. */
#define HASTE_MISSES 4
#define HASTE_RETRY 64

/* What may pile up for the main context while synchronous calls read past it. */
#define WAITING_BOUND (64 * 1024 * 1024)

/* What an event that waits takes beyond its bytes, roughly. */
#define EVENT_OVERHEAD 256

/* Either of the link's two sources. */
typedef struct
{
  GSource   source;
  ViciLink *link;
} ViciLinkSource;

struct _ViciLink
{
  guint                ref_count;

  /* Not kept alive by the link, but for the time in which it lingers: when it
   * is down, and still has something to deliver. */
  GObject             *owner;
  const ViciLinkFuncs *funcs;
  GSource             *source;
  GSource             *rest_source;     /* at the priority of an idle: ends the rest */
  gint64               rests_until;     /* 0: is not at rest */
  guint                budget;          /* deliveries left before a rest */
  gint64               armed;           /* what the source wakes up for; -1: nothing */
  GMainContext        *context;
  ViciWaker           *waker;           /* some operation was cancelled */

  ViciSession         *session;
  ViciChannel         *channel;         /* NULL before the start */
  ViciProcess         *process;         /* at the other end, and no daemon; or NULL */

  guint8              *buffer;
  gsize                start;           /* in the buffer: what the session has yet to take */
  gsize                end;
  gint64               now;

  gboolean             paused;          /* what is there has to be read by somebody first */

  gboolean             wrote;           /* in this flush */
  guint                missed;          /* reads right after a write that found nothing */
  gboolean             blocked;         /* the channel takes nothing for now */
  GError              *write_error;     /* it will never take anything again */

  GQueue               operations;
  gboolean             pending_changed;

  ViciDelivery        *first;
  ViciDelivery        *last;
  gsize                waiting;         /* bytes, roughly */
  ViciResult          *result;          /* of the last delivery, for the next one */

  guint                driven;          /* by synchronous calls, on the stack */
  gboolean             down;
  gboolean             lingers;
};

/* -- Deliveries -- */

static void
linger (ViciLink *self)
{
  if (self->lingers)
    return;

  self->lingers = TRUE;
  vici_link_ref (self);
  g_object_ref (self->owner);
}

static void
stop_lingering (ViciLink *self)
{
  if (!self->lingers)
    return;

  self->lingers = FALSE;
  g_object_unref (self->owner);
  vici_link_unref (self);
}

void
vici_link_deliver (ViciLink     *self,
                   ViciDelivery *delivery)
{
  delivery->next = NULL;

  if (self->last != NULL)
    self->last->next = delivery;
  else
    self->first = delivery;

  self->last = delivery;
  self->waiting += delivery->size;

  if (self->down)
    linger (self);
}

static void
deliver_some (ViciLink *self)
{
  while (self->first != NULL && self->budget > 0)
    {
      ViciDelivery *delivery = self->first;

      self->first = delivery->next;
      if (self->first == NULL)
        self->last = NULL;

      self->budget--;
      self->waiting -= delivery->size;
      delivery->deliver (delivery, self);
    }
}

/* -- Events -- */

typedef struct
{
  ViciDelivery delivery;
  GQuark       name;
  ViciMessage *message;
} EventDelivery;

static void
deliver_event (ViciDelivery *delivery,
               ViciLink     *link)
{
  EventDelivery *self = (EventDelivery *) delivery;

  link->funcs->event (link->owner, self->name, self->message);

  g_object_unref (self->message);
  g_free (self);
}

static void
on_event (ViciSession *session,
          const char  *name,
          ViciMessage *message,
          gpointer     user_data)
{
  ViciLink *self = user_data;
  EventDelivery *event = g_new0 (EventDelivery, 1);

  event->delivery.size = EVENT_OVERHEAD + vici_message_get_size (message);
  event->delivery.deliver = deliver_event;
  event->name = g_quark_from_string (name);
  event->message = g_object_ref (message);

  vici_link_deliver (self, &event->delivery);
}

/* -- Writing -- */

/* What was asked for in one turn comes in one piece. */
static gsize
on_write (ViciSession  *session,
          const guint8 *data,
          gsize         length,
          gpointer      user_data)
{
  ViciLink *self = user_data;
  gsize written = 0;

  while (written < length && !self->blocked)
    {
      gssize n = vici_channel_write (self->channel, data + written, length - written,
                                     &self->write_error);

      self->blocked = n == VICI_CHANNEL_WOULD_BLOCK;
      if (self->blocked)
        break;

      self->wrote = TRUE;

      if (n < 0)
        {
          /* The peer does not listen any more, but may have said something
           * before, which is read first. */
          vici_session_set_writable (self->session, FALSE);
          return length;
        }

      written += (gsize) n;
    }

  return written;
}

/* Writes what the channel takes. Returns whether there is reason to read. */
static gboolean
flush (ViciLink *self)
{
  self->wrote = FALSE;
  vici_session_flush (self->session);

  return self->wrote;
}

/* -- Reading -- */

static void
read_failed (ViciLink     *self,
             const GError *cause)
{
  g_autoptr (GError) error = NULL;

  if (cause != NULL)
    g_set_error (&error, VICI_ERROR, VICI_ERROR_CLOSED,
                 _("The connection to the daemon broke: %s"), cause->message);
  else
    g_set_error_literal (&error, VICI_ERROR, VICI_ERROR_CLOSED,
                         _("The daemon closed the connection"));

  vici_process_explain (self->process, error);
  vici_link_shut_down (self, error);
}

static gboolean
fill_buffer (ViciLink *self)
{
  g_autoptr (GError) error = NULL;
  gssize n = vici_channel_read (self->channel, self->buffer, READ_SIZE, &error);

  if (n == VICI_CHANNEL_WOULD_BLOCK && self->write_error != NULL)
    {
      read_failed (self, self->write_error);
      return FALSE;
    }

  if (n == VICI_CHANNEL_WOULD_BLOCK)
    return FALSE;

  self->now = g_get_monotonic_time ();

  if (n <= 0)
    {
      read_failed (self, error);
      return FALSE;
    }

  self->start = 0;
  self->end = (gsize) n;

  return TRUE;
}

/* Hands one packet to the session, or what there is of it. Returns whether there
 * was anything. */
static gboolean
receive (ViciLink *self)
{
  g_autoptr (GError) error = NULL;
  gssize taken;

  if (self->channel == NULL || self->down || self->paused)
    return FALSE;

  if (self->start == self->end && !fill_buffer (self))
    return FALSE;

  taken = vici_session_receive_packet (self->session, self->buffer + self->start,
                                       self->end - self->start, &error);
  if (taken < 0)
    vici_link_shut_down (self, error);
  else
    self->start += (gsize) taken;

  return TRUE;
}

/* Right after a write. */
static gboolean
receive_in_haste (ViciLink *self)
{
  if (self->missed >= HASTE_MISSES && self->missed % HASTE_RETRY != 0 &&
      self->write_error == NULL)
    {
      self->missed++;
      return FALSE;
    }

  if (!receive (self))
    {
      self->missed++;
      return FALSE;
    }

  self->missed = 0;

  return TRUE;
}

static void
update_watch (ViciLink *self)
{
  GIOCondition condition = 0;

  if (self->channel == NULL || self->down)
    return;

  /* A source is dispatched when its descriptor is ready, whatever its check
   * function says: at rest there must be none. */
  if (self->rests_until == 0)
    {
      if (!self->paused)
        condition |= G_IO_IN;
      if (self->blocked)
        condition |= G_IO_OUT;
    }

  vici_channel_watch (self->channel, condition);
}

static void
end_rest (ViciLink *self)
{
  self->rests_until = 0;
  self->budget = DELIVERIES_BOUND;
  update_watch (self);
}

void
vici_link_pause (ViciLink *self)
{
  self->paused = TRUE;
}

void
vici_link_resume (ViciLink *self)
{
  self->paused = FALSE;

  /* The reader may be a synchronous one, and no turn of the main loop follow. */
  update_watch (self);
}

/* -- Operations -- */

void
vici_link_arm (ViciLink      *self,
               ViciOperation *operation)
{
  gint64 deadline = vici_operation_get_deadline (operation);

  if (deadline < 0 || operation->driven || (self->armed >= 0 && self->armed <= deadline))
    return;

  self->armed = deadline;
}

void
vici_link_add_operation (ViciLink      *self,
                         ViciOperation *operation)
{
  g_queue_push_tail_link (&self->operations, &operation->node);
  self->pending_changed = TRUE;
  vici_link_arm (self, operation);
}

void
vici_link_remove_operation (ViciLink      *self,
                            ViciOperation *operation)
{
  g_queue_unlink (&self->operations, &operation->node);
  self->pending_changed = TRUE;

  /* Where nothing is waited for, nothing has to wake up. */
  if (self->operations.length == 0)
    self->armed = -1;
}

ViciWaker *
vici_link_get_waker (ViciLink *self)
{
  return self->waker;
}

static void
check_cancelled (ViciLink *self)
{
  GList *next;

  if (!vici_waker_take (self->waker))
    return;

  for (GList *l = self->operations.head; l != NULL; l = next)
    {
      next = l->next;
      vici_operation_check_cancelled (l->data);
    }
}

/* The source wakes up at the first deadline there was and not at each one that
 * follows, so that a call that is answered costs no timer: most of what is
 * looked at here has time left. */
static void
check_deadlines (ViciLink *self,
                 gint64    now)
{
  GList *next;

  /* What was read in time counts, however late its turn comes. */
  if (self->armed < 0 || self->armed > now || (self->start < self->end && !self->paused))
    return;

  self->armed = -1;

  for (GList *l = self->operations.head; l != NULL; l = next)
    {
      ViciOperation *operation = l->data;

      next = l->next;
      if (!vici_operation_check_deadline (operation, now))
        vici_link_arm (self, operation);
    }
}

/* -- The main loop -- */

static gboolean
has_work (ViciLink *self)
{
  return self->first != NULL || self->pending_changed || vici_waker_is_set (self->waker) ||
         (self->channel != NULL && !self->down &&
          (vici_channel_known (self->channel) != 0 ||
           (!self->blocked && vici_session_has_output (self->session)) ||
           ((self->start < self->end || self->write_error != NULL) && !self->paused)));
}

/* Reads once, and delivers what comes of each packet before the next, so that
 * little waits, and the callbacks see things as they were at that point. */
static void
receive_and_deliver (ViciLink *self,
                     gboolean  in_haste)
{
  if (in_haste)
    receive_in_haste (self);
  else
    receive (self);

  deliver_some (self);

  while (self->start < self->end && self->first == NULL && !self->paused)
    {
      receive (self);
      deliver_some (self);
    }
}

/* One turn: reads once, delivers what came of it, writes what came of that,
 * and reads once more, since a daemon is often as fast. */
static void
run (ViciLink *self)
{
  GIOCondition ready = self->channel && !self->down ? vici_channel_ready (self->channel) : 0;
  gboolean readable = (ready & ~G_IO_OUT) != 0 || self->start < self->end ||
                      self->write_error != NULL;

  gboolean wrote = FALSE;

  if (ready & ~G_IO_IN)
    self->blocked = FALSE;

  do
    {
      check_cancelled (self);

      if (self->first != NULL)
        deliver_some (self);
      else if (readable || wrote)
        receive_and_deliver (self, wrote);

      readable = FALSE;
      wrote = flush (self);
    }
  while (wrote && self->budget > 0);

  if (self->budget == 0)
    self->rests_until = g_get_monotonic_time () + REST_MAX_US;

  if (self->pending_changed)
    {
      self->pending_changed = FALSE;
      self->funcs->pending_changed (self->owner);
    }

  if (!self->down)
    update_watch (self);
  else if (self->first == NULL)
    stop_lingering (self);
}

static gboolean
is_resting (ViciLink *self,
            GSource  *source)
{
  if (self->rests_until > 0 && self->rests_until <= g_source_get_time (source))
    end_rest (self);

  return self->rests_until > 0;
}

static gboolean
is_due (ViciLink *self,
        GSource  *source)
{
  return self->armed >= 0 && self->armed <= g_source_get_time (source);
}

static gboolean
vici_link_source_prepare (GSource *source,
                          int     *timeout)
{
  ViciLink *self = ((ViciLinkSource *) source)->link;

  if (is_resting (self, source))
    return FALSE;

  if (has_work (self) || is_due (self, source))
    return TRUE;

  /* Told here and not with g_source_set_ready_time(), which wakes up a context that
   * is wide awake. */
  if (self->armed >= 0)
    *timeout = (int) MIN ((self->armed - g_source_get_time (source) + 999) / 1000, G_MAXINT);

  return FALSE;
}

static gboolean
vici_link_source_check (GSource *source)
{
  ViciLink *self = ((ViciLinkSource *) source)->link;

  if (is_resting (self, source))
    return FALSE;

  if (has_work (self) || is_due (self, source) ||
      (self->channel != NULL && !self->down && vici_channel_ready (self->channel) != 0))
    return TRUE;

  /* This turn is for others. */
  self->budget = DELIVERIES_BOUND;

  return FALSE;
}

static gboolean
vici_link_source_dispatch (GSource    *source,
                           GSourceFunc callback,
                           gpointer    user_data)
{
  ViciLink *self = vici_link_ref (((ViciLinkSource *) source)->link);
  g_autoptr (GObject) owner G_GNUC_UNUSED = g_object_ref (self->owner);

  /* What has arrived in time counts, however late one comes to read it. */
  if (!is_resting (self, source))
    {
      run (self);
      check_deadlines (self, g_source_get_time (source));
    }

  vici_link_unref (self);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs vici_link_source_funcs = {
  .prepare = vici_link_source_prepare,
  .check = vici_link_source_check,
  .dispatch = vici_link_source_dispatch,
};

static gboolean
vici_rest_source_prepare (GSource *source,
                          int     *timeout)
{
  return ((ViciLinkSource *) source)->link->rests_until > 0;
}

static gboolean
vici_rest_source_check (GSource *source)
{
  return ((ViciLinkSource *) source)->link->rests_until > 0;
}

static gboolean
vici_rest_source_dispatch (GSource    *source,
                           GSourceFunc callback,
                           gpointer    user_data)
{
  end_rest (((ViciLinkSource *) source)->link);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs vici_rest_source_funcs = {
  .prepare = vici_rest_source_prepare,
  .check = vici_rest_source_check,
  .dispatch = vici_rest_source_dispatch,
};

static GSource *
attach_source (ViciLink     *self,
               GSourceFuncs *funcs,
               const char   *name,
               int           priority)
{
  GSource *source = g_source_new (funcs, sizeof (ViciLinkSource));

  /* Without this, GLib takes a source out of the context around each dispatch,
   * at the price of three system calls. run() bears being called from a main
   * loop within a callback. */
  g_source_set_can_recurse (source, TRUE);
  g_source_set_static_name (source, name);
  g_source_set_priority (source, priority);
  ((ViciLinkSource *) source)->link = self;
  g_source_attach (source, self->context);

  return source;
}

/* -- Synchronous calls -- */

gboolean
vici_link_check_drivable (ViciLink *self,
                          GError  **error)
{
  if (self->down)
    return TRUE;

  if (self->channel == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                           _("The connection is still being opened"));
      return FALSE;
    }

  if (self->paused)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                           _("Another stream of the connection has to be read first"));
      return FALSE;
    }

  if (self->waiting > WAITING_BOUND)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                           _("Too many events wait for their main context to run"));
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_time_left (ViciLink      *self,
                 ViciOperation *operation,
                 GError       **error)
{
  gint64 deadline = vici_operation_get_deadline (operation);

  /* What was read in time counts. */
  if (deadline < 0 || deadline > self->now || self->start < self->end)
    return TRUE;

  vici_channel_set_timed_out (error);

  return FALSE;
}

gboolean
vici_link_drive (ViciLink      *self,
                 ViciOperation *operation,
                 ViciLinkUntil  until,
                 gpointer       user_data,
                 GCancellable  *cancellable,
                 GError       **error)
{
  gboolean done, wrote;

  vici_link_ref (self);
  self->driven++;

  while (!(done = until (user_data)))
    {
      if ((cancellable != NULL && g_cancellable_set_error_if_cancelled (cancellable, error)) ||
          !vici_link_check_drivable (self, error) ||
          !check_time_left (self, operation, error))
        break;

      /* Also between two reads of a peer that never pauses. */
      wrote = self->start == self->end && flush (self);
      if (wrote ? receive_in_haste (self) : receive (self))
        continue;

      /* Receiving may have met the end. */
      if (until (user_data))
        continue;

      self->rests_until = 0;
      update_watch (self);
      if (!vici_channel_wait (self->channel, vici_operation_get_deadline (operation),
                              cancellable, error))
        break;

      self->blocked = FALSE;
    }

  self->driven--;
  vici_link_unref (self);

  return done;
}

/* -- Life -- */

ViciLink *
vici_link_new (GObject             *owner,
               const ViciLinkFuncs *funcs,
               GMainContext        *context)
{
  ViciLink *self = g_new0 (ViciLink, 1);

  self->ref_count = 1;
  self->owner = owner;
  self->funcs = funcs;
  self->context = g_main_context_ref (context);
  self->waker = vici_waker_new (context);
  self->armed = -1;
  self->budget = DELIVERIES_BOUND;
  self->now = g_get_monotonic_time ();
  g_queue_init (&self->operations);

  self->session = vici_link_session_new (on_write, self);
  vici_session_set_writable (self->session, FALSE);
  g_signal_connect (self->session, "event", G_CALLBACK (on_event), self);

  self->source = attach_source (self, &vici_link_source_funcs,
                                "[vici-glib] link", G_PRIORITY_DEFAULT);
  self->rest_source = attach_source (self, &vici_rest_source_funcs,
                                     "[vici-glib] rest", G_PRIORITY_DEFAULT_IDLE);

  return self;
}

ViciLink *
vici_link_new_down (GObject             *owner,
                    const ViciLinkFuncs *funcs)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  ViciLink *self = vici_link_new (owner, funcs, context);

  self->down = TRUE;
  vici_session_closed (self->session, NULL);

  return self;
}

ViciLink *
vici_link_ref (ViciLink *self)
{
  self->ref_count++;

  return self;
}

void
vici_link_unref (ViciLink *self)
{
  if (--self->ref_count > 0)
    return;

  vici_source_end (self->source);
  vici_source_end (self->rest_source);
  g_main_context_unref (self->context);
  vici_waker_unref (self->waker);
  g_clear_object (&self->channel);
  g_clear_object (&self->process);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_object_unref (self->session);
  g_clear_object (&self->result);
  g_clear_error (&self->write_error);
  g_free (self->buffer);
  g_free (self);
}

void
vici_link_start (ViciLink  *self,
                 GIOStream *stream)
{
  self->buffer = g_malloc (READ_SIZE);
  self->channel = vici_channel_new (stream, self->source, self->context);
  self->process = vici_process_dup_for_stream (stream);
  update_watch (self);
  vici_session_set_writable (self->session, TRUE);
}

void
vici_link_shut_down (ViciLink     *self,
                     const GError *error)
{
  if (self->down)
    return;

  vici_link_ref (self);
  self->down = TRUE;
  if (self->first != NULL)
    linger (self);

  vici_session_closed (self->session, error);
  if (self->channel != NULL)
    vici_channel_close (self->channel);
  self->start = self->end = 0;

  self->funcs->down (self->owner, self, error);
  vici_link_unref (self);
}

gboolean
vici_link_is_driven (ViciLink *self)
{
  return self->driven > 0;
}

gboolean
vici_link_is_lingering (ViciLink *self)
{
  return self->lingers;
}

ViciSession *
vici_link_get_session (ViciLink *self)
{
  return self->session;
}

GMainContext *
vici_link_get_context (ViciLink *self)
{
  return self->context;
}

guint
vici_link_get_pending (ViciLink *self)
{
  return self->operations.length;
}

ViciResult **
vici_link_get_result (ViciLink *self)
{
  return &self->result;
}

gint64
vici_link_get_time (ViciLink *self)
{
  return self->now;
}
