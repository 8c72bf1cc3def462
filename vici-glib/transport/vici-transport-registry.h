/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The type of transport that a URI's scheme names: built in, registered by the
 * program, or of a plug-in that is loaded for it. */
GType vici_transport_registry_find (const char *uri,
                                    GError    **error);

G_END_DECLS
