/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-packet.h"

G_BEGIN_DECLS

/* What goes over the wire, as debug messages of the domain "vici-glib", when
 * VICI_DEBUG=packets is in the environment. Secrets are left out. */
extern gboolean vici_trace_enabled;

void vici_trace_init     (void);

void vici_trace_request  (const char       *command,
                          ViciMessage      *request);
void vici_trace_received (const ViciPacket *packet);

G_END_DECLS
