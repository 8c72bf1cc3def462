/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-session.h"

G_BEGIN_DECLS

#define VICI_TYPE_LINK_SESSION (vici_link_session_get_type ())

/* The session of a link, whose bytes go where the link says. */
G_DECLARE_FINAL_TYPE (ViciLinkSession, vici_link_session, VICI, LINK_SESSION, ViciSession)

typedef gsize (*ViciLinkSessionWrite) (ViciSession  *session,
                                       const guint8 *data,
                                       gsize         length,
                                       gpointer      user_data);

ViciSession *vici_link_session_new (ViciLinkSessionWrite write,
                                    gpointer             user_data);

G_END_DECLS
