/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who is at the other end of a stream, as far as the kernel or TLS vouches for it. */
typedef struct _GviciPeer GviciPeer;

GviciPeer  *gvici_peer_new       (GIOStream *stream);
void        gvici_peer_free      (GviciPeer *self);

/* On one line, for people. */
const char *gvici_peer_describe  (GviciPeer *self);

/* What is the same for all connections of one user: the uid, the fingerprint of the
 * certificate, or the address. */
const char *gvici_peer_get_user  (GviciPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GviciPeer, gvici_peer_free)

/* Whom to let in: uid=, user=, gid=, group=, subject= or fingerprint=sha256:. */
typedef struct _GviciPeerRule GviciPeerRule;

GviciPeerRule *gvici_peer_rule_new     (const char          *text,
                                        GError             **error);
void           gvici_peer_rule_free    (GviciPeerRule       *self);
gboolean       gvici_peer_rule_matches (const GviciPeerRule *self,
                                        const GviciPeer     *peer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GviciPeerRule, gvici_peer_rule_free)

G_END_DECLS
