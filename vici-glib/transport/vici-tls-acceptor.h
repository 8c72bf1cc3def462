/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-tls-allow-list.h"

G_BEGIN_DECLS

/* Makes TLS connections of what connects, and lets in who may. What does not get
 * there is of a bounded number, has a bounded time, and keeps nobody waiting who
 * comes from elsewhere. */
typedef struct _ViciTlsAcceptor ViciTlsAcceptor;

/* It may free the acceptor. */
typedef void (*ViciTlsAcceptorFunc) (GTlsConnection *tls,
                                     gpointer        user_data);

/* In the thread-default main context. @allowed stays with the caller. */
ViciTlsAcceptor *vici_tls_acceptor_new  (GTlsCertificate       *certificate,
                                         GTlsDatabase          *database,
                                         GTlsAuthenticationMode clients,
                                         ViciTlsAllowList      *allowed,
                                         ViciTlsAcceptorFunc    func,
                                         gpointer               user_data);

/* Turns away who is not in yet. */
void             vici_tls_acceptor_free (ViciTlsAcceptor       *self);

void             vici_tls_acceptor_add  (ViciTlsAcceptor       *self,
                                         GSocketConnection     *connection);

G_END_DECLS
