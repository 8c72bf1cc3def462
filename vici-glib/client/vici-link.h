/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-result.h"
#include "vici-session.h"
#include "vici-waker.h"

G_BEGIN_DECLS

typedef struct _ViciLink ViciLink;
typedef struct _ViciOperation ViciOperation;
typedef struct _ViciDelivery ViciDelivery;

/* One line to a peer, from the opening of its channel to the end: the session
 * driven by a channel and a main context.
 *
 * What the session reports is not passed on from within it, but put into one
 * queue of deliveries, from which the main context takes it. This is what
 * keeps the order, lets any callback call, close or drop whatever it likes,
 * and lets a synchronous call read on while others wait for their delivery. */

/* Something to be told, embedded in what it is about. */
struct _ViciDelivery
{
  ViciDelivery *next;
  gsize         size;           /* roughly, of what is held until then */
  void        (*deliver) (ViciDelivery *self,
                          ViciLink     *link);
};

typedef struct
{
  /* Delivered: an event that is subscribed to. */
  void     (*event)           (GObject      *owner,
                               GQuark        name,
                               ViciMessage  *message);

  /* Called at once and not delivered: the link has come to its end. @error is
   * NULL after an own close. What is told of it is for the owner to deliver. */
  void     (*down)            (GObject      *owner,
                               ViciLink     *link,
                               const GError *error);

  /* Delivered, once for many: the number of operations is another one. */
  void     (*pending_changed) (GObject      *owner);
} ViciLinkFuncs;

/* A link without a channel: what is asked of it waits. The link does not keep
 * its owner alive, but while it has things to deliver after its end. */
ViciLink    *vici_link_new         (GObject             *owner,
                                    const ViciLinkFuncs *funcs,
                                    GMainContext        *context);

/* One that has come to its end, for the errors of what nobody can be asked. */
ViciLink    *vici_link_new_down    (GObject             *owner,
                                    const ViciLinkFuncs *funcs);

ViciLink    *vici_link_ref         (ViciLink            *self);
void         vici_link_unref       (ViciLink            *self);

void         vici_link_start       (ViciLink            *self,
                                    GIOStream           *stream);

/* Ends it: all operations fail with @error, NULL being an own close, and the
 * channel is closed. */
void         vici_link_shut_down   (ViciLink            *self,
                                    const GError        *error);

/* Whether a synchronous call is at it, and maybe no main context ever. */
gboolean     vici_link_is_driven   (ViciLink            *self);

/* Whether it keeps its owner alive. */
gboolean     vici_link_is_lingering (ViciLink           *self);

ViciSession *vici_link_get_session (ViciLink            *self);
GMainContext *vici_link_get_context (ViciLink           *self);
guint        vici_link_get_pending (ViciLink            *self);

/* The time of the last read, by the monotonic clock. */
gint64       vici_link_get_time    (ViciLink            *self);

void         vici_link_deliver     (ViciLink            *self,
                                    ViciDelivery        *delivery);

/* Where the result of one delivery is kept for the next; see
 * vici_result_return(). */
ViciResult **vici_link_get_result  (ViciLink            *self);

/* With which other threads have the main context look at the operations. */
ViciWaker   *vici_link_get_waker   (ViciLink            *self);

/* Back-pressure: stops reading, and goes on. */
void         vici_link_pause       (ViciLink            *self);
void         vici_link_resume      (ViciLink            *self);

/* Drives the channel, and nothing else, until @until says so, the operation
 * has run out of time, or @cancellable is cancelled. */
typedef gboolean (*ViciLinkUntil) (gpointer user_data);

/* Whether that would get anywhere. */
gboolean     vici_link_check_drivable (ViciLink         *self,
                                       GError          **error);

gboolean     vici_link_drive       (ViciLink            *self,
                                    ViciOperation       *operation,
                                    ViciLinkUntil        until,
                                    gpointer             user_data,
                                    GCancellable        *cancellable,
                                    GError             **error);

/* For operations. */
void         vici_link_add_operation    (ViciLink      *self,
                                         ViciOperation *operation);
void         vici_link_remove_operation (ViciLink      *self,
                                         ViciOperation *operation);
void         vici_link_arm              (ViciLink      *self,
                                         ViciOperation *operation);

G_END_DECLS
