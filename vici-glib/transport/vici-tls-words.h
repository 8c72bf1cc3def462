/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What is wrong with a certificate, as clauses of a sentence whose subject it is. */
char *vici_tls_describe_errors (GTlsCertificateFlags errors);

G_END_DECLS
