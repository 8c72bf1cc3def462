/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-request.h"

G_BEGIN_DECLS

/* What a record counts to the size of a list, besides its bytes: roughly what there
 * is about it. */
#define VICI_REPLY_RECORD 256

/* What a command returns, as far as it is known. */
typedef struct
{
  const ViciDaemonCommand *command;
  GPtrArray               *records;     /* those of the events so far; NULL: no list */
  guint64                  size;        /* of those events, and their records */
  gint64                   number;      /* a boolean or a count; -1 on error */
  gpointer                 pointer;     /* anything else; NULL on error */
} ViciReply;

void           vici_reply_init      (ViciReply               *self,
                                     const ViciDaemonCommand *command);
void           vici_reply_clear     (ViciReply               *self);

/* FALSE and VICI_ERROR_TOO_LARGE: the list takes more than that. */
gboolean       vici_reply_add_event (ViciReply               *self,
                                     ViciMessage             *event,
                                     guint                    max_size,
                                     GError                 **error);
gboolean       vici_reply_end       (ViciReply               *self,
                                     ViciMessage             *reply,
                                     GError                 **error);

/* Frees what vici_reply_end() has put into @pointer; NULL for what is a number. */
GDestroyNotify vici_reply_get_free  (ViciReply               *self);

G_END_DECLS
