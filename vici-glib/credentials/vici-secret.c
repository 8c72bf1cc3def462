/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-secret.h"

#include <string.h>

typedef struct
{
  gpointer       data;
  gsize          size;
  GDestroyNotify destroy;
} Secret;

static void
secret_free (gpointer pointer)
{
  Secret *secret = pointer;

  explicit_bzero (secret->data, secret->size);
  secret->destroy (secret->data);
  g_free (secret);
}

GBytes *
vici_secret_new_take (gpointer       data,
                      gsize          size,
                      GDestroyNotify destroy)
{
  Secret *secret = g_new (Secret, 1);

  secret->data = data;
  secret->size = size;
  secret->destroy = destroy;

  return g_bytes_new_with_free_func (data, size, secret_free, secret);
}

GBytes *
vici_secret_new_from_file (GFile        *file,
                           gsize         max,
                           GCancellable *cancellable,
                           GError      **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GBytes) bytes = NULL;
  guint8 *data;
  gsize size = 0;
  gboolean complete;

  if (stream == NULL)
    return NULL;

  data = g_malloc (max + 1);
  complete = g_input_stream_read_all (G_INPUT_STREAM (stream), data, max + 1, &size,
                                      cancellable, error);
  bytes = vici_secret_new_take (data, size, g_free);

  return complete ? g_steal_pointer (&bytes) : NULL;
}
