/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"
#include "vici-link.h"
#include "vici-stream.h"

G_BEGIN_DECLS

ViciStream *vici_stream_new (ViciConnection *connection,
                             ViciLink       *link,
                             const char     *command,
                             const char     *event,
                             ViciMessage    *request);

/* How long it may take until something comes of it, instead of what its connection
 * has; in milliseconds. */
void        vici_stream_set_timeout (ViciStream *self,
                                     guint       timeout);

/* Whether the daemon may have heard of it. */
gboolean    vici_stream_was_sent    (ViciStream *self);

G_END_DECLS
