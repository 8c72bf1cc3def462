/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-connection.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_DAEMON (vici_daemon_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciDaemon, vici_daemon, VICI, DAEMON, GObject)

VICI_AVAILABLE_IN_1_0
ViciDaemon *vici_daemon_new (ViciConnection *connection);

VICI_AVAILABLE_IN_1_0
ViciConnection *vici_daemon_get_connection (ViciDaemon *self);
VICI_AVAILABLE_IN_1_0
guint vici_daemon_get_control_timeout (ViciDaemon *self);
VICI_AVAILABLE_IN_1_0
void vici_daemon_set_control_timeout (ViciDaemon *self,
                                      guint       control_timeout);
VICI_AVAILABLE_IN_1_0
guint vici_daemon_get_max_controls (ViciDaemon *self);
VICI_AVAILABLE_IN_1_0
void vici_daemon_set_max_controls (ViciDaemon *self,
                                   guint       max_controls);
VICI_AVAILABLE_IN_1_0
guint vici_daemon_get_max_list (ViciDaemon *self);
VICI_AVAILABLE_IN_1_0
void vici_daemon_set_max_list (ViciDaemon *self,
                               guint       max_list);

VICI_AVAILABLE_IN_1_0
gboolean vici_daemon_supports (ViciDaemon *self,
                               const char *command);

VICI_AVAILABLE_IN_1_0
void vici_daemon_watch_async (ViciDaemon         *self,
                              const char * const *events,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_daemon_watch_finish (ViciDaemon   *self,
                                   GAsyncResult *result,
                                   GError      **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_daemon_watch_sync (ViciDaemon         *self,
                                 const char * const *events,
                                 GCancellable       *cancellable,
                                 GError            **error);
VICI_AVAILABLE_IN_1_0
void vici_daemon_unwatch (ViciDaemon         *self,
                          const char * const *events);

G_END_DECLS
