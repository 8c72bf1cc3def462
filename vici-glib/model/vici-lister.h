/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-models.h"

G_BEGIN_DECLS

/* Keeps models true to a daemon while its connection is open: by its events, and by
 * listing what there is when there is a reason to. */
typedef struct _ViciLister ViciLister;

typedef struct
{
  /* The daemon answers. */
  void (*answered) (gpointer    user_data);
  /* The models are what the daemon has, but for lists that it does not give, for this
   * reason; NULL: it gives all. It is called again when that changes. */
  void (*synced) (const GError *refusal,
                  gpointer      user_data);
  /* They cannot be brought there; it has stopped. */
  void (*failed) (const GError *error,
                  gpointer      user_data);
} ViciListerFuncs;

ViciLister *vici_lister_new             (ViciDaemon            *daemon,
                                         ViciModels            *models,
                                         const ViciListerFuncs *funcs,
                                         gpointer               user_data);
/* It has to be stopped. */
void        vici_lister_free            (ViciLister            *self);

/* The connection is open, and is so no more, for that reason. */
void        vici_lister_start           (ViciLister            *self);
void        vici_lister_stop            (ViciLister            *self,
                                         const GError          *error);

/* Whether somebody looks, and how often that is worth a list. */
void        vici_lister_set_active      (ViciLister            *self,
                                         gboolean               active);
void        vici_lister_set_interval    (ViciLister            *self,
                                         guint                  interval);
void        vici_lister_set_follow_log  (ViciLister            *self,
                                         gboolean               follow_log);

/* Lists everything anew, and ends the task then. Returns FALSE if it is stopped. */
gboolean    vici_lister_refresh         (ViciLister            *self,
                                         GTask                 *task);
/* Lets go of it, if it has not ended yet. */
gboolean    vici_lister_drop            (ViciLister            *self,
                                         GTask                 *task);

G_END_DECLS
