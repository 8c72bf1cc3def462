/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-transport.h"

/* charon's listen queue holds three connections. One that does not fit is
 * turned away with EAGAIN, and there is nothing to poll for. */
#define RETRY_MIN_MS 5
#define RETRY_MAX_MS 200

typedef struct
{
  GSocketClient      *client;
  GSocketConnectable *address;
  guint               retry_ms;
} Attempt;

static void
attempt_free (Attempt *attempt)
{
  g_clear_object (&attempt->client);
  g_clear_object (&attempt->address);
  g_free (attempt);
}

static void connect_once (GTask *task);

static gboolean
on_retry (gpointer user_data)
{
  GTask *task = user_data;

  if (!g_task_return_error_if_cancelled (task))
    connect_once (task);

  return G_SOURCE_REMOVE;
}

static void
retry_later (GTask *task)
{
  Attempt *attempt = g_task_get_task_data (task);
  g_autoptr (GSource) timeout = g_timeout_source_new (attempt->retry_ms);
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    {
      g_autoptr (GSource) cancelled = g_cancellable_source_new (cancellable);

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (timeout, cancelled);
    }

  attempt->retry_ms = MIN (attempt->retry_ms * 2, RETRY_MAX_MS);
  g_task_attach_source (task, timeout, on_retry);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    retry_later (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
connect_once (GTask *task)
{
  Attempt *attempt = g_task_get_task_data (task);

  g_socket_client_connect_async (attempt->client, attempt->address,
                                 g_task_get_cancellable (task),
                                 on_connected, g_object_ref (task));
}

void
vici_transport_open_async (const char         *uri,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  GSocketConnectable *address;
  Attempt *attempt;

  g_task_set_source_tag (task, vici_transport_open_async);

  address = vici_uri_parse (uri, &error);
  if (address == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  attempt = g_new0 (Attempt, 1);
  attempt->address = address;
  attempt->client = g_object_new (G_TYPE_SOCKET_CLIENT, "enable-proxy", FALSE, NULL);
  attempt->retry_ms = RETRY_MIN_MS;
  g_task_set_task_data (task, attempt, (GDestroyNotify) attempt_free);

  connect_once (task);
}

GIOStream *
vici_transport_open_finish (GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
