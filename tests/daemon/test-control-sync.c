/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The synchronous forms. The client has a thread of its own here, so that the daemon
 * can be played beside it. */

#include "control-test.h"

typedef struct
{
  const char     *uri;
  GIOStream      *stream;       /* instead of the URI; NULL: none */
  ViciControlLog *log;
  GCancellable   *cancellable;
  gboolean        terminates;
  gboolean        impatient;    /* gives the daemon two seconds */
  guint           max_controls; /* 0: the default */
  /* Another CHILD_SA, afterwards, in turn or at once; NULL: none. */
  const char     *next;
  gboolean        next_waits;
  const char     *next_end;

  GThread        *thread;
  gint64          result;
  GError         *error;
  int             called;       /* atomic */
  int             done;         /* atomic */
} Client;

static gint64
call (Client     *self,
      ViciDaemon *daemon)
{
  g_autoptr (ViciTerminateOptions) options = vici_terminate_options_new ();

  if (!self->terminates)
    return vici_daemon_initiate_sync (daemon, NULL, "net", NULL, self->log, self->cancellable,
                                      &self->error);

  vici_terminate_options_set_ike (options, "home");

  return vici_daemon_terminate_sync (daemon, options, self->log, self->cancellable, &self->error);
}

static void
on_next_ended (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  Client *self = user_data;
  g_autoptr (GError) error = NULL;

  vici_daemon_initiate_finish (VICI_DAEMON (source), result, &error);
  self->next_end = error ? control_code (error) : "ok";
}

static void
call_next (Client     *self,
           ViciDaemon *daemon)
{
  g_autoptr (GError) error = NULL;

  if (self->next_waits)
    {
      vici_daemon_initiate_async (daemon, NULL, self->next, NULL, NULL, NULL, on_next_ended, self);
      while (self->next_end == NULL)
        g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
      return;
    }

  vici_daemon_initiate_sync (daemon, NULL, self->next, NULL, NULL, NULL, &error);
  self->next_end = error ? control_code (error) : "ok";
}

static gpointer
run (gpointer data)
{
  Client *self = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (ViciDaemon) daemon = NULL;

  g_main_context_push_thread_default (context);
  connection = self->stream ? vici_connection_new_for_stream (self->stream)
                            : vici_connection_new (self->uri);
  daemon = vici_daemon_new (connection);
  if (self->max_controls > 0)
    vici_daemon_set_max_controls (daemon, self->max_controls);
  if (self->impatient)
    {
      vici_daemon_set_control_timeout (daemon, 1);
      vici_connection_set_timeout (connection, 2000);
    }

  if (self->stream != NULL || vici_connection_open_sync (connection, NULL, &self->error))
    self->result = call (self, daemon);
  g_atomic_int_set (&self->called, TRUE);
  g_main_context_wakeup (NULL);
  if (self->next != NULL)
    call_next (self, daemon);

  /* What was queued over the only connection there is. */
  if (self->stream != NULL && self->error != NULL)
    while (vici_connection_get_pending (connection) > 0)
      g_main_context_iteration (context, TRUE);

  g_clear_object (&daemon);
  g_clear_object (&connection);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);

  g_atomic_int_set (&self->done, TRUE);
  g_main_context_wakeup (NULL);

  return NULL;
}

static void
client_start (Client      *self,
              ControlTest *test)
{
  self->uri = test->uri;
  self->log = vici_control_log_new ();
  self->cancellable = g_cancellable_new ();
  self->thread = g_thread_new ("client", run, self);
}

/* Ends with that. */
static void
client_expect (Client     *self,
               gint64      result,
               const char *code)
{
  control_run_until (g_atomic_int_get (&self->done));
  g_thread_join (self->thread);
  g_assert_cmpstr (self->error ? control_code (self->error) : "ok", ==, code);
  g_assert_cmpint (self->result, ==, result);

  g_clear_error (&self->error);
  g_clear_object (&self->log);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
}

static void
a_success_is_told (ControlTest  *self,
                   gconstpointer data)
{
  Client client = { 0 };

  client_start (&client, self);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_succeed (self, 0);
  control_run_until (g_atomic_int_get (&client.done));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (client.log)), ==, 1);
  g_assert_cmpuint (vici_control_log_get_ike_sa_id (client.log), ==, 7);
  client_expect (&client, TRUE, "ok");
}

static void
a_failure_has_its_reason (ControlTest  *self,
                          gconstpointer data)
{
  Client client = { 0 };
  g_autoptr (ViciMessage) alert = control_message (
    "{'type': <'local-auth-failed'>, 'ike-sa': <{'home': <{'uniqueid': <'7'>}>}>}");

  vici_server_add_event (self->server, "alert");
  client_start (&client, self);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  vici_server_emit_event (self->server, "alert", alert);
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  control_run_until (g_atomic_int_get (&client.done));
  g_assert_cmpstr (client.error->message, ==, "establishing CHILD_SA 'net' failed");
  g_assert_cmpint (vici_control_log_get_failure (client.log), ==,
                   VICI_FAILURE_AUTHENTICATION_FAILED);
  client_expect (&client, FALSE, "command-failed");
}

static void
terminate_tells_how_many (ControlTest  *self,
                          gconstpointer data)
{
  Client client = { .terminates = TRUE };

  client_start (&client, self);
  control_expect (self, "terminate {ike=home timeout=30000 loglevel=1}");
  client_expect (&client, 2, "ok");
}

static void
on_disconnected (ViciServer *server,
                 ViciPeer   *peer,
                 guint      *count)
{
  (*count)++;
}

/* And leaves no connection behind. */
static void
cancelled_it_takes_down (ControlTest  *self,
                         gconstpointer data)
{
  Client client = { 0 };
  guint disconnected = 0;

  g_signal_connect (self->server, "peer-disconnected", G_CALLBACK (on_disconnected), &disconnected);
  client_start (&client, self);
  control_expect (self, "initiate net");
  g_cancellable_cancel (client.cancellable);
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_expect (self, "terminate {ike-id=7 force=yes timeout=-1}");
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  client_expect (&client, FALSE, "cancelled");
  control_run_until (disconnected == 3);
  g_signal_handlers_disconnect_by_data (self->server, &disconnected);
}

static void
a_stream_serves_too (ControlTest  *self,
                     gconstpointer data)
{
  Client client = { .stream = control_accept_stream (self) };

  client_start (&client, self);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  client_expect (&client, FALSE, "command-failed");
}

static void
a_stream_is_told_to_take_down_after_it (ControlTest  *self,
                                        gconstpointer data)
{
  Client client = { .stream = control_accept_stream (self) };

  client_start (&client, self);
  control_expect (self, "initiate net");
  g_cancellable_cancel (client.cancellable);
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_succeed (self, 0);
  control_expect (self, "terminate {ike-id=7 force=yes timeout=-1}");
  client_expect (&client, FALSE, "cancelled");
}

/* Nobody would move on those that are under way. */
static void
it_does_not_wait_for_others (ControlTest  *self,
                             gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  vici_daemon_set_max_controls (self->daemon, 1);
  control_initiate (self, "a", NULL, NULL, NULL);
  g_assert_false (vici_daemon_initiate_sync (self->daemon, NULL, "b", NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  control_expect (self, "initiate a");
  control_succeed (self, 0);
  control_expect (self, "a:ok");
}

typedef struct
{
  ControlTest *test;
  gboolean     done;
} Intruder;

static void
take_the_place (GListModel *log,
                guint       position,
                guint       removed,
                guint       added,
                Intruder   *self)
{
  if (!self->done)
    {
      self->done = TRUE;
      control_initiate (self->test, "a", NULL, NULL, NULL);
    }
}

/* The log is emptied for the call, and somebody sees that. */
static void
its_place_can_be_taken_at_the_last_moment (ControlTest  *self,
                                           gconstpointer data)
{
  Intruder intruder = { .test = self };
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GError) error = NULL;

  vici_daemon_set_max_controls (self->daemon, 1);
  control_initiate (self, "net", NULL, log, NULL);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_succeed (self, 0);
  control_expect (self, "net:ok");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 1);

  g_signal_connect (log, "items-changed", G_CALLBACK (take_the_place), &intruder);
  g_assert_false (vici_daemon_initiate_sync (self->daemon, NULL, "b", NULL, log, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  control_expect (self, "initiate a");
  control_succeed (self, 1);
  control_expect (self, "a:ok");
  g_signal_handlers_disconnect_by_data (log, &intruder);
}

/* Says something, over and over. */
static gboolean
chatter (gpointer user_data)
{
  control_say (user_data, 0, "NET", 1, 7, "sending packet");

  return G_SOURCE_CONTINUE;
}

/* However much the daemon says. */
static void
cancelled_it_ends_before_the_daemon_does (ControlTest  *self,
                                          gconstpointer data)
{
  Client client = { .stream = control_accept_stream (self) };
  guint source;

  client_start (&client, self);
  control_expect (self, "initiate net");
  g_cancellable_cancel (client.cancellable);
  source = g_timeout_add (100, chatter, self);
  control_run_until (g_atomic_int_get (&client.called));
  g_source_remove (source);
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  client_expect (&client, FALSE, "cancelled");
}

static void
it_ends_with_a_daemon_that_goes_on_talking (ControlTest  *self,
                                            gconstpointer data)
{
  Client client = { .stream = control_accept_stream (self), .impatient = TRUE };
  guint source;

  client_start (&client, self);
  control_expect (self, "initiate net");
  source = g_timeout_add (100, chatter, self);
  control_run_until (g_atomic_int_get (&client.called));
  g_source_remove (source);
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  client_expect (&client, FALSE, "timed-out");
}

/* Where the daemon answers as soon as that is taken down, its thread is free. */
static void
cancelled_it_leaves_its_place (ControlTest  *self,
                               gconstpointer data)
{
  Client client = { .next = "a", .max_controls = 1 };

  client_start (&client, self);
  control_expect (self, "initiate net");
  g_cancellable_cancel (client.cancellable);
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_expect (self, "terminate {ike-id=7 force=yes timeout=-1}");
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  control_expect (self, "initiate a");
  control_succeed (self, 1);
  client_expect (&client, FALSE, "cancelled");
  g_assert_cmpstr (client.next_end, ==, "ok");
}

/* It has been cancelled, and the daemon is still at it. */
static void
cancelled_it_keeps_its_place (ControlTest  *self,
                              gconstpointer data)
{
  Client client = { .next = "a", .max_controls = 1 };

  client_start (&client, self);
  control_expect (self, "initiate net");
  g_cancellable_cancel (client.cancellable);
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_expect (self, "terminate {ike-id=7 force=yes timeout=-1}");
  client_expect (&client, FALSE, "cancelled");
  g_assert_cmpstr (client.next_end, ==, "busy");
}

/* Others wait no longer than the daemon may be at it. */
static void
cancelled_its_place_is_free_at_last (ControlTest  *self,
                                     gconstpointer data)
{
  Client client = { .next = "a", .max_controls = 1, .impatient = TRUE, .next_waits = TRUE };

  client_start (&client, self);
  control_expect (self, "initiate net");
  g_cancellable_cancel (client.cancellable);
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_expect (self, "terminate {ike-id=7 force=yes timeout=-1}; initiate a");
  control_succeed (self, 1);
  client_expect (&client, FALSE, "cancelled");
  g_assert_cmpstr (client.next_end, ==, "ok");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_CONTROL_TEST ("/control/sync/a-success-is-told", a_success_is_told);
  ADD_CONTROL_TEST ("/control/sync/a-failure-has-its-reason", a_failure_has_its_reason);
  ADD_CONTROL_TEST ("/control/sync/terminate-tells-how-many", terminate_tells_how_many);
  ADD_CONTROL_TEST ("/control/sync/cancelled-it-takes-down", cancelled_it_takes_down);
  ADD_CONTROL_TEST ("/control/sync/a-stream-serves-too", a_stream_serves_too);
  ADD_CONTROL_TEST ("/control/sync/a-stream-is-told-to-take-down-after-it",
                    a_stream_is_told_to_take_down_after_it);
  ADD_CONTROL_TEST ("/control/sync/it-does-not-wait-for-others", it_does_not_wait_for_others);
  ADD_CONTROL_TEST ("/control/sync/its-place-can-be-taken-at-the-last-moment",
                    its_place_can_be_taken_at_the_last_moment);
  ADD_CONTROL_TEST ("/control/sync/cancelled-it-leaves-its-place", cancelled_it_leaves_its_place);
  ADD_CONTROL_TEST ("/control/sync/cancelled-it-keeps-its-place", cancelled_it_keeps_its_place);
  ADD_CONTROL_TEST ("/control/sync/cancelled-its-place-is-free-at-last",
                    cancelled_its_place_is_free_at_last);
  ADD_CONTROL_TEST ("/control/sync/cancelled-it-ends-before-the-daemon-does",
                    cancelled_it_ends_before_the_daemon_does);
  ADD_CONTROL_TEST ("/control/sync/it-ends-with-a-daemon-that-goes-on-talking",
                    it_ends_with_a_daemon_that_goes_on_talking);

  return g_test_run ();
}
