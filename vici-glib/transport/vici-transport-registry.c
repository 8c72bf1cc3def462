/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-transport-registry.h"

#include "vici-exec-transport.h"
#include "vici-fd-transport.h"
#include "vici-i18n.h"
#include "vici-ssh-transport.h"
#include "vici-tcp-transport.h"
#include "vici-tls-transport.h"
#include "vici-transport-modules.h"
#include "vici-transport.h"
#include "vici-unix-transport.h"
#include "vici-uri.h"

static const struct
{
  const char *scheme;
  GType     (*get_type) (void);
} built_in[] = {
  { "exec", vici_exec_transport_get_type },
  { "fd", vici_fd_transport_get_type },
  { "ssh", vici_ssh_transport_get_type },
  { "tcp", vici_tcp_transport_get_type },
  { "tls", vici_tls_transport_get_type },
  { "unix", vici_unix_transport_get_type },
};

static GIOExtensionPoint *
get_extension_point (void)
{
  static GIOExtensionPoint *point;

  if (g_once_init_enter (&point))
    {
      GIOExtensionPoint *made;

      g_type_ensure (VICI_TYPE_TRANSPORT);
      made = g_io_extension_point_lookup (VICI_TRANSPORT_EXTENSION_POINT_NAME);
      for (gsize i = 0; i < G_N_ELEMENTS (built_in); i++)
        g_io_extension_point_implement (VICI_TRANSPORT_EXTENSION_POINT_NAME,
                                        built_in[i].get_type (), built_in[i].scheme, 0);

      g_once_init_leave (&point, made);
    }

  return point;
}

/* Before the extension point, at which another could push in. */
static GType
find_built_in (const char *scheme)
{
  for (gsize i = 0; i < G_N_ELEMENTS (built_in); i++)
    {
      if (strcmp (scheme, built_in[i].scheme) == 0)
        return built_in[i].get_type ();
    }

  return G_TYPE_INVALID;
}

static GType
find_registered (const char *scheme)
{
  GIOExtension *extension =
    g_io_extension_point_get_extension_by_name (get_extension_point (), scheme);

  return extension ? g_io_extension_get_type (extension) : G_TYPE_INVALID;
}

static GType
find_in_module (const char *scheme,
                GError    **error)
{
  g_autofree char *path = vici_transport_modules_load (scheme, error);
  GType type;

  if (path == NULL)
    return G_TYPE_INVALID;

  type = find_registered (scheme);
  if (type == G_TYPE_INVALID)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _("The transport plug-in “%s” was loaded, but provides no transport “%s:”"),
                 path, scheme);

  return type;
}

GType
vici_transport_registry_find (const char *uri,
                              GError    **error)
{
  g_autofree char *scheme = vici_uri_dup_scheme (uri);
  GType type;

  if (scheme == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                   _("“%s” is no URI: it should begin with a scheme, such as unix: or tcp:"), uri);
      return G_TYPE_INVALID;
    }

  type = find_built_in (scheme);
  if (type == G_TYPE_INVALID)
    type = find_registered (scheme);

  return type != G_TYPE_INVALID ? type : find_in_module (scheme, error);
}
