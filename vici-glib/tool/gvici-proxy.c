/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <sys/resource.h>

#include "gvici-proxy-advert.h"
#include "gvici-proxy-client.h"
#include "gvici-proxy-log.h"
#include "gvici-proxy-options.h"
#include "gvici-proxy-peer.h"
#include "gvici-proxy-users.h"

/* Open files: the sockets of one client, which may go through a process that has some
 * more, and what the proxy has besides. */
#define FILES_PER_CLIENT 4
#define FILES_BESIDES 64

typedef struct
{
  GviciProxyOptions options;
  ViciTransport    *daemon;
  GPtrArray        *listeners;  /* Listener */
  GHashTable       *clients;    /* GviciProxyClient, and its user */
  GviciProxyUsers  *users;
  guint             accepted;   /* how many, for their names */
  GMainLoop        *loop;
  gboolean          ending;
} Proxy;

typedef struct
{
  Proxy         *proxy;
  ViciTransport *transport;
  char          *uri;           /* where clients find it; NULL: it does not listen */
  ViciAdvert    *advert;        /* NULL: it is not advertised */
} Listener;

/* -- Clients -- */

typedef void (*AllowFunc) (ViciFilter *filter,
                           const char *pattern);

static void
allow_each (ViciFilter *filter,
            const GStrv patterns,
            AllowFunc   allow)
{
  for (gsize i = 0; patterns != NULL && patterns[i] != NULL; i++)
    allow (filter, patterns[i]);
}

static ViciFilter *
create_filter (const GviciProxyOptions *options)
{
  ViciFilter *filter = vici_filter_new ();

  allow_each (filter, options->commands, vici_filter_allow_command);
  allow_each (filter, options->events, vici_filter_allow_event);
  if (options->read_only)
    vici_filter_allow_read_only (filter);
  vici_filter_set_max_log_level (filter, (guint) options->max_log_level);

  return filter;
}

static gboolean
is_let_in (Proxy           *self,
           const GviciPeer *peer)
{
  const GPtrArray *rules = self->options.peer_rules;

  for (guint i = 0; i < rules->len; i++)
    {
      if (gvici_peer_rule_matches (rules->pdata[i], peer))
        return TRUE;
    }

  return rules->len == 0;
}

static void
on_client_gone (GviciProxyClient *client,
                gpointer          user_data)
{
  Proxy *self = user_data;

  gvici_proxy_user_remove_client (g_hash_table_lookup (self->clients, client));
  g_hash_table_remove (self->clients, client);
  if (self->ending && g_hash_table_size (self->clients) == 0)
    g_main_loop_quit (self->loop);
}

/* Says so if there is not. */
static gboolean
has_room (Proxy          *self,
          GviciProxyUser *user,
          const char     *name)
{
  guint n_clients = g_hash_table_size (self->clients);
  guint n_of_user = gvici_proxy_user_get_clients (user);

  if (n_clients >= (guint) self->options.max_peers)
    gvici_proxy_user_log (user, name, _("refused: there are %u clients already"), n_clients);
  else if (n_of_user >= (guint) self->options.max_peers_per_user)
    gvici_proxy_user_log (user, name, _("refused: %u clients are of this user already"), n_of_user);
  else
    return TRUE;

  return FALSE;
}

static void
on_incoming (ViciTransport *transport,
             GIOStream     *stream,
             Listener      *listener)
{
  Proxy *self = listener->proxy;
  g_autoptr (GviciPeer) peer = gvici_peer_new (stream);
  g_autoptr (ViciFilter) filter = NULL;
  g_autofree char *name =
    g_strdup_printf (_("client %u (%s)"), ++self->accepted, gvici_peer_describe (peer));
  GviciProxyUser *user = gvici_proxy_users_find (self->users, gvici_peer_get_user (peer));
  GviciProxyLimits limits = {
    .timeout = (guint) self->options.timeout,
    .stall_timeout = (guint) self->options.stall_timeout,
  };
  GviciProxyClient *client;

  if (!is_let_in (self, peer))
    {
      gvici_proxy_user_log (user, name, _("refused: it is none of those who are let in"));
      return;
    }

  if (!has_room (self, user, name))
    return;

  gvici_proxy_user_log (user, name, _("accepted on %s"), listener->uri);
  filter = create_filter (&self->options);
  client = gvici_proxy_client_new (stream, self->daemon, filter, user, name, limits,
                                   on_client_gone, self);
  gvici_proxy_user_add_client (user);
  g_hash_table_insert (self->clients, client, user);
}

/* -- Listening -- */

static Listener *
listener_new (Proxy      *proxy,
              const char *uri,
              GError    **error)
{
  ViciTransport *transport = vici_transport_new_for_uri (uri, error);
  Listener *self;

  if (transport == NULL)
    return NULL;

  self = g_new0 (Listener, 1);
  self->proxy = proxy;
  self->transport = transport;
  g_signal_connect (transport, "incoming", G_CALLBACK (on_incoming), self);

  return self;
}

static void
listener_free (Listener *self)
{
  vici_transport_stop (self->transport);
  g_signal_handlers_disconnect_by_data (self->transport, self);
  g_object_unref (self->transport);
  if (self->advert != NULL)
    vici_advert_withdraw (self->advert);
  g_clear_object (&self->advert);
  g_free (self->uri);
  g_free (self);
}

/* Only some transports make a file. */
static gboolean
set_permissions (Listener *self)
{
  const GviciProxyOptions *options = &self->proxy->options;

  if (!VICI_IS_UNIX_TRANSPORT (self->transport))
    return FALSE;

  if (options->mode != NULL)
    g_object_set (self->transport, "socket-mode", options->socket_mode, NULL);
  if (options->group != NULL)
    g_object_set (self->transport, "socket-group", options->group, NULL);

  return TRUE;
}

static gboolean
create_transports (Proxy   *self,
                   GError **error)
{
  const GviciProxyOptions *options = &self->options;
  gboolean used = options->mode == NULL && options->group == NULL;

  self->daemon = vici_transport_new_for_uri (options->to, error);
  if (self->daemon == NULL)
    return FALSE;

  for (gsize i = 0; options->listen[i] != NULL; i++)
    {
      Listener *listener = listener_new (self, options->listen[i], error);

      if (listener == NULL)
        return FALSE;

      g_ptr_array_add (self->listeners, listener);
      used = set_permissions (listener) || used;
    }

  if (!used)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("--mode and --group are for UNIX sockets, and none is made"));

  return used;
}

static void
advertise (Listener *self)
{
  const GviciProxyOptions *options = &self->proxy->options;

  if (options->advertise && gvici_proxy_is_for_network (self->uri))
    self->advert = gvici_proxy_advertise (options->advert_name, self->uri);
}

static gboolean
listen_on_all (Proxy   *self,
               GError **error)
{
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = self->listeners->pdata[i];

      listener->uri = vici_transport_listen (listener->transport, error);
      if (listener->uri == NULL)
        return FALSE;
    }

  /* All or none: whoever reads a line finds them all. */
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = self->listeners->pdata[i];

      g_print ("%s\n", listener->uri);
      advertise (listener);
    }

  return TRUE;
}

/* -- The end -- */

static gboolean
on_signal (gpointer user_data)
{
  Proxy *self = user_data;
  GHashTableIter iter;
  gpointer client;

  if (self->ending)
    return G_SOURCE_CONTINUE;

  self->ending = TRUE;
  g_ptr_array_set_size (self->listeners, 0);

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &client, NULL))
    gvici_proxy_client_end (client, _("the proxy ends"));

  if (g_hash_table_size (self->clients) == 0)
    g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

/* There may be as many open files as there can be, and that has to be enough. */
static gboolean
provide_files (const GviciProxyOptions *options,
               GError                 **error)
{
  gulong needed = (gulong) options->max_peers * FILES_PER_CLIENT + FILES_BESIDES;
  struct rlimit limit;
  rlim_t soft;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return TRUE;

  soft = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    limit.rlim_cur = soft;

  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= needed)
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("There cannot be %d clients at once: they need %lu open files, and the proxy may have %lu"),
               options->max_peers, needed, (gulong) limit.rlim_cur);

  return FALSE;
}

static GviciStatus
run (Proxy   *self,
     GError **error)
{
  if (!provide_files (&self->options, error) || !create_transports (self, error))
    return GVICI_STATUS_USAGE;

  /* Before anybody is told that it is there. */
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);

  if (!listen_on_all (self, error))
    return GVICI_STATUS_BROKEN;

  g_main_loop_run (self->loop);

  return GVICI_STATUS_OK;
}

GviciStatus
gvici_proxy (int    argc,
             char **argv)
{
  Proxy self = { .loop = g_main_loop_new (NULL, FALSE) };
  GviciStatus status = GVICI_STATUS_USAGE;
  g_autoptr (GError) error = NULL;

  /* A client that goes away is no reason to. */
  signal (SIGPIPE, SIG_IGN);

  self.listeners = g_ptr_array_new_with_free_func ((GDestroyNotify) listener_free);
  self.clients = g_hash_table_new (NULL, NULL);
  self.users = gvici_proxy_users_new ();

  if (gvici_proxy_options_parse (&self.options, argc, argv, &error))
    status = run (&self, &error);
  if (error != NULL)
    gvici_print_error (error->message);

  gvici_proxy_options_clear (&self.options);
  g_clear_object (&self.daemon);
  g_ptr_array_unref (self.listeners);
  g_hash_table_unref (self.clients);
  gvici_proxy_users_free (self.users);
  g_main_loop_unref (self.loop);

  return status;
}
