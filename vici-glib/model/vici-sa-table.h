/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-conn-item.h"
#include "vici-records.h"
#include "vici-turn.h"

G_BEGIN_DECLS

/* The IKE_SAs and CHILD_SAs of a daemon, by their unique ids: what events and lists
 * say of them becomes items here. It does no I/O.
 *
 * A list is not of one moment, and events arrive while it is under way. An IKE_SA that
 * an event has touched meanwhile is not changed by the list, but has to be asked for
 * again. So has an IKE_SA in a state that passes without an event. */
typedef struct _ViciSaTable ViciSaTable;

/* The connection that an IKE_SA of that name counts for; NULL: none. */
typedef ViciConnItem *(*ViciSaTableConnFunc) (const char *name,
                                              gpointer    user_data);

ViciSaTable *vici_sa_table_new           (ViciTurn           *turn,
                                          ViciSaTableConnFunc get_conn,
                                          gpointer            user_data);
void         vici_sa_table_free          (ViciSaTable        *self);

GListModel  *vici_sa_table_get_list      (ViciSaTable        *self);

/* Tells of the list's changes. */
void         vici_sa_table_flush         (ViciSaTable        *self);

/* A new connection, which may be that of another daemon. */
void         vici_sa_table_begin         (ViciSaTable        *self);

/* -- Events -- */

void         vici_sa_table_ike_up        (ViciSaTable        *self,
                                          ViciIkeSa          *ike_sa);
void         vici_sa_table_ike_down      (ViciSaTable        *self,
                                          ViciIkeSa          *ike_sa);
void         vici_sa_table_ike_rekey     (ViciSaTable        *self,
                                          ViciIkeSa          *old_sa,
                                          ViciIkeSa          *new_sa);
void         vici_sa_table_ike_update    (ViciSaTable        *self,
                                          ViciIkeSa          *ike_sa);
void         vici_sa_table_child_up      (ViciSaTable        *self,
                                          ViciIkeSa          *ike_sa,
                                          ViciChildSa        *child_sa);
void         vici_sa_table_child_down    (ViciSaTable        *self,
                                          ViciIkeSa          *ike_sa,
                                          ViciChildSa        *child_sa);
void         vici_sa_table_child_rekey   (ViciSaTable        *self,
                                          ViciIkeSa          *ike_sa,
                                          ViciChildSa        *old_sa,
                                          ViciChildSa        *new_sa);

/* -- Lists -- */

/* To be called when a list is asked for; one at a time. */
void         vici_sa_table_begin_list    (ViciSaTable        *self);
/* An IKE_SA that is listed, with all of its CHILD_SAs. */
void         vici_sa_table_add_listed    (ViciSaTable        *self,
                                          ViciIkeSa          *ike_sa);
/* What was not listed is gone: of all IKE_SAs, or of those that were asked for. */
void         vici_sa_table_end_list      (ViciSaTable        *self,
                                          const guint        *asked,
                                          guint               n_asked);
/* There is no list after all. */
void         vici_sa_table_cancel_list   (ViciSaTable        *self);

/* All is gone. */
void         vici_sa_table_clear         (ViciSaTable        *self);

/* The unique ids of the IKE_SAs that are to be asked for again. */
guint        vici_sa_table_get_n_passing (ViciSaTable        *self);
GArray      *vici_sa_table_dup_passing   (ViciSaTable        *self);

/* Whether somebody looks: how fast counters go is told. */
void         vici_sa_table_set_active    (ViciSaTable        *self,
                                          gboolean            active);

G_END_DECLS
