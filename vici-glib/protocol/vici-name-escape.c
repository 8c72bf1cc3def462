/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-name-escape.h"

#include <string.h>

/**
 * SECTION:vici-name-escape
 * @title: Names
 * @short_description: Names in any script, for a daemon that takes ASCII
 *
 * charon refuses names of connections, CHILD_SAs, pools and authorities that hold
 * anything but printable ASCII. People do call a VPN “Büro” though. So what the
 * daemon would refuse is written with `%` and two hex digits for each byte, and
 * read back from what the daemon lists.
 *
 * |[<!-- language="C" -->
 * g_autofree char *name = vici_name_escape ("Büro");   // "B%C3%BCro"
 * g_autofree char *same = vici_name_escape ("home 2"); // "home 2"
 * ]|
 *
 * A name that the daemon takes stays as it is, unless it looks like one that was
 * written so: a `%` becomes `%25` where two hex digits follow, in a name that would
 * else be read back as another one. No two names become the same.
 *
 * Control characters are escaped, but not read back: they do harm where names are
 * shown, on a terminal or in a log, and anybody who loads a connection chooses its
 * name. A name with a line feed in it is listed with `%0A`, and found by that too. Of
 * those alone, two can become the same: the name with the line feed and the one with
 * `%0A`.
 *
 * Since: 1.0
 */

static gboolean
is_printable (char c)
{
  return c >= 0x20 && c < 0x7f;
}

static gboolean
is_escape (const char *at)
{
  return at[0] == '%' && g_ascii_isxdigit (at[1]) && g_ascii_isxdigit (at[2]);
}

static gboolean
is_ascii (const char *name)
{
  while (is_printable (*name))
    name++;

  return *name == '\0';
}

/* Text that can be shown. */
static gboolean
is_text (const char *text,
         gsize       length)
{
  /* A NUL is no text either. */
  if (!g_utf8_validate_len (text, length, NULL))
    return FALSE;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (text)))
        return FALSE;
    }

  return TRUE;
}

/**
 * vici_name_escape:
 * @name: a name
 *
 * Writes a name as one that the daemon takes, in printable ASCII. It can become
 * longer than 255 bytes, and is then refused by whatever builds a message of it.
 *
 * Returns: (transfer full): the name for the daemon
 *
 * Since: 1.0
 */
char *
vici_name_escape (const char *name)
{
  g_autofree char *unescaped = NULL;
  GString *escaped;

  g_return_val_if_fail (name != NULL, NULL);

  /* What is listed as it is, is called so too. */
  unescaped = vici_name_unescape (name);
  if (is_ascii (name) && g_str_equal (unescaped, name))
    return g_strdup (name);

  escaped = g_string_new (NULL);
  for (const char *at = name; *at != '\0'; at++)
    {
      if (is_printable (*at) && !is_escape (at))
        g_string_append_c (escaped, *at);
      else
        g_string_append_printf (escaped, "%%%02X", (guint8) *at);
    }

  return g_string_free (escaped, FALSE);
}

/**
 * vici_name_unescape:
 * @name: a name as the daemon has it
 *
 * Turns what vici_name_escape() has made back into the name. A name that would not
 * become text, or text with control characters, stays as it is.
 *
 * Returns: (transfer full): the name for people
 *
 * Since: 1.0
 */
char *
vici_name_unescape (const char *name)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  /* As most are: in no more memory than it takes. */
  if (strchr (name, '%') == NULL)
    return g_strdup (name);

  text = g_string_new (NULL);
  for (const char *at = name; *at != '\0'; at++)
    {
      if (is_escape (at))
        {
          g_string_append_c (text, (char) (g_ascii_xdigit_value (at[1]) << 4 |
                                           g_ascii_xdigit_value (at[2])));
          at += 2;
        }
      else
        g_string_append_c (text, *at);
    }

  if (!is_text (text->str, text->len))
    return g_strdup (name);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
