/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

#include "vici-buffer.h"
#include "vici-message.h"
#include "vici-wire.h"

G_BEGIN_DECLS

/* One packet as it lies in the bytes received. */
typedef struct
{
  ViciPacketType type;
  const char    *name;          /* not terminated; NULL: the type has none */
  gsize          name_length;
  const guint8  *message;
  gsize          message_length;
} ViciPacket;

gboolean vici_packet_parse      (ViciPacket    *packet,
                                 const guint8  *data,
                                 gsize          length,
                                 GError       **error);

/* Adds a packet, its length header included, to what is to be sent. The caller
 * has checked the name and the size. */
void     vici_packet_append     (ViciBuffer    *buffer,
                                 ViciPacketType type,
                                 const char    *name,
                                 ViciMessage   *message);

/* Whether the daemon would answer to a command or event of that name; it says
 * nothing at all to others. */
gboolean vici_packet_check_name (const char    *name,
                                 GError       **error);

gboolean vici_packet_check_size (const char    *name,
                                 ViciMessage   *message,
                                 GError       **error);

G_END_DECLS
