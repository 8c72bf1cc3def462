/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-session-private.h"

#include "vici-packet.h"
#include "vici-trace.h"

/* Packets are gathered up to about this many bytes before they are sent. */
#define SEND_SIZE (64 * 1024)

/* A registration, as the wire sees it from here on. */
static void
append_register (ViciCall   *call,
                 ViciBuffer *out)
{
  vici_packet_append (out, VICI_PACKET_EVENT_REGISTER, call->event->name, NULL);
  call->event->epoch++;
  call->awaits |= VICI_AWAITS_REGISTERED;
}

static void
append_unregister (ViciCall   *call,
                   ViciBuffer *out)
{
  vici_packet_append (out, VICI_PACKET_EVENT_UNREGISTER, call->event->name, NULL);
  call->awaits |= VICI_AWAITS_UNREGISTERED;
}

static void
append_command (ViciSession *self,
                ViciCall    *call,
                ViciBuffer  *out)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  gboolean own_registration = call->event != NULL && !call->event->registered;

  if (own_registration)
    append_register (call, out);

  if (G_UNLIKELY (vici_trace_enabled))
    vici_trace_request (call->name, call->request);

  vici_packet_append (out, VICI_PACKET_CMD_REQUEST, call->name, call->request);
  call->awaits |= VICI_AWAITS_REPLY;
  priv->in_flight++;
  g_clear_object (&call->request);

  if (own_registration)
    append_unregister (call, out);

  if (call->event != NULL)
    call->epoch = call->event->epoch;
}

static void
append_subscribe (ViciCall   *call,
                  ViciBuffer *out)
{
  ViciEvent *event = call->event;

  if (!event->registered)
    {
      append_register (call, out);
      event->registered = TRUE;
    }

  event->subscribers++;
  call->epoch = event->epoch;
}

static void
append_unsubscribe (ViciCall   *call,
                    ViciBuffer *out)
{
  ViciEvent *event = call->event;

  /* Not subscribed as of here, or what was to be taken back ended meanwhile:
   * leaves the call without a registration. */
  if (event->subscribers == 0 ||
      (call->kind == VICI_CALL_TAKE_BACK && call->epoch != event->epoch))
    {
      call->epoch = 0;
      return;
    }

  call->epoch = event->epoch;

  if (--event->subscribers == 0)
    {
      append_unregister (call, out);
      event->registered = FALSE;
    }
}

static void
append_call (ViciSession *self,
             ViciCall    *call,
             ViciBuffer  *out)
{
  switch (call->kind)
    {
    case VICI_CALL_COMMAND:
      append_command (self, call, out);
      break;

    case VICI_CALL_SUBSCRIBE:
      append_subscribe (call, out);
      break;

    case VICI_CALL_UNSUBSCRIBE:
    case VICI_CALL_TAKE_BACK:
      append_unsubscribe (call, out);
      break;

    default:
      g_assert_not_reached ();
    }
}

static ViciCall *
next_to_send (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciCall *call;

  if (!priv->writable || priv->closed)
    return NULL;

  call = vici_call_queue_next (&priv->queue);
  if (call != NULL && call->kind == VICI_CALL_COMMAND &&
      priv->in_flight >= priv->max_in_flight)
    return NULL;

  return call;
}

/* Appends what may go out by now. Returns whether the peer owes nothing for some
 * of it. */
static gboolean
gather (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  gboolean settled = FALSE;
  ViciCall *call;

  while (priv->out.length < SEND_SIZE && (call = next_to_send (self)) != NULL)
    {
      append_call (self, call, &priv->out);
      vici_call_queue_mark_sent (&priv->queue);
      settled |= call->awaits == VICI_AWAITS_NOTHING;
    }

  return settled;
}

/* For a channel that takes all at once. */
static void
push_out (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  g_autoptr (GBytes) bytes = vici_buffer_end (&priv->out);

  VICI_SESSION_GET_CLASS (self)->send (self, bytes);
}

/* Offers to the channel what was gathered. Returns whether it took all. */
static gboolean
write_out (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  gsize left = priv->out.length - priv->written;
  gsize taken;

  if (left == 0)
    return TRUE;

  if (!priv->writable || priv->closed)
    return FALSE;

  if (VICI_SESSION_GET_CLASS (self)->write == NULL)
    {
      push_out (self);
      return TRUE;
    }

  taken = VICI_SESSION_GET_CLASS (self)->write (self, priv->out.data + priv->written, left);
  g_return_val_if_fail (taken <= left, FALSE);
  if (taken < left)
    {
      priv->written += taken;
      return FALSE;
    }

  priv->written = 0;
  vici_buffer_reset (&priv->out);

  return TRUE;
}

static void
flush (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  gboolean settled, took_all;

  /* Whoever is called may let go of the session. */
  g_object_ref (self);
  priv->pumping = TRUE;

  do
    {
      settled = gather (self);
      took_all = write_out (self);
      if (settled)
        vici_session_settle (self);
    }
  while (took_all && next_to_send (self) != NULL);

  priv->pumping = FALSE;
  if (priv->closed)
    vici_session_forget_out (self);

  if (vici_session_has_used_spare (self))
    g_clear_object (&priv->spare);
  g_object_unref (self);
}

static gboolean
has_output (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  return (priv->out.length > 0 && priv->writable && !priv->closed) || next_to_send (self) != NULL;
}

void
vici_session_pump (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  /* Whoever writes says when. */
  if (VICI_SESSION_GET_CLASS (self)->write != NULL)
    return;

  if (!priv->receiving && !priv->pumping && has_output (self))
    flush (self);
}

void
vici_session_forget_out (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  /* The channel may be looking at it. */
  if (priv->pumping)
    return;

  priv->written = 0;
  vici_buffer_clear (&priv->out);
}

/**
 * vici_session_has_output: (skip)
 * @self: a session
 *
 * Whether there is something for vici_session_flush() to write. Where
 * #ViciSessionClass.send() is implemented and not #ViciSessionClass.write(), there
 * is nothing, but within callbacks.
 *
 * Returns: %TRUE if there is
 *
 * Since: 1.0
 */
gboolean
vici_session_has_output (ViciSession *self)
{
  g_return_val_if_fail (VICI_IS_SESSION (self), FALSE);

  return has_output (self);
}

/**
 * vici_session_flush: (skip)
 * @self: a session
 *
 * Has #ViciSessionClass.write() write what may go out by now: what it has not
 * taken the last time, and the requests that were made since, in as few pieces as
 * makes sense. Calls which the peer owes no answer end here, and their functions
 * may let go of the session.
 *
 * Must not be called from a callback of the same session, nor from its
 * #ViciSessionClass.write().
 *
 * Since: 1.0
 */
void
vici_session_flush (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  g_return_if_fail (VICI_IS_SESSION (self));
  g_return_if_fail (!priv->receiving && !priv->pumping);

  if (has_output (self) || vici_session_has_used_spare (self))
    flush (self);
}
