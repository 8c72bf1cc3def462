/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What of a connection is being brought up: one of its CHILD_SAs, or all, one after the
 * other, each until it ends. The cancellable stands for it, and ends it. */
typedef struct _ViciConnUps ViciConnUps;

ViciConnUps *vici_conn_ups_new       (void);
void         vici_conn_ups_free      (ViciConnUps  *self);

/* @child is NULL for all. */
void         vici_conn_ups_add       (ViciConnUps  *self,
                                      GCancellable *cancellable,
                                      const char   *child);
void         vici_conn_ups_remove    (ViciConnUps  *self,
                                      GCancellable *cancellable);

/* That of all goes on with this CHILD_SA. FALSE: it was taken down meanwhile. */
gboolean     vici_conn_ups_go_on     (ViciConnUps  *self,
                                      GCancellable *cancellable,
                                      const char   *child);

/* That CHILD_SA is taken down; NULL: all of them. What brings it up just now is given up,
 * and what would do so later leaves it out. */
void         vici_conn_ups_give_up   (ViciConnUps  *self,
                                      const char   *child);

gboolean     vici_conn_ups_is_empty  (ViciConnUps  *self);

/* Whether there is one that was not given up. */
gboolean     vici_conn_ups_is_coming (ViciConnUps  *self);

G_END_DECLS
