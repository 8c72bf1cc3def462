/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-record-values.h"

#include <string.h>

#include "vici-message-iter.h"
#include "vici-name-escape.h"

/* -- Texts -- */

char *
vici_text_lookup (ViciMessage *message,
                  const char  *key)
{
  g_autoptr (GBytes) bytes = NULL;
  char *text = vici_message_lookup_string (message, key);
  const char *data;
  gsize length;

  if (text != NULL)
    return text;

  bytes = vici_message_lookup_bytes (message, key);
  if (bytes == NULL)
    return NULL;

  /* It is not empty, which would be a text. */
  data = g_bytes_get_data (bytes, &length);

  return g_utf8_make_valid (data, length);
}

GStrv
vici_text_lookup_strv (ViciMessage *message,
                       const char  *key)
{
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter) && !vici_message_iter_name_equals (&iter, key))
    vici_message_iter_skip (&iter);

  if (vici_message_iter_get_element (&iter) != VICI_ELEMENT_LIST_START)
    return NULL;

  while (vici_message_iter_next (&iter) &&
         vici_message_iter_get_element (&iter) == VICI_ELEMENT_LIST_ITEM)
    {
      gsize length;
      const char *data = (const char *) vici_message_iter_get_data (&iter, &length);
      g_autofree char *item = g_utf8_make_valid (data, length);

      g_strv_builder_add (items, item);
    }

  return g_strv_builder_end (items);
}

/* The message that has the key itself, and the key's name in it: "a.b" is b in the
 * section a. NULL when there is no such section. */
static ViciMessage *
find_section (ViciMessage *whole,
              const char **key)
{
  g_autoptr (ViciMessage) message = g_object_ref (whole);
  const char *dot;

  while (message != NULL && (dot = strchr (*key, '.')) != NULL)
    {
      g_autofree char *name = g_strndup (*key, dot - *key);
      g_autoptr (ViciMessage) outer = g_steal_pointer (&message);

      message = vici_message_lookup_section (outer, name);
      *key = dot + 1;
    }

  return g_steal_pointer (&message);
}

/* -- Values that are kept -- */

static char *
read_escaped (ViciMessage *message,
              const char  *key)
{
  g_autofree char *escaped = vici_text_lookup (message, key);

  return escaped ? vici_name_unescape (escaped) : NULL;
}

/* IKEv2 has seven of them at most. */
#define MAX_NUMBERED 7

static GStrv
read_numbered (ViciMessage *message,
               const char  *key)
{
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();

  for (guint i = 1; i <= MAX_NUMBERED; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%u", key, i);
      g_autofree char *item = vici_text_lookup (message, name);

      if (item == NULL)
        break;

      g_strv_builder_add (items, item);
    }

  return g_strv_builder_end (items);
}

static GListModel *
read_records (ViciMessage *message,
              GType        type,
              const char  *key)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new_with_free_func (g_object_unref);
  gsize length = strlen (key);

  if (length > 0 && key[length - 1] == '*')
    {
      g_autofree char *names = g_strndup (key, length - 1);

      vici_records_add (records, type, message, names);
    }
  else
    {
      g_autoptr (ViciMessage) section = vici_message_lookup_section (message, key);

      if (section != NULL)
        vici_records_add (records, type, section, "");
    }

  return vici_records_list (records, type);
}

/* A key that ends in "*" is that of any section. */
static gpointer
read_record (ViciMessage *message,
             GType        type,
             const char  *key)
{
  g_autoptr (GListModel) sections = NULL;
  g_autoptr (ViciMessage) section = NULL;

  if (g_str_has_suffix (key, "*"))
    {
      sections = read_records (message, type, key);
      return g_list_model_get_item (sections, 0);
    }

  section = vici_message_lookup_section (message, key);

  return section ? vici_record_new (type, key, section) : NULL;
}

static char *
read_string (const ViciField *field,
             const char      *key,
             ViciMessage     *message)
{
  char *text = vici_text_lookup (message, key);

  return text == NULL && field->read != NULL ? field->read (message) : text;
}

gpointer
vici_field_read (const ViciField *field,
                 ViciMessage     *whole)
{
  const char *key = field->key;
  g_autoptr (ViciMessage) message = find_section (whole, &key);

  if (message == NULL)
    return NULL;

  switch (field->kind)
    {
    case VICI_FIELD_STRING:
      return read_string (field, key, message);

    case VICI_FIELD_ESCAPED:
      return read_escaped (message, key);

    case VICI_FIELD_STRINGS:
      return vici_text_lookup_strv (message, key);

    case VICI_FIELD_NUMBERED:
      return read_numbered (message, key);

    case VICI_FIELD_BYTES:
      return vici_message_lookup_bytes (message, key);

    case VICI_FIELD_RECORD:
      return read_record (message, field->get_type (), key);

    case VICI_FIELD_RECORDS:
      return read_records (message, field->get_type (), key);

    case VICI_FIELD_CUSTOM:
      return field->read (message);

    case VICI_FIELD_NAME:
    case VICI_FIELD_BOOLEAN:
    case VICI_FIELD_UINT:
    case VICI_FIELD_UINT64:
    case VICI_FIELD_HEX:
    case VICI_FIELD_SECONDS:
    case VICI_FIELD_ENUM:
    default:
      g_return_val_if_reached (NULL);
    }
}

void
vici_field_free (const ViciField *field,
                 gpointer         value)
{
  switch (field->kind)
    {
    case VICI_FIELD_STRINGS:
    case VICI_FIELD_NUMBERED:
      g_strfreev (value);
      break;

    case VICI_FIELD_BYTES:
      g_bytes_unref (value);
      break;

    case VICI_FIELD_RECORD:
    case VICI_FIELD_RECORDS:
      g_object_unref (value);
      break;

    case VICI_FIELD_CUSTOM:
      if (g_type_is_a (field->get_type (), G_TYPE_OBJECT))
        g_object_unref (value);
      else
        g_boxed_free (field->get_type (), value);
      break;

    case VICI_FIELD_NAME:
    case VICI_FIELD_STRING:
    case VICI_FIELD_ESCAPED:
    case VICI_FIELD_BOOLEAN:
    case VICI_FIELD_UINT:
    case VICI_FIELD_UINT64:
    case VICI_FIELD_HEX:
    case VICI_FIELD_SECONDS:
    case VICI_FIELD_ENUM:
    default:
      g_free (value);
      break;
    }
}

/* -- Values that are read each time -- */

gboolean
vici_field_read_boolean (const ViciField *field,
                         ViciMessage     *whole)
{
  const char *key = field->key;
  g_autoptr (ViciMessage) message = find_section (whole, &key);

  return message != NULL && vici_message_lookup_boolean (message, key, FALSE);
}

static guint64
lookup_hex (ViciMessage *message,
            const char  *key)
{
  g_autofree char *text = vici_message_lookup_string (message, key);
  guint64 value = 0;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT64, &value, NULL))
    value = 0;

  return value;
}

guint64
vici_field_read_uint64 (const ViciField *field,
                        ViciMessage     *whole)
{
  const char *key = field->key;
  g_autoptr (ViciMessage) message = find_section (whole, &key);
  guint64 value;

  if (message == NULL)
    return 0;

  if (field->kind == VICI_FIELD_HEX)
    return lookup_hex (message, key);

  value = vici_message_lookup_uint64 (message, key, 0);

  return field->kind == VICI_FIELD_UINT && value > G_MAXUINT ? 0 : value;
}

/* What is overdue is due now: a negative number would be taken for "none". */
gint64
vici_field_read_seconds (const ViciField *field,
                         ViciMessage     *whole)
{
  const char *key = field->key;
  g_autoptr (ViciMessage) message = find_section (whole, &key);
  gint64 value = message ? vici_message_lookup_int64 (message, key, G_MININT64) : G_MININT64;

  return value == G_MININT64 ? -1 : MAX (value, 0);
}

int
vici_field_read_enum (const ViciField *field,
                      ViciMessage     *whole)
{
  const char *key = field->key;
  g_autoptr (ViciMessage) message = find_section (whole, &key);
  g_autofree char *text = message ? vici_message_lookup_string (message, key) : NULL;

  return text ? vici_word_get_value (field->words, text) : 0;
}
