/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-profile.h"

#include <glib/gi18n.h>

#include "applet-pem.h"

struct _AppletFiles
{
  GObject parent_instance;

  GBytes     *cert;
  GBytes     *key;
  GBytes     *ca;
  GListModel *certs;       /* ViciCredential: all that is where the certificate is */
  gboolean    is_matched;  /* whether it is known that the key is for the certificate */
};

G_DEFINE_FINAL_TYPE (AppletFiles, applet_files, G_TYPE_OBJECT)

/* A file after the other: what the first one holds need not be in another. */
typedef struct
{
  AppletProfile   *profile;
  AppletFiles     *files;
  GTlsInteraction *interaction;
  guint            step;
  const char      *blamed;   /* the property with the name of the file that is looked at */
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

/* One whose key is there goes before others, and those of authorities are own ones only
 * if there is nothing better: whoever makes one for themselves often makes such a one. */
static ViciCredential *
find_own (GListModel *credentials)
{
  ViciCredential *found = NULL;
  int found_rank = -1;

  for (guint i = 0; i < g_list_model_get_n_items (credentials); i++)
    {
      /* The list has them. */
      g_autoptr (ViciCredential) credential = g_list_model_get_item (credentials, i);
      int rank = (vici_credential_get_key (credential) != NULL ? 2 : 0) +
                 (vici_credential_is_authority (credential) ? 0 : 1);

      if (vici_credential_is_private_key (credential) || rank <= found_rank)
        continue;

      found = credential;
      found_rank = rank;
    }

  return found;
}

static ViciCredential *
find_first (GListModel *credentials,
            gboolean    private_key)
{
  for (guint i = 0; i < g_list_model_get_n_items (credentials); i++)
    {
      g_autoptr (ViciCredential) credential = g_list_model_get_item (credentials, i);

      if (vici_credential_is_private_key (credential) == private_key)
        return credential;
    }

  return NULL;
}

/* Another one than the own certificate, if that is known yet. */
static ViciCredential *
find_authority (GListModel *credentials,
                GBytes     *own)
{
  for (guint i = 0; i < g_list_model_get_n_items (credentials); i++)
    {
      g_autoptr (ViciCredential) credential = g_list_model_get_item (credentials, i);

      if (vici_credential_is_authority (credential) &&
          (own == NULL || !g_bytes_equal (vici_credential_get_data (credential), own)))
        return credential;
    }

  return NULL;
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
                           _("There is no certificate in this file."));
      return FALSE;
    }

  take (&self->cert, own);
  take (&self->key, key != NULL ? key : find_first (credentials, TRUE));
  g_set_object (&self->certs, credentials);
  self->is_matched = key != NULL;

  return TRUE;
}

static gboolean
take_key_file (AppletFiles *self,
               GListModel  *credentials,
               GError     **error)
{
  ViciCredential *key = find_first (credentials, TRUE);

  if (key == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("There is no private key in this file."));
      return FALSE;
    }

  g_clear_pointer (&self->key, g_bytes_unref);
  take (&self->key, key);
  self->is_matched = FALSE;

  return TRUE;
}

static gboolean
take_ca_file (AppletFiles *self,
              GListModel  *credentials,
              GError     **error)
{
  /* A server's own certificate can be trusted too. */
  take (&self->ca, find_authority (credentials, NULL));
  take (&self->ca, find_first (credentials, FALSE));
  if (self->ca != NULL)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("There is no certificate in this file."));

  return FALSE;
}

/* -- Dates -- */

/* NULL: there is no TLS backend to read it, or it is none. */
static GDateTime *
get_not_after (GBytes *data)
{
  GType type = g_tls_backend_get_certificate_type (g_tls_backend_get_default ());
  g_autoptr (GByteArray) array = g_bytes_unref_to_array (g_bytes_ref (data));
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (type == G_TYPE_INVALID)
    return NULL;

  certificate = g_initable_new (type, NULL, NULL, "certificate", array, NULL);

  return certificate != NULL ? g_tls_certificate_get_not_valid_after (certificate) : NULL;
}

static gboolean
check_date (GBytes  *data,
            GError **error)
{
  g_autoptr (GDateTime) not_after = data != NULL ? get_not_after (data) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) end = NULL;
  g_autofree char *date = NULL;

  if (not_after == NULL || g_date_time_compare (now, not_after) <= 0)
    return TRUE;

  end = g_date_time_to_local (not_after);
  date = g_date_time_format (end, "%x");
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
               /* TRANSLATORS: A date. */
               _("This certificate expired on %s."), date);

  return FALSE;
}

gboolean
applet_files_check_dates (AppletFiles   *self,
                          AppletProfile *profile,
                          const char   **blamed,
                          GError       **error)
{
  *blamed = "cert-file";
  if (!check_date (self->cert, error))
    return FALSE;

  if (*applet_profile_get (profile, "ca-file") != '\0')
    *blamed = "ca-file";

  return check_date (self->ca, error);
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
    take (&reading->files->ca, find_authority (G_LIST_MODEL (credentials), reading->files->cert));

  reading->step++;
  read_next (g_steal_pointer (&task));
}

static void
on_matched (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  AppletFiles *files = reading->files;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciCredentials) credentials = vici_credentials_load_finish (result, &error);
  ViciCredential *own = credentials != NULL ? find_own (G_LIST_MODEL (credentials)) : NULL;

  if (own == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (vici_credential_get_key (own) == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             _("The private key in this file belongs to another certificate."));
  else
    {
      g_clear_pointer (&files->cert, g_bytes_unref);
      take (&files->cert, own);
      g_task_return_pointer (task, g_object_ref (files), g_object_unref);
    }
}

/* Which of the certificates the key is for is known of what is read together. */
static void
match (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  AppletFiles *files = reading->files;
  g_autoptr (GBytes) pem = NULL;

  if (files->certs == NULL || files->key == NULL || files->is_matched)
    {
      g_task_return_pointer (task, g_object_ref (files), g_object_unref);
      g_object_unref (task);
      return;
    }

  pem = applet_pem_new (files->certs, files->key);
  vici_credentials_load_async (pem, NULL, g_task_get_cancellable (task), on_matched, task);
}

/* What is wrong with what is in a file speaks of "this file", and is shown beside its
 * name; that it cannot be read names it. */
static void
read_next (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  g_autoptr (GFile) file = NULL;

  while (reading->step < G_N_ELEMENTS (steps) &&
         !is_needed (reading->profile, steps[reading->step].property))
    reading->step++;

  if (reading->step == G_N_ELEMENTS (steps))
    {
      match (task);
      return;
    }

  reading->blamed = steps[reading->step].property;
  file = g_file_new_for_path (applet_profile_get (reading->profile, reading->blamed));
  vici_credentials_load_file_async (file, reading->interaction, g_task_get_cancellable (task),
                                    on_read, task);
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
    *blamed = reading->blamed;

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
  g_clear_object (&self->certs);

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
