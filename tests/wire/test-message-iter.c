/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "wire-test.h"

static void
test_golden_vector (void)
{
  static const struct
  {
    ViciElement element;
    guint       depth;
    const char *name;
    const char *value;
  } expected[] = {
    { VICI_ELEMENT_KEY_VALUE, 0, "key1", "value1" },
    { VICI_ELEMENT_SECTION_START, 1, "section1", NULL },
    { VICI_ELEMENT_SECTION_START, 2, "sub-section", NULL },
    { VICI_ELEMENT_KEY_VALUE, 2, "key2", "value2" },
    { VICI_ELEMENT_SECTION_END, 1, NULL, NULL },
    { VICI_ELEMENT_LIST_START, 2, "list1", NULL },
    { VICI_ELEMENT_LIST_ITEM, 2, NULL, "item1" },
    { VICI_ELEMENT_LIST_ITEM, 2, NULL, "item2" },
    { VICI_ELEMENT_LIST_END, 1, NULL, NULL },
    { VICI_ELEMENT_SECTION_END, 0, NULL, NULL },
  };
  g_autoptr (ViciMessage) message = message_new (LITERAL (GOLDEN));
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *value = NULL;

      g_assert_true (vici_message_iter_next (&iter));
      g_assert_cmpint (vici_message_iter_get_element (&iter), ==, expected[i].element);
      g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, expected[i].depth);
      g_assert_cmpstr (vici_message_iter_get_name (&iter), ==, expected[i].name);

      value = vici_message_iter_dup_string (&iter);
      g_assert_cmpstr (value, ==, expected[i].value);
    }

  g_assert_false (vici_message_iter_next (&iter));
}

static void
test_before_and_after (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL ("\3\1k\0\1v"));
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);

  for (guint i = 0; i < 3; i++)
    {
      gsize length = 1;

      g_assert_cmpint (vici_message_iter_get_element (&iter), ==, 0);
      g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, 0);
      g_assert_null (vici_message_iter_get_name (&iter));
      g_assert_false (vici_message_iter_name_equals (&iter, "k"));
      g_assert_null (vici_message_iter_get_data (&iter, &length));
      g_assert_cmpuint (length, ==, 0);
      g_assert_null (vici_message_iter_dup_string (&iter));
      g_assert_null (vici_message_iter_dup_bytes (&iter));

      /* On the key first, then at the end, and there it stays. */
      g_assert_cmpint (vici_message_iter_next (&iter), ==, i == 0);
      if (i == 0)
        g_assert_false (vici_message_iter_next (&iter));
    }
}

static void
test_unset_iterator (void)
{
  /* As a language binding allocates it. */
  ViciMessageIter iter = { 0 };

  g_assert_false (vici_message_iter_next (&iter));
  vici_message_iter_skip (&iter);
  g_assert_false (vici_message_iter_next (&iter));
}

static void
test_names (void)
{
  g_autofree char *longest = g_strnfill (VICI_NAME_MAX, 'n');
  g_autofree char *longer = g_strnfill (VICI_NAME_MAX + 1, 'n');
  g_autoptr (GString) data = g_string_new (NULL);
  g_autoptr (ViciMessage) message = NULL;
  ViciMessageIter iter;

  g_string_append_len (data, LITERAL ("\3\0\0\0\3\3abc\0\0\3\377"));
  g_string_append (data, longest);
  g_string_append_len (data, LITERAL ("\0\0"));
  message = message_new (data->str, data->len);

  vici_message_iter_init (&iter, message);

  g_assert_true (vici_message_iter_next (&iter));
  g_assert_cmpstr (vici_message_iter_get_name (&iter), ==, "");
  g_assert_true (vici_message_iter_name_equals (&iter, ""));
  g_assert_false (vici_message_iter_name_equals (&iter, "a"));

  g_assert_true (vici_message_iter_next (&iter));
  g_assert_cmpstr (vici_message_iter_get_name (&iter), ==, "abc");
  g_assert_true (vici_message_iter_name_equals (&iter, "abc"));
  g_assert_false (vici_message_iter_name_equals (&iter, "ab"));
  g_assert_false (vici_message_iter_name_equals (&iter, "abcd"));
  g_assert_false (vici_message_iter_name_equals (&iter, "abd"));

  g_assert_true (vici_message_iter_next (&iter));
  g_assert_cmpstr (vici_message_iter_get_name (&iter), ==, longest);
  g_assert_true (vici_message_iter_name_equals (&iter, longest));
  g_assert_false (vici_message_iter_name_equals (&iter, longer));
}

static void
test_values (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (
    "\3\5empty\0\0"
    "\3\3nul\0\3a\0b"
    "\3\6latin1\0\2a\374"
    "\3\4utf8\0\2\303\274"));
  ViciMessageIter iter;
  const guint8 *data;
  gsize length = 1;
  g_autofree char *empty = NULL, *utf8 = NULL;
  g_autoptr (GBytes) none = NULL, nul = NULL;

  vici_message_iter_init (&iter, message);

  vici_message_iter_next (&iter);
  data = vici_message_iter_get_data (&iter, &length);
  g_assert_nonnull (data);
  g_assert_cmpuint (length, ==, 0);
  empty = vici_message_iter_dup_string (&iter);
  g_assert_cmpstr (empty, ==, "");
  none = vici_message_iter_dup_bytes (&iter);
  g_assert_cmpuint (g_bytes_get_size (none), ==, 0);

  vici_message_iter_next (&iter);
  g_assert_null (vici_message_iter_dup_string (&iter));
  nul = vici_message_iter_dup_bytes (&iter);
  g_assert_cmpmem (g_bytes_get_data (nul, NULL), g_bytes_get_size (nul), "a\0b", 3);

  vici_message_iter_next (&iter);
  g_assert_null (vici_message_iter_dup_string (&iter));
  data = vici_message_iter_get_data (&iter, &length);
  g_assert_cmpmem (data, length, "a\374", 2);

  vici_message_iter_next (&iter);
  utf8 = vici_message_iter_dup_string (&iter);
  g_assert_cmpstr (utf8, ==, "ü");
}

/* Goes to the element after the first @steps ones and skips. */
static void
skip_after (ViciMessageIter *iter,
            ViciMessage     *message,
            guint            steps)
{
  vici_message_iter_init (iter, message);
  for (guint i = 0; i < steps; i++)
    g_assert_true (vici_message_iter_next (iter));
  vici_message_iter_skip (iter);
}

static void
test_skip (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (
    GOLDEN "\3\4last\0\1v"));
  ViciMessageIter iter;

  /* Right after section1 began. */
  skip_after (&iter, message, 2);
  g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_SECTION_END);
  g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, 0);
  g_assert_null (vici_message_iter_get_name (&iter));
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_true (vici_message_iter_name_equals (&iter, "last"));

  /* Right after sub-section began. */
  skip_after (&iter, message, 3);
  g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_SECTION_END);
  g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, 1);
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_true (vici_message_iter_name_equals (&iter, "list1"));

  /* On a key in sub-section: leaves it. */
  skip_after (&iter, message, 4);
  g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, 1);
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_true (vici_message_iter_name_equals (&iter, "list1"));

  /* On the end of sub-section: leaves section1. */
  skip_after (&iter, message, 5);
  g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, 0);
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_true (vici_message_iter_name_equals (&iter, "last"));

  /* Right after list1 began, and on its first item. */
  for (guint steps = 6; steps <= 7; steps++)
    {
      skip_after (&iter, message, steps);
      g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_LIST_END);
      g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, 1);
      g_assert_null (vici_message_iter_get_data (&iter, NULL));
      g_assert_true (vici_message_iter_next (&iter));
      g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_SECTION_END);
    }

  /* In the root section there is nothing to leave. */
  skip_after (&iter, message, 1);
  g_assert_true (vici_message_iter_name_equals (&iter, "key1"));
  skip_after (&iter, message, 0);
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_true (vici_message_iter_name_equals (&iter, "key1"));
}

/* The one that the walk has come to, and not the first of its name. */
static void
test_sections (void)
{
  g_autoptr (ViciMessage) message = message_new (LITERAL (
    "\1\1s\3\1k\0\1a\2"
    "\3\1k\0\1v"
    "\1\1s\3\1k\0\1b\1\1t\2\2"));
  g_autoptr (ViciMessage) first = NULL, second = NULL;
  g_autofree char *text = NULL;
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);
  g_assert_null (vici_message_iter_dup_section (&iter));

  g_assert_true (vici_message_iter_next (&iter));
  first = vici_message_iter_dup_section (&iter);
  text = vici_message_to_string (first, VICI_PRINT_NONE);
  g_assert_cmpstr (text, ==, "{k=a}");

  vici_message_iter_skip (&iter);
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_null (vici_message_iter_dup_section (&iter));

  g_assert_true (vici_message_iter_next (&iter));
  second = vici_message_iter_dup_section (&iter);
  g_clear_pointer (&text, g_free);
  text = vici_message_to_string (second, VICI_PRINT_NONE);
  g_assert_cmpstr (text, ==, "{k=b t {}}");

  /* It has not moved. */
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_true (vici_message_iter_name_equals (&iter, "k"));
}

static void
test_heap_iterators (void)
{
  ViciMessage *message = message_new (LITERAL (GOLDEN));
  ViciMessageIter borrowed;
  g_autoptr (ViciMessageIter) iter = NULL;
  g_autoptr (ViciMessageIter) copy = NULL;
  ViciMessageIter *boxed;

  vici_message_iter_init (&borrowed, message);
  g_assert_true (vici_message_iter_next (&borrowed));
  copy = vici_message_iter_copy (&borrowed);
  iter = vici_message_iter_new (message);

  g_object_add_weak_pointer (G_OBJECT (message), (gpointer *) &message);
  g_object_unref (message);
  g_assert_nonnull (message);

  g_assert_true (vici_message_iter_name_equals (copy, "key1"));
  g_assert_true (vici_message_iter_next (copy));
  g_assert_cmpstr (vici_message_iter_get_name (copy), ==, "section1");
  g_assert_true (vici_message_iter_next (iter));
  g_assert_cmpstr (vici_message_iter_get_name (iter), ==, "key1");

  boxed = g_boxed_copy (VICI_TYPE_MESSAGE_ITER, iter);
  g_assert_cmpstr (vici_message_iter_get_name (boxed), ==, "key1");
  g_clear_pointer (&iter, vici_message_iter_free);
  g_clear_pointer (&copy, vici_message_iter_free);
  g_assert_nonnull (message);

  g_assert_true (vici_message_iter_next (boxed));
  g_boxed_free (VICI_TYPE_MESSAGE_ITER, boxed);
  g_assert_null (message);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-iter/golden-vector-is-walked", test_golden_vector);
  g_test_add_func ("/message-iter/there-is-nothing-before-and-after", test_before_and_after);
  g_test_add_func ("/message-iter/unset-iterator-is-at-the-end", test_unset_iterator);
  g_test_add_func ("/message-iter/names-compare-whole", test_names);
  g_test_add_func ("/message-iter/values-are-text-or-bytes", test_values);
  g_test_add_func ("/message-iter/skip-leaves-the-innermost", test_skip);
  g_test_add_func ("/message-iter/sections-are-the-very-ones", test_sections);
  g_test_add_func ("/message-iter/heap-iterators-hold-the-message", test_heap_iterators);

  return g_test_run ();
}
