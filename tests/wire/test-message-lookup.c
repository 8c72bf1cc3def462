/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "wire-test.h"

static void
test_kinds (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (
    "\3\1k\0\1v\4\1l\5\0\1i\6\1\1s\3\1n\0\1w\2"));
  const char *names[] = { "k", "l", "s", "n", "", "K", "kk" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *string = vici_message_lookup_string (message, names[i]);
      g_autoptr (GBytes) bytes = vici_message_lookup_bytes (message, names[i]);
      g_auto (GStrv) strv = vici_message_lookup_strv (message, names[i]);
      g_autoptr (ViciMessage) section = vici_message_lookup_section (message, names[i]);

      g_test_message ("“%s”", names[i]);
      g_assert_cmpint (string != NULL, ==, i == 0);
      g_assert_cmpint (bytes != NULL, ==, i == 0);
      g_assert_cmpint (strv != NULL, ==, i == 1);
      g_assert_cmpint (section != NULL, ==, i == 2);
      g_assert_cmpint (vici_message_lookup_int64 (message, names[i], -7), ==, -7);
      g_assert_cmpuint (vici_message_lookup_uint64 (message, names[i], 7), ==, 7);
      g_assert_true (vici_message_lookup_boolean (message, names[i], TRUE));
      g_assert_false (vici_message_lookup_boolean (message, names[i], FALSE));
    }
}

static void
test_first_wins (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (
    "\1\1s\3\1k\0\1x\2\3\1k\0\0011\3\1k\0\0012\4\1s\6"));
  g_autofree char *value = vici_message_lookup_string (message, "k");
  g_auto (GStrv) names = vici_message_get_names (message);
  g_autoptr (ViciMessage) section = vici_message_lookup_section (message, "s");

  g_assert_cmpstr (value, ==, "1");
  g_assert_cmpint (vici_message_lookup_int64 (message, "k", 0), ==, 1);
  g_assert_cmpstrv (names, ((const char *[]) { "s", "k", "k", "s", NULL }));

  /* The first of the name is a section, so there is no such list. */
  g_assert_nonnull (section);
  g_assert_null (vici_message_lookup_strv (message, "s"));
}

static void
test_not_text (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (
    "\3\1k\0\1\377\4\1l\5\0\1i\5\0\1\0\6\3\1e\0\0\4\1m\6"));
  g_autoptr (GBytes) bytes = vici_message_lookup_bytes (message, "k");
  g_autofree char *empty = vici_message_lookup_string (message, "e");
  g_auto (GStrv) none = vici_message_lookup_strv (message, "m");

  g_assert_null (vici_message_lookup_string (message, "k"));
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\377", 1);
  g_assert_null (vici_message_lookup_strv (message, "l"));
  g_assert_cmpstr (empty, ==, "");
  g_assert_nonnull (none);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static ViciMessage *
message_new_with_value (const char *value)
{
  g_autoptr (GString) data = g_string_new (NULL);

  g_string_append_len (data, LITERAL ("\3\1k\0"));
  g_string_append_c (data, strlen (value));
  g_string_append (data, value);

  return message_new (data->str, data->len);
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *value;
    gboolean    is_signed, is_unsigned;
    gint64      as_signed;
    guint64     as_unsigned;
  } numbers[] = {
    { "0", TRUE, TRUE, 0, 0 },
    { "007", TRUE, TRUE, 7, 7 },
    { "14400", TRUE, TRUE, 14400, 14400 },
    { "-1", TRUE, FALSE, -1, 0 },
    { "-0", TRUE, FALSE, 0, 0 },
    { "9223372036854775807", TRUE, TRUE, G_MAXINT64, G_MAXINT64 },
    { "9223372036854775808", FALSE, TRUE, 0, (guint64) G_MAXINT64 + 1 },
    { "-9223372036854775808", TRUE, FALSE, G_MININT64, 0 },
    { "-9223372036854775809", FALSE, FALSE, 0, 0 },
    { "18446744073709551615", FALSE, TRUE, 0, G_MAXUINT64 },
    { "18446744073709551616", FALSE, FALSE, 0, 0 },
    { "99999999999999999999999999", FALSE, FALSE, 0, 0 },
    { "", FALSE, FALSE, 0, 0 },
    { "-", FALSE, FALSE, 0, 0 },
    { "--1", FALSE, FALSE, 0, 0 },
    { "+1", FALSE, FALSE, 0, 0 },
    { " 1", FALSE, FALSE, 0, 0 },
    { "1 ", FALSE, FALSE, 0, 0 },
    { "1s", FALSE, FALSE, 0, 0 },
    { "0x10", FALSE, FALSE, 0, 0 },
    { "1.5", FALSE, FALSE, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (ViciMessage) message = message_new_with_value (numbers[i].value);

      g_test_message ("“%s”", numbers[i].value);
      g_assert_cmpint (vici_message_lookup_int64 (message, "k", 42), ==,
                       numbers[i].is_signed ? numbers[i].as_signed : 42);
      g_assert_cmpuint (vici_message_lookup_uint64 (message, "k", 42), ==,
                        numbers[i].is_unsigned ? numbers[i].as_unsigned : 42);
    }
}

static void
test_booleans (void)
{
  const char *yes[] = { "yes", "YES", "true", "True", "enabled", "1" };
  const char *no[] = { "no", "No", "false", "FALSE", "disabled", "0" };
  const char *neither[] = { "", "y", "yess", "on", "off", "2", "01", "yes ", "none" };

  for (gsize i = 0; i < G_N_ELEMENTS (yes); i++)
    {
      g_autoptr (ViciMessage) message = message_new_with_value (yes[i]);

      g_assert_cmpint (vici_message_lookup_boolean (message, "k", FALSE), ==, TRUE);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (no); i++)
    {
      g_autoptr (ViciMessage) message = message_new_with_value (no[i]);

      g_assert_cmpint (vici_message_lookup_boolean (message, "k", TRUE), ==, FALSE);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (neither); i++)
    {
      g_autoptr (ViciMessage) message = message_new_with_value (neither[i]);

      g_assert_cmpint (vici_message_lookup_boolean (message, "k", FALSE), ==, FALSE);
      g_assert_cmpint (vici_message_lookup_boolean (message, "k", TRUE), ==, TRUE);
    }
}

static void
test_success (void)
{
  static const struct
  {
    const char *data;
    gsize       length;
    const char *problem; /* NULL: success; empty: any text */
  } replies[] = {
    { LITERAL (""), NULL },
    { LITERAL ("\3\7success\0\3yes"), NULL },
    { LITERAL ("\3\7success\0\5maybe"), NULL },
    { LITERAL ("\3\6errmsg\0\2hm"), NULL },
    { LITERAL ("\3\7success\0\3yes\3\6errmsg\0\2hm"), NULL },
    { LITERAL ("\3\7success\0\2no\3\6errmsg\0\11not found"), "not found" },
    { LITERAL ("\3\7success\0\2no"), "" },
    { LITERAL ("\3\7success\0\2no\3\6errmsg\0\0"), "" },
    { LITERAL ("\3\7success\0\2no\3\6errmsg\0\6refus\351"), "refus\357\277\275" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (ViciMessage) reply = message_new (replies[i].data, replies[i].length);
      g_autoptr (GError) error = NULL;
      gboolean success = vici_message_check_success (reply, &error);

      g_assert_cmpint (success, ==, replies[i].problem == NULL);
      if (success)
        {
          g_assert_no_error (error);
          continue;
        }

      g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
      if (*replies[i].problem != '\0')
        g_assert_cmpstr (error->message, ==, replies[i].problem);
      else
        g_assert_cmpstr (error->message, !=, "");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-lookup/wrong-kind-is-absent", test_kinds);
  g_test_add_func ("/message-lookup/first-of-a-name-wins", test_first_wins);
  g_test_add_func ("/message-lookup/what-is-not-text-is-bytes", test_not_text);
  g_test_add_func ("/message-lookup/numbers-parse-whole-and-in-range", test_numbers);
  g_test_add_func ("/message-lookup/booleans-are-those-of-charon", test_booleans);
  g_test_add_func ("/message-lookup/success-no-is-command-failed", test_success);

  return g_test_run ();
}
