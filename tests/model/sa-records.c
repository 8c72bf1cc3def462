/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sa-records.h"

#include <string.h>

#include "vici-builder.h"
#include "vici-daemon-enum-types.h"
#include "vici-record-private.h"

guint sa_records_daemon;
guint sa_records_version = 2;

/* -- Records -- */

static ViciMessage *
end (ViciBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_builder_end (builder, &error);

  g_assert_no_error (error);

  return message;
}

ViciChildSa *
sa_records_child (const char *name,
                  guint       id,
                  const char *state,
                  guint64     bytes)
{
  static const char * const installed[] = {
    "INSTALLED", "REKEYING", "REKEYED", "DELETING", "DELETED", NULL
  };
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;

  vici_builder_add_string (builder, "name", name);
  vici_builder_add_uint64 (builder, "uniqueid", id);
  vici_builder_add_string (builder, "state", state);
  if (g_strv_contains (installed, state))
    {
      vici_builder_add_printf (builder, "spi-in", "%08x", 0x1000 * (sa_records_daemon + 1) + id);
      vici_builder_add_uint64 (builder, "bytes-in", bytes);
      vici_builder_add_uint64 (builder, "bytes-out", 2 * bytes);
      vici_builder_add_uint64 (builder, "packets-in", bytes / 10);
      vici_builder_add_uint64 (builder, "packets-out", bytes / 5);
    }
  message = end (builder);

  return vici_record_new (VICI_TYPE_CHILD_SA, name, message);
}

static void
add_children (ViciBuilder *builder,
              va_list      children)
{
  ViciChildSa *child;

  vici_builder_begin_section (builder, "child-sas");
  while ((child = va_arg (children, ViciChildSa *)) != NULL)
    {
      g_autofree char *name =
        g_strdup_printf ("%s-%u", vici_child_sa_get_name (child), vici_child_sa_get_unique_id (child));

      vici_builder_add_section (builder, name, vici_record_get_message (VICI_RECORD (child)));
      g_object_unref (child);
    }
  vici_builder_end_section (builder);
}

ViciIkeSa *
sa_records_ike (const char *name,
                guint       id,
                const char *state,
                ...)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  va_list children;

  vici_builder_add_uint64 (builder, "uniqueid", id);
  vici_builder_add_uint64 (builder, "version", sa_records_version);
  vici_builder_add_string (builder, "state", state);
  vici_builder_add_printf (builder, "initiator-spi", "%08x%08x", sa_records_daemon, id);
  if (g_str_equal (state, "ESTABLISHED"))
    vici_builder_add_string (builder, "established", "100");
  va_start (children, state);
  add_children (builder, children);
  va_end (children);
  message = end (builder);

  return vici_record_new (VICI_TYPE_IKE_SA, name, message);
}

ViciConn *
sa_records_conn (const char *name,
                 ...)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  const char *child;
  va_list children;

  va_start (children, name);
  vici_builder_begin_section (builder, "children");
  while ((child = va_arg (children, const char *)) != NULL)
    {
      vici_builder_begin_section (builder, child);
      vici_builder_add_string (builder, "mode", "TUNNEL");
      vici_builder_end_section (builder);
    }
  vici_builder_end_section (builder);
  va_end (children);
  message = end (builder);

  return vici_record_new (VICI_TYPE_CONN, name, message);
}

/* -- Models -- */

static void
tell (SaModels   *self,
      const char *what)
{
  g_string_append_printf (self->told, "%s%s", self->told->len > 0 ? "; " : "", what);
}

static void
on_notify (ViciItem   *item,
           GParamSpec *pspec,
           SaModels   *self)
{
  static const char * const with_others[] = { "conn", "ike-sa", "record", "established-at", "state-text", NULL };

  if (!g_strv_contains (with_others, pspec->name))
    g_ptr_array_add (self->notified, g_strdup_printf ("%s%s %s", VICI_IS_CONN_ITEM (item) ? "conn " : "",
                                                      vici_item_get_name (item), pspec->name));
}

static void on_items_changed (GListModel *model,
                              guint       position,
                              guint       removed,
                              guint       added,
                              SaModels   *self);

static void
heed (SaModels   *self,
      GListModel *model,
      char       *name)
{
  guint n = g_list_model_get_n_items (model);

  g_object_set_data_full (G_OBJECT (model), "test-name", name, g_free);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), self);
  if (n > 0)
    on_items_changed (model, 0, 0, n, self);
}

static void
heed_item (SaModels *self,
           gpointer  item)
{
  const char *name = vici_item_get_name (item);

  /* It may have left, and come again. */
  if (g_object_get_data (item, "test-heeded") != NULL)
    return;

  g_object_set_data (item, "test-heeded", item);
  g_signal_connect (item, "notify", G_CALLBACK (on_notify), self);
  if (VICI_IS_IKE_SA_ITEM (item))
    heed (self, vici_ike_sa_item_get_child_sas (item), g_strdup_printf ("%s/child-sas", name));
  else if (VICI_IS_CONN_ITEM (item))
    heed (self, vici_conn_item_get_ike_sas (item), g_strdup_printf ("%s/ike-sas", name));
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  SaModels   *self)
{
  g_autofree char *change =
    g_strdup_printf ("%s %u-%u+%u", (char *) g_object_get_data (G_OBJECT (model), "test-name"),
                     position, removed, added);

  tell (self, change);
  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (ViciItem) item = g_list_model_get_item (model, i);

      heed_item (self, item);
    }
}

void
sa_models_init (SaModels *self)
{
  g_autoptr (ViciConnection) connection = vici_connection_new ("unix:///nonexistent/charon.vici");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);

  sa_records_daemon = 0;
  sa_records_version = 2;
  self->told = g_string_new (NULL);
  self->notified = g_ptr_array_new_with_free_func (g_free);
  self->models = vici_models_new (daemon);
  heed (self, vici_sa_table_get_list (self->models->sas), g_strdup ("ike-sas"));
  heed (self, vici_catalog_get_list (self->models->conns), g_strdup ("conns"));
}

void
sa_models_clear (SaModels *self)
{
  g_autoptr (GListModel) ike_sas = g_object_ref (vici_sa_table_get_list (self->models->sas));
  g_autoptr (GListModel) conns = g_object_ref (vici_catalog_get_list (self->models->conns));

  vici_models_end (self->models);
  g_assert_cmpuint (g_list_model_get_n_items (ike_sas), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (conns), ==, 0);
  g_string_free (self->told, TRUE);
  g_ptr_array_unref (self->notified);
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

void
sa_models_assert_told (SaModels   *self,
                       const char *told)
{
  vici_models_flush (self->models);
  g_ptr_array_sort (self->notified, compare_texts);
  for (guint i = 0; i < self->notified->len; i++)
    tell (self, self->notified->pdata[i]);
  g_assert_cmpstr (self->told->str, ==, told);
  sa_models_forget (self);
}

void
sa_models_forget (SaModels *self)
{
  vici_models_flush (self->models);
  g_string_truncate (self->told, 0);
  g_ptr_array_set_size (self->notified, 0);
}

static const char *
nick (GType type,
      int   value)
{
  g_autoptr (GEnumClass) enum_class = g_type_class_ref (type);

  return g_enum_get_value (enum_class, value)->value_nick;
}

static void
describe_children (GListModel *children,
                   GString    *text)
{
  for (guint i = 0; i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (ViciChildSaItem) child = g_list_model_get_item (children, i);
      g_autofree char *state =
        g_ascii_strup (nick (VICI_TYPE_CHILD_SA_STATE, vici_child_sa_item_get_state (child)), -1);

      g_string_append_printf (text, "%s%s#%u %s", i > 0 ? ", " : "",
                              vici_item_get_name (VICI_ITEM (child)),
                              vici_child_sa_item_get_unique_id (child), state);
    }
}

void
sa_models_assert (SaModels   *self,
                  const char *shown)
{
  g_autoptr (GString) text = g_string_new (NULL);
  GListModel *ike_sas = vici_sa_table_get_list (self->models->sas);

  vici_models_flush (self->models);
  for (guint i = 0; i < g_list_model_get_n_items (ike_sas); i++)
    {
      g_autoptr (ViciIkeSaItem) ike_sa = g_list_model_get_item (ike_sas, i);
      g_autofree char *state =
        g_ascii_strup (nick (VICI_TYPE_IKE_SA_STATE, vici_ike_sa_item_get_state (ike_sa)), -1);

      g_string_append_printf (text, "%s%s#%u %s [", i > 0 ? ", " : "",
                              vici_item_get_name (VICI_ITEM (ike_sa)),
                              vici_ike_sa_item_get_unique_id (ike_sa), state);
      describe_children (vici_ike_sa_item_get_child_sas (ike_sa), text);
      g_string_append (text, "]");
    }

  g_assert_cmpstr (text->str, ==, shown);
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return (int) *(const guint *) a - (int) *(const guint *) b;
}

void
sa_models_assert_passing (SaModels   *self,
                          const char *ids)
{
  g_autoptr (GArray) passing = vici_sa_table_dup_passing (self->models->sas);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_cmpuint (passing->len, ==, vici_sa_table_get_n_passing (self->models->sas));
  g_array_sort (passing, compare_ids);
  for (guint i = 0; i < passing->len; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? " " : "", g_array_index (passing, guint, i));

  g_assert_cmpstr (text->str, ==, ids);
}

ViciIkeSaItem *
sa_models_get_ike (SaModels *self,
                   guint     position)
{
  g_autoptr (ViciIkeSaItem) item = NULL;

  vici_models_flush (self->models);
  item = g_list_model_get_item (vici_sa_table_get_list (self->models->sas), position);
  g_assert_nonnull (item);

  return item;
}

ViciChildSaItem *
sa_models_get_child (SaModels *self,
                     guint     position,
                     guint     child)
{
  GListModel *children = vici_ike_sa_item_get_child_sas (sa_models_get_ike (self, position));
  g_autoptr (ViciChildSaItem) item = g_list_model_get_item (children, child);

  g_assert_nonnull (item);

  return item;
}

ViciConnItem *
sa_models_get_conn (SaModels   *self,
                    const char *name)
{
  GListModel *conns = vici_catalog_get_list (self->models->conns);

  vici_models_flush (self->models);
  for (guint i = 0; i < g_list_model_get_n_items (conns); i++)
    {
      g_autoptr (ViciConnItem) item = g_list_model_get_item (conns, i);

      if (g_str_equal (vici_item_get_name (VICI_ITEM (item)), name))
        return item;
    }

  return NULL;
}

void
sa_models_list (SaModels *self,
                guint     asked,
                ...)
{
  ViciIkeSa *ike_sa;
  va_list listed;

  vici_sa_table_begin_list (self->models->sas);
  va_start (listed, asked);
  while ((ike_sa = va_arg (listed, ViciIkeSa *)) != NULL)
    {
      vici_sa_table_add_listed (self->models->sas, ike_sa);
      g_object_unref (ike_sa);
    }
  va_end (listed);
  vici_sa_table_end_list (self->models->sas, asked ? &asked : NULL, asked ? 1 : 0);
}
