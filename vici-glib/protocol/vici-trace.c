/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-trace.h"

#include <string.h>

#include "vici-commands.h"
#include "vici-message-private.h"

gboolean vici_trace_enabled;

static const char *
packet_name (ViciPacketType type)
{
  static const char *names[] = {
    [VICI_PACKET_CMD_REQUEST] = "CMD_REQUEST",
    [VICI_PACKET_CMD_RESPONSE] = "CMD_RESPONSE",
    [VICI_PACKET_CMD_UNKNOWN] = "CMD_UNKNOWN",
    [VICI_PACKET_EVENT_REGISTER] = "EVENT_REGISTER",
    [VICI_PACKET_EVENT_UNREGISTER] = "EVENT_UNREGISTER",
    [VICI_PACKET_EVENT_CONFIRM] = "EVENT_CONFIRM",
    [VICI_PACKET_EVENT_UNKNOWN] = "EVENT_UNKNOWN",
    [VICI_PACKET_EVENT] = "EVENT",
  };

  return names[type];
}

void
vici_trace_init (void)
{
  const GDebugKey keys[] = { { "packets", 1 } };

  vici_trace_enabled = g_parse_debug_string (g_getenv ("VICI_DEBUG"), keys, G_N_ELEMENTS (keys)) != 0;
}

void
vici_trace_request (const char  *command,
                    ViciMessage *request)
{
  g_autofree char *text = NULL;

  if (request == NULL)
    text = g_strdup ("{}");
  else if (vici_command_is_secret (command) || vici_message_is_sensitive (request))
    text = g_strdup ("(hidden)");
  else
    text = vici_message_to_string (request, VICI_PRINT_NONE);

  g_debug ("→ CMD_REQUEST %s %s", command, text);
}

void
vici_trace_received (const ViciPacket *packet)
{
  g_autoptr (GBytes) bytes = g_bytes_new (packet->message, packet->message_length);
  g_autoptr (ViciMessage) message = vici_message_new_from_bytes (bytes, NULL);
  g_autofree char *text = message ? vici_message_to_string (message, VICI_PRINT_NONE)
                                  : g_strdup ("(malformed)");
  g_autofree char *name = g_strndup (packet->name ? packet->name : "", packet->name_length);
  g_autofree char *escaped = g_strescape (name, NULL);

  g_debug ("← %s %s %s", packet_name (packet->type), escaped, text);
}
