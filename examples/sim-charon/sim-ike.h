/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "sim-parts.h"
#include "sim-proposal.h"
#include "sim-wait.h"

G_BEGIN_DECLS

/* IKE_SAs and their CHILD_SAs: what they are, how they are listed, and what is
 * done with them. */

typedef struct _SimChild SimChild;
typedef struct _SimIke SimIke;
typedef struct _SimJob SimJob;

struct _SimChild
{
  char        *name;
  ViciMessage *config;
  guint        id;
  guint        reqid;
  const char  *state;
  SimSuite     suite;
  guint32      spi_in;
  guint32      spi_out;
  GStrv        local_ts;
  GStrv        remote_ts;
  double       installed;       /* all times are of sim_now() */
  double       rekey_at;        /* 0: never */
  double       life_until;      /* 0: for ever */
  double       gone_at;         /* of a replaced one, when it is dropped; else 0 */
  GSource     *timer;           /* to rekey it */
};

struct _SimIke
{
  Sim        *sim;
  SimConn    *conn;
  guint       id;
  const char *state;
  gboolean    is_initiator;
  gboolean    is_removed;       /* nobody finds it any more */
  char       *local_host;
  char       *remote_host;
  guint       local_port;
  guint       remote_port;
  char       *local_id;         /* NULL until it is known */
  char       *remote_id;
  guint64     initiator_spi;
  guint64     responder_spi;    /* 0 until it is known */
  SimSuite    suite;
  double      established;
  double      rekey_at;
  char       *vip;              /* a virtual address: ours, or the peer's */
  guint       message_id;       /* of the next request */
  GPtrArray  *children;         /* SimChild */

  GQueue      jobs;             /* SimJob; the first is under way */
  GSource    *step;             /* when it goes on */
  GSource    *timer;            /* to rekey it */
};

/* -- What they are -- */

SimIke     *sim_ike_new             (Sim         *sim,
                                     SimConn     *conn,
                                     gboolean     is_initiator);
SimIke     *sim_ike_ref             (SimIke      *self);
void        sim_ike_unref           (SimIke      *self);

gboolean    sim_ike_is_v1           (SimIke      *self);
gboolean    sim_ike_is              (SimIke      *self,
                                     const char  *state);

/* Says something in the log, and to who waits for what is under way. */
void        sim_ike_log             (SimIke      *self,
                                     const char  *group,
                                     int          level,
                                     const char  *format,
                                     ...) G_GNUC_PRINTF (4, 5);

/* A message to the peer or from it, as the log has them, which is counted too. */
void        sim_ike_log_sent        (SimIke      *self,
                                     const char  *message,
                                     const char  *payloads,
                                     const char  *counter);
void        sim_ike_log_received    (SimIke      *self,
                                     const char  *message,
                                     const char  *payloads,
                                     const char  *counter);

/* From IKE_AUTH on, packets go through the port that NATs are used to. */
void        sim_ike_leave_port      (SimIke      *self);
void        sim_ike_set_established (SimIke      *self);

SimChild   *sim_ike_find_child      (SimIke      *self,
                                     const char  *name,
                                     guint        id);

/* Adds a child; its id is drawn when it is 0. */
SimChild   *sim_ike_add_child       (SimIke      *self,
                                     const char  *name,
                                     guint        id);
void        sim_ike_remove_child    (SimIke      *self,
                                     SimChild    *child);

/* Drops those that were replaced some time ago. */
void        sim_ike_drop_children   (SimIke      *self);

/* Their SPIs, and their selectors as the log has them. */
char       *sim_child_describe      (SimChild    *child);
guint64     sim_child_get_packets   (SimChild    *child,
                                     Sim         *sim);

/* -- How they are listed -- */

/* @tasks are those of tasks-active, or tasks-passive of a responder; @child_name
 * and @child_id choose of the children. */
ViciMessage *sim_ike_list           (SimIke      *self,
                                     const char  *tasks);
ViciMessage *sim_ike_list_with      (SimIke      *self,
                                     const char  *tasks,
                                     const char  *child_name,
                                     guint        child_id);

/* With a "child-sas" of one's own. */
ViciMessage *sim_ike_list_around    (SimIke      *self,
                                     const char  *tasks,
                                     ViciMessage *children);
ViciMessage *sim_child_list         (SimChild    *child,
                                     Sim         *sim);

void         sim_ike_emit_updown    (SimIke      *self,
                                     gboolean     up,
                                     const char  *tasks);
void         sim_child_emit_updown  (SimIke      *ike,
                                     SimChild    *child,
                                     gboolean     up,
                                     const char  *tasks);

/* -- What is done with them -- */

typedef enum
{
  SIM_STEP_NEXT,                /* goes on when the peer has answered */
  SIM_STEP_DONE,
  SIM_STEP_FAILED,
  SIM_STEP_STUCK,               /* the peer does not answer */
  SIM_STEP_ENDED,               /* done, and there is no IKE_SA any more */
  SIM_STEP_LOST                 /* failed, and neither */
} SimOutcome;

typedef SimOutcome (*SimStep) (SimIke *ike,
                               SimJob *job);

/* Steps with an exchange of messages between each two. Those of an IKE_SA are done
 * one after another, as IKE has it. */
struct _SimJob
{
  const SimStep *steps;
  guint          at;
  char          *child;         /* the name of one, or NULL */
  guint          child_id;      /* of one that is there; else 0 */
  SimWait       *wait;          /* NULL: nobody waits */
};

extern const SimStep sim_establish_steps[];
extern const SimStep sim_create_child_steps[];
extern const SimStep sim_delete_steps[];
extern const SimStep sim_delete_now_steps[];
extern const SimStep sim_destroy_steps[];
extern const SimStep sim_delete_child_steps[];
extern const SimStep sim_rekey_steps[];
extern const SimStep sim_rekey_child_steps[];
extern const SimStep sim_reauth_steps[];

void       sim_ike_queue        (SimIke        *self,
                                 const SimStep *steps,
                                 const char    *child,
                                 guint          child_id,
                                 SimWait       *wait);
void       sim_ike_clear_jobs   (SimIke        *self);

/* The same before all that is queued, which fails unless it is this that is to be
 * done: for what does not wait for the peer. */
void       sim_ike_do_now       (SimIke        *self,
                                 const SimStep *steps,
                                 SimWait       *wait);

/* Ends what waits for it, and removes it. */
void       sim_ike_remove       (SimIke        *self);

gboolean   sim_ike_has_answer   (SimIke        *self);

/* Selects the algorithms of a child and installs it. */
SimChild  *sim_ike_install      (SimIke        *self,
                                 const char    *name,
                                 guint          id,
                                 gboolean       with_ke);

/* -- All of them -- */

GPtrArray *sim_sas_get          (SimSas        *self);
void       sim_sas_add          (SimSas        *self,
                                 SimIke        *ike);
SimIke    *sim_sas_find         (SimSas        *self,
                                 guint          id);

/* One that a connection can be used with. */
SimIke    *sim_sas_find_usable  (SimSas        *self,
                                 SimConn       *conn);

/* Keeps who waits until it has lost patience. */
void       sim_sas_add_waiting  (SimSas        *self,
                                 SimWait       *wait);

guint      sim_sas_next_ike_id  (SimSas        *self);
guint      sim_sas_next_id      (SimSas        *self);
guint      sim_sas_get_reqid    (SimSas        *self,
                                 const char    *conn,
                                 const char    *child);

/* The commands that make and end them. */
void       sim_control_add      (Sim           *sim);
void       sim_terminate_add    (Sim           *sim);
void       sim_peer_add         (Sim           *sim);

/* The texts of a request that select SAs. */
typedef struct
{
  char *ike;
  char *child;
  guint ike_id;                 /* 0: none */
  guint child_id;
} SimSelection;

void       sim_selection_init   (SimSelection   *self,
                                 ViciInvocation *invocation);
void       sim_selection_clear  (SimSelection   *self);
gboolean   sim_selection_has    (SimSelection   *self,
                                 SimIke         *ike);
gboolean   sim_selection_has_child (SimSelection *self,
                                    SimChild     *child);
gboolean   sim_selection_is_of_children (SimSelection *self);
gboolean   sim_selection_is_empty (SimSelection *self);

/* Logs what is asked for: "vici terminate CHILD_SA 'net'". */
void       sim_selection_log    (SimSelection *self,
                                 Sim          *sim,
                                 const char   *verb);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimIke, sim_ike_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimSelection, sim_selection_clear)

G_END_DECLS
