/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-name-escape.h"

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
 * written so: a `%` becomes `%25` where two hex digits follow. No two names become
 * the same.
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
  GString *escaped;

  g_return_val_if_fail (name != NULL, NULL);

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
 * Turns what vici_name_escape() has made back into the name. A name that somebody
 * else has given, and which would not become text, stays as it is.
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

  /* A NUL is no text either. */
  if (!g_utf8_validate_len (text->str, text->len, NULL))
    return g_strdup (name);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
