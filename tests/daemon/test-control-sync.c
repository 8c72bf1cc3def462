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

  GThread        *thread;
  gint64          result;
  GError         *error;
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
  if (self->stream != NULL || vici_connection_open_sync (connection, NULL, &self->error))
    self->result = call (self, daemon);

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
  client_expect (&client, FALSE, "cancelled");
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
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

  return g_test_run ();
}
