/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Commands that wait for a peer and are cancelled: what they have begun is taken
 * down. */

#include "control-test.h"

#include "vici-daemon-private.h"
#include "vici-transport.h"

#define BEGINNING "initiating IKE_SA home[7] to 192.0.2.2"
#define TAKEN_DOWN "terminate {ike-id=7 force=yes timeout=-1}"

/* One that has been sent, and its cancellable. */
static GCancellable *
begin (ControlTest    *self,
       ViciControlLog *log)
{
  GCancellable *cancellable = g_cancellable_new ();

  control_initiate (self, "net", NULL, log, cancellable);
  control_expect (self, "initiate net");

  return cancellable;
}

/* Lets a line come in. */
static void
say (ControlTest    *self,
     ViciControlLog *log,
     guint           ike_sa_id,
     const char     *text)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (log));

  control_say (self, 0, "IKE", 0, ike_sa_id, text);
  control_run_until (g_list_model_get_n_items (G_LIST_MODEL (log)) > n);
}

static void
before_it_is_called (ControlTest  *self,
                     gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  control_initiate (self, "net", NULL, NULL, cancellable);
  control_expect (self, "net:cancelled");
}

static void
in_line (ControlTest  *self,
         gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vici_daemon_set_max_controls (self->daemon, 1);
  control_initiate (self, "a", NULL, NULL, NULL);
  control_initiate (self, "b", NULL, NULL, cancellable);
  control_initiate (self, "c", NULL, NULL, NULL);
  control_expect (self, "initiate a");
  g_cancellable_cancel (cancellable);
  control_expect (self, "b:cancelled");
  control_succeed (self, 0);
  control_expect (self, "a:ok; initiate c");
  control_succeed (self, 1);
  control_expect (self, "c:ok");
}

static void
before_the_first_line (ControlTest  *self,
                       gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = begin (self, NULL);

  g_cancellable_cancel (cancellable);
  control_settle ();
  g_assert_cmpstr (self->log->str, ==, "");
  control_say (self, 0, "IKE", 0, 7, BEGINNING);
  control_expect (self, TAKEN_DOWN "; net:cancelled");
}

static void
after_the_first_line (ControlTest  *self,
                      gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GCancellable) cancellable = begin (self, log);

  say (self, log, 7, BEGINNING);
  g_cancellable_cancel (cancellable);
  control_expect (self, TAKEN_DOWN "; net:cancelled");
}

/* The caller is told when the daemon has done it, and not before. */
static void
it_waits_for_the_answer (ControlTest  *self,
                         gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GCancellable) cancellable = begin (self, log);

  self->keeps_terminate = TRUE;
  say (self, log, 7, BEGINNING);
  g_cancellable_cancel (cancellable);
  control_expect (self, TAKEN_DOWN);
  control_succeed (self, 1);
  control_expect (self, "net:cancelled");
}

/* What holds one of the daemon's threads holds its place, until the daemon is done. */
static void
its_place_is_free_when_the_daemon_is_done (ControlTest  *self,
                                           gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GCancellable) cancellable = NULL;

  vici_daemon_set_max_controls (self->daemon, 1);
  cancellable = begin (self, log);
  control_initiate (self, "other", NULL, NULL, NULL);
  say (self, log, 7, BEGINNING);
  g_cancellable_cancel (cancellable);
  control_expect (self, TAKEN_DOWN "; net:cancelled");
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  control_expect (self, "initiate other");
  control_succeed (self, 1);
  control_expect (self, "other:ok");
}

/* The daemon has answered, and nobody has heard of it yet. */
static void
with_the_success_on_its_way (ControlTest  *self,
                             gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = begin (self, NULL);

  control_say (self, 0, "IKE", 0, 7, BEGINNING);
  control_succeed (self, 0);
  g_cancellable_cancel (cancellable);
  control_expect (self, TAKEN_DOWN "; net:cancelled");
}

static void
on_initiated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  ControlTest *self = user_data;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (g_task_get_cancellable (G_TASK (result)));
  vici_daemon_initiate_finish (VICI_DAEMON (source), result, &error);
  control_note (self, "net:%s", error ? control_code (error) : "ok");
}

static void
after_the_success_it_is_too_late (ControlTest  *self,
                                  gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  vici_daemon_initiate_async (self->daemon, NULL, "net", NULL, NULL, cancellable, on_initiated, self);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, BEGINNING);
  control_succeed (self, 0);
  control_expect (self, "net:ok");
}

static void
after_a_failure_nothing_is_left (ControlTest  *self,
                                 gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = begin (self, NULL);

  g_cancellable_cancel (cancellable);
  control_settle ();
  control_fail (self, 0, "CHILD_SA config 'net' not found");
  control_expect (self, "net:cancelled");
}

/* A CHILD_SA cannot be taken down before it is there. */
static void
of_a_child_on_another_ike_sa (ControlTest  *self,
                              gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GCancellable) cancellable = begin (self, log);

  self->refuses_terminate = "no matching SAs to terminate found";
  say (self, log, 7, "establishing CHILD_SA net{9}");
  control_say (self, 0, "ENC", 1, 7, "generating CREATE_CHILD_SA request 2 [ SA No TSi TSr ]");
  control_run_until (g_list_model_get_n_items (G_LIST_MODEL (log)) == 2);
  g_cancellable_cancel (cancellable);
  control_expect (self, "terminate {child-id=9 timeout=-1}");
  self->refuses_terminate = NULL;
  control_succeed (self, 0);
  control_expect (self, "terminate {child-id=9 timeout=-1}; net:cancelled");
}

static void
of_an_ike_sa_of_others (ControlTest  *self,
                        gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GCancellable) cancellable = begin (self, log);

  say (self, log, 7, "retransmit 1 of request with message ID 0");
  say (self, log, 7, BEGINNING);
  g_cancellable_cancel (cancellable);
  control_settle ();
  control_fail (self, 0, "CHILD_SA 'net' not established after 30000ms");
  control_expect (self, "net:cancelled");
}

/* A caller need not wait for a daemon that says nothing; what it says at last is
 * taken down all the same. */
static void
of_a_daemon_that_says_nothing (ControlTest  *self,
                               gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = begin (self, NULL);

  g_cancellable_cancel (cancellable);
  control_expect (self, "net:cancelled");
  g_clear_object (&self->daemon);
  g_clear_object (&self->connection);
  control_say (self, 0, "IKE", 0, 7, BEGINNING);
  control_expect (self, TAKEN_DOWN);
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  control_settle ();
}

static void
on_terminated (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  ControlTest *self = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (vici_daemon_terminate_finish (VICI_DAEMON (source), result, &error), ==, -1);
  control_note (self, "terminated:%s", control_code (error));
}

static void
a_terminate_takes_nothing_down (ControlTest  *self,
                                gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (ViciTerminateOptions) options = vici_terminate_options_new ();

  self->keeps_terminate = TRUE;
  vici_terminate_options_set_ike_id (options, 7);
  vici_daemon_terminate_async (self->daemon, options, NULL, cancellable, on_terminated, self);
  control_expect (self, "terminate {ike-id=7 timeout=30000 loglevel=1}");
  control_say (self, 0, "IKE", 0, 7, BEGINNING);
  g_cancellable_cancel (cancellable);
  control_expect (self, "terminated:cancelled");
  control_succeed (self, 0);
  control_settle ();
}

/* -- While it is being opened -- */

#define SLOW_TYPE_TRANSPORT (slow_transport_get_type ())
G_DECLARE_FINAL_TYPE (SlowTransport, slow_transport, SLOW, TRANSPORT, GObject)

/* Opens once, and then never again. */
struct _SlowTransport
{
  GObject        parent_instance;

  ViciTransport *transport;     /* of the first time */
  guint          waiting;
};

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream =
    vici_transport_connect_finish (VICI_TRANSPORT (source), result, &error);

  g_assert_no_error (error);
  vici_transport_connected (g_task_get_source_object (task), task, stream);
}

static void
give_up (GCancellable *cancellable,
         GTask        *task)
{
  SlowTransport *self = g_task_get_source_object (task);

  self->waiting--;
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static void
slow_transport_connect (ViciTransport *transport,
                        GTask         *task)
{
  SlowTransport *self = SLOW_TRANSPORT (transport);

  if (self->transport != NULL)
    {
      vici_transport_connect_async (self->transport, NULL, on_connected, g_object_ref (task));
      g_clear_object (&self->transport);
      return;
    }

  self->waiting++;
  g_signal_connect (g_task_get_cancellable (task), "cancelled", G_CALLBACK (give_up),
                    g_object_ref (task));
}

static void
slow_transport_iface_init (ViciTransportInterface *iface)
{
  iface->connect = slow_transport_connect;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (SlowTransport, slow_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                      slow_transport_iface_init))

static void
slow_transport_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  g_value_set_string (value, "slow:");
}

static void
slow_transport_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
}

static void
slow_transport_class_init (SlowTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = slow_transport_get_property;
  object_class->set_property = slow_transport_set_property;
  g_object_class_override_property (object_class, 1, "uri");
}

static void
slow_transport_init (SlowTransport *self)
{
}

static void
while_it_is_being_opened (ControlTest  *self,
                          gconstpointer data)
{
  g_autoptr (SlowTransport) transport = g_object_new (SLOW_TYPE_TRANSPORT, NULL);
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  transport->transport = vici_transport_new_for_uri (self->uri, &error);
  g_assert_no_error (error);
  connection = vici_connection_new_for_transport (VICI_TRANSPORT (transport));
  control_test_use (self, connection);
  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);

  control_initiate (self, "net", NULL, NULL, cancellable);
  control_run_until (transport->waiting == 1);
  g_cancellable_cancel (cancellable);
  control_expect (self, "net:cancelled");
  g_assert_cmpuint (transport->waiting, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_CONTROL_TEST ("/control/cancel/before-it-is-called", before_it_is_called);
  ADD_CONTROL_TEST ("/control/cancel/in-line", in_line);
  ADD_CONTROL_TEST ("/control/cancel/while-it-is-being-opened", while_it_is_being_opened);
  ADD_CONTROL_TEST ("/control/cancel/before-the-first-line", before_the_first_line);
  ADD_CONTROL_TEST ("/control/cancel/after-the-first-line", after_the_first_line);
  ADD_CONTROL_TEST ("/control/cancel/it-waits-for-the-answer", it_waits_for_the_answer);
  ADD_CONTROL_TEST ("/control/cancel/its-place-is-free-when-the-daemon-is-done",
                    its_place_is_free_when_the_daemon_is_done);
  ADD_CONTROL_TEST ("/control/cancel/with-the-success-on-its-way", with_the_success_on_its_way);
  ADD_CONTROL_TEST ("/control/cancel/after-the-success-it-is-too-late",
                    after_the_success_it_is_too_late);
  ADD_CONTROL_TEST ("/control/cancel/after-a-failure-nothing-is-left",
                    after_a_failure_nothing_is_left);
  ADD_CONTROL_TEST ("/control/cancel/of-a-child-on-another-ike-sa", of_a_child_on_another_ike_sa);
  ADD_CONTROL_TEST ("/control/cancel/of-an-ike-sa-of-others", of_an_ike_sa_of_others);
  ADD_CONTROL_TEST ("/control/cancel/of-a-daemon-that-says-nothing", of_a_daemon_that_says_nothing);
  ADD_CONTROL_TEST ("/control/cancel/a-terminate-takes-nothing-down",
                    a_terminate_takes_nothing_down);

  return g_test_run ();
}
