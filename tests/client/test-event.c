/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Subscriptions, and the events that come of them. */

#include "client-test.h"
#include "vici-error.h"

static void
test_subscribe (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; event e v=0; confirm; event e v=1; event x v=2;"
                          "event e v=3; unregister e; event e v=4; confirm; event e v=5; serve");

  client_subscribe (test, "e", NULL);
  client_unsubscribe (test, "e", NULL);
  client_call (test, "a");

  /* From the confirmation on, until the other one. */
  client_expect (test, "+e:ok @e:1 @e:3 @e:4 -e:ok a:a");
}

static void
test_sync (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; event e v=1; unregister e; event e v=2; confirm;"
                          "serve");
  g_autoptr (GError) error = NULL;

  g_assert_true (vici_connection_subscribe_sync (test->connection, "e", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (vici_connection_unsubscribe_sync (test->connection, "e", NULL, &error));
  g_assert_no_error (error);
  client_call_sync (test, "a", "a");
  g_assert_cmpstr (test->log->str, ==, "");
  client_expect (test, "@e:1 @e:2");
}

static void
test_unknown (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "register e; refuse; register f; refuse; serve");
  g_autoptr (GError) error = NULL;

  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:unknown-event");
  g_assert_false (vici_connection_subscribe_sync (test->connection, "f", NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT);

  /* Which is no subscription. */
  client_unsubscribe (test, "e", NULL);
  client_expect (test, "-e:invalid");
  client_call_sync (test, "a", "a");
}

static void
test_not_subscribed (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve");
  g_autoptr (GError) error = NULL;

  client_unsubscribe (test, "e", NULL);
  client_expect (test, "-e:invalid");
  g_assert_false (vici_connection_unsubscribe_sync (test->connection, "e", NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  g_clear_error (&error);

  client_subscribe (test, "", NULL);
  client_expect (test, "+:invalid");
  g_assert_false (vici_connection_subscribe_sync (test->connection, "\n", NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
}

/* One registration for three, and one event for all. */
static void
test_counted (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; request a; event e v=1; reply v=2;"
                          "unregister e; confirm; request b; event e v=3; reply v=4; end");

  client_subscribe (test, "e", NULL);
  client_subscribe (test, "e", NULL);
  client_subscribe (test, "e", NULL);
  client_unsubscribe (test, "e", NULL);
  client_unsubscribe (test, "e", NULL);
  client_call (test, "a");
  client_expect (test, "+e:ok +e:ok +e:ok -e:ok -e:ok @e:1 a:2");
  client_unsubscribe (test, "e", NULL);
  client_unsubscribe (test, "e", NULL);
  client_call (test, "b");
  client_expect (test, "-e:ok -e:invalid b:4");
}

static void
on_detailed (ViciConnection *connection,
             const char     *name,
             ViciMessage    *message,
             gpointer        user_data)
{
  client_log (user_data, "detailed-%s", name);
}

static void
test_detailed (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; register f; confirm; event e v=1; event f v=2;"
                          "serve");

  g_signal_connect (test->connection, "event::f", G_CALLBACK (on_detailed), test);
  client_subscribe (test, "e", NULL);
  client_subscribe (test, "f", NULL);
  client_expect (test, "+e:ok +f:ok @e:1 @f:2 detailed-f");
}

static void
test_in_order_with_replies (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; request a; request b; event e v=1; reply v=2;"
                          "event e v=3; event e v=4; unknown; event e v=5; end");

  vici_connection_set_max_in_flight (test->connection, 2);
  client_subscribe (test, "e", NULL);
  client_call (test, "a");
  client_call (test, "b");
  client_expect (test, "+e:ok @e:1 a:2 @e:3 @e:4 b:unknown-command @e:5");
}

/* A daemon is busy with a command, and takes the registration after it. */
static void
test_behind_blocking_command (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; register e; wait; reply v=1; confirm; event e v=2; end");

  client_call (test, "a");
  client_subscribe (test, "e", NULL);
  client_await (test);
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 2);
  peer_go (test->peer);
  client_expect (test, "a:1 +e:ok @e:2");
}

static void
test_to_stream_and_subscriber (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; confirm; request list-sas; event list-sa v=1;"
                          "reply; event list-sa v=2; end");
  g_autoptr (ViciStream) stream = NULL;

  client_subscribe (test, "list-sa", NULL);
  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_expect (test, "+list-sa:ok >1 @list-sa:1 @list-sa:2");
  client_next (test, stream, NULL);
  client_expect (test, ">end");
}

/* -- Re-opening -- */

static void
test_restored (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; close;"
                          "register e; confirm; event e v=1; request a; reply v=2;"
                          "unregister e; confirm; serve");

  client_subscribe (test, "e", NULL);
  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok +e:ok closed:closed");

  /* Before all that is asked for anew. */
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok @e:1 a:2");

  /* As often as it was subscribed to. */
  client_unsubscribe (test, "e", NULL);
  client_unsubscribe (test, "e", NULL);
  client_unsubscribe (test, "e", NULL);
  client_expect (test, "-e:ok -e:ok -e:invalid");
}

static void
test_restored_again (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; close; register e; close;"
                          "register e; confirm; event e v=1; end");

  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok closed:closed");

  /* Closed before it was confirmed. */
  client_open (test, NULL);
  client_expect (test, "open:ok closed:closed");
  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
  client_expect (test, "@e:1");
}

static void
test_restored_after_failed_open (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; end; register e; confirm; event e v=1; end");

  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok");
  client_close (test);
  client_expect (test, "closed:ok close:ok");
  vici_connection_set_uri (test->connection, "unix:///nowhere");
  client_open (test, NULL);
  client_expect (test, "open:not-found");
  vici_connection_set_uri (test->connection, peer_get_uri (test->peer));
  client_open (test, NULL);
  client_expect (test, "open:ok @e:1");
}

static void
test_unsubscribed_while_closed (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; register f; confirm; register g; confirm; close;"
                          "register g; confirm; request a; reply v=1; serve");

  client_subscribe (test, "e", NULL);
  client_subscribe (test, "f", NULL);
  client_subscribe (test, "g", NULL);
  client_subscribe (test, "g", NULL);
  client_expect (test, "+e:ok +f:ok +g:ok +g:ok closed:closed");

  client_unsubscribe (test, "e", NULL);
  client_expect (test, "-e:ok");
  client_unsubscribe (test, "e", NULL);
  client_expect (test, "-e:closed");
  g_assert_true (vici_connection_unsubscribe_sync (test->connection, "f", NULL, NULL));
  g_assert_false (vici_connection_unsubscribe_sync (test->connection, "f", NULL, NULL));
  client_unsubscribe (test, "g", NULL);
  client_expect (test, "-g:ok");

  g_assert_true (vici_connection_open_sync (test->connection, NULL, NULL));
  client_call_sync (test, "a", "1");
  client_unsubscribe (test, "g", NULL);
  client_unsubscribe (test, "g", NULL);
  client_expect (test, "-g:ok -g:invalid");
}

/* The daemon that was started anew does not know it: it is forgotten. */
static void
test_unknown_when_restored (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; close;"
                          "register e; refuse; request a; reply v=1; close;"
                          "request b; reply v=2; end");

  client_subscribe (test, "e", NULL);
  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok +e:ok closed:closed");
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok a:1 closed:closed");
  client_open (test, NULL);
  client_call (test, "b");
  client_expect (test, "open:ok b:2");
}

/* What ends in the callback of the event before it. */
static void
unsubscribe_at (ClientTest *test,
                const char *word)
{
  if (g_strcmp0 (word, test->hook_data) == 0)
    client_unsubscribe (test, "e", NULL);
}

static void
test_unsubscribe_from_event (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; event e v=1; event e v=2; unregister e; confirm;"
                          "event e v=3; serve");

  test->hook = unsubscribe_at;
  test->hook_data = (gpointer) "@e:1";
  client_subscribe (test, "e", NULL);
  client_expect (test, "+e:ok @e:1 @e:2 -e:ok");
  client_call (test, "a");
  client_expect (test, "a:a");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/event/subscribe", test_subscribe);
  g_test_add_func ("/client/event/sync", test_sync);
  g_test_add_func ("/client/event/unknown", test_unknown);
  g_test_add_func ("/client/event/not-subscribed", test_not_subscribed);
  g_test_add_func ("/client/event/counted", test_counted);
  g_test_add_func ("/client/event/detailed", test_detailed);
  g_test_add_func ("/client/event/in-order-with-replies", test_in_order_with_replies);
  g_test_add_func ("/client/event/behind-blocking-command", test_behind_blocking_command);
  g_test_add_func ("/client/event/to-stream-and-subscriber", test_to_stream_and_subscriber);
  g_test_add_func ("/client/event/unsubscribe-from-event", test_unsubscribe_from_event);

  g_test_add_func ("/client/reopen/restored", test_restored);
  g_test_add_func ("/client/reopen/restored-again", test_restored_again);
  g_test_add_func ("/client/reopen/restored-after-failed-open", test_restored_after_failed_open);
  g_test_add_func ("/client/reopen/unsubscribed-while-closed", test_unsubscribed_while_closed);
  g_test_add_func ("/client/reopen/unknown-when-restored", test_unknown_when_restored);

  return g_test_run ();
}
