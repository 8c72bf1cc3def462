/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-message.h"
#include "vici-peer.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_INVOCATION (vici_invocation_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciInvocation, vici_invocation, VICI, INVOCATION, GObject)

VICI_AVAILABLE_IN_1_0
const char *vici_invocation_get_command (ViciInvocation *self);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_invocation_get_request (ViciInvocation *self);
VICI_AVAILABLE_IN_1_0
ViciPeer *vici_invocation_get_peer (ViciInvocation *self);

VICI_AVAILABLE_IN_1_0
gboolean vici_invocation_send_event (ViciInvocation *self,
                                     const char     *name,
                                     ViciMessage    *message);
VICI_AVAILABLE_IN_1_0
void vici_invocation_return_message (ViciInvocation *self,
                                     ViciMessage    *message);
VICI_AVAILABLE_IN_1_0
void vici_invocation_return_success (ViciInvocation *self);
VICI_AVAILABLE_IN_1_0
void vici_invocation_return_failure (ViciInvocation *self,
                                     const char     *errmsg);

G_END_DECLS
