/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "vici-name-escape.h"

static void
check (const char *name,
       const char *expected)
{
  g_autofree char *escaped = vici_name_escape (name);
  g_autofree char *again = vici_name_unescape (escaped);

  g_assert_cmpstr (escaped, ==, expected);
  g_assert_cmpstr (again, ==, name);
}

static void
test_plain (void)
{
  check ("", "");
  check ("home", "home");
  check ("home office ~!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}",
         "home office ~!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}");
  check ("100%", "100%");
  check ("100% sure", "100% sure");
  check ("%4", "%4");
  check ("%any", "%any");
  check ("%%", "%%");
}

static void
test_escaped (void)
{
  check ("B\303\274ro", "B%C3%BCro");
  check ("\346\235\261\344\272\254", "%E6%9D%B1%E4%BA%AC");
}

/* They would do harm where they are shown: the daemon takes them, and people see how. */
static void
test_controls (void)
{
  static const char * const names[][2] = {
    { "a\tb\nc\177", "a%09b%0Ac%7F" },
    { "\033[2J", "%1B[2J" },
    { "\302\233" "2J \303\274", "%C2%9B2J %C3%BC" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *escaped = vici_name_escape (names[i][0]);
      g_autofree char *shown = vici_name_unescape (escaped);

      g_assert_cmpstr (escaped, ==, names[i][1]);
      g_assert_cmpstr (shown, ==, names[i][1]);
      check (names[i][1], names[i][1]);
    }
}

static void
test_looks_escaped (void)
{
  check ("%41", "%2541");
  check ("%c3%bc", "%25c3%25bc");
  check ("%2541", "%252541");
  check ("%%41", "%%2541");
  check ("%\303\274", "%%C3%BC");
  check ("%4\303\274", "%4%C3%BC");
}

/* Every text of up to six of the characters that matter. */
static void
test_reversible (void)
{
  static const char * const pieces[] = { "", "%", "1", "C", "2", "5", "\303\274", " " };
  g_autoptr (GHashTable)    seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint n = 0; n < 1u << 18; n++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      g_autofree char    *escaped = NULL;
      g_autofree char    *again = NULL;
      const char         *before;

      for (guint i = 0; i < 6; i++)
        g_string_append (name, pieces[n >> 3 * i & 7]);

      escaped = vici_name_escape (name->str);
      again = vici_name_unescape (escaped);
      g_assert_cmpstr (again, ==, name->str);

      before = g_hash_table_lookup (seen, escaped);
      if (before != NULL)
        g_assert_cmpstr (before, ==, name->str);
      else
        g_hash_table_insert (seen, g_steal_pointer (&escaped),
                             g_string_free (g_steal_pointer (&name), FALSE));
    }
}

/* Names that others have given. */
static void
test_no_text (void)
{
  static const char * const names[] = { "%FF", "caf%C3", "a%00b", "B%C3%BCro %FF" };
  g_autofree char          *lower = vici_name_unescape ("B%c3%bcro");

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = vici_name_unescape (names[i]);

      g_assert_cmpstr (name, ==, names[i]);
      check (names[i], names[i]);
    }

  g_assert_cmpstr (lower, ==, "B\303\274ro");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/name-escape/printable-ascii-stays", test_plain);
  g_test_add_func ("/name-escape/other-bytes-are-escaped", test_escaped);
  g_test_add_func ("/name-escape/control-characters-stay-escaped", test_controls);
  g_test_add_func ("/name-escape/what-looks-escaped-is-escaped", test_looks_escaped);
  g_test_add_func ("/name-escape/no-two-names-become-one", test_reversible);
  g_test_add_func ("/name-escape/what-is-no-text-stays", test_no_text);

  return g_test_run ();
}
