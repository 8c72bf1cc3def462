/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-options.h"

#include <glib/gi18n.h>

#include "gvici-proxy-advert.h"
#include "gvici-proxy-peer.h"

#define DEFAULT_TO "unix:///var/run/charon.vici"
#define DEFAULT_MAX_PEERS 100
#define DEFAULT_TIMEOUT 30000
#define DEFAULT_MAX_LOG_LEVEL 1
#define MAX_LOG_LEVEL 4

/* Not given: a part of @max_peers. */
#define UNSET G_MININT
#define USERS_AT_LEAST 4

static gboolean
on_advertise (const char *option,
              const char *value,
              gpointer    user_data,
              GError    **error)
{
  GviciProxyOptions *self = user_data;

  self->advertise = TRUE;
  g_free (self->advert_name);
  self->advert_name = g_strdup (value);

  return TRUE;
}

static gboolean
parse_words (GviciProxyOptions *self,
             int                argc,
             char             **argv,
             GError           **error)
{
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->listen,
      N_("Where clients find the proxy; can be given several times"), N_("URI") },
    { "to", 0, 0, G_OPTION_ARG_FILENAME, &self->to,
      N_("Where the daemon listens (unix:///var/run/charon.vici)"), N_("URI") },
    { "allow", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->commands,
      N_("Commands to let through, as “version” or “list-*”; can be given several times"), N_("PATTERN") },
    { "allow-event", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->events,
      N_("Events to let through; can be given several times"), N_("PATTERN") },
    { "read-only", 0, 0, G_OPTION_ARG_NONE, &self->read_only,
      N_("Let the commands through that change nothing"), NULL },
    { "max-log-level", 0, 0, G_OPTION_ARG_INT, &self->max_log_level,
      N_("How much of the log “initiate” and “terminate” may ask for; 3 and 4 tell secrets (1)"), N_("LEVEL") },
    { "peer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->peers,
      N_("Whom to let in, as “user=alice” or “group=adm”; can be given several times"), N_("WHO") },
    { "mode", 0, 0, G_OPTION_ARG_STRING, &self->mode,
      N_("Permissions of UNIX sockets, in octal digits"), N_("MODE") },
    { "group", 0, 0, G_OPTION_ARG_STRING, &self->group,
      N_("Group of UNIX sockets"), N_("NAME") },
    { "advertise", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_advertise,
      N_("Advertise what is tcp:// or tls:// by mDNS, under a name"), N_("NAME") },
    { "max-peers", 0, 0, G_OPTION_ARG_INT, &self->max_peers,
      N_("How many clients there may be at once (100)"), N_("N") },
    { "max-peers-per-user", 0, 0, G_OPTION_ARG_INT, &self->max_peers_per_user,
      N_("How many of them may be of one user (a quarter)"), N_("N") },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &self->timeout,
      N_("How long a packet may take, and connecting to the daemon (30000)"), N_("MS") },
    { "stall-timeout", 0, 0, G_OPTION_ARG_INT, &self->stall_timeout,
      N_("How long a client may read nothing of what is there for it (30000; 0: for ever)"), N_("MS") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  GOptionGroup *group = g_option_group_new (NULL, NULL, NULL, self, NULL);

  /* The group hands the options to the callback. */
  g_option_group_add_entries (group, entries);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_option_context_set_main_group (context, group);
  g_option_context_set_summary (context, _("Stands between clients and strongSwan’s IKE daemon, and lets through what is allowed."));

  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;

  if (argc > 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _("“%s” is no option: each pattern has its own --allow"), argv[1]);

  return argc <= 1;
}

static gboolean
parse_mode (GviciProxyOptions *self,
            GError           **error)
{
  guint64 mode;

  if (self->mode == NULL)
    return TRUE;

  if (!g_ascii_string_to_unsigned (self->mode, 8, 0, 0777, &mode, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("“%s” is no mode: it should be an octal number up to 0777, such as 0660"), self->mode);
      return FALSE;
    }

  self->socket_mode = (guint) mode;

  return TRUE;
}

static gboolean
parse_peers (GviciProxyOptions *self,
             GError           **error)
{
  for (gsize i = 0; self->peers != NULL && self->peers[i] != NULL; i++)
    {
      GviciPeerRule *rule = gvici_peer_rule_new (self->peers[i], error);

      if (rule == NULL)
        return FALSE;

      g_ptr_array_add (self->peer_rules, rule);
    }

  return TRUE;
}

static gboolean
is_in_network (const GviciProxyOptions *self)
{
  for (gsize i = 0; self->listen[i] != NULL; i++)
    if (gvici_proxy_is_for_network (self->listen[i]))
      return TRUE;

  return FALSE;
}

static gboolean
check_values (const GviciProxyOptions *self,
              GError                 **error)
{
  if (self->listen == NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("Nowhere to listen is given; see gvici proxy --help"));
  else if (self->commands == NULL && self->events == NULL && !self->read_only)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("Nothing is allowed; see gvici proxy --help"));
  else if (self->advertise && !is_in_network (self))
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("--advertise is for tcp:// and tls://, and the proxy listens on neither"));
  else if (self->max_peers < 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("There may be %d clients at once; it has to be one at least"), self->max_peers);
  else if (self->max_peers_per_user < 1 && self->max_peers_per_user != UNSET)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("There may be %d clients of one user; it has to be one at least"),
                 self->max_peers_per_user);
  else if (self->timeout < 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("The timeout is %d ms; it has to be one at least"), self->timeout);
  else if (self->stall_timeout < 0)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("The timeout is %d ms; it cannot be negative"), self->stall_timeout);
  else if (self->max_log_level < DEFAULT_MAX_LOG_LEVEL || self->max_log_level > MAX_LOG_LEVEL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("The log level is %d; it has to be from 1 to 4"), self->max_log_level);
  else
    return TRUE;

  return FALSE;
}

gboolean
gvici_proxy_options_parse (GviciProxyOptions *self,
                           int                argc,
                           char             **argv,
                           GError           **error)
{
  *self = (GviciProxyOptions) {
    .max_log_level = DEFAULT_MAX_LOG_LEVEL,
    .max_peers = DEFAULT_MAX_PEERS,
    .max_peers_per_user = UNSET,
    .timeout = DEFAULT_TIMEOUT,
    .stall_timeout = DEFAULT_TIMEOUT,
  };
  self->peer_rules = g_ptr_array_new_with_free_func ((GDestroyNotify) gvici_peer_rule_free);

  if (!parse_words (self, argc, argv, error) || !check_values (self, error) ||
      !parse_mode (self, error) || !parse_peers (self, error))
    return FALSE;

  if (self->to == NULL)
    self->to = g_strdup (DEFAULT_TO);
  if (self->max_peers_per_user == UNSET)
    self->max_peers_per_user = MAX (self->max_peers / USERS_AT_LEAST, 1);

  return TRUE;
}

void
gvici_proxy_options_clear (GviciProxyOptions *self)
{
  g_strfreev (self->listen);
  g_free (self->to);
  g_strfreev (self->commands);
  g_strfreev (self->events);
  g_strfreev (self->peers);
  g_clear_pointer (&self->peer_rules, g_ptr_array_unref);
  g_free (self->advert_name);
  g_free (self->mode);
  g_free (self->group);
}
