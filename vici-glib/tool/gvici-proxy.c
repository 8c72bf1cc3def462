/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "gvici-proxy-advert.h"
#include "gvici-proxy-client.h"
#include "gvici-proxy-options.h"
#include "gvici-proxy-peer.h"

typedef struct
{
  GviciProxyOptions options;
  ViciTransport    *daemon;
  GPtrArray        *listeners;  /* Listener */
  GHashTable       *clients;    /* GviciProxyClient, as a set */
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

  g_hash_table_remove (self->clients, client);
  if (self->ending && g_hash_table_size (self->clients) == 0)
    g_main_loop_quit (self->loop);
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
  GviciProxyClient *client;

  if (!is_let_in (self, peer))
    {
      gvici_proxy_log (name, _("refused: it is none of those who are let in"));
      return;
    }

  if (g_hash_table_size (self->clients) >= (guint) self->options.max_peers)
    {
      gvici_proxy_log (name, _("refused: there are %d clients already"), self->options.max_peers);
      return;
    }

  gvici_proxy_log (name, _("accepted on %s"), listener->uri);
  filter = create_filter (&self->options);
  client = gvici_proxy_client_new (stream, self->daemon, filter, name, (guint) self->options.timeout,
                                   on_client_gone, self);
  g_hash_table_add (self->clients, client);
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

static GviciStatus
run (Proxy   *self,
     GError **error)
{
  if (!create_transports (self, error))
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

  if (gvici_proxy_options_parse (&self.options, argc, argv, &error))
    status = run (&self, &error);
  if (error != NULL)
    gvici_print_error (error->message);

  gvici_proxy_options_clear (&self.options);
  g_clear_object (&self.daemon);
  g_ptr_array_unref (self.listeners);
  g_hash_table_unref (self.clients);
  g_main_loop_unref (self.loop);

  return status;
}
