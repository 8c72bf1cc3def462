/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where a server listens, as mDNS tells of it. */
typedef struct
{
  const char   *scheme;         /* "tcp" or "tls" */
  GInetAddress *address;
  guint         scope;          /* of the address; 0: none */
  guint16       port;
} ViciPlace;

void     vici_place_clear          (ViciPlace  *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ViciPlace, vici_place_clear)

/* What the URI of a listener says, of which keys after a “?” are no part. Fails with
 * G_IO_ERROR_NOT_SUPPORTED where it is no tcp:// or tls://, and with
 * G_IO_ERROR_INVALID_ARGUMENT. */
gboolean vici_place_init_from_uri  (ViciPlace  *self,
                                    const char *uri,
                                    GError    **error);

/* On which interfaces and over which protocols it can be reached, in Avahi's
 * numbers. Fails with G_IO_ERROR_NOT_FOUND where no interface has the address. */
gboolean vici_place_find_interface (ViciPlace  *self,
                                    int        *interface,
                                    int        *protocol,
                                    GError    **error);

/* The scheme that the entries of a TXT record (“aay”) name; NULL: an unknown one. */
const char *vici_place_find_scheme (GVariant   *txt);

/* Sets a place to what the network says. FALSE: it is not one. */
gboolean vici_place_init           (ViciPlace  *self,
                                    const char *scheme,
                                    const char *address,
                                    int         interface,
                                    guint       port);

/* The address, with its scope. */
char    *vici_place_dup_address    (ViciPlace  *self);

/* The URI by which a client reaches it; NULL: the host's name is none. */
char    *vici_place_dup_uri        (ViciPlace  *self,
                                    const char *host);

/* The lower, the rather this is the place to go to. */
guint    vici_place_rank           (ViciPlace  *self);

G_END_DECLS
