/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* A client that waits for the end of what it has asked for, with the log of that,
 * and with a limit to its patience. What it waits for goes on without it. */
typedef struct _SimWait SimWait;

typedef enum
{
  SIM_WAIT_DONE,
  SIM_WAIT_FAILED,
  SIM_WAIT_TIMED_OUT
} SimWaitEnd;

typedef void (*SimWaitFunc) (SimWaitEnd end,
                             gpointer   data);

/* How much of the log a request asks for: nothing, if it does not wait. */
int      sim_wait_get_level (ViciMessage *request);

/* Without a limit when @timeout, in ms, is 0. @func is called once, and then
 * @data is freed; it is freed alone if nobody is left to end the wait. */
SimWait *sim_wait_new   (ViciInvocation *invocation,
                         int             level,
                         guint           timeout,
                         SimWaitFunc     func,
                         gpointer        data,
                         GDestroyNotify  free_data);
SimWait *sim_wait_ref   (SimWait        *self);
void     sim_wait_unref (SimWait        *self);

void     sim_wait_end   (SimWait        *self,
                         SimWaitEnd      end);
void     sim_wait_log   (SimWait        *self,
                         const char     *group,
                         int             level,
                         const char     *name,
                         guint           id,
                         const char     *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimWait, sim_wait_unref)

G_END_DECLS
