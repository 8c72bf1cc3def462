/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-buffer.h"

G_BEGIN_DECLS

/* Cuts a run of bytes into packets. Whole packets are handed out where they
 * lie; only an unfinished one is kept, and wiped when it is done with. */
typedef struct
{
  ViciBuffer kept;
  gboolean   handed_out;        /* what is kept was the last packet, and is done with */
} ViciFramer;

#define VICI_FRAMER_INIT { VICI_BUFFER_INIT, FALSE }

void     vici_framer_clear (ViciFramer    *self);

/* Whether a part of a packet is kept, and the rest has yet to come. */
gboolean vici_framer_has_unfinished (const ViciFramer *self);

/* Takes bytes off the front of @data, up to the end of the next packet. TRUE:
 * @packet is that packet without its length header, valid until the next call
 * or until @data goes. FALSE: all bytes were taken and more are needed, or the
 * header is not one (@error is set). */
gboolean vici_framer_take  (ViciFramer    *self,
                            const guint8 **data,
                            gsize         *length,
                            const guint8 **packet,
                            gsize         *packet_length,
                            GError       **error);

G_END_DECLS
