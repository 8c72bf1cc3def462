/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-message.h"

#include "vici-message-iter.h"
#include "vici-message-private.h"

/**
 * ViciPrintFlags:
 * @VICI_PRINT_NONE: all on one line
 * @VICI_PRINT_PRETTY: a line for each element, indented by two spaces for each
 *   section and list that it is in, up to 64 of them
 *
 * How vici_message_to_string() lays out a message.
 *
 * Since: 1.0
 */

/* Deeper than this, an indented text does not get any wider: with one level for
 * every three bytes of a hostile message, it would grow with the square of
 * them, to gigabytes. */
#define INDENT_MAX 64

#define INDENT_WIDTH 2

static void
append_value (GString         *text,
              ViciMessage     *message,
              ViciMessageIter *iter)
{
  const guint8 *data;
  gsize length;

  data = vici_message_iter_get_data (iter, &length);

  if (message->sensitive)
    {
      g_string_append (text, "(hidden)");
    }
  else if (vici_message_is_text (data, length))
    {
      g_string_append_len (text, (const char *) data, length);
    }
  else
    {
      g_string_append (text, "0x");
      for (gsize i = 0; i < length; i++)
        {
          g_string_append_c (text, "0123456789abcdef"[data[i] >> 4]);
          g_string_append_c (text, "0123456789abcdef"[data[i] & 0xf]);
        }
    }
}

static void
append_line_break (GString *text,
                   guint    depth)
{
  g_string_append_printf (text, "\n%*s", (int) MIN (depth, INDENT_MAX) * INDENT_WIDTH, "");
}

/**
 * vici_message_to_string:
 * @self: a #ViciMessage
 * @flags: #ViciPrintFlags
 *
 * The message as text for people, in the form in which swanctl prints it: on one
 * line as with `swanctl --raw`, or with %VICI_PRINT_PRETTY as with
 * `swanctl --pretty`.
 *
 * |[
 * {name=value list=[item1 item2] section {key=value}}
 * ]|
 *
 * A value that is not UTF-8, or holds control characters, is shown as `0x` and
 * hexadecimal digits. The values of a sensitive message are all shown as
 * `(hidden)`. The text is not meant to be parsed.
 *
 * Returns: (transfer full): the text, without a line break at its end
 *
 * Since: 1.0
 */
char *
vici_message_to_string (ViciMessage   *self,
                        ViciPrintFlags flags)
{
  gboolean pretty = (flags & VICI_PRINT_PRETTY) != 0;
  GString *text;
  ViciMessageIter iter;
  gboolean first = TRUE; /* of its section or list */

  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);

  text = g_string_new ("{");

  vici_message_iter_init (&iter, self);
  while (vici_message_iter_next (&iter))
    {
      ViciElement element = vici_message_iter_get_element (&iter);
      guint depth = vici_message_iter_get_depth (&iter);
      gboolean starts = element == VICI_ELEMENT_SECTION_START ||
                        element == VICI_ELEMENT_LIST_START;
      gboolean ends = element == VICI_ELEMENT_SECTION_END ||
                      element == VICI_ELEMENT_LIST_END;

      if (pretty)
        append_line_break (text, starts ? depth : depth + 1);
      else if (!first && !ends)
        g_string_append_c (text, ' ');

      first = starts;

      switch (element)
        {
        case VICI_ELEMENT_SECTION_START:
          g_string_append (text, vici_message_iter_get_name (&iter));
          g_string_append (text, " {");
          break;

        case VICI_ELEMENT_LIST_START:
          g_string_append (text, vici_message_iter_get_name (&iter));
          g_string_append (text, pretty ? " = [" : "=[");
          break;

        case VICI_ELEMENT_KEY_VALUE:
          g_string_append (text, vici_message_iter_get_name (&iter));
          g_string_append (text, pretty ? " = " : "=");
          G_GNUC_FALLTHROUGH;

        case VICI_ELEMENT_LIST_ITEM:
          append_value (text, self, &iter);
          break;

        case VICI_ELEMENT_LIST_END:
          g_string_append_c (text, ']');
          break;

        case VICI_ELEMENT_SECTION_END:
        default:
          g_string_append_c (text, '}');
          break;
        }
    }

  g_string_append (text, pretty ? "\n}" : "}");

  return g_string_free (text, FALSE);
}
