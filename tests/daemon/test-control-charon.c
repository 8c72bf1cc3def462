/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What waits for a peer, at real daemons: one that answers, and ones that nobody is. */

#include <signal.h>

#include "real.h"

/* As many as are begun at once, and for how long each, in milliseconds. */
#define N_INITIATIONS 60
#define SHORT_TIMEOUT 500

/* How many may end while the daemon answers something else: two rounds of them. */
#define MOST_ENDED_MEANWHILE 12

typedef struct
{
  ViciConnection *connection;
  ViciDaemon     *daemon;
} Side;

static void
side_init (Side       *self,
           const char *variable)
{
  self->connection = real_open (variable);
  self->daemon = vici_daemon_new (self->connection);
}

static void
side_clear (Side *self)
{
  g_clear_object (&self->daemon);
  g_clear_object (&self->connection);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

/* A connection to a peer, with two children. */
static void
load (Side       *self,
      const char *name,
      const char *local,
      const char *remote,
      const char *local_inner,
      const char *remote_inner)
{
  const char *child_names[] = { "net", "other" };
  g_autoptr (ViciConnConfig) conn = vici_conn_config_new (name);
  g_autoptr (ViciAuthConfig) own = vici_auth_config_new ();
  g_autoptr (ViciAuthConfig) peer = vici_auth_config_new ();
  g_autoptr (GBytes) secret = g_bytes_new_static ("a real secret", 13);
  g_autoptr (GError) error = NULL;

  vici_conn_config_set_version (conn, VICI_IKE_VERSION_V2);
  vici_conn_config_set_local_addrs (conn, (const char *[]) { local, NULL });
  vici_conn_config_set_remote_addrs (conn, (const char *[]) { remote, NULL });
  vici_auth_config_set_auth (own, "psk");
  vici_auth_config_set_id (own, local);
  vici_conn_config_add_local (conn, own);
  vici_auth_config_set_auth (peer, "psk");
  vici_auth_config_set_id (peer, remote);
  vici_conn_config_add_remote (conn, peer);
  for (guint i = 0; i < G_N_ELEMENTS (child_names); i++)
    {
      g_autoptr (ViciChildConfig) child = vici_child_config_new (child_names[i]);
      g_autofree char *local_ts = g_strdup_printf ("%s[tcp/%u]", local_inner, 7 + i);
      g_autofree char *remote_ts = g_strdup_printf ("%s[tcp/%u]", remote_inner, 7 + i);

      vici_child_config_set_local_ts (child, (const char *[]) { local_ts, NULL });
      vici_child_config_set_remote_ts (child, (const char *[]) { remote_ts, NULL });
      vici_child_config_set_esp_proposals (child, (const char *[]) { "aes128-sha256", NULL });
      vici_conn_config_add_child (conn, child);
    }

  vici_daemon_load_conn_sync (self->daemon, conn, NULL, &error);
  g_assert_no_error (error);
  vici_daemon_load_shared_sync (self->daemon, "secret", VICI_SHARED_TYPE_IKE, secret, NULL, NULL,
                                &error);
  g_assert_no_error (error);
}

static void
load_tunnel (Side *a,
             Side *b)
{
  const char *addresses[] = { real_getenv ("VICI_TEST_ADDRESS_A"),
                              real_getenv ("VICI_TEST_ADDRESS_B") };
  const char *inner[] = { real_getenv ("VICI_TEST_INNER_ADDRESS_A"),
                          real_getenv ("VICI_TEST_INNER_ADDRESS_B") };

  load (a, "tunnel", addresses[0], addresses[1], inner[0], inner[1]);
  load (b, "tunnel", addresses[1], addresses[0], inner[1], inner[0]);
}

/* To a peer that nobody is. */
static void
load_nobody (Side       *self,
             const char *name,
             guint       number)
{
  g_autofree char *remote = g_strdup_printf ("192.0.2.%u", 100 + number);

  load (self, name, real_getenv ("VICI_TEST_ADDRESS_A"), remote, "10.1.0.1", "10.2.0.1");
}

/* The IKE_SAs, or the CHILD_SAs of the first one. */
static GListModel *
list (Side *self)
{
  g_autoptr (GError) error = NULL;
  GListModel *sas = vici_daemon_list_sas_sync (self->daemon, NULL, NULL, &error);

  g_assert_no_error (error);

  return sas;
}

static guint
count_ike_sas (Side *self)
{
  g_autoptr (GListModel) sas = list (self);

  return g_list_model_get_n_items (sas);
}

static guint
count_child_sas (Side *self)
{
  g_autoptr (GListModel) sas = list (self);
  g_autoptr (ViciIkeSa) sa = g_list_model_get_item (sas, 0);

  g_assert_nonnull (sa);

  return g_list_model_get_n_items (vici_ike_sa_get_child_sas (sa));
}

static void
initiate (Side           *self,
          const char     *ike,
          const char     *child,
          ViciControlLog *log,
          GCancellable   *cancellable,
          GError        **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vici_daemon_initiate_async (self->daemon, ike, child, NULL, log, cancellable, real_take_result,
                              &result);
  real_wait_until (result != NULL);
  vici_daemon_initiate_finish (self->daemon, result, error);
}

static void
terminate (Side *self,
           guint ike_sa_id)
{
  g_autoptr (ViciTerminateOptions) options = vici_terminate_options_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gint64 count;

  vici_terminate_options_set_ike_id (options, ike_sa_id);
  vici_daemon_terminate_async (self->daemon, options, NULL, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  count = vici_daemon_terminate_finish (self->daemon, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count, ==, 1);
}

static void
goes_up_and_down (void)
{
  g_auto (Side) a = { 0 };
  g_auto (Side) b = { 0 };
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GListModel) sas = NULL;
  g_autoptr (ViciIkeSa) sa = NULL;
  g_autoptr (ViciChildSa) child = NULL;
  g_autoptr (GError) error = NULL;

  side_init (&a, "VICI_TEST_URI_A");
  side_init (&b, "VICI_TEST_URI_B");
  load_tunnel (&a, &b);

  initiate (&a, "tunnel", "net", log, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vici_control_log_get_failure (log), ==, VICI_FAILURE_NONE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), >, 0);

  sas = list (&a);
  g_assert_cmpuint (g_list_model_get_n_items (sas), ==, 1);
  sa = g_list_model_get_item (sas, 0);
  g_assert_cmpuint (vici_ike_sa_get_unique_id (sa), ==, vici_control_log_get_ike_sa_id (log));
  child = g_list_model_get_item (vici_ike_sa_get_child_sas (sa), 0);
  g_assert_cmpuint (vici_child_sa_get_unique_id (child), ==,
                    vici_control_log_get_child_sa_id (log));

  terminate (&a, vici_ike_sa_get_unique_id (sa));
  g_assert_cmpuint (count_ike_sas (&a), ==, 0);
}

/* -- Cancelling -- */

static void
cancel_at_entry (ViciControlLog *log,
                 ViciLogEntry   *entry,
                 GCancellable   *cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
cancelled_leaves_nothing (gboolean synchronous,
                          gboolean at_once)
{
  g_auto (Side) a = { 0 };
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  side_init (&a, "VICI_TEST_URI_A");
  load_nobody (&a, "nobody", 0);

  if (!at_once)
    g_signal_connect (log, "entry", G_CALLBACK (cancel_at_entry), cancellable);

  if (synchronous)
    {
      vici_daemon_initiate_sync (a.daemon, "nobody", "net", NULL, log, cancellable, &error);
    }
  else
    {
      vici_daemon_initiate_async (a.daemon, "nobody", "net", NULL, log, cancellable,
                                  real_take_result, &result);
      /* As soon as the daemon has it. */
      real_wait_until (!at_once || count_ike_sas (&a) > 0);
      if (at_once)
        g_cancellable_cancel (cancellable);
      real_wait_until (result != NULL);
      vici_daemon_initiate_finish (a.daemon, result, &error);
    }

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_ike_sas (&a), ==, 0);
}

static void
cancelled_at_once_leaves_nothing (void)
{
  cancelled_leaves_nothing (FALSE, TRUE);
}

static void
cancelled_at_a_line_leaves_nothing (void)
{
  cancelled_leaves_nothing (FALSE, FALSE);
}

static void
cancelled_synchronously_leaves_nothing (void)
{
  cancelled_leaves_nothing (TRUE, FALSE);
}

static void
count_updown (guint   *n_updowns,
              gboolean up)
{
  n_updowns[up ? 1 : 0]++;
}

/* A CHILD_SA on an IKE_SA that stays. Its peer is asleep while it is cancelled, and
 * nothing can be taken down before it has woken up. */
static void
cancelled_child_leaves_the_rest (void)
{
  g_auto (Side) a = { 0 };
  g_auto (Side) b = { 0 };
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (ViciControlLog) other_log = vici_control_log_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) cancelled = NULL;
  pid_t pid = atoi (real_getenv ("VICI_TEST_PID_B"));
  guint n_updowns[2] = { 0, 0 };

  side_init (&a, "VICI_TEST_URI_A");
  side_init (&b, "VICI_TEST_URI_B");
  load_tunnel (&a, &b);
  g_signal_connect_swapped (b.daemon, "child-updown", G_CALLBACK (count_updown), n_updowns);
  initiate (&a, "tunnel", "net", log, NULL, &error);
  g_assert_no_error (error);
  real_wait_until (n_updowns[1] == 1);

  g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  g_signal_connect (other_log, "entry", G_CALLBACK (cancel_at_entry), cancellable);
  initiate (&a, "tunnel", "other", other_log, cancellable, &cancelled);
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (kill (pid, SIGCONT), ==, 0);
  g_assert_cmpuint (vici_control_log_get_ike_sa_id (other_log), ==,
                    vici_control_log_get_ike_sa_id (log));

  /* It comes at the peer, and goes there too. */
  real_wait_until (n_updowns[1] == 2);
  real_wait_until (n_updowns[0] == 1);
  g_assert_cmpuint (count_child_sas (&b), ==, 1);
  g_assert_cmpuint (count_child_sas (&a), ==, 1);

  terminate (&a, vici_control_log_get_ike_sa_id (log));
}

/* -- Many at once -- */

typedef struct
{
  Side   side;
  guint  ended;                 /* initiations */
  gint64 asked;                 /* when the version was */
  guint  ended_when_asked;
  guint  answers;
  guint  answers_before_any_end;
  gint64 longest;
} Crowd;

typedef struct
{
  Crowd          *crowd;
  ViciControlLog *log;
} Member;

static void
on_member_ended (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  Member *self = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_daemon_initiate_finish (VICI_DAEMON (source), result, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
  g_assert_cmpint (vici_control_log_get_failure (self->log), >, VICI_FAILURE_UNKNOWN);
  self->crowd->ended++;
}

static void ask_version (Crowd *self);

static void
on_version (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Crowd *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciVersionInfo) version =
    vici_daemon_version_finish (VICI_DAEMON (source), result, &error);

  g_assert_no_error (error);
  g_assert_nonnull (version);
  self->longest = MAX (self->longest, g_get_monotonic_time () - self->asked);
  self->answers++;
  if (self->ended == 0)
    self->answers_before_any_end++;

  /* The daemon has not put it off until others were out of time. */
  g_assert_cmpuint (self->ended - self->ended_when_asked, <=, MOST_ENDED_MEANWHILE);

  if (self->ended < N_INITIATIONS)
    ask_version (self);
  else
    self->asked = 0;
}

static void
ask_version (Crowd *self)
{
  self->asked = g_get_monotonic_time ();
  self->ended_when_asked = self->ended;
  vici_daemon_version_async (self->side.daemon, NULL, on_version, self);
}

static void
force_down (Side       *self,
            const char *ike)
{
  g_autoptr (ViciTerminateOptions) options = vici_terminate_options_new ();
  g_autoptr (GError) error = NULL;

  vici_terminate_options_set_ike (options, ike);
  vici_terminate_options_set_force (options, TRUE);
  vici_terminate_options_set_timeout (options, -1);
  vici_daemon_terminate_sync (self->daemon, options, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
many_at_once_leave_the_daemon_awake (void)
{
  Crowd crowd = { 0 };
  Member members[N_INITIATIONS];
  g_autoptr (ViciInitiateOptions) options = vici_initiate_options_new ();

  side_init (&crowd.side, "VICI_TEST_URI_A");
  vici_initiate_options_set_timeout (options, SHORT_TIMEOUT);

  for (guint i = 0; i < N_INITIATIONS; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%u", i);

      load_nobody (&crowd.side, name, i);
    }

  for (guint i = 0; i < N_INITIATIONS; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%u", i);

      members[i] = (Member) { &crowd, vici_control_log_new () };
      vici_daemon_initiate_async (crowd.side.daemon, name, "net", options, members[i].log, NULL,
                                  on_member_ended, &members[i]);
    }

  ask_version (&crowd);
  real_wait_until (crowd.ended == N_INITIATIONS && crowd.asked == 0);

  g_assert_cmpuint (crowd.answers_before_any_end, >, 0);
  g_test_message ("%u times the version, the longest in %.1f ms", crowd.answers,
                  (double) crowd.longest / 1000);

  /* They are tried on. In a crowd charon 5.9 loses lines of the log, and now and then
   * all of one: then the id is not known. */
  for (guint i = 0; i < N_INITIATIONS; i++)
    {
      g_autofree char *name = g_strdup_printf ("nobody-%u", i);

      force_down (&crowd.side, name);
      g_object_unref (members[i].log);
    }
  g_assert_cmpuint (count_ike_sas (&crowd.side), ==, 0);
  side_clear (&crowd.side);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/control/charon/goes-up-and-down", goes_up_and_down);
  g_test_add_func ("/control/charon/cancelled-at-once-leaves-nothing",
                   cancelled_at_once_leaves_nothing);
  g_test_add_func ("/control/charon/cancelled-at-a-line-leaves-nothing",
                   cancelled_at_a_line_leaves_nothing);
  g_test_add_func ("/control/charon/cancelled-synchronously-leaves-nothing",
                   cancelled_synchronously_leaves_nothing);
  g_test_add_func ("/control/charon/cancelled-child-leaves-the-rest",
                   cancelled_child_leaves_the_rest);
  g_test_add_func ("/control/charon/many-at-once-leave-the-daemon-awake",
                   many_at_once_leave_the_daemon_awake);

  return g_test_run ();
}
