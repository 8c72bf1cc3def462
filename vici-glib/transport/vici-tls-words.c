/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tls-words.h"

#include "vici-i18n.h"

static const struct
{
  GTlsCertificateFlags flag;
  const char          *words;
} clauses[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, N_("it is not trusted") },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, N_("it is for another name") },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, N_("it is not valid yet") },
  { G_TLS_CERTIFICATE_EXPIRED, N_("it has expired") },
  { G_TLS_CERTIFICATE_REVOKED, N_("it has been revoked") },
  { G_TLS_CERTIFICATE_INSECURE, N_("its algorithm is not secure") },
};

char *
vici_tls_describe_errors (GTlsCertificateFlags errors)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (clauses); i++)
    {
      const char *words = clauses[i].words;

      if (errors & clauses[i].flag)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", vici_gettext (words));
    }

  if (text->len == 0)
    g_string_append (text, _("it cannot be verified"));

  return g_string_free (text, FALSE);
}
