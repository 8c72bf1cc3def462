/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fuzz-client.h"

#include <string.h>

#include "vici-error.h"

#define CALLS_MAX 256

/* -- The session that pushes -- */

#define FUZZ_TYPE_SESSION (fuzz_session_get_type ())
G_DECLARE_DERIVABLE_TYPE (FuzzSession, fuzz_session, FUZZ, SESSION, ViciSession)

struct _FuzzSessionClass
{
  ViciSessionClass parent_class;
};

typedef struct
{
  Fuzz *fuzz;
} FuzzSessionPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (FuzzSession, fuzz_session, VICI_TYPE_SESSION)

static Fuzz *
get_fuzz (ViciSession *session)
{
  FuzzSessionPrivate *priv = fuzz_session_get_instance_private (FUZZ_SESSION (session));

  return priv->fuzz;
}

static void
note_command (Fuzz              *fuzz,
              const FuzzRequest *command,
              const FuzzRequest *before)
{
  FuzzCall *call = fuzz->calls->pdata[command->number];

  g_assert_false (call->ended);
  if (fuzz->peer.honest)
    g_assert_cmpuint (fuzz->peer.in_flight, <=, vici_session_get_max_in_flight (fuzz->session));

  call->registered = call->kind == FUZZ_STREAM &&
                     before->type == VICI_PACKET_EVENT_REGISTER && before->event == call->event;
}

/* What was not offered before are whole packets. */
static void
note_requests (Fuzz         *fuzz,
               const guint8 *data,
               gsize         size)
{
  FuzzRequest before = { .type = VICI_PACKET_CMD_REQUEST };

  g_assert_true (vici_session_get_writable (fuzz->session));
  g_assert_false (vici_session_is_closed (fuzz->session));

  while (size > 0)
    {
      FuzzRequest request;
      gsize taken = fuzz_peer_read (&fuzz->peer, data, size, &request);

      if (request.type == VICI_PACKET_CMD_REQUEST)
        note_command (fuzz, &request, &before);

      before = request;
      data += taken;
      size -= taken;
    }
}

static void
fuzz_session_send (ViciSession *session,
                   GBytes      *bytes)
{
  Fuzz *fuzz = get_fuzz (session);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_cmpuint (size, >, 0);
  note_requests (fuzz, data, size);
  fuzz->peer.arrived += size;
  fuzz_react (fuzz);
}

static void
fuzz_session_close (ViciSession *session)
{
  Fuzz *fuzz = get_fuzz (session);

  g_assert_cmpuint (fuzz->closes, ==, 0);
  g_assert_true (vici_session_is_closed (session));
  g_assert_cmpuint (fuzz->open, ==, 0);
  fuzz->closes++;
  fuzz_react (fuzz);
}

static void
fuzz_session_class_init (FuzzSessionClass *klass)
{
  VICI_SESSION_CLASS (klass)->send = fuzz_session_send;
  VICI_SESSION_CLASS (klass)->close = fuzz_session_close;
}

static void
fuzz_session_init (FuzzSession *self)
{
}

/* -- The one that is asked to write -- */

#define FUZZ_TYPE_WRITER (fuzz_writer_get_type ())
G_DECLARE_FINAL_TYPE (FuzzWriter, fuzz_writer, FUZZ, WRITER, FuzzSession)

struct _FuzzWriter
{
  FuzzSession parent_instance;
};

G_DEFINE_FINAL_TYPE (FuzzWriter, fuzz_writer, FUZZ_TYPE_SESSION)

static gsize
fuzz_writer_write (ViciSession  *session,
                   const guint8 *data,
                   gsize         length)
{
  Fuzz *fuzz = get_fuzz (session);
  g_autofree guint8 *copy = g_memdup2 (data, length);
  gsize known = fuzz->left->len;
  gsize taken = MIN (length, fuzz->room);

  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (length, >=, known);
  g_assert_cmpmem (data, known, fuzz->left->data, known);
  note_requests (fuzz, data + known, length - known);

  fuzz->room -= taken;
  fuzz->peer.arrived += taken;
  g_byte_array_set_size (fuzz->left, 0);
  g_byte_array_append (fuzz->left, data + taken, (guint) (length - taken));

  /* Whatever happens meanwhile, what was offered stays. */
  fuzz_react (fuzz);
  g_assert_cmpmem (data, length, copy, length);

  return taken;
}

static void
fuzz_writer_class_init (FuzzWriterClass *klass)
{
  VICI_SESSION_CLASS (klass)->write = fuzz_writer_write;
}

static void
fuzz_writer_init (FuzzWriter *self)
{
}

/* -- What it calls back -- */

static void
look_at_message (Fuzz        *fuzz,
                 ViciMessage *message)
{
  GBytes *bytes;

  if (!fuzz->keep_bytes || message == NULL)
    return;

  bytes = vici_message_get_bytes (message);
  fuzz->kept = fuzz->keep_message ? g_object_ref (message) : NULL;
  fuzz->kept_bytes = g_bytes_ref (bytes);
  fuzz->kept_copy = g_bytes_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  fuzz->keep_bytes = FALSE;
}

void
fuzz_keep_message (Fuzz    *fuzz,
                   gboolean whole)
{
  fuzz_release_message (fuzz);
  fuzz->keep_message = whole;
  fuzz->keep_bytes = TRUE;
}

/* Nothing has changed in it, whatever the session has received since. */
void
fuzz_release_message (Fuzz *fuzz)
{
  if (fuzz->kept != NULL)
    g_assert_true (vici_message_get_bytes (fuzz->kept) == fuzz->kept_bytes);
  if (fuzz->kept_bytes != NULL)
    g_assert_true (g_bytes_equal (fuzz->kept_bytes, fuzz->kept_copy));

  g_clear_object (&fuzz->kept);
  g_clear_pointer (&fuzz->kept_bytes, g_bytes_unref);
  g_clear_pointer (&fuzz->kept_copy, g_bytes_unref);
}

static void
on_event (ViciSession *session,
          const char  *name,
          ViciMessage *message,
          Fuzz        *fuzz)
{
  guint event = fuzz_find_event ((const guint8 *) name, strlen (name));

  g_assert_cmpuint (fuzz->subscribed[event], >, 0);
  fuzz->signalled++;
  look_at_message (fuzz, message);
  fuzz_react (fuzz);
}

static void
on_stream_event (FuzzCall    *self,
                 const char  *event,
                 ViciMessage *message)
{
  g_assert_cmpint (self->kind, ==, FUZZ_STREAM);
  g_assert_cmpstr (event, ==, fuzz_event_names[self->event]);
  g_assert_nonnull (message);

  self->events_got++;
  if (self->fuzz->peer.honest && self->registered)
    g_assert_cmpuint (self->events_got, <=, self->events_due);
}

static void
on_end (FuzzCall     *self,
        ViciMessage  *message,
        const GError *error)
{
  Fuzz *fuzz = self->fuzz;

  self->ended = TRUE;
  fuzz->open--;
  g_assert_cmpuint (self->number, >=, fuzz->next_end);
  fuzz->next_end = self->number + 1;

  if (error != NULL)
    {
      g_assert_true (error->domain == VICI_ERROR);
      g_assert_null (message);
      return;
    }

  switch (self->kind)
    {
    case FUZZ_STREAM:
      if (fuzz->peer.honest)
        g_assert_cmpuint (self->events_got, >=, self->events_due);
      G_GNUC_FALLTHROUGH;

    case FUZZ_CALL:
      g_assert_nonnull (message);
      if (fuzz->peer.honest)
        g_assert_cmpint (vici_message_lookup_int64 (message, "n", -1), ==, self->number);
      break;

    case FUZZ_SUBSCRIBE:
      fuzz->subscribed[self->event]++;
      break;

    case FUZZ_UNSUBSCRIBE:
      /* It may have ended one that was given up, too, so that the client has
       * ended more than it had. */
      if (fuzz->subscribed[self->event] > 0)
        fuzz->subscribed[self->event]--;
      else
        fuzz->unsure[self->event] = TRUE;
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
on_answer (ViciSession  *session,
           const char   *event,
           ViciMessage  *message,
           const GError *error,
           gpointer      user_data)
{
  FuzzCall *self = user_data;

  g_assert_false (self->ended);
  g_assert_false (self->cancelled);
  g_assert_cmpuint (self->notified, ==, 0);

  self->running++;
  look_at_message (self->fuzz, message);
  if (event != NULL)
    on_stream_event (self, event, message);
  else
    on_end (self, message, error);

  fuzz_react (self->fuzz);
  self->running--;
}

static void
on_notify (gpointer user_data)
{
  FuzzCall *self = user_data;

  g_assert_cmpuint (self->notified, ==, 0);
  g_assert_cmpuint (self->running, ==, 0);
  self->notified++;
  fuzz_react (self->fuzz);
}

/* -- The client -- */

ViciSession *
fuzz_session_new (Fuzz *fuzz)
{
  FuzzSession *self = g_object_new (fuzz->asked ? FUZZ_TYPE_WRITER : FUZZ_TYPE_SESSION, NULL);
  FuzzSessionPrivate *priv = fuzz_session_get_instance_private (self);

  priv->fuzz = fuzz;
  g_signal_connect (self, "event", G_CALLBACK (on_event), fuzz);

  return VICI_SESSION (self);
}

void
fuzz_make_call (Fuzz    *fuzz,
                FuzzKind kind,
                guint    event)
{
  FuzzCall *self;
  const char *name = fuzz_event_names[event % FUZZ_N_EVENTS];
  char command[16];
  g_autoptr (GError) error = NULL;
  guint64 id = 0;

  if (fuzz->calls->len >= CALLS_MAX)
    return;

  self = g_new0 (FuzzCall, 1);
  self->fuzz = fuzz;
  self->number = fuzz->calls->len;
  self->kind = kind;
  self->event = event % FUZZ_N_EVENTS;
  g_ptr_array_add (fuzz->calls, self);
  fuzz->open++;
  g_snprintf (command, sizeof command, "%u", self->number);

  switch (kind)
    {
    case FUZZ_CALL:
      id = vici_session_call (fuzz->session, command, NULL, on_answer, self, on_notify, &error);
      break;
    case FUZZ_STREAM:
      id = vici_session_call_streaming (fuzz->session, command, name, NULL,
                                        on_answer, self, on_notify, &error);
      break;
    case FUZZ_SUBSCRIBE:
      id = vici_session_subscribe (fuzz->session, name, on_answer, self, on_notify, &error);
      break;
    case FUZZ_UNSUBSCRIBE:
      id = vici_session_unsubscribe (fuzz->session, name, on_answer, self, on_notify, &error);
      break;
    default:
      g_assert_not_reached ();
    }

  self->id = id;
  if (id == 0)
    {
      g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
      g_assert_cmpuint (self->notified, ==, 0);
      g_assert_false (self->ended);
      self->ended = TRUE;
      self->notified = 1;
      fuzz->open--;
    }
}

void
fuzz_cancel_call (Fuzz *fuzz,
                  guint index)
{
  FuzzCall *self;
  gboolean live;

  if (fuzz->calls->len == 0)
    return;

  /* A call that is being made has no number yet. */
  self = fuzz->calls->pdata[fuzz->calls->len - 1 - index % fuzz->calls->len];
  if (self->id == 0)
    return;

  live = !self->ended && !self->cancelled;
  if (live)
    {
      self->cancelled = TRUE;
      fuzz->open--;
      if (self->kind == FUZZ_UNSUBSCRIBE)
        fuzz->unsure[self->event] = TRUE;
    }
  g_assert_cmpint (vici_session_cancel (fuzz->session, self->id), ==, live);
  if (live)
    g_assert_cmpuint (self->notified, ==, self->running ? 0 : 1);
}
