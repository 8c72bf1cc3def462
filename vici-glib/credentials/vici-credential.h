/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_CREDENTIAL (vici_credential_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciCredential, vici_credential, VICI, CREDENTIAL, GObject)

VICI_AVAILABLE_IN_1_0
GBytes *vici_credential_get_data (ViciCredential *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_is_private_key (ViciCredential *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_is_authority (ViciCredential *self);
VICI_AVAILABLE_IN_1_0
ViciCredential *vici_credential_get_key (ViciCredential *self);

G_END_DECLS
