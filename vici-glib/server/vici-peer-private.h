/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-message.h"
#include "vici-peer.h"

G_BEGIN_DECLS

/* What a peer tells its server. */
typedef struct
{
  void     (*command)     (gpointer      server,
                           ViciPeer     *peer,
                           guint64       id,
                           const char   *name,
                           ViciMessage  *request);
  gboolean (*knows_event) (gpointer      server,
                           const char   *name);
  void     (*closed)      (gpointer      server,
                           ViciPeer     *peer);
} ViciPeerFuncs;

/* What a peer may take of the server's memory and patience. */
typedef struct
{
  guint max_pending;            /* commands at once; then nothing more is read */
  gsize max_queued;             /* bytes that it does not read; then it has to go */
  guint packet_timeout;         /* in ms, for the rest of a packet; 0: any */
} ViciPeerLimits;

/* Serves the stream from the thread-default main context. The functions are not
 * called before vici_peer_start(), and not after @closed. */
ViciPeer *vici_peer_new            (GIOStream            *stream,
                                    const char           *uri,
                                    const ViciPeerLimits *limits,
                                    const ViciPeerFuncs  *funcs,
                                    gpointer              server);
void      vici_peer_start          (ViciPeer             *self);

/* Answers a command; NULL: that it is not known. Does nothing when it was
 * answered before, or the peer is closed. */
gboolean  vici_peer_reply          (ViciPeer             *self,
                                    guint64               id,
                                    ViciMessage          *reply);

/* @id 0: an event that no command streams. */
gboolean  vici_peer_send_event     (ViciPeer             *self,
                                    guint64               id,
                                    const char           *name,
                                    ViciMessage          *message);

/* Closes it for a reason; NULL: by our own will, or the client's. */
void      vici_peer_close_with     (ViciPeer             *self,
                                    const GError         *error);

/* Closes one that is not let in. */
void      vici_peer_refuse         (ViciPeer             *self,
                                    const GError         *error);

G_END_DECLS
