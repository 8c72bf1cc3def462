/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line of the log, on standard error. It has never anything of a message in it.
 * Where nobody reads it, it is dropped: nobody waits for that. */
void gvici_proxy_log        (const char *name,
                             const char *format,
                             ...) G_GNUC_PRINTF (2, 3);
void gvici_proxy_log_valist (const char *name,
                             const char *format,
                             va_list     args) G_GNUC_PRINTF (2, 0);

G_END_DECLS
