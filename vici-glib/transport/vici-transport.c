/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-transport.h"

#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* charon's listen queue holds three connections. One that does not fit is
 * turned away with EAGAIN, and there is nothing to poll for. */
#define RETRY_MIN_MS 5
#define RETRY_MAX_MS 200

typedef struct
{
  GSocketConnectable *address;
  GCancellable       *cancellable;
  ViciTransportFunc   func;
  gpointer            user_data;
  guint               retry_ms;
} Attempt;

static void
finish (Attempt      *attempt,
        GIOStream    *stream,
        const GError *error)
{
  attempt->func (stream, error, attempt->user_data);

  g_clear_object (&attempt->address);
  g_clear_object (&attempt->cancellable);
  g_free (attempt);
}

/* Or sooner, upon a cancellation. */
static void
call_later (Attempt    *attempt,
            guint       milliseconds,
            GSourceFunc func)
{
  g_autoptr (GSource) timeout = g_timeout_source_new (milliseconds);

  if (attempt->cancellable != NULL)
    {
      g_autoptr (GSource) cancelled = g_cancellable_source_new (attempt->cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (timeout, cancelled);
    }

  g_source_set_callback (timeout, func, attempt, NULL);
  g_source_attach (timeout, g_main_context_get_thread_default ());
}

/* -- By GIO's client, which looks names up and tries all addresses -- */

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (connection != NULL)
    {
      /* Requests are small, and wait for nothing but their reply. */
      g_socket_set_option (g_socket_connection_get_socket (connection),
                           IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
    }
  finish (user_data, (GIOStream *) connection, error);
}

static void
connect_by_client (Attempt *attempt)
{
  g_autoptr (GSocketClient) client = g_object_new (G_TYPE_SOCKET_CLIENT,
                                                   "enable-proxy", FALSE,
                                                   NULL);

  g_socket_client_connect_async (client, attempt->address, attempt->cancellable,
                                 on_connected, attempt);
}

/* -- UNIX sockets, which answer at once. GIO's client starts a thread. -- */

static GIOStream *
try_unix_socket (GSocketConnectable *address,
                 GCancellable       *cancellable,
                 GError            **error)
{
  g_autoptr (GSocket) socket = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_DEFAULT, error);
  if (socket == NULL)
    return NULL;

  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_connect (socket, G_SOCKET_ADDRESS (address), NULL, error))
    return NULL;

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static gboolean
on_try (gpointer user_data)
{
  Attempt *attempt = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream = try_unix_socket (attempt->address, attempt->cancellable, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      call_later (attempt, attempt->retry_ms, on_try);
      attempt->retry_ms = MIN (attempt->retry_ms * 2, RETRY_MAX_MS);
    }
  else
    finish (attempt, stream, error);

  return G_SOURCE_REMOVE;
}

gboolean
vici_transport_open_now (const char   *uri,
                         GCancellable *cancellable,
                         GIOStream   **stream,
                         GError      **error)
{
  g_autoptr (GSocketConnectable) address = NULL;
  g_autoptr (GError) local_error = NULL;

  *stream = NULL;
  address = vici_uri_parse (uri, &local_error);

  if (address != NULL && !G_IS_UNIX_SOCKET_ADDRESS (address))
    return FALSE;

  if (address != NULL)
    *stream = try_unix_socket (address, cancellable, &local_error);
  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return TRUE;
}

void
vici_transport_open (const char       *uri,
                     GCancellable     *cancellable,
                     ViciTransportFunc func,
                     gpointer          user_data)
{
  Attempt *attempt = g_new0 (Attempt, 1);

  attempt->address = vici_uri_parse (uri, NULL);
  attempt->cancellable = cancellable ? g_object_ref (cancellable) : NULL;
  attempt->func = func;
  attempt->user_data = user_data;
  attempt->retry_ms = RETRY_MIN_MS;

  if (G_IS_UNIX_SOCKET_ADDRESS (attempt->address))
    call_later (attempt, attempt->retry_ms, on_try);
  else
    connect_by_client (attempt);
}
