/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-section.h"

#include <glib/gi18n.h>

/* One of the three. */
typedef struct
{
  char         *name;
  GBytes       *value;
  GPtrArray    *items;          /* of GBytes */
  GviciSection *section;
} Element;

struct _GviciSection
{
  GviciSection *parent;         /* NULL: it is the request */
  const char   *name;           /* of its element in the parent */
  guint         depth;
  GPtrArray    *elements;       /* of Element, in order of first appearance */
  GHashTable   *by_name;        /* name → Element */
};

static void
element_free (gpointer data)
{
  Element *element = data;

  g_free (element->name);
  g_clear_pointer (&element->value, g_bytes_unref);
  g_clear_pointer (&element->items, g_ptr_array_unref);
  g_clear_pointer (&element->section, gvici_section_free);
  g_free (element);
}

GviciSection *
gvici_section_new (void)
{
  GviciSection *self = g_new0 (GviciSection, 1);

  self->elements = g_ptr_array_new_with_free_func (element_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

void
gvici_section_free (GviciSection *self)
{
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->elements);
  g_free (self);
}

/* The name with those of the sections that it is in, for an error message. */
static char *
get_path (GviciSection *self,
          const char   *name)
{
  GString *path = g_string_new (name);

  for (; self->parent != NULL; self = self->parent)
    {
      g_string_prepend_c (path, '.');
      g_string_prepend (path, self->name);
    }

  return g_string_free (path, FALSE);
}

static Element *
add_element (GviciSection *self,
             const char   *name,
             GError      **error)
{
  Element *element = g_hash_table_lookup (self->by_name, name);

  if (element != NULL)
    {
      g_autofree char *path = get_path (self, name);

      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   element->section != NULL ? _("“%s” is given both as a section and as a key")
                                            : _("“%s” is given twice"),
                   path);
      return NULL;
    }

  element = g_new0 (Element, 1);
  element->name = g_strdup (name);
  g_ptr_array_add (self->elements, element);
  g_hash_table_insert (self->by_name, element->name, element);

  return element;
}

GviciSection *
gvici_section_get_section (GviciSection *self,
                           const char   *name,
                           GError      **error)
{
  Element *element = g_hash_table_lookup (self->by_name, name);

  if (element != NULL && element->section != NULL)
    return element->section;

  if (element != NULL)
    {
      g_autofree char *path = get_path (self, name);

      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   _("“%s” is given both as a section and as a key"), path);
      return NULL;
    }

  if (self->depth == GVICI_DEPTH_MAX)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   _("The request is nested deeper than %d levels"), GVICI_DEPTH_MAX);
      return NULL;
    }

  element = add_element (self, name, NULL);
  element->section = gvici_section_new ();
  element->section->parent = self;
  element->section->name = element->name;
  element->section->depth = self->depth + 1;

  return element->section;
}

gboolean
gvici_section_add_value (GviciSection *self,
                         const char   *name,
                         GBytes       *value,
                         GError      **error)
{
  Element *element = add_element (self, name, error);

  if (element == NULL)
    return FALSE;

  element->value = g_bytes_ref (value);

  return TRUE;
}

gboolean
gvici_section_add_list (GviciSection *self,
                        const char   *name,
                        GPtrArray    *items,
                        GError      **error)
{
  Element *element = add_element (self, name, error);

  if (element == NULL)
    return FALSE;

  element->items = g_ptr_array_ref (items);

  return TRUE;
}

static void
add_to_builder (GviciSection *self,
                ViciBuilder  *builder)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      Element *element = g_ptr_array_index (self->elements, i);

      if (element->section != NULL)
        {
          vici_builder_begin_section (builder, element->name);
          add_to_builder (element->section, builder);
          vici_builder_end_section (builder);
        }
      else if (element->items != NULL)
        {
          vici_builder_begin_list (builder, element->name);
          for (guint j = 0; j < element->items->len; j++)
            vici_builder_add_item_bytes (builder, g_ptr_array_index (element->items, j));
          vici_builder_end_list (builder);
        }
      else
        {
          vici_builder_add_bytes (builder, element->name, element->value);
        }
    }
}

ViciMessage *
gvici_section_build (GviciSection *self,
                     gboolean      sensitive,
                     GError      **error)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_set_sensitive (builder, sensitive);
  add_to_builder (self, builder);

  return vici_builder_end (builder, error);
}
