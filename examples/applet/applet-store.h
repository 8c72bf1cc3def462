/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-profile.h"

G_BEGIN_DECLS

/* The profiles that were made here, in a file that only its user can read. It holds
 * no secrets. It is a list of AppletProfile, sorted by name. */
#define APPLET_TYPE_STORE (applet_store_get_type ())

G_DECLARE_FINAL_TYPE (AppletStore, applet_store, APPLET, STORE, GObject)

AppletStore   *applet_store_new         (const char         *path);

/* Where there is no file, there is no profile. After an error nothing is written: it
 * may be the file of a newer release. Nothing is to be changed while it is read. At the
 * end there is the signal "read". */
void           applet_store_read_async  (AppletStore        *self,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean       applet_store_read_finish (AppletStore        *self,
                                         GAsyncResult       *result,
                                         GError            **error);
gboolean       applet_store_is_reading  (AppletStore        *self);

/* Returns: (nullable): why it could not be read */
const GError  *applet_store_get_error   (AppletStore        *self);

/* Writes what was changed. Where another applet has written meanwhile, what it has changed
 * stays, and is in the list then. */
void           applet_store_write_async (AppletStore        *self,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);
gboolean       applet_store_write_finish (AppletStore  *self,
                                          GAsyncResult *result,
                                          GError      **error);

AppletProfile *applet_store_lookup      (AppletStore        *self,
                                         const char         *name);
void           applet_store_put         (AppletStore        *self,
                                         AppletProfile      *profile);
void           applet_store_remove      (AppletStore        *self,
                                         const char         *name);

/* Whether another profile than that of @name has this private key too. */
gboolean       applet_store_shares_key  (AppletStore        *self,
                                         const char         *name,
                                         const char         *key_id);

/* Whether the daemon does not have the secret of a profile any more. When that changes,
 * there is the signal "locked". */
gboolean       applet_store_is_locked   (AppletStore        *self,
                                         const char         *name);
void           applet_store_set_locked  (AppletStore        *self,
                                         const char         *name,
                                         gboolean            locked);

G_END_DECLS
