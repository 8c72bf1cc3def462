/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Copies exactly that many bytes. Most names and values are short: to copy them
 * here costs less than to call memcpy() for them. */
static inline void
vici_buffer_copy (gpointer      to,
                  gconstpointer from,
                  gsize         length)
{
  guint8 *target = to;
  const guint8 *source = from;

  if (length >= 8 && length <= 16)
    {
      guint64 head, tail;

      memcpy (&head, source, 8);
      memcpy (&tail, source + length - 8, 8);
      memcpy (target, &head, 8);
      memcpy (target + length - 8, &tail, 8);
    }
  else if (length >= 4 && length < 8)
    {
      guint32 head, tail;

      memcpy (&head, source, 4);
      memcpy (&tail, source + length - 4, 4);
      memcpy (target, &head, 4);
      memcpy (target + length - 4, &tail, 4);
    }
  else if (length > 0)
    {
      memcpy (target, source, length);
    }
}

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

/* Wipes, and keeps the memory for what is gathered next, if it is not much. */
void    vici_buffer_reset  (ViciBuffer *self);

/* Drops and wipes that many bytes off the front. */
void    vici_buffer_drop   (ViciBuffer *self,
                            gsize       length);

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
