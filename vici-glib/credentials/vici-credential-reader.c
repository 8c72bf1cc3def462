/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credential-reader.h"

#include "vici-credential-private.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-secret.h"

#include <string.h>

#define MAX_SIZE (1024 * 1024)
#define MAX_BLOCKS 512
#define MAX_TRIES 3

struct _ViciCredentialReader
{
  GFile        *file;         /* NULL: the data are given */
  char         *name;         /* of the file; NULL: there is none */
  GBytes       *data;
  GPtrArray    *blocks;       /* ViciPemBlock, in the data; NULL: not known yet */
  guint         next;         /* the block to read */
  GPtrArray    *credentials;  /* of those before it */
  ViciPassword *password;     /* the last one that was asked for; NULL: none was */
  guint         tries;        /* how often for this block */
  guint         iterations;   /* that are left: what can be hashed yet */
};

ViciCredentialReader *
vici_credential_reader_new (GBytes *data,
                            GFile  *file)
{
  ViciCredentialReader *self = g_new0 (ViciCredentialReader, 1);
  g_autofree char *name = file ? g_file_get_basename (file) : NULL;

  self->data = data ? g_bytes_ref (data) : NULL;
  self->file = file ? g_object_ref (file) : NULL;
  self->name = name ? g_filename_display_name (name) : NULL;
  self->credentials = g_ptr_array_new_with_free_func (g_object_unref);
  self->iterations = VICI_GNUTLS_MAX_ITERATIONS;

  return self;
}

void
vici_credential_reader_free (ViciCredentialReader *self)
{
  g_clear_object (&self->file);
  g_free (self->name);
  g_clear_pointer (&self->blocks, g_ptr_array_unref);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_clear_pointer (&self->credentials, g_ptr_array_unref);
  g_clear_object (&self->password);
  g_free (self);
}

/* -- Reading -- */

static gboolean
open_data (ViciCredentialReader *self,
           GCancellable         *cancellable,
           GError              **error)
{
  if (self->blocks != NULL)
    return TRUE;

  if (self->data == NULL)
    self->data = vici_secret_new_from_file (self->file, MAX_SIZE, cancellable, error);
  if (self->data == NULL)
    return FALSE;

  if (g_bytes_get_size (self->data) > MAX_SIZE)
    {
      g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
                   _("Credentials of more than %d bytes are not read"), MAX_SIZE);
      return FALSE;
    }

  self->blocks = vici_pem_split (self->data, MAX_BLOCKS, error);

  return self->blocks != NULL;
}

/* The block before may have had the same password. */
static ViciGnutlsResult
read_block (ViciCredentialReader *self,
            ViciPemBlock         *block,
            GError              **error)
{
  ViciGnutlsResult result = VICI_GNUTLS_LOCKED;

  if (self->tries == 0)
    result = vici_gnutls_read (block, NULL, &self->iterations, self->credentials, error);
  if (result == VICI_GNUTLS_LOCKED && self->password != NULL)
    result = vici_gnutls_read (block, vici_password_get_text (self->password), &self->iterations,
                               self->credentials, error);

  return result;
}

ViciGnutlsResult
vici_credential_reader_read (ViciCredentialReader *self,
                             GCancellable         *cancellable,
                             GError              **error)
{
  if (!open_data (self, cancellable, error))
    return VICI_GNUTLS_FAILED;

  for (; self->next < self->blocks->len; self->next++, self->tries = 0)
    {
      ViciGnutlsResult result;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return VICI_GNUTLS_FAILED;

      result = read_block (self, self->blocks->pdata[self->next], error);
      if (result != VICI_GNUTLS_READ)
        return result;
    }

  return VICI_GNUTLS_READ;
}

/* -- Passwords -- */

ViciPassword *
vici_credential_reader_get_password (ViciCredentialReader *self,
                                     GError              **error)
{
  g_autofree char *description = NULL;
  GTlsPasswordFlags flags = G_TLS_PASSWORD_NONE;

  if (self->tries == MAX_TRIES)
    {
      g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD,
                   _("The password was wrong %d times, or what it encrypts is damaged"), MAX_TRIES);
      return NULL;
    }

  self->tries++;
  if (self->tries > 1)
    flags |= G_TLS_PASSWORD_RETRY;
  if (self->tries == MAX_TRIES)
    flags |= G_TLS_PASSWORD_FINAL_TRY;

  description = self->name ? g_strdup_printf (_("Credentials in “%s”"), self->name)
                           : g_strdup (_("Credentials"));
  g_clear_object (&self->password);
  self->password = vici_password_new (description, flags);

  return self->password;
}

/* -- The end -- */

static void
match_keys (GPtrArray *credentials)
{
  for (guint i = 0; i < credentials->len; i++)
    for (guint j = 0; j < credentials->len; j++)
      if (vici_credential_match_key (credentials->pdata[i], credentials->pdata[j]))
        break;
}

GPtrArray *
vici_credential_reader_end (ViciCredentialReader *self,
                            GError              **error)
{
  if (self->credentials->len == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("There is no certificate and no private key"));
      return NULL;
    }

  match_keys (self->credentials);

  return g_steal_pointer (&self->credentials);
}

void
vici_credential_reader_blame (ViciCredentialReader *self,
                              GError              **error)
{
  g_autofree char *path = self->file ? g_file_get_parse_name (self->file) : NULL;

  if (path != NULL && error != NULL &&
      !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      strstr ((*error)->message, path) == NULL)
    g_prefix_error (error, _("Cannot read “%s”: "), path);
}
