/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credential-private.h"

/**
 * SECTION:vici-credential
 * @title: ViciCredential
 * @short_description: A private key or a certificate
 *
 * One of what #ViciCredentials has read: a private key or a certificate, in a form
 * that the daemon takes with the command `load-key` or `load-cert`.
 *
 * Since: 1.0
 */

/**
 * ViciCredential:
 *
 * A private key or a certificate.
 *
 * Since: 1.0
 */
struct _ViciCredential
{
  GObject         parent_instance;

  GBytes         *data;
  GBytes         *public_key;   /* a name of it */
  gboolean        private_key;
  gboolean        authority;
  ViciCredential *key;          /* of a certificate; NULL: there is none */
};

G_DEFINE_FINAL_TYPE (ViciCredential, vici_credential, G_TYPE_OBJECT)

enum
{
  PROP_DATA = 1,
  PROP_PRIVATE_KEY,
  PROP_AUTHORITY,
  PROP_KEY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static ViciCredential *
credential_new (GBytes *data,
                GBytes *public_key)
{
  ViciCredential *self = g_object_new (VICI_TYPE_CREDENTIAL, NULL);

  self->data = data;
  self->public_key = public_key;

  return self;
}

ViciCredential *
vici_credential_new_private_key (GBytes *data,
                                 GBytes *public_key)
{
  ViciCredential *self = credential_new (data, public_key);

  self->private_key = TRUE;

  return self;
}

ViciCredential *
vici_credential_new_certificate (GBytes  *data,
                                 GBytes  *public_key,
                                 gboolean authority)
{
  ViciCredential *self = credential_new (data, public_key);

  self->authority = authority;

  return self;
}

gboolean
vici_credential_match_key (ViciCredential *self,
                           ViciCredential *key)
{
  if (self->private_key || !key->private_key ||
      !g_bytes_equal (self->public_key, key->public_key))
    return FALSE;

  g_set_object (&self->key, key);

  return TRUE;
}

/* -- The public functions -- */

/**
 * vici_credential_get_data:
 * @self: a key or certificate
 *
 * Gets it in DER: a private key as PKCS#8, which is not encrypted, and a certificate
 * as X.509. It is the `data` of the command `load-key` or `load-cert`, and has
 * 65535 bytes at most.
 *
 * The memory of a private key is wiped when the last reference to the bytes goes.
 * Copies of it are not: give the bytes to a #ViciBuilder that is said to be
 * sensitive, and drop them.
 *
 * Returns: (transfer none): its bytes
 *
 * Since: 1.0
 */
GBytes *
vici_credential_get_data (ViciCredential *self)
{
  g_return_val_if_fail (VICI_IS_CREDENTIAL (self), NULL);

  return self->data;
}

/**
 * vici_credential_is_private_key:
 * @self: a key or certificate
 *
 * Tells keys from certificates. A key is for the command `load-key`, with the type
 * `any`.
 *
 * Returns: %TRUE for a private key, %FALSE for a certificate
 *
 * Since: 1.0
 */
gboolean
vici_credential_is_private_key (ViciCredential *self)
{
  g_return_val_if_fail (VICI_IS_CREDENTIAL (self), FALSE);

  return self->private_key;
}

/**
 * vici_credential_is_authority:
 * @self: a key or certificate
 *
 * Tells whether a certificate says that it is one of an authority (CA), by its basic
 * constraints. Such a one is for the command `load-cert` with the flag `CA`; the
 * daemon trusts it then. Whether it should is not said by the certificate.
 *
 * Returns: %TRUE for the certificate of an authority
 *
 * Since: 1.0
 */
gboolean
vici_credential_is_authority (ViciCredential *self)
{
  g_return_val_if_fail (VICI_IS_CREDENTIAL (self), FALSE);

  return self->authority;
}

/**
 * vici_credential_get_key:
 * @self: a key or certificate
 *
 * Gets the private key that belongs to a certificate, if it is among the same
 * #ViciCredentials: the first one with the same public key.
 *
 * Returns: (transfer none) (nullable): its key; %NULL if there is none, and for a
 *   key itself
 *
 * Since: 1.0
 */
ViciCredential *
vici_credential_get_key (ViciCredential *self)
{
  g_return_val_if_fail (VICI_IS_CREDENTIAL (self), NULL);

  return self->key;
}

/* -- GObject -- */

static void
vici_credential_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  ViciCredential *self = VICI_CREDENTIAL (object);

  switch (prop_id)
    {
    case PROP_DATA:
      g_value_set_boxed (value, self->data);
      break;
    case PROP_PRIVATE_KEY:
      g_value_set_boolean (value, self->private_key);
      break;
    case PROP_AUTHORITY:
      g_value_set_boolean (value, self->authority);
      break;
    case PROP_KEY:
      g_value_set_object (value, self->key);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_credential_finalize (GObject *object)
{
  ViciCredential *self = VICI_CREDENTIAL (object);

  g_clear_pointer (&self->data, g_bytes_unref);
  g_clear_pointer (&self->public_key, g_bytes_unref);
  g_clear_object (&self->key);

  G_OBJECT_CLASS (vici_credential_parent_class)->finalize (object);
}

static void
vici_credential_class_init (ViciCredentialClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = vici_credential_get_property;
  object_class->finalize = vici_credential_finalize;

  /**
   * ViciCredential:data:
   *
   * The key or certificate in DER.
   *
   * Since: 1.0
   */
  props[PROP_DATA] = g_param_spec_boxed ("data", NULL, NULL, G_TYPE_BYTES, flags);

  /**
   * ViciCredential:private-key:
   *
   * Whether it is a private key, and not a certificate.
   *
   * Since: 1.0
   */
  props[PROP_PRIVATE_KEY] = g_param_spec_boolean ("private-key", NULL, NULL, FALSE, flags);

  /**
   * ViciCredential:authority:
   *
   * Whether it is the certificate of an authority.
   *
   * Since: 1.0
   */
  props[PROP_AUTHORITY] = g_param_spec_boolean ("authority", NULL, NULL, FALSE, flags);

  /**
   * ViciCredential:key:
   *
   * The private key that belongs to a certificate.
   *
   * Since: 1.0
   */
  props[PROP_KEY] = g_param_spec_object ("key", NULL, NULL, VICI_TYPE_CREDENTIAL, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vici_credential_init (ViciCredential *self)
{
}
