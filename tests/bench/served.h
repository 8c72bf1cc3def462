/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* A server, and clients of it that are bare sockets in the same process. All have
 * registered for its event "tick". */
typedef struct
{
  ViciServer *server;
  GArray     *fds;              /* the clients' ends, which do not block */
} Served;

void served_init  (Served *self,
                   guint   n_clients);
void served_clear (Served *self);

G_END_DECLS
