/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages as charon 5.9.8 sent them, and the texts that swanctl made of them. */

#include "vici-builder.h"
#include "wire-test.h"

static const char *recorded[] = {
  "control-log",
  "get-algorithms",
  "get-conns",
  "get-counters", /* holds a section without a name */
  "list-authority",
  "list-cert",    /* holds DER */
  "list-conn",
  "list-sa",
  "stats",
  "unload-conn-refused",
  "version",
};

static GBytes *
read_data (const char *name,
           const char *suffix)
{
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", file, NULL);
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize length;

  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (contents, length);
}

static ViciMessage *
read_message (const char *name)
{
  g_autoptr (GBytes) bytes = read_data (name, ".vici");
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_message_new_from_bytes (bytes, &error);

  g_assert_no_error (error);

  return message;
}

static void
assert_text (ViciMessage   *message,
             const char    *name,
             const char    *suffix,
             ViciPrintFlags flags)
{
  g_autoptr (GBytes) bytes = read_data (name, suffix);
  g_autofree char *text = vici_message_to_string (message, flags);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  g_assert_cmpmem (line, strlen (line), g_bytes_get_data (bytes, NULL),
                   g_bytes_get_size (bytes));
}

static void
test_printed (gconstpointer data)
{
  g_autoptr (ViciMessage) message = read_message (data);

  assert_text (message, data, ".txt", VICI_PRINT_NONE);
  assert_text (message, data, ".pretty", VICI_PRINT_PRETTY);
}

static void
rebuild_element (ViciBuilder     *builder,
                 ViciMessageIter *iter)
{
  const char *name = vici_message_iter_get_name (iter);
  const guint8 *data;
  gsize length;

  data = vici_message_iter_get_data (iter, &length);

  switch (vici_message_iter_get_element (iter))
    {
    case VICI_ELEMENT_SECTION_START:
      vici_builder_begin_section (builder, name);
      break;
    case VICI_ELEMENT_SECTION_END:
      vici_builder_end_section (builder);
      break;
    case VICI_ELEMENT_KEY_VALUE:
      vici_builder_add_data (builder, name, data, length);
      break;
    case VICI_ELEMENT_LIST_START:
      vici_builder_begin_list (builder, name);
      break;
    case VICI_ELEMENT_LIST_ITEM:
      vici_builder_add_item_data (builder, data, length);
      break;
    case VICI_ELEMENT_LIST_END:
      vici_builder_end_list (builder);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_rebuilt (gconstpointer data)
{
  g_autoptr (ViciMessage) message = read_message (data);
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) rebuilt = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    rebuild_element (builder, &iter);
  rebuilt = vici_builder_end (builder, &error);

  /* What charon may send is more than what it takes. */
  if (g_str_equal (data, "get-counters"))
    {
      g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
      return;
    }

  g_assert_no_error (error);
  g_assert_true (vici_message_equal (message, rebuilt));
}

static void
test_through_variant (gconstpointer data)
{
  g_autoptr (ViciMessage) message = read_message (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = vici_message_to_variant (message, &error);
  g_autoptr (ViciMessage) again = NULL;

  g_assert_no_error (error);

  again = vici_message_new_from_variant (variant, &error);
  if (g_str_equal (data, "get-counters"))
    {
      g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
      return;
    }

  g_assert_no_error (error);
  g_assert_true (vici_message_equal (message, again));
}

static void
test_contents (void)
{
  g_autoptr (ViciMessage) event = read_message ("list-conn");
  g_autoptr (ViciMessage) conn = vici_message_lookup_section (event, "gw");
  g_autoptr (ViciMessage) remote = vici_message_lookup_section (conn, "remote-1");
  g_auto (GStrv) addrs = vici_message_lookup_strv (conn, "remote_addrs");
  g_autofree char *id = vici_message_lookup_string (remote, "id");
  g_autoptr (ViciMessage) reply = read_message ("get-counters");
  g_autoptr (ViciMessage) counters = vici_message_lookup_section (reply, "counters");
  g_autoptr (ViciMessage) all = vici_message_lookup_section (counters, "");
  g_autoptr (ViciMessage) cert = read_message ("list-cert");
  g_autoptr (GBytes) der = vici_message_lookup_bytes (cert, "data");
  g_autoptr (ViciMessage) refused = read_message ("unload-conn-refused");
  g_autoptr (GError) error = NULL;

  g_assert_cmpstrv (addrs, ((const char *[]) { "127.0.0.2", NULL }));
  g_assert_cmpint (vici_message_lookup_int64 (conn, "rekey_time", 0), ==, 14400);
  g_assert_cmpstr (id, ==, "sun.example.org");

  g_assert_true (vici_message_check_success (reply, &error));
  g_assert_cmpint (vici_message_lookup_int64 (all, "ike-init-out-req", 0), ==, 2);

  g_assert_cmpuint (g_bytes_get_size (der), ==, 494);
  g_assert_null (vici_message_lookup_string (cert, "data"));

  g_assert_false (vici_message_check_success (refused, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
  g_assert_cmpstr (error->message, ==, "unload: connection 'nothing' not found");
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *claim;
    void      (*func) (gconstpointer data);
  } tests[] = {
    { "is-printed-as-by-swanctl", test_printed },
    { "is-built-anew-byte-by-byte", test_rebuilt },
    { "goes-through-a-variant", test_through_variant },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (recorded); i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (tests); j++)
        {
          g_autofree char *path = g_strdup_printf ("/recorded/%s-%s",
                                                   recorded[i], tests[j].claim);

          g_test_add_data_func (path, recorded[i], tests[j].func);
        }
    }

  g_test_add_func ("/recorded/contents-are-found", test_contents);

  return g_test_run ();
}
