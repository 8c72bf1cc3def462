/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credential-scope-private.h"

#include <string.h>


/**
 * SECTION:vici-credential-scope
 * @title: ViciCredentialScope
 * @short_description: Credentials that are taken away again
 *
 * charon keeps what was loaded until it is told otherwise, for all who use it. A
 * scope loads shared secrets, private keys, tokens and certification
 * authorities, remembers them, and unloads exactly those, when it is told to. The
 * names of secrets and authorities get a prefix, so that several users of one daemon
 * do not get in each other's way.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciCredentialScope) scope = vici_credential_scope_new (daemon, "my-vpn-");
 *
 * vici_credential_scope_load_shared_sync (scope, "home", VICI_SHARED_TYPE_IKE, secret, NULL,
 *                                         NULL, &error);
 * ...
 * vici_credential_scope_unload_sync (scope, NULL, &error);
 * ]|
 *
 * When the last reference to a scope is dropped that was not unloaded, it begins to
 * unload what is left, and does not wait for it: that is done by the main context of
 * the connection. A program that ends, or does not run that context any more, leaves
 * the credentials in the daemon. It should call vici_credential_scope_unload_async()
 * or vici_credential_scope_unload_sync(), and wait for the end, before it lets go of
 * the scope.
 *
 * A private key has no name but its id. Where several scopes of one #ViciDaemon
 * load the same key, the last one to let go of it unloads it. A daemon that does not
 * tell the id of a key keeps it.
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

struct _ViciCredentialScope
{
  GObject parent_instance;

  ViciDaemon *daemon;
  char       *prefix;
  GQueue      loaded;      /* of ViciLoaded, the last one first */
  guint64     last_serial;
  gboolean    dropped;     /* what is left is that of a scope that is gone */
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

/* -- What was loaded -- */

void
vici_loaded_free (ViciLoaded *self)
{
  g_free (self->name);
  g_free (self);
}

ViciLoaded *
vici_loaded_copy (const ViciLoaded *self)
{
  ViciLoaded *copy = g_memdup2 (self, sizeof (ViciLoaded));

  copy->name = g_strdup (copy->name);

  return copy;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const ViciLoaded *one = a;
  const ViciLoaded *other = b;

  return one->kind == other->kind ? strcmp (one->name, other->name) : 1;
}

static ViciLoaded *
find (ViciCredentialScope *self,
      ViciLoadedKind       kind,
      const char          *name)
{
  ViciLoaded credential = { .kind = kind, .name = (char *) name };
  GList *link = g_queue_find_custom (&self->loaded, &credential, compare);

  return link != NULL ? link->data : NULL;
}

static ViciLoaded *
find_or_add (ViciCredentialScope *self,
             ViciLoadedKind       kind,
             const char          *name)
{
  ViciLoaded *credential = find (self, kind, name);

  if (credential != NULL)
    return credential;

  credential = g_new0 (ViciLoaded, 1);
  credential->kind = kind;
  credential->name = g_strdup (name);
  g_queue_push_head (&self->loaded, credential);
  if (kind == VICI_LOADED_KEY)
    vici_scope_keys_count (self->daemon, name, 1);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_LOADED]);

  return credential;
}

static void
forget (ViciCredentialScope *self,
        ViciLoaded          *credential)
{
  if (credential->kind == VICI_LOADED_KEY)
    vici_scope_keys_count (self->daemon, credential->name, -1);
  g_queue_remove (&self->loaded, credential);
  vici_loaded_free (credential);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_LOADED]);
}

const GList *
vici_credential_scope_get_loaded (ViciCredentialScope *self)
{
  return self->loaded.head;
}

static ViciLoaded *
find_same (ViciCredentialScope *self,
           const ViciLoaded    *loaded)
{
  ViciLoaded *found = find (self, loaded->kind, loaded->name);

  return found != NULL && found->serial == loaded->serial ? found : NULL;
}

gboolean
vici_credential_scope_remembers (ViciCredentialScope *self,
                                 const ViciLoaded    *loaded)
{
  return find_same (self, loaded) != NULL;
}

void
vici_credential_scope_forget (ViciCredentialScope *self,
                              const ViciLoaded    *loaded)
{
  ViciLoaded *found = find_same (self, loaded);

  if (found != NULL)
    forget (self, found);
}

guint64
vici_credential_scope_remember (ViciCredentialScope *self,
                                ViciLoadedKind       kind,
                                const char          *name)
{
  guint64 serial = ++self->last_serial;

  find_or_add (self, kind, name)->serial = serial;

  return serial;
}

void
vici_credential_scope_confirm (ViciCredentialScope *self,
                               ViciLoadedKind       kind,
                               const char          *name)
{
  find_or_add (self, kind, name)->confirmed = TRUE;
}

void
vici_credential_scope_refuse (ViciCredentialScope *self,
                              ViciLoadedKind       kind,
                              const char          *name,
                              guint64              serial)
{
  ViciLoaded *credential = find (self, kind, name);

  if (credential != NULL && credential->serial == serial && !credential->confirmed)
    forget (self, credential);
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
      if (self->prefix == NULL)
        self->prefix = g_strdup ("");
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
vici_credential_scope_constructed (GObject *object)
{
  ViciCredentialScope *self = VICI_CREDENTIAL_SCOPE (object);

  G_OBJECT_CLASS (vici_credential_scope_parent_class)->constructed (object);

  if (self->daemon == NULL)
    self->daemon = g_object_new (VICI_TYPE_DAEMON, NULL);
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
  ViciLoaded *credential;

  while ((credential = g_queue_pop_head (&self->loaded)) != NULL)
    {
      if (credential->kind == VICI_LOADED_KEY)
        vici_scope_keys_count (self->daemon, credential->name, -1);
      vici_loaded_free (credential);
    }

  g_clear_object (&self->daemon);
  g_free (self->prefix);

  G_OBJECT_CLASS (vici_credential_scope_parent_class)->finalize (object);
}

static void
vici_credential_scope_class_init (ViciCredentialScopeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vici_credential_scope_constructed;
  object_class->dispose = vici_credential_scope_dispose;
  object_class->finalize = vici_credential_scope_finalize;
  object_class->get_property = vici_credential_scope_get_property;
  object_class->set_property = vici_credential_scope_set_property;

  /**
   * ViciCredentialScope:daemon:
   *
   * The daemon that has the credentials; when none is given, one over a connection
   * to the default socket.
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
