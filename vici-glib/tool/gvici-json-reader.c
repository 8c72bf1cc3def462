/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-json.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

static GBytes *
bytes_new_take_string (char *text)
{
  return g_bytes_new_take (text, strlen (text));
}

/* The bytes of a text, a number or a boolean. */
static GBytes *
read_value (JsonNode   *node,
            const char *name,
            GError    **error)
{
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return bytes_new_take_string (json_node_dup_string (node));

    case G_TYPE_BOOLEAN:
      return g_bytes_new_static (json_node_get_boolean (node) ? "yes" : "no",
                                 json_node_get_boolean (node) ? 3 : 2);

    case G_TYPE_INT64:
      return bytes_new_take_string (g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node)));

    default:
      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   JSON_NODE_HOLDS_NULL (node) ? _("“%s” is null, which a request cannot hold")
                                               : _("The list “%s” holds another list or an object"),
                   name);
      return NULL;
    }
}

static gboolean
read_list (JsonArray    *array,
           const char   *name,
           GviciSection *section,
           GError      **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      GBytes *item = read_value (json_array_get_element (array, i), name, error);

      if (item == NULL)
        return FALSE;

      g_ptr_array_add (items, item);
    }

  return gvici_section_add_list (section, name, items, error);
}

static gboolean
read_object (JsonObject   *object,
             GviciSection *section,
             GError      **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autoptr (GBytes) value = NULL;
      GviciSection *child;

      if (JSON_NODE_HOLDS_OBJECT (node))
        {
          child = gvici_section_get_section (section, name, error);
          if (child == NULL || !read_object (json_node_get_object (node), child, error))
            return FALSE;
        }
      else if (JSON_NODE_HOLDS_ARRAY (node))
        {
          if (!read_list (json_node_get_array (node), name, section, error))
            return FALSE;
        }
      else
        {
          value = read_value (node, name, error);
          if (value == NULL || !gvici_section_add_value (section, name, value, error))
            return FALSE;
        }
    }

  return TRUE;
}

/* json-glib keeps the last of two members with one name, and says nothing. */
typedef struct
{
  GHashTable *seen;     /* of object and name */
  char       *twice;    /* the first name that is in an object twice */
} Members;

static void
on_object_member (JsonParser *parser,
                  JsonObject *object,
                  const char *name,
                  gpointer    user_data)
{
  Members *members = user_data;

  if (members->twice == NULL &&
      !g_hash_table_add (members->seen, g_strdup_printf ("%p %s", (void *) object, name)))
    members->twice = g_strdup (name);
}

static gboolean
parse (JsonParser *parser,
       const char *text,
       const char *shown,
       GError    **error)
{
  Members members = { g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL), NULL };
  g_autoptr (GError) local_error = NULL;

  g_signal_connect (parser, "object-member", G_CALLBACK (on_object_member), &members);

  if (!json_parser_load_from_data (parser, text, -1, &local_error))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("“%s” is not JSON: %s"), shown, local_error->message);
  else if (members.twice != NULL)
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                 _("“%s” is given twice"), members.twice);

  g_hash_table_unref (members.seen);

  if (local_error == NULL && members.twice == NULL)
    return TRUE;

  g_free (members.twice);

  return FALSE;
}

gboolean
gvici_json_read (GBytes       *text,
                 const char   *shown,
                 GviciSection *section,
                 GError      **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *terminated = NULL;
  gsize length = g_bytes_get_size (text);
  const char *data = length > 0 ? g_bytes_get_data (text, NULL) : "";
  JsonNode *root;

  if (!g_utf8_validate_len (data, length, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("“%s” is not JSON: it is not even a text"), shown);
      return FALSE;
    }

  terminated = g_strndup (data, length);
  if (!gvici_json_check (terminated, shown, error) ||
      !parse (parser, terminated, shown, error))
    return FALSE;

  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("“%s” holds no JSON object, which a request has to be"), shown);
      return FALSE;
    }

  return read_object (json_node_get_object (root), section, error);
}
