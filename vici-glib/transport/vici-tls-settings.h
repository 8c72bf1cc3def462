/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-tls-allow-list.h"

G_BEGIN_DECLS

/* What a tls: URI says, for either end. */
typedef struct
{
  char                 *uri;
  GNetworkAddress      *address;

  char                 *ca;             /* files; NULL: none is given */
  char                 *cert;
  char                 *key;

  char                 *name;           /* of the daemon; NULL: that of the host */

  gboolean              clients_given;  /* by a key of its own */
  GTlsAuthenticationMode clients;
  ViciTlsAllowList     *allowed;
} ViciTlsSettings;

/* All of these fail with G_IO_ERROR_INVALID_ARGUMENT, naming the key. */
ViciTlsSettings *vici_tls_settings_new          (const char            *uri,
                                                 GError               **error);
void             vici_tls_settings_free         (ViciTlsSettings       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ViciTlsSettings, vici_tls_settings_free)

/* Whether it says what only the other end could make something of, or lacks what
 * this one needs. */
gboolean         vici_tls_settings_check_client (const ViciTlsSettings *self,
                                                 GError               **error);
gboolean         vici_tls_settings_check_server (const ViciTlsSettings *self,
                                                 GError               **error);

/* Read the files anew, which may have been renewed. Where the URI names none there
 * is none, and that is no error. */
gboolean         vici_tls_settings_load         (const ViciTlsSettings *self,
                                                 GTlsDatabase         **database,
                                                 GTlsCertificate      **certificate,
                                                 GError               **error);

G_END_DECLS
