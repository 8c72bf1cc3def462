/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What an ssh: URI says. */
typedef struct
{
  char *host;
  char *user;                   /* NULL: whom ssh's configuration names */
  int   port;                   /* -1: likewise */
  char *path;                   /* of the socket, on that host */
  char *config;                 /* NULL: ssh's own */
} ViciSshTarget;

/* Fails with G_IO_ERROR_INVALID_ARGUMENT, also for what ssh would take for
 * something else. */
gboolean vici_ssh_target_parse (ViciSshTarget       *self,
                                const char          *uri,
                                GError             **error);
void     vici_ssh_target_clear (ViciSshTarget       *self);

/* The command that passes on what connects to the socket @local, of this host, and
 * says a line on its standard output when it does so. */
GStrv    vici_ssh_target_dup_argv (const ViciSshTarget *self,
                                   const char          *local);

G_END_DECLS
