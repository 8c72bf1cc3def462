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

void
vici_session_pump (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  if (priv->receiving || priv->pumping)
    return;

  g_object_ref (self);
  priv->pumping = TRUE;

  while (next_to_send (self) != NULL)
    {
      ViciBuffer out = VICI_BUFFER_INIT;
      ViciCall *call;

      while (out.length < SEND_SIZE && (call = next_to_send (self)) != NULL)
        {
          append_call (self, call, &out);
          vici_call_queue_mark_sent (&priv->queue);
        }

      if (out.length > 0)
        {
          g_autoptr (GBytes) bytes = vici_buffer_end (&out);

          VICI_SESSION_GET_CLASS (self)->send (self, bytes);
        }

      vici_session_settle (self);
    }

  priv->pumping = FALSE;
  g_object_unref (self);
}
