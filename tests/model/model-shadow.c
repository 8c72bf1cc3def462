/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-shadow.h"

void
model_shadow_check (ModelShadow *self)
{
  guint n = g_list_model_get_n_items (self->list);

  g_assert_cmpuint (self->items->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (self->list, i);

      g_assert_true (item == self->items->pdata[i]);
    }
  g_assert_null (g_list_model_get_item (self->list, n));
}

/* No item that stays is removed and added, and none is twice in the list. */
static void
on_items_changed (GListModel  *list,
                  guint        position,
                  guint        removed,
                  guint        added,
                  ModelShadow *self)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_cmpuint (removed + added, >, 0);
  g_assert_cmpuint (position + removed, <=, self->items->len);
  g_assert_cmpuint (self->items->len - removed + added, ==, g_list_model_get_n_items (list));

  for (guint i = 0; i < removed; i++)
    {
      g_ptr_array_add (gone, g_object_ref (self->items->pdata[position + i]));
      g_assert_true (g_hash_table_remove (self->set, gone->pdata[i]));
    }
  if (removed > 0)
    g_ptr_array_remove_range (self->items, position, removed);

  for (guint i = 0; i < added; i++)
    {
      GObject *item = g_list_model_get_item (list, position + i);

      g_assert_nonnull (item);
      g_assert_true (g_type_is_a (G_OBJECT_TYPE (item), g_list_model_get_item_type (list)));
      g_assert_false (g_ptr_array_find (gone, item, NULL));
      g_assert_true (g_hash_table_add (self->set, item));
      g_ptr_array_insert (self->items, (int) (position + i), item);
    }

  self->n_changes++;
  model_shadow_check (self);
}

ModelShadow *
model_shadow_new (GListModel *list)
{
  ModelShadow *self = g_new0 (ModelShadow, 1);
  guint n = g_list_model_get_n_items (list);

  self->list = g_object_ref (list);
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->set = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (self->items, g_list_model_get_item (list, i));
      g_assert_true (g_hash_table_add (self->set, self->items->pdata[i]));
    }
  self->handler = g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), self);

  return self;
}

void
model_shadow_free (ModelShadow *self)
{
  model_shadow_check (self);
  g_signal_handler_disconnect (self->list, self->handler);
  g_hash_table_unref (self->set);
  g_ptr_array_unref (self->items);
  g_object_unref (self->list);
  g_free (self);
}
