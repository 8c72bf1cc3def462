/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-client.h"

void
gvici_client_init (GviciClient *self,
                   const char  *uri,
                   GviciFormat  format)
{
  self->connection = vici_connection_new (uri);
  self->format = format;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->status = GVICI_STATUS_OK;
}

void
gvici_client_clear (GviciClient *self)
{
  g_clear_object (&self->connection);
  g_clear_pointer (&self->loop, g_main_loop_unref);
}

void
gvici_client_finish (GviciClient *self,
                     GviciStatus  status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static GviciStatus
status_of (const GError *error)
{
  if (error->domain == VICI_ERROR)
    {
      switch ((ViciError) error->code)
        {
        case VICI_ERROR_UNKNOWN_COMMAND:
        case VICI_ERROR_UNKNOWN_EVENT:
        case VICI_ERROR_COMMAND_FAILED:
          return GVICI_STATUS_REFUSED;

        case VICI_ERROR_TOO_LARGE:
        case VICI_ERROR_INVALID:
          return GVICI_STATUS_USAGE;

        case VICI_ERROR_CLOSED:
        case VICI_ERROR_PROTOCOL:
        case VICI_ERROR_MALFORMED:
        default:
          return GVICI_STATUS_BROKEN;
        }
    }

  /* A URI that is none, or an output that takes nothing. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    return GVICI_STATUS_USAGE;

  return GVICI_STATUS_BROKEN;
}

void
gvici_client_fail (GviciClient  *self,
                   const GError *error)
{
  /* One cause may end several things. */
  if (!g_main_loop_is_running (self->loop))
    return;

  gvici_print_error (error->message);
  gvici_client_finish (self, status_of (error));
}

typedef struct
{
  GviciClient    *client;
  GviciClientFunc on_open;
  gpointer        user_data;
} Run;

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  if (vici_connection_open_finish (VICI_CONNECTION (source), result, &error))
    run->on_open (run->user_data);
  else
    gvici_client_fail (run->client, error);
}

GviciStatus
gvici_client_run (GviciClient    *self,
                  GviciClientFunc on_open,
                  gpointer        user_data)
{
  Run run = { self, on_open, user_data };

  vici_connection_open_async (self->connection, NULL, on_opened, &run);
  g_main_loop_run (self->loop);

  return self->status;
}
