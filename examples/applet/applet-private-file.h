/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file that only its user can read, and that several programs write. */

/* @etag: (out): what tells it from the file as others have written it; also of one that
 *   is not there, which is G_IO_ERROR_NOT_FOUND */
void     applet_private_file_read_async   (GFile              *file,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
GBytes  *applet_private_file_read_finish  (GAsyncResult       *result,
                                           char              **etag,
                                           GError            **error);

/* Replaces it as a whole, and makes the folders around it, which are private too. If it
 * is not any more what @etag tells, that is G_IO_ERROR_WRONG_ETAG.
 *
 * @new_etag: (out): of what was written */
void     applet_private_file_write_async  (GFile              *file,
                                           GBytes             *bytes,
                                           const char         *etag,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
gboolean applet_private_file_write_finish (GAsyncResult       *result,
                                           char              **new_etag,
                                           GError            **error);

G_END_DECLS
