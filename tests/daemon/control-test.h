/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"
#include "vici-daemon-commands.h"
#include "vici-server.h"

G_BEGIN_DECLS

/* A daemon that is played by the test, over a socket, and a ViciDaemon for it. What
 * happens at either end goes into one log:
 *
 *   initiate CHILD        such a command has come, and is kept until it is answered
 *   terminate {…}         and this, which is answered at once, unless it is to be kept
 *   CHILD:ok              a call has ended
 *   CHILD:CODE            with that error, as in "net:cancelled" */
typedef struct
{
  char           *directory;
  char           *uri;
  ViciServer     *server;
  GPtrArray      *kept;         /* ViciInvocation */
  gboolean        keeps_terminate;
  const char     *refuses_terminate; /* with that; NULL: does not */

  ViciConnection *connection;
  ViciDaemon     *daemon;
  GString        *log;
  guint           words;
} ControlTest;

/* The connection is open. */
void            control_test_set_up      (ControlTest         *self,
                                          gconstpointer        data);
void            control_test_tear_down   (ControlTest         *self,
                                          gconstpointer        data);

#define ADD_CONTROL_TEST(path, func) \
  g_test_add (path, ControlTest, NULL, control_test_set_up, func, control_test_tear_down)

/* Has the daemon speak over another connection. */
void            control_test_use         (ControlTest         *self,
                                          ViciConnection      *connection);

/* The end of a stream whose other end is the daemon's. */
GIOStream      *control_accept_stream    (ControlTest         *self);

void            control_note             (ControlTest         *self,
                                          const char          *format,
                                          ...) G_GNUC_PRINTF (2, 3);

/* Waits for just these words, separated by "; ", and forgets them. */
void            control_expect           (ControlTest         *self,
                                          const char          *words);

/* Runs the default main context until it is so; fails where it is not for minutes. */
#define control_run_until(condition)                          \
  G_STMT_START                                                \
  {                                                           \
    guint control_deadline = control_deadline_new (#condition); \
                                                              \
    while (!(condition))                                      \
      g_main_context_iteration (NULL, TRUE);                  \
    g_source_remove (control_deadline);                       \
  }                                                           \
  G_STMT_END

guint           control_deadline_new     (const char          *what);

/* Runs what there is to run. */
void            control_settle           (void);

/* Whose end is noted under the name of the CHILD_SA. */
void            control_initiate         (ControlTest         *self,
                                          const char          *child,
                                          ViciInitiateOptions *options,
                                          ViciControlLog      *log,
                                          GCancellable        *cancellable);

/* The n-th that was kept. The daemon says a line of its log about an IKE_SA "home". */
ViciInvocation *control_get              (ControlTest         *self,
                                          guint                n);
void            control_say              (ControlTest         *self,
                                          guint                n,
                                          const char          *group,
                                          int                  level,
                                          guint                ike_sa_id,
                                          const char          *text);
void            control_succeed          (ControlTest         *self,
                                          guint                n);
void            control_fail             (ControlTest         *self,
                                          guint                n,
                                          const char          *errmsg);

/* A message from GVariant's text form. */
ViciMessage    *control_message          (const char          *text);

/* The short name of an error. */
const char     *control_code             (const GError        *error);

G_END_DECLS
