/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <string.h>

#include "vici-error.h"
#include "vici-session-private.h"
#include "vici-session.h"
#include "vici-wire.h"

G_BEGIN_DECLS

/* A session whose peer is the test itself. The test says what the session must
 * have sent and what the peer answers, one string for each packet:
 *
 *     request version         response daemon=charon version=5.9.8
 *     register list-sa        confirm
 *     unregister list-sa      unknown-event
 *     event list-sa name=gw   unknown-command
 *
 * Whatever the session calls back goes into a list of lines, which the test
 * has to look at:
 *
 *     version: {daemon=charon version=5.9.8}    the end of a call
 *     version: UNKNOWN_COMMAND                  its error
 *     list-sas/list-sa: {name=gw}               an event of its stream
 *     +list-sa: done, -list-sa: done            (un)subscribed
 *     list-sa! {name=gw}                        an event for subscribers
 *     close()                                   the virtual function
 *
 * When the test ends, every call must have ended just once or been cancelled,
 * all its data must have been freed, and nothing may be left unread. */

typedef struct _Fixture Fixture;
typedef struct _Call Call;

struct _Call
{
  Fixture *fixture;
  char    *name;        /* as it is called in the lines */
  guint64  id;
  guint    ended;
  guint    notified;
  guint    running;     /* its function, on the stack */
  gboolean cancelled;
};

typedef void (*Reaction) (Fixture *fixture);

struct _Fixture
{
  ViciSession *session; /* NULL: let go of, or gone */
  GPtrArray   *sent;    /* GBytes of each send() */
  GPtrArray   *lines;
  GPtrArray   *calls;

  /* Called once, from within the callback whose line begins so. The callbacks
   * that have no line are "send()", "notify NAME". */
  const char  *react_at;
  Reaction     react;
};

#define ADD_TEST(path, func) \
  g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

void    fixture_set_up    (Fixture      *fixture,
                           gconstpointer data);
void    fixture_tear_down (Fixture      *fixture,
                           gconstpointer data);

/* Bytes written as a string literal; its last NUL does not count. */
#define LITERAL(text) (text), sizeof (text) - 1

/* Packets, one after the other. */
GBytes *packets_new       (const char * const *packets);

/* What is asked of the session. */
Call   *call              (Fixture      *fixture,
                           const char   *command);
Call   *call_with         (Fixture      *fixture,
                           const char   *command,
                           ViciMessage  *request);
Call   *stream            (Fixture      *fixture,
                           const char   *command);
Call   *stream_with       (Fixture      *fixture,
                           const char   *command,
                           ViciMessage  *request);
Call   *stream_event      (Fixture      *fixture,
                           const char   *command,
                           const char   *event);
Call   *subscribe         (Fixture      *fixture,
                           const char   *event);
Call   *unsubscribe       (Fixture      *fixture,
                           const char   *event);
void    cancel            (Fixture      *fixture,
                           Call         *call);

/* Reacts once; see the fields. */
void    react             (Fixture      *fixture,
                           const char   *at,
                           Reaction      reaction);

/* What the session did. Each sent() takes the bytes of one send(). */
#define sent(fixture, ...) \
  assert_sent (fixture, (const char *[]) { __VA_ARGS__, NULL })
#define heard(fixture, ...) \
  assert_heard (fixture, (const char *[]) { __VA_ARGS__, NULL })

void    assert_sent       (Fixture            *fixture,
                           const char * const *packets);
void    assert_sent_bytes (Fixture            *fixture,
                           gconstpointer       data,
                           gsize               length);
void    assert_heard      (Fixture            *fixture,
                           const char * const *lines);
void    sent_nothing      (Fixture            *fixture);
void    heard_nothing     (Fixture            *fixture);

/* What the peer does. */
#define receive(fixture, ...) \
  receive_packets (fixture, (const char *[]) { __VA_ARGS__, NULL })

void    receive_packets   (Fixture            *fixture,
                           const char * const *packets);
void    receive_bytes     (Fixture            *fixture,
                           gconstpointer       data,
                           gsize               length);

/* Bytes that end the session. */
void    receive_fault     (Fixture            *fixture,
                           ViciError           code,
                           gconstpointer       data,
                           gsize               length);

/* Reactions. */
void    close_session     (Fixture            *fixture);
void    drop_session      (Fixture            *fixture);

G_END_DECLS
