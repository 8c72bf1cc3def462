/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-configs.h"
#include "vici-records.h"
#include "vici-version.h"

G_BEGIN_DECLS

VICI_AVAILABLE_IN_1_0
GStrv vici_conn_config_compare (ViciConnConfig *self,
                                ViciConn       *conn,
                                GError        **error);

G_END_DECLS
