/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-message.h"

/* The other end of a connection: a daemon that does as it is told. It runs in a
 * thread of its own, with blocking reads and writes, and knows nothing of the
 * library but how messages are written.
 *
 * It is told by a script, in which steps are separated by semicolons:
 *
 *   request NAME [KEY=VALUE…]  expects that command, and just these arguments
 *   request NAME *             whatever its arguments are
 *   register NAME              expects that (un)registration
 *   unregister NAME
 *
 *   reply [KEY=VALUE…]         sends a reply
 *   unknown                    sends that the command is not known
 *   confirm                    sends that the (un)registration is done
 *   refuse                     sends that the event is not known
 *   event NAME [KEY=VALUE…]    sends an event
 *   events NAME COUNT [SIZE]   sends events with v=0, v=1, …; each holds that
 *                              many bytes more
 *   flood NAME [SIZE]          sends events until nobody takes them
 *   bytes HEX                  sends just these
 *   text TEXT                  sends just that
 *   first N                    of all that is sent from here on, sends N bytes
 *                              and keeps the rest to itself
 *
 *   serve [COUNT]              answers everything, a command X with v=X: so many
 *                              times, or until the client closes
 *   wait                       waits for peer_go()
 *   end                        expects that the client closes
 *   close                      closes
 *
 * A peer that listens accepts a connection when a step needs one. At each wait
 * and at the end it wakes up the main context of whoever has made it. */
typedef struct _Peer Peer;

typedef enum
{
  PEER_SOCKETS,                 /* a pair of sockets */
  PEER_UNIX,                    /* a socket in the file system */
  PEER_ABSTRACT,                /* a socket with an abstract name */
  PEER_TCP,
  PEER_PIPES,                   /* two pipes */
  PEER_PLAIN,                   /* two pipes, the client's ends not pollable */
  PEER_TLS,                     /* TLS over a pair of sockets */
  N_PEER_TRANSPORTS
} PeerTransport;

extern const char *peer_transports[N_PEER_TRANSPORTS];

/* Whether there is such a transport here; marks the test as skipped if not. */
gboolean    peer_check_transport (PeerTransport transport);

/* With what a transport that has no URI is begun. */
Peer       *peer_new             (PeerTransport transport,
                                  const char   *script);
const char *peer_get_uri         (Peer         *self);
GIOStream  *peer_take_stream     (Peer         *self);

/* Waits until the script has come to its next "wait". Or asks: when it has, the
 * next question is for the one after that. */
void        peer_await           (Peer         *self);
gboolean    peer_has_arrived     (Peer         *self);

/* Lets the script go past its next "wait". */
void        peer_go              (Peer         *self);

/* Whether the script is through. */
gboolean    peer_is_done         (Peer         *self);
void        peer_free            (Peer         *self);

/* Two ends of a pair of sockets. */
void        peer_socket_pair     (GIOStream    *ends[2]);

/* The bytes of an event, with v=VALUE and so many bytes more. */
void        peer_append_event    (GByteArray   *out,
                                  const char   *name,
                                  guint         value,
                                  gsize         size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Peer, peer_free)
