/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-info-private.h"

#include <stdlib.h>
#include <string.h>

static int
compare_names (gconstpointer name,
               gconstpointer entry)
{
  return strcmp (name, *(const char * const *) entry);
}

gconstpointer
vici_info_find (const char   *name,
                gconstpointer table,
                gsize         length,
                gsize         size)
{
  return bsearch (name, table, length, size, compare_names);
}

GStrv
vici_info_list_names (gconstpointer table,
                      gsize         length,
                      gsize         size)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (gsize i = 0; i < length; i++)
    g_strv_builder_add (names, *(const char * const *) G_STRUCT_MEMBER_P (table, i * size));

  return g_strv_builder_end (names);
}

gpointer
vici_info_copy (gpointer info)
{
  return info;
}

void
vici_info_free (gpointer info)
{
}
