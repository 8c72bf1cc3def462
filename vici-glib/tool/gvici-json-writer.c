/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-json.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

static char *
to_hex (const guint8 *data,
        gsize         length)
{
  GString *text = g_string_new ("0x");

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);

  return g_string_free (text, FALSE);
}

static JsonNode *
value_to_node (ViciMessageIter *iter)
{
  g_autofree char *text = vici_message_iter_dup_string (iter);

  if (text == NULL)
    {
      gsize length;
      const guint8 *data = vici_message_iter_get_data (iter, &length);

      text = to_hex (data, length);
    }

  return json_node_init_string (json_node_alloc (), text);
}

/* An object that has the name already keeps what it has: the first is what a
 * look-up in the message finds, too. Takes @node. */
static gboolean
add_member (JsonObject *object,
            const char *name,
            JsonNode   *node)
{
  if (json_object_has_member (object, name))
    {
      json_node_unref (node);
      return FALSE;
    }

  json_object_set_member (object, name, node);

  return TRUE;
}

static gboolean
begin_section (GPtrArray       *sections,
               ViciMessageIter *iter,
               GError         **error)
{
  JsonObject *parent = g_ptr_array_index (sections, sections->len - 1);
  g_autoptr (JsonObject) section = json_object_new ();

  if (sections->len > GVICI_DEPTH_MAX)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_MALFORMED,
                   _("What the daemon sent is nested deeper than %d levels; try --raw"),
                   GVICI_DEPTH_MAX);
      return FALSE;
    }

  if (add_member (parent, vici_message_iter_get_name (iter),
                  json_node_init_object (json_node_alloc (), section)))
    g_ptr_array_add (sections, section);
  else
    vici_message_iter_skip (iter);

  return TRUE;
}

static JsonArray *
begin_list (JsonObject      *section,
            ViciMessageIter *iter)
{
  g_autoptr (JsonArray) list = json_array_new ();

  if (add_member (section, vici_message_iter_get_name (iter),
                  json_node_init_array (json_node_alloc (), list)))
    return list;

  vici_message_iter_skip (iter);

  return NULL;
}

static JsonNode *
message_to_node (ViciMessage *message,
                 GError     **error)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), NULL);
  g_autoptr (GPtrArray) sections = g_ptr_array_new ();  /* borrowed, the innermost last */
  JsonArray *list = NULL;
  ViciMessageIter iter;

  json_node_take_object (root, json_object_new ());
  g_ptr_array_add (sections, json_node_get_object (root));

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      JsonObject *section = g_ptr_array_index (sections, sections->len - 1);

      switch (vici_message_iter_get_element (&iter))
        {
        case VICI_ELEMENT_SECTION_START:
          if (!begin_section (sections, &iter, error))
            return NULL;
          break;

        case VICI_ELEMENT_SECTION_END:
          g_ptr_array_set_size (sections, sections->len - 1);
          break;

        case VICI_ELEMENT_LIST_START:
          list = begin_list (section, &iter);
          break;

        case VICI_ELEMENT_LIST_ITEM:
          json_array_add_element (list, value_to_node (&iter));
          break;

        case VICI_ELEMENT_KEY_VALUE:
          add_member (section, vici_message_iter_get_name (&iter), value_to_node (&iter));
          break;

        case VICI_ELEMENT_LIST_END:
        default:
          break;
        }
    }

  return g_steal_pointer (&root);
}

char *
gvici_json_write (ViciMessage *message,
                  const char  *name,
                  GError     **error)
{
  g_autoptr (JsonNode) node = message_to_node (message, error);

  if (node == NULL)
    return NULL;

  if (name != NULL)
    {
      g_autoptr (JsonObject) object = json_object_new ();

      json_object_set_member (object, name, g_steal_pointer (&node));
      node = json_node_init_object (json_node_alloc (), object);
    }

  return json_to_string (node, FALSE);
}
