/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-base-transport.h"

G_BEGIN_DECLS

#define VICI_TYPE_TLS_TRANSPORT (vici_tls_transport_get_type ())

/* TLS over TCP, with certificates on one end or on both. */
G_DECLARE_FINAL_TYPE (ViciTlsTransport, vici_tls_transport, VICI, TLS_TRANSPORT, ViciBaseTransport)

G_END_DECLS
