/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-models.h"

#include "vici-conn-item-private.h"
#include "vici-ike-sa-item-private.h"
#include "vici-item-private.h"
#include "vici-log-model-private.h"

/* -- The kinds of what is listed -- */

static gboolean
is_listed (gpointer item)
{
  return vici_item_get_record (item) != NULL;
}

static void
update_item (gpointer item,
             gpointer record)
{
  vici_item_set_record (item, record);
}

static gpointer
make_item (const char *key,
           gpointer    record,
           gpointer    user_data)
{
  ViciModels *self = user_data;

  return vici_item_new (VICI_TYPE_ITEM, key, self->turn);
}

static char *
dup_pool_name (gpointer record)
{
  return g_strdup (vici_pool_get_name (record));
}

static char *
dup_authority_name (gpointer record)
{
  return g_strdup (vici_authority_get_name (record));
}

/* A certificate can be there as several kinds, and has no name until it is read. */
static char *
dup_cert_key (gpointer record)
{
  GBytes *der = vici_cert_get_der (record);
  g_autofree char *digest = der ? g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, der) : NULL;

  return digest ? g_strdup_printf ("%s %s %s", vici_cert_get_cert_type_text (record),
                                   vici_cert_get_flag_text (record), digest)
                : NULL;
}

static gpointer
make_cert (const char *key,
           gpointer    record,
           gpointer    user_data)
{
  ViciModels *self = user_data;

  return vici_item_new (VICI_TYPE_ITEM, NULL, self->turn);
}

static char *
dup_conn_name (gpointer record)
{
  return g_strdup (vici_conn_get_name (record));
}

static gpointer
make_conn (const char *key,
           gpointer    record,
           gpointer    user_data)
{
  ViciModels *self = user_data;

  return vici_conn_item_new (key, self->daemon, self->turn);
}

static void
update_conn (gpointer item,
             gpointer record)
{
  vici_conn_item_update (item, record);
}

static gboolean
is_conn_needed (gpointer item)
{
  return vici_conn_item_is_needed (item);
}

static const ViciCatalogKind pools = {
  vici_item_get_type, dup_pool_name, make_item, update_item, is_listed
};
static const ViciCatalogKind authorities = {
  vici_item_get_type, dup_authority_name, make_item, update_item, is_listed
};
static const ViciCatalogKind certs = {
  vici_item_get_type, dup_cert_key, make_cert, update_item, is_listed
};
static const ViciCatalogKind conns = {
  vici_conn_item_get_type, dup_conn_name, make_conn, update_conn, is_conn_needed
};

/* An IKE_SA of a peer that has not said yet who it is has no connection, and this
 * name. */
static ViciConnItem *
get_conn (const char *name,
          gpointer    user_data)
{
  ViciModels *self = user_data;

  if (name == NULL || g_str_equal (name, "(unnamed)"))
    return NULL;

  return vici_catalog_ensure (self->conns, name);
}

static void
models_clear (gpointer data)
{
  ViciModels *self = data;

  vici_turn_unref (self->turn);
  vici_sa_table_free (self->sas);
  vici_catalog_free (self->conns);
  vici_catalog_free (self->certs);
  vici_catalog_free (self->pools);
  vici_catalog_free (self->authorities);
  g_object_unref (self->log);
  g_object_unref (self->daemon);
}

ViciModels *
vici_models_ref (ViciModels *self)
{
  return g_rc_box_acquire (self);
}

void
vici_models_unref (ViciModels *self)
{
  g_rc_box_release_full (self, models_clear);
}

/* -- Turns -- */

static void
flush_ike_sas (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      if (VICI_IS_IKE_SA_ITEM (items->pdata[i]))
        vici_ike_sa_item_flush (items->pdata[i]);
    }
}

static void
flush_conns (ViciModels *self,
             GPtrArray  *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      if (!VICI_IS_CONN_ITEM (items->pdata[i]))
        continue;

      vici_conn_item_flush (items->pdata[i]);
      vici_catalog_prune (self->conns, items->pdata[i], vici_item_get_name (items->pdata[i]));
    }
}

static void
flush (ViciModels *self)
{
  g_autoptr (GPtrArray) touched = vici_turn_take (self->turn);
  g_autoptr (GPtrArray) counted = NULL;

  /* First of all, because what IKE_SAs count for is their connections' state. */
  flush_ike_sas (touched);
  counted = vici_turn_take (self->turn);
  vici_sa_table_flush (self->sas);

  flush_conns (self, touched);
  flush_conns (self, counted);
  vici_catalog_flush (self->conns);

  vici_catalog_flush (self->certs);
  vici_catalog_flush (self->pools);
  vici_catalog_flush (self->authorities);
  vici_log_model_flush (self->log);
}

void
vici_models_flush (ViciModels *self)
{
  /* Who is told of a change can bring about the next one, which is told when all have
   * been told of this one. */
  self->again = self->flushing;
  if (self->flushing)
    return;

  self->flushing = TRUE;
  vici_models_ref (self);
  do
    {
      self->again = FALSE;
      flush (self);
    }
  while (self->again);
  if (self->ended)
    vici_turn_end (self->turn);
  self->flushing = FALSE;
  vici_models_unref (self);
}

static void
on_turn_end (gpointer user_data)
{
  vici_models_flush (user_data);
}

/* -- All of it -- */

void
vici_models_log (ViciModels   *self,
                 ViciLogEntry *entry)
{
  vici_log_model_push (self->log, entry);
  vici_turn_touch (self->turn);
}

void
vici_models_list (ViciModels  *self,
                  ViciCatalog *catalog,
                  GListModel  *records)
{
  vici_catalog_apply (catalog, records);
  vici_turn_touch (self->turn);
}

void
vici_models_clear (ViciModels *self)
{
  vici_sa_table_clear (self->sas);
  vici_catalog_clear (self->conns);
  vici_catalog_clear (self->certs);
  vici_catalog_clear (self->pools);
  vici_catalog_clear (self->authorities);
  vici_turn_touch (self->turn);
}

static void
cancel_ups (gpointer item)
{
  vici_conn_item_cancel_ups (item);
}

void
vici_models_cancel (ViciModels *self)
{
  vici_catalog_foreach (self->conns, cancel_ups);
}

ViciModels *
vici_models_new (ViciDaemon *daemon)
{
  ViciModels *self = g_rc_box_new0 (ViciModels);

  self->daemon = g_object_ref (daemon);
  self->turn = vici_turn_new (on_turn_end, self);
  self->sas = vici_sa_table_new (self->turn, get_conn, self);
  self->conns = vici_catalog_new (&conns, self);
  self->certs = vici_catalog_new (&certs, self);
  self->pools = vici_catalog_new (&pools, self);
  self->authorities = vici_catalog_new (&authorities, self);
  self->log = vici_log_model_new ();

  return self;
}

static void
hush (GListModel *list)
{
  if (g_atomic_int_get (&G_OBJECT (list)->ref_count) == 1)
    g_signal_handlers_destroy (list);
}

void
vici_models_hush (ViciModels *self)
{
  hush (vici_sa_table_get_list (self->sas));
  hush (vici_catalog_get_list (self->conns));
  hush (vici_catalog_get_list (self->certs));
  hush (vici_catalog_get_list (self->pools));
  hush (vici_catalog_get_list (self->authorities));
  hush (G_LIST_MODEL (self->log));
}

void
vici_models_end (ViciModels *self)
{
  vici_models_cancel (self);
  vici_models_clear (self);
  self->ended = TRUE;
  vici_models_flush (self);
  vici_models_unref (self);
}
