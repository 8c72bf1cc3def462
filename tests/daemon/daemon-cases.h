/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "daemon-test.h"

G_BEGIN_DECLS

/* A command with its arguments, and what has to come of them. Messages are in
 * GVariant's text form. */
typedef struct
{
  const char *command;
  const char *request;
  const char *events;           /* a list of messages; NULL: none */
  const char *reply;
  const char *result;           /* as text, see daemon-cases.c */

  void  (*start)  (ViciDaemon         *daemon,
                   GCancellable       *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer            user_data);
  char *(*finish) (ViciDaemon   *daemon,
                   GAsyncResult *result,
                   GError      **error);
  char *(*sync)   (ViciDaemon   *daemon,
                   GCancellable *cancellable,
                   GError      **error);
  const char *nothing;          /* the result of a failure, as text */
} DaemonCase;

/* Ended by one without a command. */
extern const DaemonCase daemon_cases[];

/* Arguments that are refused, and in what words; @result is the error's. */
extern const DaemonCase daemon_mistakes[];

G_END_DECLS
