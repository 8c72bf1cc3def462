/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-operation.h"

#include "vici-channel.h"
#include "vici-i18n.h"
#include "vici-session.h"

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

/* In whatever thread cancels, so that all it may do is to leave a mark. */
static void
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  ViciOperation *self = user_data;

  g_atomic_int_set (&self->cancelled, TRUE);
  vici_link_wake_up (self->waker);
}

void
vici_operation_watch (ViciOperation *self,
                      GCancellable  *cancellable)
{
  if (cancellable == NULL || self->link == NULL)
    return;

  self->waker = vici_link_ref (self->link);
  self->cancellable = g_object_ref (cancellable);
  self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
}

void
vici_operation_unwatch (ViciOperation *self)
{
  if (self->cancellable == NULL)
    return;

  g_cancellable_disconnect (self->cancellable, self->cancelled_id);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->waker, vici_link_unref);
}

void
vici_operation_abort (ViciOperation *self,
                      const GError  *error)
{
  if (self->link == NULL)
    return;

  vici_session_cancel (vici_link_get_session (self->link), self->id);

  if (error != NULL)
    {
      end (self, NULL, error);
    }
  else
    {
      vici_link_remove_operation (self->link, self);
      self->link = NULL;
    }
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

  if (!g_atomic_int_get (&self->cancelled))
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
