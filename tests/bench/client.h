/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* The library's clients, as far as several benchmarks have them. */

/* `version`, until @count are answered in all: @outstanding are under way on each
 * connection at any time, and the next is called from the callback. */
void  client_call        (ViciConnection *connections[],
                          guint           n_connections,
                          guint           outstanding,
                          guint           count);

void  client_call_sync   (ViciConnection *connection);

/* Takes an event. */
typedef void (*ClientEventFunc) (ViciMessage *event);

/* Walks over every element. */
void  client_walk_event  (ViciMessage    *event);

/* `list-sas`, to its end. */
void  client_stream_sync (ViciConnection *connection,
                          ClientEventFunc take);
void  client_stream      (ViciConnection *connection,
                          ClientEventFunc take);

/* So often, each begun from the callback that ends the one before. */
void  client_streams     (ViciConnection *connection,
                          ClientEventFunc take,
                          guint           count);

/* A monitor that has listed what there is: as many IKE_SAs. */
ViciMonitor *client_monitor (const Bench *bench,
                             guint        n_ike_sas);
void         client_refresh (ViciMonitor *monitor);

G_END_DECLS
