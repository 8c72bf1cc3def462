/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-output.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gvici-json.h"

#define EXIT_BY_SIGNAL 128

void
gvici_leave_pipe (void)
{
  /* GIO ignores the signal, for the sake of sockets. */
  signal (SIGPIPE, SIG_DFL);
  raise (SIGPIPE);
  _Exit (EXIT_BY_SIGNAL + SIGPIPE);
}

gboolean
gvici_print_line (const char *label,
                  const char *text,
                  GError    **error)
{
  int saved_errno;

  if (printf ("%s%s\n", label, text) >= 0 && fflush (stdout) == 0)
    return TRUE;

  saved_errno = errno;
  if (saved_errno == EPIPE)
    gvici_leave_pipe ();

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("Cannot write the output: %s"), g_strerror (saved_errno));

  return FALSE;
}

static gboolean
print_message (GviciFormat  format,
               const char  *label,
               ViciMessage *message,
               GError     **error)
{
  g_autofree char *text = vici_message_to_string (message, format == GVICI_FORMAT_PRETTY
                                                             ? VICI_PRINT_PRETTY
                                                             : VICI_PRINT_NONE);

  return gvici_print_line (label, text, error);
}

static gboolean
print_json (const char  *name,
            ViciMessage *message,
            GError     **error)
{
  g_autofree char *text = gvici_json_write (message, name, error);

  return text != NULL && gvici_print_line ("", text, error);
}

gboolean
gvici_print_reply (GviciFormat  format,
                   const char  *command,
                   ViciMessage *message,
                   GError     **error)
{
  g_autofree char *label = g_strdup_printf ("%s reply ", command);

  if (format == GVICI_FORMAT_JSON)
    return print_json (NULL, message, error);

  return print_message (format, label, message, error);
}

gboolean
gvici_print_event (GviciFormat  format,
                   gboolean     named,
                   const char  *event,
                   ViciMessage *message,
                   GError     **error)
{
  g_autofree char *label = NULL;

  if (format == GVICI_FORMAT_JSON)
    return print_json (named ? event : NULL, message, error);

  /* As swanctl has it, whose output this is to look like. */
  if (strcmp (event, "log") == 0 || strcmp (event, "control-log") == 0)
    label = g_strdup ("log ");
  else
    label = g_strdup_printf ("%s event ", event);

  return print_message (format, label, message, error);
}

/* The text may come from the daemon: it is kept on its line, and from the
 * terminal's controls. */
char *
gvici_format_error (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new ("gvici: ");

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (line, g_unichar_iscntrl (c) ? ' ' : c);
    }

  g_string_append_c (line, '\n');

  return g_string_free (line, FALSE);
}

void
gvici_print_error (const char *text)
{
  g_autofree char *line = gvici_format_error (text);

  g_printerr ("%s", line);
}
