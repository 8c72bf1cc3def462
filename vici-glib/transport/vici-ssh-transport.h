/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-base-transport.h"

G_BEGIN_DECLS

#define VICI_TYPE_SSH_TRANSPORT (vici_ssh_transport_get_type ())

/* A UNIX socket on another host, by the system's ssh. */
G_DECLARE_FINAL_TYPE (ViciSshTransport, vici_ssh_transport, VICI, SSH_TRANSPORT, ViciBaseTransport)

G_END_DECLS
