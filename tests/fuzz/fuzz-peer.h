/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

#include "vici-wire.h"

G_BEGIN_DECLS

#define FUZZ_N_EVENTS 4

extern const char * const fuzz_event_names[FUZZ_N_EVENTS];

typedef struct
{
  ViciPacketType type;
  guint          number;        /* of the command */
  guint          event;
  gsize          end;           /* in all that was ever offered */
} FuzzRequest;

/* A peer that keeps to the protocol, and answers when it is told to. It reads
 * what is offered to the channel at once, so that what is asked of it is checked
 * there, and answers only what has arrived. */
typedef struct
{
  GArray     *requests;         /* not yet answered */
  GByteArray *answers;          /* not yet received by the session */
  gboolean    honest;           /* nothing else was in @answers */
  gboolean    registered[FUZZ_N_EVENTS];
  guint       in_flight;        /* commands not yet answered */
  guint       emitted;
  gsize       offered;          /* bytes */
  gsize       arrived;          /* of them */
} FuzzPeer;

void fuzz_peer_init  (FuzzPeer *self);

void fuzz_peer_clear (FuzzPeer *self);

guint fuzz_find_event (const guint8 *name,
                       gsize         length);

/* Takes one packet off what is offered. Returns how long it is. */
gsize fuzz_peer_read (FuzzPeer     *self,
                      const guint8 *data,
                      gsize         size,
                      FuzzRequest  *request);

/* The command that the peer comes to next, or works at; or NULL. */
const FuzzRequest *fuzz_peer_get_command (FuzzPeer *self);

/* Answers the oldest request, as charon would. Returns FALSE when none has
 * arrived. */
gboolean fuzz_peer_answer (FuzzPeer *self,
                           gboolean  refuse);

/* Raises an event. Returns whether it is registered. */
gboolean fuzz_peer_emit (FuzzPeer *self,
                         guint     event);

/* What no peer would send, from bytes on, or a packet of any type. */
void fuzz_peer_add_junk   (FuzzPeer      *self,
                           const guint8  *data,
                           gsize          size);
void fuzz_peer_add_packet (FuzzPeer      *self,
                           ViciPacketType type,
                           guint          event);

G_END_DECLS
