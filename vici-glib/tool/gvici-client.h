/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

#include "gvici-output.h"

G_BEGIN_DECLS

typedef enum
{
  GVICI_STATUS_OK = 0,
  GVICI_STATUS_REFUSED = 1,     /* the daemon said no */
  GVICI_STATUS_USAGE = 2,       /* it was not even asked */
  GVICI_STATUS_BROKEN = 3       /* it is not there, or not any more */
} GviciStatus;

/* One conversation with the daemon, from its opening until somebody says how it
 * has ended. */
typedef struct
{
  ViciConnection *connection;
  GviciFormat     format;
  GMainLoop      *loop;
  GviciStatus     status;
} GviciClient;

typedef void (*GviciClientFunc) (gpointer user_data);

void gvici_client_init (GviciClient *self,
                        const char  *uri,
                        GviciFormat  format);
void gvici_client_clear (GviciClient *self);

/* Opens the connection, calls @on_open, and waits for the end. */
GviciStatus gvici_client_run (GviciClient    *self,
                              GviciClientFunc on_open,
                              gpointer        user_data);

void gvici_client_finish (GviciClient *self,
                          GviciStatus  status);

/* Says what went wrong and finishes with the status for it. */
void gvici_client_fail (GviciClient  *self,
                        const GError *error);

G_END_DECLS
