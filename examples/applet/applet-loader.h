/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-store.h"

G_BEGIN_DECLS

/* What a profile needs, loaded into a daemon as a whole or not at all, and unloaded
 * again. */

/* Loads the secret, the private key and the connection. Where one of them fails, those
 * before it are taken back, and a connection of that name that was there before stays as
 * it was, with its secret.
 *
 * @store: which keys are needed by others stands there. It is not changed
 * @profile: its key-id becomes that of the key
 * @files: (nullable): as applet_files_read_async() gives them
 * @secret: (nullable): NULL: what was loaded for it before is kept
 * @replaces: whether the daemon has a connection of that name
 *
 * It waits for the taking back, also after a cancellation. */
void     applet_load_async    (AppletStore        *store,
                               ViciDaemon         *daemon,
                               AppletProfile      *profile,
                               AppletFiles        *files,
                               GBytes             *secret,
                               gboolean            replaces,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);
gboolean applet_load_finish   (GAsyncResult       *result,
                               GError            **error);

/* Unloads a connection and what was loaded for it. Its SAs stay. */
void     applet_unload_async  (AppletStore        *store,
                               ViciDaemon         *daemon,
                               const char         *name,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);
gboolean applet_unload_finish (GAsyncResult       *result,
                               GError            **error);

/* Whether an id of a secret is one for the connection of that name. */
gboolean applet_is_secret_of  (const char         *id,
                               const char         *name);

G_END_DECLS
