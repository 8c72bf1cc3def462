/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

static Call *victim; /* of cancel_victim() */

static void
cancel_victim (Fixture *f)
{
  cancel (f, victim);
}

static void
test_queued (Fixture      *f,
             gconstpointer data)
{
  Call *b, *d;

  call (f, "a");
  sent (f, "request a");
  b = call (f, "b");
  call (f, "c");
  d = stream (f, "list-sas");
  call (f, "e");

  cancel (f, b);
  cancel (f, d);
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 3);

  receive (f, "response");
  heard (f, "a: {}");
  sent (f, "request c");
  receive (f, "response");
  heard (f, "c: {}");
  sent (f, "request e");
  receive (f, "response");
  heard (f, "e: {}");
}

static void
test_queued_in_front_of_registration (Fixture      *f,
                                      gconstpointer data)
{
  Call *b, *c;

  call (f, "a");
  sent (f, "request a");
  b = call (f, "b");
  c = call (f, "c");
  subscribe (f, "log");
  unsubscribe (f, "log");
  cancel (f, b);
  sent_nothing (f);

  /* The last command that it waited for is gone. */
  cancel (f, c);
  sent (f, "register log", "unregister log");
  receive (f, "response", "confirm", "confirm");
  heard (f, "a: {}", "+log: done", "-log: done");
}

static void
test_queued_registrations (Fixture      *f,
                           gconstpointer data)
{
  Call *plus, *minus;

  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");

  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  plus = subscribe (f, "ike-updown");
  minus = unsubscribe (f, "log");
  cancel (f, plus);
  cancel (f, minus);

  /* As if they had never been. */
  receive (f, "response", "event log n=1", "event ike-updown n=1");
  heard (f, "a: {}", "log! {n=1}");
  sent (f, "request b");
  receive (f, "response");
  heard (f, "b: {}");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  receive (f, "confirm");
  heard (f, "-log: done");
}

static void
test_all_queued (Fixture      *f,
                 gconstpointer data)
{
  Call *made[100];

  vici_session_set_writable (f->session, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    made[i] = i % 2 ? call (f, "a") : stream (f, "list-sas");
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    cancel (f, made[i * 37 % G_N_ELEMENTS (made)]);
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);

  vici_session_set_writable (f->session, TRUE);
  sent_nothing (f);
  call (f, "b");
  sent (f, "request b");
  receive (f, "response");
  heard (f, "b: {}");
}

static void
test_in_flight (Fixture      *f,
                gconstpointer data)
{
  Call *a = call (f, "a");

  sent (f, "request a");
  call (f, "b");
  cancel (f, a);
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 1);

  /* Its place is held until its reply has come. */
  sent_nothing (f);
  receive (f, "response n=1");
  heard_nothing (f);
  sent (f, "request b");
  receive (f, "response n=2");
  heard (f, "b: {n=2}");
}

static void
test_in_flight_pipelined (Fixture      *f,
                          gconstpointer data)
{
  Call *b, *d;

  vici_session_set_max_in_flight (f->session, 8);
  call (f, "a");
  b = call (f, "b");
  call (f, "c");
  d = call (f, "d");
  call (f, "e");
  g_ptr_array_set_size (f->sent, 0);
  cancel (f, d);
  cancel (f, b);

  receive (f, "response n=1", "response n=2", "response n=3", "unknown-command", "response n=5");
  heard (f, "a: {n=1}", "c: {n=3}", "e: {n=5}");
}

static void
test_stream (Fixture      *f,
             gconstpointer data)
{
  Call *list = stream (f, "list-sas");

  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  call (f, "version");
  receive (f, "confirm", "event list-sa n=1");
  heard (f, "list-sas/list-sa: {n=1}");

  cancel (f, list);
  receive (f, "event list-sa n=2", "event list-sa n=3");
  sent_nothing (f);
  receive (f, "response");
  sent (f, "request version");
  receive (f, "confirm", "response");
  heard (f, "version: {}");
}

static void
test_stream_before_confirmation (Fixture      *f,
                                 gconstpointer data)
{
  Call *list = stream (f, "list-sas");

  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  cancel (f, list);
  receive (f, "unknown-event", "event list-sa n=2", "unknown-command", "unknown-event");
  call (f, "version");
  sent (f, "request version");
  receive (f, "response");
  heard (f, "version: {}");
}

static void
test_stream_of_subscribed_event (Fixture      *f,
                                 gconstpointer data)
{
  Call *list;

  subscribe (f, "list-sa");
  sent (f, "register list-sa");
  list = stream (f, "list-sas");
  sent (f, "request list-sas");
  receive (f, "confirm", "event list-sa n=1");
  heard (f, "+list-sa: done", "list-sas/list-sa: {n=1}", "list-sa! {n=1}");

  cancel (f, list);
  receive (f, "event list-sa n=2", "response", "event list-sa n=3");
  heard (f, "list-sa! {n=2}", "list-sa! {n=3}");
}

static void
test_stream_behind_its_reply (Fixture      *f,
                              gconstpointer data)
{
  Call *list = stream (f, "list-sas");

  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  receive (f, "confirm", "response");
  heard_nothing (f);
  cancel (f, list);
  receive (f, "confirm");
  g_assert_false (vici_session_cancel (f->session, list->id));
}

static void
test_subscription (Fixture      *f,
                   gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  sent (f, "register log");
  cancel (f, plus);
  sent (f, "unregister log");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);

  /* Nobody has asked for what comes meanwhile. */
  receive (f, "confirm", "event log n=1", "confirm", "event log n=2");
  unsubscribe (f, "log");
  heard (f, "-log: INVALID");
}

static void
test_one_subscription_of_two (Fixture      *f,
                              gconstpointer data)
{
  Call *first = subscribe (f, "log");

  sent (f, "register log");
  subscribe (f, "log");
  cancel (f, first);
  receive (f, "confirm", "event log n=1");
  heard (f, "+log: done", "log! {n=1}");
  sent_nothing (f);

  unsubscribe (f, "log");
  sent (f, "unregister log");
  receive (f, "confirm", "event log n=2");
  heard (f, "-log: done");
}

static void
test_refused_subscription (Fixture      *f,
                           gconstpointer data)
{
  Call *plus = subscribe (f, "no-such");

  sent (f, "register no-such");
  cancel (f, plus);
  sent (f, "unregister no-such");
  receive (f, "unknown-event", "unknown-event");

  subscribe (f, "no-such");
  sent (f, "register no-such");
  receive (f, "confirm", "event no-such n=1");
  heard (f, "+no-such: done", "no-such! {n=1}");
}

static void
test_subscription_and_again (Fixture      *f,
                             gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  sent (f, "register log");
  cancel (f, plus);
  sent (f, "unregister log");
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm", "event log n=1", "confirm", "confirm", "event log n=2");
  heard (f, "+log: done", "log! {n=2}");
}

/* A command that waits in the queue does not change who is subscribed. */
static void
test_subscription_behind_command (Fixture      *f,
                                  gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  sent (f, "register log");
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  cancel (f, plus);
  subscribe (f, "log");
  sent_nothing (f);
  receive (f, "confirm", "event log n=1", "response");
  heard (f, "a: {}");
  sent (f, "request b", "unregister log", "register log");
  receive (f, "event log n=2", "response", "confirm", "confirm", "event log n=3");
  heard (f, "b: {}", "+log: done", "log! {n=3}");
}

static void
test_subscription_and_its_end (Fixture      *f,
                               gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  /* There is nothing left to end… */
  sent (f, "register log");
  cancel (f, plus);
  sent (f, "unregister log");
  unsubscribe (f, "log");
  sent_nothing (f);
  receive (f, "confirm", "confirm");
  heard (f, "-log: INVALID");

  /* …or nothing left to take back. */
  plus = subscribe (f, "log");
  sent (f, "register log");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  cancel (f, plus);
  sent_nothing (f);
  receive (f, "confirm", "event log n=1", "confirm", "event log n=2");
  heard (f, "-log: done");

  /* The count is right after both. */
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm", "event log n=3");
  heard (f, "+log: done", "log! {n=3}");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  receive (f, "confirm", "event log n=4");
  heard (f, "-log: done");
}

/* A later subscription is another one, and stays. */
static void
test_subscription_that_has_ended (Fixture      *f,
                                  gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  sent (f, "register log");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  subscribe (f, "log");
  sent (f, "register log");
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  cancel (f, plus);
  sent_nothing (f);

  receive (f, "confirm", "event log n=1", "confirm", "confirm", "event log n=2", "response");
  heard (f, "-log: done", "+log: done", "log! {n=2}", "a: {}");
  sent (f, "request b");
  receive (f, "event log n=3", "response", "event log n=4");
  heard (f, "log! {n=3}", "b: {}", "log! {n=4}");
}

static void
test_both_subscriptions (Fixture      *f,
                         gconstpointer data)
{
  Call *first = subscribe (f, "log");
  Call *second;

  sent (f, "register log");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  second = subscribe (f, "log");
  sent (f, "register log");
  cancel (f, first);
  sent_nothing (f);
  cancel (f, second);
  sent (f, "unregister log");

  receive (f, "unknown-event", "unknown-event");
  heard (f, "-log: UNKNOWN_EVENT");
  receive (f, "confirm", "event log n=1", "confirm");
}

static void
test_unsubscription (Fixture      *f,
                     gconstpointer data)
{
  Call *minus;

  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");

  /* It is done all the same. */
  minus = unsubscribe (f, "log");
  sent (f, "unregister log");
  cancel (f, minus);
  receive (f, "confirm", "event log");
  unsubscribe (f, "log");
  heard (f, "-log: INVALID");
}

static void
test_twice (Fixture      *f,
            gconstpointer data)
{
  Call *a = call (f, "a");
  Call *b = call (f, "b");

  sent (f, "request a");
  cancel (f, a);
  g_assert_false (vici_session_cancel (f->session, a->id));
  cancel (f, b);
  g_assert_false (vici_session_cancel (f->session, b->id));
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
  receive (f, "response");
}

static void
test_unknown (Fixture      *f,
              gconstpointer data)
{
  Call *a;

  g_assert_false (vici_session_cancel (f->session, 0));
  g_assert_false (vici_session_cancel (f->session, 1));

  a = call (f, "a");
  sent (f, "request a");
  g_assert_false (vici_session_cancel (f->session, a->id - 1));
  g_assert_false (vici_session_cancel (f->session, a->id + 1));
  g_assert_false (vici_session_cancel (f->session, G_MAXUINT64));

  receive (f, "response");
  heard (f, "a: {}");
  g_assert_false (vici_session_cancel (f->session, a->id));
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
}

static void
test_other_from_reply (Fixture      *f,
                       gconstpointer data)
{
  vici_session_set_max_in_flight (f->session, 2);
  call (f, "a");
  sent (f, "request a");
  victim = call (f, "b");
  sent (f, "request b");
  call (f, "c");

  react (f, "a:", cancel_victim);
  receive (f, "response n=1");
  heard (f, "a: {n=1}");
  sent (f, "request c");
  receive (f, "response n=2", "response n=3");
  heard (f, "c: {n=3}");
}

static void
test_queued_from_reply (Fixture      *f,
                        gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  victim = call (f, "b");
  subscribe (f, "log");

  react (f, "a:", cancel_victim);
  receive (f, "response");
  heard (f, "a: {}");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");
}

static void
cancel_ended (Fixture *f)
{
  g_assert_false (vici_session_cancel (f->session, victim->id));
}

static void
test_itself_from_reply (Fixture      *f,
                        gconstpointer data)
{
  victim = call (f, "a");
  sent (f, "request a");
  react (f, "a:", cancel_ended);
  receive (f, "response");
  heard (f, "a: {}");

  victim = stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  react (f, "list-sas:", cancel_ended);
  receive (f, "confirm", "response", "confirm");
  heard (f, "list-sas: {}");
}

static void
test_itself_from_stream (Fixture      *f,
                         gconstpointer data)
{
  victim = stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  react (f, "list-sas/", cancel_victim);
  receive (f, "confirm", "event list-sa n=1", "event list-sa n=2", "response", "confirm");
  heard (f, "list-sas/list-sa: {n=1}");
}

static void
test_stream_from_event (Fixture      *f,
                        gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  victim = stream_event (f, "initiate", "log");
  sent (f, "request initiate");
  react (f, "log!", cancel_victim);
  receive (f, "confirm", "event log n=1", "event log n=2", "response");
  heard (f, "+log: done", "initiate/log: {n=1}", "log! {n=1}", "log! {n=2}");
}

static void
test_from_send (Fixture      *f,
                gconstpointer data)
{
  vici_session_set_writable (f->session, FALSE);
  call (f, "a");
  victim = subscribe (f, "log");
  react (f, "send()", cancel_victim);
  vici_session_set_writable (f->session, TRUE);
  sent (f, "request a", "register log");
  receive (f, "response", "confirm");
  heard (f, "a: {}");
  sent (f, "unregister log");
  receive (f, "confirm");
}

static void
test_from_notify (Fixture      *f,
                  gconstpointer data)
{
  Call *a = call (f, "a");

  sent (f, "request a");
  victim = call (f, "b");
  react (f, "notify a", cancel_victim);
  cancel (f, a);
  receive (f, "response");
  sent_nothing (f);
}

static void
test_letting_go_from_notify (Fixture      *f,
                             gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  /* From the destruction of what is cancelled itself. */
  sent (f, "register log");
  call (f, "a");
  sent (f, "request a");
  react (f, "notify +log", drop_session);
  plus->cancelled = TRUE;
  g_assert_true (vici_session_cancel (f->session, plus->id));
  g_assert_null (f->session);
  sent (f, "unregister log");
  heard (f, "a: CLOSED");
}

static void
test_closing_from_notify (Fixture      *f,
                          gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  sent (f, "register log");
  react (f, "notify +log", close_session);
  cancel (f, plus);
  sent_nothing (f);
}

static void
test_rest_from_failing_call (Fixture      *f,
                             gconstpointer data)
{
  vici_session_set_max_in_flight (f->session, 2);
  call (f, "a");
  call (f, "b");
  victim = call (f, "c");
  call (f, "d");
  g_ptr_array_set_size (f->sent, 0);

  react (f, "a:", cancel_victim);
  vici_session_closed (f->session, NULL);
  heard (f, "a: CLOSED", "b: CLOSED", "d: CLOSED");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/session/cancel/queued-call-is-never-sent", test_queued);
  ADD_TEST ("/session/cancel/queued-call-lets-registrations-go",
            test_queued_in_front_of_registration);
  ADD_TEST ("/session/cancel/queued-registration-leaves-no-trace", test_queued_registrations);
  ADD_TEST ("/session/cancel/all-that-is-queued", test_all_queued);
  ADD_TEST ("/session/cancel/in-flight-keeps-order", test_in_flight);
  ADD_TEST ("/session/cancel/in-flight-keeps-order-when-pipelined", test_in_flight_pipelined);
  ADD_TEST ("/session/cancel/stream-is-drained", test_stream);
  ADD_TEST ("/session/cancel/stream-is-drained-from-its-start", test_stream_before_confirmation);
  ADD_TEST ("/session/cancel/stream-leaves-events-to-subscribers",
            test_stream_of_subscribed_event);
  ADD_TEST ("/session/cancel/stream-behind-its-reply-stays-silent", test_stream_behind_its_reply);
  ADD_TEST ("/session/cancel/subscription-in-flight-is-taken-back", test_subscription);
  ADD_TEST ("/session/cancel/subscription-leaves-the-others", test_one_subscription_of_two);
  ADD_TEST ("/session/cancel/refused-subscription-leaves-no-trace", test_refused_subscription);
  ADD_TEST ("/session/cancel/subscription-can-be-made-again", test_subscription_and_again);
  ADD_TEST ("/session/cancel/subscription-behind-a-command-is-taken-back",
            test_subscription_behind_command);
  ADD_TEST ("/session/cancel/subscription-and-its-end-keep-the-count",
            test_subscription_and_its_end);
  ADD_TEST ("/session/cancel/subscription-that-has-ended-leaves-the-next",
            test_subscription_that_has_ended);
  ADD_TEST ("/session/cancel/one-subscription-after-the-other", test_both_subscriptions);
  ADD_TEST ("/session/cancel/unsubscription-in-flight-is-done", test_unsubscription);
  ADD_TEST ("/session/cancel/works-once", test_twice);
  ADD_TEST ("/session/cancel/unknown-number-is-none", test_unknown);
  ADD_TEST ("/session/cancel/from-a-reply", test_other_from_reply);
  ADD_TEST ("/session/cancel/queued-call-from-a-reply", test_queued_from_reply);
  ADD_TEST ("/session/cancel/own-end-is-too-late", test_itself_from_reply);
  ADD_TEST ("/session/cancel/stream-from-its-own-event", test_itself_from_stream);
  ADD_TEST ("/session/cancel/stream-from-a-subscriber", test_stream_from_event);
  ADD_TEST ("/session/cancel/from-send", test_from_send);
  ADD_TEST ("/session/cancel/from-notify", test_from_notify);
  ADD_TEST ("/session/cancel/letting-go-from-notify-is-safe", test_letting_go_from_notify);
  ADD_TEST ("/session/cancel/closing-from-notify-is-safe", test_closing_from_notify);
  ADD_TEST ("/session/cancel/from-a-call-that-fails-with-the-session",
            test_rest_from_failing_call);

  return g_test_run ();
}
