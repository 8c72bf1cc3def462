/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-store.h"

G_BEGIN_DECLS

/* Loads the profiles of a store that a daemon does not have, because it was started
 * again. Those whose secret the daemon does not have either are loaded without it and
 * without what they do at their start, and are locked in the store from there on. Keys
 * in files without a password are no secret that must be asked for.
 *
 * One that cannot be loaded is left out, and the others are loaded. */
void     applet_restore_async  (AppletStore        *store,
                                ViciDaemon         *daemon,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data);

/* @n_loaded: (out): how many connections were loaded */
gboolean applet_restore_finish (GAsyncResult       *result,
                                guint              *n_loaded,
                                GError            **error);

G_END_DECLS
