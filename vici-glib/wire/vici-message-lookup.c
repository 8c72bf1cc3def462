/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-message.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-message-iter.h"
#include "vici-message-private.h"

/* Finds the first element of that name in the root section; FALSE if there is
 * none, or it is another kind of element. */
static gboolean
find (ViciMessage     *self,
      const char      *name,
      ViciElement      kind,
      ViciMessageIter *iter)
{
  vici_message_iter_init (iter, self);

  while (vici_message_iter_next (iter))
    {
      if (vici_message_iter_name_equals (iter, name))
        return vici_message_iter_get_element (iter) == kind;

      vici_message_iter_skip (iter);
    }

  return FALSE;
}

/**
 * vici_message_get_names:
 * @self: a #ViciMessage
 *
 * The names of the keys, lists and sections in the root section, in the order of
 * the wire. A name that is there twice is listed twice.
 *
 * Returns: (transfer full): the names
 *
 * Since: 1.0
 */
GStrv
vici_message_get_names (ViciMessage *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  ViciMessageIter iter;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);

  vici_message_iter_init (&iter, self);
  while (vici_message_iter_next (&iter))
    {
      g_strv_builder_add (names, vici_message_iter_get_name (&iter));
      vici_message_iter_skip (&iter);
    }

  return g_strv_builder_end (names);
}

/**
 * vici_message_lookup_string:
 * @self: a #ViciMessage
 * @name: the name of a key in the root section
 *
 * The value of a key as text.
 *
 * Returns: (nullable) (transfer full): a copy of the value, or %NULL if the key
 *   is absent or its value is not valid UTF-8 without NUL
 *
 * Since: 1.0
 */
char *
vici_message_lookup_string (ViciMessage *self,
                            const char  *name)
{
  ViciMessageIter iter;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (!find (self, name, VICI_ELEMENT_KEY_VALUE, &iter))
    return NULL;

  return vici_message_iter_dup_string (&iter);
}

/**
 * vici_message_lookup_bytes:
 * @self: a #ViciMessage
 * @name: the name of a key in the root section
 *
 * The value of a key, whatever its bytes are. It is not copied: the bytes keep
 * those of the message alive.
 *
 * Returns: (nullable) (transfer full): the value, or %NULL if the key is absent
 *
 * Since: 1.0
 */
GBytes *
vici_message_lookup_bytes (ViciMessage *self,
                           const char  *name)
{
  ViciMessageIter iter;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (!find (self, name, VICI_ELEMENT_KEY_VALUE, &iter))
    return NULL;

  return vici_message_iter_dup_bytes (&iter);
}

/**
 * vici_message_lookup_strv:
 * @self: a #ViciMessage
 * @name: the name of a list in the root section
 *
 * The items of a list as texts. An empty list is not %NULL.
 *
 * Returns: (nullable) (transfer full): copies of the items, or %NULL if the list
 *   is absent or one of them is not valid UTF-8 without NUL
 *
 * Since: 1.0
 */
GStrv
vici_message_lookup_strv (ViciMessage *self,
                          const char  *name)
{
  g_autoptr (GStrvBuilder) items = g_strv_builder_new ();
  ViciMessageIter iter;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (!find (self, name, VICI_ELEMENT_LIST_START, &iter))
    return NULL;

  while (vici_message_iter_next (&iter) &&
         vici_message_iter_get_element (&iter) == VICI_ELEMENT_LIST_ITEM)
    {
      g_autofree char *item = vici_message_iter_dup_string (&iter);

      if (item == NULL)
        return NULL;

      g_strv_builder_add (items, item);
    }

  return g_strv_builder_end (items);
}

/**
 * vici_message_lookup_section:
 * @self: a #ViciMessage
 * @name: the name of a section in the root section
 *
 * A section as a message of its own. Nothing is copied: it shares the bytes of
 * @self, and is sensitive if @self is.
 *
 * Returns: (nullable) (transfer full): the section, or %NULL if it is absent
 *
 * Since: 1.0
 */
ViciMessage *
vici_message_lookup_section (ViciMessage *self,
                             const char  *name)
{
  ViciMessageIter iter;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (!find (self, name, VICI_ELEMENT_SECTION_START, &iter))
    return NULL;

  return vici_message_iter_dup_section (&iter);
}

/* Reads a text that is nothing but decimal digits. */
static gboolean
parse_digits (const guint8 *text,
              gsize         length,
              guint64      *number)
{
  *number = 0;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]) ||
          !g_uint64_checked_mul (number, *number, 10) ||
          !g_uint64_checked_add (number, *number, text[i] - '0'))
        return FALSE;
    }

  return length > 0;
}

/**
 * vici_message_lookup_int64:
 * @self: a #ViciMessage
 * @name: the name of a key in the root section
 * @fallback: what to return instead
 *
 * The value of a key as a number: decimal digits, after a `-` if it is below 0,
 * and nothing else.
 *
 * Returns: the number, or @fallback if the key is absent, or its value is not a
 *   number or beyond what a #gint64 holds
 *
 * Since: 1.0
 */
gint64
vici_message_lookup_int64 (ViciMessage *self,
                           const char  *name,
                           gint64       fallback)
{
  ViciMessageIter iter;
  const guint8 *text;
  gboolean negative;
  guint64 number;
  gsize length;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), fallback);
  g_return_val_if_fail (name != NULL, fallback);

  if (!find (self, name, VICI_ELEMENT_KEY_VALUE, &iter))
    return fallback;

  text = vici_message_iter_get_data (&iter, &length);
  negative = length > 0 && text[0] == '-';

  if (!parse_digits (text + negative, length - negative, &number) ||
      number > (guint64) G_MAXINT64 + negative)
    return fallback;

  return negative ? (gint64) (0 - number) : (gint64) number;
}

/**
 * vici_message_lookup_uint64:
 * @self: a #ViciMessage
 * @name: the name of a key in the root section
 * @fallback: what to return instead
 *
 * The value of a key as a number: decimal digits, and nothing else.
 *
 * Returns: the number, or @fallback if the key is absent, or its value is not a
 *   number or beyond what a #guint64 holds
 *
 * Since: 1.0
 */
guint64
vici_message_lookup_uint64 (ViciMessage *self,
                            const char  *name,
                            guint64      fallback)
{
  ViciMessageIter iter;
  const guint8 *text;
  guint64 number;
  gsize length;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), fallback);
  g_return_val_if_fail (name != NULL, fallback);

  if (!find (self, name, VICI_ELEMENT_KEY_VALUE, &iter))
    return fallback;

  text = vici_message_iter_get_data (&iter, &length);

  return parse_digits (text, length, &number) ? number : fallback;
}

/**
 * vici_message_lookup_boolean:
 * @self: a #ViciMessage
 * @name: the name of a key in the root section
 * @fallback: what to return instead
 *
 * The value of a key as a boolean, as charon reads it: `yes`, `true`, `enabled`
 * and `1`, or `no`, `false`, `disabled` and `0`, in upper or lower case.
 *
 * Returns: the boolean, or @fallback if the key is absent or its value is none
 *   of these
 *
 * Since: 1.0
 */
gboolean
vici_message_lookup_boolean (ViciMessage *self,
                             const char  *name,
                             gboolean     fallback)
{
  static const struct
  {
    const char *text;
    gboolean    value;
  } booleans[] = {
    { "yes", TRUE },
    { "no", FALSE },
    { "true", TRUE },
    { "false", FALSE },
    { "enabled", TRUE },
    { "disabled", FALSE },
    { "1", TRUE },
    { "0", FALSE },
  };
  ViciMessageIter iter;
  const char *text;
  gsize length;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), fallback);
  g_return_val_if_fail (name != NULL, fallback);

  if (!find (self, name, VICI_ELEMENT_KEY_VALUE, &iter))
    return fallback;

  text = (const char *) vici_message_iter_get_data (&iter, &length);

  for (gsize i = 0; i < G_N_ELEMENTS (booleans); i++)
    {
      if (strlen (booleans[i].text) == length &&
          g_ascii_strncasecmp (booleans[i].text, text, length) == 0)
        return booleans[i].value;
    }

  return fallback;
}

/* The value of a key with U+FFFD in place of what is no text; NULL: there is none. */
static char *
lookup_readable (ViciMessage *self,
                 const char  *name)
{
  ViciMessageIter iter;
  const char *text;
  gsize length;

  if (!find (self, name, VICI_ELEMENT_KEY_VALUE, &iter))
    return NULL;

  text = (const char *) vici_message_iter_get_data (&iter, &length);

  return g_utf8_make_valid (text, length);
}

/**
 * vici_message_check_success:
 * @self: a #ViciMessage, the reply to a command
 * @error: return location for a #GError
 *
 * Whether the daemon did what a command asked for. Most replies say so in the
 * key `success`; one that does not is a success.
 *
 * Fails with %VICI_ERROR_COMMAND_FAILED for `success=no`. The message of the
 * error is the reply's `errmsg`, with U+FFFD in place of what is not valid UTF-8.
 *
 * Returns: %TRUE if it did; %FALSE with @error set if not
 *
 * Since: 1.0
 */
gboolean
vici_message_check_success (ViciMessage *self,
                            GError     **error)
{
  g_autofree char *errmsg = NULL;

  g_return_val_if_fail (VICI_IS_MESSAGE (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (vici_message_lookup_boolean (self, "success", TRUE))
    return TRUE;

  errmsg = lookup_readable (self, "errmsg");
  if (errmsg != NULL && *errmsg != '\0')
    g_set_error_literal (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED, errmsg);
  else
    g_set_error_literal (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED,
                         _("The daemon refused the command and did not say why"));

  return FALSE;
}
