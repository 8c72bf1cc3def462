/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VICI_TYPE_ITEM_LIST (vici_item_list_get_type ())

/* A list of items, each in it once, whose changes are gathered and told together. */
G_DECLARE_FINAL_TYPE (ViciItemList, vici_item_list, VICI, ITEM_LIST, GObject)

ViciItemList *vici_item_list_new    (GType         item_type);

/* Nothing is in the list, or out of it, before it is flushed. What is added and
 * removed again was never there. */
void          vici_item_list_add    (ViciItemList *self,
                                     gpointer      item);
void          vici_item_list_remove (ViciItemList *self,
                                     gpointer      item);

/* New items come last, and all others stay in their order: told with as few
 * `items-changed` as that takes. */
void          vici_item_list_flush  (ViciItemList *self);

G_END_DECLS
