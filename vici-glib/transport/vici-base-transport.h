/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-transport.h"

G_BEGIN_DECLS

#define VICI_TYPE_BASE_TRANSPORT (vici_base_transport_get_type ())

/* What the built-in kinds have in common: the URI, and a socket that they may
 * listen on. A kind derives from it, implements ViciTransport anew with its own
 * `connect` and `listen`, and, where a URI may be wrong, GInitable.
 *
 * Its class is no larger than GObject's: a type that derives from it can be
 * declared as a plain GObject in a public header. */
G_DECLARE_DERIVABLE_TYPE (ViciBaseTransport, vici_base_transport, VICI, BASE_TRANSPORT, GObject)

struct _ViciBaseTransportClass
{
  GObjectClass parent_class;
};

const char *vici_base_transport_get_uri    (ViciBaseTransport    *self);

/* Fails with G_IO_ERROR_PENDING if it listens already. */
gboolean    vici_base_transport_check_idle (ViciBaseTransport    *self,
                                            GError              **error);

/* It listens, on what is no socket, until it stops. */
void        vici_base_transport_begin      (ViciBaseTransport    *self);

/* A client of a socket, to which vici_transport_incoming() is called at last. */
typedef void (*ViciBaseTransportFunc)      (ViciTransport        *self,
                                            GSocketConnection    *connection);

/* Accepts clients from a socket until it stops, which closes the socket: `stop`
 * of the interface does, and dispose. A socket that is bound is made to listen
 * unless it does. NULL for the function is vici_transport_incoming() at once. */
gboolean    vici_base_transport_accept     (ViciBaseTransport    *self,
                                            GSocket              *socket,
                                            ViciBaseTransportFunc func,
                                            GError              **error);

G_END_DECLS
