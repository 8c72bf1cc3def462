/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The command line of gvici proxy. */
typedef struct
{
  GStrv      listen;            /* URIs */
  char      *to;
  GStrv      commands;          /* patterns; NULL: none, here and below */
  GStrv      events;
  gboolean   read_only;
  int        max_log_level;
  GStrv      peers;
  GPtrArray *peer_rules;        /* GviciPeerRule: what @peers says */
  char      *mode;
  guint      socket_mode;       /* what @mode says */
  char      *group;
  gboolean   advertise;
  char      *advert_name;       /* NULL: the one that it has by default */
  int        max_peers;
  int        max_peers_per_user;
  int        timeout;           /* ms */
  int        stall_timeout;     /* ms; 0: none */
} GviciProxyOptions;

gboolean gvici_proxy_options_parse (GviciProxyOptions *self,
                                    int                argc,
                                    char             **argv,
                                    GError           **error);
void     gvici_proxy_options_clear (GviciProxyOptions *self);

G_END_DECLS
