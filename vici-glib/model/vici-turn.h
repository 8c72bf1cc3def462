/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All that changes in one turn of the main loop is told at its end, together:
 * whoever shows it has to look once, whatever storm there was. */
typedef struct _ViciTurn ViciTurn;

typedef void (*ViciTurnFunc) (gpointer user_data);

/* @end is called at the end of a turn in which something was touched, in the
 * thread-default main context of now. */
ViciTurn *vici_turn_new    (ViciTurnFunc end,
                            gpointer     user_data);
ViciTurn *vici_turn_ref    (ViciTurn    *self);
void      vici_turn_unref  (ViciTurn    *self);

/* Tells of what was touched. From here on nothing is called, and what changes is
 * told at once. */
void      vici_turn_end    (ViciTurn    *self);

/* There is something to do at the end of this turn. */
void      vici_turn_touch  (ViciTurn    *self);

/* An object whose notifications wait. @frozen_in is the object's own, 0 at first, and
 * tells whether they wait already. Returns FALSE if there are no turns any more. */
gboolean  vici_turn_freeze (ViciTurn    *self,
                            GObject     *object,
                            guint       *frozen_in);

/* The objects that wait. They notify when the array is freed; what is touched from
 * here on is for the next turn. */
GPtrArray *vici_turn_take  (ViciTurn    *self);

G_END_DECLS
