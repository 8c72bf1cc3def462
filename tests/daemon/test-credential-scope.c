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
  gboolean        refuses;
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
answer (ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) reply = NULL;

  vici_builder_add_boolean (builder, "success", TRUE);
  vici_builder_add_string (builder, "id", KEY_ID);
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
  else if (self->refuses)
    vici_invocation_return_failure (invocation, "not found");
  else
    answer (invocation);
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
  self->server = vici_server_new ();
  for (gsize i = 0; commands[i] != NULL; i++)
    vici_server_add_command (self->server, commands[i]);
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

static gboolean
load_shared (ViciCredentialScope *scope,
             const char          *id,
             GError             **error)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("secret", 6);
  g_autoptr (GAsyncResult) result = NULL;

  vici_credential_scope_load_shared_async (scope, id, VICI_SHARED_TYPE_IKE, data, NULL, NULL,
                                           take_result, &result);

  return vici_credential_scope_load_shared_finish (scope, wait_for (&result), error);
}

static void
load_key (ViciCredentialScope *scope)
{
  g_autoptr (GBytes) data = g_bytes_new_static ("key", 3);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  vici_credential_scope_load_key_async (scope, VICI_KEY_TYPE_ANY, data, NULL, take_result, &result);
  id = vici_credential_scope_load_key_finish (scope, wait_for (&result), &error);
  g_assert_no_error (error);
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

  self->refuses = TRUE;
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
  self->refuses = TRUE;
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

  answer (self->held);
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
  self->refuses = TRUE;
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

#define ADD(path, func) g_test_add ("/credential-scope/" path, Test, NULL, set_up, func, tear_down)

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

  return g_test_run ();
}
