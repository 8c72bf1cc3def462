/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any text as a value of each type, and as a name. */

#include "fuzz.h"

#include <string.h>

#include "vici-error.h"
#include "vici-name-escape.h"
#include "vici-value.h"

static gboolean
is_printable (const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isprint (*text))
        return FALSE;
    }

  return TRUE;
}

static void
check_refused (ViciValueType type,
               const GError *error)
{
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpuint (strlen (error->message), <, 1000);
  g_assert_cmpint (type, !=, VICI_VALUE_BLOB);
}

static void
check_taken (ViciValueType type,
             const char   *text,
             const char   *wire)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *again = NULL;

  g_assert_cmpint (type, !=, VICI_VALUE_SECTION);
  g_assert_true (type == VICI_VALUE_BLOB || is_printable (wire));

  /* A name that is escaped looks so. All else is taken as it came out. */
  if (type == VICI_VALUE_NAME)
    return;

  again = vici_value_to_wire (type, wire, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again, ==, wire);

  if (type == VICI_VALUE_BLOB || (g_str_is_ascii (text) && type != VICI_VALUE_BOOLEAN))
    g_assert_cmpstr (wire, ==, text);
}

static void
check_units (const char *text)
{
  g_autofree char *time = vici_value_to_wire (VICI_VALUE_TIME, text, NULL);
  g_autofree char *size = vici_value_to_wire (VICI_VALUE_SIZE, text, NULL);
  guint64          number;

  if (time != NULL)
    g_assert_true (vici_value_parse_seconds (text, &number));
  if (size != NULL)
    g_assert_true (vici_value_parse_bytes (text, &number));
}

static gboolean
has_controls (const char *text)
{
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      if (g_unichar_iscntrl (g_utf8_get_char (text)))
        return TRUE;
    }

  return FALSE;
}

static void
check_name (const char *name)
{
  g_autofree char *escaped = vici_name_escape (name);
  g_autofree char *again = vici_name_unescape (escaped);
  g_autofree char *unescaped = vici_name_unescape (name);
  g_autofree char *listed = vici_name_escape (again);

  g_assert_true (is_printable (escaped));
  if (!g_utf8_validate (name, -1, NULL))
    return;

  /* Control characters are not read back, and what is listed is called so too. */
  g_assert_cmpstr (again, ==, has_controls (name) ? escaped : name);
  g_assert_cmpstr (listed, ==, escaped);
  g_assert_true (g_utf8_validate (unescaped, -1, NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup (size > 0 ? (const char *) data : "", size);

  for (ViciValueType type = VICI_VALUE_STRING; type <= VICI_VALUE_SECTION; type++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *wire = vici_value_to_wire (type, text, &error);

      if (wire == NULL)
        check_refused (type, error);
      else
        check_taken (type, text, wire);
    }

  check_units (text);
  check_name (text);

  return 0;
}
