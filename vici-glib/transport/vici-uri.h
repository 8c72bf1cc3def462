/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>

G_BEGIN_DECLS

#define VICI_DEFAULT_URI "unix:///var/run/charon.vici"

/* The scheme of a URI, without the colon; NULL if it has none. In small letters,
 * digits, “+”, “-” and “.”: it becomes a part of the name of a file. */
char               *vici_uri_dup_scheme (const char *uri);

/* Has the error of a connecting begin with where to, unless it says that already, or
 * nobody wanted to get there any more. */
void                vici_uri_blame      (const char *uri,
                                         GError    **error);

/* What the URIs of each kind say. All fail with G_IO_ERROR_INVALID_ARGUMENT, and
 * do no more than read. */
GUnixSocketAddress *vici_uri_parse_unix (const char *uri,
                                         GError    **error);
GNetworkAddress    *vici_uri_parse_tcp  (const char *uri,
                                         GError    **error);

/* One descriptor to read and write, or one for each. */
gboolean            vici_uri_parse_fd   (const char *uri,
                                         int        *in,
                                         int        *out,
                                         GError    **error);

G_END_DECLS
