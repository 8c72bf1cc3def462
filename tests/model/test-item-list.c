/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-item-list.h"

/* A list; what it has told: “position-removed+added”; and the list as whoever heeds
 * nothing else knows it. */
typedef struct
{
  ViciItemList *list;
  GString      *changes;
  GPtrArray    *mirror;
  GPtrArray    *items;          /* all that there ever were */
} Fixture;

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  gpointer    user_data)
{
  Fixture *self = user_data;

  g_string_append_printf (self->changes, "%s%u-%u+%u", self->changes->len > 0 ? " " : "",
                          position, removed, added);

  g_assert_cmpuint (removed + added, >, 0);
  g_assert_cmpuint (position + removed, <=, self->mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (self->mirror, position, removed);
  for (guint i = position; i < position + added; i++)
    g_ptr_array_insert (self->mirror, (int) i, g_list_model_get_item (model, i));

  /* It is so at each signal, and not only after the last. */
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, self->mirror->len);
  for (guint i = 0; i < self->mirror->len; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      g_assert_true (item == self->mirror->pdata[i]);
    }
}

static void
fixture_init (Fixture *self)
{
  self->list = vici_item_list_new (G_TYPE_OBJECT);
  self->changes = g_string_new (NULL);
  self->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect (self->list, "items-changed", G_CALLBACK (on_items_changed), self);
}

static void
fixture_clear (Fixture *self)
{
  g_object_unref (self->list);
  g_string_free (self->changes, TRUE);
  g_ptr_array_unref (self->mirror);

  /* Nobody else has any. */
  for (guint i = 0; i < self->items->len; i++)
    g_assert_cmpuint (G_OBJECT (self->items->pdata[i])->ref_count, ==, 1);
  g_ptr_array_unref (self->items);
}

/* Items are known by their number. */
static gpointer
get (Fixture *self,
     guint    number)
{
  while (self->items->len <= number)
    g_ptr_array_add (self->items, g_object_new (G_TYPE_OBJECT, NULL));

  return self->items->pdata[number];
}

static void
add (Fixture *self,
     guint    from,
     guint    to)
{
  for (guint i = from; i <= to; i++)
    vici_item_list_add (self->list, get (self, i));
}

static void
remove_items (Fixture *self,
              guint    from,
              guint    to)
{
  for (guint i = from; i <= to; i++)
    vici_item_list_remove (self->list, get (self, i));
}

static void
assert_told (Fixture    *self,
             const char *changes)
{
  vici_item_list_flush (self->list);
  g_assert_cmpstr (self->changes->str, ==, changes);
  g_string_truncate (self->changes, 0);
}

static void
assert_numbers (Fixture    *self,
                const char *numbers)
{
  g_autoptr (GString) seen = g_string_new (NULL);

  for (guint i = 0; i < self->mirror->len; i++)
    {
      guint number;

      g_assert_true (g_ptr_array_find (self->items, self->mirror->pdata[i], &number));
      g_string_append_printf (seen, "%s%u", i > 0 ? " " : "", number);
    }

  g_assert_cmpstr (seen->str, ==, numbers);
}

/* -- Tests -- */

static void
test_nothing (void)
{
  Fixture self;

  fixture_init (&self);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (self.list)) == G_TYPE_OBJECT);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (self.list), 0));
  assert_told (&self, "");
  fixture_clear (&self);
}

static void
test_waits_for_flush (void)
{
  Fixture self;

  fixture_init (&self);
  add (&self, 0, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.list)), ==, 0);
  assert_told (&self, "0-0+3");
  remove_items (&self, 1, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self.list)), ==, 3);
  assert_told (&self, "1-1+0");
  assert_numbers (&self, "0 2");
  assert_told (&self, "");
  fixture_clear (&self);
}

static void
test_added_and_removed (void)
{
  Fixture self;

  fixture_init (&self);
  add (&self, 0, 3);
  remove_items (&self, 1, 2);
  assert_told (&self, "0-0+2");
  assert_numbers (&self, "0 3");

  /* Of the same turn, and again. */
  add (&self, 4, 4);
  remove_items (&self, 4, 4);
  assert_told (&self, "");
  add (&self, 4, 4);
  remove_items (&self, 4, 4);
  add (&self, 4, 4);
  assert_told (&self, "2-0+1");
  assert_numbers (&self, "0 3 4");
  fixture_clear (&self);
}

static void
test_removed_and_added (void)
{
  Fixture self;

  fixture_init (&self);
  add (&self, 0, 2);
  assert_told (&self, "0-0+3");

  /* It has never left, and stays where it is. */
  remove_items (&self, 0, 1);
  add (&self, 0, 0);
  assert_told (&self, "1-1+0");
  assert_numbers (&self, "0 2");
  remove_items (&self, 0, 2);
  add (&self, 2, 2);
  add (&self, 0, 0);
  assert_told (&self, "");
  fixture_clear (&self);
}

static void
test_runs (void)
{
  Fixture self;

  fixture_init (&self);
  add (&self, 0, 9);
  assert_told (&self, "0-0+10");

  /* From the end, each run once, in whatever order they came. */
  remove_items (&self, 7, 7);
  remove_items (&self, 2, 3);
  remove_items (&self, 0, 0);
  remove_items (&self, 4, 4);
  remove_items (&self, 6, 6);
  assert_told (&self, "6-2+0 2-3+0 0-1+0");
  assert_numbers (&self, "1 5 8 9");
  remove_items (&self, 1, 9);
  assert_told (&self, "0-4+0");
  fixture_clear (&self);
}

static void
test_tail (void)
{
  Fixture self;

  fixture_init (&self);
  add (&self, 0, 4);
  assert_told (&self, "0-0+5");

  /* The end leaves, and others come there. */
  remove_items (&self, 3, 4);
  remove_items (&self, 0, 0);
  add (&self, 5, 7);
  assert_told (&self, "3-2+3 0-1+0");
  assert_numbers (&self, "1 2 5 6 7");

  /* All leave, and others come. */
  remove_items (&self, 1, 7);
  add (&self, 8, 8);
  assert_told (&self, "0-5+1");
  assert_numbers (&self, "8");

  /* The end stays. */
  add (&self, 9, 9);
  assert_told (&self, "1-0+1");
  remove_items (&self, 8, 8);
  add (&self, 10, 10);
  assert_told (&self, "2-0+1 0-1+0");
  assert_numbers (&self, "9 10");
  fixture_clear (&self);
}

static void
test_not_there (void)
{
  Fixture self;

  fixture_init (&self);
  remove_items (&self, 0, 0);
  assert_told (&self, "");
  add (&self, 0, 0);
  assert_told (&self, "0-0+1");
  remove_items (&self, 1, 1);
  assert_told (&self, "");
  fixture_clear (&self);
}

/* -- Beside a simple one -- */

/* What is to be there: what was there and stays, and then what has come. */
typedef struct
{
  GPtrArray  *before;
  GPtrArray  *arrived;          /* in this turn, each once */
  GHashTable *present;
} Simple;

static void
simple_change (Simple  *self,
               Fixture *fixture)
{
  gpointer item = get (fixture, (guint) g_test_rand_int_range (0, 40));

  if (g_hash_table_remove (self->present, item))
    {
      vici_item_list_remove (fixture->list, item);
      return;
    }

  vici_item_list_add (fixture->list, item);
  g_hash_table_add (self->present, item);
  if (!g_ptr_array_find (self->before, item, NULL) && !g_ptr_array_find (self->arrived, item, NULL))
    g_ptr_array_add (self->arrived, item);
}

/* The fewest changes that tell of it: one for each run that is gone, one for what has
 * come, and one less where both are at the end. */
static guint
simple_count_needed (Simple *self)
{
  guint needed = 0;
  gboolean gone = FALSE, come = FALSE;

  for (guint i = 0; i < self->before->len; i++)
    {
      gboolean stays = g_hash_table_contains (self->present, self->before->pdata[i]);

      needed += !stays && !gone;
      gone = !stays;
    }

  for (guint i = 0; i < self->arrived->len; i++)
    come |= g_hash_table_contains (self->present, self->arrived->pdata[i]);

  return needed + (come && !gone);
}

static void
simple_end_turn (Simple *self)
{
  g_autoptr (GPtrArray) before = self->before;

  self->before = g_ptr_array_new ();
  g_ptr_array_extend (before, self->arrived, NULL, NULL);
  g_ptr_array_set_size (self->arrived, 0);
  for (guint i = 0; i < before->len; i++)
    {
      if (g_hash_table_contains (self->present, before->pdata[i]))
        g_ptr_array_add (self->before, before->pdata[i]);
    }
}

static guint
count_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return g_strv_length (words);
}

static void
test_random (void)
{
  Fixture self;
  Simple simple = { g_ptr_array_new (), g_ptr_array_new (), g_hash_table_new (NULL, NULL) };

  fixture_init (&self);
  for (guint turn = 0; turn < 2000; turn++)
    {
      for (int n = g_test_rand_int_range (0, 30); n > 0; n--)
        simple_change (&simple, &self);

      vici_item_list_flush (self.list);
      g_assert_cmpuint (count_words (self.changes->str), ==, simple_count_needed (&simple));
      g_string_truncate (self.changes, 0);

      simple_end_turn (&simple);
      g_assert_cmpuint (self.mirror->len, ==, simple.before->len);
      for (guint i = 0; i < simple.before->len; i++)
        g_assert_true (self.mirror->pdata[i] == simple.before->pdata[i]);
    }

  g_ptr_array_unref (simple.before);
  g_ptr_array_unref (simple.arrived);
  g_hash_table_unref (simple.present);
  fixture_clear (&self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/item-list/has-nothing-at-first", test_nothing);
  g_test_add_func ("/item-list/waits-for-the-flush", test_waits_for_flush);
  g_test_add_func ("/item-list/what-comes-and-goes-was-never-there", test_added_and_removed);
  g_test_add_func ("/item-list/what-goes-and-comes-has-never-left", test_removed_and_added);
  g_test_add_func ("/item-list/neighbours-leave-together-from-the-end", test_runs);
  g_test_add_func ("/item-list/an-end-is-replaced-at-once", test_tail);
  g_test_add_func ("/item-list/what-is-not-there-cannot-leave", test_not_there);
  g_test_add_func ("/item-list/agrees-with-a-simple-one", test_random);

  return g_test_run ();
}
