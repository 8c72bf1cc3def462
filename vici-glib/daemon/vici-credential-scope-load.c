/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credential-scope-private.h"

#include "vici-daemon-commands.h"
#include "vici-error.h"
#include "vici-settings-private.h"
#include "vici-value.h"

/* -- Loading under a name -- */

/* Whether the daemon has refused it, or has never heard of it. After any other error
 * it may have it: a reply that was cancelled or lost says nothing. */
static gboolean
was_refused (const GError *error)
{
  return g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_INVALID) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
}

/* What is loaded under a name that is known before: remembered when it is sent, so that
 * it is unloaded whatever becomes of the call. */
typedef struct
{
  ViciLoadedKind kind;
  char          *name;
  guint64        serial;
} Loading;

static void
loading_free (gpointer data)
{
  Loading *self = data;

  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self);
}

static Loading *
loading_new (ViciCredentialScope *self,
             ViciLoadedKind       kind,
             const char          *name)
{
  Loading *loading = g_new0 (Loading, 1);

  loading->kind = kind;
  loading->name = g_strconcat (vici_credential_scope_get_prefix (self), name, NULL);
  loading->serial = vici_credential_scope_remember (self, kind, loading->name);

  return loading;
}

static gboolean
loading_end (ViciCredentialScope *self,
             Loading             *loading,
             const GError        *error)
{
  if (loading == NULL)
    return error == NULL;

  if (error != NULL && was_refused (error))
    vici_credential_scope_refuse (self, loading->kind, loading->name, loading->serial);
  else
    vici_credential_scope_confirm (self, loading->kind, loading->name);

  return error == NULL;
}

static void
return_loaded (GTask  *task,
               GError *error)
{
  if (loading_end (g_task_get_source_object (task), g_task_get_task_data (task), error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static GTask *
make_task (ViciCredentialScope *self,
           gpointer             tag,
           GCancellable        *cancellable,
           GAsyncReadyCallback  callback,
           gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);

  return task;
}

static void
on_shared_loaded (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  vici_daemon_load_shared_finish (VICI_DAEMON (source), result, &error);
  return_loaded (task, error);
}

/**
 * vici_credential_scope_load_shared_async:
 * @self: a scope
 * @id: the name of the secret, without the prefix
 * @type: what it is for
 * @data: the secret
 * @options: (nullable): what else there is to say
 * @cancellable: (nullable): to give it up
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Loads a shared secret, as vici_daemon_load_shared_async() does, and remembers it.
 * When it cannot be known whether the daemon has it, after a cancel for instance,
 * it is unloaded with the rest.
 *
 * Wire: `load-shared`.
 *
 * Since: 1.0
 */
void
vici_credential_scope_load_shared_async (ViciCredentialScope   *self,
                                         const char            *id,
                                         ViciSharedType         type,
                                         GBytes                *data,
                                         ViciLoadSharedOptions *options,
                                         GCancellable          *cancellable,
                                         GAsyncReadyCallback    callback,
                                         gpointer               user_data)
{
  GTask *task;
  Loading *loading;

  g_return_if_fail (VICI_IS_CREDENTIAL_SCOPE (self));
  g_return_if_fail (id != NULL);
  g_return_if_fail (data != NULL);

  task = make_task (self, vici_credential_scope_load_shared_async, cancellable, callback, user_data);
  loading = loading_new (self, VICI_LOADED_SHARED, id);
  g_task_set_task_data (task, loading, loading_free);

  vici_daemon_load_shared_async (vici_credential_scope_get_daemon (self), loading->name, type, data, options,
                                 cancellable, on_shared_loaded, task);
}

/**
 * vici_credential_scope_load_shared_finish:
 * @self: a scope
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_credential_scope_load_shared_async(). Errors are those of
 * vici_daemon_load_shared_finish().
 *
 * Returns: %TRUE when it was loaded, %FALSE on error
 *
 * Since: 1.0
 */
gboolean
vici_credential_scope_load_shared_finish (ViciCredentialScope *self,
                                          GAsyncResult        *result,
                                          GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_credential_scope_load_shared_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * vici_credential_scope_load_shared_sync:
 * @self: a scope
 * @id: the name of the secret, without the prefix
 * @type: what it is for
 * @data: the secret
 * @options: (nullable): what else there is to say
 * @cancellable: (nullable): to give it up, from another thread
 * @error: return location for an error
 *
 * Loads a shared secret and waits for the end; see
 * vici_credential_scope_load_shared_async().
 *
 * Wire: `load-shared`.
 *
 * Returns: %TRUE when it was loaded, %FALSE on error
 *
 * Since: 1.0
 */
gboolean
vici_credential_scope_load_shared_sync (ViciCredentialScope   *self,
                                        const char            *id,
                                        ViciSharedType         type,
                                        GBytes                *data,
                                        ViciLoadSharedOptions *options,
                                        GCancellable          *cancellable,
                                        GError               **error)
{
  g_autoptr (GError) local_error = NULL;
  Loading *loading;
  gboolean loaded;

  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);
  g_return_val_if_fail (data != NULL, FALSE);

  loading = loading_new (self, VICI_LOADED_SHARED, id);
  vici_daemon_load_shared_sync (vici_credential_scope_get_daemon (self), loading->name, type, data, options,
                                cancellable, &local_error);
  loaded = loading_end (self, loading, local_error);
  loading_free (loading);

  if (!loaded)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return loaded;
}

/* -- Authorities -- */

static gboolean
copy_extra (gpointer key,
            gpointer value,
            gpointer user_data)
{
  vici_settings_set_extra (user_data, key, value);

  return FALSE;
}

static ViciAuthorityConfig *
with_name (ViciAuthorityConfig *authority,
           const Loading       *loading)
{
  ViciSettings *settings = VICI_SETTINGS (authority);
  ViciSettingsClass *klass = VICI_SETTINGS_GET_CLASS (settings);
  ViciAuthorityConfig *copy;

  if (loading == NULL)
    return g_object_ref (authority);

  copy = vici_authority_config_new (loading->name);
  for (guint i = 0; i < klass->n_fields; i++)
    {
      const GValue *value = vici_settings_peek (settings, i);

      if (value != NULL)
        g_object_set_property (G_OBJECT (copy), klass->fields[i].property, value);
    }

  g_tree_foreach (vici_settings_get_extra (settings), copy_extra, copy);

  return copy;
}

/* NULL: one without a name is not remembered, vici_daemon_load_authority_async() refuses it. */
static Loading *
loading_new_authority (ViciCredentialScope *self,
                       ViciAuthorityConfig *authority)
{
  const char *name = vici_settings_get_name (VICI_SETTINGS (authority));

  if (name == NULL || *name == '\0')
    return NULL;

  return loading_new (self, VICI_LOADED_AUTHORITY, name);
}

static void
on_authority_loaded (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  vici_daemon_load_authority_finish (VICI_DAEMON (source), result, &error);
  return_loaded (task, error);
}

/**
 * vici_credential_scope_load_authority_async:
 * @self: a scope
 * @authority: the certification authority, its name without the prefix
 * @cancellable: (nullable): to give it up
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Loads a certification authority, as vici_daemon_load_authority_async() does, and
 * remembers it.
 *
 * Wire: `load-authority`.
 *
 * Since: 1.0
 */
void
vici_credential_scope_load_authority_async (ViciCredentialScope *self,
                                            ViciAuthorityConfig *authority,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data)
{
  g_autoptr (ViciAuthorityConfig) named = NULL;
  GTask *task;
  Loading *loading;

  g_return_if_fail (VICI_IS_CREDENTIAL_SCOPE (self));
  g_return_if_fail (VICI_IS_AUTHORITY_CONFIG (authority));

  task = make_task (self, vici_credential_scope_load_authority_async, cancellable, callback,
                    user_data);
  loading = loading_new_authority (self, authority);
  g_task_set_task_data (task, loading, loading_free);

  named = with_name (authority, loading);
  vici_daemon_load_authority_async (vici_credential_scope_get_daemon (self), named, cancellable, on_authority_loaded, task);
}

/**
 * vici_credential_scope_load_authority_finish:
 * @self: a scope
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_credential_scope_load_authority_async(). Errors are those of
 * vici_daemon_load_authority_finish().
 *
 * Returns: %TRUE when it was loaded, %FALSE on error
 *
 * Since: 1.0
 */
gboolean
vici_credential_scope_load_authority_finish (ViciCredentialScope *self,
                                             GAsyncResult        *result,
                                             GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_credential_scope_load_authority_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * vici_credential_scope_load_authority_sync:
 * @self: a scope
 * @authority: the certification authority, its name without the prefix
 * @cancellable: (nullable): to give it up, from another thread
 * @error: return location for an error
 *
 * Loads a certification authority and waits for the end; see
 * vici_credential_scope_load_authority_async().
 *
 * Wire: `load-authority`.
 *
 * Returns: %TRUE when it was loaded, %FALSE on error
 *
 * Since: 1.0
 */
gboolean
vici_credential_scope_load_authority_sync (ViciCredentialScope *self,
                                           ViciAuthorityConfig *authority,
                                           GCancellable        *cancellable,
                                           GError             **error)
{
  g_autoptr (ViciAuthorityConfig) named = NULL;
  g_autoptr (GError) local_error = NULL;
  Loading *loading;
  gboolean loaded;

  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), FALSE);
  g_return_val_if_fail (VICI_IS_AUTHORITY_CONFIG (authority), FALSE);

  loading = loading_new_authority (self, authority);
  named = with_name (authority, loading);
  vici_daemon_load_authority_sync (vici_credential_scope_get_daemon (self), named, cancellable, &local_error);
  loaded = loading_end (self, loading, local_error);
  loading_free (loading);

  if (!loaded)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return loaded;
}

/* -- Private keys, whose id the daemon tells -- */

/* An old daemon does not tell the id, and what is none cannot be unloaded. */
static void
remember_key (ViciCredentialScope *self,
              const char          *id)
{
  g_autofree char *wire = vici_value_to_wire (VICI_VALUE_HEX, id, NULL);

  if (wire != NULL)
    vici_credential_scope_remember (self, VICI_LOADED_KEY, id);
}

static void
return_key (GTask  *task,
            char   *id,
            GError *error)
{
  ViciCredentialScope *self = g_task_get_source_object (task);

  if (id != NULL)
    remember_key (self, id);
  vici_scope_keys_end_load (vici_credential_scope_get_daemon (self));

  if (id == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_task_return_pointer (task, id, g_free);
}

static void
on_key_loaded (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *id = vici_daemon_load_key_finish (VICI_DAEMON (source), result, &error);

  return_key (task, id, error);
}

/**
 * vici_credential_scope_load_key_async:
 * @self: a scope
 * @type: its kind
 * @data: the key, DER or PEM, not encrypted
 * @cancellable: (nullable): to give it up
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Loads a private key, as vici_daemon_load_key_async() does, and remembers
 * it. A cancel takes effect when the daemon has answered: only then it is known
 * which key to unload. A daemon that does not tell the id keeps the key.
 *
 * Wire: `load-key`.
 *
 * Since: 1.0
 */
void
vici_credential_scope_load_key_async (ViciCredentialScope *self,
                                      ViciKeyType          type,
                                      GBytes              *data,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (VICI_IS_CREDENTIAL_SCOPE (self));
  g_return_if_fail (data != NULL);

  task = make_task (self, vici_credential_scope_load_key_async, cancellable, callback, user_data);
  if (g_task_return_error_if_cancelled (task))
    return;

  vici_scope_keys_begin_load (vici_credential_scope_get_daemon (self));
  vici_daemon_load_key_async (vici_credential_scope_get_daemon (self), type, data, NULL,
                              on_key_loaded, g_steal_pointer (&task));
}

/**
 * vici_credential_scope_load_key_finish:
 * @self: a scope
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_credential_scope_load_key_async(). Errors are those of
 * vici_daemon_load_key_finish().
 *
 * Returns: (transfer full): the id of the key, or %NULL on error
 *
 * Since: 1.0
 */
char *
vici_credential_scope_load_key_finish (ViciCredentialScope *self,
                                       GAsyncResult        *result,
                                       GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_credential_scope_load_key_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * vici_credential_scope_load_key_sync:
 * @self: a scope
 * @type: its kind
 * @data: the key, DER or PEM, not encrypted
 * @cancellable: (nullable): to give it up, from another thread, before it is sent
 * @error: return location for an error
 *
 * Loads a private key and waits for the end; see
 * vici_credential_scope_load_key_async().
 *
 * Wire: `load-key`.
 *
 * Returns: (transfer full): the id of the key, or %NULL on error
 *
 * Since: 1.0
 */
char *
vici_credential_scope_load_key_sync (ViciCredentialScope *self,
                                     ViciKeyType          type,
                                     GBytes              *data,
                                     GCancellable        *cancellable,
                                     GError             **error)
{
  char *id;

  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), NULL);
  g_return_val_if_fail (data != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  id = vici_daemon_load_key_sync (vici_credential_scope_get_daemon (self), type, data, NULL, error);
  if (id != NULL)
    remember_key (self, id);

  return id;
}

static void
on_token_loaded (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *id = vici_daemon_load_token_finish (VICI_DAEMON (source), result, &error);

  return_key (task, id, error);
}

/**
 * vici_credential_scope_load_token_async:
 * @self: a scope
 * @handle: the id of the key on the token, or its handle in the TPM, in hexadecimal digits
 * @options: (nullable): what else there is to say
 * @cancellable: (nullable): to give it up
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Loads a private key on a token, as vici_daemon_load_token_async() does, and remembers
 * it. A cancel takes effect when the daemon has answered: only then it is known
 * which key to unload. A daemon that does not tell the id keeps the key.
 *
 * Wire: `load-token`.
 *
 * Since: 1.0
 */
void
vici_credential_scope_load_token_async (ViciCredentialScope  *self,
                                        const char           *handle,
                                        ViciLoadTokenOptions *options,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (VICI_IS_CREDENTIAL_SCOPE (self));
  g_return_if_fail (handle != NULL);

  task = make_task (self, vici_credential_scope_load_token_async, cancellable, callback, user_data);
  if (g_task_return_error_if_cancelled (task))
    return;

  vici_scope_keys_begin_load (vici_credential_scope_get_daemon (self));
  vici_daemon_load_token_async (vici_credential_scope_get_daemon (self), handle, options, NULL,
                                on_token_loaded, g_steal_pointer (&task));
}

/**
 * vici_credential_scope_load_token_finish:
 * @self: a scope
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_credential_scope_load_token_async(). Errors are those of
 * vici_daemon_load_token_finish().
 *
 * Returns: (transfer full): the id of the key, or %NULL on error
 *
 * Since: 1.0
 */
char *
vici_credential_scope_load_token_finish (ViciCredentialScope *self,
                                         GAsyncResult        *result,
                                         GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_credential_scope_load_token_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * vici_credential_scope_load_token_sync:
 * @self: a scope
 * @handle: the id of the key on the token, or its handle in the TPM, in hexadecimal digits
 * @options: (nullable): what else there is to say
 * @cancellable: (nullable): to give it up, from another thread, before it is sent
 * @error: return location for an error
 *
 * Loads a private key on a token and waits for the end; see
 * vici_credential_scope_load_token_async().
 *
 * Wire: `load-token`.
 *
 * Returns: (transfer full): the id of the key, or %NULL on error
 *
 * Since: 1.0
 */
char *
vici_credential_scope_load_token_sync (ViciCredentialScope  *self,
                                       const char           *handle,
                                       ViciLoadTokenOptions *options,
                                       GCancellable         *cancellable,
                                       GError              **error)
{
  char *id;

  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), NULL);
  g_return_val_if_fail (handle != NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  id = vici_daemon_load_token_sync (vici_credential_scope_get_daemon (self), handle, options, NULL, error);
  if (id != NULL)
    remember_key (self, id);

  return id;
}
