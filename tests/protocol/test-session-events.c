/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

static void
test_counted (Fixture      *f,
              gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  subscribe (f, "log");
  sent_nothing (f);
  heard_nothing (f);

  receive (f, "confirm", "event log n=1");
  heard (f, "+log: done", "+log: done", "log! {n=1}");

  /* Nothing has to be asked of the peer any more. */
  subscribe (f, "log");
  heard (f, "+log: done");

  unsubscribe (f, "log");
  heard (f, "-log: done");
  unsubscribe (f, "log");
  heard (f, "-log: done");
  receive (f, "event log n=2");
  heard (f, "log! {n=2}");
  sent_nothing (f);

  unsubscribe (f, "log");
  sent (f, "unregister log");
  heard_nothing (f);
  receive (f, "confirm");
  heard (f, "-log: done");
}

static void
test_events_around_registration (Fixture      *f,
                                 gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "event log n=1", "confirm", "event log n=2");
  heard (f, "+log: done", "log! {n=2}");

  unsubscribe (f, "log");
  sent (f, "unregister log");
  receive (f, "event log n=3", "confirm", "event log n=4");
  heard (f, "log! {n=3}", "-log: done");
}

static void
on_detailed (ViciSession *session,
             const char  *name,
             ViciMessage *message,
             guint       *count)
{
  ++*count;
}

static void
test_other_events (Fixture      *f,
                   gconstpointer data)
{
  guint logs = 0, updowns = 0;

  g_signal_connect (f->session, "event::log", G_CALLBACK (on_detailed), &logs);
  g_signal_connect (f->session, "event::ike-updown", G_CALLBACK (on_detailed), &updowns);

  subscribe (f, "log");
  subscribe (f, "ike-updown");
  sent (f, "register log");
  sent (f, "register ike-updown");
  receive (f, "confirm", "confirm");
  heard (f, "+log: done", "+ike-updown: done");

  receive (f, "event log", "event ike-updown", "event lo", "event log2", "event log");
  heard (f, "log! {}", "ike-updown! {}", "log! {}");
  g_assert_cmpuint (logs, ==, 2);
  g_assert_cmpuint (updowns, ==, 1);
}

static void
test_not_subscribed (Fixture      *f,
                     gconstpointer data)
{
  unsubscribe (f, "log");
  heard (f, "-log: INVALID");
  sent_nothing (f);

  /* In its place in the order. */
  call (f, "version");
  sent (f, "request version");
  unsubscribe (f, "log");
  heard_nothing (f);
  receive (f, "response");
  heard (f, "version: {}", "-log: INVALID");

  /* One too many. */
  subscribe (f, "log");
  sent (f, "register log");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  unsubscribe (f, "log");
  receive (f, "confirm", "confirm");
  heard (f, "+log: done", "-log: done", "-log: INVALID");
}

static void
test_again (Fixture      *f,
            gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  subscribe (f, "log");
  sent (f, "register log");

  receive (f, "confirm", "event log n=1", "confirm", "event log n=2", "confirm", "event log n=3");
  heard (f, "+log: done", "log! {n=1}", "-log: done", "+log: done", "log! {n=3}");
}

/* One was given up and is being taken back, which is nobody else's to end. */
static void
test_behind_one_given_up (Fixture      *f,
                          gconstpointer data)
{
  Call *first = subscribe (f, "log");

  sent (f, "register log");
  cancel (f, first);
  sent (f, "unregister log");
  unsubscribe (f, "log");
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm", "event log n=1", "confirm", "confirm", "event log n=2", "event log n=3");
  heard (f, "-log: INVALID", "+log: done", "log! {n=2}", "log! {n=3}");

  /* The registration is there to be shared, and ends with the last of the two. */
  subscribe (f, "log");
  sent_nothing (f);
  heard (f, "+log: done");
  unsubscribe (f, "log");
  sent_nothing (f);
  receive (f, "event log n=4");
  heard (f, "-log: done", "log! {n=4}");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  receive (f, "confirm", "event log n=5");
  heard (f, "-log: done");
}

static void
test_refused (Fixture      *f,
              gconstpointer data)
{
  subscribe (f, "no-such");
  sent (f, "register no-such");
  receive (f, "unknown-event", "event no-such");
  heard (f, "+no-such: UNKNOWN_EVENT");

  /* Nothing of it is left. */
  unsubscribe (f, "no-such");
  heard (f, "-no-such: INVALID");

  subscribe (f, "no-such");
  sent (f, "register no-such");
  receive (f, "confirm", "event no-such n=1");
  heard (f, "+no-such: done", "no-such! {n=1}");
}

/* All that has been sent when the refusal comes relied on the registration. */
static void
test_refused_with_others (Fixture      *f,
                          gconstpointer data)
{
  subscribe (f, "list-sa");
  sent (f, "register list-sa");
  subscribe (f, "list-sa");
  stream (f, "list-sas");
  sent (f, "request list-sas");
  unsubscribe (f, "list-sa");
  call (f, "version");
  unsubscribe (f, "list-sa");
  sent_nothing (f);

  receive (f, "unknown-event");
  heard (f, "+list-sa: UNKNOWN_EVENT", "+list-sa: UNKNOWN_EVENT", "list-sas: UNKNOWN_EVENT");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 3);

  /* The stream's command is executed all the same, and its reply drained. The
   * second unsubscription is sent only now, and there is nothing to end. */
  receive (f, "response n=1");
  heard (f, "-list-sa: UNKNOWN_EVENT");
  sent (f, "request version");
  receive (f, "response n=2");
  heard (f, "version: {n=2}", "-list-sa: INVALID");

  subscribe (f, "list-sa");
  sent (f, "register list-sa");
  receive (f, "confirm");
  heard (f, "+list-sa: done");
}

static void
test_refused_and_unregistered (Fixture      *f,
                               gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  subscribe (f, "log");
  sent (f, "register log");

  /* The second registration is one of its own. */
  receive (f, "unknown-event");
  heard (f, "+log: UNKNOWN_EVENT");
  receive (f, "unknown-event");
  heard (f, "-log: UNKNOWN_EVENT");
  receive (f, "confirm", "event log n=1");
  heard (f, "+log: done", "log! {n=1}");

  unsubscribe (f, "log");
  sent (f, "unregister log");
  receive (f, "confirm");
  heard (f, "-log: done");
}

static void
test_refused_twice (Fixture      *f,
                    gconstpointer data)
{
  subscribe (f, "log");
  unsubscribe (f, "log");
  subscribe (f, "log");
  subscribe (f, "log");
  sent (f, "register log");
  sent (f, "unregister log");
  sent (f, "register log");
  sent_nothing (f);

  receive (f, "unknown-event", "unknown-event", "unknown-event");
  heard (f, "+log: UNKNOWN_EVENT", "-log: UNKNOWN_EVENT",
         "+log: UNKNOWN_EVENT", "+log: UNKNOWN_EVENT");
}

static void
test_refused_while_queued (Fixture      *f,
                           gconstpointer data)
{
  call (f, "version");
  sent (f, "request version");
  subscribe (f, "log");
  sent (f, "register log");
  call (f, "stats");
  subscribe (f, "log");

  /* Not sent yet when the first one was refused: asks anew. */
  receive (f, "response", "unknown-event");
  heard (f, "version: {}", "+log: UNKNOWN_EVENT");
  sent (f, "request stats", "register log");
  receive (f, "response", "confirm");
  heard (f, "stats: {}", "+log: done");
}

static void
test_stream_refused (Fixture      *f,
                     gconstpointer data)
{
  stream_event (f, "list-things", "list-thing");
  sent (f, "register list-thing", "request list-things", "unregister list-thing");
  call (f, "version");

  /* Known at once; the answers to what was sent with it are drained. */
  receive (f, "unknown-event");
  heard (f, "list-things: UNKNOWN_EVENT");
  receive (f, "event list-thing", "response");
  sent (f, "request version");
  receive (f, "unknown-event", "response");
  heard (f, "version: {}");
}

/* Registered once more by the stream itself, since the subscription is gone by
 * the time it is sent. */
static void
test_stream_behind_unsubscription (Fixture      *f,
                                   gconstpointer data)
{
  subscribe (f, "list-sa");
  sent (f, "register list-sa");
  receive (f, "confirm");
  heard (f, "+list-sa: done");

  unsubscribe (f, "list-sa");
  sent (f, "unregister list-sa");
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  subscribe (f, "list-sa");
  sent (f, "register list-sa");

  receive (f, "confirm");
  heard (f, "-list-sa: done");
  receive (f, "confirm", "event list-sa n=1", "response", "confirm");
  heard (f, "list-sas/list-sa: {n=1}", "list-sas: {}");
  receive (f, "confirm", "event list-sa n=2");
  heard (f, "+list-sa: done", "list-sa! {n=2}");
}

static void
test_unsubscription_in_stream (Fixture      *f,
                               gconstpointer data)
{
  subscribe (f, "list-sa");
  sent (f, "register list-sa");
  receive (f, "confirm");
  heard (f, "+list-sa: done");

  /* The daemon handles it behind the stream. */
  stream (f, "list-sas");
  sent (f, "request list-sas");
  unsubscribe (f, "list-sa");
  sent (f, "unregister list-sa");

  receive (f, "event list-sa n=1", "response", "confirm");
  heard (f, "list-sas/list-sa: {n=1}", "list-sa! {n=1}", "list-sas: {}", "-list-sa: done");
}

/* The peer may have lost the registration; what counts is that we are not
 * registered. */
static void
test_unregistration_refused (Fixture      *f,
                             gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  receive (f, "unknown-event", "event log");
  heard (f, "-log: done");
}

static void
unsubscribe_log (Fixture *f)
{
  unsubscribe (f, "log");
}

static void
test_unsubscribe_from_event (Fixture      *f,
                             gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  react (f, "log!", unsubscribe_log);
  receive (f, "confirm", "event log n=1", "event log n=2");
  heard (f, "+log: done", "log! {n=1}", "log! {n=2}");
  sent (f, "unregister log");
  receive (f, "confirm", "event log n=3");
  heard (f, "-log: done");
}

static void
test_unsubscribe_from_stream (Fixture      *f,
                              gconstpointer data)
{
  subscribe (f, "log");
  subscribe (f, "log");
  sent (f, "register log");
  stream_event (f, "initiate", "log");
  sent (f, "request initiate");
  react (f, "initiate/log", unsubscribe_log);
  receive (f, "confirm", "event log n=1", "response");
  heard (f, "+log: done", "+log: done", "initiate/log: {n=1}", "log! {n=1}",
         "initiate: {}", "-log: done");
}

static void
subscribe_log (Fixture *f)
{
  subscribe (f, "log");
}

/* All of it without the peer: each call of a function leads to the next. */
static void
test_resubscribe_from_callback (Fixture      *f,
                                gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");

  react (f, "-log", subscribe_log);
  subscribe (f, "log");
  unsubscribe (f, "log");
  heard (f, "+log: done", "-log: done", "+log: done");
  sent_nothing (f);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/session/events/subscribers-share-one-registration", test_counted);
  ADD_TEST ("/session/events/are-reported-between-the-confirmations",
            test_events_around_registration);
  ADD_TEST ("/session/events/others-are-not-reported", test_other_events);
  ADD_TEST ("/session/events/unsubscribing-needs-a-subscription", test_not_subscribed);
  ADD_TEST ("/session/events/subscribing-again-registers-again", test_again);
  ADD_TEST ("/session/events/subscription-stays-behind-one-that-was-given-up",
            test_behind_one_given_up);
  ADD_TEST ("/session/events/unsubscribing-from-an-event-works", test_unsubscribe_from_event);
  ADD_TEST ("/session/events/unsubscribing-from-a-stream-works", test_unsubscribe_from_stream);
  ADD_TEST ("/session/events/subscribing-from-a-callback-works", test_resubscribe_from_callback);
  ADD_TEST ("/session/events/refused-unregistration-is-one", test_unregistration_refused);

  ADD_TEST ("/session/refused/subscription-can-be-tried-again", test_refused);
  ADD_TEST ("/session/refused/all-who-share-it-fail", test_refused_with_others);
  ADD_TEST ("/session/refused/next-registration-is-another-one", test_refused_and_unregistered);
  ADD_TEST ("/session/refused/each-registration-for-itself", test_refused_twice);
  ADD_TEST ("/session/refused/queued-subscriber-asks-anew", test_refused_while_queued);
  ADD_TEST ("/session/refused/stream-ends-and-is-drained", test_stream_refused);

  ADD_TEST ("/session/both/stream-behind-unsubscription-registers",
            test_stream_behind_unsubscription);
  ADD_TEST ("/session/both/unsubscription-waits-for-the-stream", test_unsubscription_in_stream);

  return g_test_run ();
}
