/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Takes in whoever connects to a listening socket. */
typedef struct _ViciAcceptor ViciAcceptor;

/* It may free the acceptor. */
typedef void (*ViciAcceptorFunc) (GSocketConnection *connection,
                                  gpointer           user_data);

/* In the thread-default main context. One is accepted in each turn of it. */
ViciAcceptor *vici_acceptor_new  (GSocket         *socket,
                                  ViciAcceptorFunc func,
                                  gpointer         user_data);

/* Closes the socket. */
void          vici_acceptor_free (ViciAcceptor    *self);

/* For a socket that is connected by TCP: requests are small, and wait for nothing
 * but their reply. */
void          vici_socket_set_no_delay (GSocket *socket);

G_END_DECLS
