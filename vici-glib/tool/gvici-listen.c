/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-listen.h"

#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

typedef struct
{
  GviciClient        *client;
  const char * const *events;
} Listen;

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          Listen         *self)
{
  g_autoptr (GError) error = NULL;
  gboolean named = self->events[1] != NULL;

  if (!gvici_print_event (self->client->format, named, name, message, &error))
    gvici_client_fail (self->client, error);
}

static void
on_closed (ViciConnection *connection,
           const GError   *error,
           Listen         *self)
{
  gvici_client_fail (self->client, error);
}

static void
on_subscribed (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  Listen *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!vici_connection_subscribe_finish (VICI_CONNECTION (source), result, &error))
    gvici_client_fail (self->client, error);
}

static void
on_open (gpointer user_data)
{
  Listen *self = user_data;

  for (guint i = 0; self->events[i] != NULL; i++)
    vici_connection_subscribe_async (self->client->connection, self->events[i], NULL,
                                     on_subscribed, self);
}

static gboolean
on_signal (gpointer user_data)
{
  gvici_client_finish (user_data, GVICI_STATUS_OK);

  return G_SOURCE_CONTINUE;
}

/* Without it, "gvici listen log | head -n 1" would go on until the next event. */
static gboolean
on_nobody_reads (int          fd,
                 GIOCondition condition,
                 gpointer     user_data)
{
  gvici_leave_pipe ();
}

GviciStatus
gvici_listen (GviciClient        *client,
              const char * const *events)
{
  Listen self = { client, events };

  g_signal_connect (client->connection, "event", G_CALLBACK (on_event), &self);
  g_signal_connect (client->connection, "closed", G_CALLBACK (on_closed), &self);

  g_unix_signal_add (SIGINT, on_signal, client);
  g_unix_signal_add (SIGTERM, on_signal, client);
  g_unix_fd_add (STDOUT_FILENO, G_IO_ERR, on_nobody_reads, NULL);

  return gvici_client_run (client, on_open, &self);
}
