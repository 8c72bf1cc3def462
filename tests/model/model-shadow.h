/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A copy of a list that is made from what its `items-changed` say, and nothing else. It
 * has to be the list at each of them. */
typedef struct
{
  GListModel *list;
  GPtrArray  *items;
  GHashTable *set;              /* the same */
  gulong      handler;
  guint       n_changes;
} ModelShadow;

ModelShadow *model_shadow_new   (GListModel  *list);
void         model_shadow_free  (ModelShadow *self);

/* That the copy is what the list has. */
void         model_shadow_check (ModelShadow *self);

G_END_DECLS
