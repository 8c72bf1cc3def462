/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-child-sa-item.h"
#include "vici-ike-sa-item.h"
#include "vici-records.h"
#include "vici-tally.h"
#include "vici-turn.h"

G_BEGIN_DECLS

ViciIkeSaItem *vici_ike_sa_item_new          (ViciIkeSa       *record,
                                              ViciTurn        *turn);

void           vici_ike_sa_item_update       (ViciIkeSaItem   *self,
                                              ViciIkeSa       *record);

/* Whether the record has the SPI that it had last. */
gboolean       vici_ike_sa_item_has_spi      (ViciIkeSaItem   *self,
                                              ViciIkeSa       *record);

/* Its CHILD_SAs as they are now; they are listed from the end of the turn on. */
GList         *vici_ike_sa_item_get_children (ViciIkeSaItem   *self);
void           vici_ike_sa_item_add_child    (ViciIkeSaItem   *self,
                                              ViciChildSaItem *child);
void           vici_ike_sa_item_remove_child (ViciIkeSaItem   *self,
                                              ViciChildSaItem *child);

/* One of them counts for something else. */
void           vici_ike_sa_item_count        (ViciIkeSaItem   *self,
                                              const ViciTally *before,
                                              const ViciTally *now);

/* Whether it stays as it is, with all of them, until an event tells of it. */
gboolean       vici_ike_sa_item_is_settled   (ViciIkeSaItem   *self);

gboolean       vici_ike_sa_item_is_up        (ViciIkeSaItem   *self);

gboolean       vici_ike_sa_item_has_child_up (ViciIkeSaItem   *self,
                                              const char      *child);

/* The connection that it counts for; NULL: none. It is not kept alive. */
void           vici_ike_sa_item_set_conn     (ViciIkeSaItem   *self,
                                              ViciConnItem    *conn);

/* Tells of the list's changes, and the connection of what it counts for now. */
void           vici_ike_sa_item_flush        (ViciIkeSaItem   *self);

G_END_DECLS
