/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-settings-private.h"

static const char *
get_property_name (gpointer self,
                   guint    field)
{
  return VICI_SETTINGS_GET_CLASS (self)->fields[field].property;
}

/* What the accessors of the classes are made of. */

const char *
vici_settings_get_string (gpointer self,
                          guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_string (value) : NULL;
}

const char * const *
vici_settings_get_strv (gpointer self,
                        guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_boxed (value) : NULL;
}

gboolean
vici_settings_get_boolean (gpointer self,
                           guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value != NULL && g_value_get_boolean (value);
}

int
vici_settings_get_int (gpointer self,
                       guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_int (value) : 0;
}

guint
vici_settings_get_uint (gpointer self,
                        guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_uint (value) : 0;
}

guint64
vici_settings_get_uint64 (gpointer self,
                          guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_uint64 (value) : 0;
}

int
vici_settings_get_enum (gpointer self,
                        guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_enum (value) : 0;
}

GBytes *
vici_settings_get_bytes (gpointer self,
                         guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_boxed (value) : NULL;
}

GVariant *
vici_settings_get_variant (gpointer self,
                           guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value ? g_value_get_variant (value) : NULL;
}

GListModel *
vici_settings_get_list (gpointer self,
                        guint    field)
{
  return g_value_get_object (vici_settings_peek (self, field));
}

/* A string is set directly, so that no copy of a secret is left in memory; all
 * else as GObject would set it. */

void
vici_settings_set_string (gpointer    self,
                          guint       field,
                          const char *value)
{
  GValue copied = G_VALUE_INIT;

  g_value_init (&copied, G_TYPE_STRING);
  g_value_set_static_string (&copied, value);
  vici_settings_set (self, field, &copied);
}

void
vici_settings_set_strv (gpointer            self,
                        guint               field,
                        const char * const *value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_set_boolean (gpointer self,
                           guint    field,
                           gboolean value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_set_int (gpointer self,
                       guint    field,
                       int      value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_set_uint (gpointer self,
                        guint    field,
                        guint    value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_set_uint64 (gpointer self,
                          guint    field,
                          guint64  value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_set_enum (gpointer self,
                        guint    field,
                        int      value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_set_bytes (gpointer self,
                         guint    field,
                         GBytes  *value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_set_variant (gpointer  self,
                           guint     field,
                           GVariant *value)
{
  g_object_set (self, get_property_name (self, field), value, NULL);
}

void
vici_settings_add_section (gpointer self,
                           guint    field,
                           gpointer settings)
{
  g_list_store_append (G_LIST_STORE (vici_settings_get_list (self, field)), settings);
}

void
vici_settings_add_blob (gpointer self,
                        guint    field,
                        GBytes  *blob)
{
  GVariant *blobs = vici_settings_get_variant (self, field);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));

  for (gsize i = 0; blobs != NULL && i < g_variant_n_children (blobs); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (blobs, i);

      g_variant_builder_add_value (&builder, item);
    }
  g_variant_builder_add_value (&builder,
                               g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, blob, TRUE));

  vici_settings_set_variant (self, field, g_variant_builder_end (&builder));
}
