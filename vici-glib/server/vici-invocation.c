/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-invocation-private.h"

#include <string.h>

#include "vici-builder.h"
#include "vici-i18n.h"
#include "vici-peer-private.h"

/**
 * SECTION:vici-invocation
 * @title: ViciInvocation
 * @short_description: A command that a client has called
 *
 * What a handler of #ViciServer::command is given: the command, its request, and
 * the way to answer. The answer may be given at once, or at any time later by
 * whoever has kept a reference. One that is dropped without an answer is answered
 * with a failure, so that no client waits for ever. (In a language that collects
 * garbage this may take its time.)
 *
 * |[<!-- language="C" -->
 * static gboolean
 * on_version (ViciServer     *server,
 *             ViciInvocation *invocation,
 *             gpointer        user_data)
 * {
 *   g_autoptr (ViciBuilder) builder = vici_builder_new ();
 *   g_autoptr (ViciMessage) reply = NULL;
 *
 *   vici_builder_add_string (builder, "daemon", "example");
 *   reply = vici_builder_end (builder, NULL);
 *   vici_invocation_return_message (invocation, reply);
 *
 *   return TRUE;
 * }
 * ]|
 *
 * Since: 1.0
 */

/**
 * ViciInvocation:
 *
 * A command that a client has called.
 *
 * Since: 1.0
 */
struct _ViciInvocation
{
  GObject      parent_instance;

  ViciPeer    *peer;            /* NULL in one that g_object_new() has made */
  guint64      id;
  char        *command;
  ViciMessage *request;
  gboolean     answered;
};

G_DEFINE_FINAL_TYPE (ViciInvocation, vici_invocation, G_TYPE_OBJECT)

/**
 * vici_invocation_get_command:
 * @self: an invocation
 *
 * The name of the command.
 *
 * Returns: (transfer none): the name
 *
 * Since: 1.0
 */
const char *
vici_invocation_get_command (ViciInvocation *self)
{
  g_return_val_if_fail (VICI_IS_INVOCATION (self), NULL);

  return self->command;
}

/**
 * vici_invocation_get_request:
 * @self: an invocation
 *
 * What the client has sent with the command.
 *
 * Returns: (transfer none): the request, which may be empty
 *
 * Since: 1.0
 */
ViciMessage *
vici_invocation_get_request (ViciInvocation *self)
{
  g_return_val_if_fail (VICI_IS_INVOCATION (self), NULL);

  return self->request;
}

/**
 * vici_invocation_get_peer:
 * @self: an invocation
 *
 * The client that called the command.
 *
 * Returns: (transfer none): the client
 *
 * Since: 1.0
 */
ViciPeer *
vici_invocation_get_peer (ViciInvocation *self)
{
  g_return_val_if_fail (VICI_IS_INVOCATION (self), NULL);

  return self->peer;
}

/**
 * vici_invocation_send_event:
 * @self: an invocation
 * @name: name of an event
 * @message: what it says
 *
 * Streams an event to the client, before the answer. It goes to this client
 * alone, and only if the client has registered for the event. One that streams
 * much heeds vici_peer_get_queued().
 *
 * Wire: `EVENT`.
 *
 * Returns: %FALSE if the client has not registered for it, or is gone: there is no
 *   use in more of it
 *
 * Since: 1.0
 */
gboolean
vici_invocation_send_event (ViciInvocation *self,
                            const char     *name,
                            ViciMessage    *message)
{
  g_return_val_if_fail (VICI_IS_INVOCATION (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (VICI_IS_MESSAGE (message), FALSE);
  g_return_val_if_fail (self->peer != NULL && !self->answered, FALSE);

  return vici_peer_send_event (self->peer, self->id, name, message);
}

static void
answer (ViciInvocation *self,
        ViciMessage    *reply)
{
  g_return_if_fail (self->peer != NULL && !self->answered);

  self->answered = TRUE;
  vici_peer_reply (self->peer, self->id, reply);
}

/**
 * vici_invocation_return_message:
 * @self: an invocation
 * @message: (nullable): the reply; %NULL for an empty one
 *
 * Answers the command. Does nothing to a client that is gone.
 *
 * Wire: `CMD_RESPONSE`.
 *
 * Since: 1.0
 */
void
vici_invocation_return_message (ViciInvocation *self,
                                ViciMessage    *message)
{
  g_autoptr (ViciMessage) empty = NULL;

  g_return_if_fail (VICI_IS_INVOCATION (self));
  g_return_if_fail (message == NULL || VICI_IS_MESSAGE (message));

  if (message == NULL)
    message = empty = g_object_new (VICI_TYPE_MESSAGE, NULL);

  answer (self, message);
}

static void
answer_success (ViciInvocation *self,
                gboolean        success,
                const char     *errmsg)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) reply = NULL;

  vici_builder_add_boolean (builder, "success", success);
  if (errmsg != NULL)
    vici_builder_add_string (builder, "errmsg", errmsg);
  reply = vici_builder_end (builder, NULL);

  answer (self, reply);
}

/**
 * vici_invocation_return_success:
 * @self: an invocation
 *
 * Answers the command with `success=yes`.
 *
 * Wire: `CMD_RESPONSE`.
 *
 * Since: 1.0
 */
void
vici_invocation_return_success (ViciInvocation *self)
{
  g_return_if_fail (VICI_IS_INVOCATION (self));

  answer_success (self, TRUE, NULL);
}

/**
 * vici_invocation_return_failure:
 * @self: an invocation
 * @errmsg: why, for people; at most 65535 bytes
 *
 * Answers the command with `success=no` and `errmsg`.
 *
 * Wire: `CMD_RESPONSE`.
 *
 * Since: 1.0
 */
void
vici_invocation_return_failure (ViciInvocation *self,
                                const char     *errmsg)
{
  g_return_if_fail (VICI_IS_INVOCATION (self));
  g_return_if_fail (errmsg != NULL && strlen (errmsg) <= G_MAXUINT16);

  answer_success (self, FALSE, errmsg);
}

gboolean
vici_invocation_is_answered (ViciInvocation *self)
{
  return self->answered;
}

void
vici_invocation_return_unknown (ViciInvocation *self)
{
  answer (self, NULL);
}

ViciInvocation *
vici_invocation_new (ViciPeer    *peer,
                     guint64      id,
                     const char  *command,
                     ViciMessage *request)
{
  ViciInvocation *self = g_object_new (VICI_TYPE_INVOCATION, NULL);

  self->peer = g_object_ref (peer);
  self->id = id;
  self->command = g_strdup (command);
  self->request = g_object_ref (request);

  return self;
}

static void
vici_invocation_dispose (GObject *object)
{
  ViciInvocation *self = VICI_INVOCATION (object);

  if (self->peer != NULL && !self->answered)
    answer_success (self, FALSE, _("The command was not answered"));

  G_OBJECT_CLASS (vici_invocation_parent_class)->dispose (object);
}

static void
vici_invocation_finalize (GObject *object)
{
  ViciInvocation *self = VICI_INVOCATION (object);

  g_clear_object (&self->peer);
  g_clear_object (&self->request);
  g_free (self->command);

  G_OBJECT_CLASS (vici_invocation_parent_class)->finalize (object);
}

static void
vici_invocation_class_init (ViciInvocationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vici_invocation_dispose;
  object_class->finalize = vici_invocation_finalize;
}

static void
vici_invocation_init (ViciInvocation *self)
{
}
