/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The event that charon 5.9.8 does not have, as sim-charon raises it. */

#include <glib/gstdio.h>
#include <signal.h>

#include "real.h"

/* A sim-charon of a release, and a connection to it. */
typedef struct
{
  char           *directory;
  GSubprocess    *process;
  ViciConnection *connection;
} Sim;

static void
sim_start (Sim        *self,
           const char *version)
{
  g_autofree char *uri = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("vici-events-XXXXXX", &error);
  g_assert_no_error (error);
  uri = g_strconcat ("unix://", self->directory, "/charon.vici", NULL);
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                    real_getenv ("SIM_CHARON"), "--uri", uri,
                                    "--version", version, "--latency", "5", NULL);
  g_assert_no_error (error);

  /* Says so when it listens. */
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  g_assert_cmpstr (line, ==, uri);

  self->connection = vici_connection_new (uri);
  vici_connection_open_sync (self->connection, NULL, &error);
  g_assert_no_error (error);
}

static void
sim_clear (Sim *self)
{
  g_autoptr (GError) error = NULL;

  g_object_unref (self->connection);
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait_check (self->process, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (self->process);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sim, sim_clear)

static void
on_alert (ViciDaemon *daemon,
          ViciAlert  *alert,
          gpointer    user_data)
{
  ViciAlert **slot = user_data;

  g_set_object (slot, alert);
}

static void
call (Sim        *sim,
      const char *command,
      const char *text)
{
  g_autoptr (ViciMessage) reply G_GNUC_UNUSED = real_call (sim->connection, command, real_message (text));
}

static void
test_alert (void)
{
  g_auto (Sim) sim = { 0 };
  g_autoptr (ViciDaemon) daemon = NULL;
  g_autoptr (ViciAlert) alert = NULL;
  g_autoptr (ViciMessage) request = real_message ("{'child': <'net'>}");

  sim_start (&sim, "6.0.6");
  daemon = vici_daemon_new (sim.connection);
  g_signal_connect (daemon, "alert", G_CALLBACK (on_alert), &alert);

  call (&sim, "load-shared", "{'id': <'x'>, 'type': <'IKE'>, 'data': <'a secret'>}");
  call (&sim, "load-conn", "{'home': <{'local_addrs': <['192.0.2.1']>, 'remote_addrs': <['192.0.2.2']>,"
                           " 'local': <{'auth': <'psk'>}>, 'remote': <{'auth': <'psk'>}>,"
                           " 'children': <{'net': <@a{sv} {}>}>}>}");
  call (&sim, "sim-fault", "{'add': <'refuse:192.0.2.2'>}");
  vici_connection_call_async (sim.connection, "initiate", request, NULL, NULL, NULL);
  real_wait_until (alert != NULL);

  g_assert_cmpint (vici_alert_get_alert_type (alert), ==, VICI_ALERT_TYPE_LOCAL_AUTH_FAILED);
  g_assert_cmpstr (vici_ike_sa_get_name (vici_alert_get_ike_sa (alert)), ==, "home");
  g_assert_cmpstr (vici_ike_sa_get_remote_host (vici_alert_get_ike_sa (alert)), ==, "192.0.2.2");
}

static void
test_older (void)
{
  static const char * const names[] = { "alert", NULL };
  g_auto (Sim) sim = { 0 };
  g_autoptr (ViciDaemon) daemon = NULL;
  g_autoptr (GError) error = NULL;

  sim_start (&sim, "5.9.8");
  daemon = vici_daemon_new (sim.connection);
  g_assert_false (vici_daemon_watch_sync (daemon, names, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT);
  g_clear_error (&error);
  g_assert_true (vici_daemon_watch_sync (daemon, NULL, NULL, &error));
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events-sim/alert-with-its-ike-sa", test_alert);
  g_test_add_func ("/events-sim/alert-of-older-releases-is-unknown", test_older);

  return g_test_run ();
}
