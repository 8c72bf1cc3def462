/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-message.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-message-iter.h"
#include "vici-message-private.h"
#include "vici-name.h"
#include "vici-object.h"

/**
 * SECTION:vici-message
 * @title: ViciMessage
 * @short_description: What requests, replies and events carry
 *
 * A message is a section: keys with values, lists of values, and sections of
 * some name within it, all in an order. A value is up to 65535 bytes, mostly
 * text. There are no other types: numbers and booleans are text by convention,
 * and the typed look-ups read it.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciMessage) conn = vici_message_lookup_section (event, "gw");
 * g_autofree char *version = vici_message_lookup_string (conn, "version");
 * gint64 rekey = vici_message_lookup_int64 (conn, "rekey_time", 0);
 * ]|
 *
 * The look-ups search the root section only, from its start, and take the first
 * element of the name. To read everything that a message holds, walk it with a
 * #ViciMessageIter. To make one, use a #ViciBuilder, or a #GVariant with
 * vici_message_new_from_variant().
 *
 * Messages never change, so threads can share them. The encoding is checked
 * once, when a message is made from bytes. No look-up can fail on it later,
 * and none recurses however deep the sections are.
 *
 * Since: 1.0
 */

/**
 * ViciMessage:
 *
 * An immutable message.
 *
 * Since: 1.0
 */

G_DEFINE_FINAL_TYPE (ViciMessage, vici_message, G_TYPE_OBJECT)

/* Where the elements of an empty message would be: no pointer to them is ever
 * NULL, so that it can be reckoned with. */
static const guint8 empty[1];

/* How large a block is used again at most. */
#define BLOCK_KEPT_MAX (16 * 1024)

static void
clear_data (ViciMessage *self)
{
  if (self->bytes != 0)
    g_bytes_unref ((GBytes *) self->bytes);

  self->bytes = 0;
  vici_buffer_clear (&self->block);
}

static void
vici_message_finalize (GObject *object)
{
  clear_data (VICI_MESSAGE (object));

  G_OBJECT_CLASS (vici_message_parent_class)->finalize (object);
}

static void
vici_message_class_init (ViciMessageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_message_finalize;
}

/* What g_object_new() makes is the empty message. */
static void
vici_message_init (ViciMessage *self)
{
  self->data = empty;
}

ViciMessage *
vici_message_new_trusted (GBytes  *bytes,
                          gboolean sensitive)
{
  ViciMessage *self = g_object_new (VICI_TYPE_MESSAGE, NULL);

  self->bytes = (gsize) g_bytes_ref (bytes);
  self->data = g_bytes_get_data (bytes, &self->length);
  if (self->data == NULL)
    self->data = empty;
  self->sensitive = sensitive;

  return self;
}

/* Of a message that is empty. */
static void
copy_data (ViciMessage  *self,
           const guint8 *data,
           gsize         length)
{
  self->data = empty;
  self->length = length;

  if (length > 0)
    self->data = memcpy (vici_buffer_append (&self->block, length), data, length);
}

ViciMessage *
vici_message_new_copy (const guint8 *data,
                       gsize         length,
                       gboolean      sensitive)
{
  ViciMessage *self = g_object_new (VICI_TYPE_MESSAGE, NULL);

  copy_data (self, data, length);
  self->sensitive = sensitive;

  return self;
}

ViciMessage *
vici_message_renew (ViciMessage  *spare,
                    const guint8 *data,
                    gsize         length)
{
  if (spare == NULL || !vici_object_is_unshared (spare))
    {
      g_clear_object (&spare);
      return vici_message_new_copy (data, length, FALSE);
    }

  if (spare->bytes != 0 || spare->block.allocated > BLOCK_KEPT_MAX)
    clear_data (spare);

  spare->block.length = 0;
  copy_data (spare, data, length);

  return spare;
}

gboolean
vici_message_is_text (const guint8 *data,
                      gsize         length)
{
  if (!g_utf8_validate_len ((const char *) data, length, NULL))
    return FALSE;

  for (gsize i = 0; i < length; i++)
    {
      /* U+0080 to U+009F are C2 80 to C2 9F. */
      if (data[i] < 0x20 || data[i] == 0x7f ||
          (data[i] == 0xc2 && data[i + 1] < 0xa0))
        return FALSE;
    }

  return TRUE;
}

/* Nearly every name is one to this many bytes of printable ASCII, and has other
 * bytes behind it in the message, so that it can be read eight at a time wherever
 * it ends. */
#define PLAIN_NAME_MAX 16

static inline gboolean
name_is_plain (const guint8 *name,
               gsize         length)
{
  guint64 unprintable;

  if (length - 1 < 8)
    unprintable = vici_name_unprintable (vici_name_word (name), length);
  else if (length - 1 < PLAIN_NAME_MAX)
    unprintable = vici_name_unprintable (vici_name_word (name), 8) |
                  vici_name_unprintable (vici_name_word (name + 8), length - 8);
  else
    return FALSE;

  return unprintable == 0;
}

static inline gboolean
name_is_text (const guint8 *name,
              gsize         length,
              const guint8 *end)
{
  guint8 padded[PLAIN_NAME_MAX];

  if (G_UNLIKELY (end - name < PLAIN_NAME_MAX))
    name = memcpy (padded, name, length);

  return name_is_plain (name, length) || vici_message_is_text (name, length);
}

/* Reads one element at @position and returns where the next one starts, or
 * NULL with @problem. */
static inline const guint8 *
check_element (const guint8 *position,
               const guint8 *end,
               gsize        *depth,
               gboolean     *in_list,
               const char  **problem)
{
  guint element = *position++;
  gsize length;

  if (*in_list &&
      element != VICI_ELEMENT_LIST_ITEM && element != VICI_ELEMENT_LIST_END)
    {
      *problem = N_("a list holds something other than items");
      return NULL;
    }

  switch (element)
    {
    case VICI_ELEMENT_SECTION_START:
    case VICI_ELEMENT_LIST_START:
    case VICI_ELEMENT_KEY_VALUE:
      if (position == end || end - position - 1 < *position)
        {
          *problem = N_("a name is cut short");
          return NULL;
        }

      length = *position++;
      if (!name_is_text (position, length, end))
        {
          *problem = N_("a name is not text");
          return NULL;
        }
      position += length;

      if (element == VICI_ELEMENT_SECTION_START)
        {
          *depth += 1;
          return position;
        }
      if (element == VICI_ELEMENT_LIST_START)
        {
          *in_list = TRUE;
          return position;
        }
      break;

    case VICI_ELEMENT_SECTION_END:
      if (*depth == 0)
        {
          *problem = N_("a section ends that did not start");
          return NULL;
        }
      *depth -= 1;
      return position;

    case VICI_ELEMENT_LIST_ITEM:
    case VICI_ELEMENT_LIST_END:
      if (!*in_list)
        {
          *problem = element == VICI_ELEMENT_LIST_ITEM
                     ? N_("a list item is outside a list")
                     : N_("a list ends that did not start");
          return NULL;
        }
      if (element == VICI_ELEMENT_LIST_END)
        {
          *in_list = FALSE;
          return position;
        }
      break;

    default:
      *problem = N_("the type of an element is unknown");
      return NULL;
    }

  /* What is left are keys and items, and their values. */
  if (end - position < 2 ||
      end - position - 2 < (position[0] << 8 | position[1]))
    {
      *problem = N_("a value is cut short");
      return NULL;
    }

  return position + 2 + (position[0] << 8 | position[1]);
}

/* Nearly every element is a key with a plain name. Goes over those, and stops at
 * all that has to be looked at more closely. */
static inline const guint8 *
skip_plain_keys (const guint8 *position,
                 const guint8 *end)
{
  gsize left = (gsize) (end - position);

  while (left >= 2 + PLAIN_NAME_MAX + 2 && position[0] == VICI_ELEMENT_KEY_VALUE)
    {
      gsize name_length = position[1];
      gsize value_length;

      if (!name_is_plain (position + 2, name_length))
        break;

      value_length = (gsize) position[2 + name_length] << 8 | position[3 + name_length];
      if (value_length > left - 4 - name_length)
        break;

      position += 4 + name_length + value_length;
      left -= 4 + name_length + value_length;
    }

  return position;
}

/* Goes over items whose values are whole. */
static inline const guint8 *
skip_items (const guint8 *position,
            const guint8 *end)
{
  while (end - position >= 3 && position[0] == VICI_ELEMENT_LIST_ITEM)
    {
      gsize length = (gsize) position[1] << 8 | position[2];

      if (length > (gsize) (end - position) - 3)
        break;

      position += 3 + length;
    }

  return position;
}

gboolean
vici_message_check_encoding (const guint8 *data,
                             gsize         length,
                             GError      **error)
{
  const guint8 *position = data;
  const guint8 *end;
  const char *problem = NULL;
  gboolean in_list = FALSE;
  gsize depth = 0;

  if (length == 0)
    return TRUE;

  end = data + length;
  while (TRUE)
    {
      const guint8 *next;

      position = in_list ? skip_items (position, end) : skip_plain_keys (position, end);
      if (position == end)
        break;

      next = check_element (position, end, &depth, &in_list, &problem);
      if (next == NULL)
        break;

      position = next;
    }

  if (problem == NULL && in_list)
    problem = N_("a list does not end");
  else if (problem == NULL && depth > 0)
    problem = N_("a section does not end");

  if (problem == NULL)
    return TRUE;

  problem = vici_gettext (problem);
  /* Translators: %zu is a position, %s says what is wrong there. */
  g_set_error (error, VICI_ERROR, VICI_ERROR_MALFORMED,
               _("The message is malformed at byte %zu: %s"),
               (gsize) (position - data), problem);
  return FALSE;
}

/**
 * vici_message_new_from_bytes:
 * @bytes: the encoding of a message, without a packet header
 * @error: return location for a #GError
 *
 * Makes a message of its encoding. The bytes are not copied. The whole of the
 * encoding is checked, so nothing can fail on it later: balanced sections and
 * lists, lengths, and names, which have to be UTF-8 without control
 * characters. A name may be empty, and may be there twice in a section.
 *
 * Fails with %VICI_ERROR_MALFORMED, which says what is wrong at which byte.
 *
 * Returns: (transfer full): the message, or %NULL with @error set
 *
 * Since: 1.0
 */
ViciMessage *
vici_message_new_from_bytes (GBytes  *bytes,
                             GError **error)
{
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  if (!vici_message_check_encoding (data, length, error))
    return NULL;

  return vici_message_new_trusted (bytes, FALSE);
}

/**
 * vici_message_get_bytes:
 * @self: a #ViciMessage
 *
 * The encoding of the message, as it is on the wire after the packet header.
 *
 * Returns: (transfer none): the bytes
 *
 * Since: 1.0
 */
GBytes *
vici_message_get_bytes (ViciMessage *self)
{
  g_return_val_if_fail (VICI_IS_MESSAGE (self), NULL);

  if (g_once_init_enter (&self->bytes))
    {
      /* The bytes stay where they are, and @data with them. */
      g_once_init_leave (&self->bytes, (gsize) vici_buffer_end (&self->block));
    }

  return (GBytes *) self->bytes;
}

/**
 * vici_message_get_size:
 * @self: a #ViciMessage
 *
 * How many bytes the encoding of the message has: the length of
 * vici_message_get_bytes(), which need not be made for it.
 *
 * Returns: the size in bytes
 *
 * Since: 1.0
 */
gsize
vici_message_get_size (ViciMessage *self)
{
  g_return_val_if_fail (VICI_IS_MESSAGE (self), 0);

  return self->length;
}

/**
 * vici_message_equal:
 * @a: a #ViciMessage
 * @b: another #ViciMessage
 *
 * Whether two messages are the same on the wire: the same elements in the same
 * order.
 *
 * Returns: whether they are
 *
 * Since: 1.0
 */
gboolean
vici_message_equal (ViciMessage *a,
                    ViciMessage *b)
{
  g_return_val_if_fail (VICI_IS_MESSAGE (a), FALSE);
  g_return_val_if_fail (VICI_IS_MESSAGE (b), FALSE);

  return a->length == b->length && memcmp (a->data, b->data, a->length) == 0;
}

/**
 * vici_message_is_empty:
 * @self: a #ViciMessage
 *
 * Whether the message has no element.
 *
 * Returns: whether it is empty
 *
 * Since: 1.0
 */
gboolean
vici_message_is_empty (ViciMessage *self)
{
  g_return_val_if_fail (VICI_IS_MESSAGE (self), FALSE);

  return self->length == 0;
}

/**
 * vici_message_is_sensitive:
 * @self: a #ViciMessage
 *
 * Whether the message carries secrets, since it was built after
 * vici_builder_set_sensitive(), or is a section of such a message. Its values
 * do not show in its text, and its bytes are wiped when they are freed.
 *
 * Returns: whether it is sensitive
 *
 * Since: 1.0
 */
gboolean
vici_message_is_sensitive (ViciMessage *self)
{
  g_return_val_if_fail (VICI_IS_MESSAGE (self), FALSE);

  return self->sensitive;
}
