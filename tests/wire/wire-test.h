/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <string.h>

#include "vici-error.h"
#include "vici-message-iter.h"
#include "vici-message-private.h"
#include "vici-message.h"
#include "vici-wire.h"

/* Bytes written as a string literal; its last NUL does not count. */
#define LITERAL(text) (text), sizeof (text) - 1

/* The example of the protocol document. */
#define GOLDEN                                                                 \
  "\3\4key1\0\6value1"                                                         \
  "\1\10section1"                                                              \
    "\1\13sub-section"                                                         \
      "\3\4key2\0\6value2"                                                     \
    "\2"                                                                       \
    "\4\5list1"                                                                \
      "\5\0\5item1"                                                            \
      "\5\0\5item2"                                                            \
    "\6"                                                                       \
  "\2"

/* Copied to memory of just this size, so that a tool notices a read behind. */
static inline ViciMessage *
message_new (gconstpointer data,
             gsize         length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  g_autoptr (GError) error = NULL;
  ViciMessage *message;

  message = vici_message_new_from_bytes (bytes, &error);
  g_assert_no_error (error);
  g_assert_nonnull (message);

  return message;
}

static inline void
assert_bytes (ViciMessage  *message,
              gconstpointer data,
              gsize         length)
{
  GBytes *bytes = vici_message_get_bytes (message);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   data, length);
}

/* Sections without a name, one within the other. */
static inline ViciMessage *
message_new_nested (gsize depth)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  for (gsize i = 0; i < depth; i++)
    g_byte_array_append (data, (const guint8 *) "\1", 2);
  for (gsize i = 0; i < depth; i++)
    g_byte_array_append (data, (const guint8 *) "\2", 1);

  return message_new (data->data, data->len);
}
