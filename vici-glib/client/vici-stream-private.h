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

G_END_DECLS
