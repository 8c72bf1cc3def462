/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-daemon.h"
#include "vici-message.h"

G_BEGIN_DECLS

/* A ViciDaemon at a server in a thread of its own, so that the synchronous forms find
 * it too. The server knows the commands of the library's table but for those that a
 * test leaves out, and answers as the test has said: in success, unless it has said
 * something else. */
typedef struct _DaemonServer DaemonServer;

typedef struct
{
  DaemonServer   *server;
  ViciConnection *connection;
  ViciDaemon     *daemon;
} DaemonTest;

/* @data: the name of a command that the server does not know, or NULL. */
void         daemon_test_set_up    (DaemonTest   *self,
                                    gconstpointer data);
void         daemon_test_tear_down (DaemonTest   *self,
                                    gconstpointer data);

#define ADD_DAEMON_TEST(path, unknown, func) \
  g_test_add (path, DaemonTest, unknown, daemon_test_set_up, func, daemon_test_tear_down)

/* The answer to a command, for good: a message in GVariant's text form, with events
 * before it, a list of such messages (or NULL). */
void         daemon_test_answer    (DaemonTest  *self,
                                    const char  *command,
                                    const char  *events,
                                    const char  *reply);
/* What a request is met with instead of an answer. The first two hold for all. */
void         daemon_test_hang_up   (DaemonTest  *self);
void         daemon_test_cancel    (DaemonTest   *self,
                                    GCancellable *cancellable);
void         daemon_test_normal    (DaemonTest  *self);

/* The next request that has come, or NULL where there was none since. */
ViciMessage *daemon_test_request   (DaemonTest  *self,
                                    char       **command);
void         daemon_test_sent      (DaemonTest  *self,
                                    const char  *command,
                                    const char  *request);
void         daemon_test_sent_none (DaemonTest  *self);

/* From GVariant's text form. */
ViciMessage *daemon_test_message   (const char  *text);

/* Runs the main context until there is a result. */
void         daemon_test_take      (GObject      *source,
                                    GAsyncResult *result,
                                    gpointer      user_data);
void         daemon_test_wait      (GAsyncResult **result);

G_END_DECLS
