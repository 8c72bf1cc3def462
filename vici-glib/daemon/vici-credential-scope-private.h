/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-credential-scope.h"

G_BEGIN_DECLS

typedef enum
{
  VICI_LOADED_SHARED,
  VICI_LOADED_KEY,
  VICI_LOADED_AUTHORITY
} ViciLoadedKind;

typedef struct
{
  ViciLoadedKind kind;
  char          *name;      /* as the daemon knows it */
  guint64        serial;    /* of the last time it was sent */
  gboolean       confirmed; /* the daemon has had it, or may have */
} ViciLoaded;

ViciLoaded *vici_loaded_copy (const ViciLoaded *self);
void        vici_loaded_free (ViciLoaded *self);

/* The last one first. */
const GList *vici_credential_scope_get_loaded (ViciCredentialScope *self);

/* Not when it was sent again since. */
gboolean vici_credential_scope_remembers (ViciCredentialScope *self,
                                          const ViciLoaded    *loaded);
void     vici_credential_scope_forget    (ViciCredentialScope *self,
                                          const ViciLoaded    *loaded);

/* It is remembered when it is sent, with a number of this time, confirmed unless the
 * daemon refuses it, and forgotten if all that were sent are refused. */
guint64 vici_credential_scope_remember (ViciCredentialScope *self,
                                        ViciLoadedKind       kind,
                                        const char          *name);
void    vici_credential_scope_confirm  (ViciCredentialScope *self,
                                        ViciLoadedKind       kind,
                                        const char          *name);
void    vici_credential_scope_refuse   (ViciCredentialScope *self,
                                        ViciLoadedKind       kind,
                                        const char          *name,
                                        guint64              serial);

/* Keys have no owner: the scopes of a daemon are counted for each. While one is being
 * loaded, nobody knows which it is, and none can be unloaded. */
void     vici_scope_keys_count      (ViciDaemon            *daemon,
                                     const char            *id,
                                     int                    change);
gboolean vici_scope_keys_is_shared  (ViciDaemon            *daemon,
                                     const char            *id);
void     vici_scope_keys_begin_load (ViciDaemon            *daemon);
void     vici_scope_keys_end_load   (ViciDaemon            *daemon);
gboolean vici_scope_keys_is_loading (ViciDaemon            *daemon);
void     vici_scope_keys_wait       (ViciDaemon            *daemon,
                                     GTask                 *task,
                                     GCancellableSourceFunc callback);

G_END_DECLS
