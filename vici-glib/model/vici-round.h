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

/* The round is over, and has to be freed. @error is why the daemon cannot be asked any
 * more; NULL: the models are what it has. But for the parts @refused: these are what they
 * were, because it has not given a list of them, and @refusal is why. */
typedef void (*ViciRoundFunc) (const GError  *error,
                               ViciRoundParts refused,
                               const GError  *refusal,
                               gpointer       user_data);

ViciRound *vici_round_new      (ViciDaemon    *daemon,
                                ViciModels    *models,
                                ViciRoundParts parts,
                                ViciRoundFunc  done,
                                gpointer       user_data);

/* Calls no function any more. */
void       vici_round_free     (ViciRound     *self);

/* Milliseconds since it began. */
gint64     vici_round_get_time (ViciRound     *self);

/* Whether the daemon has answered that it does not give a list. */
gboolean   vici_round_is_refusal (const GError *error);

G_END_DECLS
