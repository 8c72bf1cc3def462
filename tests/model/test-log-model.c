/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-builder.h"
#include "vici-log-model-private.h"
#include "vici-record-private.h"

/* A log; what it has told: “position-removed+added”; and the list as whoever heeds
 * nothing else knows it. */
typedef struct
{
  ViciLogModel *log;
  GString      *changes;
  GPtrArray    *mirror;
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

  g_assert_cmpuint (position + removed, <=, self->mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (self->mirror, position, removed);
  for (guint i = position; i < position + added; i++)
    g_ptr_array_insert (self->mirror, (int) i, g_list_model_get_item (model, i));

  /* In the order of the changes, whatever other handlers do. */
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, self->mirror->len);
}

static void
on_max_items (Fixture *self)
{
  g_string_append_printf (self->changes, "%smax=%u", self->changes->len > 0 ? " " : "",
                          vici_log_model_get_max_items (self->log));
}

static void
fixture_init (Fixture *self,
              guint    max_items)
{
  self->log = vici_log_model_new ();
  self->changes = g_string_new (NULL);
  self->mirror = g_ptr_array_new_with_free_func (g_object_unref);
  vici_log_model_set_max_items (self->log, max_items);
}

static void
fixture_listen (Fixture *self)
{
  g_signal_connect (self->log, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect_swapped (self->log, "notify::max-items", G_CALLBACK (on_max_items), self);
}

static void
fixture_clear (Fixture *self)
{
  g_clear_object (&self->log);
  g_string_free (self->changes, TRUE);
  g_ptr_array_unref (self->mirror);
}

static void
push (Fixture    *self,
      const char *text)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (ViciLogEntry) entry = NULL;

  vici_builder_add_string (builder, "group", "CFG");
  vici_builder_add_string (builder, "level", "2");
  vici_builder_add_string (builder, "msg", text);
  message = vici_builder_end (builder, NULL);
  entry = vici_record_new (VICI_TYPE_LOG_ENTRY, NULL, message);
  vici_log_model_push (self->log, entry);
}

/* Each letter is a line. */
static void
push_all (Fixture    *self,
          const char *letters)
{
  for (; *letters != '\0'; letters++)
    push (self, (const char[]) { *letters, '\0' });
}

static void
push_and_flush (Fixture    *self,
                const char *letters)
{
  push_all (self, letters);
  g_assert_true (vici_log_model_flush (self->log));
}

/* What there is, and what has been told since the last time. */
static void
assert_log (Fixture    *self,
            const char *letters,
            const char *changes)
{
  GListModel *list = G_LIST_MODEL (self->log);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciLogItem) item = g_list_model_get_item (list, i);

      g_string_append (text, vici_log_item_get_text (item));
      g_assert_true (item == self->mirror->pdata[i]);
    }

  g_assert_cmpstr (text->str, ==, letters);
  g_assert_cmpstr (self->changes->str, ==, changes);
  g_assert_cmpuint (self->mirror->len, ==, g_list_model_get_n_items (list));
  g_string_truncate (self->changes, 0);
}

/* -- What is told -- */

static void
items_wait_for_the_flush (void)
{
  Fixture f;

  fixture_init (&f, 5);
  fixture_listen (&f);

  g_assert_false (vici_log_model_flush (f.log));
  push_all (&f, "abc");
  assert_log (&f, "", "");
  g_assert_true (vici_log_model_flush (f.log));
  assert_log (&f, "abc", "0-0+3");
  g_assert_false (vici_log_model_flush (f.log));
  assert_log (&f, "abc", "");

  fixture_clear (&f);
}

static void
what_has_room_is_appended_in_one (void)
{
  Fixture f;

  fixture_init (&f, 5);
  fixture_listen (&f);

  push_and_flush (&f, "ab");
  push_and_flush (&f, "cde");
  assert_log (&f, "abcde", "0-0+2 2-0+3");

  fixture_clear (&f);
}

static void
the_oldest_go_in_one_before (void)
{
  Fixture f;

  fixture_init (&f, 5);
  fixture_listen (&f);

  push_and_flush (&f, "abcd");
  push_and_flush (&f, "efg");
  assert_log (&f, "cdefg", "0-0+4 0-2+0 2-0+3");
  push_and_flush (&f, "hijk");
  assert_log (&f, "ghijk", "0-4+0 1-0+4");

  fixture_clear (&f);
}

static void
all_are_replaced_in_one (void)
{
  Fixture f;

  fixture_init (&f, 3);
  fixture_listen (&f);

  push_and_flush (&f, "ab");
  push_and_flush (&f, "cde");
  assert_log (&f, "cde", "0-0+2 0-2+3");
  push_and_flush (&f, "fgh");
  assert_log (&f, "fgh", "0-3+3");

  fixture_clear (&f);
}

static void
no_more_wait_than_are_kept (void)
{
  Fixture f;

  fixture_init (&f, 3);
  fixture_listen (&f);

  push_and_flush (&f, "abcdefgh");
  assert_log (&f, "fgh", "0-0+3");

  /* Of a later bound, too. */
  push_all (&f, "ijk");
  vici_log_model_set_max_items (f.log, 2);
  assert_log (&f, "gh", "0-1+0 max=2");
  g_assert_true (vici_log_model_flush (f.log));
  assert_log (&f, "jk", "0-2+2");

  fixture_clear (&f);
}

static void
max_items_trims_and_notifies (void)
{
  Fixture f;

  fixture_init (&f, 5);
  fixture_listen (&f);

  push_and_flush (&f, "abcde");
  g_object_set (f.log, "max-items", 2, NULL);
  assert_log (&f, "de", "0-0+5 0-3+0 max=2");
  vici_log_model_set_max_items (f.log, 2);
  assert_log (&f, "de", "");
  vici_log_model_set_max_items (f.log, 4);
  assert_log (&f, "de", "max=4");
  push_and_flush (&f, "fg");
  assert_log (&f, "defg", "2-0+2");

  fixture_clear (&f);
}

static void
zero_keeps_none (void)
{
  Fixture f;

  fixture_init (&f, 3);
  fixture_listen (&f);

  push_and_flush (&f, "ab");
  push_all (&f, "c");
  vici_log_model_set_max_items (f.log, 0);
  assert_log (&f, "", "0-0+2 0-2+0 max=0");
  push_all (&f, "d");
  g_assert_false (vici_log_model_flush (f.log));
  assert_log (&f, "", "");

  fixture_clear (&f);
}

static void
clear_empties (void)
{
  Fixture f;

  fixture_init (&f, 3);
  fixture_listen (&f);

  vici_log_model_clear (f.log);
  assert_log (&f, "", "");
  push_and_flush (&f, "ab");
  push_all (&f, "c");
  vici_log_model_clear (f.log);
  assert_log (&f, "", "0-0+2 0-2+0");
  g_assert_false (vici_log_model_flush (f.log));
  push_and_flush (&f, "d");
  assert_log (&f, "d", "0-0+1");

  fixture_clear (&f);
}

static void
nothing_is_lost_on_the_way_round (void)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
  g_autoptr (GString) all = g_string_new (NULL);
  Fixture f;

  fixture_init (&f, 37);
  fixture_listen (&f);

  for (guint i = 0; i < 500; i++)
    {
      const char *more = letters + g_test_rand_int_range (0, 26);

      push_and_flush (&f, more);
      g_string_append (all, more);
      g_string_erase (all, 0, MAX ((gssize) all->len - 37, 0));
      g_string_truncate (f.changes, 0);
      assert_log (&f, all->str, "");
    }

  fixture_clear (&f);
}

/* -- Handlers that change what they are told of -- */

static void
clear_once (ViciLogModel *log)
{
  g_signal_handlers_disconnect_by_func (log, clear_once, NULL);
  vici_log_model_clear (log);
}

static void
clear_within_an_addition (void)
{
  Fixture f;

  fixture_init (&f, 5);
  g_signal_connect (f.log, "items-changed", G_CALLBACK (clear_once), NULL);
  fixture_listen (&f);

  push_and_flush (&f, "abc");
  assert_log (&f, "", "0-0+3 0-3+0");

  fixture_clear (&f);
}

static void
clear_within_a_removal (void)
{
  Fixture f;

  fixture_init (&f, 3);
  fixture_listen (&f);
  push_and_flush (&f, "abc");
  g_signal_connect (f.log, "items-changed", G_CALLBACK (clear_once), NULL);

  /* What was to come goes as well. */
  push_and_flush (&f, "de");
  assert_log (&f, "", "0-0+3 0-2+0 0-1+0");
  push_and_flush (&f, "f");
  assert_log (&f, "f", "0-0+1");

  fixture_clear (&f);
}

static void
keep_one (ViciLogModel *log)
{
  vici_log_model_set_max_items (log, 1);
}

static void
max_items_within_a_removal (void)
{
  Fixture f;

  fixture_init (&f, 4);
  fixture_listen (&f);
  push_and_flush (&f, "abcd");
  g_signal_connect (f.log, "items-changed", G_CALLBACK (keep_one), NULL);

  push_and_flush (&f, "ef");
  assert_log (&f, "f", "0-0+4 0-2+0 max=1 0-2+1");

  fixture_clear (&f);
}

static void
max_items_within_an_addition (void)
{
  Fixture f;

  fixture_init (&f, 4);
  g_signal_connect (f.log, "items-changed", G_CALLBACK (keep_one), NULL);
  fixture_listen (&f);

  push_and_flush (&f, "abcd");
  assert_log (&f, "d", "max=1 0-0+4 0-3+0");

  fixture_clear (&f);
}

static void
push_more (Fixture *self)
{
  g_signal_handlers_disconnect_by_func (self->log, push_more, self);
  push_all (self, "xyz");
}

static void
push_within_a_removal (void)
{
  Fixture f;

  fixture_init (&f, 4);
  fixture_listen (&f);
  push_and_flush (&f, "abcd");
  g_signal_connect_swapped (f.log, "items-changed", G_CALLBACK (push_more), &f);

  push_and_flush (&f, "e");
  assert_log (&f, "exyz", "0-0+4 0-1+0 0-3+4");

  fixture_clear (&f);
}

static void
push_within_an_addition (void)
{
  Fixture f;

  fixture_init (&f, 4);
  g_signal_connect_swapped (f.log, "items-changed", G_CALLBACK (push_more), &f);
  fixture_listen (&f);

  /* It waits for the next flush, as ever. */
  push_and_flush (&f, "abc");
  assert_log (&f, "abc", "0-0+3");
  g_assert_true (vici_log_model_flush (f.log));
  assert_log (&f, "cxyz", "0-2+0 1-0+3");

  fixture_clear (&f);
}

static void
push_more_and_flush (Fixture *self)
{
  g_signal_handlers_disconnect_by_func (self->log, push_more_and_flush, self);
  push_and_flush (self, "xyz");
}

static void
flush_within_an_addition (void)
{
  Fixture f;

  fixture_init (&f, 4);
  g_signal_connect_swapped (f.log, "items-changed", G_CALLBACK (push_more_and_flush), &f);
  fixture_listen (&f);

  push_and_flush (&f, "abc");
  assert_log (&f, "cxyz", "0-0+3 0-2+0 1-0+3");

  fixture_clear (&f);
}

static void
let_go (Fixture *self)
{
  g_clear_object (&self->log);
}

static void
unref_within_a_removal (void)
{
  Fixture f;

  fixture_init (&f, 2);
  fixture_listen (&f);
  push_and_flush (&f, "ab");
  g_signal_connect_swapped (f.log, "items-changed", G_CALLBACK (let_go), &f);

  push_all (&f, "c");
  g_assert_true (vici_log_model_flush (f.log));
  g_assert_null (f.log);
  g_assert_cmpstr (f.changes->str, ==, "0-0+2 0-1+0 1-0+1");

  fixture_clear (&f);
}

/* Whoever does anything at all, whenever; the mirror is compared at each change. */
static void
meddle (Fixture *self)
{
  switch (g_test_rand_int_range (0, 12))
    {
    case 0:
      vici_log_model_clear (self->log);
      break;

    case 1:
      vici_log_model_set_max_items (self->log, (guint) g_test_rand_int_range (0, 9));
      break;

    case 2:
      push_all (self, "uvw");
      break;

    case 3:
      push_all (self, "xyz");
      vici_log_model_flush (self->log);
      break;

    default:
      break;
    }
}

static void
handlers_that_meddle (void)
{
  Fixture f;

  fixture_init (&f, 8);
  g_signal_connect_swapped (f.log, "items-changed", G_CALLBACK (meddle), &f);
  g_signal_connect (f.log, "items-changed", G_CALLBACK (on_items_changed), &f);
  g_signal_connect_swapped (f.log, "items-changed", G_CALLBACK (meddle), &f);

  for (guint i = 0; i < 5000; i++)
    {
      push_all (&f, &"abcdefghi"[g_test_rand_int_range (0, 9)]);
      vici_log_model_flush (f.log);
      meddle (&f);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f.log)), <=,
                        vici_log_model_get_max_items (f.log));
      g_assert_cmpuint (f.mirror->len, ==, g_list_model_get_n_items (G_LIST_MODEL (f.log)));
    }

  fixture_clear (&f);
}

/* -- What is in it -- */

static void
a_list_of_log_items (void)
{
  Fixture f;
  GListModel *list;

  fixture_init (&f, 3);
  fixture_listen (&f);
  list = G_LIST_MODEL (f.log);
  push_and_flush (&f, "ab");

  g_assert_cmpuint (g_list_model_get_item_type (list), ==, VICI_TYPE_LOG_ITEM);
  g_assert_null (g_list_model_get_item (list, 2));
  g_assert_null (g_list_model_get_item (list, G_MAXUINT));

  fixture_clear (&f);
}

static void
a_thousand_by_default (void)
{
  g_autoptr (ViciLogModel) log = vici_log_model_new ();

  g_assert_cmpuint (vici_log_model_get_max_items (log), ==, 1000);
}

static void
an_item_says_what_its_entry_does (void)
{
  Fixture f;
  g_autoptr (ViciLogItem) item = NULL;
  g_autoptr (ViciLogEntry) entry = NULL;
  g_autofree char *text = NULL;
  ViciLogGroup group;
  guint level;

  fixture_init (&f, 3);
  fixture_listen (&f);
  push (&f, "loaded connection");
  vici_log_model_flush (f.log);

  item = g_list_model_get_item (G_LIST_MODEL (f.log), 0);
  g_object_get (item, "entry", &entry, "group", &group, "level", &level, "text", &text, NULL);
  g_assert_true (VICI_IS_LOG_ENTRY (entry));
  g_assert_true (vici_log_item_get_entry (item) == entry);
  g_assert_cmpint (group, ==, VICI_LOG_GROUP_CFG);
  g_assert_cmpint (vici_log_item_get_group (item), ==, VICI_LOG_GROUP_CFG);
  g_assert_cmpuint (level, ==, 2);
  g_assert_cmpuint (vici_log_item_get_level (item), ==, 2);
  g_assert_cmpstr (text, ==, "loaded connection");
  g_assert_cmpstr (vici_log_item_get_text (item), ==, "loaded connection");

  fixture_clear (&f);
}

/* Bindings can make one, and whoever inspects a program reads all of its properties. */
static void
one_made_by_hand_is_empty (void)
{
  g_autoptr (ViciLogItem) item = g_object_new (VICI_TYPE_LOG_ITEM, NULL);
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (ViciLogEntry) entry = NULL;
  g_autofree char *text = NULL;
  ViciLogGroup group;
  guint level;

  g_object_get (item, "entry", &entry, "group", &group, "level", &level, "text", &text,
                "time", &time, NULL);
  g_assert_null (entry);
  g_assert_null (vici_log_item_get_entry (item));
  g_assert_cmpint (group, ==, VICI_LOG_GROUP_UNKNOWN);
  g_assert_cmpuint (level, ==, 0);
  g_assert_null (text);
  g_assert_null (vici_log_item_get_text (item));
  g_assert_nonnull (time);
}

static gint64
in_microseconds (GDateTime *time)
{
  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

static void
its_time_is_that_of_the_arrival (void)
{
  Fixture f;
  g_autoptr (ViciLogItem) item = NULL;
  g_autoptr (GDateTime) time = NULL;
  g_autoptr (GTimeZone) here = g_time_zone_new_local ();
  gint64 before, after;

  fixture_init (&f, 3);
  fixture_listen (&f);
  before = g_get_real_time ();
  push_all (&f, "a");
  after = g_get_real_time ();

  /* It does not go by when it is listed, nor by when it is asked for. */
  while (g_get_real_time () == after)
    ;
  vici_log_model_flush (f.log);
  item = g_list_model_get_item (G_LIST_MODEL (f.log), 0);
  g_object_get (item, "time", &time, NULL);

  g_assert_cmpint (in_microseconds (time), >=, before);
  g_assert_cmpint (in_microseconds (time), <=, after);
  g_assert_true (vici_log_item_get_time (item) == time);
  g_assert_cmpstr (g_time_zone_get_identifier (g_date_time_get_timezone (time)), ==,
                   g_time_zone_get_identifier (here));

  fixture_clear (&f);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log-model/items-wait-for-the-flush", items_wait_for_the_flush);
  g_test_add_func ("/log-model/what-has-room-is-appended-in-one", what_has_room_is_appended_in_one);
  g_test_add_func ("/log-model/the-oldest-go-in-one-before", the_oldest_go_in_one_before);
  g_test_add_func ("/log-model/all-are-replaced-in-one", all_are_replaced_in_one);
  g_test_add_func ("/log-model/no-more-wait-than-are-kept", no_more_wait_than_are_kept);
  g_test_add_func ("/log-model/max-items-trims-and-notifies", max_items_trims_and_notifies);
  g_test_add_func ("/log-model/zero-keeps-none", zero_keeps_none);
  g_test_add_func ("/log-model/clear-empties", clear_empties);
  g_test_add_func ("/log-model/nothing-is-lost-on-the-way-round", nothing_is_lost_on_the_way_round);
  g_test_add_func ("/log-model/within/clear-in-an-addition", clear_within_an_addition);
  g_test_add_func ("/log-model/within/clear-in-a-removal", clear_within_a_removal);
  g_test_add_func ("/log-model/within/max-items-in-a-removal", max_items_within_a_removal);
  g_test_add_func ("/log-model/within/max-items-in-an-addition", max_items_within_an_addition);
  g_test_add_func ("/log-model/within/push-in-a-removal", push_within_a_removal);
  g_test_add_func ("/log-model/within/push-in-an-addition", push_within_an_addition);
  g_test_add_func ("/log-model/within/flush-in-an-addition", flush_within_an_addition);
  g_test_add_func ("/log-model/within/unref-in-a-removal", unref_within_a_removal);
  g_test_add_func ("/log-model/within/handlers-that-meddle", handlers_that_meddle);
  g_test_add_func ("/log-model/a-list-of-log-items", a_list_of_log_items);
  g_test_add_func ("/log-model/a-thousand-by-default", a_thousand_by_default);
  g_test_add_func ("/log-model/an-item-says-what-its-entry-does", an_item_says_what_its_entry_does);
  g_test_add_func ("/log-model/an-item-made-by-hand-is-empty", one_made_by_hand_is_empty);
  g_test_add_func ("/log-model/its-time-is-that-of-the-arrival", its_time_is_that_of_the_arrival);

  return g_test_run ();
}
