/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include "vici-conn-item.h"
#include "vici-daemon.h"
#include "vici-log-model.h"

G_BEGIN_DECLS

/**
 * ViciMonitorState:
 * @VICI_MONITOR_STOPPED: it was told to stop
 * @VICI_MONITOR_NO_SOCKET: there is no socket, so the daemon does not run
 * @VICI_MONITOR_NO_PERMISSION: the socket may not be used by this user
 * @VICI_MONITOR_CONNECTING: it is connecting, and nobody has answered yet
 * @VICI_MONITOR_SYNCING: the daemon answers, and tells what there is
 * @VICI_MONITOR_READY: the models are what the daemon has; if it does not give one of the
 *     lists, #ViciMonitor:error says why
 * @VICI_MONITOR_LOST: the daemon does not answer any more, or not at all, or has left
 *     a socket behind on which nobody listens
 *
 * How a #ViciMonitor is doing.
 *
 * Since: 1.0
 */
typedef enum
{
  VICI_MONITOR_STOPPED,
  VICI_MONITOR_NO_SOCKET,
  VICI_MONITOR_NO_PERMISSION,
  VICI_MONITOR_CONNECTING,
  VICI_MONITOR_SYNCING,
  VICI_MONITOR_READY,
  VICI_MONITOR_LOST
} ViciMonitorState;

#define VICI_TYPE_MONITOR (vici_monitor_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciMonitor, vici_monitor, VICI, MONITOR, GObject)

VICI_AVAILABLE_IN_1_0
ViciMonitor *vici_monitor_new (const char *uri);
VICI_AVAILABLE_IN_1_0
ViciMonitor *vici_monitor_new_for_connection (ViciConnection *connection);

VICI_AVAILABLE_IN_1_0
const char *vici_monitor_get_uri (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
ViciConnection *vici_monitor_get_connection (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
ViciDaemon *vici_monitor_get_daemon (ViciMonitor *self);

VICI_AVAILABLE_IN_1_0
void vici_monitor_start (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
void vici_monitor_stop (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
void vici_monitor_retry (ViciMonitor *self);

VICI_AVAILABLE_IN_1_0
ViciMonitorState vici_monitor_get_state (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
const char *vici_monitor_get_state_text (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
const char *vici_monitor_get_hint (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
const GError *vici_monitor_get_error (ViciMonitor *self);

VICI_AVAILABLE_IN_1_0
GListModel *vici_monitor_get_ike_sas (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
GListModel *vici_monitor_get_conns (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
ViciConnItem *vici_monitor_find_conn (ViciMonitor *self,
                                      const char  *name);
VICI_AVAILABLE_IN_1_0
GListModel *vici_monitor_get_certs (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
GListModel *vici_monitor_get_pools (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
GListModel *vici_monitor_get_authorities (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
ViciLogModel *vici_monitor_get_log (ViciMonitor *self);

VICI_AVAILABLE_IN_1_0
void vici_monitor_hold (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
void vici_monitor_release (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_monitor_get_active (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
void vici_monitor_set_active (ViciMonitor *self,
                              gboolean     active);
VICI_AVAILABLE_IN_1_0
guint vici_monitor_get_refresh_interval (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
void vici_monitor_set_refresh_interval (ViciMonitor *self,
                                        guint        refresh_interval);
VICI_AVAILABLE_IN_1_0
gboolean vici_monitor_get_follow_log (ViciMonitor *self);
VICI_AVAILABLE_IN_1_0
void vici_monitor_set_follow_log (ViciMonitor *self,
                                  gboolean     follow_log);

VICI_AVAILABLE_IN_1_0
void vici_monitor_refresh_async (ViciMonitor        *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_monitor_refresh_finish (ViciMonitor  *self,
                                      GAsyncResult *result,
                                      GError      **error);

G_END_DECLS
