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

/* What a scope has loaded, by the name that the daemon knows it by. */
gboolean vici_credential_scope_remembers (ViciCredentialScope *self,
                                          ViciLoadedKind       kind,
                                          const char          *name);
void     vici_credential_scope_remember  (ViciCredentialScope *self,
                                          ViciLoadedKind       kind,
                                          const char          *name);
void     vici_credential_scope_forget    (ViciCredentialScope *self,
                                          ViciLoadedKind       kind,
                                          const char          *name);

G_END_DECLS
