/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-args.h"

#include <glib/gi18n.h>
#include <string.h>

#include "gvici-file.h"
#include "gvici-json.h"

/* Takes the text up to a character of @end, and returns where that is. A
 * character behind a backslash stands for itself. */
static const char *
take_until (const char *text,
            const char *end,
            GString    *taken)
{
  g_string_truncate (taken, 0);

  while (*text != '\0' && strchr (end, *text) == NULL)
    {
      if (*text == '\\' && text[1] != '\0')
        text++;
      g_string_append_c (taken, *text++);
    }

  return text;
}

/* Finds the section that is to hold the key, and leaves the key's name. Returns
 * where the value begins. */
static const char *
parse_key (const char    *arg,
           GviciSection **section,
           GString       *name,
           GError       **error)
{
  const char *position = arg;

  for (;;)
    {
      position = take_until (position, ".=", name);

      if (*position == '\0')
        {
          g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                       _("“%s” is no argument: it should be KEY=VALUE, SECTION.KEY=VALUE or @FILE"),
                       arg);
          return NULL;
        }

      if (name->len == 0)
        {
          g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID, _("A name in “%s” is empty"), arg);
          return NULL;
        }

      if (*position == '=')
        return position + 1;

      *section = gvici_section_get_section (*section, name->str, error);
      if (*section == NULL)
        return NULL;

      position++;
    }
}

static GPtrArray *
parse_list (const char *arg,
            const char *value,
            GError    **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GString) item = g_string_new (NULL);

  if (strcmp (value, "[]") == 0)
    return g_steal_pointer (&items);

  do
    {
      value = take_until (value + 1, ",]", item);
      g_ptr_array_add (items, g_bytes_new (item->str, item->len));
    }
  while (*value == ',');

  if (strcmp (value, "]") != 0)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   *value == '\0' ? _("The list in “%s” does not end with “]”")
                                  : _("Something follows the “]” of the list in “%s”"),
                   arg);
      return NULL;
    }

  return g_steal_pointer (&items);
}

static gboolean
add_key (GviciSection *request,
         const char   *arg,
         GError      **error)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;
  const char *value = parse_key (arg, &request, name, error);

  if (value == NULL)
    return FALSE;

  if (*value == '[')
    {
      g_autoptr (GPtrArray) items = parse_list (arg, value, error);

      return items != NULL && gvici_section_add_list (request, name->str, items, error);
    }

  if (*value == '@')
    {
      bytes = gvici_file_read (value + 1, error);
    }
  else
    {
      if (*value == '\\')
        value++;
      bytes = g_bytes_new (value, strlen (value));
    }

  return bytes != NULL && gvici_section_add_value (request, name->str, bytes, error);
}

gboolean
gvici_args_add (GviciSection *request,
                const char   *arg,
                GError      **error)
{
  g_autoptr (GBytes) text = NULL;
  g_autofree char *shown = NULL;

  if (*arg != '@')
    return add_key (request, arg, error);

  shown = g_filename_display_name (arg + 1);
  text = gvici_file_read (arg + 1, error);

  return text != NULL && gvici_json_read (text, shown, request, error);
}
