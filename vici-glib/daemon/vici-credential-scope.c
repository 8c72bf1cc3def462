/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credential-scope-private.h"

#include <string.h>

#include "vici-daemon-commands.h"
#include "vici-error.h"

/**
 * SECTION:vici-credential-scope
 * @title: ViciCredentialScope
 * @short_description: Credentials that are taken away again
 *
 * charon keeps what was loaded until it is told otherwise, for all who use it. A
 * scope loads shared secrets, private keys, tokens and certification
 * authorities, remembers them, and unloads exactly those: when
 * vici_credential_scope_unload_async() says so, or when its last reference is
 * dropped. The names of secrets and authorities get a prefix, so that several
 * users of one daemon do not get in each other's way.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (daemon, "my-vpn-");
 *
 * vici_credential_scope_load_shared_sync (scope, "home", VICI_SHARED_TYPE_IKE, secret, NULL,
 *                                         NULL, &error);
 * ]|
 *
 * A private key has no name but its id. Where several scopes of one #ViciDaemon
 * load the same key, the last one to let go of it unloads it.
 *
 * Certificates cannot be unloaded one by one: give them to the
 * #ViciAuthConfig that needs them, or to a #ViciAuthorityConfig, with which they
 * go.
 *
 * Since: 1.0
 */

/**
 * ViciCredentialScope:
 *
 * Credentials that are taken away again.
 *
 * Since: 1.0
 */

typedef struct
{
  ViciLoadedKind kind;
  char          *name; /* as the daemon knows it */
} Credential;

struct _ViciCredentialScope
{
  GObject parent_instance;

  ViciDaemon *daemon;
  char       *prefix;
  GQueue      loaded;  /* of Credential, the last one first */
  gboolean    dropped; /* what is left is that of a scope that is gone */
};

enum
{
  PROP_DAEMON = 1,
  PROP_PREFIX,
  PROP_N_LOADED,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (ViciCredentialScope, vici_credential_scope, G_TYPE_OBJECT)

static void
credential_free (gpointer data)
{
  Credential *self = data;

  g_free (self->name);
  g_free (self);
}

/* -- Keys that several scopes have loaded -- */

/* id -> number of scopes, of one daemon. */
static GHashTable *
get_key_users (ViciDaemon *daemon)
{
  static GQuark quark = 0;
  GHashTable   *users;

  if (quark == 0)
    quark = g_quark_from_static_string ("vici-credential-scope-keys");

  users = g_object_get_qdata (G_OBJECT (daemon), quark);
  if (users == NULL)
    {
      users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_qdata_full (G_OBJECT (daemon), quark, users,
                               (GDestroyNotify) g_hash_table_unref);
    }

  return users;
}

static void
count_key (ViciDaemon *daemon,
           const char *id,
           int         change)
{
  GHashTable *users = get_key_users (daemon);
  int         n = GPOINTER_TO_INT (g_hash_table_lookup (users, id)) + change;

  if (n > 0)
    g_hash_table_replace (users, g_strdup (id), GINT_TO_POINTER (n));
  else
    g_hash_table_remove (users, id);
}

static gboolean
is_used_elsewhere (ViciCredentialScope *self,
                   const Credential    *credential)
{
  return credential->kind == VICI_LOADED_KEY &&
         GPOINTER_TO_INT (g_hash_table_lookup (get_key_users (self->daemon), credential->name)) > 1;
}

/* -- What was loaded -- */

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const Credential *one = a;
  const Credential *other = b;

  return one->kind == other->kind ? strcmp (one->name, other->name) : 1;
}

gboolean
vici_credential_scope_remembers (ViciCredentialScope *self,
                                 ViciLoadedKind       kind,
                                 const char          *name)
{
  Credential credential = { kind, (char *) name };

  return g_queue_find_custom (&self->loaded, &credential, compare) != NULL;
}

void
vici_credential_scope_remember (ViciCredentialScope *self,
                                ViciLoadedKind       kind,
                                const char          *name)
{
  Credential *made;

  if (vici_credential_scope_remembers (self, kind, name))
    return;

  made = g_new0 (Credential, 1);
  made->kind = kind;
  made->name = g_strdup (name);
  g_queue_push_head (&self->loaded, made);
  if (kind == VICI_LOADED_KEY)
    count_key (self->daemon, name, 1);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_LOADED]);
}

void
vici_credential_scope_forget (ViciCredentialScope *self,
                              ViciLoadedKind       kind,
                              const char          *name)
{
  Credential credential = { kind, (char *) name };
  GList     *link = g_queue_find_custom (&self->loaded, &credential, compare);

  if (link == NULL)
    return;

  if (kind == VICI_LOADED_KEY)
    count_key (self->daemon, name, -1);
  credential_free (link->data);
  g_queue_delete_link (&self->loaded, link);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_LOADED]);
}

/**
 * vici_credential_scope_new:
 * @daemon: where to load
 * @prefix: what the names of secrets and authorities begin with, for nobody else
 *
 * Makes a scope of which nothing is loaded.
 *
 * Returns: (transfer full): the scope
 *
 * Since: 1.0
 */
ViciCredentialScope *
vici_credential_scope_new (ViciDaemon *daemon,
                           const char *prefix)
{
  g_return_val_if_fail (VICI_IS_DAEMON (daemon), NULL);
  g_return_val_if_fail (prefix != NULL, NULL);

  return g_object_new (VICI_TYPE_CREDENTIAL_SCOPE, "daemon", daemon, "prefix", prefix, NULL);
}

/**
 * vici_credential_scope_get_daemon:
 * @self: a scope
 *
 * Gets #ViciCredentialScope:daemon.
 *
 * Returns: (transfer none): the daemon
 *
 * Since: 1.0
 */
ViciDaemon *
vici_credential_scope_get_daemon (ViciCredentialScope *self)
{
  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), NULL);

  return self->daemon;
}

/**
 * vici_credential_scope_get_prefix:
 * @self: a scope
 *
 * Gets #ViciCredentialScope:prefix.
 *
 * Returns: the prefix
 *
 * Since: 1.0
 */
const char *
vici_credential_scope_get_prefix (ViciCredentialScope *self)
{
  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), NULL);

  return self->prefix;
}

/**
 * vici_credential_scope_get_n_loaded:
 * @self: a scope
 *
 * Gets #ViciCredentialScope:n-loaded.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
vici_credential_scope_get_n_loaded (ViciCredentialScope *self)
{
  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), 0);

  return self->loaded.length;
}

/* -- Unloading -- */

/* What the daemon does not have any more is unloaded. */
static gboolean
is_unloaded (const GError *error)
{
  return error == NULL || g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
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
  GTask               *task = user_data;
  ViciCredentialScope *self = g_task_get_source_object (task);
  const Credential    *credential = g_task_get_task_data (task);
  GError              *error = NULL;

  finish_unload (VICI_DAEMON (source), credential->kind, result, &error);
  if (!is_unloaded (error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  g_clear_error (&error);
  vici_credential_scope_forget (self, credential->kind, credential->name);
  unload_next (task);
}

/* The next one to unload: the last one that was loaded. Keys that others use are only
 * forgotten. */
static const Credential *
peek_next (ViciCredentialScope *self)
{
  const Credential *credential = g_queue_peek_head (&self->loaded);

  while (credential != NULL && is_used_elsewhere (self, credential))
    {
      g_autofree char *id = g_strdup (credential->name);

      vici_credential_scope_forget (self, VICI_LOADED_KEY, id);
      credential = g_queue_peek_head (&self->loaded);
    }

  return credential;
}

static Credential *
credential_copy (const Credential *self)
{
  Credential *copy = g_new0 (Credential, 1);

  copy->kind = self->kind;
  copy->name = g_strdup (self->name);

  return copy;
}

static void
unload_next (GTask *task)
{
  ViciCredentialScope *self = g_task_get_source_object (task);
  GCancellable        *cancellable = g_task_get_cancellable (task);
  const Credential    *credential = peek_next (self);

  if (credential == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  g_task_set_task_data (task, credential_copy (credential), credential_free);

  switch (credential->kind)
    {
    case VICI_LOADED_SHARED:
      vici_daemon_unload_shared_async (self->daemon, credential->name, cancellable, on_unloaded, task);
      break;

    case VICI_LOADED_KEY:
      vici_daemon_unload_key_async (self->daemon, credential->name, cancellable, on_unloaded, task);
      break;

    case VICI_LOADED_AUTHORITY:
    default:
      vici_daemon_unload_authority_async (self->daemon, credential->name, cancellable, on_unloaded,
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
 * Unloads all that the scope has loaded, the last one first. What the daemon does
 * not have any more counts as unloaded. After an error the scope still remembers
 * what is left, and can be told again.
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
             const Credential *credential,
             GCancellable     *cancellable,
             GError          **error)
{
  switch (credential->kind)
    {
    case VICI_LOADED_SHARED:
      return vici_daemon_unload_shared_sync (daemon, credential->name, cancellable, error);

    case VICI_LOADED_KEY:
      return vici_daemon_unload_key_sync (daemon, credential->name, cancellable, error);

    case VICI_LOADED_AUTHORITY:
    default:
      return vici_daemon_unload_authority_sync (daemon, credential->name, cancellable, error);
    }
}

/**
 * vici_credential_scope_unload_sync:
 * @self: a scope
 * @cancellable: (nullable): to give it up, from another thread
 * @error: return location for an error
 *
 * Unloads all that the scope has loaded, and waits for the end; see
 * vici_credential_scope_unload_async().
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
  const Credential *credential;

  g_return_val_if_fail (VICI_IS_CREDENTIAL_SCOPE (self), FALSE);

  while ((credential = peek_next (self)) != NULL)
    {
      g_autoptr (GError) local_error = NULL;
      Credential        *taken = credential_copy (credential);
      gboolean           unloaded;

      unload_sync (self->daemon, taken, cancellable, &local_error);
      unloaded = is_unloaded (local_error);
      if (unloaded)
        vici_credential_scope_forget (self, taken->kind, taken->name);
      credential_free (taken);

      if (!unloaded)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return TRUE;
}

/* -- The class -- */

static void
vici_credential_scope_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  ViciCredentialScope *self = VICI_CREDENTIAL_SCOPE (object);

  switch (property_id)
    {
    case PROP_DAEMON:
      g_value_set_object (value, self->daemon);
      break;

    case PROP_PREFIX:
      g_value_set_string (value, self->prefix);
      break;

    case PROP_N_LOADED:
      g_value_set_uint (value, self->loaded.length);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_credential_scope_set_property (GObject      *object,
                                    guint         property_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  ViciCredentialScope *self = VICI_CREDENTIAL_SCOPE (object);

  switch (property_id)
    {
    case PROP_DAEMON:
      self->daemon = g_value_dup_object (value);
      break;

    case PROP_PREFIX:
      self->prefix = g_value_dup_string (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

/* What is left when the last reference goes is unloaded by another scope, which
 * lives as long as that takes. If it fails there is nobody to tell, and nothing to
 * try it again with. */
static void
hand_over (ViciCredentialScope *self)
{
  g_autoptr (ViciCredentialScope) heir = vici_credential_scope_new (self->daemon, self->prefix);

  heir->loaded = self->loaded;
  heir->dropped = TRUE;
  g_queue_init (&self->loaded);

  vici_credential_scope_unload_async (heir, NULL, NULL, NULL);
}

static void
vici_credential_scope_dispose (GObject *object)
{
  ViciCredentialScope *self = VICI_CREDENTIAL_SCOPE (object);

  if (self->loaded.length > 0 && !self->dropped)
    hand_over (self);

  G_OBJECT_CLASS (vici_credential_scope_parent_class)->dispose (object);
}

static void
vici_credential_scope_finalize (GObject *object)
{
  ViciCredentialScope *self = VICI_CREDENTIAL_SCOPE (object);
  Credential          *credential;

  while ((credential = g_queue_pop_head (&self->loaded)) != NULL)
    {
      if (credential->kind == VICI_LOADED_KEY)
        count_key (self->daemon, credential->name, -1);
      credential_free (credential);
    }

  g_clear_object (&self->daemon);
  g_free (self->prefix);

  G_OBJECT_CLASS (vici_credential_scope_parent_class)->finalize (object);
}

static void
vici_credential_scope_class_init (ViciCredentialScopeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = vici_credential_scope_dispose;
  object_class->finalize = vici_credential_scope_finalize;
  object_class->get_property = vici_credential_scope_get_property;
  object_class->set_property = vici_credential_scope_set_property;

  /**
   * ViciCredentialScope:daemon:
   *
   * The daemon that has the credentials.
   *
   * Since: 1.0
   */
  properties[PROP_DAEMON] =
    g_param_spec_object ("daemon", NULL, NULL, VICI_TYPE_DAEMON,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * ViciCredentialScope:prefix:
   *
   * What the names of secrets and authorities begin with.
   *
   * Since: 1.0
   */
  properties[PROP_PREFIX] =
    g_param_spec_string ("prefix", NULL, NULL, "",
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * ViciCredentialScope:n-loaded:
   *
   * How many credentials the scope remembers.
   *
   * Since: 1.0
   */
  properties[PROP_N_LOADED] =
    g_param_spec_uint ("n-loaded", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
vici_credential_scope_init (ViciCredentialScope *self)
{
  g_queue_init (&self->loaded);
}
