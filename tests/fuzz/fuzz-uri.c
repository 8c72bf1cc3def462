/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any text as a URI of each kind that is built in. Nothing is opened. */

#include "fuzz.h"

#include <string.h>

#include "vici-ssh-command.h"
#include "vici-tls-settings.h"
#include "vici-uri.h"

/* What is refused is refused for one reason, and the text is in it. */
static void
check_error (gboolean      accepted,
             const GError *error)
{
  g_assert_cmpint (accepted, ==, error == NULL);
  if (error == NULL)
    return;

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, !=, "");
}

/* It becomes a part of the name of a file. */
static void
check_scheme (const char *uri)
{
  g_autofree char *scheme = vici_uri_dup_scheme (uri);
  g_autofree char *prefix = scheme ? g_strconcat (scheme, ":", NULL) : NULL;

  if (scheme == NULL)
    return;

  g_assert_true (g_str_has_prefix (uri, prefix));
  g_assert_true (g_ascii_islower (scheme[0]));
  g_assert_null (strpbrk (scheme, "/ %"));
  g_assert_true (g_str_is_ascii (scheme));
}

/* What follows is the path or the name as it stands. */
static void
check_unix (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixSocketAddress) address = vici_uri_parse_unix (uri, &error);
  gboolean abstract;
  const char *path;

  check_error (address != NULL, error);
  if (address == NULL)
    return;

  abstract = g_unix_socket_address_get_address_type (address) == G_UNIX_SOCKET_ADDRESS_ABSTRACT;
  path = g_unix_socket_address_get_path (address);
  g_assert_true (g_str_has_suffix (uri, path));
  g_assert_cmpuint (strlen (path), >, 0);
  g_assert_cmpuint (strlen (path), <, 108);
  g_assert_true (abstract || path[0] == '/');
}

static void
check_tcp (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GNetworkAddress) address = vici_uri_parse_tcp (uri, &error);

  check_error (address != NULL, error);
  if (address == NULL)
    return;

  g_assert_nonnull (strstr (uri, g_network_address_get_hostname (address)));
  g_assert_cmpstr (g_network_address_get_hostname (address), !=, "");
}

static void
check_fd (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *again = NULL;
  int in = -1, out = -1, in_again, out_again;
  gboolean accepted = vici_uri_parse_fd (uri, &in, &out, &error);

  check_error (accepted, error);
  if (!accepted)
    return;

  g_assert_cmpint (in, >=, 0);
  g_assert_cmpint (out, >=, 0);
  again = g_strdup_printf (in == out ? "fd:%d" : "fd:%d,%d", in, out);
  g_assert_true (vici_uri_parse_fd (again, &in_again, &out_again, NULL));
  g_assert_cmpint (in_again, ==, in);
  g_assert_cmpint (out_again, ==, out);
}

static void
check_tls (const char *uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciTlsSettings) settings = vici_tls_settings_new (uri, &error);
  gboolean accepted;

  check_error (settings != NULL, error);
  if (settings == NULL)
    return;

  g_assert_cmpstr (g_network_address_get_hostname (settings->address), !=, "");

  accepted = vici_tls_settings_check_client (settings, &error);
  check_error (accepted, error);
  g_clear_error (&error);

  accepted = vici_tls_settings_check_server (settings, &error);
  check_error (accepted, error);
}

/* Nothing of it may be an option of ssh. */
static void
check_ssh (const char *uri)
{
  g_autoptr (GError) error = NULL;
  ViciSshTarget target = { NULL };
  gboolean accepted = vici_ssh_target_parse (&target, uri, &error);

  check_error (accepted, error);
  if (accepted)
    {
      g_auto (GStrv) argv = vici_ssh_target_dup_argv (&target, "/socket");

      g_assert_cmpstr (target.host, !=, "");
      g_assert_cmpint (target.host[0], !=, '-');
      g_assert_true (target.user == NULL || target.user[0] != '-');
      g_assert_cmpint (target.path[0], ==, '/');
      g_assert_cmpuint (g_strv_length (argv), >, 0);
    }
  vici_ssh_target_clear (&target);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *uri = g_strndup (size > 0 ? (const char *) data : "", size);
  g_autofree char *scheme = vici_uri_dup_scheme (uri);

  check_scheme (uri);

  /* These are asked whatever the scheme is. */
  check_unix (uri);
  check_tcp (uri);
  check_fd (uri);

  if (g_strcmp0 (scheme, "tls") == 0)
    check_tls (uri);
  if (g_strcmp0 (scheme, "ssh") == 0)
    check_ssh (uri);

  return 0;
}
