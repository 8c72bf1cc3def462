/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bytes of a message, read in every way there is. */

#include "fuzz.h"

#include <string.h>

#include "vici-error.h"
#include "vici-message-iter.h"
#include "vici-message-private.h"

static void
check_element (ViciMessageIter *iter)
{
  ViciElement element = vici_message_iter_get_element (iter);
  const char *name = vici_message_iter_get_name (iter);
  gsize length;
  const guint8 *data = vici_message_iter_get_data (iter, &length);
  g_autofree char *text = vici_message_iter_dup_string (iter);
  g_autoptr (GBytes) bytes = vici_message_iter_dup_bytes (iter);
  gboolean named = element == VICI_ELEMENT_SECTION_START ||
                   element == VICI_ELEMENT_LIST_START || element == VICI_ELEMENT_KEY_VALUE;
  gboolean valued = element == VICI_ELEMENT_KEY_VALUE || element == VICI_ELEMENT_LIST_ITEM;

  g_assert_cmpint (name != NULL, ==, named);
  g_assert_cmpint (data != NULL, ==, valued);
  if (named)
    {
      g_assert_true (g_utf8_validate (name, -1, NULL));
      g_assert_true (vici_message_iter_name_equals (iter, name));
    }
  if (valued)
    g_assert_cmpmem (data, length, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (text != NULL)
    g_assert_cmpmem (data, length, text, strlen (text));
}

static void
check_iteration (ViciMessage *message)
{
  ViciMessageIter iter;
  guint depth = 0;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      ViciElement element = vici_message_iter_get_element (&iter);

      check_element (&iter);

      if (element == VICI_ELEMENT_SECTION_START || element == VICI_ELEMENT_LIST_START)
        depth++;
      else if (element == VICI_ELEMENT_SECTION_END || element == VICI_ELEMENT_LIST_END)
        depth--;
      g_assert_cmpuint (vici_message_iter_get_depth (&iter), ==, depth);
    }

  g_assert_cmpuint (depth, ==, 0);
  g_assert_false (vici_message_iter_next (&iter));
}

/* The elements at the top, with what is in them skipped. */
static void
check_skipping (ViciMessage *message)
{
  g_auto (GStrv) names = vici_message_get_names (message);
  g_autoptr (ViciMessageIter) iter = vici_message_iter_new (message);
  gsize i = 0;

  while (vici_message_iter_next (iter))
    {
      g_assert_nonnull (names[i]);
      g_assert_cmpstr (vici_message_iter_get_name (iter), ==, names[i]);
      i++;

      if (vici_message_iter_get_element (iter) != VICI_ELEMENT_KEY_VALUE)
        {
          g_autoptr (ViciMessageIter) copy = vici_message_iter_copy (iter);

          vici_message_iter_skip (iter);
          while (vici_message_iter_get_depth (copy) > 0)
            vici_message_iter_next (copy);
          g_assert_cmpuint (vici_message_iter_get_offset (iter), ==,
                            vici_message_iter_get_offset (copy));
        }
    }

  g_assert_null (names[i]);
  g_assert_cmpint (i == 0, ==, vici_message_is_empty (message));
}

static void
check_lookups (ViciMessage *message,
               const char  *name)
{
  g_autofree char *text = vici_message_lookup_string (message, name);
  g_autoptr (GBytes) bytes = vici_message_lookup_bytes (message, name);
  g_auto (GStrv) items = vici_message_lookup_strv (message, name);
  g_autoptr (ViciMessage) section = vici_message_lookup_section (message, name);
  gint64 number = vici_message_lookup_int64 (message, name, -7);
  guint64 positive = vici_message_lookup_uint64 (message, name, 7);
  gboolean yes = vici_message_lookup_boolean (message, name, FALSE);

  /* It is one of the three. */
  g_assert_cmpint ((bytes != NULL) + (items != NULL) + (section != NULL), <=, 1);
  if (text != NULL)
    g_assert_cmpmem (text, strlen (text), g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (bytes == NULL)
    g_assert_true (number == -7 && positive == 7 && !yes);
  if (number >= 0 && positive != 7 && text != NULL)
    g_assert_cmpuint ((guint64) number, ==, positive);

  if (section != NULL)
    {
      g_autoptr (ViciMessage) again =
        vici_message_new_from_bytes (vici_message_get_bytes (section), NULL);

      g_assert_nonnull (again);
      g_assert_true (vici_message_equal (section, again));
      check_skipping (section);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) message = vici_message_new_from_bytes (bytes, &error);
  g_autoptr (ViciMessage) twin = NULL;
  g_auto (GStrv) names = NULL;

  g_assert_cmpint (vici_message_check_encoding (data, size, NULL), ==, message != NULL);
  if (message == NULL)
    {
      g_assert_error (error, VICI_ERROR, VICI_ERROR_MALFORMED);
      return 0;
    }

  check_iteration (message);
  check_skipping (message);

  names = vici_message_get_names (message);
  for (gsize i = 0; i < 32 && names[i] != NULL; i++)
    check_lookups (message, names[i]);
  check_lookups (message, "");
  check_lookups (message, "success");
  vici_message_check_success (message, &error);

  twin = vici_message_new_from_bytes (bytes, NULL);
  g_assert_true (vici_message_equal (message, twin));
  g_assert_true (vici_message_get_bytes (message) == bytes);

  return 0;
}
