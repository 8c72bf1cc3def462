/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-record-private.h"

G_BEGIN_DECLS

/* What a field says, read from the message of its record. */

/* Of what is more than a number; NULL for what has that as its default. */
gpointer vici_field_read         (const ViciField *field,
                                  ViciMessage     *whole);
void     vici_field_free         (const ViciField *field,
                                  gpointer         value);

gboolean vici_field_read_boolean (const ViciField *field,
                                  ViciMessage     *whole);
guint64  vici_field_read_uint64  (const ViciField *field,
                                  ViciMessage     *whole);
gint64   vici_field_read_seconds (const ViciField *field,
                                  ViciMessage     *whole);
int      vici_field_read_enum    (const ViciField *field,
                                  ViciMessage     *whole);

/* As the functions of ViciMessage, but what is no text is one here too: U+FFFD stands
 * for each byte that is none. A daemon says what others have told it, in any charset. */
char    *vici_text_lookup        (ViciMessage     *message,
                                  const char      *key);
GStrv    vici_text_lookup_strv   (ViciMessage     *message,
                                  const char      *key);

G_END_DECLS
