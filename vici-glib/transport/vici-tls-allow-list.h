/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Certificates that are let in, by their subject or their fingerprint. */
typedef struct _ViciTlsAllowList ViciTlsAllowList;

ViciTlsAllowList *vici_tls_allow_list_new              (void);
void              vici_tls_allow_list_free             (ViciTlsAllowList       *self);

/* A fingerprint is “sha256:” and 64 hexadecimal digits, with colons or without.
 * Returns FALSE for anything else. */
gboolean          vici_tls_allow_list_add_fingerprint  (ViciTlsAllowList       *self,
                                                        const char             *fingerprint);
void              vici_tls_allow_list_add_subject      (ViciTlsAllowList       *self,
                                                        const char             *subject);

gboolean          vici_tls_allow_list_is_empty         (const ViciTlsAllowList *self);
gboolean          vici_tls_allow_list_has_subjects     (const ViciTlsAllowList *self);

/* Takes as long for whichever entry it is, and for none. */
gboolean          vici_tls_allow_list_contains         (const ViciTlsAllowList *self,
                                                        GTlsCertificate        *certificate);

G_END_DECLS
