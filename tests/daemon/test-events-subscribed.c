/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a daemon's handlers and watches subscribe to, as the peer sees it. Where a
 * script says "end", nothing else may have been sent before. */

#include "../client/client-test.h"
#include "vici-daemon-commands.h"

#define EVENT "ike-updown"

/* Events without a section have no signal of their own: they are told in the log of
 * the connection, as in "@ike-updown:1". */
static void
on_ike_updown (ViciDaemon *daemon,
               gboolean    up,
               ViciIkeSa  *ike_sa,
               gpointer    user_data)
{
  g_assert_not_reached ();
}

/* Lets the peer go on when it has come to its next "wait". */
static void
finish (ClientTest *test)
{
  client_await (test);
  peer_go (test->peer);
}

static gulong
connect_handler (ViciDaemon *daemon)
{
  return g_signal_connect (daemon, EVENT, G_CALLBACK (on_ike_updown), NULL);
}

static void
on_raw (ViciDaemon  *daemon,
        const char  *name,
        ViciMessage *message,
        gpointer     user_data)
{
  client_log (user_data, "raw");
}

static void
disconnect (ViciDaemon *daemon,
            gulong      handler)
{
  g_signal_handler_disconnect (daemon, handler);
}

/* -- Handlers -- */

static void
test_handlers (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1; request a; reply v=2;"
                          "unregister ike-updown; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong first = connect_handler (daemon);
  gulong second = connect_handler (daemon);

  client_expect (test, "@ike-updown:1");

  disconnect (daemon, first);
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:2");

  disconnect (daemon, second);
  finish (test);
}

static void
test_again (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1;"
                          "unregister ike-updown; confirm; wait;"
                          "register ike-updown; confirm; event ike-updown v=2; unregister ike-updown; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = connect_handler (daemon);

  client_expect (test, "@ike-updown:1");
  disconnect (daemon, handler);
  finish (test);
  connect_handler (daemon);
  client_expect (test, "@ike-updown:2");
}

static void
test_blocked (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1; request a; reply v=2;"
                          "unregister ike-updown; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = connect_handler (daemon);

  client_expect (test, "@ike-updown:1");
  g_signal_handler_block (daemon, handler);
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:2");
}

/* What a command brings about is for those who were there before it. */
static void
test_before_command (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; request version; event ike-updown v=1; reply;"
                          "register alert; confirm; request stats; reply; wait;"
                          "unregister alert; confirm; unregister ike-updown; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  g_autoptr (ViciVersionInfo) version = NULL;

  connect_handler (daemon);
  version = vici_daemon_version_sync (daemon, NULL, NULL);
  g_assert_nonnull (version);
  client_expect (test, "@ike-updown:1");

  g_signal_connect (daemon, "alert", G_CALLBACK (on_raw), test);
  vici_daemon_stats_async (daemon, NULL, NULL, NULL);
  finish (test);
}

static void
test_details (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register list-sa; confirm; event list-sa v=1; request a; reply v=2;"
                          "register ours; confirm; event ours v=3; wait;"
                          "unregister list-sa; confirm; wait; unregister ours; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong known = g_signal_connect (daemon, "event::list-sa", G_CALLBACK (on_raw), test);

  client_expect (test, "@list-sa:1 raw");

  /* Neither names an event that the library could see. */
  g_signal_connect (daemon, "event::ours", G_CALLBACK (on_raw), test);
  g_signal_connect (daemon, "event", G_CALLBACK (on_raw), test);
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:2");

  vici_daemon_watch_async (daemon, (const char *[]) { "ours", NULL }, NULL, NULL, NULL);
  client_expect (test, "@ours:3 raw raw");
  finish (test);
  disconnect (daemon, known);
  finish (test);
}

/* A poll that does not wait, but notes for how long it would have. */
static int n_polls;
static int poll_timeout;

static gint
poll_func (GPollFD *fds,
           guint    n_fds,
           gint     timeout)
{
  n_polls++;
  poll_timeout = timeout;

  return 0;
}

static void
test_idle (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "register ike-updown; confirm; event ike-updown v=1; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  GPollFunc poll = g_main_context_get_poll_func (test->context);

  /* A connection looks once more when the last call would have timed out. */
  vici_connection_set_timeout (test->connection, 0);
  connect_handler (daemon);
  client_expect (test, "@ike-updown:1");
  client_settle (test);

  g_main_context_set_poll_func (test->context, poll_func);
  for (int i = 1; i <= 10; i++)
    {
      g_assert_false (g_main_context_iteration (test->context, TRUE));
      g_assert_cmpint (n_polls, ==, i);
      g_assert_cmpint (poll_timeout, ==, -1);
    }

  /* It would not sleep now, and would the next time. */
  g_signal_connect (daemon, "alert", G_CALLBACK (on_raw), NULL);
  g_assert_true (g_main_context_iteration (test->context, TRUE));
  g_assert_cmpint (poll_timeout, ==, 0);
  vici_connection_close_sync (test->connection, NULL, NULL);
  g_main_context_set_poll_func (test->context, poll);
  client_expect (test, "closed:ok");
}

static void
test_own_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  {
    g_autoptr (ClientTest) test =
      client_test_new_open (PEER_UNIX,
                            "register ike-updown; confirm; event ike-updown v=1;"
                            "unregister ike-updown; end");
    g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

    connect_handler (daemon);
    client_expect (test, "@ike-updown:1");
  }
  g_main_context_pop_thread_default (context);
}

/* -- Connections that come and go -- */

static void
test_opened_later (void)
{
  g_autoptr (ClientTest) test =
    client_test_new (PEER_UNIX,
                     "register ike-updown; confirm; request a; event ike-updown v=1; reply v=2;"
                     "unregister ike-updown; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  connect_handler (daemon);
  client_settle (test);
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok @ike-updown:1 a:2");
}

static void
test_opened_sync (void)
{
  g_autoptr (ClientTest) test =
    client_test_new (PEER_UNIX,
                     "register ike-updown; confirm; request a; event ike-updown v=1; reply v=2;"
                     "unregister ike-updown; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  connect_handler (daemon);
  vici_connection_open_sync (test->connection, NULL, NULL);
  client_call_sync (test, "a", "2");
  client_expect (test, "@ike-updown:1");
}

static void
test_reopened (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; close;"
                          "register ike-updown; confirm; event ike-updown v=1; close;"
                          "register ike-updown; confirm; event ike-updown v=2; request a; reply v=3;"
                          "unregister ike-updown; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = connect_handler (daemon);

  client_expect (test, "closed:closed");
  client_open (test, NULL);
  client_expect (test, "open:ok @ike-updown:1 closed:closed");
  vici_connection_open_sync (test->connection, NULL, NULL);
  client_expect (test, "@ike-updown:2");
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:3");

  disconnect (daemon, handler);
  finish (test);
}

/* The connection counts it as often as it is needed, and not once more each time. */
static void
test_counted_once (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; close;"
                          "register ike-updown; confirm; event ike-updown v=1;"
                          "unregister ike-updown; confirm; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  connect_handler (daemon);
  client_expect (test, "closed:closed");
  client_open (test, NULL);
  client_expect (test, "open:ok @ike-updown:1");
  client_settle (test);

  client_unsubscribe (test, EVENT, NULL);
  client_unsubscribe (test, EVENT, NULL);
  client_expect (test, "-ike-updown:ok -ike-updown:invalid");
}

/* What was asked for before says nothing of the daemon that is there now. */
static void
test_late_failure (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; wait; close;"
                          "register ike-updown; confirm; event ike-updown v=1;"
                          "unregister ike-updown; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = connect_handler (daemon);

  client_await (test);
  vici_connection_close_sync (test->connection, NULL, NULL);
  disconnect (daemon, handler);
  vici_connection_open_sync (test->connection, NULL, NULL);
  client_expect (test, "closed:ok");
  client_settle (test);

  peer_go (test->peer);
  connect_handler (daemon);
  client_expect (test, "@ike-updown:1");
}

static void
test_gone_while_closed (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; close; request a; reply v=1; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = connect_handler (daemon);

  client_expect (test, "closed:closed");
  disconnect (daemon, handler);
  client_settle (test);
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok a:1");
}

/* The connection would restore what it was not told to be gone. */
static void
test_gone_with_connection (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1;"
                          "unregister ike-updown; close; request a; reply v=2; close;"
                          "register ike-updown; confirm; event ike-updown v=3;"
                          "unregister ike-updown; close; request a; reply v=4; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = connect_handler (daemon);

  client_expect (test, "@ike-updown:1");
  disconnect (daemon, handler);
  client_expect (test, "closed:closed");
  client_settle (test);
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok a:2 closed:closed");

  /* Nor when the daemon object is gone. */
  connect_handler (daemon);
  client_open (test, NULL);
  client_expect (test, "open:ok @ike-updown:3");
  g_clear_object (&daemon);
  client_expect (test, "closed:closed");
  client_settle (test);
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok a:4");
}

static void
test_unknown (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register alert; refuse; request a; reply v=1; close;"
                          "register alert; confirm; event alert v=2; unregister alert; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = g_signal_connect (daemon, "alert", G_CALLBACK (on_raw), test);

  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:1");

  disconnect (daemon, handler);
  client_settle (test);
  g_signal_connect (daemon, "event::alert", G_CALLBACK (on_raw), test);
  client_expect (test, "closed:closed");
  client_open (test, NULL);
  client_expect (test, "open:ok @alert:2 raw");
}

/* The connection forgets what a daemon does not have any more. */
static void
test_unknown_for_a_time (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1; close;"
                          "register ike-updown; refuse; request a; reply v=2; close;"
                          "register ike-updown; confirm; event ike-updown v=3; request a; reply v=4;"
                          "unregister ike-updown; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);
  gulong handler = connect_handler (daemon);

  client_expect (test, "@ike-updown:1 closed:closed");
  client_open (test, NULL);
  client_call (test, "a");
  client_expect (test, "open:ok a:2 closed:closed");
  client_open (test, NULL);
  client_expect (test, "open:ok @ike-updown:3");
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:4");
  disconnect (daemon, handler);
  finish (test);
}

/* -- Daemons that share, and go -- */

static void
test_two (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1; request a; reply v=2;"
                          "unregister ike-updown; confirm; wait; end");
  ViciDaemon *first = vici_daemon_new (test->connection);
  ViciDaemon *second = vici_daemon_new (test->connection);

  g_signal_connect (first, "event::ike-updown", G_CALLBACK (on_raw), test);
  connect_handler (second);
  g_signal_connect (second, "event", G_CALLBACK (on_raw), test);
  client_expect (test, "@ike-updown:1 raw raw");
  client_settle (test);

  g_assert_finalize_object (first);
  client_settle (test);
  client_call (test, "a");
  client_expect (test, "a:2");

  g_assert_finalize_object (second);
  finish (test);
}

static void
test_dropped_while_asking (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; wait; confirm; unregister ike-updown; confirm; wait; end");
  ViciDaemon *daemon = vici_daemon_new (test->connection);

  connect_handler (daemon);
  client_await (test);
  g_assert_finalize_object (daemon);
  peer_go (test->peer);
  finish (test);
}

/* The connection goes with its last user, and needs no main loop for it. */
static void
test_dropped_with_connection (void)
{
  ClientTest *test = client_test_new_open (PEER_UNIX, "register e; confirm; end");
  ViciDaemon *daemon = vici_daemon_new (test->connection);

  g_signal_handlers_disconnect_by_data (test->connection, test);
  g_assert_true (vici_daemon_watch_sync (daemon, (const char *[]) { "e", NULL }, NULL, NULL));
  g_clear_object (&test->connection);
  g_assert_nonnull (test->alive);
  g_assert_finalize_object (daemon);
  g_assert_null (test->alive);

  client_test_free (test);
}

static void
on_raw_drop (ViciDaemon  *daemon,
             const char  *name,
             ViciMessage *message,
             gpointer     user_data)
{
  client_log (user_data, "drop");
  g_object_unref (daemon);
}

static void
test_dropped_in_handler (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1; event ike-updown v=2;"
                          "unregister ike-updown; confirm; wait; end");
  ViciDaemon *daemon = vici_daemon_new (test->connection);

  g_object_add_weak_pointer (G_OBJECT (daemon), (gpointer *) &daemon);
  g_signal_connect (daemon, "event::ike-updown", G_CALLBACK (on_raw_drop), test);
  client_expect (test, "@ike-updown:1 drop @ike-updown:2");
  g_assert_null (daemon);
  finish (test);
}

static void
on_raw_close (ViciDaemon  *daemon,
              const char  *name,
              ViciMessage *message,
              gpointer     user_data)
{
  client_close (user_data);
}

static void
test_closed_in_handler (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1; event ike-updown v=2; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  g_signal_connect (daemon, "event::ike-updown", G_CALLBACK (on_raw_close), test);
  client_expect (test, "@ike-updown:1 closed:ok close:ok");
}

static void
on_raw_disconnect (ViciDaemon  *daemon,
                   const char  *name,
                   ViciMessage *message,
                   gpointer     user_data)
{
  client_log (user_data, "last");
  g_signal_handlers_disconnect_by_func (daemon, on_raw_disconnect, user_data);
}

static void
test_disconnected_in_handler (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "register ike-updown; confirm; event ike-updown v=1; event ike-updown v=2;"
                          "unregister ike-updown; confirm; wait; end");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (test->connection);

  g_signal_connect (daemon, "event::ike-updown", G_CALLBACK (on_raw_disconnect), test);
  client_expect (test, "@ike-updown:1 last @ike-updown:2");
  finish (test);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events/subscribed-while-there-is-a-handler", test_handlers);
  g_test_add_func ("/events/subscribed-again", test_again);
  g_test_add_func ("/events/blocked-handler-stays", test_blocked);
  g_test_add_func ("/events/handlers-come-before-commands", test_before_command);
  g_test_add_func ("/events/details-of-known-events", test_details);
  g_test_add_func ("/events/idle-program-sleeps", test_idle);
  g_test_add_func ("/events/own-context", test_own_context);
  g_test_add_func ("/events/opened-later", test_opened_later);
  g_test_add_func ("/events/opened-sync", test_opened_sync);
  g_test_add_func ("/events/once-after-each-opening", test_reopened);
  g_test_add_func ("/events/counted-once-after-each-opening", test_counted_once);
  g_test_add_func ("/events/failure-of-the-connection-before", test_late_failure);
  g_test_add_func ("/events/forgotten-while-closed", test_gone_while_closed);
  g_test_add_func ("/events/forgotten-with-its-connection", test_gone_with_connection);
  g_test_add_func ("/events/unknown-one-is-not-asked-for-again", test_unknown);
  g_test_add_func ("/events/unknown-for-a-time", test_unknown_for_a_time);
  g_test_add_func ("/events/two-daemons-share", test_two);
  g_test_add_func ("/events/dropped-while-asking", test_dropped_while_asking);
  g_test_add_func ("/events/dropped-with-connection", test_dropped_with_connection);
  g_test_add_func ("/events/dropped-in-handler", test_dropped_in_handler);
  g_test_add_func ("/events/closed-in-handler", test_closed_in_handler);
  g_test_add_func ("/events/disconnected-in-handler", test_disconnected_in_handler);

  return g_test_run ();
}
