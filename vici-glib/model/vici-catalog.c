/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-catalog.h"

#include "vici-item-list.h"

struct _ViciCatalog
{
  const ViciCatalogKind *kind;
  gpointer               user_data;
  GHashTable            *items;         /* key -> item */
  ViciItemList          *list;
};

ViciCatalog *
vici_catalog_new (const ViciCatalogKind *kind,
                  gpointer               user_data)
{
  ViciCatalog *self = g_new0 (ViciCatalog, 1);

  self->kind = kind;
  self->user_data = user_data;
  self->items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->list = vici_item_list_new (kind->get_type ());

  return self;
}

void
vici_catalog_free (ViciCatalog *self)
{
  g_hash_table_unref (self->items);
  g_object_unref (self->list);
  g_free (self);
}

GListModel *
vici_catalog_get_list (ViciCatalog *self)
{
  return G_LIST_MODEL (self->list);
}

static gpointer
add (ViciCatalog *self,
     const char  *key,
     gpointer     record)
{
  gpointer item = self->kind->make (key, record, self->user_data);

  g_hash_table_insert (self->items, g_strdup (key), item);
  vici_item_list_add (self->list, item);

  return item;
}

gpointer
vici_catalog_find (ViciCatalog *self,
                   const char  *key)
{
  return g_hash_table_lookup (self->items, key);
}

void
vici_catalog_foreach (ViciCatalog    *self,
                      ViciCatalogFunc func)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (items, g_object_ref (item));

  for (guint i = 0; i < items->len; i++)
    func (items->pdata[i]);
}

gpointer
vici_catalog_ensure (ViciCatalog *self,
                     const char  *key)
{
  gpointer item = g_hash_table_lookup (self->items, key);

  return item ? item : add (self, key, NULL);
}

/* Returns the keys of what is listed. */
static GHashTable *
update_listed (ViciCatalog *self,
               GListModel  *records)
{
  GHashTable *listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (records); i++)
    {
      g_autoptr (ViciRecord) record = g_list_model_get_item (records, i);
      g_autofree char *key = self->kind->dup_key (record);
      gpointer item;

      if (key == NULL)
        continue;

      item = g_hash_table_lookup (self->items, key);
      if (item == NULL)
        item = add (self, key, record);

      self->kind->update (item, record);
      g_hash_table_add (listed, g_steal_pointer (&key));
    }

  return listed;
}

void
vici_catalog_apply (ViciCatalog *self,
                    GListModel  *records)
{
  g_autoptr (GHashTable) listed = update_listed (self, records);
  GHashTableIter iter;
  gpointer key, item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, &key, &item))
    {
      if (g_hash_table_contains (listed, key))
        continue;

      self->kind->update (item, NULL);
      if (!self->kind->is_needed (item))
        {
          vici_item_list_remove (self->list, item);
          g_hash_table_iter_remove (&iter);
        }
    }
}

void
vici_catalog_clear (ViciCatalog *self)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    {
      self->kind->update (item, NULL);
      vici_item_list_remove (self->list, item);
      g_hash_table_iter_remove (&iter);
    }
}

void
vici_catalog_prune (ViciCatalog *self,
                    gpointer     item,
                    const char  *key)
{
  if (self->kind->is_needed (item) || g_hash_table_lookup (self->items, key) != item)
    return;

  vici_item_list_remove (self->list, item);
  g_hash_table_remove (self->items, key);
}

void
vici_catalog_flush (ViciCatalog *self)
{
  vici_item_list_flush (self->list);
}
