/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* One client of the proxy: its stream, a stream to the daemon for it alone, and
 * the filter in between. */
typedef struct _GviciProxyClient GviciProxyClient;

/* The client is gone, and is freed when this returns. */
typedef void (*GviciProxyClientFunc) (GviciProxyClient *self,
                                      gpointer          user_data);

/* @name is what it is called in the log. */
GviciProxyClient *gvici_proxy_client_new (GIOStream           *stream,
                                          ViciTransport       *daemon,
                                          ViciFilter          *filter,
                                          const char          *name,
                                          guint                timeout,
                                          GviciProxyClientFunc func,
                                          gpointer             user_data);

/* Ends it, soon. */
void              gvici_proxy_client_end (GviciProxyClient    *self,
                                          const char          *reason);

/* A line of the log. It has never anything of a message in it. */
void              gvici_proxy_log        (const char          *name,
                                          const char          *format,
                                          ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
