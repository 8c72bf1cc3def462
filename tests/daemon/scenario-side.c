/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "scenario-side.h"

#include <string.h>

/* -- Events -- */

static void
push_event (Side       *self,
            const char *signal,
            gboolean    up,
            ViciIkeSa  *sa,
            gpointer    old_sa,
            gpointer    new_sa,
            const char *of)
{
  Event *event = g_new0 (Event, 1);

  event->signal = signal;
  event->up = up;
  g_set_object (&event->sa, sa);
  g_set_object (&event->old_sa, old_sa);
  g_set_object (&event->new_sa, new_sa);
  event->of = g_strdup (of);
  g_queue_push_tail (&self->events, event);
}

void
event_free (Event *self)
{
  g_clear_object (&self->sa);
  g_clear_object (&self->old_sa);
  g_clear_object (&self->new_sa);
  g_free (self->of);
  g_free (self);
}

static void
on_ike_updown (ViciDaemon *daemon,
               gboolean    up,
               ViciIkeSa  *sa,
               Side       *self)
{
  push_event (self, "ike-updown", up, sa, NULL, NULL, vici_ike_sa_get_name (sa));
}

static void
on_child_updown (ViciDaemon  *daemon,
                 gboolean     up,
                 ViciIkeSa   *sa,
                 ViciChildSa *child,
                 Side        *self)
{
  push_event (self, "child-updown", up, sa, NULL, child, vici_child_sa_get_name (child));
}

static void
on_ike_rekey (ViciDaemon *daemon,
              ViciIkeSa  *old_sa,
              ViciIkeSa  *new_sa,
              Side       *self)
{
  push_event (self, "ike-rekey", FALSE, NULL, old_sa, new_sa, vici_ike_sa_get_name (new_sa));
}

static void
on_child_rekey (ViciDaemon  *daemon,
                ViciIkeSa   *sa,
                ViciChildSa *old_sa,
                ViciChildSa *new_sa,
                Side        *self)
{
  push_event (self, "child-rekey", FALSE, sa, old_sa, new_sa, vici_child_sa_get_name (new_sa));
}

static void
on_log (ViciDaemon   *daemon,
        ViciLogEntry *entry,
        Side         *self)
{
  Event *event;

  push_event (self, "log", FALSE, NULL, NULL, NULL, vici_log_entry_get_text (entry));
  event = g_queue_peek_tail (&self->events);
  event->ike_sa_id = vici_log_entry_get_ike_sa_id (entry);
}

/* @of may be NULL for any. */
static GList *
find_event (Side       *self,
            const char *signal,
            gboolean    up,
            const char *of,
            guint       ike_sa_id)
{
  for (GList *l = self->events.head; l; l = l->next)
    {
      const Event *event = l->data;

      if (g_str_equal (event->signal, signal) && event->up == up &&
          (of == NULL || g_strcmp0 (event->of, of) == 0) && event->ike_sa_id == ike_sa_id)
        return l;
    }

  return NULL;
}

static Event *
wait_event (Side       *self,
            const char *signal,
            gboolean    up,
            const char *of,
            guint       ike_sa_id)
{
  GList *link = NULL;
  Event *event;

  real_wait_until ((link = find_event (self, signal, up, of, ike_sa_id)) != NULL);
  event = link->data;
  g_queue_delete_link (&self->events, link);

  return event;
}

Event *
side_wait_updown (Side       *self,
                  const char *signal,
                  gboolean    up,
                  const char *of)
{
  return wait_event (self, signal, up, of, 0);
}

Event *
side_wait_rekey (Side       *self,
                 const char *signal)
{
  return wait_event (self, signal, FALSE, NULL, 0);
}

void
side_wait_logged (Side       *self,
                  guint       ike_sa_id,
                  const char *text)
{
  event_free (wait_event (self, "log", FALSE, text, ike_sa_id));
}

/* -- A side -- */

static const char *
get_variable (const char *name,
              char        end)
{
  g_autofree char *variable = g_strdup_printf ("VICI_TEST_%s_%c", name, end);

  return real_getenv (variable);
}

void
side_init (Side *self,
           char  end)
{
  static const char * const events[] = { "ike-updown", "ike-rekey", "child-updown",
                                         "child-rekey", "log", NULL };
  g_autofree char *uri = g_strdup_printf ("VICI_TEST_URI_%c", end);
  g_autoptr (ViciConnection) connection = real_open (uri);
  g_autoptr (GError) error = NULL;

  self->name = get_variable ("NAME", end);
  self->id = g_strdup_printf ("%s.example.org", self->name);
  self->addresses = g_new0 (char *, 1);
  side_add_address (self, get_variable ("ADDRESS", end));
  self->network = g_strdup_printf ("%s/32", get_variable ("INNER_ADDRESS", end));
  self->pid = (pid_t) g_ascii_strtoll (get_variable ("PID", end), NULL, 10);

  self->daemon = vici_daemon_new (connection);
  g_signal_connect (self->daemon, "ike-updown", G_CALLBACK (on_ike_updown), self);
  g_signal_connect (self->daemon, "ike-rekey", G_CALLBACK (on_ike_rekey), self);
  g_signal_connect (self->daemon, "child-updown", G_CALLBACK (on_child_updown), self);
  g_signal_connect (self->daemon, "child-rekey", G_CALLBACK (on_child_rekey), self);
  g_signal_connect (self->daemon, "log", G_CALLBACK (on_log), self);
  /* A handler alone has its event subscribed to as well, but nobody knows when. */
  vici_daemon_watch_sync (self->daemon, events, NULL, &error);
  g_assert_no_error (error);
}

void
side_add_address (Side       *self,
                  const char *address)
{
  guint n = g_strv_length (self->addresses);

  self->addresses = g_renew (char *, self->addresses, n + 2);
  self->addresses[n] = g_strdup (address);
  self->addresses[n + 1] = NULL;
}

void
side_clear (Side *self)
{
  g_free (self->id);
  g_strfreev (self->addresses);
  g_free (self->network);
  g_free (self->key);
  g_clear_object (&self->daemon);
  g_queue_clear_full (&self->events, (GDestroyNotify) event_free);
}

/* -- Configuration -- */

ViciAuthConfig *
auth_config (const char *auth,
             const char *id)
{
  ViciAuthConfig *config = vici_auth_config_new ();

  vici_auth_config_set_auth (config, auth);
  vici_auth_config_set_id (config, id);

  return config;
}

ViciConnConfig *
side_make_conn (Side           *self,
                const char     *name,
                Side           *peer,
                ViciAuthConfig *local,
                ViciAuthConfig *remote)
{
  static const char * const proposals[] = { "aes128-sha256-x25519", NULL };
  ViciConnConfig *conn = vici_conn_config_new (name);

  vici_conn_config_set_version (conn, VICI_IKE_VERSION_V2);
  vici_conn_config_set_mobike (conn, FALSE);
  vici_conn_config_set_proposals (conn, proposals);
  vici_conn_config_set_local_addrs (conn, (const char * const *) self->addresses);
  vici_conn_config_set_remote_addrs (conn, (const char * const *) peer->addresses);
  vici_conn_config_add_local (conn, local);
  vici_conn_config_add_remote (conn, remote);

  return conn;
}

void
side_load_conn (Side           *self,
                ViciConnConfig *conn)
{
  g_autoptr (GError) error = NULL;

  vici_daemon_load_conn_sync (self->daemon, conn, NULL, &error);
  g_assert_no_error (error);
}

static char *
get_psk_id (Side       *self,
            const char *name)
{
  return g_strdup_printf ("%s@%s", self->name, name);
}

ViciConnConfig *
side_make_psk_conn (Side       *self,
                    const char *name,
                    Side       *peer)
{
  g_autofree char *own = get_psk_id (self, name);
  g_autofree char *others = get_psk_id (peer, name);
  g_autoptr (ViciAuthConfig) local = auth_config ("psk", own);
  g_autoptr (ViciAuthConfig) remote = auth_config ("psk", others);

  return side_make_conn (self, name, peer, local, remote);
}

void
side_load_psk (Side       *self,
               const char *name,
               Side       *peer,
               const char *secret)
{
  g_autofree char *own = get_psk_id (self, name);
  g_autofree char *others = get_psk_id (peer, name);
  const char *owners[] = { own, others, NULL };
  g_autoptr (ViciLoadSharedOptions) options = vici_load_shared_options_new ();
  g_autoptr (GBytes) data = g_bytes_new (secret, strlen (secret));
  g_autoptr (GError) error = NULL;

  vici_load_shared_options_set_owners (options, owners);
  vici_daemon_load_shared_sync (self->daemon, name, VICI_SHARED_TYPE_IKE, data, options, NULL, &error);
  g_assert_no_error (error);
}

GBytes *
load_contents (const char *name,
               const char *suffix)
{
  g_autofree char *path = g_strdup_printf ("%s/%s%s", real_getenv ("VICI_TEST_PKI"), name, suffix);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  bytes = g_file_load_bytes (file, NULL, NULL, &error);
  g_assert_no_error (error);

  return bytes;
}

char *
side_load_key (Side       *self,
               const char *name)
{
  g_autoptr (GBytes) data = load_contents (name, ".key");
  g_autoptr (GError) error = NULL;
  char *id;

  id = vici_daemon_load_key_sync (self->daemon, VICI_KEY_TYPE_ANY, data, NULL, &error);
  g_assert_no_error (error);

  return id;
}

/* -- What is there -- */

gpointer
get_only_item (GListModel *list)
{
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);

  return g_list_model_get_item (list, 0);
}

gpointer
take_only_item (GListModel *list)
{
  g_autoptr (GListModel) owned = list;

  return get_only_item (owned);
}

GListModel *
side_list_sas (Side *self)
{
  g_autoptr (GError) error = NULL;
  GListModel *sas;

  sas = vici_daemon_list_sas_sync (self->daemon, NULL, NULL, &error);
  g_assert_no_error (error);

  return sas;
}

ViciIkeSa *
side_get_sa (Side *self)
{
  return take_only_item (side_list_sas (self));
}

/* Takes the list, whose items have that property, and leaves a name in it. */
static void
assert_only (GListModel *list,
             const char *property,
             const char *expected)
{
  g_autoptr (GListModel) owned G_GNUC_UNUSED = list;
  g_autoptr (GObject) item = g_list_model_get_item (list, 0);
  g_autofree char *found = NULL;

  if (item)
    g_object_get (item, property, &found, NULL);
  g_assert_cmpstr (found, ==, expected);
  g_assert_cmpuint (g_list_model_get_n_items (list), <=, 1);
}

void
side_assert_holds (Side       *self,
                   const char *sa,
                   const char *conn,
                   const char *key)
{
  const char *expected[] = { conn, NULL };
  g_auto (GStrv) conns = NULL;
  GListModel *keys, *secrets;
  g_autoptr (GError) error = NULL;

  assert_only (side_list_sas (self), "name", sa);

  conns = vici_daemon_get_conns_sync (self->daemon, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (conns, expected);

  keys = vici_daemon_get_keys_sync (self->daemon, NULL, &error);
  g_assert_no_error (error);
  assert_only (keys, "id", key);

  secrets = vici_daemon_get_shared_sync (self->daemon, NULL, &error);
  g_assert_no_error (error);
  assert_only (secrets, "id", NULL);
}

/* -- Control -- */

void
side_initiate (Side           *self,
               const char     *ike,
               const char     *child,
               ViciControlLog *log)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_daemon_initiate_async (self->daemon, ike, child, NULL, log, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  vici_daemon_initiate_finish (self->daemon, result, &error);
  g_assert_no_error (error);
}

ViciFailure
side_fail_to_initiate (Side       *self,
                       const char *ike)
{
  g_autoptr (ViciControlLog) log = vici_control_log_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_daemon_initiate_sync (self->daemon, ike, NULL, NULL, log, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);

  return vici_control_log_get_failure (log);
}

void
side_terminate (Side                 *self,
                ViciTerminateOptions *options,
                ViciControlLog       *log)
{
  g_autoptr (ViciTerminateOptions) owned G_GNUC_UNUSED = options;
  g_autoptr (GError) error = NULL;
  gint64 terminated;

  terminated = vici_daemon_terminate_sync (self->daemon, options, log, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (terminated, ==, 1);
}
