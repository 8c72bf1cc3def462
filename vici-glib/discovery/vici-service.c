/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-service-private.h"

/**
 * SECTION:vici-service
 * @title: ViciService
 * @short_description: A server that was found in the network
 *
 * What a #ViciBrowser finds: a server or proxy that is advertised, by its name, and
 * the URI to reach it by. The same service may be seen over several interfaces, by
 * IPv4 and IPv6; it is one object, with the way that seems best.
 *
 * All of it is what somebody in the network says. The name may hold any character
 * that UTF-8 has, a newline too. That a service calls itself “charon on gw” does not
 * make it that: only TLS, with a certificate that is checked, tells.
 *
 * Since: 1.0
 */

/**
 * ViciService:
 *
 * A server that was found in the network.
 *
 * Since: 1.0
 */
struct _ViciService
{
  GObject parent_instance;

  char   *name;
  char   *domain;
  char   *uri;
  char   *host;
  char   *address;
};

G_DEFINE_FINAL_TYPE (ViciService, vici_service, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_DOMAIN,
  PROP_URI,
  PROP_HOST,
  PROP_ADDRESS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

ViciService *
vici_service_new (const char *name,
                  const char *domain,
                  const char *uri,
                  const char *host,
                  const char *address)
{
  ViciService *self = g_object_new (VICI_TYPE_SERVICE, NULL);

  self->name = g_strdup (name);
  self->domain = g_strdup (domain);
  self->uri = g_strdup (uri);
  self->host = g_strdup (host);
  self->address = g_strdup (address);

  return self;
}

static gboolean
set_text (char      **text,
          const char *value)
{
  if (g_str_equal (*text, value))
    return FALSE;

  g_free (*text);
  *text = g_strdup (value);

  return TRUE;
}

void
vici_service_update (ViciService *self,
                     const char  *uri,
                     const char  *host,
                     const char  *address)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (set_text (&self->uri, uri))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_URI]);
  if (set_text (&self->host, host))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_HOST]);
  if (set_text (&self->address, address))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ADDRESS]);
  g_object_thaw_notify (G_OBJECT (self));
}

/* -- The public functions -- */

/**
 * vici_service_get_name:
 * @self: a service
 *
 * Gets the name under which it is advertised.
 *
 * Returns: its name, up to 63 bytes of any characters
 *
 * Since: 1.0
 */
const char *
vici_service_get_name (ViciService *self)
{
  g_return_val_if_fail (VICI_IS_SERVICE (self), NULL);

  return self->name;
}

/**
 * vici_service_get_domain:
 * @self: a service
 *
 * Gets the domain that it was found in.
 *
 * Returns: the domain: `local` for what was found by mDNS
 *
 * Since: 1.0
 */
const char *
vici_service_get_domain (ViciService *self)
{
  g_return_val_if_fail (VICI_IS_SERVICE (self), NULL);

  return self->domain;
}

/**
 * vici_service_get_uri:
 * @self: a service
 *
 * Gets the URI for a #ViciConnection. It is `tcp://address:port`, or, where the
 * service wants TLS, `tls://host:port`, whose certificate is checked for the name of
 * the host. What TLS needs besides, such as `?ca=…`, is for the caller to add. The
 * name of a host in the domain `local` is one that the system has to be able to look
 * up, as it does with the package nss-mdns; vici_service_get_address() is for where
 * it does not.
 *
 * Returns: the URI
 *
 * Since: 1.0
 */
const char *
vici_service_get_uri (ViciService *self)
{
  g_return_val_if_fail (VICI_IS_SERVICE (self), NULL);

  return self->uri;
}

/**
 * vici_service_get_host:
 * @self: a service
 *
 * Gets the name of the host that it runs on, such as `gw.local`.
 *
 * Returns: the name of the host
 *
 * Since: 1.0
 */
const char *
vici_service_get_host (ViciService *self)
{
  g_return_val_if_fail (VICI_IS_SERVICE (self), NULL);

  return self->host;
}

/**
 * vici_service_get_address:
 * @self: a service
 *
 * Gets the address of the host. One that means something on one interface alone has
 * that at its end: `fe80::1%eth0`.
 *
 * Returns: an IPv4 or IPv6 address
 *
 * Since: 1.0
 */
const char *
vici_service_get_address (ViciService *self)
{
  g_return_val_if_fail (VICI_IS_SERVICE (self), NULL);

  return self->address;
}

/* -- GObject -- */

static void
vici_service_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ViciService *self = VICI_SERVICE (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_DOMAIN:
      g_value_set_string (value, self->domain);
      break;
    case PROP_URI:
      g_value_set_string (value, self->uri);
      break;
    case PROP_HOST:
      g_value_set_string (value, self->host);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_service_finalize (GObject *object)
{
  ViciService *self = VICI_SERVICE (object);

  g_free (self->name);
  g_free (self->domain);
  g_free (self->uri);
  g_free (self->host);
  g_free (self->address);

  G_OBJECT_CLASS (vici_service_parent_class)->finalize (object);
}

static void
vici_service_class_init (ViciServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = vici_service_get_property;
  object_class->finalize = vici_service_finalize;

  /**
   * ViciService:name:
   *
   * The name under which it is advertised.
   *
   * Since: 1.0
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);

  /**
   * ViciService:domain:
   *
   * The domain that it was found in.
   *
   * Since: 1.0
   */
  props[PROP_DOMAIN] = g_param_spec_string ("domain", NULL, NULL, NULL, flags);

  /**
   * ViciService:uri:
   *
   * The URI for a #ViciConnection. It changes when another way to the service is
   * better, or the one that was is gone.
   *
   * Since: 1.0
   */
  props[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, flags);

  /**
   * ViciService:host:
   *
   * The name of the host that it runs on.
   *
   * Since: 1.0
   */
  props[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, flags);

  /**
   * ViciService:address:
   *
   * The address of the host.
   *
   * Since: 1.0
   */
  props[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vici_service_init (ViciService *self)
{
}
