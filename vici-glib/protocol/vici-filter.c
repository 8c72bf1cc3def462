/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-filter.h"

#include <string.h>

#include "vici-buffer.h"
#include "vici-commands.h"
#include "vici-error.h"
#include "vici-framer.h"
#include "vici-i18n.h"
#include "vici-message-private.h"
#include "vici-packet.h"

/**
 * SECTION:vici-filter
 * @title: ViciFilter
 * @short_description: Lets some requests through, without I/O
 *
 * #ViciFilter stands between one client and the daemon, and passes on what is
 * allowed. It has no I/O of its own: bytes of both sides go in, and bytes for
 * both sides come out. `gvici proxy` is a filter between two streams for each of
 * its clients.
 *
 * To begin with, nothing is allowed. A request that is not is never seen by the
 * daemon; the client is answered that there is no such command or event, as an
 * older daemon would have it. That answer comes in its turn, behind those that the
 * client waits for from before.
 *
 * |[<!-- language="C" -->
 * vici_filter_allow_command (filter, "list-*");
 * vici_filter_allow_event (filter, "ike-updown");
 *
 * while ((n = read (client, buffer, sizeof buffer)) > 0)
 *   for (taken = 0; taken < n; taken += more)
 *     if ((more = vici_filter_receive_from_client (filter, buffer + taken, n - taken, &error)) < 0)
 *       goto leave_client;
 *
 * bytes = vici_filter_take_daemon_output (filter);
 * ]|
 *
 * A packet is passed on when all of it has arrived and was found to be one, and
 * then byte for byte. So the daemon gets nothing from a client but whole requests
 * whose messages parse. What the daemon sends is checked to be packets that the
 * client waits for; the messages in them are for the client to check, which would
 * be done twice otherwise, and for long lists at a price.
 *
 * The filter itself sets no limits. Its owner looks at vici_filter_get_pending(),
 * vici_filter_get_client_queued() and vici_filter_get_daemon_queued(), and stops
 * to read from a side while they are too much.
 *
 * Requests may carry secrets: the filter wipes what it holds of them before the
 * memory is freed, and so do the bytes that it hands out.
 *
 * A filter belongs to one thread at a time.
 *
 * Since: 1.0
 */

/* How a request says how much it wants of charon's log; what it gets if it does not;
 * and all. */
#define LOG_LEVEL_KEY "loglevel"
#define LOG_LEVEL_DEFAULT 1
#define LOG_LEVEL_MAX 4

/* What the client waits for. */
typedef enum
{
  /* From the daemon. */
  WAITING_REPLY = 1,
  WAITING_CONFIRMATION,
  /* From here. */
  WAITING_COMMAND_REFUSED,
  WAITING_EVENT_REFUSED
} Waiting;

/**
 * ViciFilter:
 *
 * Lets some requests through.
 *
 * Since: 1.0
 */
struct _ViciFilter
{
  GObject    parent_instance;

  GPtrArray *commands;          /* GPatternSpec: what is allowed */
  GPtrArray *events;
  gboolean   read_only;         /* so is what changes nothing */
  guint      max_log_level;
  char      *last_event;        /* of the daemon, and whether it is allowed; NULL: none as yet */
  gboolean   last_is_allowed;

  ViciFramer client_framer;
  ViciFramer daemon_framer;
  ViciBuffer client_output;
  ViciBuffer daemon_output;
  GQueue     waiting;           /* Waiting, oldest first; the first is for the daemon to answer */
  gboolean   receiving;
};

enum
{
  SIGNAL_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ViciFilter, vici_filter, G_TYPE_OBJECT)

/* -- What is allowed -- */

static gboolean
matches_any (GPtrArray  *patterns,
             const char *name)
{
  for (guint i = 0; i < patterns->len; i++)
    {
      if (g_pattern_spec_match_string (patterns->pdata[i], name))
        return TRUE;
    }

  return FALSE;
}

static gboolean
allows_command (ViciFilter *self,
                const char *name)
{
  return (self->read_only && vici_command_is_read_only (name)) ||
         matches_any (self->commands, name);
}

/* What a command streams goes to nobody but the client that calls it. */
static gboolean
allows_event (ViciFilter *self,
              const char *name)
{
  for (const char * const *command = vici_event_get_commands (name); *command != NULL; command++)
    {
      if (allows_command (self, *command))
        return TRUE;
    }

  return matches_any (self->events, name);
}

/* Whether this can only be read as a level that is allowed. charon has its own ways to
 * read a number: “0x4”, “ 4”, and larger ones cut to 32 bits. */
static gboolean
allows_log_level (ViciFilter            *self,
                  const ViciMessageIter *iter)
{
  gsize length;
  const guint8 *digit;

  if (vici_message_iter_get_element (iter) != VICI_ELEMENT_KEY_VALUE)
    return FALSE;

  digit = vici_message_iter_get_data (iter, &length);

  return length == 1 && *digit >= '0' && *digit <= '0' + self->max_log_level;
}

/* Of several, charon takes the first in the root section; here each has to be
 * allowed, wherever it is. */
static gboolean
allows_log_levels (ViciFilter       *self,
                   const ViciPacket *packet)
{
  g_autoptr (ViciMessage) request =
    vici_message_new_copy (packet->message, packet->message_length, TRUE);
  ViciMessageIter iter;

  vici_message_iter_init (&iter, request);
  while (vici_message_iter_next (&iter))
    {
      if (vici_message_iter_name_equals (&iter, LOG_LEVEL_KEY) && !allows_log_level (self, &iter))
        return FALSE;
    }

  return TRUE;
}

/* A name that the daemon would not answer to is refused, so that nobody waits. @key
 * is set to what is to blame in the message, where it is not the name. */
static gboolean
allows_packet (ViciFilter       *self,
               const ViciPacket *packet,
               const char      **key)
{
  g_autofree char *name = g_strndup (packet->name, packet->name_length);

  if (strlen (name) < packet->name_length || !vici_packet_check_name (name, NULL))
    return FALSE;

  if (packet->type != VICI_PACKET_CMD_REQUEST)
    return allows_event (self, name);

  if (!allows_command (self, name))
    return FALSE;

  if (!vici_command_has_log_level (name) || allows_log_levels (self, packet))
    return TRUE;

  *key = LOG_LEVEL_KEY;

  return FALSE;
}

/* What is streamed is one event over and over. */
static gboolean
is_last_event (ViciFilter       *self,
               const ViciPacket *packet)
{
  return self->last_event != NULL && strlen (self->last_event) == packet->name_length &&
         memcmp (self->last_event, packet->name, packet->name_length) == 0;
}

/* Whether the client could have registered for it. */
static gboolean
allows_daemon_event (ViciFilter       *self,
                     const ViciPacket *packet)
{
  const char *key;

  if (!is_last_event (self, packet))
    {
      g_free (self->last_event);
      self->last_event = g_strndup (packet->name, packet->name_length);
      self->last_is_allowed = allows_packet (self, packet, &key);
    }

  return self->last_is_allowed;
}

/* -- What goes out -- */

static void
pass_on (ViciBuffer   *output,
         const guint8 *packet,
         gsize         length)
{
  guint8 *to = vici_buffer_append (output, VICI_PACKET_HEADER + length);
  guint32 header = GUINT32_TO_BE ((guint32) length);

  memcpy (to, &header, VICI_PACKET_HEADER);
  memcpy (to + VICI_PACKET_HEADER, packet, length);
}

static Waiting
first_waiting (ViciFilter *self)
{
  return GPOINTER_TO_UINT (g_queue_peek_head (&self->waiting));
}

static void
push_waiting (ViciFilter *self,
              Waiting     waiting)
{
  g_queue_push_tail (&self->waiting, GUINT_TO_POINTER (waiting));
}

/* Answers what was refused and has its turn. */
static void
answer_refused (ViciFilter *self)
{
  while (first_waiting (self) >= WAITING_COMMAND_REFUSED)
    {
      gboolean is_command = first_waiting (self) == WAITING_COMMAND_REFUSED;

      vici_packet_append (&self->client_output,
                          is_command ? VICI_PACKET_CMD_UNKNOWN : VICI_PACKET_EVENT_UNKNOWN,
                          NULL, NULL);
      g_queue_pop_head (&self->waiting);
    }
}

/* -- What the client sends -- */

static gboolean
set_wrong_side (const ViciPacket *packet,
                GError          **error)
{
  g_set_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
               _("The peer sent a packet of type %u, which is not for its side to send"),
               packet->type);

  return FALSE;
}

static gboolean
check_request (const ViciPacket *packet,
               GError          **error)
{
  switch (packet->type)
    {
    case VICI_PACKET_CMD_REQUEST:
      return vici_message_check_encoding (packet->message, packet->message_length, error);

    case VICI_PACKET_EVENT_REGISTER:
    case VICI_PACKET_EVENT_UNREGISTER:
      return TRUE;

    case VICI_PACKET_CMD_RESPONSE:
    case VICI_PACKET_CMD_UNKNOWN:
    case VICI_PACKET_EVENT_CONFIRM:
    case VICI_PACKET_EVENT_UNKNOWN:
    case VICI_PACKET_EVENT:
    default:
      return set_wrong_side (packet, error);
    }
}

/* For people: names hold anything, and this one goes into a log. */
static char *
escape_name (const ViciPacket *packet)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < packet->name_length; i++)
    {
      if (g_ascii_isprint (packet->name[i]) && packet->name[i] != '\\')
        g_string_append_c (text, packet->name[i]);
      else
        g_string_append_printf (text, "\\%03o", (guint8) packet->name[i]);
    }

  return g_string_free (text, FALSE);
}

static void
refuse (ViciFilter       *self,
        const ViciPacket *packet,
        const char       *key)
{
  gboolean is_event = packet->type != VICI_PACKET_CMD_REQUEST;
  g_autofree char *name = escape_name (packet);

  push_waiting (self, is_event ? WAITING_EVENT_REFUSED : WAITING_COMMAND_REFUSED);
  answer_refused (self);
  g_signal_emit (self, signals[SIGNAL_REFUSED], 0, name, is_event, key);
}

static gboolean
handle_client (ViciFilter   *self,
               const guint8 *data,
               gsize         length,
               GError      **error)
{
  ViciPacket packet;
  const char *key = NULL;

  if (!vici_packet_parse (&packet, data, length, error) || !check_request (&packet, error))
    return FALSE;

  if (!allows_packet (self, &packet, &key))
    {
      refuse (self, &packet, key);
      return TRUE;
    }

  push_waiting (self, packet.type == VICI_PACKET_CMD_REQUEST ? WAITING_REPLY
                                                             : WAITING_CONFIRMATION);
  pass_on (&self->daemon_output, data, length);

  return TRUE;
}

/* -- What the daemon sends -- */

static gboolean
take_answer (ViciFilter *self,
             Waiting     waiting,
             GError    **error)
{
  if (first_waiting (self) == waiting)
    {
      g_queue_pop_head (&self->waiting);
      return TRUE;
    }

  g_set_error_literal (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                       _("The daemon answered what it was not asked"));

  return FALSE;
}

static gboolean
check_answer (ViciFilter       *self,
              const ViciPacket *packet,
              GError          **error)
{
  switch (packet->type)
    {
    case VICI_PACKET_EVENT:
      return TRUE;

    case VICI_PACKET_CMD_RESPONSE:
    case VICI_PACKET_CMD_UNKNOWN:
      return take_answer (self, WAITING_REPLY, error);

    case VICI_PACKET_EVENT_CONFIRM:
    case VICI_PACKET_EVENT_UNKNOWN:
      return take_answer (self, WAITING_CONFIRMATION, error);

    case VICI_PACKET_CMD_REQUEST:
    case VICI_PACKET_EVENT_REGISTER:
    case VICI_PACKET_EVENT_UNREGISTER:
    default:
      return set_wrong_side (packet, error);
    }
}

static gboolean
handle_daemon (ViciFilter   *self,
               const guint8 *data,
               gsize         length,
               GError      **error)
{
  ViciPacket packet;

  if (!vici_packet_parse (&packet, data, length, error) || !check_answer (self, &packet, error))
    return FALSE;

  /* The daemon has no reason to send others. */
  if (packet.type == VICI_PACKET_EVENT && !allows_daemon_event (self, &packet))
    return TRUE;

  pass_on (&self->client_output, data, length);
  answer_refused (self);

  return TRUE;
}

/* -- The public functions -- */

/**
 * vici_filter_new:
 *
 * Creates a filter that lets nothing through.
 *
 * Returns: (transfer full): the filter
 *
 * Since: 1.0
 */
ViciFilter *
vici_filter_new (void)
{
  return g_object_new (VICI_TYPE_FILTER, NULL);
}

static void
forget_last_event (ViciFilter *self)
{
  g_clear_pointer (&self->last_event, g_free);
}

static void
add_pattern (ViciFilter *self,
             GPtrArray  *patterns,
             const char *pattern)
{
  g_ptr_array_add (patterns, g_pattern_spec_new (pattern));
  forget_last_event (self);
}

/**
 * vici_filter_allow_command:
 * @self: a filter
 * @pattern: names of commands; `*` stands for any characters, `?` for one
 *
 * Lets commands through, from now on, and the registrations for the events that
 * they stream: `list-sa` with `list-sas`, `control-log` with `initiate`. The daemon
 * sends such an event only to the client that has called the command.
 *
 * With `initiate` and `terminate` a request can say how much of the log is streamed,
 * in `loglevel`. At level 4 this is the pre-shared key and all keys of the IKE_SA and
 * the CHILD_SA, and at level 3 what the peers have sent to each other, decrypted. So
 * a request for more than vici_filter_set_max_log_level() says is refused, as is one
 * whose level is not a single digit.
 *
 * Since: 1.0
 */
void
vici_filter_allow_command (ViciFilter *self,
                           const char *pattern)
{
  g_return_if_fail (VICI_IS_FILTER (self));
  g_return_if_fail (pattern != NULL);

  add_pattern (self, self->commands, pattern);
}

/**
 * vici_filter_allow_event:
 * @self: a filter
 * @pattern: names of events; `*` stands for any characters, `?` for one
 *
 * Lets clients register for events, from now on, and unregister. Whatever events the
 * daemon sends besides are dropped.
 *
 * Since: 1.0
 */
void
vici_filter_allow_event (ViciFilter *self,
                         const char *pattern)
{
  g_return_if_fail (VICI_IS_FILTER (self));
  g_return_if_fail (pattern != NULL);

  add_pattern (self, self->events, pattern);
}

/**
 * vici_filter_allow_read_only:
 * @self: a filter
 *
 * Lets those of strongSwan’s commands through that change nothing: `version`,
 * `stats`, and all whose names begin with `list-` or `get-`. None of them tells a
 * secret. With them come the events that they stream, and no others.
 *
 * The commands are named one by one: one that a later strongSwan adds is not
 * among them.
 *
 * Since: 1.0
 */
void
vici_filter_allow_read_only (ViciFilter *self)
{
  g_return_if_fail (VICI_IS_FILTER (self));

  self->read_only = TRUE;
  forget_last_event (self);
}

/**
 * vici_filter_set_max_log_level:
 * @self: a filter
 * @level: a level of charon’s log, from 1 to 4
 *
 * Sets how much of the log a request may ask for, in `loglevel`; 1 to begin with,
 * which is what the daemon sends to those who do not ask. Levels 3 and 4 tell
 * secrets; see vici_filter_allow_command().
 *
 * Since: 1.0
 */
void
vici_filter_set_max_log_level (ViciFilter *self,
                               guint       level)
{
  g_return_if_fail (VICI_IS_FILTER (self));
  g_return_if_fail (level >= LOG_LEVEL_DEFAULT && level <= LOG_LEVEL_MAX);

  self->max_log_level = level;
}

typedef gboolean (*HandleFunc) (ViciFilter   *self,
                                const guint8 *data,
                                gsize         length,
                                GError      **error);

static gssize
receive (ViciFilter   *self,
         ViciFramer   *framer,
         HandleFunc    handle,
         const guint8 *data,
         gsize         length,
         GError      **error)
{
  gsize left = length;
  gboolean good;
  GError *local_error = NULL;
  const guint8 *packet;
  gsize packet_length;

  /* Whoever hears of a refusal may let go of the filter. */
  g_object_ref (self);
  self->receiving = TRUE;

  if (vici_framer_take (framer, &data, &left, &packet, &packet_length, &local_error))
    good = handle (self, packet, packet_length, &local_error);
  else
    good = local_error == NULL;

  /* Not when the next packet comes, which may be never. */
  if (!vici_framer_has_unfinished (framer))
    vici_framer_clear (framer);

  self->receiving = FALSE;
  g_object_unref (self);

  if (local_error != NULL)
    g_propagate_error (error, local_error);

  return good ? (gssize) (length - left) : -1;
}

/**
 * vici_filter_receive_from_client:
 * @self: a filter
 * @data: (array length=length): bytes that arrived from the client
 * @length: how many they are
 * @error: return location for an error
 *
 * Tells the filter what has arrived from the client, for any cut of its bytes. It
 * takes no more than up to the end of the first packet that they complete; the
 * caller brings the rest again.
 *
 * Fails with %VICI_ERROR_PROTOCOL for bytes that are not packets of a client, and
 * with %VICI_ERROR_MALFORMED for a request whose message does not parse, allowed
 * or not. The client has to be left then. What it asked before may still be
 * written and answered.
 *
 * Must not be called from a handler of #ViciFilter::refused.
 *
 * Returns: how many bytes were taken, or -1 on error
 *
 * Since: 1.0
 */
gssize
vici_filter_receive_from_client (ViciFilter   *self,
                                 const guint8 *data,
                                 gsize         length,
                                 GError      **error)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (length <= G_MAXSSIZE, -1);
  g_return_val_if_fail (!self->receiving, -1);

  return receive (self, &self->client_framer, handle_client, data, length, error);
}

/**
 * vici_filter_receive_from_daemon:
 * @self: a filter
 * @data: (array length=length): bytes that arrived from the daemon
 * @length: how many they are
 * @error: return location for an error
 *
 * Tells the filter what has arrived from the daemon, in the same way.
 *
 * Fails with %VICI_ERROR_PROTOCOL for bytes that are not packets of a daemon, and
 * for an answer to which there is no question: the oldest that is not answered
 * was none, or one of another kind. Both sides have to be left then.
 *
 * Must not be called from a handler of #ViciFilter::refused.
 *
 * Returns: how many bytes were taken, or -1 on error
 *
 * Since: 1.0
 */
gssize
vici_filter_receive_from_daemon (ViciFilter   *self,
                                 const guint8 *data,
                                 gsize         length,
                                 GError      **error)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), -1);
  g_return_val_if_fail (data != NULL || length == 0, -1);
  g_return_val_if_fail (length <= G_MAXSSIZE, -1);
  g_return_val_if_fail (!self->receiving, -1);

  return receive (self, &self->daemon_framer, handle_daemon, data, length, error);
}

static GBytes *
take_output (ViciBuffer *output)
{
  return output->length > 0 ? vici_buffer_end (output) : NULL;
}

/**
 * vici_filter_take_client_output:
 * @self: a filter
 *
 * Hands out what is to be written to the client: all that there is, in whole
 * packets.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL where there are none
 *
 * Since: 1.0
 */
GBytes *
vici_filter_take_client_output (ViciFilter *self)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), NULL);

  return take_output (&self->client_output);
}

/**
 * vici_filter_take_daemon_output:
 * @self: a filter
 *
 * Hands out what is to be written to the daemon: all that there is, in whole
 * packets. The bytes are wiped when the last reference to them goes.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL where there are none
 *
 * Since: 1.0
 */
GBytes *
vici_filter_take_daemon_output (ViciFilter *self)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), NULL);

  return take_output (&self->daemon_output);
}

/**
 * vici_filter_get_client_queued:
 * @self: a filter
 *
 * How much vici_filter_take_client_output() would hand out.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
vici_filter_get_client_queued (ViciFilter *self)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), 0);

  return self->client_output.length;
}

/**
 * vici_filter_get_daemon_queued:
 * @self: a filter
 *
 * How much vici_filter_take_daemon_output() would hand out.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
vici_filter_get_daemon_queued (ViciFilter *self)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), 0);

  return self->daemon_output.length;
}

/**
 * vici_filter_get_pending:
 * @self: a filter
 *
 * How many answers the client waits for, of the daemon or behind one of the
 * daemon.
 *
 * Returns: their number
 *
 * Since: 1.0
 */
guint
vici_filter_get_pending (ViciFilter *self)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), 0);

  return self->waiting.length;
}

/**
 * vici_filter_has_unfinished:
 * @self: a filter
 *
 * Whether a part of a packet has arrived from the client, and not the rest.
 *
 * Returns: %TRUE if so
 *
 * Since: 1.0
 */
gboolean
vici_filter_has_unfinished (ViciFilter *self)
{
  g_return_val_if_fail (VICI_IS_FILTER (self), FALSE);

  return vici_framer_has_unfinished (&self->client_framer);
}

static void
vici_filter_finalize (GObject *object)
{
  ViciFilter *self = VICI_FILTER (object);

  g_ptr_array_unref (self->commands);
  g_ptr_array_unref (self->events);
  vici_framer_clear (&self->client_framer);
  vici_framer_clear (&self->daemon_framer);
  vici_buffer_clear (&self->client_output);
  vici_buffer_clear (&self->daemon_output);
  g_queue_clear (&self->waiting);
  g_free (self->last_event);

  G_OBJECT_CLASS (vici_filter_parent_class)->finalize (object);
}

static void
vici_filter_class_init (ViciFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_filter_finalize;

  /**
   * ViciFilter::refused:
   * @self: the filter
   * @name: of the command or event; bytes that are not printable ASCII, and the
   *   backslash, are written as a backslash and three octal digits
   * @is_event: whether it is an event
   * @key: (nullable): what is to blame in the request, where the command as such is
   *   allowed: `loglevel`
   *
   * Something that is not allowed was asked for, and is not passed on.
   *
   * Since: 1.0
   */
  signals[SIGNAL_REFUSED] =
    g_signal_new ("refused", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_STRING);
}

static void
vici_filter_init (ViciFilter *self)
{
  self->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) g_pattern_spec_free);
  g_queue_init (&self->waiting);
  self->max_log_level = LOG_LEVEL_DEFAULT;
}
