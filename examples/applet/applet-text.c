/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-text.h"

#include <glib/gi18n.h>

/* Figures and states, in words. */

char *
applet_text_rate (guint64 bytes_per_second)
{
  g_autofree char *size = g_format_size (bytes_per_second);

  /* TRANSLATORS: An amount of data, such as 12.3 kB, in each second. */
  return g_strdup_printf (_("%s/s"), size);
}

char *
applet_text_rates (guint64 bytes_in,
                   guint64 bytes_out)
{
  g_autofree char *in = applet_text_rate (bytes_in);
  g_autofree char *out = applet_text_rate (bytes_out);

  /* TRANSLATORS: The rates of what comes in and of what goes out. */
  return g_strdup_printf (_("↓ %s  ↑ %s"), in, out);
}

/* How long, in the greatest unit that fits. */
char *
applet_text_seconds (gint64 seconds)
{
  gint64 minutes = seconds / 60;
  gint64 hours = minutes / 60;
  gint64 days = hours / 24;

  if (days > 1)
    return g_strdup_printf (ngettext ("%d day", "%d days", (gulong) days), (int) days);
  if (hours > 1)
    return g_strdup_printf (ngettext ("%d hour", "%d hours", (gulong) hours), (int) hours);
  if (minutes > 1)
    return g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong) minutes), (int) minutes);

  return g_strdup_printf (ngettext ("%d second", "%d seconds", (gulong) MAX (seconds, 0)),
                          (int) MAX (seconds, 0));
}

/* How long ago that was. */
char *
applet_text_since (GDateTime *time)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  return applet_text_seconds (g_date_time_difference (now, time) / G_TIME_SPAN_SECOND);
}

/* Its day, where the user is. */
char *
applet_text_date (GDateTime *time)
{
  g_autoptr (GDateTime) local = g_date_time_to_local (time);

  /* TRANSLATORS: A date, such as 24 December 2026; what stands for what is told in the
   * manual of g_date_time_format(). */
  return g_date_time_format (local, _("%-d %B %Y"));
}

static char *
up_text (ViciConnItem *item)
{
  GDateTime *since = vici_conn_item_get_up_since (item);
  g_autofree char *how_long = since != NULL ? applet_text_since (since) : NULL;

  if (how_long == NULL)
    return g_strdup (_("Connected"));

  /* TRANSLATORS: A duration, such as 5 minutes. */
  return g_strdup_printf (vici_conn_item_get_configured (item)
                            ? _("Connected for %s")
                            : _("Connected for %s, and no longer configured"),
                          how_long);
}

/* What a connection is doing, and since when or why. */
char *
applet_text_conn_state (ViciConnItem  *item,
                        AppletSession *session)
{
  const char *reason = vici_conn_item_get_reason (item);

  switch (vici_conn_item_get_state (item))
    {
    case VICI_CONN_STATE_CONNECTING:
      return g_strdup (_("Connecting…"));
    case VICI_CONN_STATE_UP:
      return up_text (item);
    case VICI_CONN_STATE_FAILED:
      return g_strdup (reason != NULL ? reason : _("Could not be connected"));
    default:
      return g_strdup (applet_session_needs_secret (session, item)
                         ? _("Disconnected: its secret is needed")
                         : _("Disconnected"));
    }
}

static char *
configured_address (ViciConn *conn)
{
  const char * const *addresses = conn != NULL ? vici_conn_get_remote_addrs (conn) : NULL;

  if (addresses == NULL || addresses[0] == NULL)
    return NULL;

  return g_strjoinv (", ", (GStrv) addresses);
}

/* What a screen reader says of it. Time goes on, and is not told again each second. */
char *
applet_text_conn (ViciConnItem  *item,
                  AppletSession *session)
{
  g_autoptr (ViciIkeSaItem) sa = g_list_model_get_item (vici_conn_item_get_ike_sas (item), 0);
  ViciRecord *conn = vici_item_get_record (VICI_ITEM (item));
  g_autofree char *state = NULL;
  g_autofree char *address = NULL;

  if (vici_conn_item_get_state (item) == VICI_CONN_STATE_UP)
    state = g_strdup (vici_conn_item_get_state_text (item));
  else
    state = applet_text_conn_state (item, session);

  if (sa != NULL)
    address = g_strdup (vici_ike_sa_get_remote_host (VICI_IKE_SA (vici_item_get_record (VICI_ITEM (sa)))));
  else
    address = configured_address ((ViciConn *) conn);

  return g_strjoin (", ", vici_item_get_name (VICI_ITEM (item)), state, address, NULL);
}

/* The two ends of an IKE_SA. */
char *
applet_text_ike_sa_addresses (ViciIkeSa *sa)
{
  const char *local = vici_ike_sa_get_local_host (sa);
  const char *remote = vici_ike_sa_get_remote_host (sa);

  return g_strdup_printf ("%s ↔ %s", local != NULL ? local : "?", remote != NULL ? remote : "?");
}

/* "10.1.0.0/16 ↔ 10.2.0.0/16"; NULL where one side has none. */
char *
applet_text_selectors (const char * const *local,
                       const char * const *remote)
{
  g_autofree char *local_text = local != NULL ? g_strjoinv (", ", (GStrv) local) : NULL;
  g_autofree char *remote_text = remote != NULL ? g_strjoinv (", ", (GStrv) remote) : NULL;

  if (local_text == NULL || remote_text == NULL)
    return NULL;

  return g_strdup_printf ("%s ↔ %s", local_text, remote_text);
}

/* The two ends of a connection; those of its first IKE_SA, and where it has none, the
 * end that is configured. */
char *
applet_text_conn_addresses (ViciConnItem *item)
{
  GListModel *sas = vici_conn_item_get_ike_sas (item);
  guint n_sas = g_list_model_get_n_items (sas);
  g_autoptr (ViciItem) sa = g_list_model_get_item (sas, 0);
  ViciIkeSa *record = sa != NULL ? VICI_IKE_SA (vici_item_get_record (sa)) : NULL;
  ViciRecord *conn = vici_item_get_record (VICI_ITEM (item));
  const char *local;
  const char *remote;

  if (record == NULL)
    return configured_address ((ViciConn *) conn);
  if (n_sas == 1)
    return applet_text_ike_sa_addresses (record);

  local = vici_ike_sa_get_local_host (record);
  remote = vici_ike_sa_get_remote_host (record);

  /* TRANSLATORS: The addresses of one of several peers, and how many there are besides. */
  return g_strdup_printf (ngettext ("%s ↔ %s and %u more", "%s ↔ %s and %u more", n_sas - 1),
                          local != NULL ? local : "?", remote != NULL ? remote : "?", n_sas - 1);
}

/* How one side proves who it is. */
const char *
applet_text_auth_class (ViciConnAuth *auth)
{
  const char *word = vici_conn_auth_get_auth_class_text (auth);

  switch (vici_conn_auth_get_auth_class (auth))
    {
    case VICI_AUTH_CLASS_ANY:
      return _("In any way");
    case VICI_AUTH_CLASS_PUBLIC_KEY:
      return _("Public key");
    case VICI_AUTH_CLASS_PSK:
      return _("Pre-shared key");
    case VICI_AUTH_CLASS_EAP:
    case VICI_AUTH_CLASS_XAUTH:
    case VICI_AUTH_CLASS_UNKNOWN:
    default:
      return word != NULL ? word : "?";
    }
}

/* How packets travel in a CHILD_SA. */
const char *
applet_text_mode (ViciChildSa *sa)
{
  switch (vici_child_sa_get_mode (sa))
    {
    case VICI_IPSEC_MODE_TUNNEL:
      return _("Tunnel");
    case VICI_IPSEC_MODE_TRANSPORT:
      return _("Transport");
    case VICI_IPSEC_MODE_TRANSPORT_PROXY:
      return _("Transport by proxy");
    case VICI_IPSEC_MODE_PASS:
      return _("Without IPsec");
    case VICI_IPSEC_MODE_DROP:
      return _("Dropped");
    case VICI_IPSEC_MODE_BEET:
    case VICI_IPSEC_MODE_IPTFS:
    case VICI_IPSEC_MODE_UNKNOWN:
    default:
      return vici_child_sa_get_mode_text (sa);
    }
}
