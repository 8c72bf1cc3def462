/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-advert.h"

#include <glib/gi18n.h>

#include "gvici-proxy-log.h"

gboolean
gvici_proxy_is_for_network (const char *uri)
{
  return g_str_has_prefix (uri, "tcp:") || g_str_has_prefix (uri, "tls:");
}

static void
on_published (ViciAdvert *advert,
              GParamSpec *pspec,
              gpointer    user_data)
{
  if (vici_advert_is_published (advert))
    gvici_proxy_log (vici_advert_get_uri (advert), _("advertised as “%s”"),
                     vici_advert_get_name (advert));
  else
    gvici_proxy_log (vici_advert_get_uri (advert), _("not advertised any more"));
}

/* Without it the proxy does what it is for, and Avahi may come later. */
static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ViciAdvert *advert = VICI_ADVERT (source);
  g_autoptr (GError) error = NULL;

  if (!vici_advert_publish_finish (advert, result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gvici_proxy_log (vici_advert_get_uri (advert), _("not advertised: %s"), error->message);
}

ViciAdvert *
gvici_proxy_advertise (const char *name,
                       const char *uri)
{
  ViciAdvert *advert = vici_advert_new (name, uri);

  g_signal_connect (advert, "notify::published", G_CALLBACK (on_published), NULL);
  vici_advert_publish_async (advert, NULL, on_answer, NULL);

  return advert;
}
