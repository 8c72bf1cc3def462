/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-message.h"

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-message-iter.h"
#include "vici-message-private.h"
#include "vici-name.h"

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

static void
vici_message_finalize (GObject *object)
{
  ViciMessage *self = VICI_MESSAGE (object);

  g_bytes_unref (self->bytes);

  G_OBJECT_CLASS (vici_message_parent_class)->finalize (object);
}

static void
vici_message_class_init (ViciMessageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_message_finalize;
}

/* What g_object_new() makes is the empty message. All of them share their
 * bytes, since every other message begins as one. */
static void
vici_message_init (ViciMessage *self)
{
  static gsize bytes;

  if (g_once_init_enter (&bytes))
    g_once_init_leave (&bytes, (gsize) g_bytes_new_static (empty, 0));

  self->bytes = g_bytes_ref ((GBytes *) bytes);
  self->data = empty;
}

ViciMessage *
vici_message_new_trusted (GBytes  *bytes,
                          gboolean sensitive)
{
  ViciMessage *self = g_object_new (VICI_TYPE_MESSAGE, NULL);

  g_bytes_unref (self->bytes);
  self->bytes = g_bytes_ref (bytes);
  self->data = g_bytes_get_data (bytes, &self->length);
  if (self->data == NULL)
    self->data = empty;
  self->sensitive = sensitive;

  return self;
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

/* Nearly every name is printable ASCII and takes the short way. */
static inline gboolean
name_is_text (const guint8 *name,
              gsize         length)
{
  return G_LIKELY (vici_name_is_printable_ascii (name, length)) ||
         vici_message_is_text (name, length);
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
      if (!name_is_text (position, length))
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

/* Nearly every element is a key with a name of up to 16 plain bytes, and has
 * other bytes behind it, so that the name can be read eight at a time wherever
 * it ends. Returns what follows such a key, and NULL for all that has to be
 * looked at more closely. */
static inline const guint8 *
check_plain_key (const guint8 *position,
                 const guint8 *end)
{
  guint64 unprintable;
  gsize name_length, value_length;

  if (end - position < 2 + 16 + 2 || position[0] != VICI_ELEMENT_KEY_VALUE)
    return NULL;

  name_length = position[1];
  position += 2;
  if (name_length - 1 >= 16)
    return NULL;

  unprintable = vici_name_unprintable (vici_name_word (position));
  if (name_length <= 8)
    unprintable <<= 64 - 8 * name_length;
  else
    unprintable |= vici_name_unprintable (vici_name_word (position + 8)) << (128 - 8 * name_length);
  if (unprintable != 0)
    return NULL;

  position += name_length;
  value_length = (gsize) position[0] << 8 | position[1];
  position += 2;

  return value_length <= (gsize) (end - position) ? position + value_length : NULL;
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
  while (position != end)
    {
      const guint8 *next = in_list ? NULL : check_plain_key (position, end);

      if (next == NULL)
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

  return self->bytes;
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

  return g_bytes_equal (a->bytes, b->bytes);
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
