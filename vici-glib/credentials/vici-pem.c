/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-pem.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"

#define BEGIN "-----BEGIN "
#define END "-----END "
#define DASHES "-----"

/* Longer ones than any that is used. */
#define MAX_LABEL 64

/* The tag of a SEQUENCE, which all that is known in DER begins with. */
#define DER_SEQUENCE 0x30

void
vici_pem_block_free (ViciPemBlock *block)
{
  g_free (block->label);
  g_free (block);
}

static ViciPemBlock *
block_new (guint         number,
           char         *label,
           const guint8 *data,
           gsize         size)
{
  ViciPemBlock *block = g_new (ViciPemBlock, 1);

  block->number = number;
  block->label = label;
  block->data = data;
  block->size = size;

  return block;
}

static const char *
find (const char *from,
      const char *end,
      const char *what)
{
  return memmem (from, (gsize) (end - from), what, strlen (what));
}

/* What is between "-----BEGIN " and "-----"; NULL: it is no label. */
static char *
dup_label (const char *from,
           const char *end)
{
  gsize length = 0;
  gsize max = MIN ((gsize) (end - from), MAX_LABEL);

  while (length < max && (g_ascii_isupper (from[length]) || g_ascii_isdigit (from[length]) ||
                          from[length] == ' '))
    length++;

  if (length == 0 || (gsize) (end - from) < length + strlen (DASHES) ||
      memcmp (from + length, DASHES, strlen (DASHES)) != 0)
    return NULL;

  return g_strndup (from, length);
}

/* Looks for the next block from @position, and moves that behind it. NULL without
 * an error: there is none. */
static ViciPemBlock *
next_block (const char **position,
            const char  *end,
            guint        number,
            GError     **error)
{
  const char *start;

  while ((start = find (*position, end, BEGIN)) != NULL)
    {
      g_autofree char *label = dup_label (start + strlen (BEGIN), end);
      g_autofree char *last_line = label ? g_strconcat (END, label, DASHES, NULL) : NULL;
      const char *last = last_line ? find (start, end, last_line) : NULL;

      *position = start + strlen (BEGIN);
      if (label == NULL)
        continue;

      if (last == NULL)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("The PEM block %u, “%s”, has no end"), number, label);
          return NULL;
        }

      *position = last + strlen (last_line);
      return block_new (number, g_steal_pointer (&label), (const guint8 *) start,
                        (gsize) (*position - start));
    }

  return NULL;
}

/* Text may begin with the same character. This is DER if the length that follows is a
 * long one, which no text has there, or that of the rest. */
static gboolean
is_der (const char *data,
        gsize       size)
{
  return size >= 2 && (guint8) data[0] == DER_SEQUENCE &&
         ((guint8) data[1] >= 0x80 || size - 2 == (guint8) data[1]);
}

GPtrArray *
vici_pem_split (GBytes  *data,
                guint    max,
                GError **error)
{
  g_autoptr (GPtrArray) blocks =
    g_ptr_array_new_with_free_func ((GDestroyNotify) vici_pem_block_free);
  GError *local_error = NULL;
  gsize size;
  const char *position = g_bytes_get_data (data, &size);
  const char *end = position + size;
  gboolean der = size == 0 || is_der (position, size);
  ViciPemBlock *block;

  while (!der && (block = next_block (&position, end, blocks->len + 1, &local_error)) != NULL)
    {
      g_ptr_array_add (blocks, block);
      if (blocks->len > max)
        {
          g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
                       _("There are more than %u PEM blocks"), max);
          return NULL;
        }
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return NULL;
    }

  if (blocks->len == 0)
    g_ptr_array_add (blocks, block_new (1, NULL, g_bytes_get_data (data, NULL), size));

  return g_steal_pointer (&blocks);
}
