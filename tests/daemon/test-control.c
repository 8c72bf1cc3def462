/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Commands that wait for a peer: what is sent, how many at once, and what is told of
 * them. */

#include "control-test.h"

#include "vici-daemon-private.h"

/* -- What is sent -- */

/* Initiates, and compares what came of it. */
static void
assert_sent (ControlTest *self,
             int          timeout,
             int          log_level,
             const char  *request)
{
  g_autoptr (ViciInitiateOptions) options = vici_initiate_options_new ();
  g_autofree char *text = NULL;

  if (timeout != G_MAXINT)
    vici_initiate_options_set_timeout (options, timeout);
  if (log_level != G_MAXINT)
    vici_initiate_options_set_log_level (options, log_level);

  control_initiate (self, "net", options, NULL, NULL);
  control_expect (self, "initiate net");
  text = vici_message_to_string (vici_invocation_get_request (control_get (self, 0)),
                                 VICI_PRINT_NONE);
  g_assert_cmpstr (text, ==, request);
  control_succeed (self, 0);
  g_ptr_array_set_size (self->kept, 0);
  control_expect (self, "net:ok");
}

static void
timeout_is_always_sent (ControlTest  *self,
                        gconstpointer data)
{
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  g_assert_cmpint (vici_message_lookup_int64 (vici_invocation_get_request (control_get (self, 0)),
                                              "timeout", 0),
                   ==, 30000);
  control_succeed (self, 0);
  control_expect (self, "net:ok");
  g_ptr_array_set_size (self->kept, 0);

  assert_sent (self, G_MAXINT, G_MAXINT, "{child=net timeout=30000 loglevel=1}");
  assert_sent (self, 0, G_MAXINT, "{child=net timeout=30000 loglevel=1}");
  assert_sent (self, 1234, G_MAXINT, "{child=net timeout=1234 loglevel=1}");
  assert_sent (self, -1, G_MAXINT, "{child=net timeout=-1 loglevel=1}");

  vici_daemon_set_control_timeout (self->daemon, 77);
  assert_sent (self, G_MAXINT, G_MAXINT, "{child=net timeout=77 loglevel=1}");
  assert_sent (self, 1234, G_MAXINT, "{child=net timeout=1234 loglevel=1}");
}

static void
timeout_that_is_none_is_refused (ControlTest  *self,
                                 gconstpointer data)
{
  g_autoptr (ViciInitiateOptions) options = vici_initiate_options_new ();

  vici_initiate_options_set_timeout (options, -2);
  control_initiate (self, "net", options, NULL, NULL);
  control_expect (self, "net:invalid");
}

static void
on_terminated (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  ControlTest *self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 count = vici_daemon_terminate_finish (VICI_DAEMON (source), result, &error);

  g_assert_cmpint (count, ==, error ? -1 : 2);
  control_note (self, "terminated:%s", error ? control_code (error) : "ok");
}

static void
terminate_tells_how_many (ControlTest  *self,
                          gconstpointer data)
{
  g_autoptr (ViciTerminateOptions) options = vici_terminate_options_new ();

  vici_terminate_options_set_ike (options, "home");
  vici_daemon_terminate_async (self->daemon, options, NULL, NULL, on_terminated, self);
  control_expect (self, "terminate {ike=home timeout=30000 loglevel=1}; terminated:ok");

  self->refuses_terminate = "no matching SAs to terminate found";
  vici_daemon_terminate_async (self->daemon, options, NULL, NULL, on_terminated, self);
  control_expect (self, "terminate {ike=home timeout=30000 loglevel=1}; "
                        "terminated:command-failed");
}

/* -- The log -- */

static void
on_entry (ControlTest  *self,
          ViciLogEntry *entry)
{
  control_note (self, "%s %u %u %s", vici_log_entry_get_group_text (entry),
                vici_log_entry_get_level (entry), vici_log_entry_get_ike_sa_id (entry),
                vici_log_entry_get_text (entry));
}

/* Says a line of each level, and expects those of them. */
static void
assert_reported (ControlTest *self,
                 int          level,
                 const char  *sent,
                 const char  *reported)
{
  const char *levels[] = { "a", "b", "c" };
  g_autoptr (ViciInitiateOptions) options = vici_initiate_options_new ();
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autofree char *level_sent = NULL;

  g_signal_connect_swapped (log, "entry", G_CALLBACK (on_entry), self);
  vici_initiate_options_set_log_level (options, level);
  control_initiate (self, "net", options, log, NULL);
  control_expect (self, "initiate net");

  level_sent = vici_message_lookup_string (vici_invocation_get_request (control_get (self, 0)),
                                           "loglevel");
  g_assert_cmpstr (level_sent, ==, sent);
  for (int i = 0; i < 3; i++)
    control_say (self, 0, "IKE", i, 0, levels[i]);
  control_succeed (self, 0);
  control_expect (self, reported);
  g_ptr_array_set_size (self->kept, 0);
}

static void
log_level_bounds_what_is_told (ControlTest  *self,
                               gconstpointer data)
{
  assert_reported (self, -1, "1", "net:ok");
  assert_reported (self, 0, "1", "IKE 0 0 a; net:ok");
  assert_reported (self, 1, "1", "IKE 0 0 a; IKE 1 0 b; net:ok");
  assert_reported (self, 2, "2", "IKE 0 0 a; IKE 1 0 b; IKE 2 0 c; net:ok");
}

static void
entries_are_typed (ControlTest  *self,
                   gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (ViciLogEntry) entry = NULL;

  g_signal_connect_swapped (self->daemon, "control-log", G_CALLBACK (on_entry), self);
  control_initiate (self, "net", NULL, log, NULL);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_say (self, 0, "IKE", 0, 7, "establishing CHILD_SA net{9}");
  control_expect (self, "IKE 0 7 initiating IKE_SA home[7] to 192.0.2.2; "
                        "IKE 0 7 establishing CHILD_SA net{9}");

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 2);
  entry = g_list_model_get_item (G_LIST_MODEL (log), 1);
  g_assert_cmpint (vici_log_entry_get_group (entry), ==, VICI_LOG_GROUP_IKE);
  g_assert_cmpstr (vici_log_entry_get_ike_sa_name (entry), ==, "home");
  g_assert_cmpuint (vici_control_log_get_ike_sa_id (log), ==, 7);
  g_assert_cmpuint (vici_control_log_get_child_sa_id (log), ==, 9);

  control_succeed (self, 0);
  control_expect (self, "net:ok");
  g_assert_cmpint (vici_control_log_get_failure (log), ==, VICI_FAILURE_NONE);
}

static void
on_failure (ViciControlLog *log,
            GParamSpec     *pspec,
            ControlTest    *self)
{
  control_note (self, "failure %d", vici_control_log_get_failure (log));
}

static void
failure_is_there_before_the_end (ControlTest  *self,
                                 gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autofree char *expected = g_strdup_printf ("failure %d; net:command-failed",
                                               VICI_FAILURE_AUTHENTICATION_FAILED);

  g_signal_connect (log, "notify::failure", G_CALLBACK (on_failure), self);
  control_initiate (self, "net", NULL, log, NULL);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  control_say (self, 0, "IKE", 1, 7, "received AUTHENTICATION_FAILED notify error");
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  control_expect (self, expected);

  /* Used again, it is as new. */
  expected[strlen ("failure ")] = '\0';
  g_signal_handlers_disconnect_by_data (log, self);
  control_initiate (self, "net", NULL, log, NULL);
  g_assert_cmpint (vici_control_log_get_failure (log), ==, VICI_FAILURE_NONE);
  g_assert_cmpuint (vici_control_log_get_ike_sa_id (log), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 0);
  control_expect (self, "initiate net");

  /* And serves nobody else meanwhile. */
  control_initiate (self, "other", NULL, log, NULL);
  control_expect (self, "other:pending");
  control_succeed (self, 1);
  control_expect (self, "net:ok");
}

static void
log_keeps_the_newest (ControlTest  *self,
                      gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();

  g_assert_cmpuint (vici_control_log_get_max_entries (log), ==, 1000);
  vici_control_log_set_max_entries (log, 3);
  control_initiate (self, "net", NULL, log, NULL);
  control_expect (self, "initiate net");
  for (int i = 0; i < 10; i++)
    {
      g_autofree char *text = g_strdup_printf ("line %d", i);

      control_say (self, 0, "IKE", 1, 0, text);
    }
  control_succeed (self, 0);
  control_expect (self, "net:ok");

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 3);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (ViciLogEntry) entry = g_list_model_get_item (G_LIST_MODEL (log), i);
      g_autofree char *text = g_strdup_printf ("line %d", 7 + i);

      g_assert_cmpstr (vici_log_entry_get_text (entry), ==, text);
    }

  vici_control_log_set_max_entries (log, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 1);
}

/* -- Alerts -- */

static void
alerts_of_the_own_ike_sa_tell_the_reason (ControlTest  *self,
                                          gconstpointer data)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (ViciMessage) other = control_message (
    "{'type': <'peer-auth-failed'>, 'ike-sa': <{'home': <{'uniqueid': <'8'>}>}>}");
  g_autoptr (ViciMessage) own = control_message (
    "{'type': <'local-auth-failed'>, 'ike-sa': <{'home': <{'uniqueid': <'7'>}>}>}");

  vici_server_add_event (self->server, "alert");
  control_initiate (self, "net", NULL, log, NULL);
  control_expect (self, "initiate net");
  control_say (self, 0, "IKE", 0, 7, "initiating IKE_SA home[7] to 192.0.2.2");
  g_assert_cmpuint (vici_server_emit_event (self->server, "alert", other), ==, 1);
  vici_server_emit_event (self->server, "alert", own);
  control_fail (self, 0, "establishing CHILD_SA 'net' failed");
  control_expect (self, "net:command-failed");
  g_assert_cmpint (vici_control_log_get_failure (log), ==, VICI_FAILURE_AUTHENTICATION_FAILED);
}

static void
daemon_without_alerts_is_asked_once (ControlTest  *self,
                                     gconstpointer data)
{
  g_assert_true (vici_control_pool_has_alerts (vici_daemon_get_control_pool (self->daemon)));
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  g_assert_false (vici_control_pool_has_alerts (vici_daemon_get_control_pool (self->daemon)));
  control_succeed (self, 0);
  control_expect (self, "net:ok");
}

/* -- How many at once -- */

static void
they_wait_in_order (ControlTest  *self,
                    gconstpointer data)
{
  const char *names[] = { "a", "b", "c", "d", "e" };

  vici_daemon_set_max_controls (self->daemon, 2);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    control_initiate (self, names[i], NULL, NULL, NULL);

  control_expect (self, "initiate a; initiate b");
  control_succeed (self, 1);
  control_expect (self, "b:ok; initiate c");
  control_succeed (self, 0);
  control_expect (self, "a:ok; initiate d");
  control_fail (self, 3, "establishing CHILD_SA 'd' failed");
  control_expect (self, "d:command-failed; initiate e");
  control_succeed (self, 2);
  control_succeed (self, 4);
  control_run_until (self->words == 2);
  g_string_truncate (self->log, 0);
}

static void
a_higher_limit_lets_more_begin (ControlTest  *self,
                                gconstpointer data)
{
  vici_daemon_set_max_controls (self->daemon, 1);
  control_initiate (self, "a", NULL, NULL, NULL);
  control_initiate (self, "b", NULL, NULL, NULL);
  control_expect (self, "initiate a");
  vici_daemon_set_max_controls (self->daemon, 2);
  control_expect (self, "initiate b");
  control_succeed (self, 0);
  control_expect (self, "a:ok");
  control_succeed (self, 1);
  control_expect (self, "b:ok");
}

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

static void
nothing_else_is_held_up (ControlTest  *self,
                         gconstpointer data)
{
  control_initiate (self, "net", NULL, NULL, NULL);
  control_expect (self, "initiate net");
  vici_daemon_version_async (self->daemon, NULL, on_version, self);
  control_expect (self, "version 5.9.8");
  control_succeed (self, 0);
  control_expect (self, "net:ok");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_CONTROL_TEST ("/control/timeout-is-always-sent", timeout_is_always_sent);
  ADD_CONTROL_TEST ("/control/timeout-that-is-none-is-refused", timeout_that_is_none_is_refused);
  ADD_CONTROL_TEST ("/control/terminate-tells-how-many", terminate_tells_how_many);
  ADD_CONTROL_TEST ("/control/log-level-bounds-what-is-told", log_level_bounds_what_is_told);
  ADD_CONTROL_TEST ("/control/entries-are-typed", entries_are_typed);
  ADD_CONTROL_TEST ("/control/failure-is-there-before-the-end", failure_is_there_before_the_end);
  ADD_CONTROL_TEST ("/control/log-keeps-the-newest", log_keeps_the_newest);
  ADD_CONTROL_TEST ("/control/alerts-of-the-own-ike-sa-tell-the-reason",
                    alerts_of_the_own_ike_sa_tell_the_reason);
  ADD_CONTROL_TEST ("/control/daemon-without-alerts-is-asked-once",
                    daemon_without_alerts_is_asked_once);
  ADD_CONTROL_TEST ("/control/they-wait-in-order", they_wait_in_order);
  ADD_CONTROL_TEST ("/control/a-higher-limit-lets-more-begin", a_higher_limit_lets_more_begin);
  ADD_CONTROL_TEST ("/control/nothing-else-is-held-up", nothing_else_is_held_up);

  return g_test_run ();
}
