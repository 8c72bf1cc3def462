/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-json.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

/* json-glib reads more than JSON: comments, names in single quotes, hexadecimal
 * and octal numbers, assignments. It takes a number that is too large for
 * another one, cuts a text at \u0000, drops all but the first of several
 * values, and follows any nesting until the stack ends. Whoever writes such a
 * thing is better told than misunderstood; the rest is json-glib's to refuse. */

#define DIGITS_MAX 18

typedef struct
{
  const char *text;
  const char *shown;
  const char *position;
} Check;

static gboolean
fail (Check      *self,
      const char *problem,
      GError    **error)
{
  guint line = 1;

  for (const char *p = self->text; p < self->position; p++)
    line += *p == '\n';

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("“%s” cannot be read as JSON, line %u: %s"), self->shown, line, problem);

  return FALSE;
}

static gboolean
check_string (Check   *self,
              GError **error)
{
  for (self->position++; *self->position != '"'; self->position++)
    {
      if ((guchar) *self->position < 0x20)
        return fail (self, _("a text does not end on its line"), error);

      if (*self->position != '\\')
        continue;

      if (g_str_has_prefix (self->position, "\\u0000"))
        return fail (self, _("a text holds a NUL byte"), error);

      self->position++;
      if (*self->position == '\0' || strchr ("\"\\/bfnrtu", *self->position) == NULL)
        return fail (self, _("an unknown character follows a backslash"), error);
    }

  self->position++;

  return TRUE;
}

static gboolean
check_number (Check   *self,
              GError **error)
{
  gsize length = strspn (self->position, "0123456789");

  if (length > DIGITS_MAX)
    return fail (self, _("a number is too large; write it as a text"), error);

  if (length > 1 && *self->position == '0')
    return fail (self, _("a number begins with 0"), error);

  self->position += length;
  if (*self->position != '\0' && strchr (".eE", *self->position) != NULL)
    return fail (self, _("a number is not whole; write it as a text"), error);

  return TRUE;
}

static gboolean
check_nesting (Check   *self,
               guint   *depth,
               GError **error)
{
  char c = *self->position++;

  if (c == '{' || c == '[')
    {
      *depth += 1;
    }
  else if ((c == '}' || c == ']') && *depth > 0)
    {
      *depth -= 1;
      if (*depth == 0 && self->position[strspn (self->position, " \t\r\n")] != '\0')
        return fail (self, _("something follows the object"), error);
    }

  if (*depth > GVICI_DEPTH_MAX)
    return fail (self, _("it is nested too deep"), error);

  return TRUE;
}

gboolean
gvici_json_check (const char *text,
                  const char *shown,
                  GError    **error)
{
  Check self = { text, shown, text };
  guint depth = 0;

  while (*self.position != '\0')
    {
      if (*self.position == '"')
        {
          if (!check_string (&self, error))
            return FALSE;
        }
      else if (g_ascii_isdigit (*self.position))
        {
          if (!check_number (&self, error))
            return FALSE;
        }
      /* All that true, false, null and the punctuation need. */
      else if (strchr (" \t\r\n{}[]:,-aeflnrstu", *self.position) != NULL)
        {
          if (!check_nesting (&self, &depth, error))
            return FALSE;
        }
      else
        {
          return fail (&self, _("an unexpected character"), error);
        }
    }

  return TRUE;
}
