/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>

#include <vici-glib/vici-glib.h>

/* A scope against a server in the same process, which writes down what it is told. */

#define KEY_ID "00112233445566778899aabbccddeeff00112233"

typedef struct
{
  char           *directory;
  ViciServer     *server;
  ViciConnection *connection;
  ViciDaemon     *daemon;
  GString        *log;          /* "command name" of each, on lines */
  guint           refuses;      /* so many of the next ones */
  const char     *key_id;       /* of all keys; NULL: the daemon does not tell it */
  ViciInvocation *held;         /* the next one is kept here, if that is asked for */
  gboolean        holds;
} Test;

/* -- The server -- */

static char *
describe (ViciInvocation *invocation)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_autofree char *id = vici_message_lookup_string (request, "id");
  g_autofree char *name = vici_message_lookup_string (request, "name");
  g_auto (GStrv) names = vici_message_get_names (request);
  const char *what = names[0];

  if (id != NULL || name != NULL)
    what = id ? id : name;

  return g_strdup_printf ("%s %s\n", vici_invocation_get_command (invocation), what);
}

static void
answer (Test           *self,
        ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) reply = NULL;

  vici_builder_add_boolean (builder, "success", TRUE);
  if (self->key_id != NULL)
    vici_builder_add_string (builder, "id", self->key_id);
  reply = vici_builder_end (builder, NULL);
  vici_invocation_return_message (invocation, reply);
}

static gboolean
on_command (ViciServer     *server,
            ViciInvocation *invocation,
            gpointer        user_data)
{
  Test *self = user_data;
  g_autofree char *line = describe (invocation);

  g_string_append (self->log, line);
  if (self->holds)
    self->held = g_object_ref (invocation);
  else if (self->refuses > 0)
    {
      self->refuses--;
      vici_invocation_return_failure (invocation, "not found");
    }
  else
    answer (self, invocation);
  self->holds = FALSE;

  return TRUE;
}

static void
assert_told (Test       *self,
             const char *lines)
{
  g_assert_cmpstr (self->log->str, ==, lines);
  g_string_truncate (self->log, 0);
}

/* -- Set-up -- */

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  vici_connection_open_finish (VICI_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* @data: a command that the server does not have. */
static void
set_up (Test         *self,
        gconstpointer data)
{
  const char * const commands[] = { "load-shared", "load-key", "load-authority", "unload-shared",
                                    "unload-key", "unload-authority", NULL };
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;
  gboolean opened = FALSE;

  self->directory = g_dir_make_tmp ("vici-scope-XXXXXX", &error);
  g_assert_no_error (error);
  self->log = g_string_new (NULL);
  self->key_id = KEY_ID;
  self->server = vici_server_new ();
  for (gsize i = 0; commands[i] != NULL; i++)
    {
      if (g_strcmp0 (commands[i], data) != 0)
        vici_server_add_command (self->server, commands[i]);
    }
  g_signal_connect (self->server, "command", G_CALLBACK (on_command), self);

  uri = g_strdup_printf ("unix://%s/socket", self->directory);
  vici_server_listen (self->server, uri, &error);
  g_assert_no_error (error);

  self->connection = vici_connection_new (uri);
  self->daemon = vici_daemon_new (self->connection);
  vici_connection_open_async (self->connection, NULL, on_opened, &opened);
  while (!opened)
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Test         *self,
           gconstpointer data)
{
  g_clear_object (&self->held);
  g_clear_object (&self->daemon);
  g_clear_object (&self->connection);
  vici_server_stop (self->server);
  g_clear_object (&self->server);
  g_string_free (self->log, TRUE);
  g_rmdir (self->directory);
  g_free (self->directory);
}

/* -- What the tests do -- */

static void
take_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static void
begin_load_shared (ViciCredentialScope *scope,
                   const char          *id,
                   GAsyncResult       **result)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("secret", 6);

  vici_credential_scope_load_shared_async (scope, id, VICI_SHARED_TYPE_IKE, data, NULL, NULL,
                                           take_result, result);
}

static gboolean
load_shared (ViciCredentialScope *scope,
             const char          *id,
             GError             **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  begin_load_shared (scope, id, &result);

  return vici_credential_scope_load_shared_finish (scope, wait_for (&result), error);
}

static void
begin_load_key (ViciCredentialScope *scope,
                GAsyncResult       **result)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("key", 3);

  vici_credential_scope_load_key_async (scope, VICI_KEY_TYPE_ANY, data, NULL, take_result, result);
}

static char *
end_load_key (ViciCredentialScope *scope,
              GAsyncResult       **result)
{
  g_autoptr (GError) error = NULL;
  char *id = vici_credential_scope_load_key_finish (scope, wait_for (result), &error);

  g_assert_no_error (error);

  return id;
}

static void
load_key (ViciCredentialScope *scope)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = NULL;

  begin_load_key (scope, &result);
  id = end_load_key (scope, &result);
  g_assert_cmpstr (id, ==, KEY_ID);
}

static void
load_authority (ViciCredentialScope *scope,
                const char          *name)
{
  g_autoptr (ViciAuthorityConfig) authority = vici_authority_config_new (name);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_authority_config_set_file (authority, "/etc/ssl/ca.pem");
  vici_settings_set_extra (VICI_SETTINGS (authority), "more", g_variant_new_string ("x"));
  vici_credential_scope_load_authority_async (scope, authority, NULL, take_result, &result);
  vici_credential_scope_load_authority_finish (scope, wait_for (&result), &error);
  g_assert_no_error (error);
}

static gboolean
unload (ViciCredentialScope *scope,
        GError             **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vici_credential_scope_unload_async (scope, NULL, take_result, &result);

  return vici_credential_scope_unload_finish (scope, wait_for (&result), error);
}

static void
assert_unloads (ViciCredentialScope *scope)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (unload (scope, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 0);
}

static void
test_exactly (Test         *self,
              gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");

  g_assert_true (load_shared (scope, "home", NULL));
  g_assert_true (load_shared (scope, "home", NULL));
  load_key (scope);
  load_authority (scope, "ca");
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 3);
  assert_told (self, "load-shared p-home\n"
                     "load-shared p-home\n"
                     "load-key type\n"
                     "load-authority p-ca\n");
}

static void
test_reverse (Test         *self,
              gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");

  load_shared (scope, "a", NULL);
  load_key (scope);
  load_authority (scope, "ca");
  g_string_truncate (self->log, 0);

  assert_unloads (scope);
  assert_told (self, "unload-authority p-ca\nunload-key " KEY_ID "\nunload-shared p-a\n");

  assert_unloads (scope);
  assert_told (self, "");
}

static void
test_refused (Test         *self,
              gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");
  g_autoptr (GError) error = NULL;

  self->refuses = 1;
  g_assert_false (load_shared (scope, "a", &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 0);
}

/* What was there before a refusal is there after it. */
static void
test_refused_again (Test         *self,
                    gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");

  load_shared (scope, "a", NULL);
  self->refuses = 1;
  g_assert_false (load_shared (scope, "a", NULL));
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 1);
}

static void
test_cancelled (Test         *self,
                gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) secret = g_bytes_new_static ("secret", 6);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->holds = TRUE;
  vici_credential_scope_load_shared_async (scope, "a", VICI_SHARED_TYPE_IKE, secret, NULL,
                                           cancellable, take_result, &result);
  while (self->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);

  g_assert_false (vici_credential_scope_load_shared_finish (scope, wait_for (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  answer (self, self->held);
  g_string_truncate (self->log, 0);
  assert_unloads (scope);
  assert_told (self, "unload-shared p-a\n");
}

static void
test_shared_key (Test         *self,
                 gconstpointer data)
{
  g_autoptr (ViciCredentialScope) one = vici_credential_scope_new (self->daemon, "1-");
  g_autoptr (ViciCredentialScope) other = vici_credential_scope_new (self->daemon, "2-");

  load_key (one);
  load_key (other);
  g_string_truncate (self->log, 0);

  assert_unloads (one);
  assert_told (self, "");
  assert_unloads (other);
  assert_told (self, "unload-key " KEY_ID "\n");
}

static void
test_dropped (Test         *self,
              gconstpointer data)
{
  ViciCredentialScope *scope = vici_credential_scope_new (self->daemon, "p-");

  load_shared (scope, "a", NULL);
  load_shared (scope, "b", NULL);
  g_string_truncate (self->log, 0);

  g_object_add_weak_pointer (G_OBJECT (scope), (gpointer *) &scope);
  g_object_unref (scope);
  g_assert_null (scope);

  while (strstr (self->log->str, "p-a") == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_told (self, "unload-shared p-b\nunload-shared p-a\n");
}

static void
test_gone (Test         *self,
           gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");

  load_authority (scope, "ca");
  self->refuses = 1;
  assert_unloads (scope);
}

static void
test_error (Test         *self,
            gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");
  g_autoptr (GError) error = NULL;

  load_shared (scope, "a", NULL);
  vici_connection_close_sync (self->connection, NULL, NULL);

  g_assert_false (unload (scope, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 1);
}

/* A daemon of long ago does not tell the id. */
static void
test_odd_id (Test         *self,
             gconstpointer data)
{
  const char * const ids[] = { NULL, "not hex", "abc", "" };
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autofree char *id = NULL;

      self->key_id = ids[i];
      load_shared (scope, "a", NULL);
      begin_load_key (scope, &result);
      id = end_load_key (scope, &result);
      g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 1);
      g_string_truncate (self->log, 0);

      assert_unloads (scope);
      assert_told (self, "unload-shared p-a\n");
    }
}

static void
test_goes_on (Test         *self,
              gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");

  load_shared (scope, "a", NULL);
  load_key (scope);
  load_authority (scope, "ca");
  g_string_truncate (self->log, 0);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (unload (scope, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND);
      g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 1);
    }
  assert_told (self, "unload-authority p-ca\nunload-shared p-a\n");
}

/* The connection of another thread, whose calls wait for the server in this one. */
static gpointer
goes_on_synchronously (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (ViciConnection) connection = vici_connection_new (data);
  g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (daemon, "p-");
  g_autoptr (ViciAuthorityConfig) authority = vici_authority_config_new ("");
  g_autoptr (GBytes) secret = g_bytes_new_static ("secret", 6);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  g_main_context_push_thread_default (context);
  g_assert_true (vici_connection_open_sync (connection, NULL, NULL));
  g_assert_true (vici_credential_scope_load_shared_sync (scope, "a", VICI_SHARED_TYPE_IKE, secret,
                                                         NULL, NULL, NULL));
  id = vici_credential_scope_load_key_sync (scope, VICI_KEY_TYPE_ANY, secret, NULL, NULL);
  g_assert_nonnull (id);
  g_assert_false (vici_credential_scope_load_authority_sync (scope, authority, NULL, NULL));

  g_assert_false (vici_credential_scope_unload_sync (scope, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND);
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 1);
  vici_connection_close_sync (connection, NULL, NULL);
  g_clear_object (&scope);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_pop_thread_default (context);
  g_main_context_wakeup (NULL);

  return GINT_TO_POINTER (TRUE);
}

static void
test_goes_on_sync (Test         *self,
                   gconstpointer data)
{
  GThread *thread = g_thread_new ("caller", goes_on_synchronously,
                                  (char *) vici_connection_get_uri (self->connection));

  while (strstr (self->log->str, "unload-shared") == NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_told (self, "load-shared p-a\nload-key type\nunload-shared p-a\n");
  g_assert_true (GPOINTER_TO_INT (g_thread_join (thread)));
}

static void
test_loaded_meanwhile (Test         *self,
                       gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");
  g_autoptr (GAsyncResult) unloaded = NULL;
  g_autoptr (GAsyncResult) loaded = NULL;

  load_shared (scope, "a", NULL);
  vici_credential_scope_unload_async (scope, NULL, take_result, &unloaded);
  begin_load_shared (scope, "a", &loaded);
  g_assert_true (vici_credential_scope_unload_finish (scope, wait_for (&unloaded), NULL));
  g_assert_true (vici_credential_scope_load_shared_finish (scope, wait_for (&loaded), NULL));

  g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 1);
  assert_told (self, "load-shared p-a\nunload-shared p-a\nload-shared p-a\n");
  assert_unloads (scope);
  assert_told (self, "unload-shared p-a\n");
}

/* Two at once under one name, of which some are refused. */
static guint
load_twice (Test *self,
            guint refuses)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  guint n_loaded;

  self->refuses = refuses;
  begin_load_shared (scope, "a", &first);
  begin_load_shared (scope, "a", &second);
  g_assert_cmpint (vici_credential_scope_load_shared_finish (scope, wait_for (&first), NULL), ==,
                   refuses < 1);
  g_assert_cmpint (vici_credential_scope_load_shared_finish (scope, wait_for (&second), NULL), ==,
                   refuses < 2);
  n_loaded = vici_credential_scope_get_n_loaded (scope);
  assert_unloads (scope);

  return n_loaded;
}

static void
test_twice (Test         *self,
            gconstpointer data)
{
  g_assert_cmpuint (load_twice (self, 0), ==, 1);
  g_assert_cmpuint (load_twice (self, 1), ==, 1);
  g_assert_cmpuint (load_twice (self, 2), ==, 0);
}

static void
test_key_meanwhile (Test         *self,
                    gconstpointer data)
{
  g_autoptr (ViciCredentialScope) one = vici_credential_scope_new (self->daemon, "1-");
  g_autoptr (ViciCredentialScope) other = vici_credential_scope_new (self->daemon, "2-");
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) unloaded = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  load_key (one);
  begin_load_key (other, &loaded);
  g_assert_false (vici_credential_scope_unload_sync (one, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (one), ==, 1);

  vici_credential_scope_unload_async (one, NULL, take_result, &unloaded);
  id = end_load_key (other, &loaded);
  g_assert_true (vici_credential_scope_unload_finish (one, wait_for (&unloaded), NULL));
  assert_told (self, "load-key type\nload-key type\n");

  assert_unloads (other);
  assert_told (self, "unload-key " KEY_ID "\n");
}

/* Another key is loaded, or none: the one that waits is unloaded then. */
static void
test_key_after (Test         *self,
                gconstpointer data)
{
  g_autoptr (ViciCredentialScope) one = vici_credential_scope_new (self->daemon, "1-");
  g_autoptr (ViciCredentialScope) other = vici_credential_scope_new (self->daemon, "2-");

  for (guint refuses = 0; refuses < 2; refuses++)
    {
      g_autoptr (GAsyncResult) loaded = NULL;
      g_autoptr (GAsyncResult) unloaded = NULL;
      g_autofree char *id = NULL;

      self->key_id = KEY_ID;
      load_key (one);
      self->refuses = refuses;
      self->key_id = "ab";
      begin_load_key (other, &loaded);
      vici_credential_scope_unload_async (one, NULL, take_result, &unloaded);
      id = vici_credential_scope_load_key_finish (other, wait_for (&loaded), NULL);
      g_assert_true (vici_credential_scope_unload_finish (one, wait_for (&unloaded), NULL));
      assert_told (self, "load-key type\nload-key type\nunload-key " KEY_ID "\n");
    }
  assert_unloads (other);
}

static void
test_wait_cancelled (Test         *self,
                     gconstpointer data)
{
  g_autoptr (ViciCredentialScope) one = vici_credential_scope_new (self->daemon, "1-");
  g_autoptr (ViciCredentialScope) other = vici_credential_scope_new (self->daemon, "2-");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) loaded = NULL;
  g_autoptr (GAsyncResult) unloaded = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  load_key (one);
  self->holds = TRUE;
  begin_load_key (other, &loaded);
  vici_credential_scope_unload_async (one, cancellable, take_result, &unloaded);
  while (self->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  g_assert_false (vici_credential_scope_unload_finish (one, wait_for (&unloaded), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (vici_credential_scope_get_n_loaded (one), ==, 1);

  answer (self, self->held);
  id = end_load_key (other, &loaded);
  assert_unloads (one);
  assert_unloads (other);
}

static void
test_default_daemon (Test         *self,
                     gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = g_object_new (VICI_TYPE_CREDENTIAL_SCOPE, "prefix", NULL, NULL);
  ViciDaemon *daemon = vici_credential_scope_get_daemon (scope);
  g_autoptr (GError) error = NULL;

  g_assert_true (VICI_IS_DAEMON (daemon));
  g_assert_nonnull (vici_connection_get_uri (vici_daemon_get_connection (daemon)));
  g_assert_cmpstr (vici_credential_scope_get_prefix (scope), ==, "");
  g_assert_false (load_shared (scope, "a", &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
}

static void
test_no_name (Test         *self,
              gconstpointer data)
{
  g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (self->daemon, "p-");
  const char * const names[] = { NULL, "" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (ViciAuthorityConfig) authority = g_object_new (VICI_TYPE_AUTHORITY_CONFIG,
                                                                "name", names[i], NULL);
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      vici_credential_scope_load_authority_async (scope, authority, NULL, take_result, &result);
      g_assert_false (vici_credential_scope_load_authority_finish (scope, wait_for (&result), &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, "name: "));
      g_clear_error (&error);

      g_assert_false (vici_credential_scope_load_authority_sync (scope, authority, NULL, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
      g_assert_true (g_str_has_prefix (error->message, "name: "));
      g_assert_cmpuint (vici_credential_scope_get_n_loaded (scope), ==, 0);
    }
  assert_told (self, "");
}

#define ADD_WITHOUT(command, path, func) \
  g_test_add ("/credential-scope/" path, Test, command, set_up, func, tear_down)
#define ADD(path, func) ADD_WITHOUT (NULL, path, func)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("remembers-each-once-under-its-prefix", test_exactly);
  ADD ("unloads-exactly-that-the-last-one-first", test_reverse);
  ADD ("forgets-what-the-daemon-refuses", test_refused);
  ADD ("keeps-what-was-there-before-a-refusal", test_refused_again);
  ADD ("unloads-what-was-cancelled", test_cancelled);
  ADD ("leaves-a-key-that-another-scope-uses", test_shared_key);
  ADD ("unloads-when-dropped", test_dropped);
  ADD ("takes-what-is-gone-as-unloaded", test_gone);
  ADD ("remembers-what-it-could-not-unload", test_error);
  ADD ("does-not-remember-a-key-that-cannot-be-unloaded", test_odd_id);
  ADD_WITHOUT ("unload-key", "goes-on-after-what-it-cannot-unload", test_goes_on);
  ADD_WITHOUT ("unload-key", "goes-on-after-that-synchronously-too", test_goes_on_sync);
  ADD ("remembers-what-is-loaded-while-it-unloads", test_loaded_meanwhile);
  ADD ("remembers-a-name-while-one-of-two-has-it", test_twice);
  ADD ("leaves-a-key-that-another-scope-is-loading", test_key_meanwhile);
  ADD ("unloads-a-key-when-others-have-loaded-theirs", test_key_after);
  ADD ("waits-for-others-until-cancelled", test_wait_cancelled);
  ADD ("has-a-default-daemon", test_default_daemon);
  ADD ("refuses-an-authority-without-a-name", test_no_name);

  return g_test_run ();
}
