/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "gvici-section.h"

G_BEGIN_DECLS

/* Adds what one argument of the command line says of a request. */
gboolean gvici_args_add (GviciSection *request,
                         const char   *arg,
                         GError      **error);

G_END_DECLS
