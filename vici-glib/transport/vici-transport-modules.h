/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Loads the plug-in of a scheme, which stays loaded, and returns the path of its
 * file. Fails with G_IO_ERROR_NOT_SUPPORTED if there is none, and with
 * G_IO_ERROR_FAILED if there is one that cannot be loaded. */
char *vici_transport_modules_load (const char *scheme,
                                   GError    **error);

G_END_DECLS
