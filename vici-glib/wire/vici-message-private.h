/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-buffer.h"
#include "vici-message.h"
#include "vici-message-iter.h"

G_BEGIN_DECLS

struct _ViciMessage
{
  GObject       parent_instance;

  const guint8 *data;
  gsize         length;
  gsize         bytes;     /* the GBytes that own @data; 0: nobody has asked for them yet, */
  ViciBuffer    block;     /* and it is in here */
  gboolean      sensitive; /* its values are not to be shown */
};

/* Checks an encoding without making an object of it. */
gboolean     vici_message_check_encoding (const guint8 *data,
                                          gsize         length,
                                          GError      **error);

/* Takes a reference to bytes that are known to be a valid encoding (checked,
 * or built). */
ViciMessage *vici_message_new_trusted    (GBytes       *bytes,
                                          gboolean      sensitive);

/* Makes a copy of such bytes. */
ViciMessage *vici_message_new_copy       (const guint8 *data,
                                          gsize         length,
                                          gboolean      sensitive);

/* Does so too, for one who reads message after message: if the one of before,
 * @spare (nullable, taken), is not in use any more, it becomes the new one. To
 * make a GObject and to end it takes longer than to read a packet. */
ViciMessage *vici_message_renew          (ViciMessage  *spare,
                                          const guint8 *data,
                                          gsize         length);

/* Whether bytes can be shown to people as they are: valid UTF-8 without
 * control characters. */
gboolean     vici_message_is_text        (const guint8 *data,
                                          gsize         length);

/* Where in the message's bytes the element after the current one starts. */
gsize        vici_message_iter_get_offset (const ViciMessageIter *iter);

G_END_DECLS
