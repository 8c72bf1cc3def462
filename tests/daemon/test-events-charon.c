/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The signals of two daemons, from the beginning of a tunnel between them to its end. */

#include <stdio.h>
#include <string.h>

#include "real.h"

typedef struct
{
  ViciConnection *control;      /* of its own: an initiate blocks it */
  ViciDaemon     *daemon;

  /* What came, a letter each: upper case for "up" or a change, lower case for "down".
   * I and C are IKE_SA and CHILD_SA, R and K their rekeyings. */
  GString        *seen;

  ViciIkeSa      *ike_sa;       /* the latest */
  ViciChildSa    *child_sa;
  GString        *log;          /* texts, a line each */
} Side;

static void
on_ike_updown (ViciDaemon *daemon,
               gboolean    up,
               ViciIkeSa  *ike_sa,
               Side       *side)
{
  g_assert_cmpstr (vici_ike_sa_get_name (ike_sa), ==, "tunnel");
  if (!up)
    g_assert_cmpuint (vici_ike_sa_get_unique_id (ike_sa), ==,
                      vici_ike_sa_get_unique_id (side->ike_sa));

  g_string_append_c (side->seen, up ? 'I' : 'i');
  g_set_object (&side->ike_sa, ike_sa);
}

static void
on_child_updown (ViciDaemon  *daemon,
                 gboolean     up,
                 ViciIkeSa   *ike_sa,
                 ViciChildSa *child_sa,
                 Side        *side)
{
  g_assert_cmpuint (vici_ike_sa_get_unique_id (ike_sa), ==,
                    vici_ike_sa_get_unique_id (side->ike_sa));
  g_assert_cmpuint (g_list_model_get_n_items (vici_ike_sa_get_child_sas (ike_sa)), ==, 1);
  g_assert_cmpstr (vici_child_sa_get_name (child_sa), ==, "net");
  if (!up)
    g_assert_cmpuint (vici_child_sa_get_unique_id (child_sa), ==,
                      vici_child_sa_get_unique_id (side->child_sa));

  g_string_append_c (side->seen, up ? 'C' : 'c');
  g_set_object (&side->child_sa, child_sa);
}

static void
on_ike_rekey (ViciDaemon *daemon,
              ViciIkeSa  *old_sa,
              ViciIkeSa  *new_sa,
              Side       *side)
{
  g_assert_cmpstr (vici_ike_sa_get_name (new_sa), ==, "tunnel");
  g_assert_cmpuint (vici_ike_sa_get_unique_id (old_sa), ==,
                    vici_ike_sa_get_unique_id (side->ike_sa));
  g_assert_cmpuint (vici_ike_sa_get_unique_id (new_sa), !=,
                    vici_ike_sa_get_unique_id (old_sa));

  g_string_append_c (side->seen, 'R');
  g_set_object (&side->ike_sa, new_sa);
}

static void
on_child_rekey (ViciDaemon  *daemon,
                ViciIkeSa   *ike_sa,
                ViciChildSa *old_sa,
                ViciChildSa *new_sa,
                Side        *side)
{
  g_assert_cmpuint (vici_ike_sa_get_unique_id (ike_sa), ==,
                    vici_ike_sa_get_unique_id (side->ike_sa));
  g_assert_cmpuint (vici_child_sa_get_unique_id (old_sa), ==,
                    vici_child_sa_get_unique_id (side->child_sa));
  g_assert_cmpstr (vici_child_sa_get_name (new_sa), ==, "net");
  g_assert_cmpuint (vici_child_sa_get_spi_in (new_sa), !=, vici_child_sa_get_spi_in (old_sa));

  g_string_append_c (side->seen, 'K');
  g_set_object (&side->child_sa, new_sa);
}

static void
on_log (ViciDaemon   *daemon,
        ViciLogEntry *entry,
        Side         *side)
{
  g_assert_cmpint (vici_log_entry_get_group (entry), !=, VICI_LOG_GROUP_UNKNOWN);
  g_assert_cmpuint (vici_log_entry_get_thread (entry), >, 0);
  g_string_append_printf (side->log, "%s: %s\n", vici_log_entry_get_ike_sa_name (entry),
                          vici_log_entry_get_text (entry));
}

static void
watch (ViciDaemon *daemon)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_daemon_watch_async (daemon, NULL, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  vici_daemon_watch_finish (daemon, result, &error);
  g_assert_no_error (error);
}

static void
side_open (Side       *side,
           const char *variable)
{
  g_autoptr (ViciConnection) connection = real_open (variable);

  side->control = real_open (variable);
  side->daemon = vici_daemon_new (connection);
  side->seen = g_string_new (NULL);
  side->log = g_string_new (NULL);

  g_signal_connect (side->daemon, "ike-updown", G_CALLBACK (on_ike_updown), side);
  g_signal_connect (side->daemon, "child-updown", G_CALLBACK (on_child_updown), side);
  g_signal_connect (side->daemon, "ike-rekey", G_CALLBACK (on_ike_rekey), side);
  g_signal_connect (side->daemon, "child-rekey", G_CALLBACK (on_child_rekey), side);
  g_signal_connect (side->daemon, "log", G_CALLBACK (on_log), side);

  /* So that none is missed of what is called over the other connection. */
  watch (side->daemon);
}

static void
side_clear (Side *side)
{
  g_clear_object (&side->control);
  g_clear_object (&side->daemon);
  g_clear_object (&side->ike_sa);
  g_clear_object (&side->child_sa);
  g_string_free (side->seen, TRUE);
  g_string_free (side->log, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

/* Waits until both sides have seen that, in any order, and forgets it. */
static gboolean
has_seen (const Side *side,
          const char *letters)
{
  for (; *letters != '\0'; letters++)
    if (strchr (side->seen->str, *letters) == NULL)
      return FALSE;

  return TRUE;
}

static void
wait_for (Side       *a,
          Side       *b,
          const char *letters)
{
  real_wait_until (has_seen (a, letters) && has_seen (b, letters));
  g_string_truncate (a->seen, 0);
  g_string_truncate (b->seen, 0);
}

static void
call (ViciConnection *connection,
      const char     *command,
      const char     *text)
{
  g_autoptr (ViciMessage) reply G_GNUC_UNUSED = real_call (connection, command, real_message (text));
}

static void
test_up (Side *a,
         Side *b)
{
  call (a->control, "initiate", "{'ike': <'tunnel'>, 'child': <'net'>}");
  wait_for (a, b, "IC");

  g_assert_cmpint (vici_ike_sa_get_state (a->ike_sa), ==, VICI_IKE_SA_STATE_ESTABLISHED);
  g_assert_true (vici_ike_sa_get_initiator (a->ike_sa));
  g_assert_false (vici_ike_sa_get_initiator (b->ike_sa));
  g_assert_cmpuint (vici_ike_sa_get_initiator_spi (a->ike_sa), ==,
                    vici_ike_sa_get_initiator_spi (b->ike_sa));
  g_assert_cmpuint (vici_child_sa_get_spi_in (a->child_sa), ==,
                    vici_child_sa_get_spi_out (b->child_sa));
}

static void
load (ViciConnection *a,
      ViciConnection *b)
{
  const char *address_a = real_getenv ("VICI_TEST_ADDRESS_A");
  const char *address_b = real_getenv ("VICI_TEST_ADDRESS_B");
  g_autofree char *inner_a = g_strdup_printf ("%s/32", real_getenv ("VICI_TEST_INNER_ADDRESS_A"));
  g_autofree char *inner_b = g_strdup_printf ("%s/32", real_getenv ("VICI_TEST_INNER_ADDRESS_B"));

  real_load_conn (a, "tunnel", address_a, address_b, inner_a, inner_b);
  real_load_conn (b, "tunnel", address_b, address_a, inner_b, inner_a);
}

static void
test_tunnel (void)
{
  g_auto (Side) a = { 0 };
  g_auto (Side) b = { 0 };
  g_autofree char *terminate = NULL;

  side_open (&a, "VICI_TEST_URI_A");
  side_open (&b, "VICI_TEST_URI_B");
  load (a.control, b.control);

  test_up (&a, &b);
  real_wait_until (strstr (a.log->str, "tunnel: IKE_SA tunnel[1] established") != NULL);
  g_assert_nonnull (strstr (a.log->str, "(null): added vici connection: tunnel"));

  call (a.control, "rekey", "{'child': <'net'>}");
  wait_for (&a, &b, "K");
  call (b.control, "rekey", "{'ike': <'tunnel'>}");
  wait_for (&a, &b, "R");

  /* By number: the one that was replaced may still have the name. */
  terminate = g_strdup_printf ("{'ike-id': <'%u'>}", vici_ike_sa_get_unique_id (a.ike_sa));
  call (a.control, "terminate", terminate);
  wait_for (&a, &b, "ic");
}

/* -- Another address -- */

/* The address of the interface, in the daemon's namespace. */
static void
change_address (const char *action,
                const char *address)
{
  g_autofree char *net = g_strconcat ("--net=", real_getenv ("VICI_TEST_NETNS_A"), NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, "nsenter", net,
                              "ip", "address", action, address, "dev", "veth0", NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static void
on_ike_update (ViciDaemon    *daemon,
               ViciIkeUpdate *update,
               gpointer       user_data)
{
  ViciIkeUpdate **slot = user_data;

  g_set_object (slot, update);
}

/* From one local address to another, which is what MOBIKE is for. */
static void
test_address (void)
{
  const char *before = real_getenv ("VICI_TEST_ADDRESS_A");
  g_autofree char *old = g_strconcat (before, "/24", NULL);
  g_autofree char *after = g_strdup_printf ("%.*s7", (int) (strrchr (before, '.') - before + 1), before);
  g_autofree char *new = g_strconcat (after, "/25", NULL);
  g_autoptr (ViciConnection) a = real_open ("VICI_TEST_URI_A");
  g_autoptr (ViciConnection) b = real_open ("VICI_TEST_URI_B");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (a);
  g_autoptr (ViciIkeUpdate) update = NULL;
  ViciIkeSa *ike_sa;

  load (a, b);
  call (a, "initiate", "{'ike': <'tunnel'>, 'child': <'net'>}");
  g_signal_connect (daemon, "ike-update", G_CALLBACK (on_ike_update), &update);
  watch (daemon);

  change_address ("add", new);
  change_address ("del", old);
  real_wait_until (update != NULL);

  g_assert_cmpstr (vici_ike_update_get_local_host (update), ==, after);
  g_assert_cmpuint (vici_ike_update_get_local_port (update), ==, 4500);
  g_assert_cmpstr (vici_ike_update_get_remote_host (update), ==,
                   real_getenv ("VICI_TEST_ADDRESS_B"));

  ike_sa = vici_ike_update_get_ike_sa (update);
  g_assert_cmpstr (vici_ike_sa_get_name (ike_sa), ==, "tunnel");
  g_assert_cmpstr (vici_ike_sa_get_local_host (ike_sa), ==, before);
}

/* -- What the daemon does not have -- */

static gboolean
has_alerts (ViciConnection *connection)
{
  g_autoptr (ViciMessage) reply = real_call (connection, "version", NULL);
  g_autofree char *version = vici_message_lookup_string (reply, "version");
  int major = 0, minor = 0, micro = 0;

  sscanf (version, "%d.%d.%d", &major, &minor, &micro);

  return major > 6 || (major == 6 && (minor > 0 || micro >= 3));
}

/* Named, it has to be there; otherwise it does without. */
static void
test_watch (void)
{
  static const char * const alert[] = { "ike-updown", "alert", NULL };
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI_A");
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (GError) error = NULL;

  g_assert_true (vici_daemon_watch_sync (daemon, NULL, NULL, &error));
  g_assert_no_error (error);

  vici_daemon_watch_sync (daemon, alert, NULL, &error);
  if (has_alerts (connection))
    g_assert_no_error (error);
  else
    g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events-charon/watched-as-far-as-there-are", test_watch);
  g_test_add_func ("/events-charon/tunnel-from-up-to-down", test_tunnel);
  g_test_add_func ("/events-charon/address-changed", test_address);

  return g_test_run ();
}
