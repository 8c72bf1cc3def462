/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_CREDENTIALS (vici_credentials_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciCredentials, vici_credentials, VICI, CREDENTIALS, GObject)

VICI_AVAILABLE_IN_1_0
void vici_credentials_load_async (GBytes             *data,
                                  GTlsInteraction    *interaction,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
VICI_AVAILABLE_IN_1_0
ViciCredentials *vici_credentials_load_finish (GAsyncResult *result,
                                               GError      **error);
VICI_AVAILABLE_IN_1_0
ViciCredentials *vici_credentials_load_sync (GBytes          *data,
                                             GTlsInteraction *interaction,
                                             GCancellable    *cancellable,
                                             GError         **error);

VICI_AVAILABLE_IN_1_0
void vici_credentials_load_file_async (GFile              *file,
                                       GTlsInteraction    *interaction,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
VICI_AVAILABLE_IN_1_0
ViciCredentials *vici_credentials_load_file_finish (GAsyncResult *result,
                                                    GError      **error);
VICI_AVAILABLE_IN_1_0
ViciCredentials *vici_credentials_load_file_sync (GFile           *file,
                                                  GTlsInteraction *interaction,
                                                  GCancellable    *cancellable,
                                                  GError         **error);

G_END_DECLS
