/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-call.h"

typedef struct
{
  GviciClient *client;
  const char  *command;
  const char  *event;           /* that the command streams, or NULL */
  ViciMessage *request;
  ViciStream  *stream;
} Call;

static void
handle_reply (Call        *self,
              ViciMessage *reply)
{
  g_autoptr (GError) error = NULL;

  /* Line by line, JSON is for programs: they want a line for each thing on the
   * list, and none that only says that the list has ended. */
  gboolean silent = self->event != NULL && self->client->format == GVICI_FORMAT_JSON &&
                    vici_message_is_empty (reply);

  if ((silent || gvici_print_reply (self->client->format, self->command, reply, &error)) &&
      vici_message_check_success (reply, &error))
    gvici_client_finish (self->client, GVICI_STATUS_OK);
  else
    gvici_client_fail (self->client, error);
}

static void
on_replied (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Call *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) reply = NULL;

  reply = vici_connection_call_finish (VICI_CONNECTION (source), result, &error);
  if (reply != NULL)
    handle_reply (self, reply);
  else
    gvici_client_fail (self->client, error);
}

static void
on_next (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Call *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciMessage) message = NULL;

  message = vici_stream_next_finish (VICI_STREAM (source), result, &error);

  if (error == NULL && message == NULL)
    handle_reply (self, vici_stream_get_reply (self->stream));
  else if (error == NULL &&
           gvici_print_event (self->client->format, FALSE, self->event, message, &error))
    vici_stream_next_async (self->stream, NULL, on_next, self);
  else
    gvici_client_fail (self->client, error);
}

static void
on_open (gpointer user_data)
{
  Call *self = user_data;
  ViciConnection *connection = self->client->connection;

  if (self->event != NULL)
    {
      self->stream = vici_connection_call_streaming (connection, self->command, self->event, self->request);
      vici_stream_next_async (self->stream, NULL, on_next, self);
    }
  else
    {
      vici_connection_call_async (connection, self->command, self->request, NULL, on_replied, self);
    }
}

GviciStatus
gvici_call (GviciClient *client,
            const char  *command,
            ViciMessage *request)
{
  Call self = { client, command, vici_session_get_stream_event (command), request, NULL };
  GviciStatus status = gvici_client_run (client, on_open, &self);

  g_clear_object (&self.stream);

  return status;
}
