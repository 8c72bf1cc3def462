/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "client-test.h"

#include "vici-builder.h"
#include "vici-core-enum-types.h"
#include "vici-error.h"

#define STUCK_SECONDS 120

/* -- The log -- */

static char *
error_nick (const GError *error)
{
  g_autoptr (GEnumClass) codes = NULL;

  if (error->domain == VICI_ERROR)
    codes = g_type_class_ref (VICI_TYPE_ERROR);
  else if (error->domain == G_IO_ERROR)
    codes = g_type_class_ref (G_TYPE_IO_ERROR_ENUM);
  else
    g_error ("Unexpected error: %s", error->message);

  /* For people to read. */
  g_assert_cmpstr (error->message, !=, "");

  return g_strdup (g_enum_get_value (codes, error->code)->value_nick);
}

static char *
first_value (ViciMessage *message)
{
  g_auto (GStrv) names = vici_message_get_names (message);

  return names[0] != NULL ? vici_message_lookup_string (message, names[0]) : g_strdup ("ok");
}

char *
client_outcome (ViciMessage *message,
                GError      *error,
                const char  *nothing)
{
  char *outcome;

  if (error != NULL)
    {
      g_assert_null (message);
      outcome = error_nick (error);
      g_error_free (error);
      return outcome;
    }

  if (message == NULL)
    return g_strdup (nothing);

  outcome = first_value (message);
  g_object_unref (message);

  return outcome;
}

void
client_log (ClientTest *self,
            const char *format,
            ...)
{
  g_autofree char *word = NULL;
  va_list arguments;

  va_start (arguments, format);
  word = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  if (self->log->len > 0)
    g_string_append_c (self->log, ' ');
  g_string_append (self->log, word);
  self->words++;

  if (self->hook != NULL)
    self->hook (self, word);
}

/* Where callbacks and signals have to come from. */
static ClientTest *
assert_own_context (gpointer user_data)
{
  ClientTest *self = user_data;

  g_assert_true (g_main_context_is_owner (self->context));

  return self;
}

typedef struct
{
  ClientTest *test;
  char       *what;
} Stuck;

static void
stuck_free (gpointer data)
{
  Stuck *stuck = data;

  g_free (stuck->what);
  g_free (stuck);
}

static gboolean
on_stuck (gpointer user_data)
{
  Stuck *stuck = user_data;

  g_error ("Stuck while waiting for: %s; the log says: %s", stuck->what, stuck->test->log->str);

  return G_SOURCE_REMOVE;
}

GSource *
client_deadline_new (ClientTest *self,
                     const char *what)
{
  GSource *source = g_timeout_source_new_seconds (STUCK_SECONDS);
  Stuck *stuck = g_new0 (Stuck, 1);

  stuck->test = self;
  stuck->what = g_strdup (what);
  g_source_set_callback (source, on_stuck, stuck, stuck_free);
  g_source_attach (source, self->context);

  return source;
}

void
client_deadline_free (GSource *deadline)
{
  g_source_destroy (deadline);
  g_source_unref (deadline);
}

static guint
count_words (const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  return g_strv_length (list);
}

void
client_expect (ClientTest *self,
               const char *words)
{
  guint n_words = count_words (words);
  GSource *deadline = client_deadline_new (self, words);

  while (self->words < n_words)
    g_main_context_iteration (self->context, TRUE);

  client_deadline_free (deadline);
  g_assert_cmpstr (self->log->str, ==, words);
  g_string_truncate (self->log, 0);
  self->words = 0;
}

void
client_settle (ClientTest *self)
{
  while (g_main_context_iteration (self->context, FALSE))
    ;
}

void
client_await (ClientTest *self)
{
  client_run_until (self, peer_has_arrived (self->peer));
}

void
client_wait_gone (ClientTest *self)
{
  client_run_until (self, self->alive == NULL);
}

void
client_wait_peer (ClientTest *self)
{
  client_run_until (self, peer_is_done (self->peer));
}

/* -- The fixture -- */

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          gpointer        user_data)
{
  g_autofree char *value = first_value (message);

  client_log (assert_own_context (user_data), "@%s:%s", name, value);
}

static void
on_closed (ViciConnection *connection,
           GError         *error,
           gpointer        user_data)
{
  g_autofree char *outcome = client_outcome (NULL, error ? g_error_copy (error) : NULL, "ok");

  client_log (assert_own_context (user_data), "closed:%s", outcome);
}

ClientTest *
client_test_new (PeerTransport transport,
                 const char   *script)
{
  ClientTest *self = g_new0 (ClientTest, 1);
  g_autoptr (GIOStream) stream = NULL;

  self->context = g_main_context_ref_thread_default ();
  self->log = g_string_new (NULL);
  self->peer = peer_new (transport, script);

  stream = peer_take_stream (self->peer);
  self->connection = stream ? vici_connection_new_for_stream (stream)
                            : vici_connection_new (peer_get_uri (self->peer));

  self->alive = self->connection;
  g_object_add_weak_pointer (self->alive, &self->alive);
  g_signal_connect (self->connection, "event", G_CALLBACK (on_event), self);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);

  return self;
}

ClientTest *
client_test_new_open (PeerTransport transport,
                      const char   *script)
{
  ClientTest *self = client_test_new (transport, script);
  g_autoptr (GError) error = NULL;

  vici_connection_open_sync (self->connection, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (vici_connection_get_state (self->connection), ==, VICI_CONNECTION_OPEN);

  return self;
}

void
client_test_free (ClientTest *self)
{
  gboolean was_open = self->connection != NULL &&
                      vici_connection_get_state (self->connection) == VICI_CONNECTION_OPEN;

  client_settle (self);
  g_assert_cmpstr (self->log->str, ==, "");

  self->hook = NULL;
  g_clear_object (&self->connection);
  client_wait_gone (self);
  client_wait_peer (self);
  client_settle (self);
  g_assert_cmpstr (self->log->str, ==, was_open ? "closed:ok" : "");

  peer_free (self->peer);
  g_string_free (self->log, TRUE);
  g_main_context_unref (self->context);
  g_free (self);
}

/* -- What is asked for -- */

typedef struct
{
  ClientTest *test;
  char        kind;
  char       *name;
} Question;

static Question *
question_new (ClientTest *test,
              char        kind,
              const char *name)
{
  Question *self = g_new0 (Question, 1);

  self->test = test;
  self->kind = kind;
  self->name = g_strdup (name);

  return self;
}

static void
question_free (Question *self)
{
  g_free (self->name);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  GError *error = NULL;
  ViciMessage *reply = vici_connection_call_finish (VICI_CONNECTION (source), result, &error);
  g_autofree char *outcome = client_outcome (reply, error, "nothing");

  client_log (assert_own_context (question->test), "%s:%s", question->name, outcome);
}

/* For those that return whether they have worked. */
static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  ViciConnection *connection = VICI_CONNECTION (source);
  g_autofree char *outcome = NULL;
  GError *error = NULL;
  gboolean ok;

  if (question->kind == '+')
    ok = vici_connection_subscribe_finish (connection, result, &error);
  else if (question->kind == '-')
    ok = vici_connection_unsubscribe_finish (connection, result, &error);
  else if (question->kind == 'o')
    ok = vici_connection_open_finish (connection, result, &error);
  else
    ok = vici_connection_close_finish (connection, result, &error);

  g_assert_cmpint (ok, ==, error == NULL);
  outcome = client_outcome (NULL, error, "ok");
  client_log (assert_own_context (question->test), "%s:%s", question->name, outcome);
}

void
client_open (ClientTest   *self,
             GCancellable *cancellable)
{
  vici_connection_open_async (self->connection, cancellable, on_done,
                              question_new (self, 'o', "open"));
}

void
client_close (ClientTest *self)
{
  vici_connection_close_async (self->connection, NULL, on_done, question_new (self, 'c', "close"));
}

void
client_call_full (ClientTest   *self,
                  const char   *name,
                  ViciMessage  *request,
                  GCancellable *cancellable)
{
  vici_connection_call_async (self->connection, name, request, cancellable, on_called,
                              question_new (self, 0, name));
}

void
client_call (ClientTest *self,
             const char *name)
{
  client_call_full (self, name, NULL, NULL);
}

void
client_subscribe (ClientTest   *self,
                  const char   *event,
                  GCancellable *cancellable)
{
  g_autofree char *name = g_strconcat ("+", event, NULL);

  vici_connection_subscribe_async (self->connection, event, cancellable, on_done,
                                   question_new (self, '+', name));
}

void
client_unsubscribe (ClientTest   *self,
                    const char   *event,
                    GCancellable *cancellable)
{
  g_autofree char *name = g_strconcat ("-", event, NULL);

  vici_connection_unsubscribe_async (self->connection, event, cancellable, on_done,
                                     question_new (self, '-', name));
}

ViciStream *
client_stream (ClientTest *self,
               const char *name,
               const char *event)
{
  return vici_connection_call_streaming (self->connection, name, event, NULL);
}

static void
on_next (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GError *error = NULL;
  ViciMessage *message = vici_stream_next_finish (VICI_STREAM (source), result, &error);
  g_autofree char *outcome = client_outcome (message, error, "end");

  client_log (assert_own_context (user_data), ">%s", outcome);
}

void
client_next (ClientTest   *self,
             ViciStream   *stream,
             GCancellable *cancellable)
{
  vici_stream_next_async (stream, cancellable, on_next, self);
}

void
client_call_sync (ClientTest *self,
                  const char *name,
                  const char *outcome)
{
  GError *error = NULL;
  ViciMessage *reply = vici_connection_call_sync (self->connection, name, NULL, NULL, &error);
  g_autofree char *actual = client_outcome (reply, error, "nothing");

  g_assert_cmpstr (actual, ==, outcome);
}

void
client_next_sync (ViciStream *stream,
                  const char *outcome)
{
  GError *error = NULL;
  ViciMessage *message = vici_stream_next_sync (stream, NULL, &error);
  g_autofree char *actual = client_outcome (message, error, "end");

  g_assert_cmpstr (actual, ==, outcome);
}

ViciMessage *
client_message (gsize size)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autofree guint8 *data = g_malloc0 (G_MAXUINT16);
  g_autoptr (GError) error = NULL;
  ViciMessage *message;
  gsize left = size;

  for (char name[] = "a"; left > 0; name[0]++)
    {
      /* The kind, a name of one letter, two lengths. */
      gsize overhead = 1 + 2 + 2;
      gsize length = MIN (left - overhead, 60000);

      vici_builder_add_data (builder, name, data, length);
      left -= overhead + length;
    }

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (vici_message_get_bytes (message)), ==, size);

  return message;
}
