/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <glib-unix.h>

G_BEGIN_DECLS

/* Calls @func when the other end of a stream is gone, or will send no more, whether
 * anybody reads or not. NULL: the stream is no socket, and nobody would know. */
GSource *gvici_proxy_watch      (GIOStream        *stream,
                                 GUnixFDSourceFunc func,
                                 gpointer          user_data);

/* Whether something has arrived that nobody has read. */
gboolean gvici_proxy_has_unread (GIOStream        *stream);

G_END_DECLS
