/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-ssh-command.h"

#include <string.h>

#include "vici-i18n.h"
#include "vici-uri-keys.h"

/* A name may become a part of a command that the user's configuration runs, or of
 * the path of a file, in which ssh puts it as it is (ProxyCommand, Match exec,
 * IdentityFile). */
static gboolean
check_name (const char *name,
            const char *uri,
            GError    **error)
{
  static const char special[] = "'`\"\\$;&<>|(){}*?!#%@:,/~ ";
  gboolean good = *name != '-' && *name != '.' && *name != '\0';

  /* Addresses of IPv6 have colons, and zones. */
  for (const char *p = name; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || strchr (special, *p) != NULL)
      good = good && (*p == ':' || *p == '%') && g_hostname_is_ip_address (name);

  if (!good)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("“%s” of “%s” is no name that ssh could be given"), name, uri);

  return good;
}

/* ssh puts variables of the environment in place of this, and cannot be told not
 * to. */
static gboolean
check_path (const char *path,
            const char *uri,
            GError    **error)
{
  if (path[0] == '/' && path[1] != '\0' && strstr (path, "${") == NULL)
    return TRUE;

  if (path[0] == '/' && path[1] != '\0')
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("The path of “%s” holds “${”, which ssh would replace"), uri);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("“%s” names no socket: it should be ssh://user@host/path"), uri);

  return FALSE;
}

gboolean
vici_ssh_target_parse (ViciSshTarget *self,
                       const char    *uri,
                       GError       **error)
{
  const ViciUriKey keys[] = { { "config", &self->config } };
  g_autoptr (GUri) parts = vici_uri_split (uri, keys, G_N_ELEMENTS (keys), error);

  if (parts == NULL)
    return FALSE;

  self->host = g_strdup (g_uri_get_host (parts));
  self->user = g_strdup (g_uri_get_userinfo (parts));
  self->port = g_uri_get_port (parts);
  self->path = g_strdup (g_uri_get_path (parts));

  return check_name (self->host, uri, error) &&
         (self->user == NULL || check_name (self->user, uri, error)) &&
         check_path (self->path, uri, error);
}

void
vici_ssh_target_clear (ViciSshTarget *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->user, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->config, g_free);
}

/* As -L reads it: a colon ends it, a backslash keeps the next character as it is,
 * and a percent sign begins a token. */
static void
append_path (GString    *out,
             const char *path)
{
  for (const char *p = path; *p != '\0'; p++)
    {
      if (*p == ':' || *p == '\\')
        g_string_append_c (out, '\\');
      else if (*p == '%')
        g_string_append_c (out, '%');
      g_string_append_c (out, *p);
    }
}

static void
add (GStrvBuilder *argv,
     const char   *option,
     const char   *value)
{
  if (value == NULL)
    return;

  g_strv_builder_add (argv, option);
  g_strv_builder_add (argv, value);
}

/* What the user's configuration says holds, but for what this would not work
 * with: nobody can be asked, and the connection is one's own and no shared one.
 * Forwardings of the configuration may fail, as where another ssh has them already;
 * whether our own has is seen when it is used. */
static const char * const options[] = {
  "BatchMode=yes",
  "ClearAllForwardings=no",
  "ControlMaster=no",
  "ControlPath=none",
  "ExitOnForwardFailure=no",
  "ForkAfterAuthentication=no",
  "LocalCommand=echo",
  "PermitLocalCommand=yes",
};

GStrv
vici_ssh_target_dup_argv (const ViciSshTarget *self,
                          const char          *local)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  g_autoptr (GString) forward = g_string_new (NULL);
  g_autofree char *port = self->port >= 0 ? g_strdup_printf ("%d", self->port) : NULL;

  g_strv_builder_add_many (argv, "ssh", "-N", "-T", "-a", "-x", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    add (argv, "-o", options[i]);
  add (argv, "-F", self->config);
  add (argv, "-p", port);
  add (argv, "-l", self->user);

  append_path (forward, local);
  g_string_append_c (forward, ':');
  append_path (forward, self->path);
  add (argv, "-L", forward->str);

  add (argv, "--", self->host);

  return g_strv_builder_end (argv);
}
