/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-log-model.h"

G_BEGIN_DECLS

ViciLogModel *vici_log_model_new   (void);

/* An entry that has arrived now, and is in the list after vici_log_model_flush(). */
void          vici_log_model_push  (ViciLogModel *self,
                                    ViciLogEntry *entry);

/* Whether there was any. */
gboolean      vici_log_model_flush (ViciLogModel *self);

G_END_DECLS
