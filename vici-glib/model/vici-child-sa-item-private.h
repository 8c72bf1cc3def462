/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-child-sa-item.h"
#include "vici-records.h"
#include "vici-tally.h"
#include "vici-turn.h"

G_BEGIN_DECLS

ViciChildSaItem *vici_child_sa_item_new      (ViciChildSa     *record,
                                              ViciTurn        *turn);

/* What the daemon says of it now; @sampled: its counters are those of now as well,
 * and tell with the ones of the sample before how fast they go. */
void             vici_child_sa_item_update   (ViciChildSaItem *self,
                                              ViciChildSa     *record,
                                              gboolean         sampled);

/* Whether the record has the SPI that it had last, if it was installed then. */
gboolean         vici_child_sa_item_has_spi  (ViciChildSaItem *self,
                                              ViciChildSa     *record);

/* Another CHILD_SA has taken the place of the one it stood for, whose counters were
 * these at last; NULL: it has not counted. */
void             vici_child_sa_item_rekey    (ViciChildSaItem *self,
                                              ViciChildSa     *old_record,
                                              ViciChildSa     *new_record);

/* The IKE_SA that has it, and takes it back when it has it no more. */
void             vici_child_sa_item_set_ike_sa (ViciChildSaItem *self,
                                              ViciIkeSaItem   *ike_sa);

/* What it counts for in its IKE_SA, which is told when that changes. */
ViciTally        vici_child_sa_item_weigh    (ViciChildSaItem *self);

/* Its place among the CHILD_SAs of its IKE_SA. */
GList           *vici_child_sa_item_get_link (ViciChildSaItem *self);

/* Nobody looks any more. */
void             vici_child_sa_item_idle     (ViciChildSaItem *self);

G_END_DECLS
