/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-uri-keys.h"

#include "vici-i18n.h"

static const ViciUriKey *
find_key (const ViciUriKey *keys,
          guint             n_keys,
          const char       *name)
{
  for (guint i = 0; i < n_keys; i++)
    if (g_str_equal (keys[i].name, name))
      return &keys[i];

  return NULL;
}

static gboolean
store (const ViciUriKey *key,
       const char       *value,
       const char       *uri,
       GError          **error)
{
  if (*value == '\0')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("The key “%s” of “%s” has no value"), key->name, uri);
      return FALSE;
    }

  if (key->values != NULL)
    {
      g_ptr_array_add (key->values, g_strdup (value));
      return TRUE;
    }

  if (*key->value != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” has the key “%s” more than once"), uri, key->name);
      return FALSE;
    }

  *key->value = g_strdup (value);

  return TRUE;
}

static gboolean
read_query (const char       *query,
            const ViciUriKey *keys,
            guint             n_keys,
            const char       *uri,
            GError          **error)
{
  g_autoptr (GError) local_error = NULL;
  GUriParamsIter iter;
  char *name, *value;

  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_NONE);
  while (g_uri_params_iter_next (&iter, &name, &value, &local_error))
    {
      g_autofree char *owned_name G_GNUC_UNUSED = name;
      g_autofree char *owned_value G_GNUC_UNUSED = value;
      const ViciUriKey *key = find_key (keys, n_keys, name);

      if (key == NULL)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("The key “%s” of “%s” is not known"), name, uri);
          return FALSE;
        }

      if (!store (key, value, uri, error))
        return FALSE;
    }

  if (local_error != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("The query of “%s” cannot be read: %s"), uri, local_error->message);

  return local_error == NULL;
}

GUri *
vici_uri_split (const char       *uri,
                const ViciUriKey *keys,
                guint             n_keys,
                GError          **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GUri) parts = g_uri_parse (uri, G_URI_FLAGS_ENCODED_QUERY, &local_error);

  if (parts == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” cannot be read: %s"), uri, local_error->message);
      return NULL;
    }

  if (g_uri_get_host (parts) == NULL || *g_uri_get_host (parts) == '\0')
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” names no host"), uri);
      return NULL;
    }

  if (g_uri_get_fragment (parts) != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” holds a “#”, which has to be written as %%23"), uri);
      return NULL;
    }

  if (g_uri_get_query (parts) != NULL &&
      !read_query (g_uri_get_query (parts), keys, n_keys, uri, error))
    return NULL;

  return g_steal_pointer (&parts);
}
