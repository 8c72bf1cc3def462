/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-builder.h"
#include "wire-test.h"

static void
assert_variant (ViciMessage *message,
                const char  *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = vici_message_to_variant (message, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_false (g_variant_is_floating (variant));
  g_assert_true (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT));
  text = g_variant_print (variant, TRUE);
  g_assert_cmpstr (text, ==, expected);
}

static ViciMessage *
message_new_parsed (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = g_variant_parse (NULL, text, NULL, NULL, &error);
  ViciMessage *message;

  g_assert_no_error (error);
  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);

  return message;
}

static void
test_golden_vector (void)
{
  const char *text = "{'key1': <'value1'>, 'section1': <{"
                     "'sub-section': <{'key2': <'value2'>}>, "
                     "'list1': <['item1', 'item2']>}>}";
  g_autoptr (ViciMessage) read = message_new (LITERAL (GOLDEN));
  g_autoptr (ViciMessage) made = message_new_parsed (text);

  assert_variant (read, text);
  assert_bytes (made, LITERAL (GOLDEN));
}

static void
test_from_variant (void)
{
  static const struct
  {
    const char *variant;
    const char *data;
    gsize       length;
  } forms[] = {
    { "@a{sv} {}", LITERAL ("") },
    { "{'k': <''>}", LITERAL ("\3\1k\0\0") },
    { "{'k': <@ay [0x00, 0xff]>}", LITERAL ("\3\1k\0\2\0\377") },
    { "{'k': <@ay []>}", LITERAL ("\3\1k\0\0") },
    { "{'k': <true>, 'l': <false>}", LITERAL ("\3\1k\0\3yes\3\1l\0\2no") },
    { "{'k': <byte 0xff>}", LITERAL ("\3\1k\0\003255") },
    { "{'k': <int16 -32768>}", LITERAL ("\3\1k\0\6-32768") },
    { "{'k': <uint16 65535>}", LITERAL ("\3\1k\0\00565535") },
    { "{'k': <-2147483648>}", LITERAL ("\3\1k\0\13-2147483648") },
    { "{'k': <uint32 4294967295>}", LITERAL ("\3\1k\0\0124294967295") },
    { "{'k': <int64 -9223372036854775808>}", LITERAL ("\3\1k\0\24-9223372036854775808") },
    { "{'k': <uint64 18446744073709551615>}", LITERAL ("\3\1k\0\02418446744073709551615") },
    { "{'k': <<<'v'>>>}", LITERAL ("\3\1k\0\1v") },
    { "<{'k': <'v'>}>", LITERAL ("\3\1k\0\1v") },
    { "{'l': <@as []>}", LITERAL ("\4\1l\6") },
    { "{'l': <@aay []>}", LITERAL ("\4\1l\6") },
    { "{'l': <@av []>}", LITERAL ("\4\1l\6") },
    { "{'l': <['a', '']>}", LITERAL ("\4\1l\5\0\1a\5\0\0\6") },
    { "{'l': <@aay [[0x00], []]>}", LITERAL ("\4\1l\5\0\1\0\5\0\0\6") },
    { "{'l': <[<'a'>, <@ay [0x00]>, <true>, <7>, <<'b'>>]>}",
      LITERAL ("\4\1l\5\0\1a\5\0\1\0\5\0\3yes\5\0\0017\5\0\1b\6") },
    { "{'s': <@a{sv} {}>}", LITERAL ("\1\1s\2") },
    { "{'s': <{'a': 'b'}>}", LITERAL ("\1\1s\3\1a\0\1b\2") },
    { "{'s': <{'a': ['b']}>}", LITERAL ("\1\1s\4\1a\5\0\1b\6\2") },
    { "{'a': 'b', 'c': 'd'}", LITERAL ("\3\1a\0\1b\3\1c\0\1d") },
    { "{'l': ['a']}", LITERAL ("\4\1l\5\0\1a\6") },
    { "{'s': {'t': {'k': true}}}", LITERAL ("\1\1s\1\1t\3\1k\0\3yes\2\2") },
    { "{'s': <{'t': <{'k': <'v'>}>, 'u': <'w'>}>, 'z': <'y'>}",
      LITERAL ("\1\1s\1\1t\3\1k\0\1v\2\3\1u\0\1w\2\3\1z\0\1y") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (ViciMessage) message = NULL;

      g_test_message ("%s", forms[i].variant);
      message = message_new_parsed (forms[i].variant);
      assert_bytes (message, forms[i].data, forms[i].length);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *variant;
    const char *named[3];
  } forms[] = {
    { "'text'", { "“s”" } },
    { "['k']", { "“as”" } },
    { "{1: 'v'}", { "“a{is}”" } },
    { "{'the-key': <1.5>}", { "“the-key”", "“d”" } },
    { "{'the-key': <('a', 'b')>}", { "“the-key”", "“(ss)”" } },
    { "{'the-key': <@ms nothing>}", { "“the-key”", "“ms”" } },
    { "{'the-key': <[1, 2]>}", { "“the-key”", "“ai”" } },
    { "{'the-key': <[1.5]>}", { "“the-key”", "“ad”" } },
    { "{'the-key': <objectpath '/a'>}", { "“the-key”", "“o”" } },
    { "{'the-key': <{1: 'v'}>}", { "“the-key”", "“a{is}”" } },
    { "{'the-list': <[<'a'>, <1.5>]>}", { "“the-list”", "“d”" } },
    { "{'the-list': <[<'a'>, <['b']>]>}", { "“the-list”", "“as”" } },
    { "{'the-list': <[<{'a': 'b'}>]>}", { "“the-list”", "“a{ss}”" } },
    { "{'s': <{'the-key': <1.5>}>, 'other': <'v'>}", { "“the-key”", "“d”" } },
    { "{'': <'v'>}", { "empty" } },
    { "{'grün': <'v'>}", { "gr\\303\\274n" } },
    { "{'s': <{'a\\nb': <'v'>}>}", { "“a\\nb”" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (GVariant) variant = g_variant_parse (NULL, forms[i].variant, NULL, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", forms[i].variant);
      g_assert_nonnull (variant);
      g_assert_null (vici_message_new_from_variant (variant, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);

      for (gsize j = 0; forms[i].named[j] != NULL; j++)
        {
          if (strstr (error->message, forms[i].named[j]) == NULL)
            g_error ("“%s” does not say “%s”", error->message, forms[i].named[j]);
        }
    }
}

static void
test_limits (void)
{
  g_autofree char *name = g_strnfill (VICI_NAME_MAX + 1, 'n');
  g_autofree char *value = g_strnfill (VICI_VALUE_MAX + 1, 'v');
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) message = NULL;
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "k", "s", value);
  g_assert_null (vici_message_new_from_variant (g_variant_dict_end (&dict), &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, name, "s", "v");
  g_assert_null (vici_message_new_from_variant (g_variant_dict_end (&dict), &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
  g_clear_error (&error);

  name[VICI_NAME_MAX] = '\0';
  value[VICI_VALUE_MAX] = '\0';
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, name, "s", value);
  message = vici_message_new_from_variant (g_variant_dict_end (&dict), &error);
  g_assert_no_error (error);
}

static void
test_to_variant (void)
{
  static const struct
  {
    const char *data;
    gsize       length;
    const char *variant;
  } forms[] = {
    { LITERAL (""), "@a{sv} {}" },
    { LITERAL ("\1\1s\2"), "{'s': <@a{sv} {}>}" },
    { LITERAL ("\1\0\3\0\0\0\2"), "{'': <{'': <''>}>}" },
    { LITERAL ("\3\1k\0\1\377"), "{'k': <[byte 0xff]>}" },
    { LITERAL ("\3\1k\0\1\0"), "{'k': <b''>}" },
    { LITERAL ("\3\1k\0\3a\0b"), "{'k': <[byte 0x61, 0x00, 0x62]>}" },
    { LITERAL ("\3\1k\0\2\303\274"), "{'k': <'ü'>}" },
    { LITERAL ("\3\1k\0\1\n"), "{'k': <'\\n'>}" },
    { LITERAL ("\4\1l\6"), "{'l': <@as []>}" },
    { LITERAL ("\4\1l\5\0\1a\5\0\0\6"), "{'l': <['a', '']>}" },
    { LITERAL ("\4\1l\5\0\1a\5\0\1\377\5\0\0\6"),
      "{'l': <[[byte 0x61], [0xff], []]>}" },
    { LITERAL ("\3\1k\0\1z\3\1k\0\1a"), "{'k': <'z'>, 'k': <'a'>}" },
    { LITERAL ("\3\1z\0\1a\1\1s\4\1l\5\0\1i\6\3\1n\0\1v\2\3\1a\0\1z"),
      "{'z': <'a'>, 's': <{'l': <['i']>, 'n': <'v'>}>, 'a': <'z'>}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (ViciMessage) message = message_new (forms[i].data, forms[i].length);

      assert_variant (message, forms[i].variant);
    }
}

static void
test_both_ways (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (
    GOLDEN "\3\1b\0\2\0\377\4\1l\5\0\1\0\5\0\1a\6\1\1s\4\1e\6\2"));
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = vici_message_to_variant (message, &error);
  g_autoptr (ViciMessage) again = NULL;

  g_assert_no_error (error);
  again = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);
  g_assert_true (vici_message_equal (message, again));
}

/* @depth sections, and in the innermost the @length bytes of @data. */
static ViciMessage *
message_new_deep (guint       depth,
                  const char *data,
                  gsize       length)
{
  g_autoptr (GString) encoding = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append_len (encoding, LITERAL ("\1\1s"));
  g_string_append_len (encoding, data, length);
  for (guint i = 0; i < depth; i++)
    g_string_append_c (encoding, '\2');

  return message_new (encoding->str, encoding->len);
}

static void
test_depth (void)
{
  static const struct
  {
    const char *data;
    gsize       length;
    guint       deepest;
  } contents[] = {
    { LITERAL (""), 41 },
    { LITERAL ("\3\1k\0\1v"), 41 },
    { LITERAL ("\3\1k\0\1\377"), 41 },
    { LITERAL ("\4\1l\6"), 41 },
    { LITERAL ("\4\1l\5\0\1i\6"), 41 },
    { LITERAL ("\4\1l\5\0\1i\5\0\1\377\6"), 40 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      guint deepest = contents[i].deepest;
      g_autoptr (ViciMessage) deep = NULL, deeper = NULL, again = NULL;
      g_autoptr (GVariant) variant = NULL, parsed = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      deep = message_new_deep (deepest, contents[i].data, contents[i].length);
      variant = vici_message_to_variant (deep, &error);
      g_assert_no_error (error);

      /* It survives as bytes, which GVariant itself would not say. */
      bytes = g_variant_get_data_as_bytes (variant);
      parsed = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
      g_assert_true (g_variant_is_normal_form (parsed));
      again = vici_message_new_from_variant (parsed, &error);
      g_assert_no_error (error);
      g_assert_true (vici_message_equal (deep, again));

      deeper = message_new_deep (deepest + 1, contents[i].data, contents[i].length);
      g_assert_null (vici_message_to_variant (deeper, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
    }
}

static void
test_builder (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GVariant) section = g_variant_ref_sink (g_variant_new_parsed ("{'k': <'v'>}"));
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  vici_builder_add_variant (builder, "n", g_variant_new_int32 (7));
  vici_builder_add_variant (builder, "s", section);
  vici_builder_begin_section (builder, "t");
  vici_builder_add_variant (builder, "s", section);
  vici_builder_add_variant (builder, "l", g_variant_new_parsed ("['a']"));
  vici_builder_end_section (builder);
  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  assert_bytes (message, LITERAL ("\3\1n\0\0017\1\1s\3\1k\0\1v\2"
                                  "\1\1t\1\1s\3\1k\0\1v\2\4\1l\5\0\1a\6\2"));

  vici_builder_add_variant (builder, "the-key", g_variant_new_double (1.5));
  g_assert_null (vici_builder_end (builder, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“the-key”"));
  g_clear_error (&error);

  vici_builder_begin_list (builder, "the-list");
  vici_builder_add_variant (builder, "s", section);
  g_assert_null (vici_builder_end (builder, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-variant/golden-vector-goes-both-ways", test_golden_vector);
  g_test_add_func ("/message-variant/every-type-has-its-form", test_from_variant);
  g_test_add_func ("/message-variant/other-types-are-refused", test_refused);
  g_test_add_func ("/message-variant/limits-hold", test_limits);
  g_test_add_func ("/message-variant/values-are-text-or-bytes", test_to_variant);
  g_test_add_func ("/message-variant/nothing-is-lost-both-ways", test_both_ways);
  g_test_add_func ("/message-variant/too-deep-is-refused", test_depth);
  g_test_add_func ("/message-variant/builder-adds-variants", test_builder);

  return g_test_run ();
}
