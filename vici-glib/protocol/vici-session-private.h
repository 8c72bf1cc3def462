/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-buffer.h"
#include "vici-call-queue.h"
#include "vici-framer.h"
#include "vici-session.h"

G_BEGIN_DECLS

/* The session in three files: vici-session.c is the class and what a caller
 * asks for, vici-session-send.c what goes to the peer, vici-session-receive.c
 * what comes from it. */

typedef struct
{
  ViciCallQueue queue;
  ViciFramer    framer;

  ViciBuffer    out;            /* packets, from the first that was not written to its end */
  gsize         written;        /* of them */

  ViciMessage  *spare;          /* the last one that was read */

  /* Every name that was ever subscribed to or streamed: name → ViciEvent. They
   * are the caller's names, and never the peer's. */
  GHashTable   *events;
  guint         listeners;      /* over all events */

  guint         max_in_flight;
  guint         in_flight;      /* commands sent whose reply has not come */
  guint         pending;

  gboolean      writable;
  gboolean      paused;
  gboolean      closed;

  /* On the stack: what is called from callbacks must not start them again. */
  gboolean      receiving;
  gboolean      pumping;
} ViciSessionPrivate;

ViciSessionPrivate *vici_session_get_private   (ViciSession    *self);

/* Sends what may go out by now, in as few pieces as makes sense, unless the
 * channel asks for it with vici_session_flush(). Within vici_session_receive()
 * nothing is sent: one go at its end takes all that the callbacks have asked
 * for. */
void                vici_session_pump          (ViciSession    *self);

/* Wipes what was not written. */
void                vici_session_forget_out    (ViciSession    *self);

/* Whether to let go of the last message: of one that somebody keeps there is
 * nothing to gain, and what hangs on one may keep the session. To do so may run
 * code of the user. */
gboolean            vici_session_has_used_spare (ViciSession   *self);

/* Takes away the calls to which the peer owes nothing more. */
void                vici_session_settle        (ViciSession    *self);

/* Reports an event to the subscribers. */
void                vici_session_emit_event    (ViciSession    *self,
                                                ViciEvent      *event,
                                                ViciMessage    *message);

G_END_DECLS
