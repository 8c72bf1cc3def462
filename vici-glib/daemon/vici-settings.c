/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-settings-private.h"

#include <string.h>

/**
 * SECTION:vici-settings
 * @title: ViciSettings
 * @short_description: What can be told to a daemon
 *
 * The base of all that is put together to be sent: configurations such as
 * #ViciConnConfig, and the options of commands. Only what was set is sent; for
 * the rest the daemon has its defaults.
 *
 * Values are checked before anything is sent. An error names the path of the
 * key and what was expected: `home.children.net.rekey_time: “4 hours” is not
 * valid: a time is a number of seconds, or one with the unit s, m, h or d, such as
 * 4h`. Keys that the library does not know are added on purpose, with
 * vici_settings_set_extra().
 *
 * A property that can be %NULL is unset by %NULL; all are by
 * vici_settings_unset(). A property that was not set reads as %NULL, 0, %FALSE or
 * the first member of its enumeration, whatever the daemon's default is:
 * vici_settings_is_set() tells the difference. An empty list is set, and is to the
 * daemon as if it were not.
 *
 * Settings that are added to others stay the user's too: what is changed later is
 * sent too, and they may be a part of several.
 *
 * Since: 1.0
 */

/**
 * ViciSettings:
 *
 * What can be told to a daemon.
 *
 * Since: 1.0
 */

typedef struct
{
  char    *name;                /* NULL: it has none */
  GValue  *values;              /* one for each field; of no type: it is not set */
  GTree   *extra;               /* key -> GVariant */
} ViciSettingsPrivate;

enum
{
  PROP_NAME = G_MAXINT16        /* behind those of the fields */
};

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ViciSettings, vici_settings, G_TYPE_OBJECT)

static ViciSettingsPrivate *
get_private (gpointer self)
{
  return vici_settings_get_instance_private (self);
}

static const ViciSettingsField *
get_field (gpointer self,
           guint    field)
{
  return &VICI_SETTINGS_GET_CLASS (self)->fields[field];
}

static GParamSpec *
get_pspec (gpointer self,
           guint    field)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (self),
                                       get_field (self, field)->property);
}

/* -- The values -- */

const GValue *
vici_settings_peek (gpointer self,
                    guint    field)
{
  const GValue *value = &get_private (self)->values[field];

  return G_IS_VALUE (value) ? value : NULL;
}

/* A list of sections is always there, and nothing is set while it is empty. */
gboolean
vici_settings_has (gpointer self,
                   guint    field)
{
  const GValue *value = vici_settings_peek (self, field);

  return value != NULL && (!G_VALUE_HOLDS (value, G_TYPE_LIST_MODEL) ||
                           g_list_model_get_n_items (g_value_get_object (value)) > 0);
}

/* Forgets a value, and wipes it where it is a secret. */
static void
clear (gpointer self,
       guint    field)
{
  GValue *value = &get_private (self)->values[field];

  if (!G_IS_VALUE (value))
    return;

  if (get_field (self, field)->secret && G_VALUE_HOLDS_STRING (value))
    {
      char *text = (char *) g_value_get_string (value);

      explicit_bzero (text, strlen (text));
    }

  g_value_unset (value);
}

static void
unset (gpointer self,
       guint    field)
{
  if (!vici_settings_has (self, field))
    return;

  if (get_field (self, field)->kind == VICI_SETTING_SECTIONS)
    {
      g_list_store_remove_all (G_LIST_STORE (vici_settings_get_list (self, field)));
      return;
    }

  clear (self, field);
  g_object_notify_by_pspec (self, get_pspec (self, field));
}

static gboolean
is_equal (GParamSpec   *pspec,
          const GValue *a,
          const GValue *b)
{
  if (G_VALUE_HOLDS (a, G_TYPE_STRV))
    return g_strv_equal (g_value_get_boxed (a), g_value_get_boxed (b));

  if (G_VALUE_HOLDS (a, G_TYPE_BYTES))
    return g_bytes_equal (g_value_get_boxed (a), g_value_get_boxed (b));

  if (G_VALUE_HOLDS_VARIANT (a))
    return g_variant_equal (g_value_get_variant (a), g_value_get_variant (b));

  return g_param_values_cmp (pspec, a, b) == 0;
}

void
vici_settings_set (gpointer      self,
                   guint         field,
                   const GValue *value)
{
  GParamSpec *pspec = get_pspec (self, field);
  GValue *mine = &get_private (self)->values[field];

  /* NULL, where a value can be that, unsets it. */
  if (g_value_fits_pointer (value) && g_value_peek_pointer (value) == NULL)
    {
      unset (self, field);
      return;
    }

  if (G_IS_VALUE (mine) && is_equal (pspec, mine, value))
    return;

  clear (self, field);
  g_value_init (mine, pspec->value_type);
  g_value_copy (value, mine);

  g_object_notify_by_pspec (self, pspec);
}

/* The properties are numbered as the fields are: what is not found is a name of a
 * property that is not one of ours. */
static gboolean
find_field (gpointer    self,
            const char *property_name,
            guint      *field)
{
  ViciSettingsClass *klass = VICI_SETTINGS_GET_CLASS (self);

  for (*field = 0; *field < klass->n_fields; (*field)++)
    {
      if (strcmp (klass->fields[*field].property, property_name) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * vici_settings_is_set:
 * @self: settings
 * @property_name: the name of one of its properties
 *
 * Whether a property was set, and is sent. `name`, of settings that have one, is
 * set if it was given.
 *
 * Returns: %TRUE if it was set
 *
 * Since: 1.0
 */
gboolean
vici_settings_is_set (ViciSettings *self,
                      const char   *property_name)
{
  guint field;

  g_return_val_if_fail (VICI_IS_SETTINGS (self), FALSE);
  g_return_val_if_fail (property_name != NULL, FALSE);

  if (VICI_SETTINGS_GET_CLASS (self)->is_named && strcmp (property_name, "name") == 0)
    return get_private (self)->name != NULL;

  g_return_val_if_fail (find_field (self, property_name, &field), FALSE);

  return vici_settings_has (self, field);
}

/**
 * vici_settings_unset:
 * @self: settings
 * @property_name: the name of one of its properties
 *
 * Takes back that a property was set: the daemon's default holds again. A list of
 * further settings, such as #ViciConnConfig:children, becomes empty. The name stays:
 * it is given once.
 *
 * Since: 1.0
 */
void
vici_settings_unset (ViciSettings *self,
                     const char   *property_name)
{
  guint field;

  g_return_if_fail (VICI_IS_SETTINGS (self));
  g_return_if_fail (find_field (self, property_name, &field));

  unset (self, field);
}

/**
 * vici_settings_get_name:
 * @self: settings
 *
 * The name under which they are sent, as it was given.
 *
 * Returns: (nullable): the name, or %NULL for settings that need none
 *
 * Since: 1.0
 */
const char *
vici_settings_get_name (ViciSettings *self)
{
  g_return_val_if_fail (VICI_IS_SETTINGS (self), NULL);

  return get_private (self)->name;
}

/**
 * vici_settings_set_extra:
 * @self: settings
 * @key: a key, as the daemon knows it
 * @value: (nullable): its value, as vici_builder_add_variant() takes it; %NULL
 *   takes it away again. If floating, it is consumed.
 *
 * Adds a key that the library does not know: of a newer daemon, or of a plug-in.
 * It is sent behind the others, and what the daemon makes of its value is not
 * checked. Also a key that the library knows can be sent like this, with a value
 * that it would refuse, if the property is not set: both at once are
 * %VICI_ERROR_INVALID when the settings are checked. So are secrets, of which copies
 * would stay in memory, and keys that the library sends in any case, as `timeout` of
 * `initiate`: these are set by their properties only.
 *
 * Since: 1.0
 */
void
vici_settings_set_extra (ViciSettings *self,
                         const char   *key,
                         GVariant     *value)
{
  g_return_if_fail (VICI_IS_SETTINGS (self));
  g_return_if_fail (key != NULL);

  if (value != NULL)
    g_tree_replace (get_private (self)->extra, g_strdup (key), g_variant_ref_sink (value));
  else
    g_tree_remove (get_private (self)->extra, key);
}

GTree *
vici_settings_get_extra (ViciSettings *self)
{
  return get_private (self)->extra;
}

gboolean
vici_settings_has_key (gpointer    self,
                       const char *key)
{
  ViciSettingsClass *klass = VICI_SETTINGS_GET_CLASS (self);

  for (guint i = 0; i < klass->n_fields; i++)
    {
      if (strcmp (klass->fields[i].key, key) == 0 && vici_settings_has (self, i))
        return TRUE;
    }

  return g_tree_lookup (get_private (self)->extra, key) != NULL;
}

/* -- The class -- */

static void
vici_settings_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  const GValue *mine;

  if (property_id == PROP_NAME)
    {
      g_value_set_string (value, get_private (object)->name);
      return;
    }

  mine = vici_settings_peek (object, property_id - 1);
  if (mine != NULL)
    g_value_copy (mine, value);
  else
    g_param_value_set_default (pspec, value);
}

static void
vici_settings_set_property (GObject      *object,
                            guint         property_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  if (property_id == PROP_NAME)
    get_private (object)->name = g_value_dup_string (value);
  else
    vici_settings_set (object, property_id - 1, value);
}

static GParamSpec *
make_pspec (const ViciSettingsField *field)
{
  const char *name = field->property;
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  switch (field->kind)
    {
    case VICI_SETTING_STRINGS:
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_STRV, flags);

    case VICI_SETTING_BOOLEAN:
      return g_param_spec_boolean (name, NULL, NULL, FALSE, flags);

    case VICI_SETTING_INT:
      return g_param_spec_int (name, NULL, NULL, G_MININT, G_MAXINT, 0, flags);

    case VICI_SETTING_UINT:
      return g_param_spec_uint (name, NULL, NULL, 0, G_MAXUINT, 0, flags);

    case VICI_SETTING_UINT64:
      return g_param_spec_uint64 (name, NULL, NULL, 0, G_MAXUINT64, 0, flags);

    case VICI_SETTING_ENUM:
      return g_param_spec_enum (name, NULL, NULL, field->get_type (), 0, flags);

    case VICI_SETTING_BLOB:
      return g_param_spec_boxed (name, NULL, NULL, G_TYPE_BYTES, flags);

    case VICI_SETTING_BLOBS:
      return g_param_spec_variant (name, NULL, NULL, G_VARIANT_TYPE ("aay"), NULL, flags);

    case VICI_SETTING_SECTIONS:
      return g_param_spec_object (name, NULL, NULL, G_TYPE_LIST_MODEL,
                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

    case VICI_SETTING_STRING:
    default:
      return g_param_spec_string (name, NULL, NULL, NULL, flags);
    }
}

void
vici_settings_class_install (ViciSettingsClass       *klass,
                             const ViciSettingsField *fields,
                             guint                    n_fields,
                             const ViciKeyInfo       *section,
                             gboolean                 named)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  klass->fields = fields;
  klass->n_fields = n_fields;
  klass->section = section;
  klass->is_named = named;

  /* GObject lets no class inherit these two. */
  object_class->get_property = vici_settings_get_property;
  object_class->set_property = vici_settings_set_property;

  for (guint i = 0; i < n_fields; i++)
    g_object_class_install_property (object_class, i + 1, make_pspec (&fields[i]));

  if (named)
    g_object_class_install_property (object_class, PROP_NAME,
                                     g_param_spec_string ("name", NULL, NULL, NULL,
                                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                            G_PARAM_CONSTRUCT_ONLY));
}

/* Not at initialisation, when an instance is not yet of the class that has the
 * fields. */
static void
vici_settings_constructed (GObject *object)
{
  ViciSettingsClass *klass = VICI_SETTINGS_GET_CLASS (object);
  GValue *values = g_new0 (GValue, klass->n_fields);

  for (guint i = 0; i < klass->n_fields; i++)
    {
      if (klass->fields[i].kind == VICI_SETTING_SECTIONS)
        {
          g_value_init (&values[i], G_TYPE_LIST_MODEL);
          g_value_take_object (&values[i], g_list_store_new (klass->fields[i].get_type ()));
        }
    }

  get_private (object)->values = values;

  G_OBJECT_CLASS (vici_settings_parent_class)->constructed (object);
}

static void
vici_settings_finalize (GObject *object)
{
  ViciSettingsPrivate *priv = get_private (object);

  for (guint i = 0; i < VICI_SETTINGS_GET_CLASS (object)->n_fields; i++)
    clear (object, i);

  g_free (priv->values);
  g_tree_unref (priv->extra);
  g_free (priv->name);

  G_OBJECT_CLASS (vici_settings_parent_class)->finalize (object);
}

static void
vici_settings_class_init (ViciSettingsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vici_settings_constructed;
  object_class->finalize = vici_settings_finalize;
}

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  return strcmp (a, b);
}

static void
vici_settings_init (ViciSettings *self)
{
  get_private (self)->extra = g_tree_new_full (compare_keys, NULL, g_free,
                                               (GDestroyNotify) g_variant_unref);
}
