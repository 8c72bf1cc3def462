/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib.h>

#include "vici-version.h"

G_BEGIN_DECLS

VICI_AVAILABLE_IN_1_0
char *vici_name_escape (const char *name);
VICI_AVAILABLE_IN_1_0
char *vici_name_unescape (const char *name);

G_END_DECLS
