/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-item-list.h"

struct _ViciItemList
{
  GObject     parent_instance;

  GType       item_type;
  GSequence  *items;
  GHashTable *places;           /* item -> its GSequenceIter; NULL: is to be added */
  /* Since it was flushed, and NULL where there are none: most lists of CHILD_SAs never
   * change after their beginning. */
  GPtrArray  *added;            /* some more than once, or not any more */
  GHashTable *removed;          /* items that are still in the sequence */
};

enum
{
  PROP_N_ITEMS = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciItemList, vici_item_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

/* -- GListModel -- */

static GType
get_item_type (GListModel *model)
{
  return VICI_ITEM_LIST (model)->item_type;
}

static guint
get_n_items (GListModel *model)
{
  return g_sequence_get_length (VICI_ITEM_LIST (model)->items);
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  GSequenceIter *place = g_sequence_get_iter_at_pos (VICI_ITEM_LIST (model)->items, position);

  return g_sequence_iter_is_end (place) ? NULL : g_object_ref (g_sequence_get (place));
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* -- Gathering -- */

void
vici_item_list_add (ViciItemList *self,
                    gpointer      item)
{
  if (self->removed != NULL && g_hash_table_remove (self->removed, item))
    return;

  if (self->added == NULL)
    self->added = g_ptr_array_new_with_free_func (g_object_unref);

  g_hash_table_insert (self->places, g_object_ref (item), NULL);
  g_ptr_array_add (self->added, g_object_ref (item));
}

void
vici_item_list_remove (ViciItemList *self,
                       gpointer      item)
{
  if (g_hash_table_lookup (self->places, item) == NULL)
    {
      g_hash_table_remove (self->places, item);
      return;
    }

  if (self->removed == NULL)
    self->removed = g_hash_table_new (NULL, NULL);
  g_hash_table_add (self->removed, item);
}

/* -- Telling -- */

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  return g_sequence_iter_compare (*(GSequenceIter * const *) a, *(GSequenceIter * const *) b);
}

/* The places of what is to be removed, from the first to the last. */
static GPtrArray *
steal_removed (ViciItemList *self)
{
  g_autoptr (GHashTable) removed = g_steal_pointer (&self->removed);
  GPtrArray *places = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer item;

  if (removed == NULL)
    return places;

  g_hash_table_iter_init (&iter, removed);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    g_ptr_array_add (places, g_hash_table_lookup (self->places, item));

  g_ptr_array_sort (places, compare_places);

  return places;
}

/* Takes the last of these places, as far as they are next to each other. */
static guint
remove_last_run (ViciItemList *self,
                 GPtrArray    *places,
                 guint        *position)
{
  guint n = 0;
  GSequenceIter *next;

  do
    {
      GSequenceIter *place = places->pdata[places->len - 1];

      next = g_sequence_iter_prev (place);
      *position = g_sequence_iter_get_position (place);
      g_hash_table_remove (self->places, g_sequence_get (place));
      g_sequence_remove (place);
      g_ptr_array_set_size (places, places->len - 1);
      n++;
    }
  while (places->len > 0 && *position > 0 && places->pdata[places->len - 1] == next);

  return n;
}

static guint
append_added (ViciItemList *self)
{
  g_autoptr (GPtrArray) added = g_steal_pointer (&self->added);
  guint n = 0;

  for (guint i = 0; added != NULL && i < added->len; i++)
    {
      gpointer place;

      if (!g_hash_table_lookup_extended (self->places, added->pdata[i], NULL, &place) ||
          place != NULL)
        continue;

      place = g_sequence_append (self->items, g_object_ref (added->pdata[i]));
      g_hash_table_insert (self->places, g_object_ref (added->pdata[i]), place);
      n++;
    }

  return n;
}

void
vici_item_list_flush (ViciItemList *self)
{
  g_autoptr (GPtrArray) removed = NULL;
  guint length = g_sequence_get_length (self->items);
  guint position = length;
  guint n_removed = 0;
  guint n_added;

  if (self->added == NULL && self->removed == NULL)
    return;

  removed = steal_removed (self);

  /* What leaves at the end, and what comes there, is one change. */
  if (removed->len > 0 &&
      g_sequence_iter_is_end (g_sequence_iter_next (removed->pdata[removed->len - 1])))
    n_removed = remove_last_run (self, removed, &position);

  n_added = append_added (self);
  if (n_removed > 0 || n_added > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);

  /* From the end, so that the places of the others stay what they are. */
  while (removed->len > 0)
    {
      n_removed = remove_last_run (self, removed, &position);
      g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, 0);
    }

  if (length != (guint) g_sequence_get_length (self->items))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ITEMS]);
}

/* -- The class -- */

ViciItemList *
vici_item_list_new (GType item_type)
{
  ViciItemList *self = g_object_new (VICI_TYPE_ITEM_LIST, NULL);

  self->item_type = item_type;

  return self;
}

static void
vici_item_list_finalize (GObject *object)
{
  ViciItemList *self = VICI_ITEM_LIST (object);

  g_clear_pointer (&self->removed, g_hash_table_unref);
  g_clear_pointer (&self->added, g_ptr_array_unref);
  g_hash_table_unref (self->places);
  g_sequence_free (self->items);

  G_OBJECT_CLASS (vici_item_list_parent_class)->finalize (object);
}

static void
vici_item_list_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  ViciItemList *self = VICI_ITEM_LIST (object);

  switch (property_id)
    {
    case PROP_N_ITEMS:
      g_value_set_uint (value, g_sequence_get_length (self->items));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_item_list_class_init (ViciItemListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_item_list_get_property;
  object_class->finalize = vici_item_list_finalize;

  properties[PROP_N_ITEMS] =
    g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_item_list_init (ViciItemList *self)
{
  self->item_type = G_TYPE_OBJECT;
  self->items = g_sequence_new (g_object_unref);
  self->places = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}
