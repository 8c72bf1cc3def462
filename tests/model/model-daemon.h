/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-server.h"

G_BEGIN_DECLS

/* A daemon that does what it is told to, in the process and the main context of the
 * test, at a UNIX socket in a folder of its own. What it has is plain state: a test
 * changes that, and has it told in an event or not, as charon does or would not. */

typedef struct
{
  guint       id;
  guint32     spi;              /* that of the inbound SA */
  guint       serial;           /* stays when it is rekeyed; 0: it was replaced */
  const char *name;             /* static */
  const char *state;            /* static */
  guint64     bytes;            /* received */
  gboolean    lost;             /* nobody listened when it was rekeyed */
} ModelChild;

typedef struct
{
  guint       id;
  guint64     spi;              /* the initiator's */
  guint       serial;           /* stays when it is rekeyed; 0: it was replaced */
  const char *name;             /* static */
  const char *state;            /* static */
  guint       host;             /* a number in the peer's address */
  gboolean    lost;             /* nobody listened when it was rekeyed */
  guint       next;             /* id of the one that is to replace it; 0: none yet */
  GPtrArray  *children;         /* ModelChild */
} ModelIke;

/* What is listed and has no events. */
typedef enum
{
  MODEL_CONNS,
  MODEL_CERTS,
  MODEL_POOLS,
  MODEL_AUTHORITIES,
  MODEL_N_CATALOGS
} ModelCatalog;

typedef struct
{
  char       *folder;
  char       *path;
  char       *uri;
  ViciServer *server;           /* NULL: it does not run */
  GPtrArray  *peers;

  GPtrArray  *ike_sas;          /* ModelIke */
  GHashTable *by_id;
  guint       last_ike;         /* unique ids, anew in each life of the daemon */
  guint       last_child;
  guint       last_serial;
  guint32     last_spi;
  GPtrArray  *catalogs[MODEL_N_CATALOGS];       /* names, static */

  guint       list_step;        /* so many IKE_SAs of a list in a turn of the main loop */
  guint       list_lag;         /* and this many turns after it has looked at them */
  GQueue      lists;            /* under way */
  GSource    *list_source;      /* NULL: none is */
  guint       n_lists;          /* of IKE_SAs that were asked for */
} ModelDaemon;

ModelDaemon *model_daemon_new             (void);
void         model_daemon_free            (ModelDaemon    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ModelDaemon, model_daemon_free)

/* It is killed, with all that it has; another one starts in its place. */
void         model_daemon_stop            (ModelDaemon    *self);
void         model_daemon_start           (ModelDaemon    *self);

/* Its clients lose their connections, and nothing else happens. */
void         model_daemon_disconnect      (ModelDaemon    *self);

/* -- Changes, of which nobody is told -- */

ModelIke    *model_daemon_add_ike         (ModelDaemon    *self,
                                           const char     *name,
                                           const char     *state);
void         model_daemon_remove_ike      (ModelDaemon    *self,
                                           ModelIke       *ike);
ModelChild  *model_daemon_add_child       (ModelDaemon    *self,
                                           ModelIke       *ike,
                                           const char     *name,
                                           const char     *state);
void         model_daemon_remove_child    (ModelDaemon    *self,
                                           ModelIke       *ike,
                                           ModelChild     *child);

/* -- Events; each returns whether anybody was told -- */

gboolean     model_daemon_tell_ike        (ModelDaemon    *self,
                                           ModelIke       *ike,
                                           gboolean        up);
gboolean     model_daemon_tell_child      (ModelDaemon    *self,
                                           ModelIke       *ike,
                                           ModelChild     *child,
                                           gboolean        up);
gboolean     model_daemon_tell_ike_rekey  (ModelDaemon    *self,
                                           ModelIke       *old_sa,
                                           ModelIke       *new_sa);
gboolean     model_daemon_tell_child_rekey (ModelDaemon   *self,
                                           ModelIke       *ike,
                                           ModelChild     *old_sa,
                                           ModelChild     *new_sa);
/* The event shows the IKE_SA as it is by now. */
gboolean     model_daemon_tell_ike_update (ModelDaemon    *self,
                                           ModelIke       *ike,
                                           guint           new_host);
gboolean     model_daemon_tell_log        (ModelDaemon    *self,
                                           const char     *group,
                                           const char     *text);

/* -- What is true -- */

/* On its way out. */
gboolean     model_state_is_leaving       (const char     *state);

ModelIke    *model_daemon_find_ike        (ModelDaemon    *self,
                                           guint           id);
ModelChild  *model_ike_find_child         (ModelIke       *self,
                                           guint           id);
gboolean     model_daemon_has_named       (ModelDaemon    *self,
                                           ModelCatalog    catalog,
                                           const char     *name);

G_END_DECLS
