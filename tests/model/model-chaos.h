/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "model-daemon.h"

G_BEGIN_DECLS

/* A daemon's life, by chance: all that charon does to its SAs and its configuration, in
 * the order in which charon tells of it, and what it leaves out. */
typedef struct
{
  ModelDaemon *daemon;
  GRand       *rand;
  gboolean     honest;          /* nothing changes that only a list would show */
} ModelChaos;

/* Returns whether anything has happened. */
gboolean model_chaos_step   (ModelChaos *self);

/* Brings to its end all that is under way, so that it stays as it is. */
void     model_chaos_settle (ModelChaos *self);

G_END_DECLS
