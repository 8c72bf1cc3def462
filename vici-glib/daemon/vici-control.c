/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-control.h"

#include "vici-builder.h"
#include "vici-cancel-source.h"
#include "vici-channel.h"
#include "vici-control-log-private.h"
#include "vici-control-trail.h"
#include "vici-error.h"
#include "vici-failure-private.h"
#include "vici-i18n.h"
#include "vici-record-private.h"
#include "vici-source.h"
#include "vici-stream-private.h"

/* How long, in milliseconds, a caller who has cancelled waits at most until what was
 * begun is asked to go. */
#define FAREWELL 5000

struct _ViciControl
{
  ViciControlPool        *pool;
  ViciConnection         *connection;   /* first the daemon's, then that of the command */
  GMainContext           *context;
  const char             *command;
  ViciMessage            *request;
  guint                   timeout;
  int                     log_level;
  gboolean                driven;       /* by a function that reads the stream itself */
  gboolean                brief;        /* nothing runs on when the caller has been told */

  ViciControlLog         *log;
  const ViciControlFuncs *funcs;
  gpointer                user_data;
  gboolean                told;         /* the caller, of the end */

  GSource                *cancel_source;
  gboolean                cancelled;
  GSource                *farewell;     /* the caller is told then, come what may */

  ViciStream             *stream;       /* while the command is under way */
  gboolean                own;          /* the connection is its own */
  gulong                  alert_id;
  gboolean                over;         /* the command */
  /* Monotonic: of the last word, and after which it is given up, whatever the daemon
   * says; 0: it is not known yet. */
  gint64                  heard;
  gint64                  deadline;
  ViciFailureFinder       finder;

  /* Of an `initiate`. */
  gboolean                initiates;
  ViciControlTrail        trail;
  ViciConnection         *terminator;   /* over which it is being taken down */
  gboolean                tried;        /* to take it down, since that can have changed */
  gboolean                down;
};

static void
vici_control_free (gpointer data)
{
  ViciControl *self = data;

  vici_control_trail_clear (&self->trail);
  vici_failure_finder_clear (&self->finder);
  g_clear_object (&self->log);
  g_object_unref (self->request);
  g_main_context_unref (self->context);
  g_clear_object (&self->connection);
  vici_control_pool_unref (self->pool);
}

static ViciControl *
vici_control_ref (ViciControl *self)
{
  return g_rc_box_acquire (self);
}

static void
vici_control_unref (ViciControl *self)
{
  g_rc_box_release_full (self, vici_control_free);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ViciControl, vici_control_unref)

/* -- The end -- */

/* Lets go of the command, whether it has been answered or not. Returns whether it
 * has a place to give back. */
static gboolean
let_go (ViciControl *self)
{
  if (self->over)
    return FALSE;

  self->over = TRUE;
  if (self->stream == NULL)
    return FALSE;

  g_clear_signal_handler (&self->alert_id, self->connection);
  vici_stream_close (self->stream);
  g_clear_object (&self->stream);
  if (self->own)
    g_clear_object (&self->connection);

  return TRUE;
}

static void
end_command (ViciControl *self)
{
  if (let_go (self))
    vici_control_pool_release (self->pool);
}

/* Lets go of all that would need the main context later on. The daemon may be at the
 * command still; where there is one connection, that waits for it. */
static void
end_everything (ViciControl *self)
{
  gboolean goes_on = self->own && self->stream != NULL && vici_stream_was_sent (self->stream);

  if (!goes_on)
    end_command (self);
  else if (let_go (self))
    vici_control_pool_lease (self->pool,
                             g_get_monotonic_time () + (gint64) self->timeout * 1000);
  g_clear_object (&self->terminator);
}

/* The caller's own reference goes with it. */
static void
tell (ViciControl  *self,
      ViciMessage  *reply,
      const GError *error)
{
  if (self->told)
    return;

  self->told = TRUE;
  vici_source_end (g_steal_pointer (&self->cancel_source));
  vici_source_end (g_steal_pointer (&self->farewell));
  if (self->brief)
    end_everything (self);

  if (self->log != NULL)
    vici_control_log_end (self->log, vici_failure_finder_finish (&self->finder, error));

  self->funcs->ended (reply, error, self->user_data);
  vici_control_unref (self);
}

static void
tell_cancelled (ViciControl *self)
{
  g_autoptr (GError) error = NULL;

  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The call was cancelled"));
  tell (self, NULL, error);
}

void
vici_control_refuse (ViciControl  *self,
                     const GError *error)
{
  self->over = TRUE;
  tell (self, NULL, error);
}

/* -- Taking down what was begun -- */

/* A connection that is the control's own is opened in its main context, whoever has
 * caused it. */
static ViciConnection *
connect_again (ViciControl *self,
               guint        timeout)
{
  ViciConnection *connection = vici_control_pool_connect (self->pool);

  vici_connection_set_timeout (connection, timeout);
  g_main_context_push_thread_default (self->context);
  vici_connection_open_async (connection, NULL, NULL, NULL);
  g_main_context_pop_thread_default (self->context);

  return connection;
}

static void settle (ViciControl *self);

static void
on_terminated (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (ViciControl) self = user_data;
  g_autoptr (ViciMessage) reply =
    vici_connection_call_finish (VICI_CONNECTION (source), result, NULL);

  self->down = reply != NULL && vici_message_check_success (reply, NULL);
  if (self->terminator != NULL)
    {
      g_clear_object (&self->terminator);
      settle (self);
    }
}

/* Where there is one connection, it answers nothing until the command is over. The
 * call has to live as long. */
static void
call_later (ViciControl *self,
            ViciMessage *terminate)
{
  guint timeout = vici_connection_get_timeout (self->connection);

  g_object_freeze_notify (G_OBJECT (self->connection));
  vici_connection_set_timeout (self->connection, timeout > 0 ? MAX (timeout, self->timeout) : 0);
  vici_connection_call_async (self->connection, "terminate", terminate, NULL, NULL, NULL);
  vici_connection_set_timeout (self->connection, timeout);
  g_object_thaw_notify (G_OBJECT (self->connection));
}

/* Over a connection of its own: that of the command answers nothing else. */
static void
take_down (ViciControl *self,
           ViciMessage *terminate)
{
  self->tried = TRUE;

  if (self->own)
    {
      self->terminator = connect_again (self, FAREWELL);
      vici_connection_call_async (self->terminator, "terminate", terminate, NULL, on_terminated,
                                  vici_control_ref (self));
    }
  else
    {
      call_later (self, terminate);
      self->down = TRUE;
    }
}

/* Of one that was cancelled: does what is to be done next. */
static void
settle (ViciControl *self)
{
  g_autoptr (ViciMessage) terminate = NULL;

  if (self->terminator != NULL)
    return;

  if (!self->down && !self->tried)
    terminate = vici_control_trail_get_terminate (&self->trail);

  if (terminate != NULL)
    take_down (self, terminate);

  /* What runs on its own hears when the place is free; else the caller waits a little. */
  if (self->terminator == NULL &&
      (self->over || !self->initiates || (self->down && !(self->brief && self->own))))
    tell_cancelled (self);
}

static gboolean
on_farewell (gpointer user_data)
{
  tell_cancelled (user_data);

  return G_SOURCE_REMOVE;
}

static void
begin_farewell (ViciControl *self)
{
  self->farewell = g_timeout_source_new (FAREWELL);
  g_source_set_static_name (self->farewell, "[vici-glib] farewell");
  g_source_set_callback (self->farewell, on_farewell, self, NULL);
  g_source_attach (self->farewell, self->context);
}

/* Returns whether there may be something to take down. */
static gboolean
cancel (ViciControl *self)
{
  self->cancelled = TRUE;
  if (self->stream == NULL)
    vici_control_pool_remove (self->pool, self);
  else if (vici_stream_was_sent (self->stream))
    return TRUE;

  end_command (self);

  return FALSE;
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  g_autoptr (ViciControl) self = vici_control_ref (user_data);

  if (cancel (self))
    begin_farewell (self);
  settle (self);

  return G_SOURCE_REMOVE;
}

/* -- The command -- */

static void
report_entry (ViciControl *self,
              ViciMessage *event)
{
  g_autoptr (ViciLogEntry) entry = vici_record_new (VICI_TYPE_LOG_ENTRY, NULL, event);

  if ((int) vici_log_entry_get_level (entry) > self->log_level)
    return;

  if (self->log != NULL)
    vici_control_log_add (self->log, entry);

  /* A handler may have run the main loop. */
  if (!self->told)
    self->funcs->entry (entry, self->user_data);
}

static void
take_event (ViciControl *self,
            ViciMessage *event)
{
  g_autofree char *group = vici_message_lookup_string (event, "group");
  g_autofree char *id = vici_message_lookup_string (event, "ikesa-uniqueid");
  g_autofree char *text = vici_message_lookup_string (event, "msg");

  self->heard = g_get_monotonic_time ();
  if (self->initiates && self->deadline == 0)
    self->deadline = self->heard + (gint64) self->timeout * 1000;

  if (group != NULL && text != NULL)
    vici_failure_finder_feed_log (&self->finder, group, id, text);

  if (self->initiates)
    vici_control_trail_add (&self->trail, event);

  if (!self->told && self->log != NULL)
    vici_control_log_set_ids (self->log, self->trail.ike_id, self->trail.child_id);
  if (!self->told)
    report_entry (self, event);

  if (self->cancelled)
    settle (self);
}

/* Takes the end of the stream. */
static void
finish (ViciControl  *self,
        ViciMessage  *answer,
        const GError *end_error)
{
  g_autoptr (ViciMessage) reply = answer ? g_object_ref (answer) : NULL;
  g_autoptr (GError) error = end_error ? g_error_copy (end_error) : NULL;

  if (reply != NULL)
    vici_message_check_success (reply, &error);

  end_command (self);
  /* What could not be taken down before may be there now. */
  self->tried = self->down;

  if (self->cancelled)
    settle (self);
  else
    tell (self, reply, error);
}

/* Has it end in time, however much the daemon says. The daemon counts from when it is
 * asked, which its first word tells of; for a `terminate` anew with each match, so
 * that only its silence counts. Returns FALSE if that time is over, and it is. */
static gboolean
keep_bound (ViciControl *self)
{
  g_autoptr (GError) error = NULL;

  if (self->deadline == 0)
    return TRUE;

  if (self->deadline > g_get_monotonic_time ())
    {
      gint64 left = (self->deadline - self->heard + 999) / 1000;

      vici_stream_set_timeout (self->stream, MIN (left, G_MAXUINT));
      return TRUE;
    }

  vici_channel_set_timed_out (&error);
  finish (self, NULL, error);

  return FALSE;
}

static void read_on (ViciControl *self);

static void
on_next (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ViciControl) self = user_data;
  ViciStream *stream = VICI_STREAM (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) event = vici_stream_next_finish (stream, result, &error);

  if (self->over)
    return;

  if (event == NULL)
    {
      finish (self, vici_stream_get_reply (stream), error);
      return;
    }

  take_event (self, event);
  if (!self->over)
    read_on (self);
}

static void
read_on (ViciControl *self)
{
  if (!keep_bound (self))
    return;

  vici_stream_next_async (self->stream, NULL, on_next, vici_control_ref (self));
}

/* -- Alerts -- */

static void
on_alert (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          ViciControl    *self)
{
  g_autoptr (ViciAlert) alert = vici_record_new (VICI_TYPE_ALERT, NULL, message);
  ViciIkeSa *ike_sa = vici_alert_get_ike_sa (alert);
  const char *type = vici_alert_get_alert_type_text (alert);

  if (type != NULL && ike_sa != NULL && self->trail.ike_id != 0 &&
      vici_ike_sa_get_unique_id (ike_sa) == self->trail.ike_id)
    vici_failure_finder_feed_alert (&self->finder, type);
}

static void
on_alerts_asked_for (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (ViciControlPool) pool = user_data;
  g_autoptr (GError) error = NULL;

  vici_connection_subscribe_finish (VICI_CONNECTION (source), result, &error);
  if (g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT))
    vici_control_pool_lack_alerts (pool);
}

static void
ask_for_alerts (ViciControl *self)
{
  if (!self->initiates || !vici_control_pool_has_alerts (self->pool))
    return;

  self->alert_id = g_signal_connect (self->connection, "event::alert", G_CALLBACK (on_alert), self);
  vici_connection_subscribe_async (self->connection, "alert", NULL, on_alerts_asked_for,
                                   vici_control_pool_ref (self->pool));
}

/* -- The beginning -- */

void
vici_control_start (ViciControl *self)
{
  self->own = !vici_control_pool_is_single (self->pool);

  if (self->own)
    {
      guint timeout = vici_connection_get_timeout (self->connection);

      g_object_unref (self->connection);
      self->connection = connect_again (self, timeout > 0 ? timeout : self->timeout);
      ask_for_alerts (self);
    }
  else
    {
      self->brief = TRUE;
    }

  self->stream = vici_connection_call_streaming (self->connection, self->command, NULL,
                                                 self->request);
  vici_stream_set_timeout (self->stream, self->timeout);
  self->heard = g_get_monotonic_time ();
  if (!self->driven)
    read_on (self);
}

static ViciControl *
vici_control_new (ViciControlPool        *pool,
                  ViciConnection         *connection,
                  GMainContext           *context,
                  const ViciControlOrder *order,
                  const ViciControlFuncs *funcs,
                  gpointer                user_data)
{
  ViciControl *self = g_rc_box_new0 (ViciControl);

  self->pool = vici_control_pool_ref (pool);
  self->connection = g_object_ref (connection);
  self->context = g_main_context_ref (context);
  self->command = order->command;
  self->request = g_object_ref (order->request);
  self->timeout = order->timeout;
  self->log_level = order->log_level;
  self->log = order->log ? g_object_ref (order->log) : NULL;
  self->funcs = funcs;
  self->user_data = user_data;

  self->initiates = g_str_equal (order->command, "initiate");
  if (self->initiates)
    vici_control_trail_init (&self->trail, order->request);
  vici_failure_finder_init (&self->finder, self->trail.child);
  if (self->log != NULL)
    vici_control_log_begin (self->log);

  return self;
}

static void
watch (ViciControl  *self,
       GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;

  self->cancel_source = vici_cancel_source_new (cancellable, self->context);
  g_source_set_callback (self->cancel_source, G_SOURCE_FUNC (on_cancelled), self, NULL);
}

void
vici_control_run_async (ViciControlPool        *pool,
                        ViciConnection         *connection,
                        const ViciControlOrder *order,
                        GCancellable           *cancellable,
                        const ViciControlFuncs *funcs,
                        gpointer                user_data)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  ViciControl *self = vici_control_new (pool, connection, context, order, funcs, user_data);

  watch (self, cancellable);
  vici_control_pool_add (pool, self);
}

/* Reads over the caller's connection, whose main context does not run. */
static void
drive (ViciControl  *self,
       GCancellable *cancellable)
{
  while (!self->over && keep_bound (self))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciMessage) event =
        vici_stream_next_sync (self->stream, self->cancelled ? NULL : cancellable, &error);

      if (event != NULL)
        {
          take_event (self, event);
        }
      else if (!self->cancelled && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          if (cancel (self))
            self->deadline = g_get_monotonic_time () + FAREWELL * 1000;
          settle (self);
        }
      else
        {
          finish (self, vici_stream_get_reply (self->stream), error);
        }
    }
}

/* It would wait for its turn for ever: nobody moves on those that are under way. */
static void
refuse_busy (ViciControl *self)
{
  g_autoptr (GError) error = NULL;

  vici_control_set_busy (&error);
  vici_control_pool_remove (self->pool, self);
  vici_control_refuse (self, error);
}

void
vici_control_set_busy (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                       _("As many commands that wait for a peer are under way as there may be"));
}

void
vici_control_run_sync (ViciControlPool        *pool,
                       ViciConnection         *connection,
                       const ViciControlOrder *order,
                       GCancellable           *cancellable,
                       const ViciControlFuncs *funcs,
                       gpointer                user_data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  ViciControl *begun = vici_control_new (pool, connection, context, order, funcs, user_data);
  g_autoptr (ViciControl) self = vici_control_ref (begun);

  self->brief = TRUE;
  self->driven = vici_control_pool_is_single (pool);
  vici_control_pool_add (pool, self);
  if (self->stream == NULL && !self->over)
    refuse_busy (self);

  if (self->own)
    {
      watch (self, cancellable);
      while (!self->told)
        g_main_context_iteration (context, TRUE);
    }
  else
    {
      drive (self, cancellable);
    }

  /* What was closed in its midst ends. */
  while (g_main_context_iteration (context, FALSE))
    ;
}
