/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-base-transport.h"

G_BEGIN_DECLS

#define VICI_TYPE_FD_TRANSPORT (vici_fd_transport_get_type ())

/* Descriptors that the process has inherited: see vici-descriptor.h. */
G_DECLARE_FINAL_TYPE (ViciFdTransport, vici_fd_transport, VICI, FD_TRANSPORT, ViciBaseTransport)

G_END_DECLS
