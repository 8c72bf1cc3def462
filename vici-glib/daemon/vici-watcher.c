/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-watcher.h"

#include "vici-error.h"
#include "vici-source.h"

/* What is known of an event since the connection was opened. */
typedef enum
{
  STATE_IDLE,                   /* not asked for */
  STATE_ASKED,
  STATE_CONFIRMED,
  STATE_REFUSED                 /* not to be asked for again until the next opening */
} State;

typedef struct
{
  char  *event;
  GQuark detail;                /* the same, of the raw signal */
  guint  signal;                /* of its own; 0: none */
  guint  watches;
  State  state;

  /* Subscriptions that the connection counts for us. It makes them anew by itself
   * when it is opened again, and does not tell whether that has worked: so one more
   * is asked for each time, and the surplus let go of, for which no packet is sent. */
  guint  held;
} Topic;

struct _ViciWatcher
{
  gpointer        object;       /* NULL: it has ended */
  ViciConnection *connection;
  guint           raw_signal;
  GSource        *source;
  GPtrArray      *topics;
  guint           opening;      /* the number of it */
};

typedef struct
{
  GSource      source;
  ViciWatcher *watcher;
} WatcherSource;

static Topic *
topic_new (const char *event,
           guint       signal)
{
  Topic *self = g_new0 (Topic, 1);

  self->event = g_strdup (event);
  self->detail = g_quark_from_string (event);
  self->signal = signal;

  return self;
}

static void
topic_free (gpointer data)
{
  Topic *self = data;

  g_free (self->event);
  g_free (self);
}

static void
watcher_clear (gpointer data)
{
  ViciWatcher *self = data;

  g_ptr_array_unref (self->topics);
}

static void
watcher_unref (ViciWatcher *self)
{
  g_rc_box_release_full (self, watcher_clear);
}

/* -- Asking and letting go -- */

/* Something that was asked of the connection. */
typedef struct
{
  ViciWatcher *watcher;
  Topic       *topic;
  guint        opening;
  GTask       *task;            /* of a watch; NULL: none */
} Question;

static Question *
question_new (ViciWatcher *watcher,
              Topic       *topic,
              GTask       *task)
{
  Question *self = g_new0 (Question, 1);

  self->watcher = g_rc_box_acquire (watcher);
  self->topic = topic;
  self->opening = watcher->opening;
  self->task = task ? g_object_ref (task) : NULL;

  return self;
}

static void
question_free (Question *self)
{
  g_clear_object (&self->task);
  watcher_unref (self->watcher);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static gboolean
is_usable (ViciConnection *connection)
{
  ViciConnectionState state = vici_connection_get_state (connection);

  return state == VICI_CONNECTION_OPENING || state == VICI_CONNECTION_OPEN;
}

static void on_let_go (GObject      *source,
                       GAsyncResult *result,
                       gpointer      user_data);

static void
let_go (ViciWatcher    *self,
        ViciConnection *connection,
        Topic          *topic)
{
  topic->held--;

  if (is_usable (connection))
    vici_connection_unsubscribe_async (connection, topic->event, NULL, on_let_go,
                                       question_new (self, topic, NULL));
  else /* There is only something to forget, and nothing to wait for. */
    vici_connection_unsubscribe_sync (connection, topic->event, NULL, NULL);
}

static void
on_let_go (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  ViciConnection *connection = VICI_CONNECTION (source);
  Topic *topic = question->topic;
  g_autoptr (GError) error = NULL;

  if (vici_connection_unsubscribe_finish (connection, result, &error))
    return;

  g_debug ("The end of the subscription to “%s” has failed: %s", topic->event, error->message);

  /* It was not subscribed to any more, or the daemon was told and does not answer. */
  if (g_error_matches (error, VICI_ERROR, VICI_ERROR_INVALID) ||
      g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return;

  /* The connection has ended first, and would subscribe to it anew. */
  topic->held++;
  if (question->watcher->object == NULL)
    let_go (question->watcher, connection, topic);
}

/* Who gave up was one, and there may be others. A daemon that was slow may answer yet,
 * and each time that it is asked takes until the timeout. The rest are of synchronous
 * calls for which it was not the time. */
static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

/* @passing is the state after an error that says nothing of the daemon. */
static State
get_state (const GError *error,
           State         passing)
{
  if (error == NULL)
    return STATE_CONFIRMED;

  return is_passing (error) ? passing : STATE_REFUSED;
}

static void
settle (ViciWatcher    *self,
        ViciConnection *connection,
        Topic          *topic,
        guint           opening,
        State           passing,
        const GError   *error)
{
  if (error == NULL)
    topic->held++;
  else
    g_debug ("The event “%s” is not subscribed to: %s", topic->event, error->message);

  /* A daemon that has it no more: the connection has forgotten it too. */
  if (g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT))
    topic->held = 0;

  if (opening == self->opening)
    topic->state = get_state (error, passing);

  if (self->object == NULL && topic->held > 0)
    let_go (self, connection, topic);
}

static void watch_step (GTask        *task,
                        const GError *error);

static void
on_asked (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Question) question = user_data;
  ViciConnection *connection = VICI_CONNECTION (source);
  g_autoptr (GError) error = NULL;

  vici_connection_subscribe_finish (connection, result, &error);
  settle (question->watcher, connection, question->topic, question->opening, STATE_IDLE, error);

  if (question->task != NULL)
    watch_step (question->task, error);
}

static void
ask (ViciWatcher *self,
     Topic       *topic,
     GTask       *task)
{
  topic->state = STATE_ASKED;
  vici_connection_subscribe_async (self->connection, topic->event,
                                   task ? g_task_get_cancellable (task) : NULL,
                                   on_asked, question_new (self, topic, task));
}

/* -- What is wanted -- */

/* Whether anybody is connected to the raw signal with any detail. */
static gboolean
has_raw_handlers (ViciWatcher *self)
{
  return g_signal_handler_find (self->object, G_SIGNAL_MATCH_ID, self->raw_signal,
                                0, NULL, NULL, NULL) != 0;
}

static gboolean
is_wanted (ViciWatcher *self,
           Topic       *topic,
           gboolean     raw)
{
  return topic->watches > 0 ||
         (topic->signal != 0 &&
          g_signal_has_handler_pending (self->object, topic->signal, 0, TRUE)) ||
         (raw &&
          g_signal_has_handler_pending (self->object, self->raw_signal, topic->detail, TRUE));
}

static gboolean
has_surplus (Topic   *topic,
             gboolean wanted)
{
  return topic->held > (wanted ? 1 : 0);
}

static gboolean
has_to_ask (ViciWatcher *self,
            Topic       *topic,
            gboolean     wanted)
{
  return wanted && topic->state == STATE_IDLE && is_usable (self->connection);
}

static void
update_topic (ViciWatcher *self,
              Topic       *topic,
              gboolean     wanted)
{
  if (!wanted && topic->state == STATE_CONFIRMED)
    topic->state = STATE_IDLE;

  while (has_surplus (topic, wanted))
    let_go (self, self->connection, topic);

  if (has_to_ask (self, topic, wanted))
    ask (self, topic, NULL);
}

void
vici_watcher_update (ViciWatcher *self)
{
  gboolean raw = has_raw_handlers (self);

  for (guint i = 0; i < self->topics->len; i++)
    {
      Topic *topic = g_ptr_array_index (self->topics, i);

      update_topic (self, topic, is_wanted (self, topic, raw));
    }
}

void
vici_watcher_restart (ViciWatcher *self)
{
  self->opening++;

  for (guint i = 0; i < self->topics->len; i++)
    {
      Topic *topic = g_ptr_array_index (self->topics, i);

      topic->state = STATE_IDLE;
    }

  vici_watcher_update (self);
}

/* -- The source -- */

/* Runs in every turn of the main loop: it takes some 200 ns, and 600 where the raw
 * signal has handlers. */
static gboolean
prepare (GSource *source,
         int     *timeout)
{
  ViciWatcher *self = ((WatcherSource *) source)->watcher;
  gboolean raw = has_raw_handlers (self);

  *timeout = -1;

  for (guint i = 0; i < self->topics->len; i++)
    {
      Topic *topic = g_ptr_array_index (self->topics, i);
      gboolean wanted = is_wanted (self, topic, raw);

      if (has_surplus (topic, wanted) || has_to_ask (self, topic, wanted))
        return TRUE;
    }

  return FALSE;
}

static gboolean
dispatch (GSource    *source,
          GSourceFunc callback,
          gpointer    user_data)
{
  ViciWatcher *self = ((WatcherSource *) source)->watcher;
  g_autoptr (GObject) alive G_GNUC_UNUSED = g_object_ref (self->object);

  vici_watcher_update (self);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = prepare,
  .dispatch = dispatch,
};

ViciWatcher *
vici_watcher_new (gpointer        object,
                  ViciConnection *connection,
                  guint           raw_signal)
{
  ViciWatcher *self = g_rc_box_new0 (ViciWatcher);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->object = object;
  self->connection = connection;
  self->raw_signal = raw_signal;
  self->topics = g_ptr_array_new_with_free_func (topic_free);

  self->source = g_source_new (&source_funcs, sizeof (WatcherSource));
  ((WatcherSource *) self->source)->watcher = self;
  g_source_set_static_name (self->source, "ViciWatcher");
  g_source_attach (self->source, context);

  return self;
}

void
vici_watcher_end (ViciWatcher *self)
{
  /* A connection that is about to go takes its subscriptions with it. */
  gboolean last = g_atomic_int_get (&G_OBJECT (self->connection)->ref_count) == 1;

  vici_source_end (g_steal_pointer (&self->source));

  for (guint i = 0; i < self->topics->len && !last; i++)
    update_topic (self, g_ptr_array_index (self->topics, i), FALSE);

  self->object = NULL;
  self->connection = NULL;
  watcher_unref (self);
}

void
vici_watcher_add (ViciWatcher *self,
                  const char  *event,
                  guint        signal)
{
  g_ptr_array_add (self->topics, topic_new (event, signal));
}

/* -- Watches -- */

/* The data of a watch's task. */
typedef struct
{
  ViciWatcher *watcher;         /* alive as long as the task's object is */
  GStrv        events;
  gboolean     optional;
  guint        waiting;
  GError      *error;           /* the first one */
} Watch;

static void
watch_free (gpointer data)
{
  Watch *self = data;

  g_strfreev (self->events);
  g_clear_error (&self->error);
  g_free (self);
}

static Topic *
find_topic (ViciWatcher *self,
            const char  *event)
{
  for (guint i = 0; i < self->topics->len; i++)
    {
      Topic *topic = g_ptr_array_index (self->topics, i);

      if (g_str_equal (topic->event, event))
        return topic;
    }

  return NULL;
}

/* Wanted from here on: what is confirmed in between is kept. */
static void
add_watches (ViciWatcher        *self,
             const char * const *events)
{
  for (; *events != NULL; events++)
    {
      if (find_topic (self, *events) == NULL)
        vici_watcher_add (self, *events, 0);

      find_topic (self, *events)->watches++;
    }
}

static gboolean
is_failure (gboolean      optional,
            const GError *error)
{
  return error != NULL &&
         !(optional && g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT));
}

static void
watch_end (GTask *task)
{
  Watch *watch = g_task_get_task_data (task);

  if (watch->error == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  vici_watcher_unwatch (watch->watcher, (const char * const *) watch->events);
  g_task_return_error (task, g_steal_pointer (&watch->error));
}

static void
watch_step (GTask        *task,
            const GError *error)
{
  Watch *watch = g_task_get_task_data (task);

  if (is_failure (watch->optional, error) && watch->error == NULL)
    watch->error = g_error_copy (error);

  if (--watch->waiting == 0)
    watch_end (task);
}

void
vici_watcher_watch_async (ViciWatcher        *self,
                          const char * const *events,
                          gboolean            optional,
                          GTask              *task)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->watcher = self;
  watch->events = g_strdupv ((GStrv) events);
  watch->optional = optional;
  watch->waiting = g_strv_length (watch->events);

  /* What was confirmed is taken back where it has to be, and not by the task. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, watch, watch_free);
  add_watches (self, events);

  if (watch->waiting == 0)
    watch_end (task);

  for (guint i = 0; watch->events[i] != NULL; i++)
    ask (self, find_topic (self, watch->events[i]), task);
}

static gboolean
ask_sync (ViciWatcher  *self,
          Topic        *topic,
          gboolean      optional,
          GCancellable *cancellable,
          GError      **error)
{
  guint opening = self->opening;
  State before = topic->state;
  g_autoptr (GError) local_error = NULL;

  topic->state = STATE_ASKED;
  vici_connection_subscribe_sync (self->connection, topic->event, cancellable, &local_error);
  settle (self, self->connection, topic, opening, before, local_error);

  if (!is_failure (optional, local_error))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

gboolean
vici_watcher_watch_sync (ViciWatcher        *self,
                         const char * const *events,
                         gboolean            optional,
                         GCancellable       *cancellable,
                         GError            **error)
{
  add_watches (self, events);

  for (guint i = 0; events[i] != NULL; i++)
    {
      if (!ask_sync (self, find_topic (self, events[i]), optional, cancellable, error))
        {
          vici_watcher_unwatch (self, events);
          return FALSE;
        }
    }

  return TRUE;
}

void
vici_watcher_unwatch (ViciWatcher        *self,
                      const char * const *events)
{
  for (; *events != NULL; events++)
    {
      Topic *topic = find_topic (self, *events);

      g_return_if_fail (topic != NULL && topic->watches > 0);

      topic->watches--;
    }

  vici_watcher_update (self);
}
