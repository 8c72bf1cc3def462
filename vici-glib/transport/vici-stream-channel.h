/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-channel.h"

G_BEGIN_DECLS

#define VICI_TYPE_STREAM_CHANNEL (vici_stream_channel_get_type ())

/* Any other GIOStream: through its pollable interface where it has one, with
 * asynchronous reads and writes where it has none. All of it goes on in a main
 * context of the channel's own, which the owner's context runs, and which a
 * synchronous call can run by itself. */
G_DECLARE_FINAL_TYPE (ViciStreamChannel, vici_stream_channel, VICI, STREAM_CHANNEL, ViciChannel)

/* @context is the one in which the owner waits for readiness. */
ViciChannel *vici_stream_channel_new (GIOStream    *stream,
                                      GMainContext *context);

G_END_DECLS
