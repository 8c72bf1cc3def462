/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-link.h"

G_BEGIN_DECLS

typedef struct _ViciMark ViciMark;

/* One thing asked of the peer over a link: from its request until its end,
 * which is an answer, a time-out, a cancellation, or the end of the link.
 *
 * The functions are called from within the session. They note what has
 * happened and have it delivered; the user's code runs only then. */
struct _ViciOperation
{
  ViciLink     *link;           /* NULL when it has ended */
  GList         node;           /* in the link's operations */
  guint64       id;             /* in the session */

  gint64        timeout;        /* in microseconds; 0: none */
  gint64        since;          /* when it began, or when something last came for it */
  gboolean      held_up;        /* by its own reader: no time runs */
  gboolean      driven;         /* by a synchronous call, which looks at the time itself */

  gboolean      sent;           /* by the time it was aborted */

  GCancellable *cancellable;
  gulong        cancelled_id;
  ViciMark     *mark;           /* left by whatever thread cancels */

  void        (*event) (ViciOperation *self,
                        ViciMessage   *message);
  void        (*ended) (ViciOperation *self,
                        ViciMessage   *reply,
                        const GError  *error);
};

typedef enum
{
  VICI_OPERATION_CALL,
  VICI_OPERATION_STREAM,
  VICI_OPERATION_SUBSCRIBE,
  VICI_OPERATION_UNSUBSCRIBE
} ViciOperationKind;

/* Begins; @event is for a stream, @request for a call or a stream. May end at
 * once. The caller has set @timeout and the functions. */
void     vici_operation_begin        (ViciOperation    *self,
                                      ViciLink         *link,
                                      ViciOperationKind kind,
                                      const char       *name,
                                      const char       *event,
                                      ViciMessage      *request);

/* Has the link end the operation soon after a cancellation. */
void     vici_operation_watch        (ViciOperation    *self,
                                      GCancellable     *cancellable);

void     vici_operation_unwatch      (ViciOperation    *self);

/* Gives it up: it ends with that error. Does nothing when it has ended. */
void     vici_operation_abort        (ViciOperation    *self,
                                      const GError     *error);

/* When it runs out of time, by the monotonic clock; -1: never. */
gint64   vici_operation_get_deadline (ViciOperation    *self);

/* End it for that reason, if there is that reason. */
void     vici_operation_check_cancelled (ViciOperation    *self);
gboolean vici_operation_check_deadline  (ViciOperation    *self,
                                         gint64            now);

G_END_DECLS
