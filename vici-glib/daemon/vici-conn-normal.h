/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Forms of values in which what means the same to charon is the same text, be it
 * sent or listed. NULL: it cannot be told what it means. */

/* As charon writes an identity: of its type, only that of addresses is told. */
char *vici_normal_identity (const char *text);

/* Names of protocols and services are looked up on this machine, which need not be
 * the daemon's. */
char *vici_normal_selector (const char *text);

G_END_DECLS
