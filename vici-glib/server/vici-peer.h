/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_PEER (vici_peer_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciPeer, vici_peer, VICI, PEER, GObject)

VICI_AVAILABLE_IN_1_0
GCredentials *vici_peer_get_credentials (ViciPeer *self);
VICI_AVAILABLE_IN_1_0
GTlsCertificate *vici_peer_get_tls_certificate (ViciPeer *self);
VICI_AVAILABLE_IN_1_0
const char *vici_peer_get_uri (ViciPeer *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_peer_is_closed (ViciPeer *self);
VICI_AVAILABLE_IN_1_0
const GError *vici_peer_get_error (ViciPeer *self);
VICI_AVAILABLE_IN_1_0
gsize vici_peer_get_queued (ViciPeer *self);
VICI_AVAILABLE_IN_1_0
void vici_peer_close (ViciPeer *self);

G_END_DECLS
