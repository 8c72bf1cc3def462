/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-item.h"
#include "vici-turn.h"

G_BEGIN_DECLS

/* What changes of it is told at the end of a turn. */
gpointer  vici_item_new        (GType       type,
                                const char *name,
                                ViciTurn   *turn);

/* To be called before it changes, so that what it notifies waits. Returns whether there
 * is a turn for whose end it does. */
gboolean  vici_item_touch      (gpointer    self);

/* Returns whether it says anything else than before. */
gboolean  vici_item_set_record (gpointer    self,
                                gpointer    record);

G_END_DECLS
