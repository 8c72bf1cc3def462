/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-commands.h"

#include <string.h>

static const struct
{
  const char *command;
  const char *event;
} streamed_commands[] = {
  { "initiate", "control-log" },
  { "list-authorities", "list-authority" },
  { "list-certs", "list-cert" },
  { "list-conns", "list-conn" },
  { "list-policies", "list-policy" },
  { "list-sas", "list-sa" },
  { "terminate", "control-log" },
};

static const char *secret_commands[] = {
  "load-key",
  "load-shared",
  "load-token",
};

const char *
vici_command_get_stream_event (const char *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (streamed_commands); i++)
    {
      if (strcmp (streamed_commands[i].command, command) == 0)
        return streamed_commands[i].event;
    }

  return NULL;
}

gboolean
vici_command_is_secret (const char *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (secret_commands); i++)
    {
      if (strcmp (secret_commands[i], command) == 0)
        return TRUE;
    }

  return FALSE;
}
