/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-configs.h"
#include "vici-daemon.h"
#include "vici-options.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_CREDENTIAL_SCOPE (vici_credential_scope_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciCredentialScope, vici_credential_scope, VICI, CREDENTIAL_SCOPE, GObject)

VICI_AVAILABLE_IN_1_0
ViciCredentialScope *vici_credential_scope_new (ViciDaemon *daemon,
                                                const char *prefix);

VICI_AVAILABLE_IN_1_0
ViciDaemon *vici_credential_scope_get_daemon (ViciCredentialScope *self);
VICI_AVAILABLE_IN_1_0
const char *vici_credential_scope_get_prefix (ViciCredentialScope *self);
VICI_AVAILABLE_IN_1_0
guint vici_credential_scope_get_n_loaded (ViciCredentialScope *self);

VICI_AVAILABLE_IN_1_0
void vici_credential_scope_load_shared_async (ViciCredentialScope   *self,
                                              const char            *id,
                                              ViciSharedType         type,
                                              GBytes                *data,
                                              ViciLoadSharedOptions *options,
                                              GCancellable          *cancellable,
                                              GAsyncReadyCallback    callback,
                                              gpointer               user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_scope_load_shared_finish (ViciCredentialScope *self,
                                                   GAsyncResult        *result,
                                                   GError             **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_scope_load_shared_sync (ViciCredentialScope   *self,
                                                 const char            *id,
                                                 ViciSharedType         type,
                                                 GBytes                *data,
                                                 ViciLoadSharedOptions *options,
                                                 GCancellable          *cancellable,
                                                 GError               **error);

VICI_AVAILABLE_IN_1_0
void vici_credential_scope_load_authority_async (ViciCredentialScope *self,
                                                 ViciAuthorityConfig *authority,
                                                 GCancellable        *cancellable,
                                                 GAsyncReadyCallback  callback,
                                                 gpointer             user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_scope_load_authority_finish (ViciCredentialScope *self,
                                                      GAsyncResult        *result,
                                                      GError             **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_scope_load_authority_sync (ViciCredentialScope *self,
                                                    ViciAuthorityConfig *authority,
                                                    GCancellable        *cancellable,
                                                    GError             **error);

VICI_AVAILABLE_IN_1_0
void vici_credential_scope_load_key_async (ViciCredentialScope *self,
                                           ViciKeyType          type,
                                           GBytes              *data,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
VICI_AVAILABLE_IN_1_0
char *vici_credential_scope_load_key_finish (ViciCredentialScope *self,
                                             GAsyncResult        *result,
                                             GError             **error);
VICI_AVAILABLE_IN_1_0
char *vici_credential_scope_load_key_sync (ViciCredentialScope *self,
                                           ViciKeyType          type,
                                           GBytes              *data,
                                           GCancellable        *cancellable,
                                           GError             **error);

VICI_AVAILABLE_IN_1_0
void vici_credential_scope_load_token_async (ViciCredentialScope  *self,
                                             const char           *handle,
                                             ViciLoadTokenOptions *options,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
VICI_AVAILABLE_IN_1_0
char *vici_credential_scope_load_token_finish (ViciCredentialScope *self,
                                               GAsyncResult        *result,
                                               GError             **error);
VICI_AVAILABLE_IN_1_0
char *vici_credential_scope_load_token_sync (ViciCredentialScope  *self,
                                             const char           *handle,
                                             ViciLoadTokenOptions *options,
                                             GCancellable         *cancellable,
                                             GError              **error);

VICI_AVAILABLE_IN_1_0
void vici_credential_scope_unload_async (ViciCredentialScope *self,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_scope_unload_finish (ViciCredentialScope *self,
                                              GAsyncResult        *result,
                                              GError             **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_credential_scope_unload_sync (ViciCredentialScope *self,
                                            GCancellable        *cancellable,
                                            GError             **error);

G_END_DECLS
