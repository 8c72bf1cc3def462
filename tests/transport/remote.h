/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"

G_BEGIN_DECLS

/* What tests of transports to another process have in common. */

/* The path of a file beside this one, or of the program that was built of one. */
char     *remote_dup_source     (const char     *name);
char     *remote_dup_program    (const char     *name);

/* An empty directory, and its removal with all that is in it. */
char     *remote_make_directory (void);
void      remote_remove         (const char     *directory);

/* Runs a program that has to succeed. */
void      remote_run            (const char     *program,
                                 ...) G_GNUC_NULL_TERMINATED;

/* Starts one; and waits for its first line. */
GSubprocess *remote_spawn       (const char * const *argv,
                                 GSubprocessFlags   flags);
GSubprocess *remote_start       (const char     *program,
                                 ...) G_GNUC_NULL_TERMINATED;

/* Ends and reaps it. */
void      remote_stop           (GSubprocess    *process);

/* Opens by the main loop, or without; the error has to be looked at. */
gboolean  remote_open           (ViciConnection *connection,
                                 gboolean        sync,
                                 GCancellable   *cancellable,
                                 GError        **error);

/* Calls “version”, and compares who has answered, or whether that is a part of it. */
void      remote_check_version  (ViciConnection *connection,
                                 gboolean        sync,
                                 const char     *who);
void      remote_check_version_like (ViciConnection *connection,
                                     gboolean        sync,
                                     const char     *part);

/* The error of a call. */
GError   *remote_call_error     (ViciConnection *connection,
                                 gboolean        sync,
                                 const char     *command);

/* Whether the message says this. */
void      remote_assert_says    (const GError   *error,
                                 const char     *words);

/* Runs the main loop until the connection is gone. */
void      remote_drop           (ViciConnection *connection);

/* Waits until this process has no children. */
void      remote_wait_childless (void);

/* A pipe with a name, that programs open to write to, and what tells that one does,
 * by a byte, and that none has it open any more; by the main loop, or without. */
int       remote_make_fifo      (const char     *path);
void      remote_wait_fifo_used (int             fifo);
void      remote_wait_fifo_free (int             fifo,
                                 gboolean        sync);

/* How many descriptors this process has. */
guint     remote_count_descriptors (void);

/* Runs the main loop until it is so. */
#define remote_run_until(condition)                                             \
  G_STMT_START                                                                  \
  {                                                                             \
    guint remote_deadline = remote_deadline_new (#condition);                   \
                                                                                \
    while (!(condition))                                                        \
      g_main_context_iteration (NULL, TRUE);                                    \
    g_source_remove (remote_deadline);                                          \
  }                                                                             \
  G_STMT_END

guint     remote_deadline_new   (const char     *what);

G_END_DECLS
