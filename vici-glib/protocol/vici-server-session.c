/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-server-session.h"

#include <string.h>

#include "vici-buffer.h"
#include "vici-commands.h"
#include "vici-error.h"
#include "vici-framer.h"
#include "vici-i18n.h"
#include "vici-message-private.h"
#include "vici-packet.h"

/**
 * SECTION:vici-server-session
 * @title: ViciServerSession
 * @short_description: The server side of the protocol, without I/O
 *
 * The twin of #ViciSession: the peer of one client, bytes in, bytes out, and no
 * I/O of its own. It is for servers that have another main loop than GLib's, or
 * a channel that is no #GIOStream; all others use #ViciServer.
 *
 * What arrives goes to vici_server_session_receive_packet(). A command is told
 * with #ViciServerSessionClass.command() and may be answered then or at any time
 * later, in any order; the answers go out in the order of the requests all the
 * same, and so do the confirmations of event registrations. What a command
 * streams waits until the ones before it are answered. What is to be written is
 * got with vici_server_session_get_output(), at the caller's pace.
 *
 * A session belongs to one thread at a time.
 *
 * Since: 1.0
 */

/**
 * ViciServerSession:
 *
 * The server side of the protocol, without I/O.
 *
 * Since: 1.0
 */

/**
 * ViciServerSessionClass:
 * @parent_class: the parent class
 * @command: the client asks for a command; @id is for the answer. The default
 *   answers that it is not known
 * @knows_event: whether there is an event of that name. The default knows none
 *
 * What a subclass supplies.
 *
 * Since: 1.0
 */

/**
 * ViciServerSessionClass::command:
 * @self: the session
 * @id: for vici_server_session_reply()
 * @name: name of the command
 * @request: what the client has sent with it
 *
 * The client asks for a command, which is answered now or at any time later. Without
 * this function each is answered with vici_server_session_reply_unknown().
 *
 * Wire: `CMD_REQUEST`.
 *
 * Since: 1.0
 */

/**
 * ViciServerSessionClass::knows_event:
 * @self: the session
 * @name: name of an event
 *
 * The client registers for an event. Without this function none is known.
 *
 * Wire: `EVENT_REGISTER`.
 *
 * Returns: whether there is an event of that name
 *
 * Since: 1.0
 */

/* What the client waits for, in the order in which it asked. */
typedef struct
{
  ViciPacketType type;          /* of the request */
  char          *event;         /* to (un)register for; NULL: one that cannot be */
  GQueue         events;        /* HeldEvent: streamed before its turn has come */
  gsize          size;          /* of the request */
  gboolean       answered;
  ViciMessage   *reply;         /* NULL, if answered: the command is not known */
} Answer;

typedef struct
{
  char        *name;
  ViciMessage *message;
} HeldEvent;

typedef struct
{
  ViciFramer  framer;
  GQueue      answers;          /* Answer */
  guint64     first_id;         /* of the first of them */
  gsize       asked;            /* bytes of the requests that they are for */
  gsize       held;             /* bytes that wait for their turn */
  GHashTable *registered;       /* event name → how often */

  ViciBuffer  out;
  gsize       taken;            /* of it */

  gboolean    receiving;
} ViciServerSessionPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ViciServerSession, vici_server_session, G_TYPE_OBJECT)

static void
held_event_free (HeldEvent *self)
{
  g_free (self->name);
  g_object_unref (self->message);
  g_free (self);
}

static void
answer_free (Answer *self)
{
  g_free (self->event);
  g_queue_clear_full (&self->events, (GDestroyNotify) held_event_free);
  g_clear_object (&self->reply);
  g_free (self);
}

/* What an event takes while it waits. */
static gsize
held_event_size (const char  *name,
                 ViciMessage *message)
{
  return sizeof (HeldEvent) + VICI_PACKET_HEADER + strlen (name) + vici_message_get_size (message);
}

/* -- What goes out -- */

/* As charon does it: to one who has registered twice, twice. */
static gboolean
append_event (ViciServerSession *self,
              const char        *name,
              ViciMessage       *message)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  guint count = GPOINTER_TO_UINT (g_hash_table_lookup (priv->registered, name));

  for (guint i = 0; i < count; i++)
    vici_packet_append (&priv->out, VICI_PACKET_EVENT, name, message);

  return count > 0;
}

static void
append_held_events (ViciServerSession *self,
                    Answer            *answer)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  HeldEvent *event;

  while ((event = g_queue_pop_head (&answer->events)) != NULL)
    {
      priv->held -= held_event_size (event->name, event->message);
      append_event (self, event->name, event->message);
      held_event_free (event);
    }
}

/* Registrations take effect in their turn, and no sooner: what is streamed in
 * between needs them as they were. */
static void
append_confirmation (ViciServerSession *self,
                     Answer            *answer)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  guint count;

  if (answer->event == NULL ||
      !VICI_SERVER_SESSION_GET_CLASS (self)->knows_event (self, answer->event))
    {
      vici_packet_append (&priv->out, VICI_PACKET_EVENT_UNKNOWN, NULL, NULL);
      return;
    }

  count = GPOINTER_TO_UINT (g_hash_table_lookup (priv->registered, answer->event));
  if (answer->type == VICI_PACKET_EVENT_REGISTER)
    count++;
  else if (count > 0)
    count--;

  if (count > 0)
    g_hash_table_replace (priv->registered, g_strdup (answer->event), GUINT_TO_POINTER (count));
  else
    g_hash_table_remove (priv->registered, answer->event);

  vici_packet_append (&priv->out, VICI_PACKET_EVENT_CONFIRM, NULL, NULL);
}

static void
append_reply (ViciServerSession *self,
              Answer            *answer)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  if (answer->reply == NULL)
    {
      vici_packet_append (&priv->out, VICI_PACKET_CMD_UNKNOWN, NULL, NULL);
      return;
    }

  priv->held -= vici_message_get_size (answer->reply);
  vici_packet_append (&priv->out, VICI_PACKET_CMD_RESPONSE, NULL, answer->reply);
}

/* Answers whose turn has come. */
static void
advance (ViciServerSession *self)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  Answer *answer;

  while ((answer = g_queue_peek_head (&priv->answers)) != NULL)
    {
      append_held_events (self, answer);
      if (!answer->answered)
        break;

      if (answer->type == VICI_PACKET_CMD_REQUEST)
        append_reply (self, answer);
      else
        append_confirmation (self, answer);

      g_queue_pop_head (&priv->answers);
      priv->asked -= answer->size;
      priv->first_id++;
      answer_free (answer);
    }
}

static Answer *
lookup_command (ViciServerSession *self,
                guint64            id)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  Answer *answer;

  if (id < priv->first_id || id - priv->first_id >= priv->answers.length)
    return NULL;

  answer = g_queue_peek_nth (&priv->answers, (guint) (id - priv->first_id));

  return answer->type == VICI_PACKET_CMD_REQUEST && !answer->answered ? answer : NULL;
}

static gboolean
answer_command (ViciServerSession *self,
                guint64            id,
                ViciMessage       *reply)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  Answer *answer = lookup_command (self, id);

  if (answer == NULL)
    return FALSE;

  answer->answered = TRUE;
  if (reply != NULL)
    {
      answer->reply = g_object_ref (reply);
      priv->held += vici_message_get_size (reply);
    }

  advance (self);

  return TRUE;
}

/**
 * vici_server_session_reply:
 * @self: a session
 * @id: number of a command
 * @reply: (nullable): the reply; %NULL for an empty one
 *
 * Answers a command. The reply goes out when all that the client asked for before
 * is answered.
 *
 * Wire: `CMD_RESPONSE`.
 *
 * Returns: %FALSE if there is no such command that waits for an answer
 *
 * Since: 1.0
 */
gboolean
vici_server_session_reply (ViciServerSession *self,
                           guint64            id,
                           ViciMessage       *reply)
{
  g_autoptr (ViciMessage) empty = NULL;

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), FALSE);
  g_return_val_if_fail (reply == NULL || VICI_IS_MESSAGE (reply), FALSE);

  if (reply == NULL)
    reply = empty = g_object_new (VICI_TYPE_MESSAGE, NULL);

  return answer_command (self, id, reply);
}

/**
 * vici_server_session_reply_unknown:
 * @self: a session
 * @id: number of a command
 *
 * Answers that there is no such command.
 *
 * Wire: `CMD_UNKNOWN`.
 *
 * Returns: %FALSE if there is no such command that waits for an answer
 *
 * Since: 1.0
 */
gboolean
vici_server_session_reply_unknown (ViciServerSession *self,
                                   guint64            id)
{
  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), FALSE);

  return answer_command (self, id, NULL);
}

/* Whether it can come to be that the client is registered, when the turn has
 * come. */
static gboolean
may_be_registered (ViciServerSession *self,
                   const char        *name)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  if (g_hash_table_contains (priv->registered, name))
    return TRUE;

  for (GList *link = priv->answers.head; link != NULL; link = link->next)
    {
      Answer *answer = link->data;

      if (answer->type == VICI_PACKET_EVENT_REGISTER && g_strcmp0 (answer->event, name) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * vici_server_session_send_event:
 * @self: a session
 * @id: number of the command that streams it; 0: none
 * @name: name of the event
 * @message: what it says
 *
 * Sends an event to the client if it has registered for it. What a command
 * streams is sent in the command's turn, and what counts then is whether the
 * client is registered at that point. A client that has registered twice gets it
 * twice, as it does from charon. Name and message must fit into a packet of
 * 512 KiB together.
 *
 * Wire: `EVENT`.
 *
 * Returns: whether it goes to the client, or may do so in its turn
 *
 * Since: 1.0
 */
gboolean
vici_server_session_send_event (ViciServerSession *self,
                                guint64            id,
                                const char        *name,
                                ViciMessage       *message)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  HeldEvent *event;
  Answer *answer;

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), FALSE);
  g_return_val_if_fail (vici_packet_check_name (name, NULL), FALSE);
  g_return_val_if_fail (VICI_IS_MESSAGE (message), FALSE);
  g_return_val_if_fail (vici_packet_check_size (name, message, NULL), FALSE);

  if (id == 0 || id == priv->first_id)
    return (id == 0 || lookup_command (self, id) != NULL) && append_event (self, name, message);

  answer = lookup_command (self, id);
  if (answer == NULL || !may_be_registered (self, name))
    return FALSE;

  event = g_new0 (HeldEvent, 1);
  event->name = g_strdup (name);
  event->message = g_object_ref (message);
  g_queue_push_tail (&answer->events, event);
  priv->held += held_event_size (name, message);

  return TRUE;
}

/* -- What comes in -- */

static Answer *
push_answer (ViciServerSession *self,
             ViciPacketType     type,
             char              *event,
             gsize              size)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  Answer *answer = g_new0 (Answer, 1);

  answer->type = type;
  answer->event = event;
  answer->size = size;
  priv->asked += size;
  g_queue_init (&answer->events);
  g_queue_push_tail (&priv->answers, answer);

  return answer;
}

/* A name that cannot be one is not known, whatever it holds. */
static char *
dup_name (const ViciPacket *packet)
{
  g_autofree char *name = g_strndup (packet->name, packet->name_length);

  if (strlen (name) != packet->name_length || !vici_packet_check_name (name, NULL))
    return NULL;

  return g_steal_pointer (&name);
}

static void
handle_registration (ViciServerSession *self,
                     const ViciPacket  *packet)
{
  push_answer (self, packet->type, dup_name (packet), packet->name_length)->answered = TRUE;
  advance (self);
}

static gboolean
handle_command (ViciServerSession *self,
                const ViciPacket  *packet,
                GError           **error)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  g_autofree char *name = dup_name (packet);
  g_autoptr (ViciMessage) request = NULL;
  guint64 id;

  if (!vici_message_check_encoding (packet->message, packet->message_length, error))
    return FALSE;

  push_answer (self, packet->type, NULL, packet->message_length);
  id = priv->first_id + priv->answers.length - 1;

  if (name == NULL)
    return answer_command (self, id, NULL);

  request = vici_message_new_copy (packet->message, packet->message_length,
                                   vici_command_is_secret (name));
  VICI_SERVER_SESSION_GET_CLASS (self)->command (self, id, name, request);

  return TRUE;
}

static gboolean
handle_packet (ViciServerSession *self,
               const guint8      *data,
               gsize              length,
               GError           **error)
{
  ViciPacket packet;

  if (!vici_packet_parse (&packet, data, length, error))
    return FALSE;

  switch (packet.type)
    {
    case VICI_PACKET_CMD_REQUEST:
      return handle_command (self, &packet, error);

    case VICI_PACKET_EVENT_REGISTER:
    case VICI_PACKET_EVENT_UNREGISTER:
      handle_registration (self, &packet);
      return TRUE;

    case VICI_PACKET_CMD_RESPONSE:
    case VICI_PACKET_CMD_UNKNOWN:
    case VICI_PACKET_EVENT_CONFIRM:
    case VICI_PACKET_EVENT_UNKNOWN:
    case VICI_PACKET_EVENT:
    default:
      g_set_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                   _("The peer sent a packet of type %u, which only a server sends"),
                   packet.type);
      return FALSE;
    }
}

/**
 * vici_server_session_receive_packet:
 * @self: a session
 * @data: (array length=length): bytes that arrived from the client
 * @length: how many they are
 * @error: return location for an error
 *
 * Tells the session what has arrived, for any cut of the client's bytes. It takes
 * no more than up to the end of the first packet that they complete; the caller
 * brings the rest again, when it wants to hear of another request.
 *
 * Fails with %VICI_ERROR_PROTOCOL for bytes that are not packets of a client, and
 * with %VICI_ERROR_MALFORMED for a packet whose message does not parse. The
 * client has to be left then.
 *
 * Must not be called from #ViciServerSessionClass.command().
 *
 * Returns: how many bytes were taken, or -1 on error
 *
 * Since: 1.0
 */
gssize
vici_server_session_receive_packet (ViciServerSession *self,
                                    const guint8      *data,
                                    gsize              length,
                                    GError           **error)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);
  gsize left = length;
  gboolean good = TRUE;
  GError *local_error = NULL;
  const guint8 *packet;
  gsize packet_length;

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (length <= G_MAXSSIZE, -1);
  g_return_val_if_fail (!priv->receiving, -1);

  /* Whoever hears of the command may let go of the session. */
  g_object_ref (self);
  priv->receiving = TRUE;

  if (vici_framer_take (&priv->framer, &data, &left, &packet, &packet_length, &local_error))
    good = handle_packet (self, packet, packet_length, &local_error);
  else
    good = local_error == NULL;

  /* Not when the next packet comes, which may be never: this one may have brought a
   * secret. */
  if (!vici_framer_has_unfinished (&priv->framer))
    vici_framer_clear (&priv->framer);

  priv->receiving = FALSE;
  g_object_unref (self);

  if (local_error != NULL)
    g_propagate_error (error, local_error);

  return good ? (gssize) (length - left) : -1;
}

/**
 * vici_server_session_get_pending:
 * @self: a session
 *
 * How many answers the client waits for.
 *
 * Returns: their number
 *
 * Since: 1.0
 */
guint
vici_server_session_get_pending (ViciServerSession *self)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), 0);

  return priv->answers.length;
}

/**
 * vici_server_session_get_pending_size:
 * @self: a session
 *
 * How much is in the requests that the client waits for answers to: what a server
 * keeps in memory for it.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
vici_server_session_get_pending_size (ViciServerSession *self)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), 0);

  return priv->asked;
}

/**
 * vici_server_session_has_unfinished:
 * @self: a session
 *
 * Whether a part of a packet has arrived, and not the rest.
 *
 * Returns: %TRUE if so
 *
 * Since: 1.0
 */
gboolean
vici_server_session_has_unfinished (ViciServerSession *self)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), FALSE);

  return vici_framer_has_unfinished (&priv->framer);
}

/**
 * vici_server_session_get_queued:
 * @self: a session
 *
 * How much waits for the client: what was not written, and what waits for its
 * turn.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
vici_server_session_get_queued (ViciServerSession *self)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), 0);

  return priv->out.length - priv->taken + priv->held;
}

/**
 * vici_server_session_get_output:
 * @self: a session
 * @length: (out): how many bytes there are
 *
 * What is to be written to the client now, in the memory of the session: valid
 * until any other function of the session is called.
 *
 * Returns: (array length=length) (nullable) (transfer none): the bytes
 *
 * Since: 1.0
 */
const guint8 *
vici_server_session_get_output (ViciServerSession *self,
                                gsize             *length)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  g_return_val_if_fail (VICI_IS_SERVER_SESSION (self), NULL);

  *length = priv->out.length - priv->taken;

  return *length > 0 ? priv->out.data + priv->taken : NULL;
}

/**
 * vici_server_session_take_output:
 * @self: a session
 * @length: how many bytes of vici_server_session_get_output() were written
 *
 * Tells the session what was written.
 *
 * Since: 1.0
 */
void
vici_server_session_take_output (ViciServerSession *self,
                                 gsize              length)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  g_return_if_fail (VICI_IS_SERVER_SESSION (self));
  g_return_if_fail (length <= priv->out.length - priv->taken);

  priv->taken += length;

  if (priv->taken == priv->out.length)
    vici_buffer_reset (&priv->out);
  else if (priv->taken > priv->out.length / 2)
    vici_buffer_drop (&priv->out, priv->taken);
  else
    return;

  priv->taken = 0;
}

static void
vici_server_session_finalize (GObject *object)
{
  ViciServerSessionPrivate *priv =
    vici_server_session_get_instance_private (VICI_SERVER_SESSION (object));

  vici_framer_clear (&priv->framer);
  g_queue_clear_full (&priv->answers, (GDestroyNotify) answer_free);
  g_hash_table_unref (priv->registered);
  vici_buffer_clear (&priv->out);

  G_OBJECT_CLASS (vici_server_session_parent_class)->finalize (object);
}

static void
vici_server_session_real_command (ViciServerSession *self,
                                  guint64            id,
                                  const char        *name,
                                  ViciMessage       *request)
{
  vici_server_session_reply_unknown (self, id);
}

static gboolean
vici_server_session_real_knows_event (ViciServerSession *self,
                                      const char        *name)
{
  return FALSE;
}

static void
vici_server_session_class_init (ViciServerSessionClass *klass)
{
  klass->command = vici_server_session_real_command;
  klass->knows_event = vici_server_session_real_knows_event;
  G_OBJECT_CLASS (klass)->finalize = vici_server_session_finalize;
}

static void
vici_server_session_init (ViciServerSession *self)
{
  ViciServerSessionPrivate *priv = vici_server_session_get_instance_private (self);

  g_queue_init (&priv->answers);
  priv->first_id = 1;
  priv->registered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
