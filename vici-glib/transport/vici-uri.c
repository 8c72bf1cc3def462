/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-uri.h"

#include <string.h>
#include <sys/un.h>

#include "vici-i18n.h"

#define UNIX_SCHEME "unix:"
#define TCP_SCHEME "tcp://"
#define FD_SCHEME "fd:"

/* What strongSwan listens on where it has no UNIX sockets. */
#define DEFAULT_PORT 4502

char *
vici_uri_dup_scheme (const char *uri)
{
  gsize length = strspn (uri, "abcdefghijklmnopqrstuvwxyz0123456789+-.");

  if (uri[length] != ':' || !g_ascii_islower (uri[0]))
    return NULL;

  return g_strndup (uri, length);
}

void
vici_uri_blame (const char *uri,
                GError    **error)
{
  if (uri != NULL &&
      !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      strstr ((*error)->message, uri) == NULL)
    g_prefix_error (error, _("Cannot reach “%s”: "), uri);
}

/* As strongSwan reads it: what follows the scheme is the path as it stands,
 * with no escapes, so that one URI serves both. */
GUnixSocketAddress *
vici_uri_parse_unix (const char *uri,
                     GError    **error)
{
  const char *path = g_str_has_prefix (uri, UNIX_SCHEME) ? uri + strlen (UNIX_SCHEME) : "";
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

  return G_UNIX_SOCKET_ADDRESS (g_unix_socket_address_new_with_type (path, -1, type));
}

GNetworkAddress *
vici_uri_parse_tcp (const char *uri,
                    GError    **error)
{
  const char *host = g_str_has_prefix (uri, TCP_SCHEME) ? uri + strlen (TCP_SCHEME) : "";
  GSocketConnectable *address = NULL;

  if (strpbrk (host, "/?#@") == NULL)
    address = g_network_address_parse (host, DEFAULT_PORT, NULL);

  if (address == NULL ||
      *g_network_address_get_hostname (G_NETWORK_ADDRESS (address)) == '\0')
    {
      g_clear_object (&address);
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” names no host and port: it should be tcp://host:port"), uri);
      return NULL;
    }

  return G_NETWORK_ADDRESS (address);
}

gboolean
vici_uri_parse_fd (const char *uri,
                   int        *in,
                   int        *out,
                   GError    **error)
{
  const char *numbers = g_str_has_prefix (uri, FD_SCHEME) ? uri + strlen (FD_SCHEME) : "";
  g_auto (GStrv) parts = g_strsplit (numbers, ",", 3);
  guint count = g_strv_length (parts);
  guint64 values[2] = { 0, 0 };
  gboolean valid = count == 1 || count == 2;

  for (guint i = 0; valid && i < count; i++)
    valid = g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXINT, &values[i], NULL);

  if (!valid || (count == 2 && values[0] == values[1]))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” names no descriptor: it should be fd:NUMBER or fd:IN,OUT"), uri);
      return FALSE;
    }

  *in = (int) values[0];
  *out = (int) values[count - 1];

  return TRUE;
}
