/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-transport.h"

#include <gio/gunixsocketaddress.h>
#include <string.h>
#include <sys/un.h>

#include "vici-i18n.h"

#define UNIX_SCHEME "unix:"
#define TCP_SCHEME "tcp://"

/* What strongSwan listens on where it has no UNIX sockets. */
#define DEFAULT_PORT 4502

/* As strongSwan reads it: what follows the scheme is the path as it stands,
 * with no escapes, so that one URI serves both. */
static GSocketConnectable *
parse_unix (const char *uri,
            GError    **error)
{
  const char *path = uri + strlen (UNIX_SCHEME);
  GUnixSocketAddressType type = G_UNIX_SOCKET_ADDRESS_PATH;

  if (g_str_has_prefix (path, "//"))
    path += 2;

  if (*path == '@')
    {
      type = G_UNIX_SOCKET_ADDRESS_ABSTRACT;
      path++;
    }

  if (*path == '\0' || (type == G_UNIX_SOCKET_ADDRESS_PATH && *path != '/'))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” names no socket: it should be unix:///path or unix:@name"), uri);
      return NULL;
    }

  if (strlen (path) >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("The path of “%s” is too long for a socket; the limit is %u bytes"), uri,
                   (guint) sizeof ((struct sockaddr_un *) NULL)->sun_path - 1);
      return NULL;
    }

  return G_SOCKET_CONNECTABLE (g_unix_socket_address_new_with_type (path, -1, type));
}

static GSocketConnectable *
parse_tcp (const char *uri,
           GError    **error)
{
  const char *host = uri + strlen (TCP_SCHEME);
  g_autoptr (GError) local_error = NULL;
  GSocketConnectable *address = NULL;

  if (*host != '\0' && strpbrk (host, "/?#@") == NULL)
    address = g_network_address_parse (host, DEFAULT_PORT, &local_error);

  if (address == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("“%s” names no host and port: it should be tcp://host:port"), uri);

  return address;
}

GSocketConnectable *
vici_uri_parse (const char *uri,
                GError    **error)
{
  if (g_str_has_prefix (uri, UNIX_SCHEME))
    return parse_unix (uri, error);

  if (g_str_has_prefix (uri, TCP_SCHEME))
    return parse_tcp (uri, error);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("“%s” is of no known kind: it should begin with unix: or tcp:"), uri);

  return NULL;
}
