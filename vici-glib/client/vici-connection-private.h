/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"
#include "vici-link.h"

G_BEGIN_DECLS

/* The link that a call goes over, handed over: the one that is open or opening;
 * else one on which every call fails for that reason. */
ViciLink *vici_connection_take_link           (ViciConnection     *self);

/* Delivers a success that needed no daemon. */
void      vici_connection_complete_later      (ViciConnection     *self,
                                               gpointer            tag,
                                               GAsyncReadyCallback callback,
                                               gpointer            user_data);

/* Counts what has to be subscribed to anew after the next opening. */
void      vici_connection_add_subscription    (ViciConnection     *self,
                                               const char         *event);
gboolean  vici_connection_remove_subscription (ViciConnection     *self,
                                               const char         *event);

G_END_DECLS
