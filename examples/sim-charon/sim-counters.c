/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How many messages of each kind there were, in all and for each connection. */

#include "sim-parts.h"

static const char * const names[] = {
  "ike-rekey-init", "ike-rekey-resp", "child-rekey", "invalid", "invalid-spi",
  "ike-init-in-req", "ike-init-in-resp", "ike-init-out-req", "ike-init-out-resp",
  "ike-auth-in-req", "ike-auth-in-resp", "ike-auth-out-req", "ike-auth-out-resp",
  "create-child-in-req", "create-child-in-resp", "create-child-out-req", "create-child-out-resp",
  "info-in-req", "info-in-resp", "info-out-req", "info-out-resp"
};

typedef struct
{
  guint64 values[G_N_ELEMENTS (names)];
} Values;

/* charon has those of all in a section without a name. */
#define GLOBAL ""

struct _SimCounters
{
  GHashTable *conns;            /* name of a connection: Values */
};

static Values *
get_values (SimCounters *self,
            const char  *conn)
{
  Values *values = g_hash_table_lookup (self->conns, conn);

  if (values == NULL)
    {
      values = g_new0 (Values, 1);
      g_hash_table_insert (self->conns, g_strdup (conn), values);
    }

  return values;
}

void
sim_counters_count (SimCounters *self,
                    const char  *conn,
                    const char  *counter)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (g_str_equal (counter, names[i]))
        {
          get_values (self, GLOBAL)->values[i]++;
          get_values (self, conn)->values[i]++;
        }
    }
}

static void
list_values (Values      *values,
             ViciBuilder *builder)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    vici_builder_add_uint64 (builder, names[i], values->values[i]);
}

/* A section without a name is nothing that a builder would make: it has to be put
 * together by hand. */
static ViciMessage *
list_global (Values *values)
{
  static const guint8 start[] = { VICI_ELEMENT_SECTION_START, 0 };
  static const guint8 end[] = { VICI_ELEMENT_SECTION_END };
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) section = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) whole = NULL;
  GBytes *inner;

  list_values (values, builder);
  section = sim_end (builder);
  inner = vici_message_get_bytes (section);
  g_byte_array_append (bytes, start, sizeof start);
  g_byte_array_append (bytes, g_bytes_get_data (inner, NULL), (guint) g_bytes_get_size (inner));
  g_byte_array_append (bytes, end, sizeof end);
  whole = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));

  return vici_message_new_from_bytes (whole, NULL);
}

static void
list_named (GHashTable  *conns,
            const char  *name,
            ViciBuilder *builder)
{
  GHashTableIter iter;
  gpointer conn, values;

  vici_builder_begin_section (builder, "counters");
  g_hash_table_iter_init (&iter, conns);
  while (g_hash_table_iter_next (&iter, &conn, &values))
    {
      if (g_str_equal (conn, GLOBAL) || (name != NULL && !g_str_equal (conn, name)))
        continue;
      vici_builder_begin_section (builder, conn);
      list_values (values, builder);
      vici_builder_end_section (builder);
    }
  vici_builder_end_section (builder);
}

static void
get_counters (Sim            *sim,
              ViciInvocation *invocation)
{
  GHashTable *conns = sim->counters->conns;
  gboolean all = vici_message_lookup_boolean (vici_invocation_get_request (invocation), "all", FALSE);
  g_autofree char *name = sim_request (invocation, "name");
  gboolean found = all || name == NULL || g_hash_table_contains (conns, name);
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  if (all || name != NULL)
    {
      list_named (conns, name, builder);
    }
  else
    {
      g_autoptr (ViciMessage) global = list_global (get_values (sim->counters, GLOBAL));

      vici_builder_add_section (builder, "counters", global);
    }

  vici_builder_add_boolean (builder, "success", found);
  if (!found)
    vici_builder_add_string (builder, "errmsg", "no counters found for this connection");

  sim_return (invocation, builder);
}

static void
reset_counters (Sim            *sim,
                ViciInvocation *invocation)
{
  GHashTable *conns = sim->counters->conns;
  gboolean all = vici_message_lookup_boolean (vici_invocation_get_request (invocation), "all", FALSE);
  g_autofree char *name = sim_request (invocation, "name");

  if (all)
    g_hash_table_remove_all (conns);
  else
    g_hash_table_remove (conns, name != NULL ? name : GLOBAL);

  vici_invocation_return_success (invocation);
}

SimCounters *
sim_counters_new (Sim *sim)
{
  static const SimCommand commands[] = {
    { "get-counters", get_counters },
    { "reset-counters", reset_counters },
  };
  SimCounters *self = g_new0 (SimCounters, 1);

  self->conns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_counters_free (SimCounters *self)
{
  g_hash_table_unref (self->conns);
  g_free (self);
}
