/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-profile.h"

#include <glib/gi18n.h>

struct _AppletFiles
{
  GObject parent_instance;

  GBytes *cert;
  GBytes *key;
  GBytes *ca;
};

G_DEFINE_FINAL_TYPE (AppletFiles, applet_files, G_TYPE_OBJECT)

/* A file after the other: what the first one holds need not be in another. */
typedef struct
{
  AppletProfile   *profile;
  AppletFiles     *files;
  GTlsInteraction *interaction;
  guint            step;
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->profile);
  g_object_unref (reading->files);
  g_clear_object (&reading->interaction);
  g_free (reading);
}

GBytes *
applet_files_get_cert (AppletFiles *self)
{
  return self->cert;
}

GBytes *
applet_files_get_key (AppletFiles *self)
{
  return self->key;
}

GBytes *
applet_files_get_ca (AppletFiles *self)
{
  return self->ca;
}

/* -- What is in them -- */

static void
take (GBytes        **slot,
      ViciCredential *credential)
{
  if (*slot == NULL && credential != NULL)
    *slot = g_bytes_ref (vici_credential_get_data (credential));
}

/* One that the key is for goes before others; certificates of authorities are no own
 * ones. */
static ViciCredential *
find_own (GListModel *credentials)
{
  ViciCredential *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (credentials); i++)
    {
      /* The list has them. */
      g_autoptr (ViciCredential) credential = g_list_model_get_item (credentials, i);

      if (vici_credential_is_private_key (credential) || vici_credential_is_authority (credential))
        continue;
      if (vici_credential_get_key (credential) != NULL)
        return credential;
      if (found == NULL)
        found = credential;
    }

  return found;
}

static ViciCredential *
find_key (GListModel *credentials)
{
  for (guint i = 0; i < g_list_model_get_n_items (credentials); i++)
    {
      g_autoptr (ViciCredential) credential = g_list_model_get_item (credentials, i);

      if (vici_credential_is_private_key (credential))
        return credential;
    }

  return NULL;
}

/* A server's own certificate can be trusted too, where a file was chosen for that. */
static ViciCredential *
find_authority (GListModel *credentials,
                gboolean    only_authorities)
{
  ViciCredential *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (credentials); i++)
    {
      g_autoptr (ViciCredential) credential = g_list_model_get_item (credentials, i);

      if (vici_credential_is_authority (credential))
        return credential;
      if (found == NULL && !only_authorities && !vici_credential_is_private_key (credential))
        found = credential;
    }

  return found;
}

static gboolean
take_cert_file (AppletFiles *self,
                GListModel  *credentials,
                GError     **error)
{
  ViciCredential *own = find_own (credentials);
  ViciCredential *key = own != NULL ? vici_credential_get_key (own) : NULL;

  if (own == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("There is no certificate of one’s own in this file."));
      return FALSE;
    }

  take (&self->cert, own);
  take (&self->key, key != NULL ? key : find_key (credentials));

  return TRUE;
}

static gboolean
take_key_file (AppletFiles *self,
               GListModel  *credentials,
               GError     **error)
{
  ViciCredential *key = find_key (credentials);

  if (key == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("There is no private key in this file."));
      return FALSE;
    }

  g_clear_pointer (&self->key, g_bytes_unref);
  take (&self->key, key);

  return TRUE;
}

static gboolean
take_ca_file (AppletFiles *self,
              GListModel  *credentials,
              GError     **error)
{
  take (&self->ca, find_authority (credentials, FALSE));
  if (self->ca != NULL)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("There is no certificate in this file."));

  return FALSE;
}

/* -- Reading -- */

static const struct
{
  const char *property;
  gboolean (*take) (AppletFiles *self,
                    GListModel  *credentials,
                    GError     **error);
} steps[] = {
  { "ca-file", take_ca_file },
  { "cert-file", take_cert_file },
  { "key-file", take_key_file },
};

static void read_next (GTask *task);

static gboolean
is_needed (AppletProfile *profile,
           const char    *property)
{
  AppletAuth auth = applet_profile_get_auth (profile);

  if (*applet_profile_get (profile, property) == '\0')
    return FALSE;

  return auth == APPLET_AUTH_CERT || (auth == APPLET_AUTH_EAP && g_str_equal (property, "ca-file"));
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciCredentials) credentials = vici_credentials_load_file_finish (result, &error);

  if (credentials == NULL ||
      !steps[reading->step].take (reading->files, G_LIST_MODEL (credentials), &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  /* Archives have the authority with them, as a rule. */
  if (reading->files->ca == NULL)
    take (&reading->files->ca, find_authority (G_LIST_MODEL (credentials), TRUE));

  reading->step++;
  read_next (g_steal_pointer (&task));
}

/* Whoever has read the bytes knows no name of them: an error speaks of "this file",
 * and is shown beside its name. */
static void
read_next (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);

  while (reading->step < G_N_ELEMENTS (steps) &&
         !is_needed (reading->profile, steps[reading->step].property))
    reading->step++;

  if (reading->step < G_N_ELEMENTS (steps))
    {
      const char *path = applet_profile_get (reading->profile, steps[reading->step].property);
      g_autoptr (GFile) file = g_file_new_for_path (path);

      vici_credentials_load_file_async (file, reading->interaction, g_task_get_cancellable (task),
                                        on_read, task);
      return;
    }

  g_task_return_pointer (task, g_object_ref (reading->files), g_object_unref);
  g_object_unref (task);
}

void
applet_files_read_async (AppletProfile      *profile,
                         GTlsInteraction    *interaction,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GTask *task = g_task_new (profile, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  g_task_set_source_tag (task, applet_files_read_async);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  /* It may be changed meanwhile. */
  reading->profile = applet_profile_copy (profile);
  reading->files = g_object_new (APPLET_TYPE_FILES, NULL);
  g_set_object (&reading->interaction, interaction);

  read_next (task);
}

AppletFiles *
applet_files_read_finish (GAsyncResult *result,
                          const char  **blamed,
                          GError      **error)
{
  Reading *reading = g_task_get_task_data (G_TASK (result));

  if (blamed != NULL)
    *blamed = reading->step < G_N_ELEMENTS (steps) ? steps[reading->step].property : NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -- GObject -- */

static void
applet_files_finalize (GObject *object)
{
  AppletFiles *self = APPLET_FILES (object);

  g_clear_pointer (&self->cert, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->ca, g_bytes_unref);

  G_OBJECT_CLASS (applet_files_parent_class)->finalize (object);
}

static void
applet_files_class_init (AppletFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = applet_files_finalize;
}

static void
applet_files_init (AppletFiles *self)
{
}
