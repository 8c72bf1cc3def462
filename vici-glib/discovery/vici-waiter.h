/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A caller of an object that waits for something to happen, though not for ever. */
typedef struct
{
  GTask   *task;                /* NULL: nobody waits */
  GSource *timer;
  GSource *cancel;
} ViciWaiter;

/* Takes over the task. @on_cancelled is called with its source object; it is to end
 * the wait. */
void     vici_waiter_begin (ViciWaiter   *self,
                            GTask        *task,
                            GCallback     on_cancelled);

/* Who waits now, if anybody does: for vici_waiter_end(), after others were told, of
 * whom one may have ended this wait and begun another one. */
GTask   *vici_waiter_dup   (ViciWaiter   *self);

/* With a boolean, if it is still this one who waits, or whoever it is with an error.
 * Nothing happens where nobody waits. */
void     vici_waiter_end   (ViciWaiter   *self,
                            GTask        *waiting);
void     vici_waiter_fail  (ViciWaiter   *self,
                            const GError *error);

G_END_DECLS
