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

/* With these, the request says how much of the log is streamed. */
static const char *log_level_commands[] = {
  "initiate",
  "terminate",
};

/* They tell of keys and shared secrets no more than the names. */
static const char *read_only_commands[] = {
  "get-algorithms",
  "get-authorities",
  "get-conns",
  "get-counters",
  "get-keys",
  "get-pools",
  "get-shared",
  "list-authorities",
  "list-certs",
  "list-conns",
  "list-policies",
  "list-sas",
  "stats",
  "version",
};

static gboolean
is_among (const char        *command,
          const char * const commands[],
          gsize              n_commands)
{
  for (gsize i = 0; i < n_commands; i++)
    {
      if (strcmp (commands[i], command) == 0)
        return TRUE;
    }

  return FALSE;
}

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

const char *
vici_event_get_command (const char *event,
                        guint       n)
{
  for (gsize i = 0; i < G_N_ELEMENTS (streamed_commands); i++)
    {
      if (strcmp (streamed_commands[i].event, event) == 0 && n-- == 0)
        return streamed_commands[i].command;
    }

  return NULL;
}

gboolean
vici_command_is_secret (const char *command)
{
  return is_among (command, secret_commands, G_N_ELEMENTS (secret_commands));
}

gboolean
vici_command_has_log_level (const char *command)
{
  return is_among (command, log_level_commands, G_N_ELEMENTS (log_level_commands));
}

gboolean
vici_command_is_read_only (const char *command)
{
  return is_among (command, read_only_commands, G_N_ELEMENTS (read_only_commands));
}
