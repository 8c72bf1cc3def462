/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "records-test.h"

#include <string.h>

#include "vici-builder.h"

GType *
records_test_types (void)
{
  const GType types[] = {
    VICI_TYPE_IKE_SA,
    VICI_TYPE_CHILD_SA,
    VICI_TYPE_IKE_UPDATE,
    VICI_TYPE_CONN,
    VICI_TYPE_CONN_AUTH,
    VICI_TYPE_CONN_CHILD,
    VICI_TYPE_POLICY,
    VICI_TYPE_AUTHORITY,
    VICI_TYPE_POOL,
    VICI_TYPE_LEASE,
    VICI_TYPE_CERT,
    VICI_TYPE_KEY_ID,
    VICI_TYPE_SHARED_ID,
    VICI_TYPE_VERSION_INFO,
    VICI_TYPE_STATS,
    VICI_TYPE_COUNTERS,
    VICI_TYPE_ALGORITHM,
    VICI_TYPE_LOG_ENTRY,
    VICI_TYPE_ALERT,
    G_TYPE_INVALID,
  };

  return g_memdup2 (types, sizeof types);
}

void
records_test_strv (const char * const *items,
                   const char         *joined)
{
  g_autofree char *text = items ? g_strjoinv ("|", (char **) items) : g_strdup ("(null)");

  g_assert_cmpstr (text, ==, joined);
}

char *
records_test_dashed (const char *name)
{
  GString *text = g_string_new (NULL);

  for (const char *at = name; *at != '\0'; at++)
    {
      if (g_ascii_isupper (*at) && at != name)
        g_string_append_c (text, '_');
      g_string_append_c (text, g_ascii_tolower (*at));
    }

  return g_string_free (text, FALSE);
}

static ViciMessage *
end_message (ViciBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_builder_end (builder, &error);

  g_assert_no_error (error);

  return message;
}

/* -- Messages after the table of fields -- */

static void
add_list (ViciBuilder *builder,
          const char  *key,
          const char  *first)
{
  vici_builder_begin_list (builder, key);
  vici_builder_add_item (builder, first);
  vici_builder_add_item (builder, "");
  vici_builder_add_item (builder, "drei");
  vici_builder_end_list (builder);
}

static void
add_section (ViciBuilder *builder,
             const char  *name)
{
  vici_builder_begin_section (builder, name);
  vici_builder_end_section (builder);
}

/* Sections: those in the section of that key, or those whose name starts so. */
static void
add_sections (ViciBuilder     *builder,
              const ViciField *field,
              const char      *key)
{
  g_autofree char *start = g_strdup (key);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gboolean star = g_str_has_suffix (key, "*");

  start[strlen (key) - star] = '\0';
  first = g_strconcat (star ? start : "", "a", NULL);
  second = g_strconcat (star ? start : "", "b", NULL);

  if (!star)
    vici_builder_begin_section (builder, key);
  add_section (builder, first);
  if (field->kind == VICI_FIELD_RECORDS)
    add_section (builder, second);
  if (!star)
    vici_builder_end_section (builder);
}

static void
add_numbered (ViciBuilder *builder,
              const char  *key)
{
  g_autofree char *first = g_strconcat (key, "1", NULL);
  g_autofree char *second = g_strconcat (key, "2", NULL);

  vici_builder_add_string (builder, first, "first");
  vici_builder_add_string (builder, second, "second");
}

static void
add_said (ViciBuilder     *builder,
          const ViciField *field,
          const char      *key)
{
  switch (field->kind)
    {
    case VICI_FIELD_NAME:
      break;

    case VICI_FIELD_ESCAPED:
      vici_builder_add_string (builder, key, "B%C3%BCro");
      break;

    case VICI_FIELD_STRINGS:
      add_list (builder, key, "one");
      break;

    case VICI_FIELD_NUMBERED:
      add_numbered (builder, key);
      break;

    case VICI_FIELD_BYTES:
      vici_builder_add_data (builder, key, (const guint8 *) RECORDS_TEST_BYTES,
                             sizeof RECORDS_TEST_BYTES - 1);
      break;

    case VICI_FIELD_BOOLEAN:
      vici_builder_add_boolean (builder, key, TRUE);
      break;

    case VICI_FIELD_UINT:
      vici_builder_add_uint64 (builder, key, G_MAXUINT);
      break;

    case VICI_FIELD_UINT64:
      vici_builder_add_uint64 (builder, key, G_MAXUINT64);
      break;

    case VICI_FIELD_HEX:
      vici_builder_add_string (builder, key, "0123456789abcdef");
      break;

    case VICI_FIELD_SECONDS:
      vici_builder_add_string (builder, key, "14400");
      break;

    case VICI_FIELD_ENUM:
      vici_builder_add_string (builder, key, field->words[0].text);
      break;

    case VICI_FIELD_RECORD:
    case VICI_FIELD_RECORDS:
      add_sections (builder, field, key);
      break;

    case VICI_FIELD_STRING:
    case VICI_FIELD_CUSTOM:
    default:
      vici_builder_add_string (builder, key, RECORDS_TEST_TEXT);
      break;
    }
}

/* No text is one, no number, no word, and no certificate. */
static void
add_garbage (ViciBuilder     *builder,
             const ViciField *field,
             const char      *key)
{
  static const guint8 garbage[] = { 'g', 0xff, 0 };

  if (field->kind == VICI_FIELD_STRINGS)
    {
      vici_builder_begin_list (builder, key);
      vici_builder_add_item (builder, "fine");
      vici_builder_add_item_data (builder, garbage, sizeof garbage);
      vici_builder_end_list (builder);
    }
  else if (field->kind != VICI_FIELD_NAME && field->kind != VICI_FIELD_BYTES &&
           !g_str_has_suffix (key, "*"))
    {
      vici_builder_add_data (builder, key, garbage, sizeof garbage);
    }
}

static void
add_other_kind (ViciBuilder     *builder,
                const ViciField *field,
                const char      *key)
{
  g_autofree char *plain = g_strdup (key);

  g_strdelimit (plain, "*", 'x');
  if (field->kind == VICI_FIELD_STRINGS)
    add_section (builder, plain);
  else if (field->kind == VICI_FIELD_RECORD || field->kind == VICI_FIELD_RECORDS)
    vici_builder_add_string (builder, plain, RECORDS_TEST_TEXT);
  else if (field->kind != VICI_FIELD_NAME)
    add_list (builder, plain, "1");
}

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  const ViciField *first = *(const ViciField * const *) a;
  const ViciField *second = *(const ViciField * const *) b;
  int order = strcmp (first->key, second->key);

  /* Of two with one key, the one whose value suits both. */
  if (order == 0)
    order = (first->kind == VICI_FIELD_STRING) - (second->kind == VICI_FIELD_STRING);

  return order;
}

static void
add_field (ViciBuilder     *builder,
           const ViciField *field,
           const char      *key,
           RecordsTestHow   how)
{
  if (how == RECORDS_TEST_SAID)
    add_said (builder, field, key);
  else if (how == RECORDS_TEST_GARBAGE)
    add_garbage (builder, field, key);
  else if (how == RECORDS_TEST_OTHER_KIND)
    add_other_kind (builder, field, key);
}

/* Closes and opens sections, from where one path leads to where the next one does. */
static void
move (ViciBuilder        *builder,
      const char * const *from,
      const char * const *to)
{
  guint common = 0;

  while (from[common] && from[common + 1] && to[common] && to[common + 1] &&
         g_str_equal (from[common], to[common]))
    common++;

  for (guint i = common; from[i] != NULL && from[i + 1] != NULL; i++)
    vici_builder_end_section (builder);
  for (guint i = common; to[i] != NULL && to[i + 1] != NULL; i++)
    vici_builder_begin_section (builder, to[i]);
}

gpointer
records_test_new (GType          type,
                  RecordsTestHow how)
{
  g_autoptr (ViciRecordClass) klass = g_type_class_ref (type);
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_auto (GStrv) place = g_new0 (char *, 1);
  g_auto (GStrv) end = g_new0 (char *, 1);

  for (guint i = 0; i < klass->n_fields; i++)
    g_ptr_array_add (fields, (gpointer) &klass->fields[i]);
  g_ptr_array_sort (fields, compare_keys);

  for (guint i = 0; i < fields->len; i++)
    {
      const ViciField *field = fields->pdata[i];
      g_auto (GStrv) path = g_strsplit (field->key, ".", -1);

      if (i > 0 && g_str_equal (field->key, ((ViciField *) fields->pdata[i - 1])->key))
        continue;

      move (builder, (const char * const *) place, (const char * const *) path);
      add_field (builder, field, path[g_strv_length (path) - 1], how);
      g_strfreev (place);
      place = g_steal_pointer (&path);
    }
  move (builder, (const char * const *) place, (const char * const *) end);
  message = end_message (builder);

  return vici_record_new (type, how == RECORDS_TEST_SAID ? "B%C3%BCro" : NULL, message);
}

/* -- Messages by hand -- */

gpointer
records_test_parse (GType       type,
                    const char *name,
                    const char *format,
                    ...)
{
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  variant = g_variant_ref_sink (g_variant_new_parsed_va (format, &args));
  va_end (args);
  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);

  return vici_record_new (type, name, message);
}

ViciMessage *
records_test_read (const char *path)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *message;
  char *data;
  gsize length;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (data, length);
  message = vici_message_new_from_bytes (bytes, &error);
  g_assert_no_error (error);

  return message;
}

gpointer
records_test_load (GType       type,
                   const char *name,
                   const char *path)
{
  g_autoptr (ViciMessage) message = records_test_read (path);

  return vici_record_new (type, name, message);
}

/* -- Words -- */

static void
assert_word (GType            type,
             const ViciField *field,
             const char      *word,
             int              value)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GObject) record = NULL;
  g_autofree char *twin = g_strconcat (field->property, "-text", NULL);
  g_autofree char *text = NULL;
  int got;

  vici_builder_add_string (builder, field->key, word);
  message = end_message (builder);
  record = vici_record_new (type, NULL, message);

  g_test_message ("%s:%s is %s", g_type_name (type), field->property, word);
  g_object_get (record, field->property, &got, twin, &text, NULL);
  g_assert_cmpint (got, ==, value);
  g_assert_cmpstr (text, ==, word);
}

void
records_test_words (GType            type,
                    const ViciField *field)
{
  g_autoptr (GEnumClass) members = g_type_class_ref (field->get_type ());

  for (const ViciWord *word = field->words; word->text != NULL; word++)
    {
      g_autofree char *lower = g_ascii_strdown (word->text, -1);
      g_autofree char *longer = g_strconcat (word->text, "x", NULL);

      g_assert_nonnull (g_enum_get_value (members, word->value));
      g_assert_cmpint (word->value, !=, 0);
      assert_word (type, field, word->text, word->value);
      assert_word (type, field, lower, word->value);
      assert_word (type, field, longer, 0);
    }

  assert_word (type, field, "", 0);
  assert_word (type, field, "a word of tomorrow", 0);
}

/* -- Hostile ones -- */

/* A builder makes no such message. */
ViciMessage *
records_test_twins (void)
{
  static const char data[] = "\1\4home\3\10uniqueid\0\0011\2"
                             "\1\4home\3\10uniqueid\0\0012\2";
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, sizeof data - 1);
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_message_new_from_bytes (bytes, &error);

  g_assert_no_error (error);

  return message;
}

gpointer
records_test_crowd (guint n)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;

  vici_builder_begin_section (builder, "child-sas");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("net-%u", i);

      vici_builder_begin_section (builder, name);
      vici_builder_add_uint64 (builder, "uniqueid", i);
      vici_builder_end_section (builder);
    }
  vici_builder_end_section (builder);
  message = end_message (builder);

  return vici_record_new (VICI_TYPE_IKE_SA, "home", message);
}
