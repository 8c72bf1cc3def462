/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "real.h"

/* One of the two daemons of the scenario, and what it has told of itself. */
typedef struct
{
  const char *name;
  char       *id;               /* its identity in its certificate */
  char      **addresses;
  char       *network;          /* behind it */
  pid_t       pid;
  char       *key;              /* the id of its private key, when it is loaded */

  ViciDaemon *daemon;
  GQueue      events;           /* of Event, those that nobody has waited for */
} Side;

/* What one of the daemon's signals has told. */
typedef struct
{
  const char *signal;
  gboolean    up;
  ViciIkeSa  *sa;
  GObject    *old_sa;              /* with rekeyings: a ViciIkeSa or a ViciChildSa */
  GObject    *new_sa;              /* likewise; of child-updown, the ViciChildSa */
  char       *of;               /* the name of what it is about; of log, the text */
  guint       ike_sa_id;        /* of log */
} Event;

/* @end is A or B. Opens, and has the events subscribed to. */
void         side_init             (Side           *self,
                                    char            end);
void         side_add_address      (Side           *self,
                                    const char     *address);
void         side_clear            (Side           *self);

/* Waits for an event, and takes it. */
Event       *side_wait_updown      (Side           *self,
                                    const char     *signal,
                                    gboolean        up,
                                    const char     *of);
Event       *side_wait_rekey       (Side           *self,
                                    const char     *signal);
void         side_wait_logged      (Side           *self,
                                    guint           ike_sa_id,
                                    const char     *text);
void         event_free            (Event          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Event, event_free)

/* A connection to the other side, with the usual proposal. */
ViciConnConfig *side_make_conn     (Side           *self,
                                    const char     *name,
                                    Side           *peer,
                                    ViciAuthConfig *local,
                                    ViciAuthConfig *remote);
void         side_load_conn        (Side           *self,
                                    ViciConnConfig *conn);

/* A connection with a secret: both, and who uses them, have that name. */
ViciConnConfig *side_make_psk_conn (Side           *self,
                                    const char     *name,
                                    Side           *peer);
void         side_load_psk         (Side           *self,
                                    const char     *name,
                                    Side           *peer,
                                    const char     *secret);
ViciAuthConfig *auth_config        (const char     *auth,
                                    const char     *id);

/* A file of the folder that the runner has filled. */
GBytes      *load_contents         (const char     *name,
                                    const char     *suffix);
char        *side_load_key         (Side           *self,
                                    const char     *name);

GListModel  *side_list_sas         (Side           *self);

/* The only IKE_SA. */
ViciIkeSa   *side_get_sa           (Side           *self);

/* The only item of a list, which it takes or does not take. */
gpointer     take_only_item        (GListModel     *list);
gpointer     get_only_item         (GListModel     *list);

/* What is there: an IKE_SA, a connection and a key of those names, or none where one
 * is NULL, and nothing else. */
void         side_assert_holds     (Side           *self,
                                    const char     *sa,
                                    const char     *conn,
                                    const char     *key);

/* Brings up what can be, while the main loop runs. */
void         side_initiate         (Side           *self,
                                    const char     *ike,
                                    const char     *child,
                                    ViciControlLog *log);

/* Tries to bring up what cannot be. Returns why. */
ViciFailure  side_fail_to_initiate (Side           *self,
                                    const char     *ike);

/* Takes down one. Takes the options. */
void         side_terminate        (Side                 *self,
                                    ViciTerminateOptions *options,
                                    ViciControlLog       *log);
