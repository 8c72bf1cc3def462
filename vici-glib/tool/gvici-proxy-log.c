/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-log.h"

#include <glib/gi18n.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "gvici-output.h"

/* Longer ones are cut. What is written fits into a pipe of which it is known that
 * something does, in any character set. */
#define LINE_MAX_BYTES (PIPE_BUF / 2 - 64)

static guint dropped; /* lines, since one was written */

static char *
to_console (const char *line)
{
  const char *charset;
  char *converted = NULL;

  if (!g_get_console_charset (&charset))
    converted = g_convert_with_fallback (line, -1, charset, "UTF-8", "?", NULL, NULL, NULL);

  return converted != NULL ? converted : g_strdup (line);
}

/* The file has no flag set that makes it not block: others may have it too. */
static gboolean
write_line (const char *text)
{
  g_autofree char *line = gvici_format_error (text);
  g_autofree char *bytes = to_console (line);
  struct pollfd file = { .fd = STDERR_FILENO, .events = POLLOUT };

  return poll (&file, 1, 0) == 1 && (file.revents & POLLOUT) != 0 &&
         write (STDERR_FILENO, bytes, MIN (strlen (bytes), PIPE_BUF)) > 0;
}

static gboolean
write_dropped (void)
{
  g_autofree char *text = g_strdup_printf (_("%u lines could not be written and were dropped"), dropped);

  return write_line (text);
}

static void
cut (GString *text)
{
  g_autofree char *valid = NULL;

  if (text->len <= LINE_MAX_BYTES)
    return;

  g_string_truncate (text, LINE_MAX_BYTES);
  valid = g_utf8_make_valid (text->str, -1);
  g_string_assign (text, valid);
  g_string_append (text, "…");
}

void
gvici_proxy_log_valist (const char *name,
                        const char *format,
                        va_list     args)
{
  g_autoptr (GString) text = g_string_new (name);

  g_string_append (text, ": ");
  g_string_append_vprintf (text, format, args);
  cut (text);

  if (dropped > 0 && write_dropped ())
    dropped = 0;
  if (dropped > 0 || !write_line (text->str))
    dropped++;
}

void
gvici_proxy_log (const char *name,
                 const char *format,
                 ...)
{
  va_list args;

  va_start (args, format);
  gvici_proxy_log_valist (name, format, args);
  va_end (args);
}
