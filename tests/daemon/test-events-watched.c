/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Watches, as the peer sees them. Where a script says "end", nothing else may have
 * been sent before. */

#include "../client/client-test.h"
#include "vici-daemon.h"
#include "vici-error.h"
#include "vici-records.h"

static const char * const one[] = { "e", NULL };
static const char * const two[] = { "e", "f", NULL };

static void
on_watched (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GError *error = NULL;
  gboolean ok = vici_daemon_watch_finish (VICI_DAEMON (source), result, &error);
  g_autofree char *outcome = NULL;

  g_assert_cmpint (ok, ==, error == NULL);
  outcome = client_outcome (NULL, error, "ok");
  client_log (user_data, "watched:%s", outcome);
}

/* Lets the peer go on when it has come to its next "wait". */
static void
finish (ClientTest *test)
{
  client_await (test);
  peer_go (test->peer);
}

static void
watch (ClientTest         *test,
       ViciDaemon         *daemon,
       const char * const *events)
{
  vici_daemon_watch_async (daemon, events, NULL, on_watched, test);
}

static void
test_confirmed (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; register f; wait; confirm; event f v=1;"
                          "unregister e; confirm; unregister f; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, two);
  client_await (test);
  client_settle (test);
  g_assert_cmpstr (test->log->str, ==, "");

  peer_go (test->peer);
  client_expect (test, "watched:ok @f:1");
  client_settle (test);

  vici_daemon_unwatch (daemon, two);
  finish (test);
}

static void
test_nothing (void)
{
  static const char * const none[] = { NULL };
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, none);
  client_expect (test, "watched:ok");
  g_assert_true (vici_daemon_watch_sync (daemon, none, NULL, NULL));
}

static void
test_counted (void)
{
  static const char * const twice[] = { "e", "e", NULL };
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; request a; reply v=1; unregister e; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, one);
  watch (test, daemon, twice);
  client_expect (test, "watched:ok watched:ok");

  vici_daemon_unwatch (daemon, one);
  vici_daemon_unwatch (daemon, one);
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:1");

  vici_daemon_unwatch (daemon, one);
  finish (test);
}

static void
on_alert (ViciDaemon *daemon,
          ViciAlert  *alert,
          gpointer    user_data)
{
  client_log (user_data, "alert");
}

/* Either is reason enough. */
static void
test_with_handler (void)
{
  static const char * const alert[] = { "alert", NULL };
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register alert; confirm; event alert v=1; request a; reply v=2;"
                          "unregister alert; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler;

  watch (test, daemon, alert);
  handler = g_signal_connect (daemon, "alert", G_CALLBACK (on_alert), test);
  client_expect (test, "watched:ok @alert:1 alert");
  vici_daemon_unwatch (daemon, alert);
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:2");

  g_signal_handler_disconnect (daemon, handler);
  finish (test);
}

static void
test_unknown (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; register f; refuse; unregister e; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, two);
  client_expect (test, "watched:unknown-event");
  finish (test);
}

#define ALL_BUT_ALERT                                                                 \
  "register child-rekey; confirm; register child-updown; confirm;"                    \
  "register ike-rekey; confirm; register ike-update; confirm; register ike-updown; confirm;"

#define NOT_ALERT                                                                     \
  "unregister child-rekey; confirm; unregister child-updown; confirm;"                \
  "unregister ike-rekey; confirm; unregister ike-update; confirm;"                    \
  "unregister ike-updown; confirm;"

static void
test_all (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register alert; refuse;" ALL_BUT_ALERT NOT_ALERT "wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, NULL);
  client_expect (test, "watched:ok");
  vici_daemon_unwatch (daemon, NULL);
  finish (test);
}

static void
test_invalid (void)
{
  static const char * const invalid[] = { "\n", NULL };
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, invalid);
  client_expect (test, "watched:invalid");
}

static void
test_cancelled (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; wait; confirm; unregister e; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vici_daemon_watch_async (daemon, one, cancellable, on_watched, test);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "watched:cancelled");
  peer_go (test->peer);
  finish (test);
}

/* Who gives up takes nothing away from another one. */
static void
test_cancelled_for_one (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "register e; wait; confirm; event e v=1; unregister e; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vici_daemon_watch_async (daemon, one, cancellable, on_watched, test);
  watch (test, daemon, one);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "watched:cancelled");
  peer_go (test->peer);
  client_expect (test, "watched:ok @e:1");
  client_settle (test);
}

static void
test_cancelled_beside_handler (void)
{
  static const char * const alert[] = { "alert", NULL };
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register alert; wait; confirm; unregister alert; confirm;"
                          "register alert; confirm; event alert v=1; unregister alert; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vici_daemon_watch_async (daemon, alert, cancellable, on_watched, test);
  g_signal_connect (daemon, "alert", G_CALLBACK (on_alert), test);
  client_await (test);
  g_cancellable_cancel (cancellable);
  client_expect (test, "watched:cancelled");
  peer_go (test->peer);
  client_expect (test, "@alert:1 alert");
}

/* A daemon that is slow for once still has the event. */
static void
test_timed_out (void)
{
  static const char * const alert[] = { "alert", NULL };
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register alert; wait; confirm; unregister alert; confirm;"
                          "register alert; confirm; event alert v=1; unregister alert; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  vici_connection_set_timeout (test->connection, 10);
  watch (test, daemon, alert);
  vici_connection_set_timeout (test->connection, 0);
  g_signal_connect (daemon, "alert", G_CALLBACK (on_alert), test);
  client_expect (test, "watched:timed-out");
  client_await (test);
  peer_go (test->peer);
  client_expect (test, "@alert:1 alert");
}

/* It fails as any call does, and leaves nothing for later. */
static void
test_closed (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "register e; close; request a; reply v=1; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, one);
  client_expect (test, "watched:closed");

  client_open (test, NULL);
  watch (test, daemon, one);
  client_expect (test, "open:ok watched:closed closed:closed");
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok a:1");
}

static void
test_reopened (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; register f; confirm; event e v=1; close;"
                          "register e; confirm; register f; confirm; event f v=2; request a; reply v=3;"
                          "unregister e; confirm; unregister f; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  watch (test, daemon, two);
  client_expect (test, "watched:ok @e:1 closed:closed");
  client_open (test, NULL);
  client_expect (test, "open:ok @f:2");
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:3");
  vici_daemon_unwatch (daemon, two);
  finish (test);
}

static void
test_sync (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register e; confirm; event e v=1; register f; refuse;"
                          "register alert; refuse;" ALL_BUT_ALERT "request a; reply v=2;"
                          "unregister e; confirm;" NOT_ALERT "wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  g_autoptr (GError) error = NULL;

  g_assert_true (vici_daemon_watch_sync (daemon, one, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (vici_daemon_watch_sync (daemon, two, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT);
  g_clear_error (&error);
  g_assert_true (vici_daemon_watch_sync (daemon, NULL, NULL, &error));
  g_assert_no_error (error);
  client_call_sync (test, "a", "2");
  client_expect (test, "@e:1");

  vici_daemon_unwatch (daemon, one);
  vici_daemon_unwatch (daemon, NULL);
  finish (test);
}

/* What cannot be asked now says nothing of what the daemon has. */
static void
test_sync_while_opening (void)
{
  static const char * const alert[] = { "alert", NULL };
  g_autoptr (ClientTest) test =
    client_test_new (PEER_UNIX, "register alert; confirm; event alert v=1; unregister alert; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  g_autoptr (GError) error = NULL;

  client_open (test, NULL);
  g_assert_false (vici_daemon_watch_sync (daemon, alert, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_signal_connect (daemon, "alert", G_CALLBACK (on_alert), test);
  client_expect (test, "open:ok @alert:1 alert");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events/watched-when-all-are-confirmed", test_confirmed);
  g_test_add_func ("/events/watched-nothing", test_nothing);
  g_test_add_func ("/events/watched-is-counted", test_counted);
  g_test_add_func ("/events/watched-with-a-handler", test_with_handler);
  g_test_add_func ("/events/watched-unknown-one-fails", test_unknown);
  g_test_add_func ("/events/watched-all-that-there-are", test_all);
  g_test_add_func ("/events/watched-invalid-name-fails", test_invalid);
  g_test_add_func ("/events/watched-cancelled", test_cancelled);
  g_test_add_func ("/events/watched-cancelled-for-one", test_cancelled_for_one);
  g_test_add_func ("/events/watched-cancelled-beside-a-handler", test_cancelled_beside_handler);
  g_test_add_func ("/events/watched-late-answer-is-waited-for-again", test_timed_out);
  g_test_add_func ("/events/watched-on-closed-connection-fails", test_closed);
  g_test_add_func ("/events/watched-after-each-opening", test_reopened);
  g_test_add_func ("/events/watched-sync", test_sync);
  g_test_add_func ("/events/watched-sync-while-opening", test_sync_while_opening);

  return g_test_run ();
}
