/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations on a builder, each a byte and what it takes. Whatever is built is
 * a message, and every mistake is one of two. */

#include "fuzz.h"

#include <string.h>

#include "vici-builder.h"
#include "vici-error.h"
#include "vici-message-iter.h"

typedef struct
{
  const guint8 *data;
  const guint8 *end;
  ViciBuilder  *builder;
  ViciMessage  *built;          /* the last one, to build with */
} Input;

static guint8
next_byte (Input *input)
{
  return input->data < input->end ? *input->data++ : 0;
}

/* The bytes that follow, as many as the next one says, or many times more. */
static const guint8 *
next_data (Input *input,
           gsize *length)
{
  guint8 wanted = next_byte (input);
  const guint8 *data = input->data;

  *length = MIN (wanted, input->end - input->data);
  input->data += *length;

  return data;
}

static char *
next_text (Input *input)
{
  gsize length;
  const guint8 *data = next_data (input, &length);

  return g_strndup ((const char *) data, length);
}

/* Mostly names that fit, and that differ. */
static char *
next_name (Input *input)
{
  guint8 kind = next_byte (input);

  if (kind == 0xff)
    return g_strnfill (250 + next_byte (input) % 10, 'x');
  if (kind & 0x80)
    return next_text (input);

  return g_strdup_printf ("%c%u", 'a' + kind % 4, kind / 4);
}

/* Rarely a long one: near the limits. */
static guint8 *
next_value (Input *input,
            gsize *length)
{
  const guint8 *data = next_data (input, length);

  if (*length == 0 && next_byte (input) == 0xfe)
    {
      *length = 65530 + next_byte (input) % 8;
      return g_malloc0 (*length);
    }

  return *length > 0 ? g_memdup2 (data, *length) : g_malloc0 (1);
}

static GVariant *
next_variant (Input *input)
{
  gsize length;
  const guint8 *data = next_data (input, &length);
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  static const char * const types[] = {
    "s", "ay", "as", "aay", "av", "a{sv}", "b", "y", "n", "q", "i", "u", "x", "t",
    "d", "v", "a{ss}", "(s)", "ms", "o", "g", "h", "a{sas}", "aas"
  };
  const char *type = types[next_byte (input) % G_N_ELEMENTS (types)];

  return g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE);
}

/* -- What has been built -- */

static void
copy_element (ViciBuilder     *builder,
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
check_built (ViciMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) again =
    vici_message_new_from_bytes (vici_message_get_bytes (message), &error);
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) copy = NULL;
  ViciMessageIter iter;

  g_assert_no_error (error);
  g_assert_true (vici_message_equal (message, again));

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    copy_element (builder, &iter);
  copy = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_true (vici_message_equal (message, copy));
}

static void
end_message (Input *input)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) message = vici_builder_end (input->builder, &error);

  if (message != NULL)
    {
      g_assert_no_error (error);
      check_built (message);
      g_set_object (&input->built, message);
      return;
    }

  g_assert_true (error->domain == VICI_ERROR);
  g_assert_true (error->code == VICI_ERROR_INVALID || error->code == VICI_ERROR_TOO_LARGE);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

/* -- Operations -- */

static void
add_named (Input *input,
           guint8 operation)
{
  ViciBuilder *builder = input->builder;
  g_autofree char *name = next_name (input);
  g_autofree char *text = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  switch (operation)
    {
    case 0:
      vici_builder_begin_section (builder, name);
      break;
    case 1:
      vici_builder_begin_list (builder, name);
      break;
    case 2:
      text = next_text (input);
      vici_builder_add_string (builder, name, text);
      break;
    case 3:
      data = next_value (input, &length);
      vici_builder_add_data (builder, name, data, length);
      break;
    case 4:
      data = next_value (input, &length);
      bytes = g_bytes_new_take (g_steal_pointer (&data), length);
      vici_builder_add_bytes (builder, name, bytes);
      break;
    case 5:
      vici_builder_add_int64 (builder, name, (gint64) next_byte (input) - 128);
      break;
    case 6:
      vici_builder_add_uint64 (builder, name, G_MAXUINT64 - next_byte (input));
      break;
    case 7:
      vici_builder_add_boolean (builder, name, next_byte (input) & 1);
      break;
    case 8:
      text = next_text (input);
      vici_builder_add_strv (builder, name, (const char *[]) { text, "x", NULL });
      break;
    case 9:
      vici_builder_add_variant (builder, name, next_variant (input));
      break;
    case 10:
      vici_builder_add_section (builder, name, input->built);
      break;
    default:
      text = next_text (input);
      vici_builder_add_printf (builder, name, "%s-%d", text, next_byte (input));
    }
}

static void
add_unnamed (Input *input,
             guint8 operation)
{
  ViciBuilder *builder = input->builder;
  g_autofree char *text = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  switch (operation)
    {
    case 0:
      vici_builder_end_section (builder);
      break;
    case 1:
      vici_builder_end_list (builder);
      break;
    case 2:
      text = next_text (input);
      vici_builder_add_item (builder, text);
      break;
    case 3:
      data = next_value (input, &length);
      vici_builder_add_item_data (builder, data, length);
      break;
    case 4:
      data = next_value (input, &length);
      bytes = g_bytes_new_take (g_steal_pointer (&data), length);
      vici_builder_add_item_bytes (builder, bytes);
      break;
    case 5:
      text = next_text (input);
      vici_builder_add_item_printf (builder, "%s %u", text, next_byte (input));
      break;
    case 6:
      vici_builder_set_sensitive (builder, next_byte (input) & 1);
      break;
    default:
      end_message (input);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  Input input = { data, data + size, builder, NULL };

  end_message (&input);

  while (input.data < input.end)
    {
      guint8 operation = next_byte (&input) % 20;

      if (operation < 12)
        add_named (&input, operation);
      else
        add_unnamed (&input, operation - 12);
    }

  end_message (&input);
  g_clear_object (&input.built);

  return 0;
}
