/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-message.h"

#include <string.h>

#include "vici-builder-private.h"
#include "vici-i18n.h"
#include "vici-message-iter.h"
#include "vici-message-private.h"

/* A GVariant that is nested deeper than 128 levels does not survive being
 * serialised. A section takes three of them: array, entry and variant. In the
 * innermost that there can be, what is left is enough for a value or a list of
 * texts, but not for a list of byte arrays. */
#define DEPTH_MAX 41

/* A dictionary that is being added to a message, and how far. */
typedef struct
{
  GVariant *dictionary;
  gsize     next;
} Level;

static void
level_clear (gpointer pointer)
{
  g_variant_unref (((Level *) pointer)->dictionary);
}

static GVariant *
unbox (GVariant *value)
{
  while (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      GVariant *boxed = value;

      value = g_variant_get_variant (boxed);
      g_variant_unref (boxed);
    }

  return value;
}

static gboolean
is_section (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE ("a{s*}"));
}

static gboolean
is_list (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY) ||
         g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING_ARRAY) ||
         g_variant_is_of_type (value, G_VARIANT_TYPE ("av"));
}

/* The decimal text of an integer of any width, or NULL. */
static char *
integer_to_string (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      return g_strdup_printf ("%u", g_variant_get_byte (value));
    case G_VARIANT_CLASS_INT16:
      return g_strdup_printf ("%d", g_variant_get_int16 (value));
    case G_VARIANT_CLASS_UINT16:
      return g_strdup_printf ("%u", g_variant_get_uint16 (value));
    case G_VARIANT_CLASS_INT32:
      return g_strdup_printf ("%d", g_variant_get_int32 (value));
    case G_VARIANT_CLASS_UINT32:
      return g_strdup_printf ("%u", g_variant_get_uint32 (value));
    case G_VARIANT_CLASS_INT64:
      return g_strdup_printf ("%" G_GINT64_FORMAT, g_variant_get_int64 (value));
    case G_VARIANT_CLASS_UINT64:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, g_variant_get_uint64 (value));
    default:
      return NULL;
    }
}

/* The bytes of a value, or NULL if it is of a type that has no form on the
 * wire. */
static GBytes *
value_to_bytes (GVariant *value)
{
  char *text;
  gsize length;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    return g_variant_get_data_as_bytes (value);

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    text = g_variant_dup_string (value, NULL);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    text = g_strdup (g_variant_get_boolean (value) ? "yes" : "no");
  else
    text = integer_to_string (value);

  if (text == NULL)
    return NULL;

  length = strlen (text);

  return g_bytes_new_take (text, length);
}

static void
fail_type (ViciBuilder *builder,
           const char  *name,
           GVariant    *value)
{
  g_autofree char *shown = g_strescape (name, NULL);

  vici_builder_fail (builder, VICI_ERROR_INVALID,
                     _("“%s” is of the type “%s”, which a message cannot hold"),
                     shown, g_variant_get_type_string (value));
}

/* Adds what is neither a section nor boxed. */
static void
add_value (ViciBuilder *builder,
           const char  *name,
           GVariant    *value)
{
  g_autoptr (GBytes) bytes = NULL;

  if (is_list (value))
    {
      gsize n_items = g_variant_n_children (value);

      vici_builder_begin_list (builder, name);
      for (gsize i = 0; i < n_items && !vici_builder_has_failed (builder); i++)
        {
          g_autoptr (GVariant) item = unbox (g_variant_get_child_value (value, i));
          g_autoptr (GBytes) item_bytes = value_to_bytes (item);

          if (item_bytes != NULL)
            vici_builder_add_item_bytes (builder, item_bytes);
          else
            fail_type (builder, name, item);
        }
      vici_builder_end_list (builder);
      return;
    }

  bytes = value_to_bytes (value);
  if (bytes != NULL)
    vici_builder_add_bytes (builder, name, bytes);
  else
    fail_type (builder, name, value);
}

/* Adds the entries of a dictionary, and of those within it, to the section that
 * is open. However deep they are, it does not recurse. */
static void
add_dictionary (ViciBuilder *builder,
                GVariant    *dictionary)
{
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (Level));
  Level level = { g_variant_ref (dictionary), 0 };

  g_array_set_clear_func (levels, level_clear);
  g_array_append_val (levels, level);

  while (levels->len > 0 && !vici_builder_has_failed (builder))
    {
      Level *top = &g_array_index (levels, Level, levels->len - 1);
      g_autoptr (GVariant) value = NULL;
      g_autofree char *name = NULL;

      if (top->next == g_variant_n_children (top->dictionary))
        {
          g_array_set_size (levels, levels->len - 1);
          if (levels->len > 0)
            vici_builder_end_section (builder);
          continue;
        }

      g_variant_get_child (top->dictionary, top->next++, "{s*}", &name, &value);
      value = unbox (value);

      if (is_section (value))
        {
          vici_builder_begin_section (builder, name);
          level = (Level) { g_variant_ref (value), 0 };
          g_array_append_val (levels, level);
        }
      else
        {
          add_value (builder, name, value);
        }
    }
}

/**
 * vici_builder_add_variant:
 * @self: a #ViciBuilder
 * @name: the name of the key, list or section
 * @value: what to add; if it is floating, it is consumed
 *
 * Adds what a #GVariant holds. A dictionary with strings as its keys, such as
 * `a{sv}`, becomes a section; `as`, `aay` and `av` become a list; `s` and `ay`
 * a value; `b` becomes `yes` or `no`, an integer of any width its decimal text.
 * A `v` stands for what is in it.
 *
 * Any other type is a mistake: %VICI_ERROR_INVALID, which names the key and the
 * type.
 *
 * Since: 1.0
 */
void
vici_builder_add_variant (ViciBuilder *self,
                          const char  *name,
                          GVariant    *value)
{
  g_autoptr (GVariant) unboxed = NULL;

  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (value != NULL);

  unboxed = unbox (g_variant_ref_sink (value));

  if (is_section (unboxed))
    {
      vici_builder_begin_section (self, name);
      add_dictionary (self, unboxed);
      vici_builder_end_section (self);
    }
  else
    {
      add_value (self, name, unboxed);
    }
}

/**
 * vici_message_new_from_variant:
 * @variant: a dictionary with strings as its keys, such as `a{sv}`; if it is
 *   floating, it is consumed
 * @error: return location for a #GError
 *
 * Makes a message of a #GVariant, whose entries become its elements in the same
 * order. See vici_builder_add_variant() for what can be in it.
 *
 * |[<!-- language="C" -->
 * message = vici_message_new_from_variant (
 *   g_variant_new_parsed ("{'ike': <'gw'>, 'timeout': <1000>}"), &error);
 * ]|
 *
 * Fails with %VICI_ERROR_INVALID if @variant is no such dictionary, or what is
 * in it is not a message, and with %VICI_ERROR_TOO_LARGE if it is over a limit
 * of the protocol. The message of the error names the key.
 *
 * Returns: (transfer full): the message, or %NULL with @error set
 *
 * Since: 1.0
 */
ViciMessage *
vici_message_new_from_variant (GVariant *variant,
                               GError  **error)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GVariant) unboxed = NULL;

  g_return_val_if_fail (variant != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  unboxed = unbox (g_variant_ref_sink (variant));

  if (is_section (unboxed))
    add_dictionary (builder, unboxed);
  else
    vici_builder_fail (builder, VICI_ERROR_INVALID,
                       _("The type “%s” is not a dictionary with strings as its keys"),
                       g_variant_get_type_string (unboxed));

  return vici_builder_end (builder, error);
}

static gboolean
item_is_text (const ViciMessageIter *iter)
{
  const guint8 *data;
  gsize length;

  data = vici_message_iter_get_data (iter, &length);

  return g_utf8_validate_len ((const char *) data, length, NULL);
}

static gboolean
check_depth (ViciMessage *self,
             GError     **error)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, self);
  while (vici_message_iter_next (&iter))
    {
      ViciElement element = vici_message_iter_get_element (&iter);

      if (vici_message_iter_get_depth (&iter) <= DEPTH_MAX)
        continue;

      if (element == VICI_ELEMENT_SECTION_START ||
          (element == VICI_ELEMENT_LIST_ITEM && !item_is_text (&iter)))
        {
          g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
                       _("The message is nested deeper than the %d levels of a GVariant"),
                       DEPTH_MAX);
          return FALSE;
        }
    }

  return TRUE;
}

static GVariant *
value_to_variant (const ViciMessageIter *iter,
                  gboolean               as_text)
{
  g_autoptr (GBytes) bytes = NULL;

  if (as_text)
    return g_variant_new_take_string (vici_message_iter_dup_string (iter));

  bytes = vici_message_iter_dup_bytes (iter);

  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

/* Makes a variant of the list that was just entered, and leaves it. */
static GVariant *
list_to_variant (ViciMessageIter *iter)
{
  ViciMessageIter ahead = *iter;
  gboolean all_text = TRUE;
  GVariantBuilder items;

  while (all_text && vici_message_iter_next (&ahead) &&
         vici_message_iter_get_element (&ahead) == VICI_ELEMENT_LIST_ITEM)
    all_text = item_is_text (&ahead);

  g_variant_builder_init (&items, all_text ? G_VARIANT_TYPE_STRING_ARRAY
                                           : G_VARIANT_TYPE_BYTESTRING_ARRAY);

  while (vici_message_iter_next (iter) &&
         vici_message_iter_get_element (iter) == VICI_ELEMENT_LIST_ITEM)
    g_variant_builder_add_value (&items, value_to_variant (iter, all_text));

  return g_variant_builder_end (&items);
}

static void
add_entry (GVariantBuilder *builder,
           ViciMessageIter *iter)
{
  /* The name has to be read before the iterator moves through a list. */
  g_autofree char *name = g_strdup (vici_message_iter_get_name (iter));
  GVariant *value;

  if (vici_message_iter_get_element (iter) == VICI_ELEMENT_LIST_START)
    value = list_to_variant (iter);
  else
    value = value_to_variant (iter, item_is_text (iter));

  g_variant_builder_add (builder, "{sv}", name, value);
}

/**
 * vici_message_to_variant:
 * @self: a #ViciMessage
 * @error: return location for a #GError
 *
 * The message as a dictionary of type `a{sv}`, in the order of the wire. A
 * section is an `a{sv}` again. A value is an `s` if it is valid UTF-8 without
 * NUL, else an `ay`. A list is an `as`, or an `aay` if one of its items is not
 * such a text. A name that is there twice is there twice in the dictionary.
 *
 * Secrets in a sensitive message are copied to memory that is not wiped.
 *
 * Fails with %VICI_ERROR_TOO_LARGE if sections are nested deeper than a
 * #GVariant can be, which is 41 levels.
 *
 * Returns: (transfer full): the dictionary, or %NULL with @error set
 *
 * Since: 1.0
 */
GVariant *
vici_message_to_variant (ViciMessage *self,
                         GError     **error)
{
  GVariantBuilder builder;
  ViciMessageIter iter;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_depth (self, error))
    return NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_VARDICT);

  vici_message_iter_init (&iter, self);
  while (vici_message_iter_next (&iter))
    {
      switch (vici_message_iter_get_element (&iter))
        {
        case VICI_ELEMENT_SECTION_START:
          g_variant_builder_open (&builder, G_VARIANT_TYPE ("{sv}"));
          g_variant_builder_add (&builder, "s", vici_message_iter_get_name (&iter));
          g_variant_builder_open (&builder, G_VARIANT_TYPE_VARIANT);
          g_variant_builder_open (&builder, G_VARIANT_TYPE_VARDICT);
          break;

        case VICI_ELEMENT_SECTION_END:
          g_variant_builder_close (&builder);
          g_variant_builder_close (&builder);
          g_variant_builder_close (&builder);
          break;

        default: /* a key or a list */
          add_entry (&builder, &iter);
          break;
        }
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
