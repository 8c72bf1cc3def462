/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"

G_BEGIN_DECLS

typedef struct _ViciControl ViciControl;

/* The commands of one daemon that wait for a peer: where they find the daemon, how
 * many are under way, and which wait for their turn. */
typedef struct _ViciControlPool ViciControlPool;

ViciControlPool *vici_control_pool_new         (guint            max);
ViciControlPool *vici_control_pool_ref         (ViciControlPool *self);
void             vici_control_pool_unref       (ViciControlPool *self);

guint            vici_control_pool_get_max     (ViciControlPool *self);
void             vici_control_pool_set_max     (ViciControlPool *self,
                                                guint            max);

/* It is the daemon of this connection, which has just been opened. */
void             vici_control_pool_set_place   (ViciControlPool *self,
                                                ViciConnection  *connection);

/* Whether that cannot be opened a second time: what there is to say is said over
 * the connection itself, one after the other. */
gboolean         vici_control_pool_is_single   (ViciControlPool *self);

/* Makes another connection to it. */
ViciConnection  *vici_control_pool_connect     (ViciControlPool *self);

/* Whether it sends alerts, as far as is known. */
gboolean         vici_control_pool_has_alerts  (ViciControlPool *self);
void             vici_control_pool_lack_alerts (ViciControlPool *self);

/* Whether one more would not have to wait. */
gboolean         vici_control_pool_has_room    (ViciControlPool *self);

/* Begins the command when it is its turn. */
void             vici_control_pool_add         (ViciControlPool *self,
                                                ViciControl     *control);
/* It waits no more. */
void             vici_control_pool_remove      (ViciControlPool *self,
                                                ViciControl     *control);
/* One that was begun has ended. */
void             vici_control_pool_release     (ViciControlPool *self);
/* One that was begun is listened to no more: the daemon may be at it until then, in
 * monotonic time. */
void             vici_control_pool_lease       (ViciControlPool *self,
                                                gint64           until);
/* Ends all that wait. */
void             vici_control_pool_refuse      (ViciControlPool *self,
                                                const GError    *error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ViciControlPool, vici_control_pool_unref)

G_END_DECLS
