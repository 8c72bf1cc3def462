/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The scenarios in C: each with the synchronous calls and with the
 * asynchronous ones. */

#include <json-glib/json-glib.h>
#include <vici-glib/vici-glib.h>

typedef struct
{
  ViciConnection *connection;
  gboolean        is_async;
  GQueue          events;       /* of Event */
  GQueue          ends;         /* of GError, or NO_ERROR */
} Player;

typedef struct
{
  char        *name;
  ViciMessage *message;
} Event;

/* A queue holds no NULL that could be told from its end. */
static GError no_error;
#define NO_ERROR (&no_error)

/* -- The data -- */

static ViciMessage *
to_message (JsonObject *step,
            const char *member)
{
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *message;

  if (!json_object_has_member (step, member))
    return NULL;

  variant = json_gvariant_deserialize (json_object_get_member (step, member), "a{sv}", &error);
  g_assert_no_error (error);
  g_variant_ref_sink (variant);
  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);

  return message;
}

static const char *
get_string (JsonObject *step,
            const char *member)
{
  return json_object_get_string_member_with_default (step, member, NULL);
}

static void
assert_message (ViciMessage *found,
                ViciMessage *expected)
{
  g_autofree char *found_text = vici_message_to_string (found, VICI_PRINT_NONE);
  g_autofree char *expected_text = vici_message_to_string (expected, VICI_PRINT_NONE);

  g_assert_cmpstr (found_text, ==, expected_text);
  g_assert_true (vici_message_equal (found, expected));
}

static void
assert_error (const GError *error,
              JsonArray    *expected)
{
  gboolean ours = g_str_equal (json_array_get_string_element (expected, 0), "Vici");
  g_autoptr (GEnumClass) codes = g_type_class_ref (ours ? VICI_TYPE_ERROR : G_TYPE_IO_ERROR_ENUM);
  GEnumValue *code = g_enum_get_value_by_nick (codes, json_array_get_string_element (expected, 1));

  GQuark domain = ours ? VICI_ERROR : G_IO_ERROR;

  g_assert_nonnull (code);
  g_assert_error (error, domain, code->value);
}

/* What a call has left behind, and what the step expects. */
static void
assert_outcome (JsonObject *step,
                GError     *error)
{
  if (json_object_has_member (step, "error"))
    assert_error (error, json_object_get_array_member (step, "error"));
  else
    g_assert_no_error (error);

  g_clear_error (&error);
}

/* -- Calls -- */

typedef struct
{
  GAsyncResult *result;
  guint         ended;          /* in which turn */
} Pending;

static guint turn;

static void
on_ended (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Pending *pending = user_data;

  pending->result = g_object_ref (result);
  pending->ended = ++turn;
}

static GAsyncResult *
wait_for (Pending *pending)
{
  while (pending->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return pending->result;
}

typedef void (*StartFunc) (ViciConnection     *connection,
                           const char         *event,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);
typedef gboolean (*FinishFunc) (ViciConnection *connection,
                                GAsyncResult   *result,
                                GError        **error);
typedef gboolean (*SyncFunc) (ViciConnection *connection,
                              const char     *event,
                              GCancellable   *cancellable,
                              GError        **error);

/* Whether a function returned what it should, after it has put an error where
 * one belongs. */
static void
assert_boolean (JsonObject *step,
                gboolean    returned,
                GError     *error)
{
  g_assert_cmpint (returned, ==, error == NULL);
  assert_outcome (step, error);
}

static void
finish_boolean (Player     *self,
                JsonObject *step,
                Pending    *pending,
                FinishFunc  finish)
{
  g_autoptr (GAsyncResult) result = wait_for (pending);
  GError *error = NULL;
  gboolean done = finish (self->connection, result, &error);

  assert_boolean (step, done, error);
}

/* Takes the reply. */
static void
assert_reply (JsonObject  *step,
              ViciMessage *reply,
              GError      *error)
{
  g_autoptr (ViciMessage) found = reply;
  g_autoptr (ViciMessage) expected = to_message (step, "reply");
  g_autoptr (GError) failure = NULL;

  g_assert_cmpint (reply != NULL, ==, error == NULL);
  assert_outcome (step, error);
  if (expected != NULL)
    assert_message (found, expected);

  if (json_object_has_member (step, "unsuccessful"))
    {
      g_assert_false (vici_message_check_success (found, &failure));
      g_assert_error (failure, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
      g_assert_cmpstr (failure->message, ==, get_string (step, "unsuccessful"));
    }
}

static void
start_call (Player     *self,
            JsonObject *step,
            Pending    *pending)
{
  g_autoptr (ViciMessage) request = to_message (step, "request");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const char *cancel = get_string (step, "cancel");

  if (g_strcmp0 (cancel, "before") == 0)
    g_cancellable_cancel (cancellable);

  vici_connection_call_async (self->connection, get_string (step, "command"), request,
                              cancellable, on_ended, pending);

  if (g_strcmp0 (cancel, "later") == 0)
    g_cancellable_cancel (cancellable);
}

static void
end_call (Player     *self,
          JsonObject *step,
          Pending    *pending)
{
  g_autoptr (GAsyncResult) result = wait_for (pending);
  GError *error = NULL;
  ViciMessage *reply = vici_connection_call_finish (self->connection, result, &error);

  assert_reply (step, reply, error);
}

/* -- The steps -- */

static void
do_together (Player     *self,
             JsonObject *step)
{
  JsonArray *calls = json_object_get_array_member (step, "calls");
  guint n = json_array_get_length (calls);
  g_autofree Pending *pending = g_new0 (Pending, n);
  guint last = 0;

  for (guint i = 0; i < n; i++)
    start_call (self, json_array_get_object_element (calls, i), &pending[i]);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *call = json_array_get_object_element (calls, i);

      end_call (self, call, &pending[i]);
      if (!json_object_has_member (call, "cancel"))
        {
          g_assert_cmpuint (pending[i].ended, >, last);
          last = pending[i].ended;
        }
    }
}

static void
do_open (Player     *self,
         JsonObject *step)
{
  GError *error = NULL;
  Pending pending = { 0 };

  if (!self->is_async)
    {
      gboolean opened = vici_connection_open_sync (self->connection, NULL, &error);

      assert_boolean (step, opened, error);
      return;
    }

  vici_connection_open_async (self->connection, NULL, on_ended, &pending);
  if (json_object_has_member (step, "calls"))
    do_together (self, step);
  finish_boolean (self, step, &pending, vici_connection_open_finish);
}

static void
do_close (Player     *self,
          JsonObject *step)
{
  GError *error = NULL;
  Pending pending = { 0 };

  if (!self->is_async)
    {
      gboolean closed = vici_connection_close_sync (self->connection, NULL, &error);

      assert_boolean (step, closed, error);
      return;
    }

  vici_connection_close_async (self->connection, NULL, on_ended, &pending);
  finish_boolean (self, step, &pending, vici_connection_close_finish);
}

static void
do_call (Player     *self,
         JsonObject *step)
{
  g_autoptr (ViciMessage) request = NULL;
  GError *error = NULL;
  Pending pending = { 0 };
  ViciMessage *reply;

  if (self->is_async)
    {
      start_call (self, step, &pending);
      end_call (self, step, &pending);
      return;
    }

  request = to_message (step, "request");
  reply = vici_connection_call_sync (self->connection, get_string (step, "command"), request,
                                     NULL, &error);
  assert_reply (step, reply, error);
}

static ViciMessage *
read_next (Player     *self,
           ViciStream *stream,
           GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  Pending pending = { 0 };

  if (!self->is_async)
    return vici_stream_next_sync (stream, NULL, error);

  vici_stream_next_async (stream, NULL, on_ended, &pending);
  result = wait_for (&pending);

  return vici_stream_next_finish (stream, result, error);
}

static void
read_events (Player     *self,
             JsonObject *step,
             ViciStream *stream)
{
  JsonArray *events = NULL;

  if (json_object_has_member (step, "events"))
    events = json_object_get_array_member (step, "events");

  for (guint i = 0; events != NULL && i < json_array_get_length (events); i++)
    {
      g_autoptr (JsonObject) wrapped = json_object_new ();
      g_autoptr (ViciMessage) expected = NULL;
      g_autoptr (ViciMessage) found = NULL;
      g_autoptr (GError) error = NULL;

      json_object_set_member (wrapped, "event", json_array_dup_element (events, i));
      expected = to_message (wrapped, "event");
      found = read_next (self, stream, &error);
      g_assert_no_error (error);
      assert_message (found, expected);
    }
}

static void
do_stream (Player     *self,
           JsonObject *step)
{
  g_autoptr (ViciMessage) request = to_message (step, "request");
  g_autoptr (ViciMessage) reply = to_message (step, "reply");
  g_autoptr (ViciStream) stream = NULL;
  GError *error = NULL;

  stream = vici_connection_call_streaming (self->connection, get_string (step, "command"),
                                           get_string (step, "event"), request);
  read_events (self, step, stream);
  if (json_object_get_boolean_member_with_default (step, "close", FALSE))
    vici_stream_close (stream);

  g_assert_null (read_next (self, stream, &error));
  assert_outcome (step, error);

  if (reply != NULL)
    assert_message (vici_stream_get_reply (stream), reply);
  else
    g_assert_null (vici_stream_get_reply (stream));
}

/* Either of the two. */
static void
change_subscription (Player     *self,
                     JsonObject *step,
                     StartFunc   start,
                     FinishFunc  finish,
                     SyncFunc    sync)
{
  const char *event = get_string (step, "event");
  GError *error = NULL;
  Pending pending = { 0 };

  if (self->is_async)
    {
      start (self->connection, event, NULL, on_ended, &pending);
      finish_boolean (self, step, &pending, finish);
    }
  else
    {
      gboolean done = sync (self->connection, event, NULL, &error);

      assert_boolean (step, done, error);
    }
}

static void
do_subscribe (Player     *self,
              JsonObject *step)
{
  change_subscription (self, step, vici_connection_subscribe_async,
                       vici_connection_subscribe_finish, vici_connection_subscribe_sync);
}

static void
do_unsubscribe (Player     *self,
                JsonObject *step)
{
  change_subscription (self, step, vici_connection_unsubscribe_async,
                       vici_connection_unsubscribe_finish, vici_connection_unsubscribe_sync);
}

static gpointer
wait_for_first (GQueue *queue)
{
  while (g_queue_is_empty (queue))
    g_main_context_iteration (NULL, TRUE);

  return g_queue_pop_head (queue);
}

static void
event_free (Event *event)
{
  g_free (event->name);
  g_object_unref (event->message);
  g_free (event);
}

static void
do_event (Player     *self,
          JsonObject *step)
{
  g_autoptr (ViciMessage) expected = to_message (step, "message");
  Event *event = wait_for_first (&self->events);

  g_assert_cmpstr (event->name, ==, get_string (step, "name"));
  assert_message (event->message, expected);
  event_free (event);
}

static void
do_no_event (Player     *self,
             JsonObject *step)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  g_assert_true (g_queue_is_empty (&self->events));
}

static void
do_closed (Player     *self,
           JsonObject *step)
{
  GError *error = wait_for_first (&self->ends);

  g_assert_true (g_queue_is_empty (&self->ends));
  assert_outcome (step, error == NO_ERROR ? NULL : error);
}

static void
do_set (Player     *self,
        JsonObject *step)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, step);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (g_str_equal (name, "uri"))
        vici_connection_set_uri (self->connection, json_node_get_string (node));
      else if (!g_str_equal (name, "do"))
        g_object_set (self->connection, name, (guint) json_node_get_int (node), NULL);
    }
}

static void
do_check (Player     *self,
          JsonObject *step)
{
  if (json_object_has_member (step, "state"))
    {
      g_autoptr (GEnumClass) states = g_type_class_ref (VICI_TYPE_CONNECTION_STATE);
      GEnumValue *state = g_enum_get_value (states, vici_connection_get_state (self->connection));

      g_assert_cmpstr (state->value_nick, ==, get_string (step, "state"));
    }

  if (json_object_has_member (step, "pending"))
    g_assert_cmpuint (vici_connection_get_pending (self->connection), ==,
                      json_object_get_int_member (step, "pending"));
}

typedef void (*StepFunc) (Player     *self,
                          JsonObject *step);

static const struct
{
  const char *name;
  StepFunc    func;
} steps[] = {
  { "open", do_open },
  { "close", do_close },
  { "call", do_call },
  { "together", do_together },
  { "stream", do_stream },
  { "subscribe", do_subscribe },
  { "unsubscribe", do_unsubscribe },
  { "event", do_event },
  { "no-event", do_no_event },
  { "closed", do_closed },
  { "set", do_set },
  { "check", do_check },
};

static void
play_step (Player     *self,
           JsonObject *step)
{
  const char *name = get_string (step, "do");

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      if (g_str_equal (steps[i].name, name))
        {
          steps[i].func (self, step);
          return;
        }
    }

  g_assert_not_reached ();
}

/* -- A scenario -- */

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          gpointer        user_data)
{
  Player *self = user_data;
  Event *event = g_new0 (Event, 1);

  event->name = g_strdup (name);
  event->message = g_object_ref (message);
  g_queue_push_tail (&self->events, event);
}

static void
on_closed (ViciConnection *connection,
           const GError   *error,
           gpointer        user_data)
{
  Player *self = user_data;

  g_queue_push_tail (&self->ends, error ? g_error_copy (error) : NO_ERROR);
}

static void
free_end (gpointer error)
{
  if (error != NO_ERROR)
    g_error_free (error);
}

static void
play (JsonObject *scenario,
      gboolean    is_async)
{
  JsonArray *list = json_object_get_array_member (scenario, "steps");
  Player player = { 0 };

  player.connection = vici_connection_new (g_getenv ("VICI_TEST_URI"));
  player.is_async = is_async;
  g_signal_connect (player.connection, "event", G_CALLBACK (on_event), &player);
  g_signal_connect (player.connection, "closed", G_CALLBACK (on_closed), &player);

  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      g_test_message ("step %u", i);
      play_step (&player, json_array_get_object_element (list, i));
    }

  vici_connection_close_sync (player.connection, NULL, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (player.connection);

  g_queue_clear_full (&player.events, (GDestroyNotify) event_free);
  g_queue_clear_full (&player.ends, free_end);
}

static void
test_async (gconstpointer data)
{
  play ((JsonObject *) data, TRUE);
}

static void
test_sync (gconstpointer data)
{
  play ((JsonObject *) data, FALSE);
}

static void
add_tests (JsonArray *scenarios,
           guint      index,
           JsonNode  *node,
           gpointer   user_data)
{
  JsonObject *scenario = json_node_get_object (node);
  const char *name = get_string (scenario, "name");
  g_autofree char *async_path = g_strdup_printf ("/scenarios/%s/async", name);
  g_autofree char *sync_path = g_strdup_printf ("/scenarios/%s/sync", name);

  g_test_add_data_func (async_path, scenario, test_async);
  if (!json_object_has_member (scenario, "only"))
    g_test_add_data_func (sync_path, scenario, test_sync);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);

  path = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "scenarios.json", NULL);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  json_array_foreach_element (json_node_get_array (json_parser_get_root (parser)), add_tests, NULL);

  return g_test_run ();
}
