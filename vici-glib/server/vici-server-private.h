/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-server.h"

G_BEGIN_DECLS

/* What can be set: the properties. */
typedef struct
{
  guint socket_mode;
  char *socket_owner;
  char *socket_group;
  guint max_peers;
  guint max_pending;
  guint max_queued;
  guint packet_timeout;
} ViciServerSettings;

struct _ViciServer
{
  GObject            parent_instance;

  ViciServerSettings settings;

  GHashTable        *commands;  /* the names */
  GHashTable        *events;
  GPtrArray         *listeners; /* Listener */
  GPtrArray         *peers;

  guint              stops;     /* how often it has stopped */
  gboolean           stopping;  /* nobody is let in */
};

void vici_server_settings_init    (ViciServerSettings *self);
void vici_server_settings_clear   (ViciServerSettings *self);

/* Installs the properties. */
void vici_server_settings_install (GObjectClass       *object_class);

G_END_DECLS
