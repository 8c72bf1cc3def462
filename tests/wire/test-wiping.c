/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linked so that every call of explicit_bzero() in the library comes here. */

#include "vici-builder.h"
#include "wire-test.h"

#define SECRET "correct horse battery staple"

void __real_explicit_bzero (void *data, size_t length);
void __wrap_explicit_bzero (void *data, size_t length);

static guint wiped; /* how many times a block with the secret was wiped */

void
__wrap_explicit_bzero (void  *data,
                       size_t length)
{
  if (memmem (data, length, SECRET, strlen (SECRET)) != NULL)
    wiped++;

  __real_explicit_bzero (data, length);
}

static void
add_secret (ViciBuilder *builder)
{
  wiped = 0;
  vici_builder_set_sensitive (builder, TRUE);
  vici_builder_add_string (builder, "data", SECRET);
}

static void
test_last_reference (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  ViciMessage *message;
  GBytes *bytes;

  add_secret (builder);
  message = vici_builder_end (builder, NULL);
  g_clear_object (&builder);

  /* The builder has wiped its own. */
  g_assert_cmpuint (wiped, ==, 1);

  /* A value that was taken out holds the memory, too. */
  bytes = vici_message_lookup_bytes (message, "data");
  g_object_unref (message);
  g_assert_cmpuint (wiped, ==, 1);

  g_bytes_unref (bytes);
  g_assert_cmpuint (wiped, ==, 2);
}

/* A name is copied into the iterator, which nobody wipes; nothing else is. */
static void
test_iterator (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  ViciMessageIter iter = { 0 };

  add_secret (builder);
  message = vici_builder_end (builder, NULL);
  vici_message_iter_init (&iter, message);
  g_assert_true (vici_message_iter_next (&iter));
  g_assert_cmpstr (vici_message_iter_get_name (&iter), ==, "data");
  g_assert_null (memmem (&iter, sizeof iter, SECRET, 4));
}

static void
test_growth (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  guint grown = 0;

  add_secret (builder);

  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      vici_builder_add_string (builder, name, "0123456789");
    }
  grown = wiped;
  g_assert_cmpuint (grown, >, 3);

  message = vici_builder_end (builder, NULL);
  g_assert_cmpuint (wiped, ==, grown + 1);
  g_clear_object (&message);
  g_assert_cmpuint (wiped, ==, grown + 2);
}

static void
test_mistake (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  add_secret (builder);
  vici_builder_end_section (builder);
  g_assert_null (vici_builder_end (builder, NULL));
  g_assert_cmpuint (wiped, ==, 1);
}

static void
test_dropped_builder (void)
{
  ViciBuilder *builder = vici_builder_new ();

  add_secret (builder);
  g_object_unref (builder);
  g_assert_cmpuint (wiped, ==, 1);
}

static void
test_printf (void)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  /* On the stack, and with memory of its own. */
  wiped = 0;
  vici_builder_add_printf (builder, "data", "%s", SECRET);
  g_assert_cmpuint (wiped, ==, 1);

  wiped = 0;
  vici_builder_add_printf (builder, "more", "%s%300s", SECRET, "");
  g_assert_cmpuint (wiped, >=, 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wiping/iterator-holds-no-value", test_iterator);
  g_test_add_func ("/wiping/last-reference-wipes-the-message", test_last_reference);
  g_test_add_func ("/wiping/growth-wipes-what-it-leaves", test_growth);
  g_test_add_func ("/wiping/mistake-wipes-what-was-built", test_mistake);
  g_test_add_func ("/wiping/dropped-builder-wipes", test_dropped_builder);
  g_test_add_func ("/wiping/printf-leaves-no-copy", test_printf);

  return g_test_run ();
}
