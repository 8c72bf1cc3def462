/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-service.h"

G_BEGIN_DECLS

ViciService *vici_service_new    (const char  *name,
                                  const char  *domain,
                                  const char  *uri,
                                  const char  *host,
                                  const char  *address);

/* It can be reached in another way now. */
void         vici_service_update (ViciService *self,
                                  const char  *uri,
                                  const char  *host,
                                  const char  *address);

G_END_DECLS
