/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* Whether a listener on this can be advertised. */
gboolean    gvici_proxy_is_for_network (const char *uri);

/* Tells the network where the proxy listens, for as long as the advert is there. The
 * log says whether it does. @name may be NULL. */
ViciAdvert *gvici_proxy_advertise      (const char *name,
                                        const char *uri);

G_END_DECLS
