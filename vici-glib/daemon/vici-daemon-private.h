/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-control-log.h"
#include "vici-control-pool.h"
#include "vici-daemon.h"
#include "vici-records.h"
#include "vici-request.h"
#include "vici-watcher.h"

G_BEGIN_DECLS

/* -- Events -- */

ViciWatcher *vici_daemon_get_watcher         (ViciDaemon         *self);

/* For what a command of the daemon has told of itself. */
void        vici_daemon_emit_control_log     (ViciDaemon         *self,
                                              ViciLogEntry       *entry);

/* -- What the daemon has -- */

/* What is known of the daemon's commands: FALSE and the error for one that it does
 * not have. */
gboolean    vici_daemon_check_command        (ViciDaemon         *self,
                                              const char         *command,
                                              GError            **error);
/* What a call has shown of it. */
void        vici_daemon_learn                (ViciDaemon         *self,
                                              const char         *command,
                                              ViciMessage        *reply,
                                              const GError       *error);

/* -- Commands that are answered at once; they clear the request -- */

void        vici_daemon_call_async           (ViciDaemon         *self,
                                              ViciRequest        *request,
                                              gpointer            tag,
                                              GCancellable       *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
gboolean    vici_daemon_call_sync_boolean    (ViciDaemon         *self,
                                              ViciRequest        *request,
                                              GCancellable       *cancellable,
                                              GError            **error);
gint64      vici_daemon_call_sync_count      (ViciDaemon         *self,
                                              ViciRequest        *request,
                                              GCancellable       *cancellable,
                                              GError            **error);
gpointer    vici_daemon_call_sync_pointer    (ViciDaemon         *self,
                                              ViciRequest        *request,
                                              GCancellable       *cancellable,
                                              GError            **error);

gboolean    vici_daemon_finish_boolean       (ViciDaemon         *self,
                                              GAsyncResult       *result,
                                              gpointer            tag,
                                              GError            **error);
gint64      vici_daemon_finish_count         (ViciDaemon         *self,
                                              GAsyncResult       *result,
                                              gpointer            tag,
                                              GError            **error);
gpointer    vici_daemon_finish_pointer       (ViciDaemon         *self,
                                              GAsyncResult       *result,
                                              gpointer            tag,
                                              GError            **error);

/* -- Commands that wait for a peer -- */

ViciControlPool *vici_daemon_get_control_pool (ViciDaemon      *self);

void        vici_daemon_control_async        (ViciDaemon         *self,
                                              ViciRequest        *request,
                                              ViciSettings       *options,
                                              ViciControlLog     *log,
                                              gpointer            tag,
                                              GCancellable       *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
gboolean    vici_daemon_control_sync_boolean (ViciDaemon         *self,
                                              ViciRequest        *request,
                                              ViciSettings       *options,
                                              ViciControlLog     *log,
                                              GCancellable       *cancellable,
                                              GError            **error);
gint64      vici_daemon_control_sync_count   (ViciDaemon         *self,
                                              ViciRequest        *request,
                                              ViciSettings       *options,
                                              ViciControlLog     *log,
                                              GCancellable       *cancellable,
                                              GError            **error);

G_END_DECLS
