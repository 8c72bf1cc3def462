/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tls-settings.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "vici-i18n.h"
#include "vici-uri-keys.h"

/* The one after charon's own, 4502, which is without TLS. */
#define DEFAULT_PORT 4503

static gboolean check (gboolean    good,
                       GError    **error,
                       const char *format,
                       ...) G_GNUC_PRINTF (3, 4);

static gboolean
check (gboolean    good,
       GError    **error,
       const char *format,
       ...)
{
  va_list args;

  if (good)
    return TRUE;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, format, args);
  va_end (args);

  return FALSE;
}

/* -- Reading the URI -- */

static gboolean
read_address (ViciTlsSettings *self,
              GUri            *parts,
              GError         **error)
{
  int port = g_uri_get_port (parts);

  if (!check (g_uri_get_userinfo (parts) == NULL && *g_uri_get_path (parts) == '\0', error,
              _("“%s” should be tls://host:port, and keys after a “?”"), self->uri))
    return FALSE;

  self->address = G_NETWORK_ADDRESS (g_network_address_new (
    g_uri_get_host (parts), port >= 0 ? (guint16) port : DEFAULT_PORT));

  return TRUE;
}

static gboolean
read_clients (ViciTlsSettings *self,
              const char      *clients,
              GError         **error)
{
  /* Who says who may come wants to know who comes. */
  if (self->ca != NULL || !vici_tls_allow_list_is_empty (self->allowed))
    self->clients = G_TLS_AUTHENTICATION_REQUIRED;
  else
    self->clients = G_TLS_AUTHENTICATION_NONE;
  self->clients_given = clients != NULL;

  if (clients == NULL)
    return TRUE;

  if (g_str_equal (clients, "required"))
    self->clients = G_TLS_AUTHENTICATION_REQUIRED;
  else if (g_str_equal (clients, "requested"))
    self->clients = G_TLS_AUTHENTICATION_REQUESTED;
  else if (g_str_equal (clients, "none"))
    self->clients = G_TLS_AUTHENTICATION_NONE;
  else
    return check (FALSE, error,
                  _("The key “clients” of “%s” has to be required, requested or none"), self->uri);

  return TRUE;
}

static gboolean
read_allowed (ViciTlsSettings *self,
              const GPtrArray *fingerprints,
              const GPtrArray *subjects,
              GError         **error)
{
  for (guint i = 0; i < fingerprints->len; i++)
    {
      if (!check (vici_tls_allow_list_add_fingerprint (self->allowed, fingerprints->pdata[i]), error,
                  _("The key “allow-fingerprint” of “%s” has to be sha256: and 64 hexadecimal digits"),
                  self->uri))
        return FALSE;
    }

  for (guint i = 0; i < subjects->len; i++)
    vici_tls_allow_list_add_subject (self->allowed, subjects->pdata[i]);

  return TRUE;
}

ViciTlsSettings *
vici_tls_settings_new (const char *uri,
                       GError    **error)
{
  g_autoptr (ViciTlsSettings) self = g_new0 (ViciTlsSettings, 1);
  g_autoptr (GPtrArray) fingerprints = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) subjects = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *clients = NULL;
  g_autoptr (GUri) parts = NULL;
  const ViciUriKey keys[] = {
    { "ca", &self->ca },
    { "cert", &self->cert },
    { "key", &self->key },
    { "name", &self->name },
    { "clients", &clients },
    { "allow-fingerprint", NULL, fingerprints },
    { "allow-subject", NULL, subjects },
  };

  self->uri = g_strdup (uri);
  self->allowed = vici_tls_allow_list_new ();

  parts = vici_uri_split (uri, keys, G_N_ELEMENTS (keys), error);
  if (parts == NULL || !read_address (self, parts, error) ||
      !read_allowed (self, fingerprints, subjects, error) ||
      !read_clients (self, clients, error) ||
      !check (self->cert != NULL || self->key == NULL, error,
              _("“%s” has the key “key”, but not “cert”"), uri))
    return NULL;

  return g_steal_pointer (&self);
}

void
vici_tls_settings_free (ViciTlsSettings *self)
{
  g_clear_object (&self->address);
  g_clear_pointer (&self->allowed, vici_tls_allow_list_free);
  g_free (self->uri);
  g_free (self->ca);
  g_free (self->cert);
  g_free (self->key);
  g_free (self->name);
  g_free (self);
}

/* -- Its sense for either end -- */

gboolean
vici_tls_settings_check_client (const ViciTlsSettings *self,
                                GError               **error)
{
  return check (!self->clients_given, error,
                _("“%s” has the key “clients”, which is for listening only"), self->uri) &&
         check (vici_tls_allow_list_is_empty (self->allowed), error,
                _("“%s” has a key “allow-…”, which is for listening only"), self->uri);
}

gboolean
vici_tls_settings_check_server (const ViciTlsSettings *self,
                                GError               **error)
{
  gboolean anybody = vici_tls_allow_list_is_empty (self->allowed);
  gboolean needs_ca = self->clients != G_TLS_AUTHENTICATION_NONE &&
                      (anybody || vici_tls_allow_list_has_subjects (self->allowed));

  return check (self->cert != NULL, error,
                _("“%s” lacks the key “cert”, without which it cannot listen"), self->uri) &&
         check (self->name == NULL, error,
                _("“%s” has the key “name”, which is for connecting only"), self->uri) &&
         check (anybody || self->clients == G_TLS_AUTHENTICATION_REQUIRED, error,
                _("“%s” has a key “allow-…”, with which “clients” has to be required"), self->uri) &&
         /* What a stranger has put into a certificate says nothing. */
         check (!needs_ca || self->ca != NULL, error,
                _("“%s” lacks the key “ca”, which says whose certificates are good"), self->uri);
}

/* -- Files -- */

static void
blame (const ViciTlsSettings *self,
       const char            *key,
       const char            *path,
       const GError          *cause,
       GError               **error)
{
  g_set_error (error, cause->domain, cause->code,
               _("Cannot use “%s”, which “%s” names as “%s”: %s"),
               path, self->uri, key, cause->message);
}

/* Whoever opens a pipe waits for who writes to it. What is not there is GIO's to
 * tell. */
static gboolean
check_file (const ViciTlsSettings *self,
            const char            *key,
            const char            *path,
            GError               **error)
{
  g_autoptr (GError) cause = NULL;
  GStatBuf status;

  if (g_stat (path, &status) != 0 || S_ISREG (status.st_mode))
    return TRUE;

  cause = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                               _("It is no regular file"));
  blame (self, key, path, cause, error);

  return FALSE;
}

static gboolean
check_files (const ViciTlsSettings *self,
             GError               **error)
{
  return (self->ca == NULL || check_file (self, "ca", self->ca, error)) &&
         (self->cert == NULL || check_file (self, "cert", self->cert, error)) &&
         (self->key == NULL || check_file (self, "key", self->key, error));
}

static GTlsCertificate *
load_certificate (const ViciTlsSettings *self,
                  GError               **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GTlsCertificate) alone = NULL;
  GTlsCertificate *certificate =
    g_tls_certificate_new_from_files (self->cert, self->key ? self->key : self->cert, &cause);

  if (certificate != NULL)
    return certificate;

  /* It is the key's file if there is one and the other is good. */
  if (self->key != NULL)
    alone = g_tls_certificate_new_from_file (self->cert, NULL);

  if (alone != NULL)
    blame (self, "key", self->key, cause, error);
  else
    blame (self, "cert", self->cert, cause, error);

  return NULL;
}

static GTlsDatabase *
load_database (const ViciTlsSettings *self,
               GError               **error)
{
  g_autoptr (GError) cause = NULL;
  /* With a relative path it would complain, and trust nobody. */
  g_autofree char *path = g_canonicalize_filename (self->ca, NULL);
  GTlsDatabase *database = g_tls_file_database_new (path, &cause);

  if (database == NULL)
    blame (self, "ca", self->ca, cause, error);

  return database;
}

gboolean
vici_tls_settings_load (const ViciTlsSettings *self,
                        GTlsDatabase         **database,
                        GTlsCertificate      **certificate,
                        GError               **error)
{
  g_autoptr (GTlsDatabase) loaded = NULL;

  *database = NULL;
  *certificate = NULL;

  if (!check_files (self, error))
    return FALSE;

  if (self->ca != NULL && (loaded = load_database (self, error)) == NULL)
    return FALSE;

  if (self->cert != NULL && (*certificate = load_certificate (self, error)) == NULL)
    return FALSE;

  *database = g_steal_pointer (&loaded);

  return TRUE;
}
