/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* Certificates, out of a list of ViciCredential, and a private key in DER, in one text.
 * It is wiped when it goes. */
GBytes *applet_pem_new (GListModel *certs,
                        GBytes     *key);

G_END_DECLS
