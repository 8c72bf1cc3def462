/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gunixconnection.h>

#include "vici-process.h"

G_BEGIN_DECLS

#define VICI_TYPE_PROCESS_CONNECTION (vici_process_connection_get_type ())

/* A socket with a program behind it, which is told to go when the connection is
 * closed: not every one notices by itself. */
G_DECLARE_FINAL_TYPE (ViciProcessConnection, vici_process_connection, VICI, PROCESS_CONNECTION, GUnixConnection)

GIOStream   *vici_process_connection_new (ViciProcess *process,
                                          GSocket     *socket);

/* The program behind a stream; NULL: there is none. */
ViciProcess *vici_process_dup_for_stream (GIOStream   *stream);

G_END_DECLS
