/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-config-checks.h"

#include <string.h>

#include "vici-configs.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-setting-writer.h"
#include "vici-settings-private.h"
#include "vici-value.h"

static gboolean
fail (const char *path,
      const char *key,
      const char *reason,
      GError    **error)
{
  const ViciSettingWriter writer = { NULL, NULL, path };

  return vici_setting_writer_fail (&writer, key, error, "%s", reason);
}

/* charon cuts the upper bits off. */
static gboolean
check_port (const char *path,
            const char *key,
            guint       port,
            GError    **error)
{
  if (port <= G_MAXUINT16)
    return TRUE;

  return fail (path, key, _("a port is a number from 0 to 65535"), error);
}

/* charon reads 64 bits, and keeps the lower 32 of these. */
static gboolean
check_time (const char *path,
            const char *key,
            const char *text,
            GError    **error)
{
  const ViciSettingWriter writer = { NULL, NULL, path };
  guint64 seconds;

  if (text == NULL || !vici_value_parse_seconds (text, &seconds) || seconds <= G_MAXUINT32)
    return TRUE;

  return vici_setting_writer_fail (&writer, key, error, _("“%s” is not valid: %s"), text,
                                   _("the time is 4294967295 seconds at most, which are 49710 "
                                     "days"));
}

static gboolean
check_times (ViciConnConfig *self,
             const char     *path,
             GError        **error)
{
  return check_time (path, "dpd_delay", vici_conn_config_get_dpd_delay (self), error) &&
         check_time (path, "dpd_timeout", vici_conn_config_get_dpd_timeout (self), error) &&
         check_time (path, "reauth_time", vici_conn_config_get_reauth_time (self), error) &&
         check_time (path, "rekey_time", vici_conn_config_get_rekey_time (self), error) &&
         check_time (path, "over_time", vici_conn_config_get_over_time (self), error) &&
         check_time (path, "rand_time", vici_conn_config_get_rand_time (self), error);
}

/* charon 5.9.8 crashes without the identity, and says of the two together nothing but
 * "parsing request failed". */
static gboolean
check_mediation (ViciConnConfig *self,
                 const char     *path,
                 GError        **error)
{
  if (!vici_settings_has_key (self, "mediated_by"))
    return TRUE;

  if (vici_conn_config_get_mediation (self))
    return fail (path, "mediated_by",
                 _("a connection that mediates cannot be mediated"), error);

  if (!vici_settings_has_key (self, "mediation_peer"))
    return fail (path, "mediation_peer", _("it is missing, as mediated_by is set"), error);

  return TRUE;
}

static gboolean
check_conn (ViciConnConfig *self,
            const char     *path,
            GError        **error)
{
  return check_port (path, "local_port", vici_conn_config_get_local_port (self), error) &&
         check_port (path, "remote_port", vici_conn_config_get_remote_port (self), error) &&
         check_times (self, path, error) &&
         check_mediation (self, path, error);
}

static gboolean
check_cert_file (ViciSettings *self,
                 const char   *path,
                 GError      **error)
{
  gboolean has_file = vici_settings_has_key (self, "file");

  if (has_file != vici_settings_has_key (self, "handle"))
    return TRUE;

  return fail (path, has_file ? "handle" : "file",
               has_file ? _("file is set too, and only one of them can be")
                        : _("it is missing, or a handle instead"),
               error);
}

/* A CA certificate that charon cannot read is to it as if it were missing too. */
static gboolean
check_authority (ViciSettings *self,
                 const char   *path,
                 GError      **error)
{
  if (vici_settings_has_key (self, "cacert") || vici_settings_has_key (self, "file") ||
      vici_settings_has_key (self, "handle"))
    return TRUE;

  return fail (path, "cacert", _("it is missing, or a file or a handle instead"), error);
}

gboolean
vici_config_check (ViciSettings *self,
                   const char   *path,
                   GError      **error)
{
  if (VICI_IS_CONN_CONFIG (self))
    return check_conn (VICI_CONN_CONFIG (self), path, error);

  if (VICI_IS_CHILD_CONFIG (self))
    return check_time (path, "inactivity",
                       vici_child_config_get_inactivity (VICI_CHILD_CONFIG (self)), error);

  if (VICI_IS_CERT_FILE_CONFIG (self))
    return check_cert_file (self, path, error);

  if (VICI_IS_AUTHORITY_CONFIG (self))
    return check_authority (self, path, error);

  return TRUE;
}

/* PKCS#8, and the older form of OpenSSL. DER does not tell so easily. */
static gboolean
is_encrypted_pem (GBytes *bytes)
{
  static const char * const marks[] = { "-----BEGIN ENCRYPTED PRIVATE KEY-----",
                                        "Proc-Type: 4,ENCRYPTED" };
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      if (g_strstr_len (data, size, marks[i]) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* "parsing ANY private key failed", says charon. */
gboolean
vici_request_check_bytes (const char *command,
                          const char *key,
                          GBytes     *value,
                          GError    **error)
{
  if (strcmp (command, "load-key") != 0 || g_bytes_get_size (value) == 0 ||
      !is_encrypted_pem (value))
    return TRUE;

  return fail ("", key,
               _("the private key is encrypted: ViciCredentials decrypts it, the daemon does not"),
               error);
}
