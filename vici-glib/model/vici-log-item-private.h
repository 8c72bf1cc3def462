/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-log-item.h"

G_BEGIN_DECLS

/* An entry that arrives now. */
ViciLogItem *vici_log_item_new (ViciLogEntry *entry);

G_END_DECLS
