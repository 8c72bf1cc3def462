/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-buffer.h"

#include <string.h>

/* Holds most requests without growing. */
#define BLOCK_MIN 512

/* The size stands before the bytes, so that they can be handed out, and wiped
 * to their last one later, without another allocation. */
typedef struct
{
  gsize  allocated;
  guint8 data[];
} Block;

static void
block_free (gpointer pointer)
{
  Block *block = pointer;

  explicit_bzero (block->data, block->allocated);
  g_free (block);
}

static Block *
block_of (ViciBuffer *self)
{
  return (Block *) (gpointer) (self->data - G_STRUCT_OFFSET (Block, data));
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
  size = MAX (size, BLOCK_MIN);

  block = g_malloc (size);
  block->allocated = size - sizeof (Block);

  if (self->data != NULL)
    {
      memcpy (block->data, self->data, self->length);
      block_free (block_of (self));
    }

  self->data = block->data;
  self->allocated = block->allocated;
}

void
vici_buffer_clear (ViciBuffer *self)
{
  if (self->data != NULL)
    block_free (block_of (self));

  *self = (ViciBuffer) VICI_BUFFER_INIT;
}

GBytes *
vici_buffer_end (ViciBuffer *self)
{
  GBytes *bytes;

  if (self->data == NULL)
    return g_bytes_new_static (NULL, 0);

  bytes = g_bytes_new_with_free_func (self->data, self->length,
                                      block_free, block_of (self));
  *self = (ViciBuffer) VICI_BUFFER_INIT;

  return bytes;
}
