/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-session-private.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-message-private.h"
#include "vici-object.h"
#include "vici-packet.h"
#include "vici-trace.h"

/* Calls the function of a call for the last time. */
static void
finish_call (ViciSession  *self,
             ViciCall     *call,
             ViciMessage  *reply,
             const GError *error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  if (call->abandoned)
    return;

  priv->pending--;
  call->abandoned = TRUE;
  vici_call_run (call, self, NULL, reply, error);
}

gboolean
vici_session_has_used_spare (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  return priv->spare != NULL && (priv->closed || !vici_object_is_unshared (priv->spare));
}

static void
forget_listeners (gpointer key,
                  gpointer value,
                  gpointer user_data)
{
  ViciEvent *event = value;

  event->listeners = 0;
  event->leaving = 0;
}

static void
fail_all (ViciSession  *self,
          const GError *error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciCall *call;

  priv->closed = TRUE;
  priv->listeners = 0;
  vici_session_forget_out (self);
  g_hash_table_foreach (priv->events, forget_listeners, NULL);

  while ((call = vici_call_queue_pop (&priv->queue)) != NULL)
    {
      if (call->reply != NULL || call->error != NULL)
        finish_call (self, call, call->reply, call->error);
      else
        finish_call (self, call, NULL, error);

      vici_call_unref (call);
    }
}

/* The peer refused the registration that a call relies on. */
static void
finish_unknown_event (ViciSession *self,
                      ViciCall    *call)
{
  g_autoptr (GError) error = NULL;

  g_set_error (&error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT,
               _("The daemon does not know the event “%s”"), call->event->name);
  finish_call (self, call, NULL, error);
}

static gboolean
registration_failed (ViciCall *call)
{
  return call->epoch != 0 && call->epoch == call->event->failed_epoch;
}

static void
finish_subscribe (ViciSession *self,
                  ViciCall    *call)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  if (registration_failed (call))
    {
      finish_unknown_event (self, call);
      return;
    }

  call->event->listeners++;
  priv->listeners++;
  if (call->abandoned)
    call->event->leaving++;

  finish_call (self, call, NULL, NULL);
}

static void
finish_unsubscribe (ViciSession *self,
                    ViciCall    *call)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  g_autoptr (GError) error = NULL;

  if (registration_failed (call))
    {
      finish_unknown_event (self, call);
      return;
    }

  if (call->epoch == 0)
    {
      g_set_error (&error, VICI_ERROR, VICI_ERROR_INVALID,
                   _("The event “%s” is not subscribed to"), call->event->name);
    }
  else
    {
      priv->listeners--;
      call->event->listeners--;
      if (call->kind == VICI_CALL_TAKE_BACK)
        call->event->leaving--;

      /* With the registration end all who relied on it. */
      if (call->event->listeners == 0)
        call->event->leaving = 0;
    }

  finish_call (self, call, NULL, error);
}

static void
finish_command (ViciSession *self,
                ViciCall    *call)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  finish_call (self, call, call->reply, call->error);

  if (priv->spare == NULL)
    priv->spare = g_steal_pointer (&call->reply);
}

void
vici_session_settle (ViciSession *self)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciCall *call;

  while ((call = vici_call_queue_first_sent (&priv->queue)) != NULL)
    {
      if (call->kind == VICI_CALL_COMMAND && !call->abandoned && registration_failed (call))
        {
          finish_unknown_event (self, call);
          continue;
        }

      if (call->awaits != VICI_AWAITS_NOTHING)
        break;

      vici_call_queue_pop (&priv->queue);

      if (call->kind == VICI_CALL_COMMAND)
        finish_command (self, call);
      else if (call->kind == VICI_CALL_SUBSCRIBE)
        finish_subscribe (self, call);
      else if (call->kind == VICI_CALL_UNSUBSCRIBE || call->kind == VICI_CALL_TAKE_BACK)
        finish_unsubscribe (self, call);

      vici_call_unref (call);
    }
}

/* Makes the message of a packet the spare one of the session, in which it is
 * until the next packet. */
static ViciMessage *
read_message (ViciSession      *self,
              const ViciPacket *packet,
              GError          **error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  if (!vici_message_check_encoding (packet->message, packet->message_length, error))
    return NULL;

  priv->spare = vici_message_renew (priv->spare, packet->message, packet->message_length);

  return priv->spare;
}

/* Notes the reply. A streamed command has its unregistration to wait for: when
 * its end is told, nothing more of it is on its way, and the caller may hang up
 * without cutting the peer short. */
static gboolean
handle_reply (ViciSession      *self,
              const ViciPacket *packet,
              ViciCall         *call,
              GError          **error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);

  if (packet->type == VICI_PACKET_CMD_UNKNOWN)
    {
      g_set_error (&call->error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND,
                   _("The daemon does not know the command “%s”"), call->name);
    }
  else
    {
      if (read_message (self, packet, error) == NULL)
        return FALSE;

      call->reply = g_steal_pointer (&priv->spare);
    }

  call->awaits &= ~VICI_AWAITS_REPLY;
  priv->in_flight--;

  return TRUE;
}

static void
handle_confirmation (const ViciPacket *packet,
                     ViciCall         *call)
{
  ViciEvent *event = call->event;
  gboolean refused = packet->type == VICI_PACKET_EVENT_UNKNOWN;

  if (call->awaits & VICI_AWAITS_REGISTERED)
    {
      call->awaits &= ~VICI_AWAITS_REGISTERED;

      if (refused)
        {
          event->failed_epoch = call->epoch;

          /* All who share it fail with it, one after the other. */
          if (event->epoch == call->epoch && event->registered)
            {
              event->registered = FALSE;
              event->subscribers = 0;
            }
        }
    }
  else
    {
      /* Refused or not: we are not registered now. */
      call->awaits &= ~VICI_AWAITS_UNREGISTERED;
    }
}

/* An answer carries no number: it belongs to the oldest packet that has none. */
static gboolean
handle_answer (ViciSession      *self,
               const ViciPacket *packet,
               GError          **error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciCall *call = vici_call_queue_first_sent (&priv->queue);
  gboolean is_reply = packet->type == VICI_PACKET_CMD_RESPONSE ||
                      packet->type == VICI_PACKET_CMD_UNKNOWN;
  gboolean awaits_reply = call != NULL &&
                          (call->awaits & VICI_AWAITS_REPLY) &&
                          !(call->awaits & VICI_AWAITS_REGISTERED);

  if (call == NULL || is_reply != awaits_reply)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                   is_reply ? _("The peer sent a reply to no command")
                            : _("The peer sent a confirmation of no registration"));
      return FALSE;
    }

  if (is_reply)
    {
      if (!handle_reply (self, packet, call, error))
        return FALSE;
    }
  else
    handle_confirmation (packet, call);

  vici_session_settle (self);

  return TRUE;
}

/* A name on the wire may hold any byte, NUL as well. */
static gboolean
is_named (const ViciPacket *packet,
          const char       *name)
{
  return strlen (name) == packet->name_length &&
         memcmp (name, packet->name, packet->name_length) == 0;
}

/* The streamed command to which an event belongs that arrives now. */
static ViciCall *
find_stream (ViciSession      *self,
             const ViciPacket *packet)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  ViciCall *call = vici_call_queue_first_sent (&priv->queue);

  if (call == NULL || call->event == NULL || call->abandoned ||
      !(call->awaits & VICI_AWAITS_REPLY) || (call->awaits & VICI_AWAITS_REGISTERED) ||
      !is_named (packet, call->event->name))
    return NULL;

  return call;
}

static gboolean
has_listeners (const ViciEvent *event)
{
  return event->listeners > event->leaving;
}

static ViciEvent *
find_subscribed (ViciSession      *self,
                 const ViciPacket *packet)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  char name[VICI_NAME_MAX + 1];
  ViciEvent *event;

  if (priv->listeners == 0)
    return NULL;

  memcpy (name, packet->name, packet->name_length);
  name[packet->name_length] = '\0';
  event = g_hash_table_lookup (priv->events, name);

  if (event == NULL || !has_listeners (event) || !is_named (packet, event->name))
    return NULL;

  return event;
}

static gboolean
handle_event (ViciSession      *self,
              const ViciPacket *packet,
              GError          **error)
{
  ViciCall *stream = find_stream (self, packet);
  ViciEvent *subscribed = find_subscribed (self, packet);
  ViciMessage *message;

  /* Nobody's event must be a message all the same. */
  if (stream == NULL && subscribed == NULL)
    return vici_message_check_encoding (packet->message, packet->message_length, error);

  message = read_message (self, packet, error);
  if (message == NULL)
    return FALSE;

  if (stream != NULL)
    vici_call_run (stream, self, stream->event->name, message, NULL);

  if (subscribed != NULL && has_listeners (subscribed))
    vici_session_emit_event (self, subscribed, message);

  return TRUE;
}

static gboolean
handle_packet (ViciSession  *self,
               const guint8 *data,
               gsize         length,
               GError      **error)
{
  ViciPacket packet;

  if (!vici_packet_parse (&packet, data, length, error))
    return FALSE;

  if (G_UNLIKELY (vici_trace_enabled))
    vici_trace_received (&packet);

  switch (packet.type)
    {
    case VICI_PACKET_EVENT:
      return handle_event (self, &packet, error);

    case VICI_PACKET_CMD_RESPONSE:
    case VICI_PACKET_CMD_UNKNOWN:
    case VICI_PACKET_EVENT_CONFIRM:
    case VICI_PACKET_EVENT_UNKNOWN:
      return handle_answer (self, &packet, error);

    case VICI_PACKET_CMD_REQUEST:
    case VICI_PACKET_EVENT_REGISTER:
    case VICI_PACKET_EVENT_UNREGISTER:
    default:
      g_set_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                   _("The peer sent a packet of type %u, which only a client sends"),
                   packet.type);
      return FALSE;
    }
}

static gssize
receive (ViciSession  *self,
         const guint8 *data,
         gsize         length,
         gboolean      one_packet,
         GError      **error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  g_autoptr (GError) local_error = NULL;
  gsize left = length;
  const guint8 *packet;
  gsize packet_length;

  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (length <= G_MAXSSIZE, -1);
  g_return_val_if_fail (!priv->receiving && !priv->pumping, -1);

  if (priv->closed)
    {
      g_set_error_literal (error, VICI_ERROR, VICI_ERROR_CLOSED, _("The session has ended"));
      return -1;
    }

  g_object_ref (self);
  priv->receiving = TRUE;

  while (!priv->paused && !priv->closed &&
         vici_framer_take (&priv->framer, &data, &left, &packet, &packet_length, &local_error))
    {
      if (!handle_packet (self, packet, packet_length, &local_error) || one_packet)
        break;
    }

  priv->receiving = FALSE;

  if (local_error != NULL && !priv->closed)
    {
      fail_all (self, local_error);
      VICI_SESSION_GET_CLASS (self)->close (self);
    }
  else
    vici_session_pump (self);

  /* Whoever flushes delivers before, and lets go of the message only then. */
  if ((priv->closed || VICI_SESSION_GET_CLASS (self)->write == NULL) &&
      vici_session_has_used_spare (self))
    g_clear_object (&priv->spare);

  g_object_unref (self);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return -1;
    }

  return (gssize) (length - left);
}

/**
 * vici_session_receive:
 * @self: a session
 * @data: (array length=length): bytes that arrived from the peer
 * @length: how many they are
 * @error: return location for an error
 *
 * Tells the session what has arrived. It works for any cut of the peer's
 * bytes, down to one byte at a time, and calls back for every packet that they
 * complete.
 *
 * The session says how much it took; the caller keeps the rest and brings it
 * again, in front of what follows. It takes less than all only when it was
 * paused with vici_session_set_paused() or closed by a callback meanwhile.
 *
 * An error ends the session: every pending call has then failed with it, and
 * the channel was asked to close. It is %VICI_ERROR_PROTOCOL for bytes that
 * are not packets, or packets that nothing has asked for,
 * %VICI_ERROR_MALFORMED for a packet whose message does not parse, and
 * %VICI_ERROR_CLOSED when the session had ended before.
 *
 * Must not be called from a callback of the same session, nor from its
 * #ViciSessionClass.send() or #ViciSessionClass.write().
 *
 * Returns: how many bytes were taken, or -1 on error
 *
 * Since: 1.0
 */
gssize
vici_session_receive (ViciSession  *self,
                      const guint8 *data,
                      gsize         length,
                      GError      **error)
{
  g_return_val_if_fail (VICI_IS_SESSION (self), -1);

  return receive (self, data, length, FALSE, error);
}

/**
 * vici_session_receive_packet:
 * @self: a session
 * @data: (array length=length): bytes that arrived from the peer
 * @length: how many they are
 * @error: return location for an error
 *
 * Does what vici_session_receive() does, but takes no more than up to the end of
 * the first packet that the bytes complete. For callers that want to act on one
 * packet before the next is read, and the cheapest way where messages are not
 * kept: the session fills one anew that nobody else holds a reference to.
 *
 * Errors are those of vici_session_receive().
 *
 * Returns: how many bytes were taken, or -1 on error
 *
 * Since: 1.0
 */
gssize
vici_session_receive_packet (ViciSession  *self,
                             const guint8 *data,
                             gsize         length,
                             GError      **error)
{
  g_return_val_if_fail (VICI_IS_SESSION (self), -1);

  return receive (self, data, length, TRUE, error);
}

/**
 * vici_session_closed:
 * @self: a session
 * @error: (nullable): why, or %NULL when nothing went wrong
 *
 * Tells the session that its channel is closed, by whichever side. Every
 * pending call fails with @error, or with %VICI_ERROR_CLOSED for %NULL; the
 * session stays closed. Does nothing when it was closed before.
 *
 * Since: 1.0
 */
void
vici_session_closed (ViciSession  *self,
                     const GError *error)
{
  ViciSessionPrivate *priv = vici_session_get_private (self);
  g_autoptr (GError) closed = NULL;

  g_return_if_fail (VICI_IS_SESSION (self));

  if (priv->closed)
    return;

  if (error == NULL)
    g_set_error_literal (&closed, VICI_ERROR, VICI_ERROR_CLOSED, _("The connection was closed"));

  g_object_ref (self);
  fail_all (self, error != NULL ? error : closed);
  if (!priv->receiving)
    g_clear_object (&priv->spare);
  g_object_unref (self);
}
