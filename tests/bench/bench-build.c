/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What it takes to build a request of 61 elements: a load-conn. */

#include "bench.h"
#include "peers/peers.h"
#include "workload.h"

#include <string.h>

/* -- The floor: memcpy() -- */

static guint8 *
put (guint8     *position,
     const char *text,
     guint       length_bytes)
{
  gsize length = strlen (text);

  if (length_bytes == 2)
    *position++ = (guint8) (length >> 8);
  *position++ = (guint8) length;
  memcpy (position, text, length);

  return position + length;
}

static GBytes *
build_by_hand (void)
{
  guint8 buffer[4096];
  guint8 *position = buffer;

  for (guint i = 0; i < REQUEST_ELEMENTS; i++)
    {
      const WorkloadElement *one = &workload_request[i];

      *position++ = (guint8) one->element;
      if (one->name != NULL)
        position = put (position, one->name, 1);
      if (one->value != NULL)
        position = put (position, one->value, 2);
    }

  return g_bytes_new (buffer, (gsize) (position - buffer));
}

static void
run_floor (Bench *bench)
{
  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    g_bytes_unref (build_by_hand ());
  bench_stop (bench);
}

/* -- The library -- */

static void
add_element (ViciBuilder           *builder,
             const WorkloadElement *one)
{
  switch (one->element)
    {
    case VICI_ELEMENT_SECTION_START:
      vici_builder_begin_section (builder, one->name);
      break;
    case VICI_ELEMENT_SECTION_END:
      vici_builder_end_section (builder);
      break;
    case VICI_ELEMENT_KEY_VALUE:
      vici_builder_add_string (builder, one->name, one->value);
      break;
    case VICI_ELEMENT_LIST_START:
      vici_builder_begin_list (builder, one->name);
      break;
    case VICI_ELEMENT_LIST_ITEM:
      vici_builder_add_item (builder, one->value);
      break;
    case VICI_ELEMENT_LIST_END:
      vici_builder_end_list (builder);
      break;
    }
}

static ViciMessage *
build (ViciBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message;

  for (guint i = 0; i < REQUEST_ELEMENTS; i++)
    add_element (builder, &workload_request[i]);
  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  return message;
}

static void
run_builder (Bench *bench)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    g_object_unref (build (builder));
  bench_stop (bench);
}

static void
run_new_builder (Bench *bench)
{
  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      g_autoptr (ViciBuilder) builder = vici_builder_new ();

      g_object_unref (build (builder));
    }
  bench_stop (bench);
}

/* The message that the others build, of a GVariant that is there already. */
static void
run_variant (Bench *bench)
{
  g_autoptr (GBytes) bytes = build_by_hand ();
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) built = build (builder);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = vici_message_to_variant (built, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (vici_message_get_bytes (built), bytes));

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      g_autoptr (ViciMessage) message = vici_message_new_from_variant (variant, &error);

      g_assert_no_error (error);
      g_assert_false (vici_message_is_empty (message));
    }
  bench_stop (bench);
}

static const BenchCase cases[] = {
  { "floor", 200000, NULL, run_floor },
  { "builder", 200000, NULL, run_builder },
  { "new-builder", 200000, NULL, run_new_builder },
  { "variant", 50000, NULL, run_variant },
  CASE_LIBVICI ("libvici", 50000, NULL, libvici_build, 0),
  CASE_DAVICI ("davici", 200000, NULL, davici_build, 0),
  { NULL }
};

int
main (int   argc,
      char *argv[])
{
  return bench_main (argc, argv, cases);
}
