/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_UNIX_TRANSPORT (vici_unix_transport_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciUnixTransport, vici_unix_transport, VICI, UNIX_TRANSPORT, GObject)

VICI_AVAILABLE_IN_1_0
ViciUnixTransport *vici_unix_transport_new (const char *uri,
                                            GError    **error);

VICI_AVAILABLE_IN_1_0
guint vici_unix_transport_get_socket_mode (ViciUnixTransport *self);
VICI_AVAILABLE_IN_1_0
void vici_unix_transport_set_socket_mode (ViciUnixTransport *self,
                                          guint              socket_mode);
VICI_AVAILABLE_IN_1_0
const char *vici_unix_transport_get_socket_owner (ViciUnixTransport *self);
VICI_AVAILABLE_IN_1_0
void vici_unix_transport_set_socket_owner (ViciUnixTransport *self,
                                           const char        *socket_owner);
VICI_AVAILABLE_IN_1_0
const char *vici_unix_transport_get_socket_group (ViciUnixTransport *self);
VICI_AVAILABLE_IN_1_0
void vici_unix_transport_set_socket_group (ViciUnixTransport *self,
                                           const char        *socket_group);

G_END_DECLS
