/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-message.h"
#include "vici-message-iter.h"

G_BEGIN_DECLS

struct _ViciMessage
{
  GObject       parent_instance;

  GBytes       *bytes;     /* a section shares those of its parent */
  const guint8 *data;      /* of @bytes */
  gsize         length;    /* of @bytes */
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

/* Whether bytes can be shown to people as they are: valid UTF-8 without
 * control characters. */
gboolean     vici_message_is_text        (const guint8 *data,
                                          gsize         length);

/* Where in the message's bytes the element after the current one starts. */
gsize        vici_message_iter_get_offset (const ViciMessageIter *iter);

G_END_DECLS
