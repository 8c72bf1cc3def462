/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-child-sa-item.h"
#include "vici-ike-sa-item.h"
#include "vici-models.h"

G_BEGIN_DECLS

/* Records of SAs, and models that they are put into without any daemon. */

/* Daemons give the same unique ids, and not the same SPIs. */
extern guint     sa_records_daemon;

/* Of IKE: 1 or 2. */
extern guint     sa_records_version;

/* What a CHILD_SA has received, and twice as much sent. */
ViciChildSa     *sa_records_child      (const char      *name,
                                        guint            id,
                                        const char      *state,
                                        guint64          bytes);

/* With CHILD_SAs, which it takes; NULL is after the last. */
ViciIkeSa       *sa_records_ike        (const char      *name,
                                        guint            id,
                                        const char      *state,
                                        ...) G_GNUC_NULL_TERMINATED;

/* A connection with the children of these names; NULL is after the last. */
ViciConn        *sa_records_conn       (const char      *name,
                                        ...) G_GNUC_NULL_TERMINATED;

/* Models, and what they have told. */
typedef struct
{
  ViciModels *models;
  GString    *told;             /* changes of lists, in their order */
  GPtrArray  *notified;         /* items and properties */
} SaModels;

void             sa_models_init        (SaModels        *self);
void             sa_models_clear       (SaModels        *self);

/* The turn ends, and this is what is told: changes of lists, then notifications in
 * the order of their names, of what does not change with something else:
 * “ike-sas 0-0+1; home/child-sas 1-1+0; home state”. */
void             sa_models_assert_told (SaModels        *self,
                                        const char      *told);
/* The turn ends, whatever is told. */
void             sa_models_forget      (SaModels        *self);
/* The turn ends, and this is what is there:
 * “home#1 ESTABLISHED [net#1 INSTALLED, more#2 INSTALLED], away#2 CONNECTING []”. */
void             sa_models_assert      (SaModels        *self,
                                        const char      *shown);
/* The unique ids of those that are to be asked for again, in their order. */
void             sa_models_assert_passing (SaModels     *self,
                                           const char   *ids);

/* These belong to the models. */
ViciIkeSaItem   *sa_models_get_ike     (SaModels        *self,
                                        guint            position);
ViciChildSaItem *sa_models_get_child   (SaModels        *self,
                                        guint            position,
                                        guint            child);
ViciConnItem    *sa_models_get_conn    (SaModels        *self,
                                        const char      *name);

/* What is listed: of all, or of the one that was asked for. It takes the records; NULL
 * is after the last. */
void             sa_models_list        (SaModels        *self,
                                        guint            asked,
                                        ...) G_GNUC_NULL_TERMINATED;

/* An event, which takes the records. */
#define sa_models_tell1(self, event, a) \
  G_STMT_START { \
    g_autoptr (ViciIkeSa) _a = (a); \
    vici_sa_table_##event ((self)->models->sas, _a); \
  } G_STMT_END
#define sa_models_tell_ike_rekey(self, a, b) \
  G_STMT_START { \
    g_autoptr (ViciIkeSa) _a = (a); \
    g_autoptr (ViciIkeSa) _b = (b); \
    vici_sa_table_ike_rekey ((self)->models->sas, _a, _b); \
  } G_STMT_END
#define sa_models_tell_child(self, event, a, b) \
  G_STMT_START { \
    g_autoptr (ViciIkeSa) _a = (a); \
    g_autoptr (ViciChildSa) _b = (b); \
    vici_sa_table_child_##event ((self)->models->sas, _a, _b); \
  } G_STMT_END
#define sa_models_tell_child_rekey(self, a, b, c) \
  G_STMT_START { \
    g_autoptr (ViciIkeSa) _a = (a); \
    g_autoptr (ViciChildSa) _b = (b); \
    g_autoptr (ViciChildSa) _c = (c); \
    vici_sa_table_child_rekey ((self)->models->sas, _a, _b, _c); \
  } G_STMT_END

G_END_DECLS
