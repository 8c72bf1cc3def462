/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-base-transport.h"

G_BEGIN_DECLS

#define VICI_TYPE_TCP_TRANSPORT (vici_tcp_transport_get_type ())

G_DECLARE_FINAL_TYPE (ViciTcpTransport, vici_tcp_transport, VICI, TCP_TRANSPORT, ViciBaseTransport)

/* Connects by GIO's client, which looks names up and tries all addresses. */
void       vici_tcp_connect_async  (GNetworkAddress    *address,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
GIOStream *vici_tcp_connect_finish (GAsyncResult       *result,
                                    GError            **error);

/* A socket that is bound to an address; the error names the URI. */
GSocket   *vici_tcp_bind           (const char         *uri,
                                    GNetworkAddress    *address,
                                    GError            **error);

/* The host and port that it is bound to, as in a URI. */
char      *vici_tcp_dup_bound      (GSocket            *socket);

G_END_DECLS
