/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-invocation.h"
#include "vici-message.h"
#include "vici-peer.h"
#include "vici-transport.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_SERVER (vici_server_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciServer, vici_server, VICI, SERVER, GObject)

VICI_AVAILABLE_IN_1_0
ViciServer *vici_server_new (void);

VICI_AVAILABLE_IN_1_0
guint vici_server_get_socket_mode (ViciServer *self);
VICI_AVAILABLE_IN_1_0
void vici_server_set_socket_mode (ViciServer *self,
                                  guint       socket_mode);
VICI_AVAILABLE_IN_1_0
const char *vici_server_get_socket_owner (ViciServer *self);
VICI_AVAILABLE_IN_1_0
void vici_server_set_socket_owner (ViciServer *self,
                                   const char *socket_owner);
VICI_AVAILABLE_IN_1_0
const char *vici_server_get_socket_group (ViciServer *self);
VICI_AVAILABLE_IN_1_0
void vici_server_set_socket_group (ViciServer *self,
                                   const char *socket_group);
VICI_AVAILABLE_IN_1_0
guint vici_server_get_max_peers (ViciServer *self);
VICI_AVAILABLE_IN_1_0
void vici_server_set_max_peers (ViciServer *self,
                                guint       max_peers);
VICI_AVAILABLE_IN_1_0
guint vici_server_get_max_pending (ViciServer *self);
VICI_AVAILABLE_IN_1_0
void vici_server_set_max_pending (ViciServer *self,
                                  guint       max_pending);
VICI_AVAILABLE_IN_1_0
guint vici_server_get_max_queued (ViciServer *self);
VICI_AVAILABLE_IN_1_0
void vici_server_set_max_queued (ViciServer *self,
                                 guint       max_queued);
VICI_AVAILABLE_IN_1_0
guint vici_server_get_packet_timeout (ViciServer *self);
VICI_AVAILABLE_IN_1_0
void vici_server_set_packet_timeout (ViciServer *self,
                                     guint       packet_timeout);

VICI_AVAILABLE_IN_1_0
void vici_server_add_command (ViciServer *self,
                              const char *name);
VICI_AVAILABLE_IN_1_0
void vici_server_add_event (ViciServer *self,
                            const char *name);

VICI_AVAILABLE_IN_1_0
gboolean vici_server_listen (ViciServer *self,
                             const char *uri,
                             GError    **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_server_listen_transport (ViciServer    *self,
                                       ViciTransport *transport,
                                       GError       **error);
VICI_AVAILABLE_IN_1_0
GStrv vici_server_get_uris (ViciServer *self);
VICI_AVAILABLE_IN_1_0
ViciPeer *vici_server_accept_stream (ViciServer *self,
                                     GIOStream  *stream);
VICI_AVAILABLE_IN_1_0
void vici_server_stop (ViciServer *self);

VICI_AVAILABLE_IN_1_0
guint vici_server_emit_event (ViciServer  *self,
                              const char  *name,
                              ViciMessage *message);

G_END_DECLS
