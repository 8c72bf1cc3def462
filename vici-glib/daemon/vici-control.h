/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-control-log.h"
#include "vici-control-pool.h"
#include "vici-records.h"

G_BEGIN_DECLS

/* A command that waits for a peer, from when it is asked for until the daemon has
 * answered it. For whoever has asked, it may be over before: the daemon cannot be
 * made to drop a command, only what the command has begun. */

/* What is told to whoever has asked. */
typedef struct
{
  void (*entry) (ViciLogEntry *entry,
                 gpointer      user_data);
  /* Once. There is a reply, an error, or both: `success=no`. */
  void (*ended) (ViciMessage  *reply,
                 const GError *error,
                 gpointer      user_data);
} ViciControlFuncs;

/* What is asked for. */
typedef struct
{
  const char     *command;      /* static */
  ViciMessage    *request;
  /* Milliseconds without a word from the daemon after which it is given up; for an
   * `initiate` also from its first word on. */
  guint           timeout;
  int             log_level;
  ViciControlLog *log;          /* NULL: none */
} ViciControlOrder;

/* In the caller's main context. The object keeps itself alive until it is over. */
void         vici_control_run_async (ViciControlPool        *pool,
                                     ViciConnection         *connection,
                                     const ViciControlOrder *order,
                                     GCancellable           *cancellable,
                                     const ViciControlFuncs *funcs,
                                     gpointer                user_data);

/* In no main context that anybody knows of; has ended when it returns. Where the pool
 * has no room for it, that is busy. */
void         vici_control_run_sync  (ViciControlPool        *pool,
                                     ViciConnection         *connection,
                                     const ViciControlOrder *order,
                                     GCancellable           *cancellable,
                                     const ViciControlFuncs *funcs,
                                     gpointer                user_data);

void         vici_control_set_busy  (GError                **error);

/* For the pool: it is its turn, or its turn never comes. */
void         vici_control_start     (ViciControl            *self);
void         vici_control_refuse    (ViciControl            *self,
                                     const GError           *error);

G_END_DECLS
