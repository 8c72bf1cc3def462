/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Commands that wait for a peer: the connections that they go over, and their ends. */

#include "control-test.h"

/* -- Connections that end -- */

static void
a_daemon_that_goes_ends_it (ControlTest  *self,
                            gconstpointer data)
{
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  vici_peer_close (vici_invocation_get_peer (control_get (self, 0)));
  control_expect (self, "net:closed");

  /* That was its own connection, and the next one has another. */
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  control_succeed (self, 1);
  control_expect (self, "net:ok");
}

static void
a_daemon_that_says_nothing_ends_it (ControlTest  *self,
                                    gconstpointer data)
{
  vici_connection_set_timeout (self->connection, 50);
  vici_daemon_set_control_timeout (self->daemon, 50);
  vici_daemon_set_max_controls (self->daemon, 1);
  control_initiate (self, "a", NULL, NULL, NULL);
  control_initiate (self, "b", NULL, NULL, NULL);
  control_expect (self, "initiate a; a:timed-out; initiate b; b:timed-out");
}

static void
on_out_of_time (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  ControlTest *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply =
    vici_connection_call_finish (VICI_CONNECTION (source), result, &error);

  g_assert_null (reply);
  control_note (self, "plain:%s", control_code (error));
}

/* What a plain call may take is less than the daemon was told to wait. */
static void
it_outlasts_a_plain_call (ControlTest  *self,
                          gconstpointer data)
{
  g_autoptr (ViciMessage) other = control_message ("{'child': <'other'>}");

  vici_connection_set_timeout (self->connection, 50);
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  vici_connection_call_async (self->connection, "initiate", other, NULL, on_out_of_time, self);
  control_expect (self, "initiate other; plain:timed-out");
  control_succeed (self, 0);
  control_expect (self, "net:ok");
}

static void
an_unopened_connection_is_told (ControlTest  *self,
                                gconstpointer data)
{
  g_autoptr (ViciConnection) connection = vici_connection_new (self->uri);

  control_test_use (self, connection);
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "net:closed");
}

static void
closing_ends_those_that_wait (ControlTest  *self,
                              gconstpointer data)
{
  vici_daemon_set_max_controls (self->daemon, 1);
  control_initiate (self, "a", NULL, NULL, NULL);
  control_initiate (self, "b", NULL, NULL, NULL);
  control_initiate (self, "c", NULL, NULL, NULL);
  control_expect (self, "initiate a");
  vici_connection_close_async (self->connection, NULL, NULL, NULL);
  control_expect (self, "b:closed; c:closed");
  control_succeed (self, 0);
  control_expect (self, "a:ok");
}

/* It goes to the daemon that the connection is open to, and not to the one that it is
 * to be opened to next. */
static void
the_next_uri_is_not_this_one (ControlTest  *self,
                              gconstpointer data)
{
  vici_connection_set_uri (self->connection, "unix:///nowhere");
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  control_succeed (self, 0);
  control_expect (self, "net:ok");
}

static void
opened_anew_it_is_another_daemon (ControlTest  *self,
                                  gconstpointer data)
{
  g_autofree char *uri = g_strconcat (self->uri, "-2", NULL);
  g_autoptr (GError) error = NULL;

  vici_server_listen (self->server, uri, &error);
  g_assert_no_error (error);
  vici_connection_close_sync (self->connection, NULL, NULL);
  vici_connection_set_uri (self->connection, uri);
  vici_connection_open_sync (self->connection, NULL, &error);
  g_assert_no_error (error);

  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  g_assert_cmpstr (vici_peer_get_uri (vici_invocation_get_peer (control_get (self, 0))), ==, uri);
  control_succeed (self, 0);
  control_expect (self, "net:ok");
}

static void
opening_may_fail (ControlTest  *self,
                  gconstpointer data)
{
  vici_server_stop (self->server);
  control_initiate (self, "net", NULL, NULL, NULL);
  control_run_until (self->words == 1);
  g_assert_cmpstr (self->log->str, !=, "net:ok");
  g_string_truncate (self->log, 0);
}

/* -- Connections that there is one of -- */

static void
on_version (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  ControlTest *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciVersionInfo) version =
    vici_daemon_version_finish (VICI_DAEMON (source), result, &error);

  g_assert_no_error (error);
  control_note (self, "version %s", vici_version_info_get_version (version));
}

static ViciConnection *
connect_stream (ControlTest *self)
{
  g_autoptr (GIOStream) stream = control_accept_stream (self);

  return vici_connection_new_for_stream (stream);
}

static void
a_stream_serves_one_after_the_other (ControlTest  *self,
                                     gconstpointer data)
{
  g_autoptr (ViciConnection) connection = connect_stream (self);

  control_test_use (self, connection);
  vici_connection_set_max_in_flight (connection, 2);
  control_initiate (self, "a", NULL, NULL, NULL);
  control_initiate (self, "b", NULL, NULL, NULL);
  control_expect (self, "initiate a");
  control_succeed (self, 0);
  control_expect (self, "a:ok; initiate b");
  control_succeed (self, 1);
  control_expect (self, "b:ok");
  g_assert_true (vici_invocation_get_peer (control_get (self, 0)) ==
                 vici_invocation_get_peer (control_get (self, 1)));
}

static void
a_stream_is_told_to_take_down_after_it (ControlTest  *self,
                                        gconstpointer data)
{
  g_autoptr (ViciConnection) connection = connect_stream (self);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  control_test_use (self, connection);
  vici_connection_set_timeout (connection, 1234);
  control_initiate (self, "net", NULL, NULL, cancellable);
  control_expect (self, "initiate net");
  g_cancellable_cancel (cancellable);
  control_settle ();
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_expect (self, "net:cancelled");
  g_assert_cmpuint (vici_connection_get_timeout (connection), ==, 1234);
  control_succeed (self, 0);
  control_expect (self, "terminate {ike-id=7 force=yes timeout=-1}");
}

static void
a_stream_is_not_kept_alive (ControlTest  *self,
                            gconstpointer data)
{
  ViciConnection *connection = connect_stream (self);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gpointer alive = connection;

  control_test_use (self, connection);
  g_object_unref (connection);
  g_object_add_weak_pointer (alive, &alive);
  control_initiate (self, "net", NULL, NULL, cancellable);
  control_expect (self, "initiate net");
  g_cancellable_cancel (cancellable);
  control_settle ();
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_expect (self, "net:cancelled");
  g_clear_object (&self->daemon);
  g_clear_object (&self->connection);
  control_settle ();
  g_assert_null (alive);
}

static void
a_stream_that_is_busy_sends_nothing_more (ControlTest  *self,
                                          gconstpointer data)
{
  g_autoptr (ViciConnection) connection = connect_stream (self);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ViciMessage) other = control_message ("{'child': <'other'>}");

  control_test_use (self, connection);
  vici_connection_call_async (connection, "initiate", other, NULL, NULL, NULL);
  control_initiate (self, "net", NULL, NULL, cancellable);
  control_expect (self, "initiate other");
  g_cancellable_cancel (cancellable);
  control_expect (self, "net:cancelled");
  control_succeed (self, 0);
  vici_daemon_version_async (self->daemon, NULL, on_version, self);
  control_expect (self, "version 5.9.8");
}

/* -- References -- */

static void
drop_all (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ControlTest *self = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (vici_daemon_initiate_finish (VICI_DAEMON (source), result, &error));
  g_assert_no_error (error);
  g_clear_object (&self->daemon);
  g_clear_object (&self->connection);
  control_note (self, "dropped");
}

static void
its_end_may_drop_everything (ControlTest  *self,
                             gconstpointer data)
{
  gpointer daemon = self->daemon;
  gpointer connection = self->connection;

  g_object_add_weak_pointer (daemon, &daemon);
  g_object_add_weak_pointer (connection, &connection);
  vici_daemon_initiate_async (self->daemon, NULL, "net", NULL, NULL, NULL, drop_all, self);
  control_expect (self, "initiate net");
  control_succeed (self, 0);
  control_expect (self, "dropped");
  g_assert_null (daemon);
  g_assert_null (connection);
}

static void
drop_daemon (ViciControlLog *log,
             ViciLogEntry   *entry,
             ControlTest    *self)
{
  g_clear_object (&self->daemon);
  g_clear_object (&self->connection);
}

static void
an_entry_may_drop_everything (ControlTest  *self,
                              gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();

  g_signal_connect (log, "entry", G_CALLBACK (drop_daemon), self);
  control_initiate (self, "net", NULL, log, NULL);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 1, 0, "text");
  control_run_until (self->daemon == NULL);
  control_succeed (self, 0);
  control_expect (self, "net:ok");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_CONTROL_TEST ("/control/connection/a-daemon-that-goes-ends-it", a_daemon_that_goes_ends_it);
  ADD_CONTROL_TEST ("/control/connection/a-daemon-that-says-nothing-ends-it",
                    a_daemon_that_says_nothing_ends_it);
  ADD_CONTROL_TEST ("/control/connection/it-outlasts-a-plain-call", it_outlasts_a_plain_call);
  ADD_CONTROL_TEST ("/control/connection/an-unopened-connection-is-told",
                    an_unopened_connection_is_told);
  ADD_CONTROL_TEST ("/control/connection/closing-ends-those-that-wait",
                    closing_ends_those_that_wait);
  ADD_CONTROL_TEST ("/control/connection/the-next-uri-is-not-this-one",
                    the_next_uri_is_not_this_one);
  ADD_CONTROL_TEST ("/control/connection/opened-anew-it-is-another-daemon",
                    opened_anew_it_is_another_daemon);
  ADD_CONTROL_TEST ("/control/connection/opening-may-fail", opening_may_fail);
  ADD_CONTROL_TEST ("/control/connection/a-stream-serves-one-after-the-other",
                    a_stream_serves_one_after_the_other);
  ADD_CONTROL_TEST ("/control/connection/a-stream-is-told-to-take-down-after-it",
                    a_stream_is_told_to_take_down_after_it);
  ADD_CONTROL_TEST ("/control/connection/a-stream-is-not-kept-alive", a_stream_is_not_kept_alive);
  ADD_CONTROL_TEST ("/control/connection/a-stream-that-is-busy-sends-nothing-more",
                    a_stream_that_is_busy_sends_nothing_more);
  ADD_CONTROL_TEST ("/control/connection/its-end-may-drop-everything", its_end_may_drop_everything);
  ADD_CONTROL_TEST ("/control/connection/an-entry-may-drop-everything",
                    an_entry_may_drop_everything);

  return g_test_run ();
}
