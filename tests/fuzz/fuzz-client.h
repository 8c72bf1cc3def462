/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "fuzz-peer.h"

#include "vici-session.h"

G_BEGIN_DECLS

/* A session and whoever uses it, who looks at all that is called back. */

typedef struct _Fuzz Fuzz;

typedef enum
{
  FUZZ_CALL,
  FUZZ_STREAM,
  FUZZ_SUBSCRIBE,
  FUZZ_UNSUBSCRIBE
} FuzzKind;

typedef struct
{
  Fuzz    *fuzz;
  guint    number;              /* a command is called so, and its reply says so */
  FuzzKind kind;
  guint    event;
  guint64  id;
  gboolean ended;
  gboolean cancelled;
  guint    notified;
  guint    running;             /* its function, on the stack */
  guint    events_due;          /* emitted by the peer for this stream */
  guint    events_got;

  /* The stream was sent right behind a registration. Without one, it gets
   * events as well that were under way before the peer began with it. */
  gboolean registered;
} FuzzCall;

struct _Fuzz
{
  const guint8 *data;
  const guint8 *end;

  gboolean      asked;          /* to write; else the session pushes */
  ViciSession  *session;        /* NULL when it is gone */
  gboolean      dropped;        /* and goes as soon as nobody needs it */
  GPtrArray    *calls;          /* of FuzzCall */
  guint         open;           /* calls that neither ended nor were cancelled */
  guint         next_end;       /* calls end in their order */
  guint         closes;
  guint         depth;          /* of callbacks */
  guint8        reaction;       /* what the next callback does */
  guint8        reaction_to;

  FuzzPeer      peer;

  /* The channel, where the session is asked. */
  gsize         room;           /* takes so many bytes more */
  GByteArray   *left;           /* was offered before, and not taken */

  /* Subscribers, as far as their functions were called. */
  guint         subscribed[FUZZ_N_EVENTS];
  gboolean      unsure[FUZZ_N_EVENTS]; /* more may have ended than these know */
  guint         signalled;

  /* What the client holds on to of a message, and what it was. */
  gboolean      keep_message;   /* of the next one */
  gboolean      keep_bytes;
  ViciMessage  *kept;
  GBytes       *kept_bytes;
  GBytes       *kept_copy;
};

/* A session that is asked to write, or one that pushes. */
ViciSession *fuzz_session_new (Fuzz *fuzz);

void fuzz_make_call (Fuzz    *fuzz,
                     FuzzKind kind,
                     guint    event);

void fuzz_cancel_call (Fuzz *fuzz,
                       guint index);

/* Holds on to the next message, or its bytes only. */
void fuzz_keep_message (Fuzz    *fuzz,
                        gboolean whole);

void fuzz_release_message (Fuzz *fuzz);

/* Called from every callback: does what the input says. */
void fuzz_react (Fuzz *fuzz);

G_END_DECLS
