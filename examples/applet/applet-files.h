/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

typedef struct _AppletProfile AppletProfile;

/* What is in the files that a profile names, as the daemon takes it. */
#define APPLET_TYPE_FILES (applet_files_get_type ())

G_DECLARE_FINAL_TYPE (AppletFiles, applet_files, APPLET, FILES, GObject)

/* Reads them. @interaction, which may be NULL, is asked for passwords. A profile that
 * names no files gives an AppletFiles that has nothing. */
void         applet_files_read_async  (AppletProfile      *profile,
                                       GTlsInteraction    *interaction,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);

/* @blamed: (out): the property with the name of the file, where there is an error */
AppletFiles *applet_files_read_finish (GAsyncResult       *result,
                                       const char        **blamed,
                                       GError            **error);

/* Whether none of the certificates has expired: nobody would accept it.
 * @blamed: (out): the property with the name of the file that it is in */
gboolean     applet_files_check_dates (AppletFiles        *self,
                                       AppletProfile      *profile,
                                       const char        **blamed,
                                       GError            **error);

/* Each may be NULL. */
GBytes      *applet_files_get_cert    (AppletFiles        *self);
GBytes      *applet_files_get_key     (AppletFiles        *self);
GBytes      *applet_files_get_ca      (AppletFiles        *self);

G_END_DECLS
