/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-session.h"

G_BEGIN_DECLS

typedef enum
{
  VICI_CALL_COMMAND,
  VICI_CALL_SUBSCRIBE,
  VICI_CALL_UNSUBSCRIBE,
  VICI_CALL_TAKE_BACK           /* the session's own, for a subscription that was given up */
} ViciCallKind;

/* What the peer still owes a call that was sent. The packets of a streamed
 * command go out back to back, so that its answers come in this order with
 * nothing between them but events. */
typedef enum
{
  VICI_AWAITS_NOTHING = 0,
  VICI_AWAITS_REGISTERED = 1 << 0,
  VICI_AWAITS_REPLY = 1 << 1,
  VICI_AWAITS_UNREGISTERED = 1 << 2
} ViciAwaits;

/* The session's view of one event name. */
typedef struct
{
  char    *name;
  GQuark   detail;

  /* As of the last packet written: whether the peer has us registered, since
   * which registration, and for how many subscribers. */
  gboolean registered;
  guint64  epoch;
  guint    subscribers;

  /* As of the last packet read: the newest registration that the peer refused,
   * the number of subscribers, and how many of these were given up before they
   * began, and are being taken back. */
  guint64  failed_epoch;
  guint    listeners;
  guint    leaving;
} ViciEvent;

typedef struct
{
  guint           ref_count;
  ViciCallKind    kind;
  ViciAwaits      awaits;
  ViciEvent      *event;        /* subscribed or streamed; NULL for a plain command */
  guint64         epoch;        /* of the registration that it relies on or ends; 0: none */
  gboolean        abandoned;    /* nobody waits for it any more */
  guint           running;      /* how often the function is on the stack */
  ViciMessage    *request;
  ViciMessage    *reply;        /* that has come, or */
  GError         *error;        /* what has come in its place */
  ViciSessionFunc func;
  gpointer        user_data;
  GDestroyNotify  notify;
  char            name[];       /* of the command, or of the event */
} ViciCall;

ViciCall *vici_call_new     (ViciCallKind    kind,
                             const char     *name,
                             ViciMessage    *request,
                             ViciSessionFunc func,
                             gpointer        user_data,
                             GDestroyNotify  notify);
ViciCall *vici_call_ref     (ViciCall       *call);
void      vici_call_unref   (ViciCall       *call);

/* Nobody waits for the call any more: lets go of what its owner gave, once the
 * function has returned. */
void      vici_call_abandon (ViciCall       *call);

/* Calls the function, if there is one; for the last time if the call is marked
 * as abandoned. */
void      vici_call_run     (ViciCall       *call,
                             ViciSession    *session,
                             const char     *event,
                             ViciMessage    *message,
                             const GError   *error);

/* The calls in the order of the wire, in one ring: those that were sent and
 * are not yet answered, then those that wait to be sent. Numbers are handed
 * out in that order too, so that a call is found by its number at once. A call
 * that is taken out of the middle leaves an empty slot behind. */
typedef struct
{
  ViciCall **slots;
  guint      size;              /* a power of two, or 0 */
  guint      head;
  guint      length;
  guint      sent;              /* how many of them were sent */
  guint64    head_id;
} ViciCallQueue;

void      vici_call_queue_init       (ViciCallQueue *self);
void      vici_call_queue_clear      (ViciCallQueue *self);

guint64   vici_call_queue_push       (ViciCallQueue *self,
                                      ViciCall      *call);
ViciCall *vici_call_queue_lookup     (ViciCallQueue *self,
                                      guint64        id);
gboolean  vici_call_queue_was_sent   (ViciCallQueue *self,
                                      guint64        id);

/* Takes out a call that was not sent. */
ViciCall *vici_call_queue_take       (ViciCallQueue *self,
                                      guint64        id);

/* The oldest call that was sent, the oldest that was not; NULL: none. */
ViciCall *vici_call_queue_first_sent (ViciCallQueue *self);
ViciCall *vici_call_queue_next       (ViciCallQueue *self);

/* Moves the call of vici_call_queue_next() over to those that were sent. */
void      vici_call_queue_mark_sent  (ViciCallQueue *self);

/* Takes the oldest of all, sent or not; NULL: the queue is empty. */
ViciCall *vici_call_queue_pop        (ViciCallQueue *self);

G_END_DECLS
