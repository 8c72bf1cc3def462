/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-daemon-private.h"

#include "vici-reply.h"
#include "vici-stream.h"

/* A command that is under way asynchronously: the data of its task. */
typedef struct
{
  ViciReply   reply;
  ViciStream *stream;           /* of one that streams a list */
} Call;

static void
call_free (gpointer data)
{
  Call *self = data;

  vici_reply_clear (&self->reply);
  g_clear_object (&self->stream);
  g_free (self);
}

static gboolean
is_streamed (const ViciDaemonCommand *command)
{
  return command->from == VICI_LIST_FROM_EVENTS || command->from == VICI_LIST_FROM_EVENT;
}

/* -- Asynchronous -- */

static void
return_reply (GTask       *task,
              ViciMessage *message,
              GError      *error)
{
  g_autoptr (ViciMessage) reply = message;
  Call *call = g_task_get_task_data (task);

  vici_daemon_learn (g_task_get_source_object (task), call->reply.command->name, reply, error);

  if (error == NULL)
    vici_reply_end (&call->reply, reply, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else if (vici_reply_get_free (&call->reply) == NULL)
    g_task_return_int (task, call->reply.number);
  else
    g_task_return_pointer (task, g_steal_pointer (&call->reply.pointer),
                           vici_reply_get_free (&call->reply));
}

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  ViciMessage *reply = vici_connection_call_finish (VICI_CONNECTION (source), result, &error);

  return_reply (task, reply, error);
}

static void
on_event (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  ViciDaemon *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  ViciStream *stream = VICI_STREAM (source);
  GError *error = NULL;
  g_autoptr (ViciMessage) event = vici_stream_next_finish (stream, result, &error);

  if (event != NULL &&
      vici_reply_add_event (&call->reply, event, vici_daemon_get_max_list (self), &error))
    {
      GCancellable *cancellable = g_task_get_cancellable (task);

      vici_stream_next_async (stream, cancellable, on_event, g_steal_pointer (&task));
      return;
    }

  /* The list is too large: the rest is dropped from now on. */
  if (event != NULL)
    vici_stream_close (stream);

  return_reply (task, error ? NULL : g_object_ref (vici_stream_get_reply (stream)), error);
}

/* Takes the task over. */
static void
begin (ViciConnection *connection,
       GTask          *task,
       ViciMessage    *request)
{
  Call *call = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  const char *command = call->reply.command->name;

  if (is_streamed (call->reply.command))
    {
      call->stream = vici_connection_call_streaming (connection, command, NULL, request);
      vici_stream_next_async (call->stream, cancellable, on_event, task);
    }
  else
    {
      vici_connection_call_async (connection, command, request, cancellable, on_called, task);
    }
}

void
vici_daemon_call_async (ViciDaemon         *self,
                        ViciRequest        *request,
                        gpointer            tag,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  const ViciDaemonCommand *command = request->command;
  ViciConnection *connection = vici_daemon_get_connection (self);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (ViciMessage) message = NULL;
  Call *call = g_new0 (Call, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, call, call_free);
  vici_reply_init (&call->reply, command);

  /* What the command brings about is told to those who have asked for it by now. */
  vici_watcher_update (vici_daemon_get_watcher (self));

  message = vici_request_end (request, &error);
  if (message == NULL || !vici_daemon_check_command (self, command->name, &error))
    g_task_return_error (task, error);
  /* A stream would begin before it heard of that. */
  else if (!g_task_return_error_if_cancelled (task))
    begin (connection, g_steal_pointer (&task), message);
}

gboolean
vici_daemon_finish_boolean (ViciDaemon   *self,
                            GAsyncResult *result,
                            gpointer      tag,
                            GError      **error)
{
  return vici_daemon_finish_count (self, result, tag, error) > 0;
}

gint64
vici_daemon_finish_count (ViciDaemon   *self,
                          GAsyncResult *result,
                          gpointer      tag,
                          GError      **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

gpointer
vici_daemon_finish_pointer (ViciDaemon   *self,
                            GAsyncResult *result,
                            gpointer      tag,
                            GError      **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -- Synchronous -- */

static ViciMessage *
drain (ViciDaemon   *self,
       ViciReply    *reply,
       ViciStream   *stream,
       GCancellable *cancellable,
       GError      **error)
{
  GError *local_error = NULL;
  ViciMessage *event;

  while ((event = vici_stream_next_sync (stream, cancellable, &local_error)) != NULL)
    {
      vici_reply_add_event (reply, event, vici_daemon_get_max_list (self), &local_error);
      g_object_unref (event);
      if (local_error != NULL)
        break;
    }

  if (local_error != NULL)
    {
      g_propagate_error (error, local_error);
      return NULL;
    }

  return g_object_ref (vici_stream_get_reply (stream));
}

static ViciMessage *
run_sync (ViciDaemon   *self,
          ViciReply    *reply,
          ViciMessage  *message,
          GCancellable *cancellable,
          GError      **error)
{
  ViciConnection *connection = vici_daemon_get_connection (self);
  g_autoptr (ViciStream) stream = NULL;

  if (!is_streamed (reply->command))
    return vici_connection_call_sync (connection, reply->command->name, message, cancellable, error);

  /* A stream would begin before it heard of that. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  stream = vici_connection_call_streaming (connection, reply->command->name, NULL, message);

  return drain (self, reply, stream, cancellable, error);
}

/* Leaves in @reply what is returned. */
static void
call_sync (ViciDaemon   *self,
           ViciRequest  *request,
           ViciReply    *reply,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (ViciMessage) answer = NULL;

  vici_reply_init (reply, request->command);
  vici_watcher_update (vici_daemon_get_watcher (self));

  message = vici_request_end (request, error);
  if (message == NULL || !vici_daemon_check_command (self, reply->command->name, error))
    return;

  answer = run_sync (self, reply, message, cancellable, &local_error);
  vici_daemon_learn (self, reply->command->name, answer, local_error);

  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    vici_reply_end (reply, answer, error);
}

gboolean
vici_daemon_call_sync_boolean (ViciDaemon   *self,
                               ViciRequest  *request,
                               GCancellable *cancellable,
                               GError      **error)
{
  return vici_daemon_call_sync_count (self, request, cancellable, error) > 0;
}

gint64
vici_daemon_call_sync_count (ViciDaemon   *self,
                             ViciRequest  *request,
                             GCancellable *cancellable,
                             GError      **error)
{
  ViciReply reply;

  call_sync (self, request, &reply, cancellable, error);
  vici_reply_clear (&reply);

  return reply.number;
}

gpointer
vici_daemon_call_sync_pointer (ViciDaemon   *self,
                               ViciRequest  *request,
                               GCancellable *cancellable,
                               GError      **error)
{
  ViciReply reply;
  gpointer pointer;

  call_sync (self, request, &reply, cancellable, error);
  pointer = g_steal_pointer (&reply.pointer);
  vici_reply_clear (&reply);

  return pointer;
}
