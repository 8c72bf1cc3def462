/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-message-iter.h"

#include <string.h>

#include "vici-message-private.h"

/**
 * SECTION:vici-message-iter
 * @title: ViciMessageIter
 * @short_description: Walks the elements of a message
 *
 * Goes through all elements of a #ViciMessage in the order of the wire, down
 * into its sections and lists. It allocates nothing, and nothing can fail on
 * the way, since a message is checked as a whole when it is made.
 *
 * |[<!-- language="C" -->
 * ViciMessageIter iter;
 *
 * vici_message_iter_init (&iter, message);
 * while (vici_message_iter_next (&iter))
 *   {
 *     if (vici_message_iter_get_element (&iter) == VICI_ELEMENT_SECTION_START)
 *       {
 *         g_print ("section %s\n", vici_message_iter_get_name (&iter));
 *         vici_message_iter_skip (&iter);
 *       }
 *   }
 * ]|
 *
 * An iterator on the stack borrows the message, which has to outlive it; there
 * is nothing to free. One from vici_message_iter_new() or
 * vici_message_iter_copy() holds a reference and is what a language with
 * garbage collection wants.
 *
 * An iterator belongs to one thread at a time. Many can walk one message.
 *
 * Since: 1.0
 */

/**
 * ViciElement:
 * @VICI_ELEMENT_SECTION_START: a section of some name begins (wire element 1)
 * @VICI_ELEMENT_SECTION_END: the innermost section ends (wire element 2)
 * @VICI_ELEMENT_KEY_VALUE: a key and its value (wire element 3)
 * @VICI_ELEMENT_LIST_START: a list of some name begins (wire element 4)
 * @VICI_ELEMENT_LIST_ITEM: a value in a list (wire element 5)
 * @VICI_ELEMENT_LIST_END: the list ends (wire element 6)
 *
 * The elements that a message is made of, with their numbers on the wire.
 *
 * Since: 1.0
 */

/**
 * ViciMessageIter:
 *
 * Where in a message a walk is. The fields are private; a copy of the struct is
 * an iterator of its own, which borrows the message.
 *
 * Since: 1.0
 */

/* What the public struct hides. */
typedef struct
{
  ViciMessage  *message;
  ViciMessage  *owned; /* @message, where a reference to it is held, or NULL */
  const guint8 *next;  /* the element that follows the current one */
  const guint8 *end;   /* of the message */
  const guint8 *open;  /* as far as a name may be copied with what stands behind it */
  const guint8 *name;  /* in the message, not terminated; NULL if there is none */
  const guint8 *data;  /* in the message; NULL if the element has no value */
  guint         element;
  guint         depth;
  guint         data_length;
  char          text[256]; /* @name, terminated, once it was asked for */
} RealIter;

G_STATIC_ASSERT (sizeof (RealIter) == sizeof (ViciMessageIter));
G_STATIC_ASSERT (G_ALIGNOF (RealIter) == G_ALIGNOF (ViciMessageIter));

G_DEFINE_BOXED_TYPE (ViciMessageIter, vici_message_iter,
                     vici_message_iter_copy, vici_message_iter_free)

/* A name has its length in the byte in front of it. */
static inline guint
get_name_length (const RealIter *self)
{
  return self->name[-1];
}

static inline guint
read_length (const guint8 *position)
{
  return (guint) position[0] << 8 | position[1];
}

/**
 * vici_message_iter_new:
 * @message: a #ViciMessage
 *
 * Makes an iterator that holds a reference to @message, before its first
 * element. In C, vici_message_iter_init() on the stack is cheaper.
 *
 * Returns: (transfer full): a new iterator, for vici_message_iter_free()
 *
 * Since: 1.0
 */
ViciMessageIter *
vici_message_iter_new (ViciMessage *message)
{
  ViciMessageIter *iter;

  g_return_val_if_fail (VICI_IS_MESSAGE (message), NULL);

  iter = g_new (ViciMessageIter, 1);
  vici_message_iter_init (iter, message);
  ((RealIter *) iter)->owned = g_object_ref (message);

  return iter;
}

/**
 * vici_message_iter_init:
 * @iter: an iterator that holds no reference: uninitialised, on the stack, or
 *   one that was initialised with this function before
 * @message: a #ViciMessage, which has to outlive @iter
 *
 * Puts @iter before the first element of @message. No reference is taken and
 * there is nothing to free.
 *
 * Since: 1.0
 */
void
vici_message_iter_init (ViciMessageIter *iter,
                        ViciMessage     *message)
{
  RealIter *self = (RealIter *) iter;

  g_return_if_fail (iter != NULL);
  g_return_if_fail (VICI_IS_MESSAGE (message));

  /* The text is left alone: clearing it would cost more than all the rest. */
  self->message = message;
  self->owned = NULL;
  self->next = message->data;
  self->end = message->data + message->length;
  self->open = message->sensitive ? message->data : self->end;
  self->name = NULL;
  self->data = NULL;
  self->element = 0;
  self->depth = 0;
  self->data_length = 0;
}

/**
 * vici_message_iter_copy:
 * @iter: a #ViciMessageIter
 *
 * Makes an iterator that is where @iter is, and holds a reference to the
 * message even if @iter borrows it.
 *
 * Returns: (transfer full): a new iterator, for vici_message_iter_free()
 *
 * Since: 1.0
 */
ViciMessageIter *
vici_message_iter_copy (const ViciMessageIter *iter)
{
  RealIter *copy;

  g_return_val_if_fail (iter != NULL, NULL);

  copy = g_new (RealIter, 1);
  memcpy (copy, iter, sizeof *copy);
  copy->owned = copy->message;
  if (copy->owned != NULL)
    g_object_ref (copy->owned);

  return (ViciMessageIter *) copy;
}

/**
 * vici_message_iter_free:
 * @iter: an iterator from vici_message_iter_new() or vici_message_iter_copy()
 *
 * Frees @iter and releases its message. Not for iterators on the stack.
 *
 * Since: 1.0
 */
void
vici_message_iter_free (ViciMessageIter *iter)
{
  g_return_if_fail (iter != NULL);

  g_clear_object (&((RealIter *) iter)->owned);
  g_free (iter);
}

/* Takes the value at @position, and returns what follows it. */
static inline const guint8 *
read_value (RealIter     *self,
            const guint8 *position)
{
  self->data_length = read_length (position);
  self->data = position + 2;

  return self->data + self->data_length;
}

/**
 * vici_message_iter_next:
 * @iter: a #ViciMessageIter
 *
 * Goes to the next element, be it in the same section or list, deeper, or back
 * out of it. At the end of the message it returns %FALSE, and goes on doing so.
 *
 * Returns: whether there is an element
 *
 * Since: 1.0
 */
gboolean
vici_message_iter_next (ViciMessageIter *iter)
{
  RealIter *self = (RealIter *) iter;
  const guint8 *position = self->next;

  self->name = NULL;
  self->data = NULL;
  self->data_length = 0;

  if (position == self->end)
    {
      self->element = 0;
      return FALSE;
    }

  self->element = *position++;

  /* Most elements are keys. */
  if (G_LIKELY (self->element == VICI_ELEMENT_KEY_VALUE))
    {
      self->name = position + 1;
      self->next = read_value (self, self->name + *position);
      return TRUE;
    }

  switch (self->element)
    {
    case VICI_ELEMENT_SECTION_START:
    case VICI_ELEMENT_LIST_START:
      self->depth++;
      self->name = position + 1;
      position = self->name + *position;
      break;

    case VICI_ELEMENT_LIST_ITEM:
      position = read_value (self, position);
      break;

    default: /* the end of a section or list */
      self->depth--;
      break;
    }

  self->next = position;

  return TRUE;
}

/**
 * vici_message_iter_skip:
 * @iter: a #ViciMessageIter
 *
 * Leaves the innermost section or list that was entered: right after
 * %VICI_ELEMENT_SECTION_START or %VICI_ELEMENT_LIST_START, the one that just
 * began; otherwise the one that the current element is in. The current element
 * is its end then, and the next call of vici_message_iter_next() gives what
 * follows it.
 *
 * At depth 0 there is nothing to leave, and nothing happens.
 *
 * Since: 1.0
 */
void
vici_message_iter_skip (ViciMessageIter *iter)
{
  RealIter *self = (RealIter *) iter;
  const guint8 *position = self->next;
  guint depth = self->depth;
  guint element;

  if (depth == 0)
    return;

  do
    {
      element = *position++;

      switch (element)
        {
        case VICI_ELEMENT_SECTION_START:
        case VICI_ELEMENT_LIST_START:
          position += 1 + position[0];
          depth++;
          break;

        case VICI_ELEMENT_KEY_VALUE:
          position += 1 + position[0];
          G_GNUC_FALLTHROUGH;

        case VICI_ELEMENT_LIST_ITEM:
          position += 2 + read_length (position);
          break;

        default: /* the end of a section or list */
          depth--;
          break;
        }
    }
  while (depth >= self->depth);

  self->element = element;
  self->depth = depth;
  self->name = NULL;
  self->data = NULL;
  self->data_length = 0;
  self->next = position;
}

gsize
vici_message_iter_get_offset (const ViciMessageIter *iter)
{
  const RealIter *self = (const RealIter *) iter;

  return self->next - self->message->data;
}

/**
 * vici_message_iter_get_element:
 * @iter: a #ViciMessageIter
 *
 * What the current element is.
 *
 * Returns: the element; 0, which is none, before the first call of
 *   vici_message_iter_next() and after the last
 *
 * Since: 1.0
 */
ViciElement
vici_message_iter_get_element (const ViciMessageIter *iter)
{
  return ((const RealIter *) iter)->element;
}

/**
 * vici_message_iter_get_depth:
 * @iter: a #ViciMessageIter
 *
 * How many sections and lists are open after the current element: 0 in the root
 * section. The start of a section or list counts as inside it, its end as
 * outside.
 *
 * Returns: the depth
 *
 * Since: 1.0
 */
guint
vici_message_iter_get_depth (const ViciMessageIter *iter)
{
  return ((const RealIter *) iter)->depth;
}

/* As much as fits in a register of any recent processor. */
#define SHORT_NAME 16

static G_GNUC_NO_INLINE const char *
copy_name (RealIter *self)
{
  memcpy (self->text, self->name, get_name_length (self));
  self->text[get_name_length (self)] = '\0';

  return self->text;
}

/**
 * vici_message_iter_get_name:
 * @iter: a #ViciMessageIter
 *
 * The name of the current section, list or key. It is valid UTF-8 without
 * control characters, and may be empty: charon names a section so in its reply
 * to `get-counters`.
 *
 * The text is in @iter, and valid until @iter moves. To compare it,
 * vici_message_iter_name_equals() is cheaper.
 *
 * Returns: (nullable) (transfer none): the name, or %NULL for an element that
 *   has none: a list item, or the end of a section or list
 *
 * Since: 1.0
 */
const char *
vici_message_iter_get_name (ViciMessageIter *iter)
{
  RealIter *self = (RealIter *) iter;

  if (self->name == NULL)
    return NULL;

  /* Nearly every name is short: one move of a fixed size is much cheaper than a
   * call. It takes along a part of the value, which must not be a secret. */
  if (G_UNLIKELY (get_name_length (self) > SHORT_NAME || self->open - self->name < SHORT_NAME))
    return copy_name (self);

  memcpy (self->text, self->name, SHORT_NAME);
  self->text[get_name_length (self)] = '\0';

  return self->text;
}

/**
 * vici_message_iter_name_equals:
 * @iter: a #ViciMessageIter
 * @name: a name
 *
 * Whether the current element has a name and it is @name.
 *
 * Returns: whether it is
 *
 * Since: 1.0
 */
gboolean
vici_message_iter_name_equals (const ViciMessageIter *iter,
                               const char            *name)
{
  const RealIter *self = (const RealIter *) iter;

  g_return_val_if_fail (name != NULL, FALSE);

  return self->name != NULL &&
         strlen (name) == get_name_length (self) &&
         memcmp (self->name, name, get_name_length (self)) == 0;
}

/**
 * vici_message_iter_get_data:
 * @iter: a #ViciMessageIter
 * @length: (out) (optional): where to store how many bytes there are
 *
 * The value of the current key or list item, in the memory of the message and
 * valid as long as that. It can be any bytes and is not NUL-terminated.
 *
 * Returns: (array length=length) (nullable) (transfer none): the value, which is
 *   not %NULL where it is empty; %NULL and 0 for an element that has none
 *
 * Since: 1.0
 */
const guint8 *
vici_message_iter_get_data (const ViciMessageIter *iter,
                            gsize                 *length)
{
  const RealIter *self = (const RealIter *) iter;

  if (length != NULL)
    *length = self->data_length;

  return self->data;
}

/**
 * vici_message_iter_dup_string:
 * @iter: a #ViciMessageIter
 *
 * The value of the current key or list item as text.
 *
 * Returns: (nullable) (transfer full): a copy of the value, or %NULL if the
 *   element has none, or it is not valid UTF-8 without NUL
 *
 * Since: 1.0
 */
char *
vici_message_iter_dup_string (const ViciMessageIter *iter)
{
  const RealIter *self = (const RealIter *) iter;

  if (self->data == NULL ||
      !g_utf8_validate_len ((const char *) self->data, self->data_length, NULL))
    return NULL;

  return g_strndup ((const char *) self->data, self->data_length);
}

/**
 * vici_message_iter_dup_bytes:
 * @iter: a #ViciMessageIter
 *
 * The value of the current key or list item. It is not copied: the bytes keep
 * those of the message alive.
 *
 * Returns: (nullable) (transfer full): the value, or %NULL if the element has
 *   none
 *
 * Since: 1.0
 */
GBytes *
vici_message_iter_dup_bytes (const ViciMessageIter *iter)
{
  const RealIter *self = (const RealIter *) iter;

  if (self->data == NULL)
    return NULL;

  return g_bytes_new_from_bytes (vici_message_get_bytes (self->message),
                                 self->data - self->message->data,
                                 self->data_length);
}

/**
 * vici_message_iter_dup_section:
 * @iter: a #ViciMessageIter
 *
 * The section that the current element starts, as a message of its own, as
 * vici_message_lookup_section() makes it. Where several sections have one name,
 * it is the very one that the walk has come to. The walk is not moved.
 *
 * Returns: (nullable) (transfer full): the section, or %NULL if the element
 *   starts none
 *
 * Since: 1.0
 */
ViciMessage *
vici_message_iter_dup_section (const ViciMessageIter *iter)
{
  ViciMessage *message = ((const RealIter *) iter)->message;
  g_autoptr (GBytes) bytes = NULL;
  ViciMessageIter behind;
  gsize start, end;

  if (vici_message_iter_get_element (iter) != VICI_ELEMENT_SECTION_START)
    return NULL;

  behind = *iter;
  vici_message_iter_skip (&behind);
  start = vici_message_iter_get_offset (iter);
  end = vici_message_iter_get_offset (&behind) - 1;

  bytes = g_bytes_new_from_bytes (vici_message_get_bytes (message), start, end - start);

  return vici_message_new_trusted (bytes, message->sensitive);
}
