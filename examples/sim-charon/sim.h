/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

#include "sim-reply.h"

G_BEGIN_DECLS

/* A simulated daemon: a server, a clock, and the parts that keep its state. Each
 * part has a file of its own, and adds the commands that work on it. */

typedef struct _Sim Sim;

typedef struct _SimAuthorities SimAuthorities;
typedef struct _SimConns SimConns;
typedef struct _SimCounters SimCounters;
typedef struct _SimCreds SimCreds;
typedef struct _SimFaults SimFaults;
typedef struct _SimListeners SimListeners;
typedef struct _SimPolicies SimPolicies;
typedef struct _SimPools SimPools;
typedef struct _SimSas SimSas;
typedef struct _SimShared SimShared;

typedef void (*SimHandler) (Sim            *sim,
                            ViciInvocation *invocation);

typedef struct
{
  const char *name;
  SimHandler  handler;
} SimCommand;

struct _Sim
{
  ViciServer     *server;
  GHashTable     *handlers;     /* name of a command: SimCommand */
  gint64          started;      /* monotonic, in µs */

  char           *version;
  guint           latency;      /* ms from an IKE request to its response */
  double          speed;        /* simulated seconds that pass in one */
  guint           traffic;      /* packets per simulated second and direction */
  gboolean        verbose;      /* prints its log, too */

  SimAuthorities *authorities;
  SimConns       *conns;
  SimCounters    *counters;
  SimCreds       *creds;
  SimFaults      *faults;
  SimListeners   *listeners;
  SimPolicies    *policies;
  SimPools       *pools;
  SimSas         *sas;
  SimShared      *shared;
};

Sim     *sim_new          (const char       *version);
void     sim_free         (Sim              *sim);

void     sim_add_commands (Sim              *sim,
                           const SimCommand *commands,
                           gsize             n_commands);

/* Whether what is simulated is of that release or a newer one. */
gboolean sim_is_since     (Sim              *sim,
                           guint             major,
                           guint             minor,
                           guint             micro);

/* Simulated seconds since the start. */
double   sim_now          (Sim              *sim);

/* The real time, in ms, that so many simulated seconds take. */
guint    sim_real_time    (Sim              *sim,
                           double            seconds);

/* Sends an event to all that have registered for it. */
void     sim_emit         (Sim              *sim,
                           const char       *name,
                           ViciBuilder      *builder);

/* Raises "alert", where the simulated release has it, about the IKE_SA @name. */
void     sim_emit_alert   (Sim              *sim,
                           const char       *type,
                           const char       *name,
                           ViciMessage      *ike_sa);

/* Says something in the log. */
void     sim_log          (Sim              *sim,
                           const char       *group,
                           const char       *format,
                           ...) G_GNUC_PRINTF (3, 4);

/* The same about an IKE_SA, unless @name is NULL. A level past 1 is too much for
 * the event "log". */
void     sim_log_line     (Sim              *sim,
                           const char       *group,
                           int               level,
                           const char       *name,
                           guint             id,
                           const char       *text);

/* Adds what "log" and "control-log" have in common. */
void     sim_add_line     (ViciBuilder      *builder,
                           const char       *group,
                           int               level,
                           const char       *thread,
                           const char       *name,
                           guint             id,
                           const char       *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sim, sim_free)

G_END_DECLS
