/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credential-scope-private.h"

#include "vici-daemon-commands.h"
#include "vici-error.h"
#include "vici-i18n.h"

/* What was remembered when it began, and was not sent again since. */
typedef struct
{
  GQueue  left;  /* of ViciLoaded, the last one first */
  GError *error; /* of the first one that could not be unloaded */
} Unload;

static void
unload_free (gpointer data)
{
  Unload *self = data;

  g_queue_clear_full (&self->left, (GDestroyNotify) vici_loaded_free);
  g_clear_error (&self->error);
  g_free (self);
}

static Unload *
unload_new (ViciCredentialScope *scope)
{
  Unload *self = g_new0 (Unload, 1);

  for (const GList *link = vici_credential_scope_get_loaded (scope); link != NULL; link = link->next)
    g_queue_push_tail (&self->left, vici_loaded_copy (link->data));

  return self;
}

/* The next one that the daemon is to be told. Keys that others use are only forgotten. */
static const ViciLoaded *
unload_peek (Unload              *self,
             ViciCredentialScope *scope)
{
  ViciDaemon *daemon = vici_credential_scope_get_daemon (scope);
  ViciLoaded *next;

  while ((next = g_queue_peek_head (&self->left)) != NULL)
    {
      gboolean is_shared = next->kind == VICI_LOADED_KEY &&
                           vici_scope_keys_is_shared (daemon, next->name);

      if (!is_shared && vici_credential_scope_remembers (scope, next))
        return next;

      vici_credential_scope_forget (scope, next);
      vici_loaded_free (g_queue_pop_head (&self->left));
    }

  return NULL;
}

/* Whether an error is of this one only, and says nothing of the next. */
static gboolean
goes_on (const GError *error)
{
  return error == NULL ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND) ||
         g_error_matches (error, VICI_ERROR, VICI_ERROR_INVALID) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY);
}

/* What has become of the one that was peeked. What the daemon does not have any more is
 * unloaded. */
static void
unload_pop (Unload              *self,
            ViciCredentialScope *scope,
            GError              *error)
{
  ViciLoaded *loaded = g_queue_pop_head (&self->left);

  if (!goes_on (error))
    {
      g_queue_clear_full (&self->left, (GDestroyNotify) vici_loaded_free);
      g_clear_error (&self->error);
    }

  if (error == NULL || g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED))
    {
      vici_credential_scope_forget (scope, loaded);
      g_clear_error (&error);
    }

  if (self->error == NULL)
    self->error = error;
  else
    g_clear_error (&error);
  vici_loaded_free (loaded);
}

static void unload_next (GTask *task);

static gboolean
finish_unload (ViciDaemon    *daemon,
               ViciLoadedKind kind,
               GAsyncResult  *result,
               GError       **error)
{
  switch (kind)
    {
    case VICI_LOADED_SHARED:
      return vici_daemon_unload_shared_finish (daemon, result, error);

    case VICI_LOADED_KEY:
      return vici_daemon_unload_key_finish (daemon, result, error);

    case VICI_LOADED_AUTHORITY:
    default:
      return vici_daemon_unload_authority_finish (daemon, result, error);
    }
}

static void
on_unloaded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GTask *task = user_data;
  Unload *unload = g_task_get_task_data (task);
  const ViciLoaded *loaded = g_queue_peek_head (&unload->left);
  GError *error = NULL;

  finish_unload (VICI_DAEMON (source), loaded->kind, result, &error);
  unload_pop (unload, g_task_get_source_object (task), error);
  unload_next (task);
}

static gboolean
on_keys_loaded (GCancellable *cancellable,
                gpointer      user_data)
{
  if (!g_task_return_error_if_cancelled (user_data))
    unload_next (g_object_ref (user_data));

  return G_SOURCE_REMOVE;
}

/* Takes the task over. */
static void
unload_next (GTask *task)
{
  ViciCredentialScope *self = g_task_get_source_object (task);
  ViciDaemon *daemon = vici_credential_scope_get_daemon (self);
  Unload *unload = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  const ViciLoaded *loaded = unload_peek (unload, self);

  if (loaded == NULL)
    {
      if (unload->error != NULL)
        g_task_return_error (task, g_steal_pointer (&unload->error));
      else
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  if (loaded->kind == VICI_LOADED_KEY && vici_scope_keys_is_loading (daemon))
    {
      vici_scope_keys_wait (daemon, task, on_keys_loaded);
      g_object_unref (task);
      return;
    }

  switch (loaded->kind)
    {
    case VICI_LOADED_SHARED:
      vici_daemon_unload_shared_async (daemon, loaded->name, cancellable, on_unloaded, task);
      break;

    case VICI_LOADED_KEY:
      vici_daemon_unload_key_async (daemon, loaded->name, cancellable, on_unloaded, task);
      break;

    case VICI_LOADED_AUTHORITY:
    default:
      vici_daemon_unload_authority_async (daemon, loaded->name, cancellable, on_unloaded,
                                          task);
      break;
    }
}

/**
 * vici_credential_scope_unload_async:
 * @self: a scope
 * @cancellable: (nullable): to give it up
 * @callback: (nullable) (scope async): called once, with its end
 * @user_data: passed to @callback
 *
 * Unloads all that the scope has loaded by now, the last one first. What the daemon
 * does not have any more counts as unloaded. Keys wait for those that scopes of the
 * same daemon are loading, since one of them could be the same.
 *
 * What cannot be unloaded, since the daemon does not know the command
 * (%VICI_ERROR_UNKNOWN_COMMAND) or would not take the name (%VICI_ERROR_INVALID), does
 * not keep the others from it, and is reported at the end. Any other error ends it at
 * once. The scope still remembers what is left, and can be told again.
 *
 * Wire: `unload-shared`, `unload-key`, `unload-authority`.
 *
 * Since: 1.0
 */
void
vici_credential_scope_unload_async (ViciCredentialScope *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (VICI_IS_CREDENTIAL_SCOPE (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_credential_scope_unload_async);
  g_task_set_task_data (task, unload_new (self), unload_free);
  unload_next (task);
}

/**
 * vici_credential_scope_unload_finish:
 * @self: a scope
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_credential_scope_unload_async(). Errors are those of
 * vici_connection_call_finish().
 *
 * Returns: %TRUE when nothing is left, %FALSE on error
 *
 * Since: 1.0
 */
gboolean
vici_credential_scope_unload_finish (ViciCredentialScope *self,
                                     GAsyncResult        *result,
                                     GError             **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_credential_scope_unload_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
unload_sync (ViciDaemon       *daemon,
             const ViciLoaded *loaded,
             GCancellable     *cancellable,
             GError          **error)
{
  if (loaded->kind == VICI_LOADED_KEY && vici_scope_keys_is_loading (daemon))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                           _("A key cannot be unloaded while keys are being loaded"));
      return FALSE;
    }

  switch (loaded->kind)
    {
    case VICI_LOADED_SHARED:
      return vici_daemon_unload_shared_sync (daemon, loaded->name, cancellable, error);

    case VICI_LOADED_KEY:
      return vici_daemon_unload_key_sync (daemon, loaded->name, cancellable, error);

    case VICI_LOADED_AUTHORITY:
    default:
      return vici_daemon_unload_authority_sync (daemon, loaded->name, cancellable, error);
    }
}

/**
 * vici_credential_scope_unload_sync:
 * @self: a scope
 * @cancellable: (nullable): to give it up, from another thread
 * @error: return location for an error
 *
 * Unloads all that the scope has loaded, and waits for the end; see
 * vici_credential_scope_unload_async(). The main context does not run meanwhile, so
 * that it cannot wait for keys that are being loaded asynchronously: while there are
 * any, its own keys stay, which is %G_IO_ERROR_BUSY.
 *
 * Wire: `unload-shared`, `unload-key`, `unload-authority`.
 *
 * Returns: %TRUE when nothing is left, %FALSE on error
 *
 * Since: 1.0
 */
gboolean
vici_credential_scope_unload_sync (ViciCredentialScope *self,
                                   GCancellable        *cancellable,
                                   GError             **error)
{
  const ViciLoaded *loaded;
  Unload *unload;
  gboolean unloaded;

  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), FALSE);

  unload = unload_new (self);
  while ((loaded = unload_peek (unload, self)) != NULL)
    {
      GError *local_error = NULL;

      unload_sync (vici_credential_scope_get_daemon (self), loaded, cancellable, &local_error);
      unload_pop (unload, self, local_error);
    }

  unloaded = unload->error == NULL;
  if (!unloaded)
    g_propagate_error (error, g_steal_pointer (&unload->error));
  unload_free (unload);

  return unloaded;
}
