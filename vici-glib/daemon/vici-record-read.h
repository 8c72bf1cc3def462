/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-message.h"

G_BEGIN_DECLS

/* What the schema names to be read in a way of its own. */

/* A list of ViciAlgorithm. */
GListModel      *vici_algorithms_new            (ViciMessage *reply);

char            *vici_cert_read_subject         (ViciMessage *message);
GDateTime       *vici_cert_read_not_before      (ViciMessage *message);
GDateTime       *vici_cert_read_not_after       (ViciMessage *message);
GTlsCertificate *vici_cert_read_tls_certificate (ViciMessage *message);

G_END_DECLS
