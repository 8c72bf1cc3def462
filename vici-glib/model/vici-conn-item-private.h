/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-conn-item.h"
#include "vici-daemon.h"
#include "vici-ike-sa-item.h"
#include "vici-records.h"
#include "vici-tally.h"
#include "vici-turn.h"

G_BEGIN_DECLS

ViciConnItem *vici_conn_item_new           (const char      *name,
                                            ViciDaemon      *daemon,
                                            ViciTurn        *turn);

/* What the daemon lists; NULL: it does not any more. */
void          vici_conn_item_update        (ViciConnItem    *self,
                                            ViciConn        *record);

/* Whether there is anything that it stands for. */
gboolean      vici_conn_item_is_needed     (ViciConnItem    *self);

void          vici_conn_item_add_ike_sa    (ViciConnItem    *self,
                                            ViciIkeSaItem   *ike_sa);
void          vici_conn_item_remove_ike_sa (ViciConnItem    *self,
                                            ViciIkeSaItem   *ike_sa);

/* An IKE_SA counts for something else than before. */
void          vici_conn_item_count         (ViciConnItem    *self,
                                            const ViciTally *before,
                                            const ViciTally *now);

/* Tells of the list's changes, and of the state. */
void          vici_conn_item_flush         (ViciConnItem    *self);

/* -- For its actions -- */

ViciDaemon   *vici_conn_item_get_daemon    (ViciConnItem    *self);

gboolean      vici_conn_item_has_child_up  (ViciConnItem    *self,
                                            const char      *child);

/* It is being brought up, until that ends, or is cancelled: one of its CHILD_SAs, or
 * all, which then goes on from one to the next that was not taken down meanwhile. @reason
 * is NULL where nothing has failed. */
void          vici_conn_item_begin_up      (ViciConnItem    *self,
                                            GCancellable    *cancellable,
                                            const char      *child);
gboolean      vici_conn_item_go_on_up      (ViciConnItem    *self,
                                            GCancellable    *cancellable,
                                            const char      *child);
void          vici_conn_item_end_up        (ViciConnItem    *self,
                                            GCancellable    *cancellable,
                                            ViciFailure      failure,
                                            const char      *reason);
/* Tells of what these have changed, and of what the cancelling of one has: when the turn
 * ends, or at once where there are no turns any more. */
void          vici_conn_item_settle        (ViciConnItem    *self);

/* Gives up the bringing up of all that is not up yet. */
void          vici_conn_item_cancel_ups    (ViciConnItem    *self);

/* It is being taken down, or one of its CHILD_SAs, until that ends; bringing that up is
 * given up. */
void          vici_conn_item_begin_down    (ViciConnItem    *self,
                                            const char      *child);
void          vici_conn_item_end_down      (ViciConnItem    *self);

/* What has to wait until it is not being taken down any more. FALSE: it need not wait. */
gboolean      vici_conn_item_hold          (ViciConnItem    *self,
                                            GTask           *task);
/* What need not wait any more; NULL: there is nothing. */
GTask        *vici_conn_item_pop_held      (ViciConnItem    *self);

G_END_DECLS
