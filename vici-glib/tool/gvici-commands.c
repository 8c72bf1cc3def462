/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-commands.h"

#include <string.h>

/* What strongSwan has, for the help text and to keep secrets. A command that is
 * not here is called all the same. */
static const struct
{
  const char *name;
  gboolean    secret;
} commands[] = {
  { "clear-creds" },
  { "flush-certs" },
  { "get-algorithms" },
  { "get-authorities" },
  { "get-conns" },
  { "get-counters" },
  { "get-keys" },
  { "get-pools" },
  { "get-shared" },
  { "initiate" },
  { "install" },
  { "list-authorities" },
  { "list-certs" },
  { "list-conns" },
  { "list-policies" },
  { "list-sas" },
  { "load-authority" },
  { "load-cert" },
  { "load-conn" },
  { "load-key", TRUE },
  { "load-pool" },
  { "load-shared", TRUE },
  { "load-token", TRUE },
  { "redirect" },
  { "rekey" },
  { "reload-settings" },
  { "reset-counters" },
  { "stats" },
  { "terminate" },
  { "uninstall" },
  { "unload-authority" },
  { "unload-conn" },
  { "unload-key" },
  { "unload-pool" },
  { "unload-shared" },
  { "version" },
};

static const char * const events[] = {
  "alert",
  "child-rekey",
  "child-updown",
  "control-log",
  "ike-rekey",
  "ike-update",
  "ike-updown",
  "list-authority",
  "list-cert",
  "list-conn",
  "list-policy",
  "list-sa",
  "log",
};

#define LINE_WIDTH 78

gboolean
gvici_command_is_secret (const char *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (strcmp (commands[i].name, command) == 0)
        return commands[i].secret;
    }

  return FALSE;
}

static void
append_name (GString    *text,
             const char *name,
             gsize      *column)
{
  if (*column == 0 || *column + 1 + strlen (name) > LINE_WIDTH)
    {
      g_string_append (text, "\n ");
      *column = 1;
    }

  g_string_append_printf (text, " %s", name);
  *column += 1 + strlen (name);
}

void
gvici_append_commands (GString *text)
{
  gsize column = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    append_name (text, commands[i].name, &column);
}

void
gvici_append_events (GString *text)
{
  gsize column = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    append_name (text, events[i], &column);
}
