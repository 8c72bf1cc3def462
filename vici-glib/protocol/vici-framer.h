/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Cuts a run of bytes into packets. Whole packets are handed out where they
 * lie; only an unfinished one is kept. */
typedef struct
{
  guint8 *kept;
  gsize   length;
  gsize   allocated;
  gboolean handed_out;          /* what is kept was the last packet, and is done with */
} ViciFramer;

#define VICI_FRAMER_INIT { NULL, 0, 0, FALSE }

void     vici_framer_clear (ViciFramer    *self);

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
