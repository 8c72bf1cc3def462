/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-sa-facts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "applet-cert-text.h"
#include "applet-text.h"

/* What is known of connections and SAs, as facts. */

/* "AES_CBC-128": an algorithm with the length of its key, where that varies. */
static char *
algorithm (const char *name,
           guint       keysize)
{
  if (name == NULL || keysize == 0)
    return g_strdup (name);

  return g_strdup_printf ("%s-%u", name, keysize);
}

static void
add_algorithms (AppletFacts *self,
                const char  *encryption,
                guint        encryption_keysize,
                const char  *integrity,
                guint        integrity_keysize,
                const char  *prf,
                const char  *key_exchange)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *encryption_text = algorithm (encryption, encryption_keysize);
  g_autofree char *integrity_text = algorithm (integrity, integrity_keysize);
  const char * const parts[] = { encryption_text, integrity_text, prf, key_exchange };
  g_auto (GStrv) words = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (parts[i] != NULL)
      g_strv_builder_add (builder, parts[i]);
  words = g_strv_builder_end (builder);

  applet_facts_take (self, _("Algorithms"), g_strjoinv (" · ", words));
}

/* "192.0.2.1:500", or "[2001:db8::1]:500" */
static char *
make_address (const char *host,
              guint       port)
{
  if (host == NULL || port == 0)
    return g_strdup (host);

  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}

/* "moon.example (192.0.2.1:500)" */
static void
add_end (AppletFacts *self,
         const char  *name,
         const char  *id,
         const char  *host,
         guint        port)
{
  g_autofree char *address = make_address (host, port);

  if (id != NULL && address != NULL && !g_str_equal (id, host))
    applet_facts_take (self, name, g_strdup_printf ("%s (%s)", id, address));
  else
    applet_facts_add (self, name, address != NULL ? address : id);
}

static void
add_list (AppletFacts        *self,
          const char         *name,
          const char * const *values)
{
  if (values != NULL)
    applet_facts_take (self, name, g_strjoinv (", ", (GStrv) values));
}

static void
add_past (AppletFacts *self,
          const char  *name,
          GDateTime   *time)
{
  g_autofree char *text = time != NULL ? applet_text_since (time) : NULL;

  /* TRANSLATORS: A duration, such as 5 minutes. */
  if (text != NULL)
    applet_facts_take (self, name, g_strdup_printf (_("%s ago"), text));
}

static void
add_future (AppletFacts *self,
            const char  *name,
            gint64       seconds)
{
  g_autofree char *text = applet_text_seconds (seconds);

  /* TRANSLATORS: A duration, such as 5 minutes. */
  if (seconds >= 0)
    applet_facts_take (self, name, g_strdup_printf (_("in %s"), text));
}

static void
add_traffic (AppletFacts *self,
             const char  *name,
             guint64      bytes,
             guint64      packets,
             guint64      rate)
{
  g_autofree char *size = g_format_size (bytes);
  g_autofree char *rate_text = applet_text_rate (rate);
  gulong n = (gulong) packets;

  applet_facts_take (self, name,
                     /* TRANSLATORS: Such as: 12.3 kB in 45 packets, 1.2 kB/s. */
                     g_strdup_printf (ngettext ("%s in %lu packet, %s", "%s in %lu packets, %s", n),
                                      size, n, rate_text));
}

void
applet_facts_add_ike_sa (AppletFacts   *self,
                         ViciIkeSaItem *item)
{
  ViciIkeSa *sa = VICI_IKE_SA (vici_item_get_record (VICI_ITEM (item)));
  guint64 own_spi = vici_ike_sa_get_initiator_spi (sa);
  guint64 peer_spi = vici_ike_sa_get_responder_spi (sa);

  add_end (self, _("Here"), vici_ike_sa_get_local_id (sa),
           vici_ike_sa_get_local_host (sa), vici_ike_sa_get_local_port (sa));
  add_end (self, _("Peer"), vici_ike_sa_get_remote_id (sa),
           vici_ike_sa_get_remote_host (sa), vici_ike_sa_get_remote_port (sa));
  applet_facts_add (self, _("User"), vici_ike_sa_get_remote_eap_id (sa));
  applet_facts_add (self, _("User"), vici_ike_sa_get_remote_xauth_id (sa));
  add_list (self, _("Own virtual addresses"), vici_ike_sa_get_local_vips (sa));
  add_list (self, _("Virtual addresses of the peer"), vici_ike_sa_get_remote_vips (sa));
  add_algorithms (self,
                  vici_ike_sa_get_encr_alg (sa), vici_ike_sa_get_encr_keysize (sa),
                  vici_ike_sa_get_integ_alg (sa), vici_ike_sa_get_integ_keysize (sa),
                  vici_ike_sa_get_prf_alg (sa), vici_ike_sa_get_dh_group (sa));
  if (!vici_ike_sa_get_initiator (sa))
    {
      own_spi = vici_ike_sa_get_responder_spi (sa);
      peer_spi = vici_ike_sa_get_initiator_spi (sa);
    }
  /* TRANSLATORS: Security parameter indexes, as they are called everywhere. */
  applet_facts_take (self, _("SPIs"),
                     g_strdup_printf ("%016" G_GINT64_MODIFIER "x ↔ %016" G_GINT64_MODIFIER "x", own_spi, peer_spi));
  add_past (self, _("Established"), vici_ike_sa_item_get_established_at (item));
  add_future (self, _("Rekeying"), vici_ike_sa_get_rekey_time (sa));
  add_future (self, _("Authentication anew"), vici_ike_sa_get_reauth_time (sa));
}

void
applet_facts_add_child_sa (AppletFacts     *self,
                           ViciChildSaItem *item)
{
  ViciChildSa *sa = VICI_CHILD_SA (vici_item_get_record (VICI_ITEM (item)));
  const char *mode = applet_text_mode (sa);
  const char *protocol = vici_child_sa_get_protocol_text (sa);

  applet_facts_take (self, _("Networks"),
                     applet_text_selectors (vici_child_sa_get_local_ts (sa), vici_child_sa_get_remote_ts (sa)));
  if (mode != NULL && protocol != NULL)
    applet_facts_take (self, _("Mode"),
                       /* TRANSLATORS: Such as: Tunnel, ESP in UDP. */
                       g_strdup_printf (vici_child_sa_get_encap (sa) ? _("%s, %s in UDP") : "%s, %s",
                                        mode, protocol));
  add_algorithms (self,
                  vici_child_sa_get_encr_alg (sa), vici_child_sa_get_encr_keysize (sa),
                  vici_child_sa_get_integ_alg (sa), vici_child_sa_get_integ_keysize (sa),
                  NULL, vici_child_sa_get_dh_group (sa));
  applet_facts_take (self, _("SPIs"),
                     g_strdup_printf ("%08" G_GINT64_MODIFIER "x ↔ %08" G_GINT64_MODIFIER "x",
                                      vici_child_sa_get_spi_in (sa), vici_child_sa_get_spi_out (sa)));
  add_traffic (self, _("Received"), vici_child_sa_item_get_bytes_in (item),
               vici_child_sa_item_get_packets_in (item), vici_child_sa_item_get_rate_in (item));
  add_traffic (self, _("Sent"), vici_child_sa_item_get_bytes_out (item),
               vici_child_sa_item_get_packets_out (item), vici_child_sa_item_get_rate_out (item));
  add_past (self, _("Installed"), vici_child_sa_item_get_installed_at (item));
  add_future (self, _("Rekeying"), vici_child_sa_get_rekey_time (sa));
  add_future (self, _("End of life"), vici_child_sa_get_life_time (sa));
}

/* "Public key, moon.example": how one side proves who it is, in each round. */
static void
add_auths (AppletFacts *self,
           const char  *name,
           GListModel  *auths)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) rounds = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (auths); i++)
    {
      g_autoptr (ViciConnAuth) auth = g_list_model_get_item (auths, i);
      const char *user = vici_conn_auth_get_eap_id (auth);
      /* Who needs no other identity has that of the user. */
      const char *id = vici_conn_auth_get_id (auth) != NULL ? vici_conn_auth_get_id (auth) : user;
      g_autofree char *text = g_strjoin (", ", applet_text_auth_class (auth), id,
                                         g_strcmp0 (id, user) != 0 ? user : NULL, NULL);

      g_strv_builder_add (builder, text);
    }
  rounds = g_strv_builder_end (builder);

  applet_facts_take (self, name, g_strjoinv ("; ", rounds));
}

/* "CN=moon.example, valid until …": the daemon is asked for them by their subjects. */
static void
add_certs (AppletFacts        *self,
           const char         *name,
           const char * const *subjects,
           GListModel         *certs)
{
  for (gsize i = 0; subjects != NULL && subjects[i] != NULL; i++)
    {
      ViciCert *cert = applet_cert_find (certs, subjects[i]);
      const char *style = NULL;
      g_autofree char *expiry = cert != NULL ? applet_cert_dup_expiry (cert, &style) : NULL;
      g_autofree char *text = g_strjoin ("\n", subjects[i], expiry, NULL);

      applet_facts_add_styled (self, name, text, style);
    }
}

static void
add_auth_certs (AppletFacts *self,
                GListModel  *auths,
                const char  *cert_name,
                const char  *ca_name,
                GListModel  *certs)
{
  for (guint i = 0; i < g_list_model_get_n_items (auths); i++)
    {
      g_autoptr (ViciConnAuth) auth = g_list_model_get_item (auths, i);

      add_certs (self, cert_name, vici_conn_auth_get_certs (auth), certs);
      add_certs (self, ca_name, vici_conn_auth_get_cacerts (auth), certs);
    }
}

/**
 * applet_facts_add_conn:
 * @certs: the certificates of the monitor
 */
void
applet_facts_add_conn (AppletFacts  *self,
                       ViciConnItem *item,
                       GListModel   *certs)
{
  ViciConn *conn = (ViciConn *) vici_item_get_record (VICI_ITEM (item));
  GListModel *children;

  if (conn == NULL)
    return;

  add_list (self, _("Own addresses"), vici_conn_get_local_addrs (conn));
  add_list (self, _("Addresses of the peer"), vici_conn_get_remote_addrs (conn));
  applet_facts_add (self, _("Version"), vici_conn_get_version_text (conn));
  add_auths (self, _("Own authentication"), vici_conn_get_local_auths (conn));
  add_auth_certs (self, vici_conn_get_local_auths (conn),
                  _("Own certificate"), _("Own authority"), certs);
  add_auths (self, _("Authentication of the peer"), vici_conn_get_remote_auths (conn));
  add_auth_certs (self, vici_conn_get_remote_auths (conn),
                  _("Certificate of the peer"), _("Authority of the peer"), certs);

  children = vici_conn_get_children (conn);
  for (guint i = 0; i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (ViciConnChild) child = g_list_model_get_item (children, i);
      /* TRANSLATORS: The name of a part of a connection, as it is configured. */
      g_autofree char *name = g_strdup_printf (_("Networks “%s”"), vici_conn_child_get_name (child));

      applet_facts_take (self, name,
                         applet_text_selectors (vici_conn_child_get_local_ts (child),
                                                vici_conn_child_get_remote_ts (child)));
    }
}
