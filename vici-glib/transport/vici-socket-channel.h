/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-channel.h"

G_BEGIN_DECLS

#define VICI_TYPE_SOCKET_CHANNEL (vici_socket_channel_get_type ())

/* The short way for what nearly everybody uses: system calls on the socket,
 * which is polled as a part of the owner's source. */
G_DECLARE_FINAL_TYPE (ViciSocketChannel, vici_socket_channel, VICI, SOCKET_CHANNEL, ViciChannel)

/* @source is the one that the owner dispatches upon readiness. */
ViciChannel *vici_socket_channel_new (GSocketConnection *connection,
                                      GSource           *source);

G_END_DECLS
