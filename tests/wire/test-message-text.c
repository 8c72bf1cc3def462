/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-builder.h"
#include "wire-test.h"

/* All but the text in UTF-8, which swanctl shows in hexadecimal, is what it
 * prints for these messages. */
static const struct
{
  const char *name;
  const char *data;
  gsize       length;
  const char *line;
  const char *pretty;
} texts[] = {
  { "golden-vector", LITERAL (GOLDEN),
    "{key1=value1 section1 {sub-section {key2=value2} list1=[item1 item2]}}",
    "{\n"
    "  key1 = value1\n"
    "  section1 {\n"
    "    sub-section {\n"
    "      key2 = value2\n"
    "    }\n"
    "    list1 = [\n"
    "      item1\n"
    "      item2\n"
    "    ]\n"
    "  }\n"
    "}" },
  { "empty-message", LITERAL (""), "{}", "{\n}" },
  { "empty-section", LITERAL ("\1\1a\2"), "{a {}}", "{\n  a {\n  }\n}" },
  { "empty-list", LITERAL ("\4\1l\6"), "{l=[]}", "{\n  l = [\n  ]\n}" },
  { "empty-value", LITERAL ("\3\1k\0\0"), "{k=}", "{\n  k = \n}" },
  { "empty-item", LITERAL ("\4\1l\5\0\0\6"), "{l=[]}", "{\n  l = [\n    \n  ]\n}" },
  { "empty-name", LITERAL ("\1\0\1\0\2\2"), "{ { {}}}", "{\n   {\n     {\n    }\n  }\n}" },
  { "sibling-of-section", LITERAL ("\1\1a\4\1l\5\0\1x\6\2\3\1z\0\1y"),
    "{a {l=[x]} z=y}",
    "{\n  a {\n    l = [\n      x\n    ]\n  }\n  z = y\n}" },
  { "binary-item", LITERAL ("\4\1l\5\0\2\0\1\5\0\4text\6"),
    "{l=[0x0001 text]}",
    "{\n  l = [\n    0x0001\n    text\n  ]\n}" },
  { "not-utf-8", LITERAL ("\3\1k\0\1\377"), "{k=0xff}", "{\n  k = 0xff\n}" },
  { "line-feed", LITERAL ("\3\1k\0\4a b\n"), "{k=0x6120620a}", "{\n  k = 0x6120620a\n}" },
  { "delete", LITERAL ("\3\1k\0\1\177"), "{k=0x7f}", "{\n  k = 0x7f\n}" },
  { "c1-control", LITERAL ("\3\1k\0\2\302\200"), "{k=0xc280}", "{\n  k = 0xc280\n}" },
  { "utf-8", LITERAL ("\3\1k\0\4\302\240\303\274"), "{k=\302\240ü}", "{\n  k = \302\240ü\n}" },
};

static void
test_text (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (ViciMessage) message = message_new (texts[i].data, texts[i].length);
  g_autofree char *line = vici_message_to_string (message, VICI_PRINT_NONE);
  g_autofree char *pretty = vici_message_to_string (message, VICI_PRINT_PRETTY);

  g_assert_cmpstr (line, ==, texts[i].line);
  g_assert_cmpstr (pretty, ==, texts[i].pretty);
}

static void
test_sensitive (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (ViciMessage) section = NULL;
  g_autofree char *line = NULL, *pretty = NULL, *part = NULL;

  vici_builder_set_sensitive (builder, TRUE);
  vici_builder_add_string (builder, "type", "ike");
  vici_builder_begin_section (builder, "s");
  vici_builder_add_string (builder, "data", "geheim");
  vici_builder_add_strv (builder, "list", (const char *[]) { "geheim", "", NULL });
  vici_builder_end_section (builder);
  message = vici_builder_end (builder, NULL);

  line = vici_message_to_string (message, VICI_PRINT_NONE);
  g_assert_cmpstr (line, ==,
                   "{type=(hidden) s {data=(hidden) list=[(hidden) (hidden)]}}");

  pretty = vici_message_to_string (message, VICI_PRINT_PRETTY);
  g_assert_null (strstr (pretty, "geheim"));
  g_assert_null (strstr (pretty, "ike"));

  section = vici_message_lookup_section (message, "s");
  part = vici_message_to_string (section, VICI_PRINT_NONE);
  g_assert_cmpstr (part, ==, "{data=(hidden) list=[(hidden) (hidden)]}");
}

static void
test_indentation (void)
{
  g_autoptr (ViciMessage) message = message_new_nested (100);
  g_autofree char *pretty = vici_message_to_string (message, VICI_PRINT_PRETTY);
  g_auto (GStrv) lines = g_strsplit (pretty, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 202);

  for (guint i = 1; i <= 100; i++)
    {
      g_assert_cmpuint (strlen (lines[i]), ==, 2 * MIN (i, 64) + strlen (" {"));
      g_assert_cmpuint (strlen (lines[201 - i]), ==, 2 * MIN (i, 64) + strlen ("}"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/message-text/%s-is-printed", texts[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_text);
    }

  g_test_add_func ("/message-text/sensitive-values-are-hidden", test_sensitive);
  g_test_add_func ("/message-text/indentation-is-capped", test_indentation);

  return g_test_run ();
}
