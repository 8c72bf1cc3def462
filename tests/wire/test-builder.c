/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-builder.h"
#include "wire-test.h"

static void
test_golden_vector (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  vici_builder_add_string (builder, "key1", "value1");
  vici_builder_begin_section (builder, "section1");
  vici_builder_begin_section (builder, "sub-section");
  vici_builder_add_string (builder, "key2", "value2");
  vici_builder_end_section (builder);
  vici_builder_begin_list (builder, "list1");
  vici_builder_add_item (builder, "item1");
  vici_builder_add_item (builder, "item2");
  vici_builder_end_list (builder);
  vici_builder_end_section (builder);

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  assert_bytes (message, LITERAL (GOLDEN));
}

static void
test_values (void)
{
  static const char expected[] =
    "\3\1a\0\0"
    "\3\1b\0\2\0\1"
    "\3\1c\0\0"
    "\3\1d\0\1\377"
    "\3\1e\0\0"
    "\3\1f\0\24-9223372036854775808"
    "\3\1g\0\02418446744073709551615"
    "\3\1h\0\3yes"
    "\3\1i\0\2no"
    "\3\1j\0\0037-x"
    "\4\1k\5\0\1x\5\0\0\6"
    "\4\1l\6"
    "\4\1m\5\0\2\0\1\5\0\0\5\0\1\377\5\0\0\5\0\01210.0.0.0/8\6";
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1", 2);
  g_autoptr (GBytes) no_bytes = g_bytes_new (NULL, 0);

  vici_builder_add_string (builder, "a", "");
  vici_builder_add_bytes (builder, "b", bytes);
  vici_builder_add_bytes (builder, "c", no_bytes);
  vici_builder_add_data (builder, "d", (const guint8 *) "\377", 1);
  vici_builder_add_data (builder, "e", NULL, 0);
  vici_builder_add_int64 (builder, "f", G_MININT64);
  vici_builder_add_uint64 (builder, "g", G_MAXUINT64);
  vici_builder_add_boolean (builder, "h", TRUE);
  vici_builder_add_boolean (builder, "i", FALSE);
  vici_builder_add_printf (builder, "j", "%d-%s", 7, "x");
  vici_builder_add_strv (builder, "k", (const char *[]) { "x", "", NULL });
  vici_builder_add_strv (builder, "l", (const char *[]) { NULL });
  vici_builder_begin_list (builder, "m");
  vici_builder_add_item_bytes (builder, bytes);
  vici_builder_add_item_bytes (builder, no_bytes);
  vici_builder_add_item_data (builder, (const guint8 *) "\377", 1);
  vici_builder_add_item_data (builder, NULL, 0);
  vici_builder_add_item_printf (builder, "%s/%u", "10.0.0.0", 8);
  vici_builder_end_list (builder);

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  assert_bytes (message, expected, sizeof expected - 1);
}

static void
test_printf_lengths (void)
{
  /* On both sides of what is formatted without memory of its own. */
  const guint lengths[] = { 0, 1, 254, 255, 256, 257, 5000, VICI_VALUE_MAX };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (ViciBuilder) builder = vici_builder_new ();
      g_autoptr (ViciMessage) message = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = g_strnfill (lengths[i], 'x');
      g_autofree char *value = NULL;
      g_auto (GStrv) list = NULL;

      vici_builder_add_printf (builder, "key", "%s", text);
      vici_builder_begin_list (builder, "list");
      vici_builder_add_item_printf (builder, "%s", text);
      vici_builder_end_list (builder);
      message = vici_builder_end (builder, &error);
      g_assert_no_error (error);

      value = vici_message_lookup_string (message, "key");
      g_assert_cmpstr (value, ==, text);
      list = vici_message_lookup_strv (message, "list");
      g_assert_cmpstrv (list, ((const char *[]) { text, NULL }));
    }
}

static void
test_add_section (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) inner = message_new (LITERAL ("\3\0\0\1v\4\1l\6"));
  g_autoptr (ViciMessage) empty = message_new (NULL, 0);
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  vici_builder_add_section (builder, "a", inner);
  vici_builder_add_section (builder, "b", empty);
  vici_builder_add_string (builder, "l", "w");
  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  assert_bytes (message, LITERAL ("\1\1a\3\0\0\1v\4\1l\6\2\1\1b\2\3\1l\0\1w"));
}

static void
mistake_empty_name (ViciBuilder *builder)
{
  vici_builder_add_string (builder, "", "v");
}

static void
mistake_name_with_control (ViciBuilder *builder)
{
  vici_builder_add_string (builder, "a\nb", "v");
}

static void
mistake_name_not_ascii (ViciBuilder *builder)
{
  vici_builder_begin_section (builder, "gr\303\274n");
}

static void
mistake_name_with_delete (ViciBuilder *builder)
{
  vici_builder_begin_list (builder, "a\177");
}

static void
mistake_name_twice (ViciBuilder *builder)
{
  vici_builder_add_string (builder, "twin", "v");
  vici_builder_add_string (builder, "other", "v");
  vici_builder_begin_list (builder, "twin");
}

static void
mistake_name_twice_around_section (ViciBuilder *builder)
{
  vici_builder_add_string (builder, "twin", "v");
  vici_builder_begin_section (builder, "s");
  vici_builder_add_string (builder, "twin", "v");
  vici_builder_end_section (builder);
  vici_builder_add_string (builder, "twin", "v");
}

static void
mistake_item_outside_list (ViciBuilder *builder)
{
  vici_builder_begin_section (builder, "s");
  vici_builder_add_item (builder, "i");
}

static void
mistake_key_in_list (ViciBuilder *builder)
{
  vici_builder_begin_list (builder, "the-list");
  vici_builder_add_string (builder, "the-key", "v");
}

static void
mistake_section_in_list (ViciBuilder *builder)
{
  vici_builder_begin_list (builder, "the-list");
  vici_builder_begin_section (builder, "s");
}

static void
mistake_list_in_list (ViciBuilder *builder)
{
  vici_builder_begin_list (builder, "the-list");
  vici_builder_begin_list (builder, "l");
}

static void
mistake_section_end_in_list (ViciBuilder *builder)
{
  vici_builder_begin_section (builder, "s");
  vici_builder_begin_list (builder, "the-list");
  vici_builder_end_section (builder);
}

static void
mistake_section_end_alone (ViciBuilder *builder)
{
  vici_builder_end_section (builder);
}

static void
mistake_list_end_alone (ViciBuilder *builder)
{
  vici_builder_end_list (builder);
}

static void
mistake_section_open (ViciBuilder *builder)
{
  vici_builder_begin_section (builder, "outer");
  vici_builder_begin_section (builder, "inner");
  vici_builder_end_section (builder);
}

static void
mistake_list_open (ViciBuilder *builder)
{
  vici_builder_begin_section (builder, "s");
  vici_builder_begin_list (builder, "the-list");
  vici_builder_add_item (builder, "i");
}

static void
mistake_long_name (ViciBuilder *builder)
{
  g_autofree char *name = g_strnfill (VICI_NAME_MAX + 1, 'n');

  vici_builder_add_string (builder, name, "v");
}

static void
mistake_long_value (ViciBuilder *builder)
{
  g_autofree char *value = g_strnfill (VICI_VALUE_MAX + 1, 'v');

  vici_builder_add_string (builder, "the-key", value);
}

static void
mistake_long_item (ViciBuilder *builder)
{
  g_autofree char *value = g_strnfill (VICI_VALUE_MAX + 1, 'v');

  vici_builder_begin_list (builder, "the-list");
  vici_builder_add_item (builder, value);
}

static void
mistake_long_printf (ViciBuilder *builder)
{
  vici_builder_add_printf (builder, "the-key", "%*d", VICI_VALUE_MAX + 1, 1);
}

static const struct
{
  const char *name;
  void      (*make) (ViciBuilder *builder);
  ViciError   code;
  const char *named; /* in the message */
} mistakes[] = {
  { "empty-name", mistake_empty_name, VICI_ERROR_INVALID, "empty" },
  { "name-with-control", mistake_name_with_control, VICI_ERROR_INVALID, "“a\\nb”" },
  { "name-not-ascii", mistake_name_not_ascii, VICI_ERROR_INVALID, "“gr\\303\\274n”" },
  { "name-with-delete", mistake_name_with_delete, VICI_ERROR_INVALID, "“a\\177”" },
  { "name-twice", mistake_name_twice, VICI_ERROR_INVALID, "“twin”" },
  { "name-twice-around-section", mistake_name_twice_around_section, VICI_ERROR_INVALID, "“twin”" },
  { "item-outside-list", mistake_item_outside_list, VICI_ERROR_INVALID, "outside a list" },
  { "key-in-list", mistake_key_in_list, VICI_ERROR_INVALID, "“the-key” is added to the list “the-list”" },
  { "section-in-list", mistake_section_in_list, VICI_ERROR_INVALID, "“the-list”" },
  { "list-in-list", mistake_list_in_list, VICI_ERROR_INVALID, "“the-list”" },
  { "section-end-in-list", mistake_section_end_in_list, VICI_ERROR_INVALID, "“the-list”" },
  { "section-end-alone", mistake_section_end_alone, VICI_ERROR_INVALID, "section ends" },
  { "list-end-alone", mistake_list_end_alone, VICI_ERROR_INVALID, "list ends" },
  { "section-open", mistake_section_open, VICI_ERROR_INVALID, "“outer” is not ended" },
  { "list-open", mistake_list_open, VICI_ERROR_INVALID, "“the-list” is not ended" },
  { "long-name", mistake_long_name, VICI_ERROR_TOO_LARGE, "255" },
  { "long-value", mistake_long_value, VICI_ERROR_TOO_LARGE, "“the-key” is longer than 65535" },
  { "long-item", mistake_long_item, VICI_ERROR_TOO_LARGE, "“the-list” is longer than 65535" },
  { "long-printf", mistake_long_printf, VICI_ERROR_TOO_LARGE, "“the-key” is longer than 65535" },
};

static void
assert_mistake (ViciBuilder *builder,
                gsize        i)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_builder_end (builder, &error));
  g_assert_error (error, VICI_ERROR, (int) mistakes[i].code);
  if (strstr (error->message, mistakes[i].named) == NULL)
    g_error ("“%s” does not say “%s”", error->message, mistakes[i].named);
}

static void
test_mistake (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  mistakes[i].make (builder);
  assert_mistake (builder, i);

  /* The builder is empty, and good again. */
  vici_builder_add_string (builder, "twin", "v");
  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  assert_bytes (message, LITERAL ("\3\4twin\0\1v"));
}

static void
test_first_mistake_sticks (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  mistake_long_value (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    mistakes[i].make (builder);

  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      if (mistakes[i].make == mistake_long_value)
        assert_mistake (builder, i);
    }
}

static void
test_longest_name_and_value (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strnfill (VICI_NAME_MAX, 'n');
  g_autofree char *value = g_strnfill (VICI_VALUE_MAX, 'v');
  g_autofree char *read = NULL;
  g_auto (GStrv) list = NULL;

  vici_builder_add_string (builder, name, value);
  vici_builder_begin_list (builder, "l");
  vici_builder_add_item (builder, value);
  vici_builder_end_list (builder);
  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  read = vici_message_lookup_string (message, name);
  g_assert_cmpstr (read, ==, value);
  list = vici_message_lookup_strv (message, "l");
  g_assert_cmpstrv (list, ((const char *[]) { value, NULL }));
}

/* Leaves room for @room more bytes. */
static void
fill (ViciBuilder *builder,
      gsize        room)
{
  g_autofree guint8 *data = g_malloc0 (VICI_VALUE_MAX);
  gsize left = VICI_MESSAGE_MAX - room;

  for (guint i = 0; left > 0; i++)
    {
      g_autofree char *name = g_strdup_printf ("%04u", i);
      gsize length = MIN (left - 8, VICI_VALUE_MAX);

      /* What remains has to be enough for another element. */
      if (left - 8 - length > 0 && left - 8 - length < 8)
        length -= 8;

      vici_builder_add_data (builder, name, data, length);
      left -= 8 + length;
    }
}

static void
fill_up_with_key (ViciBuilder *builder)
{
  vici_builder_add_string (builder, "last", "v");
}

static void
fill_up_with_section (ViciBuilder *builder)
{
  vici_builder_begin_section (builder, "last");
  vici_builder_end_section (builder);
}

static void
fill_up_with_list (ViciBuilder *builder)
{
  vici_builder_begin_list (builder, "last");
  vici_builder_end_list (builder);
}

static void
fill_up_with_item (ViciBuilder *builder)
{
  vici_builder_add_strv (builder, "last", (const char *[]) { "i", NULL });
}

static void
fill_up_with_message (ViciBuilder *builder)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (GOLDEN));

  vici_builder_add_section (builder, "last", message);
}

static void
test_longest_message (void)
{
  static const struct
  {
    void (*add) (ViciBuilder *builder);
    gsize length;
  } ends[] = {
    { fill_up_with_key, 9 },
    { fill_up_with_section, 7 },
    { fill_up_with_list, 7 },
    { fill_up_with_item, 11 },
    { fill_up_with_message, 7 + sizeof GOLDEN - 1 },
  };
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autoptr (ViciMessage) message = NULL;
      g_autoptr (GError) error = NULL;

      fill (builder, ends[i].length);
      ends[i].add (builder);
      message = vici_builder_end (builder, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (vici_message_get_bytes (message)), ==,
                        VICI_MESSAGE_MAX);

      fill (builder, ends[i].length - 1);
      ends[i].add (builder);
      g_assert_null (vici_builder_end (builder, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
      g_assert_nonnull (strstr (error->message, "“last”"));
      g_assert_nonnull (strstr (error->message, "524287"));
    }
}

static void
test_same_name_elsewhere (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  /* In a section, in its sibling, in its child, around it: all different. */
  vici_builder_add_string (builder, "n", "v");
  for (guint i = 0; i < 2; i++)
    {
      vici_builder_begin_section (builder, i == 0 ? "s" : "t");
      vici_builder_begin_section (builder, "s");
      vici_builder_add_string (builder, "n", "v");
      vici_builder_end_section (builder);
      vici_builder_add_string (builder, "n", "v");
      vici_builder_end_section (builder);
    }

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_nonnull (message);

  /* And the next message knows nothing of them. */
  g_clear_object (&message);
  vici_builder_add_string (builder, "n", "v");
  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
}

static void
test_many_names (void)
{
  const guint many = 20000;
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GError) error = NULL;

  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (ViciMessage) message = NULL;
      g_auto (GStrv) names = NULL;

      for (guint i = 0; i < many; i++)
        {
          g_autofree char *name = g_strdup_printf ("name-%u", i);

          vici_builder_add_string (builder, name, "");
        }

      message = vici_builder_end (builder, &error);
      g_assert_no_error (error);
      names = vici_message_get_names (message);
      g_assert_cmpuint (g_strv_length (names), ==, many);
      g_assert_cmpstr (names[many - 1], ==, "name-19999");
    }

  /* Each of them is found again among all. */
  for (guint i = 0; i < many; i += 1999)
    {
      g_autofree char *twin = g_strdup_printf ("name-%u", i);

      for (guint j = 0; j < many; j++)
        {
          g_autofree char *name = g_strdup_printf ("name-%u", j);

          vici_builder_add_string (builder, name, "");
        }
      vici_builder_add_string (builder, twin, "");

      g_assert_null (vici_builder_end (builder, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, twin));
      g_clear_error (&error);
    }
}

static void
test_deep_nesting (void)
{
  const guint deep = 100000;
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < deep; i++)
    vici_builder_begin_section (builder, "s");
  for (guint i = 0; i < deep; i++)
    vici_builder_end_section (builder);

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (vici_message_get_bytes (message)), ==, 4 * deep);
}

static void
test_sensitive (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) secret = NULL;
  g_autoptr (ViciMessage) section = NULL;
  g_autoptr (ViciMessage) plain = NULL;
  g_autoptr (ViciMessage) outer = NULL;

  vici_builder_set_sensitive (builder, TRUE);
  vici_builder_begin_section (builder, "s");
  vici_builder_add_string (builder, "k", "v");
  vici_builder_end_section (builder);
  secret = vici_builder_end (builder, NULL);
  g_assert_true (vici_message_is_sensitive (secret));
  section = vici_message_lookup_section (secret, "s");
  g_assert_true (vici_message_is_sensitive (section));

  vici_builder_add_string (builder, "k", "v");
  plain = vici_builder_end (builder, NULL);
  g_assert_false (vici_message_is_sensitive (plain));

  vici_builder_add_section (builder, "secret", section);
  vici_builder_add_section (builder, "plain", plain);
  outer = vici_builder_end (builder, NULL);
  g_assert_true (vici_message_is_sensitive (outer));

  /* A mistake ends it too. */
  vici_builder_set_sensitive (builder, TRUE);
  vici_builder_end_list (builder);
  g_assert_null (vici_builder_end (builder, NULL));
  g_clear_object (&plain);
  plain = vici_builder_end (builder, NULL);
  g_assert_false (vici_message_is_sensitive (plain));
}

static void
test_nothing (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_true (vici_message_is_empty (message));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/builder/golden-vector-is-written", test_golden_vector);
  g_test_add_func ("/builder/all-kinds-of-values-are-written", test_values);
  g_test_add_func ("/builder/printf-takes-any-length", test_printf_lengths);
  g_test_add_func ("/builder/add-section-copies-a-message", test_add_section);
  g_test_add_func ("/builder/nothing-is-the-empty-message", test_nothing);
  g_test_add_func ("/builder/first-mistake-sticks", test_first_mistake_sticks);
  g_test_add_func ("/builder/longest-name-and-value-are-accepted", test_longest_name_and_value);
  g_test_add_func ("/builder/longest-message-is-accepted-and-no-longer-one", test_longest_message);
  g_test_add_func ("/builder/name-may-be-used-in-another-section", test_same_name_elsewhere);
  g_test_add_func ("/builder/twin-is-found-among-many-names", test_many_names);
  g_test_add_func ("/builder/sections-nest-deep", test_deep_nesting);
  g_test_add_func ("/builder/sensitive-goes-with-the-message", test_sensitive);

  for (gsize i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/builder/%s-is-refused", mistakes[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_mistake);
    }

  return g_test_run ();
}
