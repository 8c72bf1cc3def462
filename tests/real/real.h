/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <sys/types.h>

#include <vici-glib/vici-glib.h>

/* What the tests against real daemons share. They are run by examples/lab.py,
 * which starts the daemons and tells of them in the environment. */

/* Runs the default main context until @condition holds, which is looked at after
 * every dispatch, and now and then. A test that waits for a minute is stuck, and
 * says for what. */
#define real_wait_until(condition)                                         \
  G_STMT_START                                                             \
  {                                                                        \
    GSource *real_deadline = real_deadline_new (G_STRLOC ": " #condition); \
                                                                           \
    while (!(condition))                                                   \
      g_main_context_iteration (NULL, TRUE);                               \
    real_deadline_free (real_deadline);                                    \
  }                                                                        \
  G_STMT_END

GSource        *real_deadline_new  (const char *what);
void            real_deadline_free (GSource    *deadline);

/* A GAsyncReadyCallback whose data is a GAsyncResult ** to fill in. */
void            real_take_result   (GObject      *source,
                                    GAsyncResult *result,
                                    gpointer      user_data);

/* A variable that the laboratory sets. */
const char     *real_getenv        (const char *name);

/* An open connection to the daemon whose URI is in that variable. */
ViciConnection *real_open          (const char *variable);

/* A message from GVariant's text form, with its format characters. */
ViciMessage    *real_message       (const char *format,
                                    ...);

/* Calls, dispatching events meanwhile, and takes nothing but success for an
 * answer. Takes the request too. */
ViciMessage    *real_call          (ViciConnection *connection,
                                    const char     *command,
                                    ViciMessage    *request);

/* Loads a connection with a pre-shared key from one address to another, and
 * one child, "net", between two inner addresses. */
void            real_load_conn     (ViciConnection *connection,
                                    const char     *name,
                                    const char     *local,
                                    const char     *remote,
                                    const char     *local_inner,
                                    const char     *remote_inner);

/* Has a process stop. The signal is only the request: the threads stop one by one,
 * and some would still accept a connection or answer a call. This waits for all. */
void            real_stop          (pid_t           pid);
