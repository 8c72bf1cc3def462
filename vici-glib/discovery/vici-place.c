/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-place.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "vici-avahi.h"
#include "vici-i18n.h"

/* Whoever announces more has something else in mind. */
#define MAX_TXT_ENTRIES 64

static const char * const schemes[] = { "tcp", "tls" };

void
vici_place_clear (ViciPlace *self)
{
  g_clear_object (&self->address);
}

static const char *
intern_scheme (const char *text,
               gsize       length)
{
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (length == strlen (schemes[i]) && strncmp (text, schemes[i], length) == 0)
      return schemes[i];

  return NULL;
}

static gboolean
set_address (ViciPlace  *self,
             const char *text,
             guint       port)
{
  g_autoptr (GSocketAddress) parsed = g_inet_socket_address_new_from_string (text, port);
  GInetSocketAddress *address = (GInetSocketAddress *) parsed;

  if (address == NULL)
    return FALSE;

  self->address = g_object_ref (g_inet_socket_address_get_address (address));
  self->port = (guint16) port;
  if (g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6)
    self->scope = g_inet_socket_address_get_scope_id (address);

  return TRUE;
}

/* -- Of a listener -- */

gboolean
vici_place_init_from_uri (ViciPlace  *self,
                          const char *uri,
                          GError    **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (uri);
  g_autoptr (GUri) parts = NULL;

  *self = (ViciPlace) { .scheme = scheme != NULL ? intern_scheme (scheme, strlen (scheme)) : NULL };

  if (self->scheme == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("“%s” cannot be advertised: only tcp:// and tls:// can be reached over a network"),
                   uri);
      return FALSE;
    }

  /* Scopes are written in both ways: “%eth0” and “%25eth0”. */
  parts = g_uri_parse (uri, G_URI_FLAGS_PARSE_RELAXED, NULL);
  if (parts != NULL && g_uri_get_host (parts) != NULL && g_uri_get_port (parts) > 0 &&
      set_address (self, g_uri_get_host (parts), (guint) g_uri_get_port (parts)))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("“%s” cannot be advertised: it should name an address and a port"), uri);

  return FALSE;
}

static gboolean
is_at (ViciPlace            *self,
       const struct ifaddrs *entry)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (entry->ifa_addr == NULL ||
      (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6))
    return FALSE;

  /* All of 127.0.0.0/8 is there, and not in the list. */
  if (g_inet_address_get_is_loopback (self->address))
    return (entry->ifa_flags & IFF_LOOPBACK) != 0;

  address = g_socket_address_new_from_native (entry->ifa_addr, sizeof (struct sockaddr_in6));

  return g_inet_address_equal (self->address,
                               g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static guint
find_index (ViciPlace *self)
{
  struct ifaddrs *list = NULL;
  guint index = 0;

  if (self->scope != 0)
    return self->scope;

  if (getifaddrs (&list) < 0)
    return 0;

  for (struct ifaddrs *entry = list; index == 0 && entry != NULL; entry = entry->ifa_next)
    if (is_at (self, entry))
      index = if_nametoindex (entry->ifa_name);

  freeifaddrs (list);

  return index;
}

gboolean
vici_place_find_interface (ViciPlace *self,
                           int       *interface,
                           int       *protocol,
                           GError   **error)
{
  gboolean ipv6 = g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6;
  g_autofree char *address = NULL;

  *interface = VICI_AVAHI_ANY_INTERFACE;
  *protocol = ipv6 ? VICI_AVAHI_IPV6 : VICI_AVAHI_IPV4;

  if (g_inet_address_get_is_any (self->address))
    {
      /* Such a listener takes both. */
      if (ipv6)
        *protocol = VICI_AVAHI_ANY_PROTOCOL;
      return TRUE;
    }

  *interface = (int) find_index (self);
  if (*interface > 0)
    return TRUE;

  address = g_inet_address_to_string (self->address);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("No network interface has the address %s"), address);

  return FALSE;
}

/* -- Of a service -- */

const char *
vici_place_find_scheme (GVariant *txt)
{
  gsize n = MIN (g_variant_n_children (txt), MAX_TXT_ENTRIES);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (txt, i);
      gsize length;
      const char *text = g_variant_get_fixed_array (entry, &length, 1);
      const gsize skip = strlen ("scheme=");

      if (length >= skip && g_ascii_strncasecmp (text, "scheme=", skip) == 0)
        return intern_scheme (text + skip, length - skip);
    }

  /* charon itself knows no other. */
  return "tcp";
}

gboolean
vici_place_init (ViciPlace  *self,
                 const char *scheme,
                 const char *address,
                 int         interface,
                 guint       port)
{
  *self = (ViciPlace) { .scheme = scheme };

  if (scheme == NULL || port == 0 || !set_address (self, address, port))
    return FALSE;

  if (g_inet_address_get_is_any (self->address) || g_inet_address_get_is_multicast (self->address))
    return FALSE;

  /* Avahi tells it apart from the address. */
  if (g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6 &&
      g_inet_address_get_is_link_local (self->address) && interface > 0)
    self->scope = (guint) interface;

  return TRUE;
}

/* Without anything that has a meaning in a URI. */
static gboolean
is_plain (const char *name)
{
  return strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.") == strlen (name);
}

char *
vici_place_dup_address (ViciPlace *self)
{
  g_autofree char *address = g_inet_address_to_string (self->address);
  char name[IF_NAMESIZE];

  if (self->scope == 0)
    return g_steal_pointer (&address);

  if (if_indextoname (self->scope, name) == NULL || !is_plain (name))
    return g_strdup_printf ("%s%%%u", address, self->scope);

  return g_strdup_printf ("%s%%%s", address, name);
}

char *
vici_place_dup_uri (ViciPlace  *self,
                    const char *host)
{
  g_autofree char *address = NULL;

  /* The certificate is for a name. */
  if (strcmp (self->scheme, "tls") == 0)
    return is_plain (host) ? g_strdup_printf ("tls://%s:%u", host, self->port) : NULL;

  address = vici_place_dup_address (self);
  if (g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6)
    return g_strdup_printf ("tcp://[%s]:%u", address, self->port);

  return g_strdup_printf ("tcp://%s:%u", address, self->port);
}

guint
vici_place_rank (ViciPlace *self)
{
  gboolean ipv6 = g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6;

  /* What reaches far, what everybody understands. */
  return 4 * g_inet_address_get_is_link_local (self->address) +
         2 * g_inet_address_get_is_loopback (self->address) + ipv6;
}
