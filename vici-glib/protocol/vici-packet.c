/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-packet.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-message-private.h"

static gboolean
has_name (ViciPacketType type)
{
  return type == VICI_PACKET_CMD_REQUEST ||
         type == VICI_PACKET_EVENT_REGISTER ||
         type == VICI_PACKET_EVENT_UNREGISTER ||
         type == VICI_PACKET_EVENT;
}

static gboolean
has_message (ViciPacketType type)
{
  return type == VICI_PACKET_CMD_REQUEST ||
         type == VICI_PACKET_CMD_RESPONSE ||
         type == VICI_PACKET_EVENT;
}

gboolean
vici_packet_parse (ViciPacket   *packet,
                   const guint8 *data,
                   gsize         length,
                   GError      **error)
{
  const guint8 *end = data + length;

  *packet = (ViciPacket) { .type = *data++ };

  if (packet->type > VICI_PACKET_EVENT)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                   _("The peer sent a packet of the unknown type %u"), packet->type);
      return FALSE;
    }

  if (has_name (packet->type))
    {
      if (data == end || *data > end - data - 1)
        {
          g_set_error_literal (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                               _("The peer sent a packet that is shorter than its name"));
          return FALSE;
        }

      packet->name_length = *data++;
      packet->name = (const char *) data;
      data += packet->name_length;
    }

  if (!has_message (packet->type) && data != end)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                   _("The peer sent a packet of type %u with more in it than belongs there"),
                   packet->type);
      return FALSE;
    }

  packet->message = data;
  packet->message_length = (gsize) (end - data);

  return TRUE;
}

static gsize
packet_size (const char  *name,
             gsize        name_length,
             ViciMessage *message)
{
  return 1 + (name != NULL ? 1 + name_length : 0) + (message != NULL ? message->length : 0);
}

void
vici_packet_append (ViciBuffer    *buffer,
                    ViciPacketType type,
                    const char    *name,
                    ViciMessage   *message)
{
  gsize name_length = name != NULL ? strlen (name) : 0;
  gsize size = packet_size (name, name_length, message);
  guint8 *out = vici_buffer_append (buffer, VICI_PACKET_HEADER + size);

  *out++ = (guint8) (size >> 24);
  *out++ = (guint8) (size >> 16);
  *out++ = (guint8) (size >> 8);
  *out++ = (guint8) size;
  *out++ = (guint8) type;
  if (name != NULL)
    {
      *out++ = (guint8) name_length;
      memcpy (out, name, name_length);
      out += name_length;
    }

  if (message != NULL)
    memcpy (out, message->data, message->length);
}

gboolean
vici_packet_check_name (const char *name,
                        GError    **error)
{
  gsize length = strlen (name);

  if (length == 0)
    {
      g_set_error_literal (error, VICI_ERROR, VICI_ERROR_INVALID,
                           _("A command or event must have a name"));
      return FALSE;
    }

  if (length > VICI_NAME_MAX)
    {
      g_autofree char *start = g_strndup (name, 32);
      g_autofree char *escaped = g_strescape (start, NULL);

      g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
                   _("The name “%s…” has %zu bytes; the limit is %d"),
                   escaped, length, VICI_NAME_MAX);
      return FALSE;
    }

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isprint (name[i]))
        {
          g_autofree char *escaped = g_strescape (name, NULL);

          g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                       _("The name “%s” is not printable ASCII"), escaped);
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
vici_packet_check_size (const char  *name,
                        ViciMessage *message,
                        GError     **error)
{
  gsize size = packet_size (name, strlen (name), message);

  if (size <= VICI_PACKET_MAX)
    return TRUE;

  g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
               _("The request “%s” makes a packet of %zu bytes; the limit is %d"),
               name, size, VICI_PACKET_MAX);

  return FALSE;
}
