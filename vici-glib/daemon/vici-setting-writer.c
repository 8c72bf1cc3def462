/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-setting-writer.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-name-escape.h"
#include "vici-wire.h"

char *
vici_setting_path (const char *path,
                   const char *key)
{
  return *path != '\0' ? g_strdup_printf ("%s.%s", path, key) : g_strdup (key);
}

gboolean
vici_setting_writer_fail (const ViciSettingWriter *self,
                          const char              *key,
                          GError                 **error,
                          const char              *format,
                          ...)
{
  g_autofree char *path = vici_setting_path (self->path, key);
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (VICI_ERROR, VICI_ERROR_INVALID, format, args));
  va_end (args);
  g_prefix_error (error, "%s: ", path);

  return FALSE;
}

/* -- Names -- */

/* For people, who can read any script. */
char *
vici_setting_show_name (const char *name)
{
  gboolean is_text = g_utf8_validate (name, -1, NULL);

  for (const char *at = name; is_text && *at != '\0'; at = g_utf8_next_char (at))
    is_text = g_unichar_isprint (g_utf8_get_char (at));

  return is_text ? g_strdup (name) : vici_name_escape (name);
}

char *
vici_setting_name_to_wire (ViciSettings *self,
                           const char   *path,
                           GError      **error)
{
  const char *name = vici_settings_get_name (self);
  g_autofree char *wire = NULL;
  g_autofree char *named = NULL;
  g_autofree char *start = NULL;

  if (name == NULL || *name == '\0')
    {
      named = vici_setting_path (path, "name");
      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID, _("%s: a name is expected"), named);
      return NULL;
    }

  wire = vici_name_escape (name);
  if (strlen (wire) <= VICI_NAME_MAX)
    return g_steal_pointer (&wire);

  start = g_strdup_printf ("%.60s…", wire);
  named = vici_setting_path (path, start);
  g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
               _("%s: the name is longer than %d bytes, as it is sent"), named, VICI_NAME_MAX);

  return NULL;
}

/* -- Values -- */

static gboolean
check_length (const char *path,
              gsize       length,
              GError    **error)
{
  if (length <= VICI_VALUE_MAX)
    return TRUE;

  g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
               /* Translators: the path of a key, such as home.local-1.certs */
               _("%s: a value is longer than %d bytes"), path, VICI_VALUE_MAX);

  return FALSE;
}

static gboolean
is_printable (const char *text)
{
  while (g_ascii_isprint (*text))
    text++;

  return *text == '\0';
}

/* The text of one value, or of an item, as the daemon takes it. */
static char *
to_wire (const ViciSettingWriter *self,
         const ViciKeyInfo       *info,
         const char              *key,
         const char              *text,
         GError                 **error)
{
  g_autofree char *path = vici_setting_path (self->path, key);
  char *wire;

  if (!check_length (path, strlen (text), error))
    return NULL;

  /* A secret is not shown, as the errors about others are. */
  if ((vici_key_info_get_flags (info) & VICI_KEY_SECRET) != 0 && !is_printable (text))
    {
      vici_setting_writer_fail (self, key, error,
                                _("the daemon takes nothing but printable ASCII here"));
      return NULL;
    }

  wire = vici_key_info_to_wire (info, text, error);
  if (wire == NULL)
    g_prefix_error (error, "%s: ", path);

  return wire;
}

gboolean
vici_setting_writer_add_text (const ViciSettingWriter *self,
                              const ViciKeyInfo       *info,
                              const char              *key,
                              const char              *text,
                              GError                 **error)
{
  char *wire = to_wire (self, info, key, text, error);

  if (wire == NULL)
    return FALSE;

  vici_builder_add_string (self->builder, key, wire);

  /* It may be a secret. */
  explicit_bzero (wire, strlen (wire));
  g_free (wire);

  return TRUE;
}

gboolean
vici_setting_writer_add_list (const ViciSettingWriter *self,
                              const ViciKeyInfo       *info,
                              const char              *key,
                              const char * const      *items,
                              GError                 **error)
{
  vici_builder_begin_list (self->builder, key);

  for (; *items != NULL; items++)
    {
      g_autofree char *wire = to_wire (self, info, key, *items, error);

      if (wire == NULL)
        return FALSE;

      vici_builder_add_item (self->builder, wire);
    }

  vici_builder_end_list (self->builder);

  return TRUE;
}

/* What is no text is a certificate or a key, and never empty. */
static gboolean
check_blob (const ViciSettingWriter *self,
            const char              *key,
            GBytes                  *blob,
            GError                 **error)
{
  g_autofree char *path = vici_setting_path (self->path, key);

  if (g_bytes_get_size (blob) == 0)
    return vici_setting_writer_fail (self, key, error, _("it is empty"));

  return check_length (path, g_bytes_get_size (blob), error);
}

gboolean
vici_setting_writer_add_blob (const ViciSettingWriter *self,
                              const char              *key,
                              GBytes                  *blob,
                              GError                 **error)
{
  if (!check_blob (self, key, blob, error))
    return FALSE;

  vici_builder_add_bytes (self->builder, key, blob);

  return TRUE;
}

gboolean
vici_setting_writer_add_blobs (const ViciSettingWriter *self,
                               const char              *key,
                               GVariant                *blobs,
                               GError                 **error)
{
  vici_builder_begin_list (self->builder, key);

  for (gsize i = 0; i < g_variant_n_children (blobs); i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (blobs, i);
      g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (item);

      if (!check_blob (self, key, bytes, error))
        return FALSE;

      vici_builder_add_item_bytes (self->builder, bytes);
    }

  vici_builder_end_list (self->builder);

  return TRUE;
}
