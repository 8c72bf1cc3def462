/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "sim-conn.h"

G_BEGIN_DECLS

/* The parts of the simulated daemon, as they see each other. */

/* -- Connections: load-conn, unload-conn, get-conns, list-conns -- */

SimConns *sim_conns_new             (Sim        *sim);
void      sim_conns_free            (SimConns   *self);
SimConn  *sim_conns_find            (SimConns   *self,
                                     const char *name);

/* The first that has that child; in that connection, unless it is NULL. */
SimConn  *sim_conns_find_with_child (SimConns   *self,
                                     const char *name,
                                     const char *child);

/* -- Policies: install, uninstall, list-policies -- */

SimPolicies *sim_policies_new         (Sim         *sim);
void         sim_policies_free        (SimPolicies *self);
void         sim_policies_install     (SimPolicies *self,
                                       SimConn     *conn,
                                       const char  *child);
gboolean     sim_policies_uninstall   (SimPolicies *self,
                                       const char  *conn,
                                       const char  *child);

/* -- Credentials: load-cert, load-key, list-certs, … -- */

SimCreds *sim_creds_new             (Sim        *sim);
void      sim_creds_free            (SimCreds   *self);

gboolean  sim_creds_has_private     (SimCreds   *self);

/* -- Shared secrets: load-shared, unload-shared, get-shared -- */

SimShared *sim_shared_new   (Sim        *sim);
void       sim_shared_free  (SimShared  *self);
void       sim_shared_clear (SimShared  *self);

/* Whether there is one of that type, "IKE" or "EAP", that two peers may share. */
gboolean   sim_shared_has   (SimShared  *self,
                             const char *type,
                             const char *local_id,
                             const char *remote_id);

/* -- Authorities: load-authority, … -- */

SimAuthorities *sim_authorities_new       (Sim            *sim);
void            sim_authorities_free      (SimAuthorities *self);

/* Their certificates: SimCert, of theirs. */
GPtrArray      *sim_authorities_get_certs (SimAuthorities *self);

/* -- Pools: load-pool, unload-pool, get-pools -- */

SimPools *sim_pools_new     (Sim         *sim);
void      sim_pools_free    (SimPools    *self);

/* Leases an address of the first of those pools that has one; NULL: none has. */
char     *sim_pools_lease   (SimPools           *self,
                             const char * const *names,
                             const char         *identity);
void      sim_pools_release (SimPools           *self,
                             const char         *address);

/* -- Counters: get-counters, reset-counters -- */

SimCounters *sim_counters_new   (Sim         *sim);
void         sim_counters_free  (SimCounters *self);

/* Counts something for a connection, and for all. */
void         sim_counters_count (SimCounters *self,
                                 const char  *conn,
                                 const char  *counter);

/* -- Information: version, stats, get-algorithms, reload-settings -- */

void      sim_info_add (Sim *sim);

/* -- IKE_SAs: list-sas, initiate, terminate, rekey, redirect -- */

SimSas   *sim_sas_new        (Sim        *sim);
void      sim_sas_free       (SimSas     *self);
guint     sim_sas_count      (SimSas     *self,
                              gboolean    half_open);

/* Initiates a child for which nobody waits, as start_action=start does; and takes
 * all of a connection down. */
void      sim_sas_start      (SimSas     *self,
                              SimConn    *conn,
                              const char *child);
void      sim_sas_close_conn (SimSas     *self,
                              const char *conn);

/* -- Listening -- */

SimListeners *sim_listeners_new    (Sim           *sim);
void          sim_listeners_free   (SimListeners  *self);
gboolean      sim_listeners_listen (SimListeners  *self,
                                    const char    *uri,
                                    GError       **error);

/* The URIs, with a port of 0 resolved. */
GPtrArray    *sim_listeners_get    (SimListeners  *self);

/* Sends bytes to a client past the server, which sends only what is valid. */
void          sim_listeners_send   (ViciPeer      *peer,
                                    const guint8  *data,
                                    gsize          length);

/* -- Faults: sim-fault -- */

SimFaults *sim_faults_new      (Sim            *sim);
void       sim_faults_free     (SimFaults      *self);

/* Adds a fault from its text, "slow:version:500"; FALSE: it is none. */
gboolean   sim_faults_add      (SimFaults      *self,
                                const char     *text);

/* Whether what is called meets with a fault, which then has answered, or not; if
 * it is only slow, sim_handle() is called later. */
gboolean   sim_faults_apply    (SimFaults      *self,
                                ViciInvocation *invocation);
gboolean   sim_faults_has_peer (SimFaults      *self,
                                const char     *kind,
                                const char     *address);

/* Lets its handler answer an invocation. */
void       sim_handle          (Sim            *sim,
                                ViciInvocation *invocation);

G_END_DECLS
