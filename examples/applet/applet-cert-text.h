/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

const char *applet_cert_get_subject (ViciCert *cert);
char *applet_cert_dup_expiry (ViciCert    *cert,
                              const char **style);
ViciCert *applet_cert_find (GListModel *certs,
                            const char *subject);

G_END_DECLS
