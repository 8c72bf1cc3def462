/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a fuzz target without a fuzzer: over its corpus, and over inputs that
 * are made from the corpus, the same ones each time. With files as arguments,
 * over these, to look at what a fuzzer has found. */

#include "fuzz.h"

#include <string.h>

#define MUTATIONS 5000

static GPtrArray *corpus; /* of GBytes, in the order of the names */

static GBytes *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize length;

  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);

  return g_bytes_new_take (contents, length);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

static void
read_corpus (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "corpus", TARGET, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);

  corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (corpus, read_file (names->pdata[i]));
  g_assert_cmpuint (corpus->len, >, 0);
}

/* In memory of just this size, so that a tool notices a read behind. */
static void
run_one (gconstpointer data,
         gsize         size)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  LLVMFuzzerTestOneInput (copy, size);
}

static void
test_corpus (void)
{
  for (guint i = 0; i < corpus->len; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (corpus->pdata[i], &size);

      run_one (data, size);

      /* What comes over a wire may end anywhere. */
      for (gsize cut = 0; cut < MIN (size, 64); cut++)
        run_one (data, cut);
    }
}

/* -- Mutations -- */

static gsize
random_below (GRand *rand,
              gsize  limit)
{
  return g_rand_int (rand) % MAX (limit, 1);
}

static void
mutate_once (GRand      *rand,
             GByteArray *input)
{
  static const guint8 telling[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x20, 0x7f, 0x80, 0xfe, 0xff };
  GBytes *other = corpus->pdata[random_below (rand, corpus->len)];
  gsize other_size;
  const guint8 *other_data = g_bytes_get_data (other, &other_size);
  gsize at = random_below (rand, input->len);
  gsize from = random_below (rand, other_size);
  guint8 byte = telling[random_below (rand, G_N_ELEMENTS (telling))];

  switch (random_below (rand, input->len > 0 ? 6 : 2))
    {
    case 0:
      g_byte_array_append (input, &byte, 1);
      break;

    case 1: /* the start of this one, the end of that one */
      g_byte_array_set_size (input, (guint) at);
      g_byte_array_append (input, other_data + from, (guint) (other_size - from));
      break;

    case 2:
      input->data[at] ^= 1 << random_below (rand, 8);
      break;

    case 3:
      input->data[at] = byte;
      break;

    case 4:
      g_byte_array_remove_range (input, (guint) at,
                                 (guint) random_below (rand, MIN (input->len - at, 16)));
      break;

    default: /* a byte twice */
      byte = input->data[at];
      g_byte_array_set_size (input, input->len + 1);
      memmove (input->data + at + 1, input->data + at, input->len - 1 - at);
      input->data[at] = byte;
    }
}

static void
test_mutations (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = 0; i < MUTATIONS; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (corpus->pdata[i % corpus->len], &size);
      g_autoptr (GByteArray) input = g_byte_array_new ();

      g_byte_array_append (input, data, (guint) size);
      for (gsize n = random_below (rand, 8); n < 8; n++)
        mutate_once (rand, input);

      run_one (input->data, MIN (input->len, 4096));
    }
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  if (argc > 1)
    {
      for (int i = 1; i < argc; i++)
        {
          g_autoptr (GBytes) bytes = read_file (argv[i]);

          run_one (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
        }
      return 0;
    }

  read_corpus ();
  g_test_add_func ("/fuzz/" TARGET "/corpus-is-handled", test_corpus);
  g_test_add_func ("/fuzz/" TARGET "/mutations-are-handled", test_mutations);
  status = g_test_run ();
  g_ptr_array_unref (corpus);

  return status;
}
