/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A source that runs one main context as part of another. What is attached to
 * the inner one is dispatched by the outer one's loop, and can be run by
 * itself too. */
GSource *vici_context_source_new (GMainContext *inner);

G_END_DECLS
