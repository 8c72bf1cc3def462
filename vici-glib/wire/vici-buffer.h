/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A growing run of bytes that forgets: what it outgrows, drops or hands out is
 * wiped before the memory is freed, since a request may carry a secret. */
typedef struct
{
  guint8 *data;
  gsize   length;
  gsize   allocated;
} ViciBuffer;

#define VICI_BUFFER_INIT { NULL, 0, 0 }

/* Makes room for @length more bytes behind those gathered. */
void    vici_buffer_grow   (ViciBuffer *self,
                            gsize       length);

/* Wipes and frees. */
void    vici_buffer_clear  (ViciBuffer *self);

/* Hands out what was gathered and leaves the buffer empty. The bytes are wiped
 * when the last reference to them goes. */
GBytes *vici_buffer_end    (ViciBuffer *self);

/* Makes room for @length more bytes and returns where they go; the caller
 * fills them in. */
static inline guint8 *
vici_buffer_append (ViciBuffer *self,
                    gsize       length)
{
  guint8 *position;

  if (G_UNLIKELY (self->allocated - self->length < length))
    vici_buffer_grow (self, length);

  position = self->data + self->length;
  self->length += length;

  return position;
}

G_END_DECLS
