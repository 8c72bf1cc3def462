/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-catalog.h"
#include "vici-daemon.h"
#include "vici-log-model.h"
#include "vici-sa-table.h"

G_BEGIN_DECLS

/* All that is known of a daemon, and told at the end of each turn. It does no I/O. */
typedef struct _ViciModels ViciModels;

struct _ViciModels
{
  /*< private >*/
  ViciDaemon   *daemon;
  ViciTurn     *turn;
  gboolean      flushing;
  gboolean      again;          /* when that is done */
  gboolean      ended;

  /*< public >*/
  ViciSaTable  *sas;
  ViciCatalog  *conns;          /* and those that only have IKE_SAs */
  ViciCatalog  *certs;
  ViciCatalog  *pools;
  ViciCatalog  *authorities;
  ViciLogModel *log;
};

ViciModels *vici_models_new   (ViciDaemon   *daemon);

ViciModels *vici_models_ref   (ViciModels   *self);
void        vici_models_unref (ViciModels   *self);

/* A list that nobody else has goes, and whoever only listens to it may be gone: nobody
 * is told of it any more. */
void        vici_models_hush  (ViciModels   *self);

/* Empties the lists, which others may hold, and lets go of them. */
void        vici_models_end   (ViciModels   *self);

void        vici_models_log   (ViciModels   *self,
                               ViciLogEntry *entry);
void        vici_models_list  (ViciModels   *self,
                               ViciCatalog  *catalog,
                               GListModel   *records);

/* What was begun on the connections is given up. */
void        vici_models_cancel (ViciModels  *self);

/* There is nothing left, but for the log. */
void        vici_models_clear (ViciModels   *self);

/* Tells at once what would be told at the end of the turn. */
void        vici_models_flush (ViciModels   *self);

G_END_DECLS
