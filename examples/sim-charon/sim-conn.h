/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "sim.h"

G_BEGIN_DECLS

/* A connection as it was loaded. What is asked of it is looked up in the message
 * that it came in. IKE_SAs keep theirs when another is loaded in its place. */
typedef struct
{
  char        *name;
  ViciMessage *config;
} SimConn;

SimConn     *sim_conn_new             (const char  *name,
                                       ViciMessage *config);
SimConn     *sim_conn_ref             (SimConn     *self);
void         sim_conn_unref           (SimConn     *self);

/* NULL-terminated names; and one of them. */
GStrv        sim_conn_get_child_names (SimConn     *self);
ViciMessage *sim_conn_get_child       (SimConn     *self,
                                       const char  *name);

/* The first address that is none of "%any", or NULL. */
char        *sim_conn_get_address     (SimConn     *self,
                                       const char  *key);

/* 0 for none, in seconds. */
guint64      sim_conn_get_rekey_time  (SimConn     *self);

/* The rounds of authentication of the side "local" or "remote", in order. */
GPtrArray   *sim_conn_get_rounds      (SimConn     *self,
                                       const char  *side);

/* The identity of the first round: as configured, or else the address. */
char        *sim_conn_get_id          (SimConn     *self,
                                       const char  *side,
                                       const char  *address);

/* Of a round: "class" as charon calls it; NULL where anything goes. */
const char  *sim_round_get_class      (ViciMessage *round);

/* The identity that is configured, or that of a certificate; NULL: neither. */
char        *sim_round_get_id         (ViciMessage *round);

/* Of a child. Lifetimes are 0 for none, in seconds. */
guint64      sim_child_get_rekey_time (ViciMessage *child);
guint64      sim_child_get_life_time  (ViciMessage *child);
const char  *sim_child_get_mode       (ViciMessage *child);

/* The selectors of "local_ts" or "remote_ts" as they are listed; @dynamic is put
 * in the place of "dynamic" unless it is NULL. */
GStrv        sim_child_get_selectors  (ViciMessage *child,
                                       const char  *key,
                                       const char  *dynamic);

gboolean     sim_child_has_action     (ViciMessage *child,
                                       const char  *key,
                                       const char  *action);

/* Adds the section of "list-conn". */
void         sim_conn_list            (SimConn     *self,
                                       Sim         *sim,
                                       ViciBuilder *builder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimConn, sim_conn_unref)

G_END_DECLS
