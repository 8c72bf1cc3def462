/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-watch.h"

#include <poll.h>

static GSocket *
get_socket (GIOStream *stream)
{
  g_autoptr (GIOStream) base = g_object_ref (stream);

  /* The one below is there as long as the one above. */
  if (G_IS_TLS_CONNECTION (stream))
    {
      g_clear_object (&base);
      g_object_get (stream, "base-io-stream", &base, NULL);
    }

  return G_IS_SOCKET_CONNECTION (base) ? g_socket_connection_get_socket (G_SOCKET_CONNECTION (base))
                                       : NULL;
}

GSource *
gvici_proxy_watch (GIOStream        *stream,
                   GUnixFDSourceFunc func,
                   gpointer          user_data)
{
  GSocket *socket = get_socket (stream);
  GSource *source;

  if (socket == NULL)
    return NULL;

  /* GLib has no name for the condition, but hands it on. TCP has no other one for a
   * peer that has closed. */
  source = g_unix_fd_source_new (g_socket_get_fd (socket),
                                 (GIOCondition) (POLLRDHUP | POLLHUP | POLLERR));
  g_source_set_callback (source, G_SOURCE_FUNC (func), user_data, NULL);
  g_source_attach (source, NULL);

  return source;
}

gboolean
gvici_proxy_has_unread (GIOStream *stream)
{
  GSocket *socket = get_socket (stream);

  return socket != NULL && g_socket_get_available_bytes (socket) > 0;
}
