/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-operation.h"

#include "vici-channel.h"
#include "vici-i18n.h"
#include "vici-session.h"
#include "vici-waker.h"

static void
end (ViciOperation *self,
     ViciMessage   *reply,
     const GError  *error)
{
  vici_link_remove_operation (self->link, self);
  self->ended (self, reply, error);
  self->link = NULL;
}

static void
on_answer (ViciSession  *session,
           const char   *event,
           ViciMessage  *message,
           const GError *error,
           gpointer      user_data)
{
  ViciOperation *self = user_data;

  if (event == NULL)
    {
      end (self, message, error);
      return;
    }

  self->since = vici_link_get_time (self->link);
  self->event (self, message);
}

void
vici_operation_begin (ViciOperation    *self,
                      ViciLink         *link,
                      ViciOperationKind kind,
                      const char       *name,
                      const char       *event,
                      ViciMessage      *request)
{
  ViciSession *session = vici_link_get_session (link);
  g_autoptr (GError) error = NULL;
  guint64 id;

  self->link = link;
  self->node.data = self;
  self->since = g_get_monotonic_time ();
  vici_link_add_operation (link, self);

  switch (kind)
    {
    case VICI_OPERATION_CALL:
      id = vici_session_call (session, name, request, on_answer, self, NULL, &error);
      break;

    case VICI_OPERATION_STREAM:
      id = vici_session_call_streaming (session, name, event, request, on_answer, self, NULL, &error);
      break;

    case VICI_OPERATION_SUBSCRIBE:
      id = vici_session_subscribe (session, name, on_answer, self, NULL, &error);
      break;

    case VICI_OPERATION_UNSUBSCRIBE:
      id = vici_session_unsubscribe (session, name, on_answer, self, NULL, &error);
      break;

    default:
      g_assert_not_reached ();
    }

  if (id == 0)
    end (self, NULL, error);
  else
    self->id = id;
}

/* What the thread that cancels may touch. It holds a reference of its own while
 * it does, so that the operation need not wait for it when it goes. */
struct _ViciMark
{
  int        cancelled;         /* atomic */
  ViciWaker *waker;
};

static void
vici_mark_clear (gpointer data)
{
  ViciMark *mark = data;

  vici_waker_unref (mark->waker);
}

static void
vici_mark_unref (ViciMark *mark)
{
  g_atomic_rc_box_release_full (mark, vici_mark_clear);
}

static void
on_closure_gone (gpointer  data,
                 GClosure *closure)
{
  vici_mark_unref (data);
}

static void
on_cancelled (GCancellable *cancellable,
              ViciMark     *mark)
{
  g_atomic_int_set (&mark->cancelled, TRUE);
  vici_waker_wake_up (mark->waker);
}

void
vici_operation_watch (ViciOperation *self,
                      GCancellable  *cancellable)
{
  if (cancellable == NULL || self->link == NULL)
    return;

  self->mark = g_atomic_rc_box_new0 (ViciMark);
  self->mark->waker = vici_waker_ref (vici_link_get_waker (self->link));
  self->cancellable = g_object_ref (cancellable);

  /* g_cancellable_disconnect() would wait for handlers of others too, which may
   * well be waiting for us. */
  self->cancelled_id = g_signal_connect_data (cancellable, "cancelled",
                                              G_CALLBACK (on_cancelled),
                                              g_atomic_rc_box_acquire (self->mark),
                                              on_closure_gone, 0);
  if (g_cancellable_is_cancelled (cancellable))
    on_cancelled (cancellable, self->mark);
}

void
vici_operation_unwatch (ViciOperation *self)
{
  if (self->cancellable == NULL)
    return;

  g_signal_handler_disconnect (self->cancellable, self->cancelled_id);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->mark, vici_mark_unref);
}

void
vici_operation_abort (ViciOperation *self,
                      const GError  *error)
{
  ViciSession *session;

  if (self->link == NULL)
    return;

  session = vici_link_get_session (self->link);
  self->sent = vici_session_was_sent (session, self->id);
  vici_session_cancel (session, self->id);
  end (self, NULL, error);
}

gint64
vici_operation_get_deadline (ViciOperation *self)
{
  return self->timeout > 0 && !self->held_up ? self->since + self->timeout : -1;
}

void
vici_operation_check_cancelled (ViciOperation *self)
{
  g_autoptr (GError) error = NULL;

  if (self->mark == NULL || !g_atomic_int_get (&self->mark->cancelled))
    return;

  g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The call was cancelled"));
  vici_operation_abort (self, error);
}

gboolean
vici_operation_check_deadline (ViciOperation *self,
                               gint64         now)
{
  g_autoptr (GError) error = NULL;
  gint64 deadline = vici_operation_get_deadline (self);

  if (deadline < 0 || deadline > now)
    return FALSE;

  vici_channel_set_timed_out (&error);
  vici_operation_abort (self, error);

  return TRUE;
}
