/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <pthread.h>

#include "wire-test.h"

/* As many as fit in a packet: three bytes each. */
#define NESTED 170000

static void
test_golden_vector (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (GOLDEN));
  g_autoptr (ViciMessage) section = NULL;
  g_auto (GStrv) names = vici_message_get_names (message);
  g_auto (GStrv) list = NULL;
  g_autofree char *value = vici_message_lookup_string (message, "key1");

  g_assert_cmpstrv (names, ((const char *[]) { "key1", "section1", NULL }));
  g_assert_cmpstr (value, ==, "value1");

  section = vici_message_lookup_section (message, "section1");
  list = vici_message_lookup_strv (section, "list1");
  g_assert_cmpstrv (list, ((const char *[]) { "item1", "item2", NULL }));
}

static void
test_bytes_are_not_copied (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new (LITERAL (GOLDEN));
  g_autoptr (ViciMessage) message = vici_message_new_from_bytes (bytes, NULL);
  g_autoptr (ViciMessage) section = NULL;
  g_autoptr (GBytes) value = NULL;
  const guint8 *data = g_bytes_get_data (bytes, NULL);

  g_assert_true (vici_message_get_bytes (message) == bytes);

  value = vici_message_lookup_bytes (message, "key1");
  g_assert_true (g_bytes_get_data (value, NULL) == data + 8);

  section = vici_message_lookup_section (message, "section1");
  g_assert_true (g_bytes_get_data (vici_message_get_bytes (section), NULL) == data + 24);

  /* They keep alive what they share. */
  g_clear_object (&message);
  g_clear_pointer (&bytes, g_bytes_unref);
  g_assert_cmpmem (g_bytes_get_data (value, NULL), g_bytes_get_size (value), "value1", 6);
  assert_bytes (section, LITERAL ("\1\13sub-section\3\4key2\0\6value2\2"
                                  "\4\5list1\5\0\5item1\5\0\5item2\6"));
}

static const struct
{
  const char *name;
  const char *data;
  gsize       length;
} valid[] = {
  { "empty", LITERAL ("") },
  { "empty-value", LITERAL ("\3\1k\0\0") },
  { "empty-section", LITERAL ("\1\1s\2") },
  { "empty-list", LITERAL ("\4\1l\6") },
  { "empty-item", LITERAL ("\4\1l\5\0\0\6") },
  { "empty-name", LITERAL ("\1\0\3\0\0\1v\4\0\6\2") },
  { "utf-8-name", LITERAL ("\3\7gr\303\274n\303\237\0\1v") },
  { "name-with-space", LITERAL ("\3\3a b\0\1v") },
  { "name-twice", LITERAL ("\3\1k\0\1v\3\1k\0\1w") },
  { "binary-value", LITERAL ("\3\1k\0\4\0\377\1\2") },
};

static void
test_valid (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (ViciMessage) message = message_new (valid[i].data, valid[i].length);

  assert_bytes (message, valid[i].data, valid[i].length);
  g_assert_cmpint (vici_message_is_empty (message), ==, valid[i].length == 0);
}

static const struct
{
  const char *name;
  const char *data;
  gsize       length;
  const char *problem;
} malformed[] = {
  { "type-0", LITERAL ("\0"), "byte 0: the type of an element is unknown" },
  { "type-7", LITERAL ("\3\1k\0\0\7"), "byte 5: the type of an element is unknown" },
  { "type-255", LITERAL ("\377"), "byte 0: the type of an element is unknown" },
  { "no-name-length", LITERAL ("\1"), "byte 0: a name is cut short" },
  { "name-short-by-one", LITERAL ("\1\2a"), "byte 0: a name is cut short" },
  { "no-value-length", LITERAL ("\3\1k"), "byte 0: a value is cut short" },
  { "half-value-length", LITERAL ("\3\1k\0"), "byte 0: a value is cut short" },
  { "value-short-by-one", LITERAL ("\3\1k\0\2v"), "byte 0: a value is cut short" },
  { "value-length-is-big-endian", LITERAL ("\3\1k\1\0v"), "byte 0: a value is cut short" },
  { "no-item-length", LITERAL ("\4\1l\5"), "byte 3: a value is cut short" },
  { "item-short-by-one", LITERAL ("\4\1l\5\0\2i"), "byte 3: a value is cut short" },
  { "item-outside-list", LITERAL ("\5\0\1i"), "byte 0: a list item is outside" },
  { "item-after-list", LITERAL ("\4\1l\6\5\0\1i"), "byte 4: a list item is outside" },
  { "list-end-alone", LITERAL ("\6"), "byte 0: a list ends that did not start" },
  { "list-in-list", LITERAL ("\4\1l\4\1m\6\6"), "byte 3: a list holds something other" },
  { "key-in-list", LITERAL ("\4\1l\3\1k\0\0\6"), "byte 3: a list holds something other" },
  { "section-in-list", LITERAL ("\4\1l\1\1s\2\6"), "byte 3: a list holds something other" },
  { "section-end-in-list", LITERAL ("\1\1s\4\1l\2\6"), "byte 6: a list holds something other" },
  { "unknown-type-in-list", LITERAL ("\4\1l\11\6"), "byte 3: a list holds something other" },
  { "section-end-alone", LITERAL ("\2"), "byte 0: a section ends that did not start" },
  { "section-end-twice", LITERAL ("\1\1s\2\2"), "byte 4: a section ends that did not start" },
  { "list-end-for-section-end", LITERAL ("\1\1s\6"), "byte 3: a list ends that did not start" },
  { "section-open", LITERAL ("\1\1s"), "byte 3: a section does not end" },
  { "outer-section-open", LITERAL ("\1\1s\1\1t\2"), "byte 7: a section does not end" },
  { "list-open", LITERAL ("\4\1l\5\0\1i"), "byte 7: a list does not end" },
  { "name-with-nul", LITERAL ("\3\1\0\0\0"), "byte 0: a name is not text" },
  { "name-with-line-feed", LITERAL ("\3\3a\nb\0\0"), "byte 0: a name is not text" },
  { "name-with-last-control", LITERAL ("\3\1\37\0\0"), "byte 0: a name is not text" },
  { "name-with-delete", LITERAL ("\3\1\177\0\0"), "byte 0: a name is not text" },
  { "name-with-c1-control", LITERAL ("\3\2\302\237\0\0"), "byte 0: a name is not text" },
  { "name-with-stray-byte", LITERAL ("\3\2a\377\0\0"), "byte 0: a name is not text" },
  { "name-ends-within-character", LITERAL ("\3\2a\303\0\0"), "byte 0: a name is not text" },
  { "section-name-not-text", LITERAL ("\1\1\1\2"), "byte 0: a name is not text" },
  { "list-name-not-text", LITERAL ("\4\1\1\6"), "byte 0: a name is not text" },
};

static void
test_malformed (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) bytes = g_bytes_new (malformed[i].data, malformed[i].length);
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_message_new_from_bytes (bytes, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_MALFORMED);
  if (strstr (error->message, malformed[i].problem) == NULL)
    g_error ("“%s” does not say “%s”", error->message, malformed[i].problem);
}

static void
test_prefixes (void)
{
  gsize length = sizeof GOLDEN - 1;

  for (gsize i = 0; i <= length; i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (GOLDEN, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciMessage) message = vici_message_new_from_bytes (bytes, &error);
      gboolean whole = i == 0 || i == 14 || i == length;

      g_test_message ("%zu of %zu bytes", i, length);
      g_assert_cmpint (message != NULL, ==, whole);
      if (!whole)
        g_assert_error (error, VICI_ERROR, VICI_ERROR_MALFORMED);
    }
}

static void
test_longest_name_and_value (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GBytes) value = NULL;
  g_autofree char *name = g_strnfill (VICI_NAME_MAX, 'n');

  g_byte_array_append (data, (const guint8 *) "\3\377", 2);
  g_byte_array_append (data, (const guint8 *) name, VICI_NAME_MAX);
  g_byte_array_append (data, (const guint8 *) "\377\377", 2);
  g_byte_array_set_size (data, data->len + VICI_VALUE_MAX);
  memset (data->data + data->len - VICI_VALUE_MAX, 0xee, VICI_VALUE_MAX);

  message = message_new (data->data, data->len);
  value = vici_message_lookup_bytes (message, name);
  g_assert_cmpmem (g_bytes_get_data (value, NULL), g_bytes_get_size (value),
                   data->data + 2 + VICI_NAME_MAX + 2, VICI_VALUE_MAX);
}

/* Any byte at any place in names of many lengths, alone or not. */
static void
test_bytes_of_names (void)
{
  for (gsize length = 1; length <= 20; length++)
    {
      for (gsize i = 0; i < length; i++)
        {
          for (guint byte = 0; byte <= 0xff; byte++)
            {
              guint8 data[2 + 20 + 2] = { VICI_ELEMENT_KEY_VALUE, length };
              gboolean is_text = byte >= 0x20 && byte < 0x7f;

              memset (data + 2, "~ "[i % 2], length);
              data[2 + i] = byte;

              if (vici_message_check_encoding (data, 2 + length + 2, NULL) != is_text)
                g_error ("byte 0x%02x at %zu of %zu", byte, i, length);
            }
        }
    }
}

/* Whatever bytes come: they are refused, or can be walked within bounds. */
static void
test_mutations (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20240229);
  guint accepted = 0;

  for (guint i = 0; i < 20000; i++)
    {
      guint8 *data = g_memdup2 (LITERAL (GOLDEN));
      gsize length = g_rand_int_range (rand, 0, sizeof GOLDEN);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (ViciMessage) message = NULL;
      g_autofree char *text = NULL;

      if (i % 2 == 0)
        length = sizeof GOLDEN - 1;

      for (gint n = g_rand_int_range (rand, 1, 4); n > 0 && length > 0; n--)
        data[g_rand_int_range (rand, 0, length)] =
          g_rand_boolean (rand) ? g_rand_int_range (rand, 0, 8) : g_rand_int_range (rand, 0, 256);

      /* Shrunk to its length, for tools that notice a read behind. */
      bytes = g_bytes_new (data, length);
      g_free (data);

      message = vici_message_new_from_bytes (bytes, NULL);
      if (message == NULL)
        continue;

      accepted++;
      text = vici_message_to_string (message, VICI_PRINT_PRETTY);
      g_assert_cmpint (text[0], ==, '{');
      g_assert_true (vici_message_equal (message, message));
    }

  g_assert_cmpuint (accepted, >, 1000);
}

static void
walk_nested (ViciMessage *message)
{
  ViciMessageIter iter;
  guint elements = 0, deepest = 0;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      elements++;
      deepest = MAX (deepest, vici_message_iter_get_depth (&iter));
    }
  g_assert_cmpuint (elements, ==, 2 * NESTED);
  g_assert_cmpuint (deepest, ==, NESTED);

  vici_message_iter_init (&iter, message);
  vici_message_iter_next (&iter);
  vici_message_iter_skip (&iter);
  g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, 0);
  g_assert_false (vici_message_iter_next (&iter));
}

static void *
use_nested (void *data)
{
  g_autoptr (ViciMessage) message = message_new_nested (NESTED);
  g_autoptr (ViciMessage) section = NULL;
  g_autoptr (ViciMessage) again = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL, *pretty = NULL;

  walk_nested (message);

  section = vici_message_lookup_section (message, "");
  g_assert_nonnull (section);
  again = message_new_nested (NESTED - 1);
  g_assert_true (vici_message_equal (section, again));

  /* " {" and "}" for each, and around all. */
  line = vici_message_to_string (message, VICI_PRINT_NONE);
  g_assert_cmpuint (strlen (line), ==, NESTED * 3 + 2);

  /* Indented by no more than 64 levels. */
  pretty = vici_message_to_string (message, VICI_PRINT_PRETTY);
  g_assert_cmpuint (strlen (pretty), <, (gsize) NESTED * 2 * (2 * 64 + 4));

  g_assert_null (vici_message_to_variant (message, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);

  return NULL;
}

static void
test_deep_nesting (void)
{
  pthread_attr_t attributes;
  pthread_t thread;

  /* Tools that watch memory need more than the 16 KiB that would do. */
  g_assert_cmpint (pthread_attr_init (&attributes), ==, 0);
  g_assert_cmpint (pthread_attr_setstacksize (&attributes, 128 * 1024), ==, 0);
  g_assert_cmpint (pthread_create (&thread, &attributes, use_nested, NULL), ==, 0);
  g_assert_cmpint (pthread_join (thread, NULL), ==, 0);
  pthread_attr_destroy (&attributes);
}

static void
test_new_object_is_empty (void)
{
  g_autoptr (ViciMessage) message = g_object_new (VICI_TYPE_MESSAGE, NULL);
  g_autoptr (ViciMessage) empty = message_new (NULL, 0);
  g_auto (GStrv) names = vici_message_get_names (message);

  g_assert_true (vici_message_is_empty (message));
  g_assert_true (vici_message_equal (message, empty));
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_assert_false (vici_message_is_sensitive (message));
}

static void
test_equality (void)
{
  g_autoptr (ViciMessage) a = message_new (LITERAL ("\3\1k\0\1v\3\1l\0\1v"));
  g_autoptr (ViciMessage) b = message_new (LITERAL ("\3\1k\0\1v\3\1l\0\1v"));
  g_autoptr (ViciMessage) other_order = message_new (LITERAL ("\3\1l\0\1v\3\1k\0\1v"));
  g_autoptr (ViciMessage) shorter = message_new (LITERAL ("\3\1k\0\1v"));

  g_assert_true (vici_message_equal (a, b));
  g_assert_false (vici_message_equal (a, other_order));
  g_assert_false (vici_message_equal (a, shorter));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message/golden-vector-is-read", test_golden_vector);
  g_test_add_func ("/message/bytes-are-shared-not-copied", test_bytes_are_not_copied);
  g_test_add_func ("/message/every-cut-is-noticed", test_prefixes);
  g_test_add_func ("/message/longest-name-and-value-are-accepted", test_longest_name_and_value);
  g_test_add_func ("/message/every-byte-of-a-name-is-checked", test_bytes_of_names);
  g_test_add_func ("/message/mutated-bytes-are-refused-or-safe", test_mutations);
  g_test_add_func ("/message/deep-nesting-needs-no-stack", test_deep_nesting);
  g_test_add_func ("/message/new-object-is-the-empty-message", test_new_object_is_empty);
  g_test_add_func ("/message/equality-is-that-of-bytes", test_equality);

  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      g_autofree char *path = g_strdup_printf ("/message/%s-is-accepted", valid[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_valid);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *path = g_strdup_printf ("/message/%s-is-malformed", malformed[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_malformed);
    }

  return g_test_run ();
}
