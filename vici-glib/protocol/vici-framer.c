/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-framer.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-wire.h"

void
vici_framer_clear (ViciFramer *self)
{
  vici_buffer_clear (&self->kept);
  self->handed_out = FALSE;
}

gboolean
vici_framer_has_unfinished (const ViciFramer *self)
{
  return self->kept.length > 0 && !self->handed_out;
}

static gboolean
read_header (const guint8 *header,
             gsize        *length,
             GError      **error)
{
  gsize value = (gsize) header[0] << 24 | (gsize) header[1] << 16 |
                (gsize) header[2] << 8 | header[3];

  if (value == 0)
    {
      g_set_error_literal (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                           _("The peer sent an empty packet"));
      return FALSE;
    }

  if (value > VICI_PACKET_MAX)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL,
                   _("The peer announced a packet of %zu bytes; the limit is %d"),
                   value, VICI_PACKET_MAX);
      return FALSE;
    }

  *length = value;

  return TRUE;
}

/* Moves bytes over until @wanted are kept. Memory follows what has arrived and
 * not what a header announces. */
static gboolean
keep (ViciFramer    *self,
      gsize          wanted,
      const guint8 **data,
      gsize         *length)
{
  gsize taken = MIN (wanted - self->kept.length, *length);

  memcpy (vici_buffer_append (&self->kept, taken), *data, taken);
  *data += taken;
  *length -= taken;

  return self->kept.length == wanted;
}

gboolean
vici_framer_take (ViciFramer    *self,
                  const guint8 **data,
                  gsize         *length,
                  const guint8 **packet,
                  gsize         *packet_length,
                  GError       **error)
{
  gsize body;

  if (self->handed_out)
    {
      self->handed_out = FALSE;
      vici_buffer_reset (&self->kept);
    }

  if (*length == 0)
    return FALSE;

  if (self->kept.length == 0 && *length >= VICI_PACKET_HEADER)
    {
      if (!read_header (*data, &body, error))
        return FALSE;

      if (*length - VICI_PACKET_HEADER >= body)
        {
          *packet = *data + VICI_PACKET_HEADER;
          *packet_length = body;
          *data += VICI_PACKET_HEADER + body;
          *length -= VICI_PACKET_HEADER + body;
          return TRUE;
        }
    }

  if (self->kept.length < VICI_PACKET_HEADER &&
      !keep (self, VICI_PACKET_HEADER, data, length))
    return FALSE;

  if (!read_header (self->kept.data, &body, error) ||
      !keep (self, VICI_PACKET_HEADER + body, data, length))
    return FALSE;

  *packet = self->kept.data + VICI_PACKET_HEADER;
  *packet_length = body;
  self->handed_out = TRUE;

  return TRUE;
}
