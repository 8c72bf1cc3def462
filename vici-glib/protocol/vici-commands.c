/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-commands.h"

#include "vici-info-private.h"

const char *
vici_command_get_stream_event (const char *command)
{
  const ViciCommandInfo *info = vici_command_info_lookup (command);

  return info ? info->stream_event : NULL;
}

const char * const *
vici_event_get_commands (const char *event)
{
  static const char * const none[] = { NULL };
  const ViciEventInfo *info = vici_event_info_lookup (event);

  return info ? info->commands : none;
}

gboolean
vici_command_is_secret (const char *command)
{
  const ViciCommandInfo *info = vici_command_info_lookup (command);

  return info != NULL && vici_command_info_is_secret (info);
}

gboolean
vici_command_has_log_level (const char *command)
{
  const ViciCommandInfo *info = vici_command_info_lookup (command);

  return info != NULL && vici_key_info_lookup_key (&info->arguments, "loglevel") != NULL;
}

gboolean
vici_command_is_read_only (const char *command)
{
  const ViciCommandInfo *info = vici_command_info_lookup (command);

  return info != NULL && info->read_only;
}
