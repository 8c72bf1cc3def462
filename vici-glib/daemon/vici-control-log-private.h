/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-control-log.h"

G_BEGIN_DECLS

gboolean vici_control_log_is_in_use (ViciControlLog *self);

/* Empties it for a command; the counterpart says how that has ended. */
void     vici_control_log_begin     (ViciControlLog *self);
void     vici_control_log_end       (ViciControlLog *self,
                                     ViciFailure     failure);

void     vici_control_log_add       (ViciControlLog *self,
                                     ViciLogEntry   *entry);
void     vici_control_log_set_ids   (ViciControlLog *self,
                                     guint           ike_sa_id,
                                     guint           child_sa_id);

G_END_DECLS
