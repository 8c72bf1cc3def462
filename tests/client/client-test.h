/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "peer.h"
#include "vici-connection.h"
#include "vici-stream.h"

/* A connection to a scripted peer, with a log of all that it tells. Whatever
 * ends or happens is one word there, so that a test says in one line what has
 * to come, how often and in which order:
 *
 *   NAME:OUTCOME     a call has ended
 *   +NAME:OUTCOME    a subscription
 *   -NAME:OUTCOME    an unsubscription
 *   >OUTCOME         a vici_stream_next_async()
 *   @NAME:VALUE      an event
 *   open:OUTCOME     an opening
 *   close:OUTCOME    a closing
 *   closed:OUTCOME   the signal
 *
 * The outcome is the value of the message's first key, "ok" where there is none,
 * "end" for the end of a stream, or the code of the error, as in "timed-out". */
typedef struct _ClientTest ClientTest;

typedef void (*ClientHook) (ClientTest *self,
                            const char *word);

struct _ClientTest
{
  ViciConnection *connection;
  gpointer        alive;        /* the same, until it is gone */
  Peer           *peer;
  GMainContext   *context;

  GString        *log;
  guint           words;
  ClientHook      hook;         /* called after each word, from where it came from */
  gpointer        hook_data;
};

/* The connection is open if its transport has no URI. */
ClientTest *client_test_new      (PeerTransport       transport,
                                  const char         *script);
ClientTest *client_test_new_open (PeerTransport       transport,
                                  const char         *script);

/* Drops the connection, if the test has not. It has to go without leaving
 * anything behind, and without a word more than that it is closed. */
void        client_test_free     (ClientTest         *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientTest, client_test_free)

void        client_log           (ClientTest         *self,
                                  const char         *format,
                                  ...) G_GNUC_PRINTF (2, 3);

/* Runs the context until the log has so many words, and compares them. */
void        client_expect        (ClientTest         *self,
                                  const char         *words);

/* Runs what the context has to run by now. */
void        client_settle        (ClientTest         *self);

/* Runs the context until the peer has come to its next "wait", its script is
 * through, or the connection is gone. */
void        client_await         (ClientTest         *self);
void        client_wait_gone     (ClientTest         *self);
void        client_wait_peer     (ClientTest         *self);

/* What is asked for is put into the log when it has ended. */
void        client_open          (ClientTest         *self,
                                  GCancellable       *cancellable);
void        client_close         (ClientTest         *self);
void        client_call          (ClientTest         *self,
                                  const char         *name);
void        client_call_full     (ClientTest         *self,
                                  const char         *name,
                                  ViciMessage        *request,
                                  GCancellable       *cancellable);
void        client_subscribe     (ClientTest         *self,
                                  const char         *event,
                                  GCancellable       *cancellable);
void        client_unsubscribe   (ClientTest         *self,
                                  const char         *event,
                                  GCancellable       *cancellable);
ViciStream *client_stream        (ClientTest         *self,
                                  const char         *name,
                                  const char         *event);
void        client_next          (ClientTest         *self,
                                  ViciStream         *stream,
                                  GCancellable       *cancellable);

/* The same without the context; the outcome is compared at once. */
void        client_call_sync     (ClientTest         *self,
                                  const char         *name,
                                  const char         *outcome);
void        client_next_sync     (ViciStream         *stream,
                                  const char         *outcome);

/* Takes both over. */
char       *client_outcome       (ViciMessage        *message,
                                  GError             *error,
                                  const char         *nothing);

/* Arguments of so many bytes in all. */
ViciMessage *client_message      (gsize               size);

/* Fails a test that waits for a minute or two: it is stuck. */
GSource    *client_deadline_new  (ClientTest         *self,
                                  const char         *what);
void        client_deadline_free (GSource            *deadline);

#define client_run_until(self, condition)                                       \
  G_STMT_START                                                                  \
  {                                                                             \
    GSource *client_deadline = client_deadline_new ((self), #condition);        \
                                                                                \
    while (!(condition))                                                        \
      g_main_context_iteration ((self)->context, TRUE);                         \
    client_deadline_free (client_deadline);                                     \
  }                                                                             \
  G_STMT_END
