/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-builder.h"

#include <string.h>

#include "vici-builder-private.h"
#include "vici-i18n.h"
#include "vici-wire.h"

/* What comes as something other than text or plain bytes. */

/**
 * vici_builder_add_bytes:
 * @self: a #ViciBuilder
 * @name: the name of the key
 * @value: its value
 *
 * Adds a key with any bytes as its value (wire element `KEY_VALUE`), such as a
 * certificate in DER.
 *
 * Since: 1.0
 */
void
vici_builder_add_bytes (ViciBuilder *self,
                        const char  *name,
                        GBytes      *value)
{
  const guint8 *data;
  gsize length;

  g_return_if_fail (value != NULL);

  data = g_bytes_get_data (value, &length);
  vici_builder_add_data (self, name, data, length);
}

/**
 * vici_builder_add_item_bytes:
 * @self: a #ViciBuilder
 * @value: the value
 *
 * Adds any bytes to the list that is open (wire element `LIST_ITEM`).
 *
 * Since: 1.0
 */
void
vici_builder_add_item_bytes (ViciBuilder *self,
                             GBytes      *value)
{
  const guint8 *data;
  gsize length;

  g_return_if_fail (value != NULL);

  data = g_bytes_get_data (value, &length);
  vici_builder_add_item_data (self, data, length);
}

/**
 * vici_builder_add_int64:
 * @self: a #ViciBuilder
 * @name: the name of the key
 * @value: its value
 *
 * Adds a key with a number as its value (wire element `KEY_VALUE`), as decimal
 * text.
 *
 * Since: 1.0
 */
void
vici_builder_add_int64 (ViciBuilder *self,
                        const char  *name,
                        gint64       value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  vici_builder_add_string (self, name, text);
}

/**
 * vici_builder_add_uint64:
 * @self: a #ViciBuilder
 * @name: the name of the key
 * @value: its value
 *
 * Adds a key with a number as its value (wire element `KEY_VALUE`), as decimal
 * text.
 *
 * Since: 1.0
 */
void
vici_builder_add_uint64 (ViciBuilder *self,
                         const char  *name,
                         guint64      value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GUINT64_FORMAT, value);
  vici_builder_add_string (self, name, text);
}

/**
 * vici_builder_add_boolean:
 * @self: a #ViciBuilder
 * @name: the name of the key
 * @value: its value
 *
 * Adds a key with `yes` or `no` as its value (wire element `KEY_VALUE`).
 *
 * Since: 1.0
 */
void
vici_builder_add_boolean (ViciBuilder *self,
                          const char  *name,
                          gboolean     value)
{
  vici_builder_add_string (self, name, value ? "yes" : "no");
}

/**
 * vici_builder_add_strv:
 * @self: a #ViciBuilder
 * @name: the name of the list
 * @values: (array zero-terminated=1): the items
 *
 * Adds a whole list of texts (wire elements `LIST_START`, `LIST_ITEM` and
 * `LIST_END`). It may be empty.
 *
 * Since: 1.0
 */
void
vici_builder_add_strv (ViciBuilder        *self,
                       const char         *name,
                       const char * const *values)
{
  g_return_if_fail (values != NULL);

  vici_builder_begin_list (self, name);
  for (gsize i = 0; values[i] != NULL; i++)
    vici_builder_add_item (self, values[i]);
  vici_builder_end_list (self);
}

/* Adds a key or, without a name, an item. */
static void
add_formatted (ViciBuilder *self,
               const char  *name,
               const char  *format,
               va_list      args) G_GNUC_PRINTF (3, 0);

static void
add_formatted (ViciBuilder *self,
               const char  *name,
               const char  *format,
               va_list      args)
{
  char on_stack[256];
  char *text = on_stack;
  va_list again;
  int length;

  va_copy (again, args);
  length = g_vsnprintf (on_stack, sizeof on_stack, format, args);

  /* What is too long is refused by its length, before it is read. */
  if (length >= (int) sizeof on_stack && length <= VICI_VALUE_MAX)
    {
      text = g_malloc (length + 1);
      g_vsnprintf (text, length + 1, format, again);
    }

  if (length < 0)
    vici_builder_fail (self, VICI_ERROR_INVALID,
                       _("A value cannot be formatted as “%s”"), format);
  else if (name != NULL)
    vici_builder_add_data (self, name, (const guint8 *) text, length);
  else
    vici_builder_add_item_data (self, (const guint8 *) text, length);

  /* What was formatted may be a secret. */
  if (text != on_stack)
    {
      explicit_bzero (text, length);
      g_free (text);
    }
  explicit_bzero (on_stack, sizeof on_stack);
  va_end (again);
}

/**
 * vici_builder_add_printf: (skip)
 * @self: a #ViciBuilder
 * @name: the name of the key
 * @format: a format, as for printf()
 * @...: what to insert into the format
 *
 * Adds a key with a formatted text as its value (wire element `KEY_VALUE`).
 *
 * Since: 1.0
 */
void
vici_builder_add_printf (ViciBuilder *self,
                         const char  *name,
                         const char  *format,
                         ...)
{
  va_list args;

  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (format != NULL);

  va_start (args, format);
  add_formatted (self, name, format, args);
  va_end (args);
}

/**
 * vici_builder_add_item_printf: (skip)
 * @self: a #ViciBuilder
 * @format: a format, as for printf()
 * @...: what to insert into the format
 *
 * Adds a formatted text to the list that is open (wire element `LIST_ITEM`).
 *
 * Since: 1.0
 */
void
vici_builder_add_item_printf (ViciBuilder *self,
                              const char  *format,
                              ...)
{
  va_list args;

  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (format != NULL);

  va_start (args, format);
  add_formatted (self, NULL, format, args);
  va_end (args);
}
