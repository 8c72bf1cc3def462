/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-cert-text.h"

#include <glib/gi18n.h>

#include "applet-text.h"

/* Whose a certificate is, and until when, in words. */

/* How long before its end there is a warning: long enough to get another one. */
#define SOON (30 * G_TIME_SPAN_DAY)

const char *
applet_cert_get_subject (ViciCert *cert)
{
  const char *subject = vici_cert_get_subject (cert);

  return subject != NULL ? subject : _("Without a subject");
}

/**
 * applet_cert_dup_expiry:
 * @style: (out) (nullable): "warning" if it ends soon, "error" if it has ended
 *
 * Returns: (nullable): until when it is valid; none for what does not end
 */
char *
applet_cert_dup_expiry (ViciCert    *cert,
                        const char **style)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  GDateTime *not_after = vici_cert_get_not_after (cert);
  g_autofree char *date = not_after != NULL ? applet_text_date (not_after) : NULL;
  GTimeSpan left = not_after != NULL ? g_date_time_difference (not_after, now) : 0;
  int days = (int) (left / G_TIME_SPAN_DAY);

  *style = NULL;
  if (not_after == NULL)
    return NULL;

  if (left < 0)
    {
      *style = "error";
      /* TRANSLATORS: A date. */
      return g_strdup_printf (_("Expired on %s"), date);
    }

  if (left < SOON)
    {
      *style = "warning";
      /* TRANSLATORS: A date, and the days until then. */
      return g_strdup_printf (ngettext ("Valid until %s: %d day is left", "Valid until %s: %d days are left",
                                        (gulong) days),
                              date, days);
    }

  /* TRANSLATORS: A date. */
  return g_strdup_printf (_("Valid until %s"), date);
}

/* The daemon writes spaces between the parts of a name, and a TLS backend does not. Some
 * write them from the last to the first. */
static gboolean
is_same_name (const char *name,
              const char *other)
{
  g_auto (GStrv) parts = g_strsplit (name, ",", -1);
  g_auto (GStrv) others = g_strsplit (other, ",", -1);
  guint n = g_strv_length (parts);
  gboolean forwards = n == g_strv_length (others);
  gboolean backwards = forwards;

  for (guint i = 0; i < n; i++)
    g_strstrip (parts[i]);
  for (guint i = 0; i < n && (forwards || backwards); i++)
    {
      forwards = forwards && g_str_equal (g_strstrip (others[i]), parts[i]);
      backwards = backwards && g_str_equal (g_strstrip (others[n - 1 - i]), parts[i]);
    }

  return forwards || backwards;
}

static gboolean
is_longer_valid (ViciCert *cert,
                 ViciCert *than)
{
  GDateTime *not_after = vici_cert_get_not_after (cert);
  GDateTime *other = vici_cert_get_not_after (than);

  return not_after != NULL && (other == NULL || g_date_time_compare (not_after, other) > 0);
}

/**
 * applet_cert_find:
 * @certs: those of the monitor
 * @subject: as the daemon writes it
 *
 * Returns: (transfer none) (nullable): the certificate of that subject; of several, the
 *   one that is valid the longest
 */
ViciCert *
applet_cert_find (GListModel *certs,
                  const char *subject)
{
  ViciCert *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (certs); i++)
    {
      g_autoptr (ViciItem) item = g_list_model_get_item (certs, i);
      ViciCert *cert = VICI_CERT (vici_item_get_record (item));
      const char *name = vici_cert_get_subject (cert);

      if (vici_cert_get_cert_type (cert) == VICI_CERT_TYPE_X509 &&
          name != NULL && is_same_name (name, subject) &&
          (found == NULL || is_longer_valid (cert, found)))
        found = cert;
    }

  return found;
}
