/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The numbers of the protocol document. */

/* Largest packet, without the four bytes of its length header. */
#define VICI_PACKET_MAX (512 * 1024)

/* Bytes of the length header that precedes every packet. */
#define VICI_PACKET_HEADER 4

/* Largest message: what the largest packet leaves behind the shortest packet
 * header that a message can follow, the type byte of a response. */
#define VICI_MESSAGE_MAX (VICI_PACKET_MAX - 1)

#define VICI_NAME_MAX 255
#define VICI_VALUE_MAX 65535

typedef enum
{
  VICI_PACKET_CMD_REQUEST = 0,
  VICI_PACKET_CMD_RESPONSE = 1,
  VICI_PACKET_CMD_UNKNOWN = 2,
  VICI_PACKET_EVENT_REGISTER = 3,
  VICI_PACKET_EVENT_UNREGISTER = 4,
  VICI_PACKET_EVENT_CONFIRM = 5,
  VICI_PACKET_EVENT_UNKNOWN = 6,
  VICI_PACKET_EVENT = 7
} ViciPacketType;

G_END_DECLS
