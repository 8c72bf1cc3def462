/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

#include "gvici-proxy-users.h"

G_BEGIN_DECLS

/* One client of the proxy: its stream, a stream to the daemon for it alone, and
 * the filter in between. */
typedef struct _GviciProxyClient GviciProxyClient;

/* The client is gone, and is freed when this returns. */
typedef void (*GviciProxyClientFunc) (GviciProxyClient *self,
                                      gpointer          user_data);

/* What one client may cost. */
typedef struct
{
  guint timeout;                /* ms: for the rest of a packet, and for the daemon */
  guint stall_timeout;          /* ms: for something of the output to go out; 0: any */
} GviciProxyLimits;

/* @name is what it is called in the log. The user has to outlive it. */
GviciProxyClient *gvici_proxy_client_new (GIOStream           *stream,
                                          ViciTransport       *daemon,
                                          ViciFilter          *filter,
                                          GviciProxyUser      *user,
                                          const char          *name,
                                          GviciProxyLimits     limits,
                                          GviciProxyClientFunc func,
                                          gpointer             user_data);

/* Ends it, soon. */
void              gvici_proxy_client_end (GviciProxyClient    *self,
                                          const char          *reason);

G_END_DECLS
