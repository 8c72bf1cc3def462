/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-compare.h"

#include "vici-child-sa-item.h"
#include "vici-conn-item.h"
#include "vici-ike-sa-item.h"
#include "vici-records.h"

/* -- CHILD_SAs -- */

static char *
compare_child (ViciChildSaItem *item,
               ModelIke        *ike)
{
  guint id = vici_child_sa_item_get_unique_id (item);
  ModelChild *child = model_ike_find_child (ike, id);
  ViciChildSa *record = VICI_CHILD_SA (vici_item_get_record (VICI_ITEM (item)));

  if (child == NULL)
    return g_strdup_printf ("CHILD_SA %u of IKE_SA %u does not exist", id, ike->id);

  if (vici_child_sa_get_unique_id (record) != id ||
      vici_child_sa_get_state (record) != vici_child_sa_item_get_state (item))
    return g_strdup_printf ("CHILD_SA %u is not what its record is", id);

  if (!g_str_equal (vici_child_sa_get_state_text (record), child->state))
    return g_strdup_printf ("CHILD_SA %u is %s, and not %s", id, child->state,
                            vici_child_sa_get_state_text (record));

  return NULL;
}

static char *
compare_children (ViciIkeSaItem *item,
                  ModelIke      *ike)
{
  GListModel *list = vici_ike_sa_item_get_child_sas (item);
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciChildSaItem) child = g_list_model_get_item (list, i);
      guint id = vici_child_sa_item_get_unique_id (child);
      char *difference = compare_child (child, ike);

      if (difference != NULL)
        return difference;
      if (!g_hash_table_add (ids, GUINT_TO_POINTER (id)))
        return g_strdup_printf ("CHILD_SA %u is there twice", id);
    }

  for (guint i = 0; i < ike->children->len; i++)
    {
      ModelChild *child = ike->children->pdata[i];

      if (!model_state_is_leaving (child->state) &&
          !g_hash_table_contains (ids, GUINT_TO_POINTER (child->id)))
        return g_strdup_printf ("CHILD_SA %u of IKE_SA %u is missing", child->id, ike->id);
    }

  return NULL;
}

/* -- IKE_SAs -- */

static char *
compare_ike_sa (ViciIkeSaItem *item,
                ModelDaemon   *daemon)
{
  guint id = vici_ike_sa_item_get_unique_id (item);
  ModelIke *ike = model_daemon_find_ike (daemon, id);
  ViciIkeSa *record = VICI_IKE_SA (vici_item_get_record (VICI_ITEM (item)));
  g_autofree char *host = NULL;

  if (ike == NULL)
    return g_strdup_printf ("IKE_SA %u does not exist", id);

  if (vici_ike_sa_get_unique_id (record) != id ||
      vici_ike_sa_get_state (record) != vici_ike_sa_item_get_state (item) ||
      g_strcmp0 (vici_ike_sa_get_name (record), vici_item_get_name (VICI_ITEM (item))) != 0)
    return g_strdup_printf ("IKE_SA %u is not what its record is", id);

  host = g_strdup_printf ("198.51.100.%u", ike->host);
  if (!g_str_equal (vici_ike_sa_get_state_text (record), ike->state) ||
      !g_str_equal (vici_ike_sa_get_remote_host (record), host) ||
      !g_str_equal (vici_ike_sa_get_name (record), ike->name) ||
      vici_ike_sa_get_initiator_spi (record) != ike->spi)
    return g_strdup_printf ("IKE_SA %u is %s with %s, and not %s with %s", id, ike->state, host,
                            vici_ike_sa_get_state_text (record),
                            vici_ike_sa_get_remote_host (record));

  return compare_children (item, ike);
}

static char *
compare_ike_sas (ViciMonitor *monitor,
                 ModelDaemon *daemon)
{
  GListModel *list = vici_monitor_get_ike_sas (monitor);
  g_autoptr (GHashTable) ids = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciIkeSaItem) item = g_list_model_get_item (list, i);
      guint id = vici_ike_sa_item_get_unique_id (item);
      char *difference = compare_ike_sa (item, daemon);

      if (difference != NULL)
        return difference;
      if (!g_hash_table_add (ids, GUINT_TO_POINTER (id)))
        return g_strdup_printf ("IKE_SA %u is there twice", id);
    }

  for (guint i = 0; i < daemon->ike_sas->len; i++)
    {
      ModelIke *ike = daemon->ike_sas->pdata[i];

      if (!model_state_is_leaving (ike->state) &&
          !g_hash_table_contains (ids, GUINT_TO_POINTER (ike->id)))
        return g_strdup_printf ("IKE_SA %u is missing", ike->id);
    }

  return NULL;
}

/* -- Connections -- */

typedef struct
{
  guint   n_ike_sas;
  guint   n_up;
  guint   n_coming;
  guint   n_children_up;
  guint64 bytes_in;
} Sum;

static void
sum_children (Sum           *self,
              ViciIkeSaItem *item)
{
  GListModel *list = vici_ike_sa_item_get_child_sas (item);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciChildSaItem) child = g_list_model_get_item (list, i);
      ViciChildSaState state = vici_child_sa_item_get_state (child);

      self->bytes_in += vici_child_sa_item_get_bytes_in (child);
      if (state == VICI_CHILD_SA_STATE_INSTALLED || state == VICI_CHILD_SA_STATE_REKEYING)
        self->n_children_up++;
      if (state == VICI_CHILD_SA_STATE_CREATED || state == VICI_CHILD_SA_STATE_INSTALLING)
        self->n_coming++;
    }
}

/* Of the IKE_SAs in the list that have that name. */
static Sum
sum_up (GListModel *list,
        const char *name)
{
  Sum sum = { 0 };

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciIkeSaItem) item = g_list_model_get_item (list, i);
      ViciIkeSaState state = vici_ike_sa_item_get_state (item);

      if (g_strcmp0 (vici_item_get_name (VICI_ITEM (item)), name) != 0)
        continue;

      sum.n_ike_sas++;
      if (state == VICI_IKE_SA_STATE_ESTABLISHED || state == VICI_IKE_SA_STATE_REKEYING)
        sum.n_up++;
      if (state == VICI_IKE_SA_STATE_CREATED || state == VICI_IKE_SA_STATE_CONNECTING)
        sum.n_coming++;
      sum_children (&sum, item);
    }

  return sum;
}

static char *
compare_conn (ViciConnItem *item,
              ViciMonitor  *monitor,
              ModelDaemon  *daemon)
{
  const char *name = vici_item_get_name (VICI_ITEM (item));
  gboolean configured = model_daemon_has_named (daemon, MODEL_CONNS, name);
  Sum all = sum_up (vici_monitor_get_ike_sas (monitor), name);
  Sum own = sum_up (vici_conn_item_get_ike_sas (item), name);
  ViciConnState state = VICI_CONN_STATE_DOWN;

  if (all.n_up > 0 && (all.n_children_up > 0 || !configured))
    state = VICI_CONN_STATE_UP;
  else if (all.n_coming > 0)
    state = VICI_CONN_STATE_CONNECTING;

  if (!configured && all.n_ike_sas == 0)
    return g_strdup_printf ("connection %s does not exist", name);

  if (vici_conn_item_get_configured (item) != configured)
    return g_strdup_printf ("connection %s: configured is not %d", name, configured);

  if (own.n_ike_sas != all.n_ike_sas ||
      own.n_ike_sas != g_list_model_get_n_items (vici_conn_item_get_ike_sas (item)))
    return g_strdup_printf ("connection %s has %u IKE_SAs, and not %u", name, all.n_ike_sas,
                            own.n_ike_sas);

  if (vici_conn_item_get_state (item) != state)
    return g_strdup_printf ("connection %s: state is %d, and not %d", name, (int) state,
                            (int) vici_conn_item_get_state (item));

  if (vici_conn_item_get_bytes_in (item) != all.bytes_in)
    return g_strdup_printf ("connection %s does not sum up", name);

  return NULL;
}

static GHashTable *
needed_conns (ModelDaemon *daemon)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < daemon->catalogs[MODEL_CONNS]->len; i++)
    g_hash_table_add (names, daemon->catalogs[MODEL_CONNS]->pdata[i]);
  for (guint i = 0; i < daemon->ike_sas->len; i++)
    {
      ModelIke *ike = daemon->ike_sas->pdata[i];

      if (!model_state_is_leaving (ike->state) && !g_str_equal (ike->name, "(unnamed)"))
        g_hash_table_add (names, (gpointer) ike->name);
    }

  return names;
}

static char *
compare_conns (ViciMonitor *monitor,
               ModelDaemon *daemon)
{
  GListModel *list = vici_monitor_get_conns (monitor);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) names = needed_conns (daemon);
  GHashTableIter iter;
  gpointer name;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciConnItem) item = g_list_model_get_item (list, i);
      char *difference = compare_conn (item, monitor, daemon);

      if (difference != NULL)
        return difference;
      if (!g_hash_table_add (seen, (gpointer) vici_item_get_name (VICI_ITEM (item))))
        return g_strdup_printf ("connection %s is there twice", vici_item_get_name (VICI_ITEM (item)));
    }

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      if (!g_hash_table_contains (seen, name))
        return g_strdup_printf ("connection %s is missing", (char *) name);
    }

  return NULL;
}

/* -- All else -- */

/* One that is about to leave has no record any more. */
static char *
dup_name (ViciItem    *item,
          ModelCatalog catalog)
{
  ViciRecord *record = vici_item_get_record (item);
  gsize length;
  const char *data;

  if (record == NULL || catalog != MODEL_CERTS)
    return g_strdup (record ? vici_item_get_name (item) : "");

  data = g_bytes_get_data (vici_cert_get_der (VICI_CERT (record)), &length);

  return g_strndup (data, length);
}

static char *
compare_catalog (GListModel  *list,
                 ModelDaemon *daemon,
                 ModelCatalog catalog)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = daemon->catalogs[catalog]->len;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (ViciItem) item = g_list_model_get_item (list, i);
      g_autofree char *name = dup_name (item, catalog);

      if (!model_daemon_has_named (daemon, catalog, name) ||
          !g_hash_table_add (seen, g_strdup (name)))
        return g_strdup_printf ("%s does not exist, or is there twice", name);
    }

  if (g_hash_table_size (seen) != n)
    return g_strdup_printf ("of kind %d there are %u, and not %u", (int) catalog, n,
                            g_hash_table_size (seen));

  return NULL;
}

char *
model_compare (ViciMonitor *monitor,
               ModelDaemon *daemon)
{
  char *difference = compare_ike_sas (monitor, daemon);

  if (difference == NULL)
    difference = compare_conns (monitor, daemon);
  if (difference == NULL)
    difference = compare_catalog (vici_monitor_get_certs (monitor), daemon, MODEL_CERTS);
  if (difference == NULL)
    difference = compare_catalog (vici_monitor_get_pools (monitor), daemon, MODEL_POOLS);
  if (difference == NULL)
    difference = compare_catalog (vici_monitor_get_authorities (monitor), daemon, MODEL_AUTHORITIES);

  return difference;
}
