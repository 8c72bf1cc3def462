/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "daemon-test.h"

#include <glib/gstdio.h>

#include "vici-command-info.h"
#include "vici-event-info.h"
#include "vici-server.h"

typedef struct
{
  GPtrArray   *events;          /* ViciMessage */
  ViciMessage *reply;
} Answer;

typedef struct
{
  char        *command;
  ViciMessage *request;
} Request;

struct _DaemonServer
{
  GThread      *thread;
  GMainContext *context;
  GMainLoop    *loop;
  ViciServer   *server;
  char         *directory;
  char         *uri;
  const char   *unknown;        /* a command that it does not know; NULL: none */

  GMutex        mutex;
  GCond         cond;
  gboolean      listens;
  GHashTable   *answers;        /* command -> Answer */
  GQueue        requests;
  gboolean      hangs_up;
  GCancellable *cancellable;    /* to cancel instead of an answer */
  GPtrArray    *kept;           /* ViciInvocation, without an answer */
};

static void
answer_free (gpointer data)
{
  Answer *self = data;

  g_ptr_array_unref (self->events);
  g_object_unref (self->reply);
  g_free (self);
}

static void
request_free (gpointer data)
{
  Request *self = data;

  g_free (self->command);
  g_object_unref (self->request);
  g_free (self);
}

/* -- In the server's thread -- */

static void
give_answer (DaemonServer   *self,
             ViciInvocation *invocation)
{
  const ViciCommandInfo *info = vici_command_info_lookup (vici_invocation_get_command (invocation));
  Answer *answer = g_hash_table_lookup (self->answers, vici_invocation_get_command (invocation));

  if (answer == NULL)
    {
      vici_invocation_return_success (invocation);
      return;
    }

  for (guint i = 0; i < answer->events->len; i++)
    vici_invocation_send_event (invocation, vici_command_info_get_stream_event (info),
                                answer->events->pdata[i]);
  vici_invocation_return_message (invocation, answer->reply);
}

static gboolean
on_command (ViciServer     *server,
            ViciInvocation *invocation,
            gpointer        user_data)
{
  DaemonServer *self = user_data;
  Request *request = g_new0 (Request, 1);

  request->command = g_strdup (vici_invocation_get_command (invocation));
  request->request = g_object_ref (vici_invocation_get_request (invocation));

  g_mutex_lock (&self->mutex);
  g_queue_push_tail (&self->requests, request);
  if (self->hangs_up)
    {
      vici_peer_close (vici_invocation_get_peer (invocation));
      g_ptr_array_add (self->kept, g_object_ref (invocation));
    }
  else if (self->cancellable != NULL)
    {
      g_cancellable_cancel (self->cancellable);
      g_ptr_array_add (self->kept, g_object_ref (invocation));
    }
  else
    {
      give_answer (self, invocation);
    }
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

static void
add_names (DaemonServer *self)
{
  g_auto (GStrv) commands = vici_command_info_list ();
  g_auto (GStrv) events = vici_event_info_list ();

  for (gsize i = 0; commands[i] != NULL; i++)
    if (g_strcmp0 (commands[i], self->unknown) != 0)
      vici_server_add_command (self->server, commands[i]);
  for (gsize i = 0; events[i] != NULL; i++)
    vici_server_add_event (self->server, events[i]);
}

static gpointer
serve (gpointer user_data)
{
  DaemonServer *self = user_data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (self->context);
  self->server = vici_server_new ();
  add_names (self);
  g_signal_connect (self->server, "command", G_CALLBACK (on_command), self);
  vici_server_listen (self->server, self->uri, &error);
  g_assert_no_error (error);

  g_mutex_lock (&self->mutex);
  self->listens = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  g_main_loop_run (self->loop);

  g_ptr_array_set_size (self->kept, 0);
  vici_server_stop (self->server);
  g_clear_object (&self->server);
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

static gboolean
on_quit (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

/* -- In the test's -- */

static DaemonServer *
server_new (const char *unknown)
{
  DaemonServer *self = g_new0 (DaemonServer, 1);
  g_autoptr (GError) error = NULL;

  self->unknown = unknown;
  self->directory = g_dir_make_tmp ("vici-daemon-XXXXXX", &error);
  g_assert_no_error (error);
  self->uri = g_strdup_printf ("unix://%s/charon.vici", self->directory);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->answers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("server", serve, self);

  g_mutex_lock (&self->mutex);
  while (!self->listens)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return self;
}

static void
server_free (DaemonServer *self)
{
  g_main_context_invoke (self->context, on_quit, self->loop);
  g_thread_join (self->thread);

  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_hash_table_unref (self->answers);
  g_ptr_array_unref (self->kept);
  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->requests, request_free);
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->uri);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
daemon_test_set_up (DaemonTest   *self,
                    gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->server = server_new (data);
  self->connection = vici_connection_new (self->server->uri);
  self->daemon = vici_daemon_new (self->connection);
  vici_connection_open_sync (self->connection, NULL, &error);
  g_assert_no_error (error);
}

void
daemon_test_tear_down (DaemonTest   *self,
                       gconstpointer data)
{
  g_assert_finalize_object (self->daemon);
  vici_connection_close_sync (self->connection, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (self->connection);
  server_free (self->server);
}

ViciMessage *
daemon_test_message (const char *text)
{
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *message;

  variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  g_assert_no_error (error);
  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);

  return message;
}

static GPtrArray *
parse_events (const char *text)
{
  GPtrArray *events = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return events;

  list = g_variant_parse (G_VARIANT_TYPE ("aa{sv}"), text, NULL, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (list, i);

      g_ptr_array_add (events, vici_message_new_from_variant (event, &error));
      g_assert_no_error (error);
    }

  return events;
}

void
daemon_test_answer (DaemonTest *self,
                    const char *command,
                    const char *events,
                    const char *reply)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->events = parse_events (events);
  answer->reply = daemon_test_message (reply);

  g_mutex_lock (&self->server->mutex);
  g_hash_table_replace (self->server->answers, g_strdup (command), answer);
  g_mutex_unlock (&self->server->mutex);
}

void
daemon_test_hang_up (DaemonTest *self)
{
  g_mutex_lock (&self->server->mutex);
  self->server->hangs_up = TRUE;
  g_mutex_unlock (&self->server->mutex);
}

void
daemon_test_cancel (DaemonTest   *self,
                    GCancellable *cancellable)
{
  g_mutex_lock (&self->server->mutex);
  g_set_object (&self->server->cancellable, cancellable);
  g_mutex_unlock (&self->server->mutex);
}

void
daemon_test_normal (DaemonTest *self)
{
  g_mutex_lock (&self->server->mutex);
  self->server->hangs_up = FALSE;
  g_clear_object (&self->server->cancellable);
  g_mutex_unlock (&self->server->mutex);
}

ViciMessage *
daemon_test_request (DaemonTest *self,
                     char      **command)
{
  Request *request;
  ViciMessage *message;

  g_mutex_lock (&self->server->mutex);
  request = g_queue_pop_head (&self->server->requests);
  g_mutex_unlock (&self->server->mutex);

  if (request == NULL)
    return NULL;

  *command = g_steal_pointer (&request->command);
  message = g_object_ref (request->request);
  request_free (request);

  return message;
}

/* All of them, where a text would hide secrets. */
static char *
print_bytes (ViciMessage *message)
{
  GString *text = g_string_new (NULL);
  gsize length;
  const guint8 *data = g_bytes_get_data (vici_message_get_bytes (message), &length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, g_ascii_isprint (data[i]) ? "%c" : "\\%o", data[i]);

  return g_string_free (text, FALSE);
}

void
daemon_test_sent (DaemonTest *self,
                  const char *command,
                  const char *request)
{
  g_autoptr (ViciMessage) expected = daemon_test_message (request);
  g_autofree char *expected_bytes = print_bytes (expected);
  g_autofree char *sent_command = NULL;
  g_autoptr (ViciMessage) sent = daemon_test_request (self, &sent_command);
  g_autofree char *sent_bytes = NULL;

  g_assert_nonnull (sent);
  sent_bytes = print_bytes (sent);
  g_assert_cmpstr (sent_command, ==, command);
  g_assert_cmpstr (sent_bytes, ==, expected_bytes);
}

/* What had been sent would have come before this. */
void
daemon_test_sent_none (DaemonTest *self)
{
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = vici_connection_call_sync (self->connection, "stats", NULL, NULL, &error);
  g_assert_no_error (error);
  daemon_test_sent (self, "stats", "{}");
}

void
daemon_test_take (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("waited in vain for a result");

  return G_SOURCE_REMOVE;
}

void
daemon_test_wait (GAsyncResult **result)
{
  guint deadline = g_timeout_add_seconds (120, on_deadline, NULL);

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}
