/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz-peer.h"

#include <string.h>

const char * const fuzz_event_names[FUZZ_N_EVENTS] = { "a", "b", "ab", "list-sa" };

void
fuzz_peer_init (FuzzPeer *self)
{
  *self = (FuzzPeer) { .honest = TRUE };
  self->requests = g_array_new (FALSE, FALSE, sizeof (FuzzRequest));
  self->answers = g_byte_array_new ();
}

void
fuzz_peer_clear (FuzzPeer *self)
{
  g_array_unref (self->requests);
  g_byte_array_unref (self->answers);
}

guint
fuzz_find_event (const guint8 *name,
                 gsize         length)
{
  guint event = 0;

  while (strlen (fuzz_event_names[event]) != length ||
         memcmp (fuzz_event_names[event], name, length) != 0)
    g_assert_cmpuint (++event, <, FUZZ_N_EVENTS);

  return event;
}

/* -- What it is asked -- */

gsize
fuzz_peer_read (FuzzPeer     *self,
                const guint8 *data,
                gsize         size,
                FuzzRequest  *request)
{
  const guint8 *name = data + 6;
  gsize length;

  g_assert_cmpuint (size, >=, 6);
  length = (gsize) data[2] << 8 | data[3];
  g_assert_cmpuint (data[0] + data[1], ==, 0);
  g_assert_cmpuint (length + 4, <=, size);
  g_assert_cmpuint (length, ==, 2 + data[5]);

  self->offered += length + 4;
  *request = (FuzzRequest) { .type = data[4], .end = self->offered };

  if (request->type == VICI_PACKET_CMD_REQUEST)
    {
      g_autofree char *text = g_strndup ((const char *) name, data[5]);

      request->number = (guint) g_ascii_strtoull (text, NULL, 10);
      self->in_flight++;
    }
  else
    request->event = fuzz_find_event (name, data[5]);

  g_array_append_val (self->requests, *request);

  return length + 4;
}

const FuzzRequest *
fuzz_peer_get_command (FuzzPeer *self)
{
  const FuzzRequest *first;

  if (self->requests->len == 0)
    return NULL;

  first = &g_array_index (self->requests, FuzzRequest, 0);

  return first->type == VICI_PACKET_CMD_REQUEST ? first : NULL;
}

/* -- What it says -- */

static void
append_packet (GByteArray    *out,
               ViciPacketType type,
               const char    *name,
               guint          number)
{
  char value[16];
  guint8 value_length = (guint8) g_snprintf (value, sizeof value, "%u", number);
  guint8 name_length = name != NULL ? (guint8) strlen (name) : 0;
  guint8 header[] = { 0, 0, 0, 1, (guint8) type };
  guint8 key[] = { 3, 1, 'n', 0, value_length };

  if (name != NULL)
    header[3] += 1 + name_length;
  if (type == VICI_PACKET_CMD_RESPONSE || type == VICI_PACKET_EVENT)
    header[3] += sizeof key + value_length;

  g_byte_array_append (out, header, sizeof header);
  if (name != NULL)
    {
      g_byte_array_append (out, &name_length, 1);
      g_byte_array_append (out, (const guint8 *) name, name_length);
    }
  if (type == VICI_PACKET_CMD_RESPONSE || type == VICI_PACKET_EVENT)
    {
      g_byte_array_append (out, key, sizeof key);
      g_byte_array_append (out, (const guint8 *) value, value_length);
    }
}

gboolean
fuzz_peer_answer (FuzzPeer *self,
                  gboolean  refuse)
{
  FuzzRequest request;
  ViciPacketType type;

  if (self->requests->len == 0)
    return FALSE;

  request = g_array_index (self->requests, FuzzRequest, 0);
  if (request.end > self->arrived)
    return FALSE;

  g_array_remove_index (self->requests, 0);

  switch (request.type)
    {
    case VICI_PACKET_CMD_REQUEST:
      type = refuse ? VICI_PACKET_CMD_UNKNOWN : VICI_PACKET_CMD_RESPONSE;
      self->in_flight--;
      break;

    case VICI_PACKET_EVENT_REGISTER:
      g_assert_false (self->honest && self->registered[request.event]);
      self->registered[request.event] = !refuse;
      type = refuse ? VICI_PACKET_EVENT_UNKNOWN : VICI_PACKET_EVENT_CONFIRM;
      break;

    case VICI_PACKET_EVENT_UNREGISTER:
      type = self->registered[request.event] ? VICI_PACKET_EVENT_CONFIRM
                                             : VICI_PACKET_EVENT_UNKNOWN;
      self->registered[request.event] = FALSE;
      break;

    case VICI_PACKET_CMD_RESPONSE:
    case VICI_PACKET_CMD_UNKNOWN:
    case VICI_PACKET_EVENT_CONFIRM:
    case VICI_PACKET_EVENT_UNKNOWN:
    case VICI_PACKET_EVENT:
    default:
      g_assert_not_reached ();
    }

  append_packet (self->answers, type, NULL, request.number);

  return TRUE;
}

gboolean
fuzz_peer_emit (FuzzPeer *self,
                guint     event)
{
  if (!self->registered[event])
    return FALSE;

  append_packet (self->answers, VICI_PACKET_EVENT, fuzz_event_names[event], self->emitted++);

  return TRUE;
}

void
fuzz_peer_add_junk (FuzzPeer     *self,
                    const guint8 *data,
                    gsize         size)
{
  g_byte_array_append (self->answers, data, (guint) size);
  self->honest = FALSE;
}

void
fuzz_peer_add_packet (FuzzPeer      *self,
                      ViciPacketType type,
                      guint          event)
{
  gboolean named = type == VICI_PACKET_EVENT || type == VICI_PACKET_CMD_REQUEST;

  append_packet (self->answers, type, named ? fuzz_event_names[event] : NULL, event);
  self->honest = FALSE;
}
