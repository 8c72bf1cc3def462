/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_SERVICE (vici_service_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciService, vici_service, VICI, SERVICE, GObject)

VICI_AVAILABLE_IN_1_0
const char *vici_service_get_name (ViciService *self);
VICI_AVAILABLE_IN_1_0
const char *vici_service_get_domain (ViciService *self);
VICI_AVAILABLE_IN_1_0
const char *vici_service_get_uri (ViciService *self);
VICI_AVAILABLE_IN_1_0
const char *vici_service_get_host (ViciService *self);
VICI_AVAILABLE_IN_1_0
const char *vici_service_get_address (ViciService *self);

G_END_DECLS
