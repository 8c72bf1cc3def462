/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-builder.h"

#include <string.h>

#include "vici-buffer.h"
#include "vici-builder-private.h"
#include "vici-i18n.h"
#include "vici-message-iter.h"
#include "vici-message-private.h"
#include "vici-name-set.h"
#include "vici-name.h"
#include "vici-wire.h"

/* Holds most requests without growing. */
#define INITIAL_SIZE 1024

/**
 * SECTION:vici-builder
 * @title: ViciBuilder
 * @short_description: Makes messages
 *
 * Puts a #ViciMessage together, element by element. Every call appends to the
 * section or list that is open.
 *
 * |[<!-- language="C" -->
 * const char *addrs[] = { "192.0.2.1", "192.0.2.2", NULL };
 * g_autoptr (ViciBuilder) builder = vici_builder_new ();
 * g_autoptr (ViciMessage) request = NULL;
 *
 * vici_builder_begin_section (builder, "gw");
 * vici_builder_add_string (builder, "version", "2");
 * vici_builder_add_boolean (builder, "mobike", FALSE);
 * vici_builder_add_strv (builder, "remote_addrs", addrs);
 * vici_builder_end_section (builder);
 *
 * request = vici_builder_end (builder, &error);
 * ]|
 *
 * None of the calls fails on its own: the first mistake is kept, whatever
 * follows it is ignored, and vici_builder_end() reports it. Mistakes are
 * %VICI_ERROR_INVALID for what is not a message and %VICI_ERROR_TOO_LARGE for
 * what is over a limit of the protocol: 255 bytes in a name, 65535 in a value,
 * 524287 in a message.
 *
 * A name is one or more characters of printable ASCII, since that is what
 * charon takes, and is used once in a section, or charon would see only one of
 * them. Values can be any bytes.
 *
 * All memory that held a part of a message is wiped before it is freed.
 * vici_builder_set_sensitive() also keeps the values out of any text form.
 *
 * A builder belongs to one thread at a time.
 *
 * Since: 1.0
 */

/**
 * ViciBuilder:
 *
 * Makes messages.
 *
 * Since: 1.0
 */
struct _ViciBuilder
{
  GObject     parent_instance;

  ViciBuffer  buffer;
  ViciNameSet names;
  guint32     section;  /* the innermost, by where its name is in @buffer; 0: root */
  guint32    *outer;    /* those around it, the root first */
  guint       n_outer;
  guint       outer_allocated;
  guint32     list;     /* the open list, by where its name is; 0: none */
  gboolean    sensitive;
  GError     *error;    /* the first mistake */
};

G_DEFINE_FINAL_TYPE (ViciBuilder, vici_builder, G_TYPE_OBJECT)

static void
vici_builder_reset (ViciBuilder *self)
{
  vici_buffer_reset (&self->buffer);
  vici_name_set_reset (&self->names);
  self->section = 0;
  self->n_outer = 0;
  self->list = 0;
  self->sensitive = FALSE;
  g_clear_error (&self->error);
}

static void
vici_builder_finalize (GObject *object)
{
  ViciBuilder *self = VICI_BUILDER (object);

  vici_buffer_clear (&self->buffer);
  vici_name_set_reset (&self->names);
  g_free (self->outer);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (vici_builder_parent_class)->finalize (object);
}

static void
vici_builder_class_init (ViciBuilderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_builder_finalize;
}

static void
vici_builder_init (ViciBuilder *self)
{
  vici_name_set_init (&self->names);
  vici_buffer_grow (&self->buffer, INITIAL_SIZE);
}

gboolean
vici_builder_has_failed (ViciBuilder *self)
{
  return self->error != NULL;
}

void
vici_builder_fail (ViciBuilder *self,
                   ViciError    code,
                   const char  *format,
                   ...)
{
  va_list args;

  if (self->error != NULL)
    return;

  va_start (args, format);
  self->error = g_error_new_valist (VICI_ERROR, code, format, args);
  va_end (args);
}

/* A name as an error message can show it, be it long or not text. */
static char *
show_name (const char *name)
{
  g_autofree char *start = g_strndup (name, 64);
  g_autofree char *escaped = g_strescape (start, NULL);

  return g_strconcat (escaped, strlen (name) > 64 ? "…" : NULL, NULL);
}

/* The name of an open section or list, from where it is in the buffer. */
static char *
show_open_name (ViciBuilder *self,
                guint32      offset)
{
  const guint8 *name = self->buffer.data + offset;
  g_autofree char *terminated = g_strndup ((const char *) name + 1, name[0]);

  return show_name (terminated);
}

/* Whom an error message names: what is added, or if that has no name, what it
 * is added to. */
static char *
show_culprit (ViciBuilder *self,
              const char  *name)
{
  if (name != NULL)
    return show_name (name);

  return show_open_name (self, self->list != 0 ? self->list : self->section);
}

static G_GNUC_NO_INLINE void
fail_name (ViciBuilder *self,
           const char  *name,
           gsize        length)
{
  g_autofree char *shown = show_name (name);

  if (length == 0)
    vici_builder_fail (self, VICI_ERROR_INVALID, _("A name is empty"));
  else if (length > VICI_NAME_MAX)
    vici_builder_fail (self, VICI_ERROR_TOO_LARGE,
                       _("The name “%s” is longer than %d bytes"),
                       shown, VICI_NAME_MAX);
  else
    vici_builder_fail (self, VICI_ERROR_INVALID,
                       _("The name “%s” is not printable ASCII"), shown);
}

static G_GNUC_NO_INLINE void
fail_size (ViciBuilder *self,
           const char  *name)
{
  g_autofree char *shown = show_culprit (self, name);

  vici_builder_fail (self, VICI_ERROR_TOO_LARGE,
                     _("At “%s” the message becomes longer than %d bytes"),
                     shown, VICI_MESSAGE_MAX);
}

/* Makes room in the message for an element of that name, if it has one. */
static inline guint8 *
append (ViciBuilder *self,
        const char  *name,
        gsize        length)
{
  if (G_UNLIKELY (length > VICI_MESSAGE_MAX - self->buffer.length))
    {
      fail_size (self, name);
      return NULL;
    }

  return vici_buffer_append (&self->buffer, length);
}

static G_GNUC_NO_INLINE void
fail_in_list (ViciBuilder *self,
              const char  *name)
{
  g_autofree char *shown = show_name (name);
  g_autofree char *list = show_open_name (self, self->list);

  vici_builder_fail (self, VICI_ERROR_INVALID,
                     _("“%s” is added to the list “%s”, which can hold items only"),
                     shown, list);
}

static G_GNUC_NO_INLINE void
fail_twice (ViciBuilder *self,
            const char  *name)
{
  vici_builder_fail (self, VICI_ERROR_INVALID,
                     _("The name “%s” is used twice in a section"), name);
}

/* Appends the start of an element that has a name, and room for @length bytes
 * that belong to it. Returns where that room is, or NULL after a mistake. */
static inline guint8 *
add_named (ViciBuilder *self,
           ViciElement  element,
           const char  *name,
           gsize        length)
{
  gsize name_length = strlen (name);
  guint32 name_offset = (guint32) self->buffer.length + 1;
  guint8 *position;
  guint64 hash;

  if (G_UNLIKELY (self->error != NULL))
    return NULL;

  if (G_UNLIKELY (name_length - 1 >= VICI_NAME_MAX))
    {
      fail_name (self, name, name_length);
      return NULL;
    }

  if (G_UNLIKELY (self->list != 0))
    {
      fail_in_list (self, name);
      return NULL;
    }

  position = append (self, name, 2 + name_length + length);
  if (G_UNLIKELY (position == NULL))
    return NULL;

  position[0] = (guint8) element;
  position[1] = (guint8) name_length;

  if (G_UNLIKELY (!vici_name_copy (position + 2, name, name_length, &hash)))
    {
      fail_name (self, name, name_length);
      return NULL;
    }

  if (G_UNLIKELY (!vici_name_set_add (&self->names, self->buffer.data,
                                      self->section, name_offset, hash)))
    {
      fail_twice (self, name);
      return NULL;
    }

  return position + 2 + name_length;
}

/* The same for what is less frequent than keys, without another copy of it all. */
static G_GNUC_NO_INLINE guint8 *
add_start (ViciBuilder *self,
           ViciElement  element,
           const char  *name,
           gsize        length)
{
  return add_named (self, element, name, length);
}

static void
enter_section (ViciBuilder *self,
               guint32      section)
{
  if (self->n_outer == self->outer_allocated)
    {
      self->outer_allocated = MAX (8, self->outer_allocated * 2);
      self->outer = g_renew (guint32, self->outer, self->outer_allocated);
    }

  self->outer[self->n_outer++] = self->section;
  self->section = section;
}

static inline void
write_value (guint8       *position,
             gconstpointer data,
             gsize         length)
{
  position[0] = (guint8) (length >> 8);
  position[1] = (guint8) length;
  vici_buffer_copy (position + 2, data, length);
}

static G_GNUC_NO_INLINE void
fail_value (ViciBuilder *self,
            const char  *name)
{
  g_autofree char *shown = show_culprit (self, name);

  vici_builder_fail (self, VICI_ERROR_TOO_LARGE,
                     _("A value of “%s” is longer than %d bytes"),
                     shown, VICI_VALUE_MAX);
}

static G_GNUC_NO_INLINE void
add_value (ViciBuilder  *self,
           const char   *name,
           gconstpointer data,
           gsize         length)
{
  guint8 *position;

  if (G_UNLIKELY (length > VICI_VALUE_MAX))
    {
      fail_value (self, name);
      return;
    }

  position = add_named (self, VICI_ELEMENT_KEY_VALUE, name, 2 + length);
  if (G_LIKELY (position != NULL))
    write_value (position, data, length);
}

static void
add_item (ViciBuilder  *self,
          gconstpointer data,
          gsize         length)
{
  guint8 *position;

  if (self->error != NULL)
    return;

  if (self->list == 0)
    {
      vici_builder_fail (self, VICI_ERROR_INVALID,
                         _("An item is added outside a list"));
      return;
    }

  if (G_UNLIKELY (length > VICI_VALUE_MAX))
    {
      fail_value (self, NULL);
      return;
    }

  position = append (self, NULL, 3 + length);
  if (position == NULL)
    return;

  position[0] = VICI_ELEMENT_LIST_ITEM;
  write_value (position + 1, data, length);
}

/**
 * vici_builder_new:
 *
 * Makes a builder of an empty message.
 *
 * Returns: (transfer full): a new builder
 *
 * Since: 1.0
 */
ViciBuilder *
vici_builder_new (void)
{
  return g_object_new (VICI_TYPE_BUILDER, NULL);
}

/**
 * vici_builder_set_sensitive:
 * @self: a #ViciBuilder
 * @sensitive: whether the message carries secrets
 *
 * Marks the message that is being built. vici_message_to_string() does not show
 * the values of a sensitive message. The mark goes with the message: after
 * vici_builder_end() the builder has it no more.
 *
 * Since: 1.0
 */
void
vici_builder_set_sensitive (ViciBuilder *self,
                            gboolean     sensitive)
{
  g_return_if_fail (VICI_IS_BUILDER (self));

  self->sensitive = !!sensitive;
}

/**
 * vici_builder_begin_section:
 * @self: a #ViciBuilder
 * @name: the name of the section
 *
 * Begins a section within the one that is open (wire element `SECTION_START`).
 * What follows goes into it, until vici_builder_end_section().
 *
 * Since: 1.0
 */
void
vici_builder_begin_section (ViciBuilder *self,
                            const char  *name)
{
  guint32 section;

  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (name != NULL);

  section = self->buffer.length + 1;
  if (add_start (self, VICI_ELEMENT_SECTION_START, name, 0) == NULL)
    return;

  enter_section (self, section);
}

/**
 * vici_builder_end_section:
 * @self: a #ViciBuilder
 *
 * Ends the innermost section (wire element `SECTION_END`).
 *
 * Since: 1.0
 */
void
vici_builder_end_section (ViciBuilder *self)
{
  guint8 *position;

  g_return_if_fail (VICI_IS_BUILDER (self));

  if (self->error != NULL)
    return;

  if (self->list != 0)
    {
      g_autofree char *list = show_open_name (self, self->list);

      vici_builder_fail (self, VICI_ERROR_INVALID,
                         _("A section ends within the list “%s”"), list);
      return;
    }

  if (self->section == 0)
    {
      vici_builder_fail (self, VICI_ERROR_INVALID,
                         _("A section ends that was not begun"));
      return;
    }

  position = append (self, NULL, 1);
  if (position == NULL)
    return;

  *position = VICI_ELEMENT_SECTION_END;
  self->section = self->outer[--self->n_outer];
}

/**
 * vici_builder_begin_list:
 * @self: a #ViciBuilder
 * @name: the name of the list
 *
 * Begins a list (wire element `LIST_START`). What can follow is items, until
 * vici_builder_end_list().
 *
 * Since: 1.0
 */
void
vici_builder_begin_list (ViciBuilder *self,
                         const char  *name)
{
  guint32 list;

  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (name != NULL);

  list = self->buffer.length + 1;
  if (add_start (self, VICI_ELEMENT_LIST_START, name, 0) != NULL)
    self->list = list;
}

/**
 * vici_builder_end_list:
 * @self: a #ViciBuilder
 *
 * Ends the list that is open (wire element `LIST_END`).
 *
 * Since: 1.0
 */
void
vici_builder_end_list (ViciBuilder *self)
{
  guint8 *position;

  g_return_if_fail (VICI_IS_BUILDER (self));

  if (self->error != NULL)
    return;

  if (self->list == 0)
    {
      vici_builder_fail (self, VICI_ERROR_INVALID,
                         _("A list ends that was not begun"));
      return;
    }

  position = append (self, NULL, 1);
  if (position == NULL)
    return;

  *position = VICI_ELEMENT_LIST_END;
  self->list = 0;
}

/**
 * vici_builder_add_string:
 * @self: a #ViciBuilder
 * @name: the name of the key
 * @value: its value
 *
 * Adds a key with a text as its value (wire element `KEY_VALUE`). The NUL at its
 * end is not sent.
 *
 * Since: 1.0
 */
void
vici_builder_add_string (ViciBuilder *self,
                         const char  *name,
                         const char  *value)
{
  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (value != NULL);

  add_value (self, name, value, strlen (value));
}

/**
 * vici_builder_add_data:
 * @self: a #ViciBuilder
 * @name: the name of the key
 * @data: (array length=length) (nullable): its value
 * @length: how many bytes it has
 *
 * Adds a key with any bytes as its value (wire element `KEY_VALUE`).
 *
 * Since: 1.0
 */
void
vici_builder_add_data (ViciBuilder  *self,
                       const char   *name,
                       const guint8 *data,
                       gsize         length)
{
  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (data != NULL || length == 0);

  add_value (self, name, data, length);
}

/**
 * vici_builder_add_section:
 * @self: a #ViciBuilder
 * @name: the name of the section
 * @section: what it holds
 *
 * Adds a whole message as a section of this one. Its elements are copied as they
 * are. If it is sensitive, the message that is being built becomes so too.
 *
 * Since: 1.0
 */
void
vici_builder_add_section (ViciBuilder *self,
                          const char  *name,
                          ViciMessage *section)
{
  guint8 *position;

  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (VICI_IS_MESSAGE (section));

  position = add_start (self, VICI_ELEMENT_SECTION_START, name,
                        section->length + 1);
  if (position == NULL)
    return;

  memcpy (position, section->data, section->length);
  position[section->length] = VICI_ELEMENT_SECTION_END;

  if (section->sensitive)
    self->sensitive = TRUE;
}

/**
 * vici_builder_add_item:
 * @self: a #ViciBuilder
 * @value: the value
 *
 * Adds a text to the list that is open (wire element `LIST_ITEM`). The NUL at
 * its end is not sent.
 *
 * Since: 1.0
 */
void
vici_builder_add_item (ViciBuilder *self,
                       const char  *value)
{
  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (value != NULL);

  add_item (self, value, strlen (value));
}

/**
 * vici_builder_add_item_data:
 * @self: a #ViciBuilder
 * @data: (array length=length) (nullable): the value
 * @length: how many bytes it has
 *
 * Adds any bytes to the list that is open (wire element `LIST_ITEM`).
 *
 * Since: 1.0
 */
void
vici_builder_add_item_data (ViciBuilder  *self,
                            const guint8 *data,
                            gsize         length)
{
  g_return_if_fail (VICI_IS_BUILDER (self));
  g_return_if_fail (data != NULL || length == 0);

  add_item (self, data, length);
}

static void
check_ended (ViciBuilder *self)
{
  g_autofree char *shown = NULL;

  if (self->error != NULL || (self->list == 0 && self->section == 0))
    return;

  shown = show_culprit (self, NULL);
  if (self->list != 0)
    vici_builder_fail (self, VICI_ERROR_INVALID, _("The list “%s” is not ended"), shown);
  else
    vici_builder_fail (self, VICI_ERROR_INVALID, _("The section “%s” is not ended"), shown);
}

/**
 * vici_builder_end:
 * @self: a #ViciBuilder
 * @error: return location for a #GError
 *
 * Hands out the message, or the first mistake that was made. In either case the
 * builder is empty afterwards, and ready for another message, which is not
 * sensitive until it is said to be.
 *
 * Fails with %VICI_ERROR_INVALID if a section or list is still open, if one was
 * ended that was not begun, if an item was added outside a list or anything
 * else within one, if a name is empty, unprintable or used twice in a section,
 * or if a #GVariant has no form on the wire; with %VICI_ERROR_TOO_LARGE if a
 * name, a value or the message is over its limit. The message of the error
 * names the key, never a value.
 *
 * Returns: (transfer full): the message, or %NULL with @error set
 *
 * Since: 1.0
 */
ViciMessage *
vici_builder_end (ViciBuilder *self,
                  GError     **error)
{
  ViciMessage *message = NULL;

  g_return_val_if_fail (VICI_IS_BUILDER (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  check_ended (self);

  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else
    message = vici_message_new_copy (self->buffer.data, self->buffer.length, self->sensitive);

  vici_builder_reset (self);

  return message;
}
