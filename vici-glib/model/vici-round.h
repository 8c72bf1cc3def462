/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-models.h"

G_BEGIN_DECLS

/* What there is to list. */
typedef enum
{
  VICI_ROUND_SAS = 1 << 0,
  VICI_ROUND_CONFIGURATION = 1 << 1,
  VICI_ROUND_PASSING = 1 << 2   /* the IKE_SAs that are to be asked for again */
} ViciRoundParts;

/* So many IKE_SAs in passing states are asked for one by one; more of them by the list
 * of all. */
#define VICI_ROUND_MAX_SINGLE 8

/* One time of asking a daemon for what it has, and of bringing the models in line with
 * it. A long list is taken a piece at a time, so that the main loop goes on. */
typedef struct _ViciRound ViciRound;

/* @error is NULL if all is as it should be. The round is of no more use. */
typedef void (*ViciRoundFunc) (const GError *error,
                               gpointer      user_data);

ViciRound *vici_round_new      (ViciDaemon    *daemon,
                                ViciModels    *models,
                                ViciRoundParts parts,
                                ViciRoundFunc  done,
                                gpointer       user_data);

/* Calls no function any more. */
void       vici_round_free     (ViciRound     *self);

/* Milliseconds since it began. */
gint64     vici_round_get_time (ViciRound     *self);

G_END_DECLS
