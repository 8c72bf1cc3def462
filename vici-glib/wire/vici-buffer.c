/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-buffer.h"

#include <string.h>

/* What an empty buffer may keep at most. */
#define KEPT_MAX (16 * 1024)

/* How much was used stands before the bytes, so that they can be handed out, and
 * wiped to their last one later, without another allocation. */
typedef struct
{
  gsize  used;
  guint8 data[];
} Block;

static void
block_free (gpointer pointer)
{
  Block *block = pointer;

  explicit_bzero (block->data, block->used);
  g_free (block);
}

/* The block of a buffer, which is done with it. */
static Block *
take_block (ViciBuffer *self)
{
  Block *block = (gpointer) (self->data - G_STRUCT_OFFSET (Block, data));

  block->used = self->length;

  return block;
}

void
vici_buffer_grow (ViciBuffer *self,
                  gsize       length)
{
  Block *block;
  gsize size;

  if (!g_size_checked_add (&size, self->length, length) ||
      size > G_MAXSIZE / 2 - sizeof (Block))
    g_error ("Cannot hold %" G_GSIZE_FORMAT " more bytes", length);

  /* Doubled, so that appending n bytes copies O(n); the header is part of what
   * is rounded, so that the allocator is asked for powers of two. */
  size = MAX (size + sizeof (Block), 2 * (self->allocated + sizeof (Block)));

  block = g_malloc (size);
  if (self->length > 0)
    memcpy (block->data, self->data, self->length);
  if (self->data != NULL)
    block_free (take_block (self));

  self->data = block->data;
  self->allocated = size - sizeof (Block);
}

void
vici_buffer_clear (ViciBuffer *self)
{
  if (self->data != NULL)
    block_free (take_block (self));

  *self = (ViciBuffer) VICI_BUFFER_INIT;
}

void
vici_buffer_reset (ViciBuffer *self)
{
  if (self->allocated > KEPT_MAX)
    {
      vici_buffer_clear (self);
      return;
    }

  if (self->length > 0)
    explicit_bzero (self->data, self->length);
  self->length = 0;
}

void
vici_buffer_drop (ViciBuffer *self,
                  gsize       length)
{
  self->length -= length;
  memmove (self->data, self->data + length, self->length);
  explicit_bzero (self->data + self->length, length);
}

GBytes *
vici_buffer_end (ViciBuffer *self)
{
  GBytes *bytes;

  if (self->data == NULL)
    return g_bytes_new_static (NULL, 0);

  bytes = g_bytes_new_with_free_func (self->data, self->length,
                                      block_free, take_block (self));
  *self = (ViciBuffer) VICI_BUFFER_INIT;

  return bytes;
}
