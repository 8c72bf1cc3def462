/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

/* Streams that are no sockets: the client's end, and the peer's. */

/* Two pipes. The client's end is pollable, or hides that it is. */
void peer_stream_pipes (GIOStream *ends[2],
                        gboolean   pollable);

/* Replaces both ends by TLS over them. */
void peer_stream_tls   (GIOStream *ends[2]);
