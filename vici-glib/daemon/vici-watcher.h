/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"

G_BEGIN_DECLS

/* Keeps those events subscribed to on a connection that somebody wants: who has a
 * handler connected to an object's signal for it, or has said so.
 *
 * GObject tells nobody when a handler is connected. A source in the thread-default
 * main context of when the watcher is made asks for it whenever the main loop is
 * about to wait, and has no turn of its own unless something has changed. */
typedef struct _ViciWatcher ViciWatcher;

/* @raw_signal is the object's signal for all events, with their names as its
 * detail. The watcher keeps neither the object nor the connection alive. */
ViciWatcher *vici_watcher_new          (gpointer             object,
                                        ViciConnection      *connection,
                                        guint                raw_signal);

/* Lets go of all events, as long as the connection is there. */
void         vici_watcher_end          (ViciWatcher         *self);

/* An event that has a signal of its own; 0: only a detail of the raw one. Events
 * that were not added have no handlers as far as the watcher can see. */
void         vici_watcher_add          (ViciWatcher         *self,
                                        const char          *event,
                                        guint                signal);

/* To be called when the connection is being opened anew: what is wanted is
 * subscribed to in front of all else. */
void         vici_watcher_restart      (ViciWatcher         *self);

/* Does at once what the source would find to do. */
void         vici_watcher_update       (ViciWatcher         *self);

/* Ends the task when all the events are confirmed. Where one of them fails, none is
 * wanted; with @optional one that the daemon does not have is no failure, and is
 * wanted from the next one. */
void         vici_watcher_watch_async  (ViciWatcher         *self,
                                        const char * const  *events,
                                        gboolean             optional,
                                        GTask               *task);
gboolean     vici_watcher_watch_sync   (ViciWatcher         *self,
                                        const char * const  *events,
                                        gboolean             optional,
                                        GCancellable        *cancellable,
                                        GError             **error);
void         vici_watcher_unwatch      (ViciWatcher         *self,
                                        const char * const  *events);

G_END_DECLS
