/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-settings.h"

G_BEGIN_DECLS

/* What the values of single keys do not tell: charon would crash, answer with
 * something else, or make something else of it. */

/* @path leads to the keys of the settings. */
gboolean vici_config_check        (ViciSettings *self,
                                   const char   *path,
                                   GError      **error);

gboolean vici_request_check_bytes (const char *command,
                                   const char *key,
                                   GBytes     *value,
                                   GError    **error);

G_END_DECLS
