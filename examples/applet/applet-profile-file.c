/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-profile-private.h"

#include <glib/gi18n.h>
#include <string.h>

static const char * const auth_words[] = { "psk", "certificate", "eap", NULL };
static const char * const start_words[] = { "no", "trap", "start", NULL };
static const char * const version_words[] = { "any", "1", "2", NULL };

void
applet_profile_to_key_file (AppletProfile *self,
                            GKeyFile      *file,
                            const char    *group)
{
  for (int i = 0; i < N_TEXTS; i++)
    {
      if (*self->texts[i] != '\0')
        g_key_file_set_string (file, group, applet_profile_texts[i].property, self->texts[i]);
    }

  g_key_file_set_string (file, group, "version", version_words[self->version]);
  g_key_file_set_string (file, group, "auth", auth_words[self->auth]);
  g_key_file_set_string (file, group, "start", start_words[self->start]);
  g_key_file_set_boolean (file, group, "virtual-ip", self->virtual_ip);
}

static gboolean
read_word (GKeyFile           *file,
           const char         *group,
           const char         *key,
           const char * const *words,
           guint              *value,
           GError            **error)
{
  g_autofree char *word = g_key_file_get_string (file, group, key, error);

  if (word == NULL)
    return FALSE;

  for (*value = 0; words[*value] != NULL; (*value)++)
    {
      if (g_str_equal (words[*value], word))
        return TRUE;
    }

  g_set_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_INVALID_VALUE,
               /* Translators: a group, a key and its value in a file */
               _("%s: %s cannot be “%s”."), group, key, word);

  return FALSE;
}

AppletProfile *
applet_profile_new_from_key_file (GKeyFile   *file,
                                  const char *group,
                                  GError    **error)
{
  g_autoptr (AppletProfile) self = applet_profile_new ();

  for (int i = 0; i < N_TEXTS; i++)
    {
      g_autofree char *text = g_key_file_get_string (file, group, applet_profile_texts[i].property, NULL);

      applet_profile_set_text (self, i, text);
    }

  if (!applet_profile_check (self, "name", error) ||
      !read_word (file, group, "version", version_words, &self->version, error) ||
      !read_word (file, group, "auth", auth_words, &self->auth, error) ||
      !read_word (file, group, "start", start_words, &self->start, error))
    return NULL;

  self->virtual_ip = g_key_file_get_boolean (file, group, "virtual-ip", NULL);

  return g_steal_pointer (&self);
}

GPtrArray *
applet_profile_parse_file (GBytes  *bytes,
                           GError **error)
{
  g_autoptr (GPtrArray) profiles = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  gsize length;
  const char *contents = g_bytes_get_data (bytes, &length);

  /* To a GKeyFile, a line ends there: it would be without what is behind it. */
  if (length > 0 && memchr (contents, '\0', length) != NULL)
    {
      g_set_error_literal (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE,
                           _("There is a zero byte in it, and it is no text."));
      return NULL;
    }

  if (!g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, error))
    return NULL;

  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    {
      AppletProfile *profile = applet_profile_new_from_key_file (file, *group, error);

      if (profile == NULL)
        return NULL;

      g_ptr_array_add (profiles, profile);
    }

  return g_steal_pointer (&profiles);
}

GBytes *
applet_profile_print_file (GListModel *profiles)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;
  char *data;

  for (guint i = 0; i < g_list_model_get_n_items (profiles); i++)
    {
      g_autoptr (AppletProfile) profile = g_list_model_get_item (profiles, i);
      /* A name could not be that of a group, whatever it is. */
      g_autofree char *group = g_strdup_printf ("connection-%u", i + 1);

      applet_profile_to_key_file (profile, file, group);
    }

  data = g_key_file_to_data (file, &length, NULL);

  return g_bytes_new_take (data, length);
}
