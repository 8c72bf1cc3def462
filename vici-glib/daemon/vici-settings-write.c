/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-settings-private.h"

#include <string.h>

#include "vici-config-checks.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-setting-writer.h"

/* From settings to the wire, with every value checked on the way. */

/* -- Sections within -- */

static gboolean
write_section (const ViciSettingWriter *self,
               ViciSettings            *section,
               const char              *name,
               const char              *path,
               GError                 **error)
{
  vici_builder_begin_section (self->builder, name);
  if (!vici_settings_write (section, self->builder, path, error))
    return FALSE;
  vici_builder_end_section (self->builder);

  return TRUE;
}

/* Sections in a section of the key's name, with names of the user's. */
static gboolean
write_named (const ViciSettingWriter *self,
             const char              *key,
             GListModel              *sections,
             GError                 **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *outer = vici_setting_path (self->path, key);

  vici_builder_begin_section (self->builder, key);

  for (guint i = 0; i < g_list_model_get_n_items (sections); i++)
    {
      g_autoptr (ViciSettings) section = g_list_model_get_item (sections, i);
      g_autofree char *name = vici_setting_name_to_wire (section, outer, error);
      g_autofree char *shown = NULL;
      g_autofree char *path = NULL;

      if (name == NULL)
        return FALSE;

      shown = vici_setting_show_name (vici_settings_get_name (section));
      path = vici_setting_path (outer, shown);

      if (!write_section (self, section, name, path, error))
        return FALSE;

      if (!g_hash_table_add (names, g_steal_pointer (&name)))
        {
          g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID, _("%s: there are two of this name"),
                       path);
          return FALSE;
        }
    }

  vici_builder_end_section (self->builder);

  return TRUE;
}

static gboolean
is_before (GListModel   *sections,
           ViciSettings *section,
           guint         position)
{
  for (guint i = 0; i < position; i++)
    {
      g_autoptr (ViciSettings) other = g_list_model_get_item (sections, i);

      if (other == section)
        return TRUE;
    }

  return FALSE;
}

/* local-1, local-2, … for local* */
static gboolean
write_numbered (const ViciSettingWriter *self,
                const char              *key,
                GListModel              *sections,
                GError                 **error)
{
  for (guint i = 0; i < g_list_model_get_n_items (sections); i++)
    {
      g_autoptr (ViciSettings) section = g_list_model_get_item (sections, i);
      g_autofree char *name = g_strdup_printf ("%.*s-%u", (int) strlen (key) - 1, key, i + 1);
      g_autofree char *path = vici_setting_path (self->path, name);

      if (is_before (sections, section, i))
        return vici_setting_writer_fail (self, name, error, _("the same settings were added before"));

      if (!write_section (self, section, name, path, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_sections (const ViciSettingWriter *self,
                const ViciKeyInfo       *info,
                const char              *key,
                GListModel              *sections,
                GError                 **error)
{
  if (g_list_model_get_n_items (sections) == 0)
    return TRUE;

  if ((vici_key_info_get_flags (info) & VICI_KEY_NAMED) != 0)
    return write_named (self, key, sections, error);

  return write_numbered (self, key, sections, error);
}

/* -- All of it -- */

/* charon reads fewer digits than there can be. */
static gboolean
write_uint64 (const ViciSettingWriter *self,
              const ViciKeyInfo       *info,
              const char              *key,
              guint64                  number,
              GError                 **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);

  return vici_setting_writer_add_text (self, info, key, text, error);
}

static gboolean
write_field (const ViciSettingWriter *self,
             const ViciSettingsField *field,
             const ViciKeyInfo       *info,
             const GValue            *value,
             GError                 **error)
{
  const char *word;

  switch (field->kind)
    {
    case VICI_SETTING_STRINGS:
      return vici_setting_writer_add_list (self, info, field->key, g_value_get_boxed (value), error);

    case VICI_SETTING_BOOLEAN:
      if ((vici_key_info_get_flags (info) & VICI_KEY_PRESENCE) == 0 || g_value_get_boolean (value))
        vici_builder_add_boolean (self->builder, field->key, g_value_get_boolean (value));
      return TRUE;

    case VICI_SETTING_INT:
      vici_builder_add_int64 (self->builder, field->key, g_value_get_int (value));
      return TRUE;

    case VICI_SETTING_UINT:
      vici_builder_add_uint64 (self->builder, field->key, g_value_get_uint (value));
      return TRUE;

    case VICI_SETTING_UINT64:
      return write_uint64 (self, info, field->key, g_value_get_uint64 (value), error);

    case VICI_SETTING_ENUM:
      /* "Unknown" is a word that is read, and none to be sent. */
      word = vici_word_get_text (field->words, g_value_get_enum (value));
      if (word != NULL)
        vici_builder_add_string (self->builder, field->key, word);
      return TRUE;

    case VICI_SETTING_BLOB:
      return vici_setting_writer_add_blob (self, field->key, g_value_get_boxed (value), error);

    case VICI_SETTING_BLOBS:
      return vici_setting_writer_add_blobs (self, field->key, g_value_get_variant (value), error);

    case VICI_SETTING_SECTIONS:
      return write_sections (self, info, field->key, g_value_get_object (value), error);

    case VICI_SETTING_STRING:
    default:
      return vici_setting_writer_add_text (self, info, field->key, g_value_get_string (value), error);
    }
}

typedef struct
{
  const ViciSettingWriter *writer;
  GError       *error;
} ExtraWriter;

/* What stands for that key, as `locals` does for local-1. A class of others has no
 * section that its keys could be in. */
static gboolean
find_field (const ViciSettingsClass *klass,
            const char              *key,
            guint                   *field)
{
  const ViciKeyInfo *info = klass->section ? vici_key_info_lookup_key (klass->section, key) : NULL;

  for (*field = 0; info != NULL && *field < klass->n_fields; (*field)++)
    {
      if (strcmp (klass->fields[*field].key, vici_key_info_get_name (info)) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Why a key cannot be an extra one; NULL: it can. */
static const char *
find_clash (ViciSettings *settings,
            const char   *key)
{
  const ViciSettingsClass *klass = VICI_SETTINGS_GET_CLASS (settings);
  guint field;

  if (!find_field (klass, key, &field))
    return NULL;

  if (klass->fields[field].secret)
    return _("it is a secret, which is wiped where its property is set, and cannot be an extra key");

  if (klass->fields[field].local)
    return _("it is always sent, as its property says, and cannot be an extra key");

  return vici_settings_has (settings, field)
         ? _("it is set by its property, and added as an extra key too")
         : NULL;
}

/* A builder names its mistakes without their path: this one is made alone first. */
static gboolean
check_extra (const char *key,
             GVariant   *value,
             GError    **error)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;

  vici_builder_add_variant (builder, key, value);
  message = vici_builder_end (builder, error);

  return message != NULL;
}

/* TRUE ends the walk over all of them. */
static gboolean
write_extra (gpointer key,
             gpointer value,
             gpointer user_data)
{
  ExtraWriter *self = user_data;
  const ViciSettingWriter *writer = self->writer;
  const char *clash = find_clash (writer->settings, key);

  if (clash != NULL)
    {
      vici_setting_writer_fail (writer, key, &self->error, "%s", clash);
      return TRUE;
    }

  if (!check_extra (key, value, &self->error))
    {
      g_autofree char *path = vici_setting_path (writer->path, key);

      g_prefix_error (&self->error, "%s: ", path);
      return TRUE;
    }

  vici_builder_add_variant (writer->builder, key, value);

  return FALSE;
}

static gboolean
write_extras (const ViciSettingWriter *self,
              GError                 **error)
{
  ExtraWriter extra = { self, NULL };

  g_tree_foreach (vici_settings_get_extra (self->settings), write_extra, &extra);
  if (extra.error == NULL)
    return TRUE;

  g_propagate_error (error, extra.error);

  return FALSE;
}

static gboolean
check_required (const ViciSettingWriter *self,
                const ViciSettingsField *field,
                const ViciKeyInfo       *info,
                GError                 **error)
{
  if ((vici_key_info_get_flags (info) & VICI_KEY_REQUIRED) == 0 ||
      vici_settings_has_key (self->settings, field->key))
    return TRUE;

  return vici_setting_writer_fail (self, field->key, error, _("it is missing"));
}

gboolean
vici_settings_write (ViciSettings *self,
                     ViciBuilder  *builder,
                     const char   *path,
                     GError      **error)
{
  ViciSettingsClass *klass = VICI_SETTINGS_GET_CLASS (self);
  ViciSettingWriter writer = { self, builder, path };

  for (guint i = 0; i < klass->n_fields; i++)
    {
      const ViciSettingsField *field = &klass->fields[i];
      const ViciKeyInfo *info = vici_key_info_lookup_key (klass->section, field->key);
      const GValue *value = vici_settings_peek (self, i);

      if (field->local)
        continue;

      if (value == NULL ? !check_required (&writer, field, info, error)
                        : !write_field (&writer, field, info, value, error))
        return FALSE;
    }

  return write_extras (&writer, error) && vici_config_check (self, path, error);
}

static gboolean
has_secret (ViciSettingsClass *klass)
{
  for (guint i = 0; i < klass->n_fields; i++)
    {
      if (klass->fields[i].secret)
        return TRUE;
    }

  return FALSE;
}

/* What leads to their keys, in errors. NULL: the name that they need is none. */
static char *
get_path (ViciSettings *self,
          GError      **error)
{
  g_autofree char *wire = NULL;

  if (!VICI_SETTINGS_GET_CLASS (self)->is_named)
    return g_strdup ("");

  wire = vici_setting_name_to_wire (self, "", error);

  return wire ? vici_setting_show_name (vici_settings_get_name (self)) : NULL;
}

gboolean
vici_settings_write_named (ViciSettings *self,
                           ViciBuilder  *builder,
                           GError      **error)
{
  g_autofree char *name = vici_setting_name_to_wire (self, "", error);
  g_autofree char *path = NULL;

  if (name == NULL)
    return FALSE;

  path = vici_setting_show_name (vici_settings_get_name (self));
  vici_builder_begin_section (builder, name);
  if (!vici_settings_write (self, builder, path, error))
    return FALSE;
  vici_builder_end_section (builder);

  return TRUE;
}

/**
 * vici_settings_to_message:
 * @self: settings
 * @error: return location for an error
 *
 * Checks everything that was set, and makes of it what is sent: the content of a
 * section, without its name.
 *
 * Errors: %VICI_ERROR_INVALID with the path of the key and what was expected;
 * %VICI_ERROR_TOO_LARGE for a name over 255 bytes, a value over 65535, and a
 * message over 512 KiB.
 *
 * Returns: (transfer full): the message, or %NULL on error
 *
 * Since: 1.0
 */
ViciMessage *
vici_settings_to_message (ViciSettings *self,
                          GError      **error)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autofree char *path = NULL;

  g_return_val_if_fail (VICI_IS_SETTINGS (self), NULL);

  path = get_path (self, error);
  if (path == NULL)
    return NULL;

  vici_builder_set_sensitive (builder, has_secret (VICI_SETTINGS_GET_CLASS (self)));
  if (!vici_settings_write (self, builder, path, error))
    return NULL;

  return vici_builder_end (builder, error);
}

/**
 * vici_settings_check:
 * @self: settings
 * @error: return location for an error
 *
 * Checks everything that was set, as it is checked before it is sent. Errors are
 * those of vici_settings_to_message().
 *
 * Returns: %TRUE when it can be sent
 *
 * Since: 1.0
 */
gboolean
vici_settings_check (ViciSettings *self,
                     GError      **error)
{
  g_autoptr (ViciMessage) message = NULL;

  g_return_val_if_fail (VICI_IS_SETTINGS (self), FALSE);

  message = vici_settings_to_message (self, error);

  return message != NULL;
}
