/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-item.h"

G_BEGIN_DECLS

/* Items of which the daemon tells nothing by itself: they are brought in line with
 * what it lists. */
typedef struct _ViciCatalog ViciCatalog;

typedef struct
{
  GType      (*get_type)  (void);
  char      *(*dup_key)   (gpointer    record);
  gpointer   (*make)      (const char *key,
                           gpointer    record,  /* NULL: it is not listed */
                           gpointer    user_data);
  void       (*update)    (gpointer    item,
                           gpointer    record); /* NULL: it is not listed any more */
  gboolean   (*is_needed) (gpointer    item);
} ViciCatalogKind;

typedef void (*ViciCatalogFunc) (gpointer item);

ViciCatalog *vici_catalog_new    (const ViciCatalogKind *kind,
                                  gpointer               user_data);
void         vici_catalog_free   (ViciCatalog           *self);

GListModel  *vici_catalog_get_list (ViciCatalog         *self);

/* All that there is now. */
void         vici_catalog_apply  (ViciCatalog           *self,
                                  GListModel            *records);

/* The item of that key, made if there is none. */
gpointer     vici_catalog_ensure (ViciCatalog           *self,
                                  const char            *key);

/* That item; NULL: there is none. */
gpointer     vici_catalog_find   (ViciCatalog           *self,
                                  const char            *key);

void         vici_catalog_foreach (ViciCatalog          *self,
                                  ViciCatalogFunc        func);

/* Lets go of all items, whether they are needed or not. */
void         vici_catalog_clear  (ViciCatalog           *self);

/* Lets go of an item that may not be needed any more. */
void         vici_catalog_prune  (ViciCatalog           *self,
                                  gpointer               item,
                                  const char            *key);

/* Tells of the list's changes. */
void         vici_catalog_flush  (ViciCatalog           *self);

G_END_DECLS
