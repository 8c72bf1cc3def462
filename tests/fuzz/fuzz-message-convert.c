/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The bytes of a message, turned into texts and a GVariant and back; and the
 * same bytes, taken for those of a GVariant. */

#include "fuzz.h"

#include <string.h>

#include "vici-error.h"
#include "vici-message.h"

static void
check_text (ViciMessage   *message,
            ViciPrintFlags flags)
{
  g_autofree char *text = vici_message_to_string (message, flags);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpint (text[0], ==, '{');
  g_assert_true (g_str_has_suffix (text, "}"));
  if (flags == VICI_PRINT_NONE)
    g_assert_null (strchr (text, '\n'));
}

static ViciMessage *
from_variant (GVariant *variant)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_message_new_from_variant (variant, &error);

  if (message == NULL)
    {
      g_assert_true (error->domain == VICI_ERROR);
      g_assert_true (error->code == VICI_ERROR_INVALID || error->code == VICI_ERROR_TOO_LARGE);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }

  return message;
}

static void
check_message (ViciMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (ViciMessage) again = NULL;

  check_text (message, VICI_PRINT_NONE);
  check_text (message, VICI_PRINT_PRETTY);

  variant = vici_message_to_variant (message, &error);
  if (variant == NULL)
    {
      g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
      return;
    }

  g_assert_true (g_variant_is_of_type (variant, G_VARIANT_TYPE_VARDICT));
  g_assert_true (g_variant_is_normal_form (variant));

  /* A peer's names may be more than charon takes. */
  again = from_variant (variant);
  if (again != NULL)
    g_assert_true (vici_message_equal (message, again));
}

static void
check_variant (GBytes *bytes)
{
  g_autoptr (GVariant) variant =
    g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));
  g_autoptr (ViciMessage) message = from_variant (variant);
  g_autoptr (ViciMessage) again = NULL;
  g_autoptr (GError) error = NULL;

  if (message == NULL)
    return;

  again = vici_message_new_from_bytes (vici_message_get_bytes (message), &error);
  g_assert_no_error (error);
  g_assert_true (vici_message_equal (message, again));
  check_message (message);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (ViciMessage) message = vici_message_new_from_bytes (bytes, NULL);

  if (message != NULL)
    check_message (message);
  check_variant (bytes);

  return 0;
}
