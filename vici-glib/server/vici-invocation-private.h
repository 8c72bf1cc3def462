/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-invocation.h"

G_BEGIN_DECLS

ViciInvocation *vici_invocation_new (ViciPeer    *peer,
                                     guint64      id,
                                     const char  *command,
                                     ViciMessage *request);

gboolean        vici_invocation_is_answered    (ViciInvocation *self);

/* Answers that the command is not known, for which no handler has been found. */
void            vici_invocation_return_unknown (ViciInvocation *self);

G_END_DECLS
