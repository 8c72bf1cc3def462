/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"
#include "vici-monitor.h"

G_BEGIN_DECLS

/* Keeps a connection open: opens it, and does so again when there is a reason to hope,
 * which is the file of its socket, or time that has passed. */
typedef struct _ViciUplink ViciUplink;

typedef struct
{
  /* It is open; vici_uplink_set_syncing() and vici_uplink_set_ready(), or
   * vici_uplink_fail(), have to follow. */
  void (*opened)  (gpointer         user_data);
  /* It is not any more, if it was open. */
  void (*closed)  (const GError    *error,
                   gpointer         user_data);
  /* How it is doing is another than before. */
  void (*changed) (ViciMonitorState state,
                   const GError    *error,      /* NULL: nothing is wrong */
                   gpointer         user_data);
} ViciUplinkFuncs;

ViciUplink *vici_uplink_new       (ViciConnection        *connection,
                                   const ViciUplinkFuncs *funcs,
                                   gpointer               user_data);
/* Calls no function any more. */
void        vici_uplink_free      (ViciUplink            *self);

void        vici_uplink_start     (ViciUplink            *self);
/* Closes the connection. */
void        vici_uplink_stop      (ViciUplink            *self);
/* Tries at once what it would try later. */
void        vici_uplink_retry     (ViciUplink            *self);

/* Whoever is at the other end of the connection answers. */
void        vici_uplink_set_syncing (ViciUplink          *self);
/* It serves its purpose, but for what the error says; NULL: nothing is wrong. */
void        vici_uplink_set_ready (ViciUplink            *self,
                                   const GError          *error);
/* It does not. It is closed, if it was opened here, and tried again. */
void        vici_uplink_fail      (ViciUplink            *self,
                                   const GError          *error);

/* Whether trying again cannot lead to anything, so that it is not done. */
gboolean    vici_uplink_is_final  (const GError          *error);

/* Whether there is, as the last attempt has shown, no daemon at all. */
gboolean    vici_uplink_is_absent (ViciUplink            *self);

G_END_DECLS
