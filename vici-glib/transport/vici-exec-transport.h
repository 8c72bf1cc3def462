/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-base-transport.h"

G_BEGIN_DECLS

#define VICI_TYPE_EXEC_TRANSPORT (vici_exec_transport_get_type ())

/* A command whose standard input and output are the stream. */
G_DECLARE_FINAL_TYPE (ViciExecTransport, vici_exec_transport, VICI, EXEC_TRANSPORT, ViciBaseTransport)

G_END_DECLS
