/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-server.h"

G_BEGIN_DECLS

/* A server that knows the commands "echo" (answered with its request), "later"
 * (kept in @kept until the test answers it) and "stream" (three events "tick", and a
 * reply), the events "tick" and "tock", and a command "orphan" that has no handler.
 *
 * What its signals tell goes into @log, one word each:
 *
 *   +N                a peer is connected: the N-th that the test has made
 *   -N or -N:CODE     it is gone, for that reason
 *   !N:CODE           it was refused
 *   later             such a command has come */
typedef struct
{
  ViciServer *server;
  GString    *log;
  GPtrArray  *kept;             /* ViciInvocation */
  GPtrArray  *peers;            /* ViciPeer, in the order of their coming */
} ServerTest;

void        server_test_set_up    (ServerTest   *self,
                                   gconstpointer data);
void        server_test_tear_down (ServerTest   *self,
                                   gconstpointer data);

#define ADD_SERVER_TEST(path, func) \
  g_test_add (path, ServerTest, NULL, server_test_set_up, func, server_test_tear_down)

/* Runs the main loop until it is so; fails where it is not for minutes. */
#define server_run_until(condition)                                             \
  G_STMT_START                                                                  \
  {                                                                             \
    guint server_deadline = server_deadline_new (#condition);                   \
                                                                                \
    while (!(condition))                                                        \
      g_main_context_iteration (NULL, TRUE);                                    \
    g_source_remove (server_deadline);                                          \
  }                                                                             \
  G_STMT_END

guint       server_deadline_new   (const char   *what);

/* Runs what there is to run. */
void        server_settle         (void);

/* Waits for the log to say this, and empties it. */
void        server_logged         (ServerTest   *self,
                                   const char   *words);

ViciMessage *server_message       (const char   *name,
                                   const char   *value);

/* A client that the test itself is: it writes and reads packets, in the notation
 * of the protocol tests ("request echo a=1", "response a=1"). */
typedef struct _Client Client;

Client     *client_new            (ServerTest   *test);
Client     *client_new_for_uri    (const char   *uri);
Client     *client_new_for_stream (GIOStream    *stream);
void        client_free           (Client       *self);
GSocket    *client_get_socket     (Client       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

#define client_send(client, ...) \
  client_send_packets (client, (const char *[]) { __VA_ARGS__, NULL })
#define client_gets(client, ...) \
  client_expect_packets (client, (const char *[]) { __VA_ARGS__, NULL })

void        client_send_packets   (Client             *self,
                                   const char * const *packets);
void        client_send_bytes     (Client             *self,
                                   gconstpointer       data,
                                   gsize               length);
void        client_expect_packets (Client             *self,
                                   const char * const *packets);

/* Waits for so many bytes, and drops them. */
void        client_skip           (Client             *self,
                                   gsize               length);

/* Waits for one response of any content. */
ViciMessage *client_next          (Client             *self);

/* Writes what there is room for, and returns how much it was. */
gsize       client_try_send       (Client             *self,
                                   gconstpointer       data,
                                   gsize               length);

/* Waits until the server has closed, and nothing more has come. */
void        client_expect_end     (Client             *self);

/* Whether something has come. */
gboolean    client_has_input      (Client             *self);

G_END_DECLS
