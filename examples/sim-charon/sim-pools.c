/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Pools of virtual addresses, and who has one of them. */

#include "sim-parts.h"

#include <string.h>

#include "sim-selector.h"

/* The most addresses that charon counts in a pool. */
#define SIZE_MAX_POOL G_MAXINT32

typedef struct
{
  char    *address;
  char    *identity;
  gboolean online;
} Lease;

typedef struct
{
  char     *name;
  SimRange  range;
  guint64   size;
  guint     first;              /* what is added to the base for the first lease */
  GPtrArray *leases;            /* Lease */
} Pool;

struct _SimPools
{
  Sim       *sim;
  GPtrArray *pools;             /* Pool */
};

static void
lease_free (Lease *lease)
{
  g_free (lease->address);
  g_free (lease->identity);
  g_free (lease);
}

static void
pool_free (Pool *pool)
{
  g_free (pool->name);
  g_ptr_array_unref (pool->leases);
  g_free (pool);
}

static guint
find_index (SimPools   *self,
            const char *name)
{
  for (guint i = 0; i < self->pools->len; i++)
    if (g_str_equal (((Pool *) self->pools->pdata[i])->name, name))
      return i;

  return G_MAXUINT;
}

static guint
count_leases (Pool    *pool,
              gboolean online)
{
  guint n = 0;

  for (guint i = 0; i < pool->leases->len; i++)
    n += ((Lease *) pool->leases->pdata[i])->online == online;

  return n;
}

/* -- Loading -- */

/* The last four bytes of an address: no pool counts further. */
static guint64
get_tail (const Pool   *pool,
          const guint8 *address)
{
  gsize size = pool->range.family == G_SOCKET_FAMILY_IPV4 ? 4 : 16;
  guint32 tail;

  memcpy (&tail, address + size - 4, 4);

  return GUINT32_FROM_BE (tail);
}

/* A subnet gives away neither its own address nor the one for all. */
static void
set_size (Pool *pool)
{
  guint bits = pool->range.family == G_SOCKET_FAMILY_IPV4 ? 32 : 128;
  guint64 host;

  if (pool->range.ranged)
    {
      pool->size = get_tail (pool, pool->range.to) - get_tail (pool, pool->range.from) + 1;
      return;
    }

  bits -= pool->range.prefix;
  host = get_tail (pool, pool->range.given) - (bits < 32 ? get_tail (pool, pool->range.from) : 0);
  pool->size = bits >= 31 ? (guint64) SIZE_MAX_POOL + 1 : G_GUINT64_CONSTANT (1) << bits;
  if (bits > 1)
    {
      pool->first = host == 0;
      pool->size -= MAX (host, 1) + 1;
    }
}

static gboolean
is_attribute (const char *name)
{
  static const char * const names[] = {
    "address", "dns", "nbns", "dhcp", "netmask", "server", "subnet",
    "split_include", "split_exclude", NULL
  };

  return g_strv_contains (names, name) || strspn (name, "0123456789") == strlen (name);
}

/* Of a number, anything; of a name, addresses. */
static gboolean
is_attribute_value (const char *name,
                    const char *value)
{
  SimRange range;

  return g_ascii_isdigit (*name) || (value != NULL && sim_parse_range (value, &range));
}

static char *
check_item (const char      *name,
            ViciMessageIter *iter)
{
  g_autofree char *value = vici_message_iter_dup_string (iter);

  if (!is_attribute (name))
    return g_strdup_printf ("invalid attribute: %s", name);
  if (!is_attribute_value (name, value))
    return g_strdup_printf ("invalid attribute value for %s", name);

  return NULL;
}

static char *
check_attributes (ViciMessage *section)
{
  g_autofree char *list = NULL;
  char *errmsg = NULL;
  ViciMessageIter iter;

  vici_message_iter_init (&iter, section);
  while (errmsg == NULL && vici_message_iter_next (&iter))
    {
      ViciElement element = vici_message_iter_get_element (&iter);

      if (element == VICI_ELEMENT_SECTION_START)
        vici_message_iter_skip (&iter);
      else if (element == VICI_ELEMENT_KEY_VALUE && !vici_message_iter_name_equals (&iter, "addrs"))
        errmsg = g_strdup_printf ("invalid attribute: %s", vici_message_iter_get_name (&iter));
      else if (element == VICI_ELEMENT_LIST_START)
        {
          g_free (list);
          list = g_strdup (vici_message_iter_get_name (&iter));
        }
      else if (element == VICI_ELEMENT_LIST_ITEM)
        errmsg = check_item (list, &iter);
    }

  return errmsg;
}

static void
add_pool (SimPools   *self,
          const char *name,
          SimRange   *range)
{
  Pool *pool = g_new0 (Pool, 1);
  guint i = find_index (self, name);
  g_autofree char *base = NULL;

  pool->name = g_strdup (name);
  pool->range = *range;
  pool->leases = g_ptr_array_new_with_free_func ((GDestroyNotify) lease_free);
  set_size (pool);

  base = sim_address (range->family, range->given);
  sim_log (self->sim, "CFG", "%s vici pool %s: %s, %" G_GUINT64_FORMAT " entries",
           i == G_MAXUINT ? "added" : "replaced", name, base, pool->size);

  if (i != G_MAXUINT)
    g_ptr_array_remove_index (self->pools, i);
  g_ptr_array_insert (self->pools, i != G_MAXUINT ? (int) i : -1, pool);
}

static char *
load (gpointer     data,
      const char  *name,
      ViciMessage *section)
{
  SimPools *self = data;
  g_autofree char *addresses = vici_message_lookup_string (section, "addrs");
  guint i = find_index (self, name);
  char *errmsg = check_attributes (section);
  SimRange range;

  if (errmsg != NULL)
    return errmsg;
  if (addresses == NULL)
    return g_strdup_printf ("missing addrs for pool '%s'", name);
  if (!sim_parse_range (addresses, &range))
    return g_strdup_printf ("invalid addrs value: %s", addresses);
  if (i != G_MAXUINT && count_leases (self->pools->pdata[i], TRUE) > 0)
    return g_strdup_printf ("vici pool %s has online leases, unable to replace", name);

  add_pool (self, name, &range);

  return NULL;
}

static void
load_pool (Sim            *sim,
           ViciInvocation *invocation)
{
  sim_load_each (invocation, load, sim->pools);
}

static void
unload_pool (Sim            *sim,
             ViciInvocation *invocation)
{
  g_autofree char *name = sim_request (invocation, "name");
  guint i = name != NULL ? find_index (sim->pools, name) : G_MAXUINT;

  if (name == NULL)
    sim_fail (invocation, "missing pool name to unload");
  else if (i == G_MAXUINT)
    sim_fail (invocation, "%s not found", name);
  else if (count_leases (sim->pools->pools->pdata[i], TRUE) > 0)
    sim_fail (invocation, "%s has online leases, unable to unload", name);
  else
    {
      sim_log (sim, "CFG", "unloaded vici pool %s", name);
      g_ptr_array_remove_index (sim->pools->pools, i);
      vici_invocation_return_success (invocation);
    }
}

/* -- Listing -- */

static void
list_leases (Pool        *pool,
             ViciBuilder *builder)
{
  vici_builder_begin_section (builder, "leases");
  for (guint i = 0; i < pool->leases->len; i++)
    {
      Lease *lease = pool->leases->pdata[i];
      g_autofree char *index = g_strdup_printf ("%u", i);

      vici_builder_begin_section (builder, index);
      vici_builder_add_string (builder, "address", lease->address);
      vici_builder_add_string (builder, "identity", lease->identity);
      vici_builder_add_string (builder, "status", lease->online ? "online" : "offline");
      vici_builder_end_section (builder);
    }
  vici_builder_end_section (builder);
}

static void
get_pools (Sim            *sim,
           ViciInvocation *invocation)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  gboolean leases = vici_message_lookup_boolean (request, "leases", FALSE);
  g_autofree char *name = sim_request (invocation, "name");
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  for (guint i = 0; i < sim->pools->pools->len; i++)
    {
      Pool *pool = sim->pools->pools->pdata[i];
      g_autofree char *base = sim_address (pool->range.family, pool->range.given);

      if (name != NULL && !g_str_equal (name, pool->name))
        continue;
      vici_builder_begin_section (builder, pool->name);
      vici_builder_add_string (builder, "base", base);
      vici_builder_add_uint64 (builder, "size", pool->size);
      vici_builder_add_uint64 (builder, "online", count_leases (pool, TRUE));
      vici_builder_add_uint64 (builder, "offline", count_leases (pool, FALSE));
      if (leases)
        list_leases (pool, builder);
      vici_builder_end_section (builder);
    }

  sim_return (invocation, builder);
}

/* -- Leases -- */

static char *
get_address (Pool *pool,
             guint offset)
{
  gsize size = pool->range.family == G_SOCKET_FAMILY_IPV4 ? 4 : 16;
  guint64 tail = get_tail (pool, pool->range.given) + pool->first + offset;
  guint32 bytes = GUINT32_TO_BE ((guint32) tail);
  guint8 address[16];

  memcpy (address, pool->range.given, sizeof address);
  memcpy (address + size - 4, &bytes, 4);

  return sim_address (pool->range.family, address);
}

/* Who was here gets the same address again. */
static Lease *
lease_of (Pool       *pool,
          const char *identity)
{
  Lease *lease;

  for (guint i = 0; i < pool->leases->len; i++)
    {
      lease = pool->leases->pdata[i];
      if (!lease->online && g_str_equal (lease->identity, identity))
        return lease;
    }

  if (pool->leases->len >= pool->size)
    return NULL;

  lease = g_new0 (Lease, 1);
  lease->address = get_address (pool, pool->leases->len);
  lease->identity = g_strdup (identity);
  g_ptr_array_add (pool->leases, lease);

  return lease;
}

char *
sim_pools_lease (SimPools           *self,
                 const char * const *names,
                 const char         *identity)
{
  for (; names != NULL && *names != NULL; names++)
    {
      guint i = find_index (self, *names);
      Lease *lease = i != G_MAXUINT ? lease_of (self->pools->pdata[i], identity) : NULL;

      if (lease != NULL)
        {
          lease->online = TRUE;
          return g_strdup (lease->address);
        }
    }

  return NULL;
}

void
sim_pools_release (SimPools   *self,
                   const char *address)
{
  for (guint i = 0; i < self->pools->len; i++)
    {
      Pool *pool = self->pools->pdata[i];

      for (guint j = 0; j < pool->leases->len; j++)
        {
          Lease *lease = pool->leases->pdata[j];

          if (g_str_equal (lease->address, address))
            lease->online = FALSE;
        }
    }
}

SimPools *
sim_pools_new (Sim *sim)
{
  static const SimCommand commands[] = {
    { "load-pool", load_pool },
    { "unload-pool", unload_pool },
    { "get-pools", get_pools },
  };
  SimPools *self = g_new0 (SimPools, 1);

  self->sim = sim;
  self->pools = g_ptr_array_new_with_free_func ((GDestroyNotify) pool_free);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_pools_free (SimPools *self)
{
  g_ptr_array_unref (self->pools);
  g_free (self);
}
