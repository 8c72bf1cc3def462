/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations of a client and of its peer, in any order, on one session.
 *
 * The peer here knows the protocol, and answers what it was sent when the input
 * says so. As long as it is all that speaks, everything must work out: each
 * call gets the reply to it, each stream its own events, and nothing is
 * registered twice. Once the input has put bytes of its own among its answers,
 * the session may end at any time, but not wrongly. */

#include "fuzz.h"

#include <string.h>

#include "vici-error.h"
#include "vici-session.h"
#include "vici-wire.h"

#define N_EVENTS 4
#define CALLS_MAX 256

static const char * const event_names[N_EVENTS] = { "a", "b", "ab", "list-sa" };

typedef struct _Fuzz Fuzz;

typedef enum
{
  CALL,
  STREAM,
  SUBSCRIBE,
  UNSUBSCRIBE
} Kind;

typedef struct
{
  Fuzz    *fuzz;
  guint    number;              /* a command is called so, and its reply says so */
  Kind     kind;
  guint    event;
  guint64  id;
  gboolean ended;
  gboolean cancelled;
  guint    notified;
  guint    running;             /* its function, on the stack */
  guint    events_due;          /* emitted by the peer for this stream */
  guint    events_got;

  /* The stream was sent right behind a registration. Without one, it gets
   * events as well that were under way before the peer began with it. */
  gboolean registered;
} Call;

typedef struct
{
  ViciPacketType type;
  guint          number;        /* of the command */
  guint          event;
} Request;

struct _Fuzz
{
  const guint8 *data;
  const guint8 *end;

  ViciSession  *session;        /* NULL when it is gone */
  gboolean      dropped;        /* and goes as soon as nobody needs it */
  GPtrArray    *calls;
  guint         open;           /* calls that neither ended nor were cancelled */
  guint         next_end;       /* calls end in their order */
  guint         closes;
  guint         depth;          /* of callbacks */
  guint8        reaction;       /* what the next callback does */
  guint8        reaction_to;

  /* The peer. */
  GArray       *requests;       /* not yet answered */
  GByteArray   *answers;        /* not yet received by the session */
  gboolean      honest;         /* nothing else was in @answers */
  gboolean      registered[N_EVENTS];
  guint         in_flight;      /* commands not yet answered */
  guint         emitted;

  /* Subscribers, as far as their functions were called. */
  guint         subscribed[N_EVENTS];
  gboolean      unsure[N_EVENTS]; /* more may have ended than these know */
  guint         signalled;
};

static void react (Fuzz *fuzz);

static guint8
next_byte (Fuzz *fuzz)
{
  return fuzz->data < fuzz->end ? *fuzz->data++ : 0;
}

/* -- The session -- */

#define FUZZ_TYPE_SESSION (fuzz_session_get_type ())
G_DECLARE_FINAL_TYPE (FuzzSession, fuzz_session, FUZZ, SESSION, ViciSession)

struct _FuzzSession
{
  ViciSession parent_instance;

  Fuzz       *fuzz;
};

G_DEFINE_FINAL_TYPE (FuzzSession, fuzz_session, VICI_TYPE_SESSION)

static guint
find_event (const guint8 *name,
            gsize         length)
{
  guint event = 0;

  while (strlen (event_names[event]) != length || memcmp (event_names[event], name, length) != 0)
    g_assert_cmpuint (++event, <, N_EVENTS);

  return event;
}

static void
note_stream (Fuzz *fuzz,
             Call *call)
{
  const Request *last;

  g_assert_false (call->ended);
  if (call->kind != STREAM || fuzz->requests->len == 0)
    return;

  last = &g_array_index (fuzz->requests, Request, fuzz->requests->len - 1);
  call->registered = last->type == VICI_PACKET_EVENT_REGISTER && last->event == call->event;
}

/* Takes one packet off what the session has sent. */
static gsize
read_request (Fuzz         *fuzz,
              const guint8 *data,
              gsize         size)
{
  Request request = { 0 };
  gsize length;
  const guint8 *name = data + 6;

  g_assert_cmpuint (size, >=, 6);
  length = (gsize) data[2] << 8 | data[3];
  g_assert_cmpuint (data[0] + data[1], ==, 0);
  g_assert_cmpuint (length + 4, <=, size);
  g_assert_cmpuint (length, ==, 2 + data[5]);

  request.type = data[4];
  if (request.type == VICI_PACKET_CMD_REQUEST)
    {
      g_autofree char *text = g_strndup ((const char *) name, data[5]);

      request.number = (guint) g_ascii_strtoull (text, NULL, 10);
      note_stream (fuzz, fuzz->calls->pdata[request.number]);
      fuzz->in_flight++;
      if (fuzz->honest)
        g_assert_cmpuint (fuzz->in_flight, <=, vici_session_get_max_in_flight (fuzz->session));
    }
  else
    request.event = find_event (name, data[5]);

  g_array_append_val (fuzz->requests, request);

  return length + 4;
}

static void
fuzz_session_send (ViciSession *session,
                   GBytes      *bytes)
{
  Fuzz *fuzz = FUZZ_SESSION (session)->fuzz;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_assert_true (vici_session_get_writable (session));
  g_assert_false (vici_session_is_closed (session));
  g_assert_cmpuint (size, >, 0);

  while (size > 0)
    {
      gsize taken = read_request (fuzz, data, size);

      data += taken;
      size -= taken;
    }

  react (fuzz);
}

static void
fuzz_session_close (ViciSession *session)
{
  Fuzz *fuzz = FUZZ_SESSION (session)->fuzz;

  g_assert_cmpuint (fuzz->closes, ==, 0);
  g_assert_true (vici_session_is_closed (session));
  g_assert_cmpuint (fuzz->open, ==, 0);
  fuzz->closes++;
  react (fuzz);
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

/* -- What it calls back -- */

static void
on_event (ViciSession *session,
          const char  *name,
          ViciMessage *message,
          Fuzz        *fuzz)
{
  guint event = find_event ((const guint8 *) name, strlen (name));

  g_assert_cmpuint (fuzz->subscribed[event], >, 0);
  fuzz->signalled++;
  react (fuzz);
}

static void
on_stream_event (Call        *self,
                 const char  *event,
                 ViciMessage *message)
{
  g_assert_cmpint (self->kind, ==, STREAM);
  g_assert_cmpstr (event, ==, event_names[self->event]);
  g_assert_nonnull (message);

  self->events_got++;
  if (self->fuzz->honest && self->registered)
    g_assert_cmpuint (self->events_got, <=, self->events_due);
}

static void
on_end (Call         *self,
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
    case STREAM:
      if (fuzz->honest)
        g_assert_cmpuint (self->events_got, >=, self->events_due);
      G_GNUC_FALLTHROUGH;

    case CALL:
      g_assert_nonnull (message);
      if (fuzz->honest)
        g_assert_cmpint (vici_message_lookup_int64 (message, "n", -1), ==, self->number);
      break;

    case SUBSCRIBE:
      fuzz->subscribed[self->event]++;
      break;

    case UNSUBSCRIBE:
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
  Call *self = user_data;

  g_assert_false (self->ended);
  g_assert_false (self->cancelled);
  g_assert_cmpuint (self->notified, ==, 0);

  self->running++;
  if (event != NULL)
    on_stream_event (self, event, message);
  else
    on_end (self, message, error);

  react (self->fuzz);
  self->running--;
}

static void
on_notify (gpointer user_data)
{
  Call *self = user_data;

  g_assert_cmpuint (self->notified, ==, 0);
  g_assert_cmpuint (self->running, ==, 0);
  self->notified++;
  react (self->fuzz);
}

/* -- The client -- */

static void
make_call (Fuzz *fuzz,
           Kind  kind,
           guint event)
{
  Call *self;
  const char *name = event_names[event % N_EVENTS];
  char command[16];
  g_autoptr (GError) error = NULL;
  guint64 id = 0;

  if (fuzz->calls->len >= CALLS_MAX)
    return;

  self = g_new0 (Call, 1);
  self->fuzz = fuzz;
  self->number = fuzz->calls->len;
  self->kind = kind;
  self->event = event % N_EVENTS;
  g_ptr_array_add (fuzz->calls, self);
  fuzz->open++;
  g_snprintf (command, sizeof command, "%u", self->number);

  switch (kind)
    {
    case CALL:
      id = vici_session_call (fuzz->session, command, NULL, on_answer, self, on_notify, &error);
      break;
    case STREAM:
      id = vici_session_call_streaming (fuzz->session, command, name, NULL,
                                        on_answer, self, on_notify, &error);
      break;
    case SUBSCRIBE:
      id = vici_session_subscribe (fuzz->session, name, on_answer, self, on_notify, &error);
      break;
    case UNSUBSCRIBE:
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

static void
cancel_call (Fuzz *fuzz,
             guint index)
{
  Call *self;
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
      if (self->kind == UNSUBSCRIBE)
        fuzz->unsure[self->event] = TRUE;
    }
  g_assert_cmpint (vici_session_cancel (fuzz->session, self->id), ==, live);
  if (live)
    g_assert_cmpuint (self->notified, ==, self->running ? 0 : 1);
}

static void
close_session (Fuzz *fuzz)
{
  vici_session_closed (fuzz->session, NULL);
  g_assert_true (fuzz->session == NULL || vici_session_is_closed (fuzz->session));
}

/* -- The peer -- */

static void
append_packet (GByteArray    *out,
               ViciPacketType type,
               const char    *name,
               guint          number)
{
  char value[16];
  guint8 value_length = (guint8) g_snprintf (value, sizeof value, "%u", number);
  guint8 name_length = name != NULL ? (guint8) strlen (name) : 0;
  guint8 header[] = { 0, 0, 0, 1, (guint8) type };
  guint8 key[] = { 3, 1, 'n', 0, value_length };

  if (name != NULL)
    header[3] += 1 + name_length;
  if (type == VICI_PACKET_CMD_RESPONSE || type == VICI_PACKET_EVENT)
    header[3] += sizeof key + value_length;

  g_byte_array_append (out, header, sizeof header);
  if (name != NULL)
    {
      g_byte_array_append (out, &name_length, 1);
      g_byte_array_append (out, (const guint8 *) name, name_length);
    }
  if (type == VICI_PACKET_CMD_RESPONSE || type == VICI_PACKET_EVENT)
    {
      g_byte_array_append (out, key, sizeof key);
      g_byte_array_append (out, (const guint8 *) value, value_length);
    }
}

/* Hands the session some of what is under way to it. */
static void
deliver (Fuzz *fuzz,
         gsize size)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *copy = NULL;
  gssize taken;

  if (fuzz->session == NULL || vici_session_is_closed (fuzz->session))
    return;

  size = MIN (size, fuzz->answers->len);
  copy = g_memdup2 (fuzz->answers->data, size);
  taken = vici_session_receive (fuzz->session, copy, size, &error);

  if (taken < 0)
    {
      g_assert_false (fuzz->honest);
      g_assert_true (g_error_matches (error, VICI_ERROR, VICI_ERROR_PROTOCOL) ||
                     g_error_matches (error, VICI_ERROR, VICI_ERROR_MALFORMED));
      g_assert_cmpuint (fuzz->open, ==, 0);
      g_assert_cmpuint (fuzz->closes, ==, 1);
      g_assert_true (fuzz->session == NULL || vici_session_is_closed (fuzz->session));
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpint (taken, <=, size);
  g_assert_true ((gsize) taken == size || fuzz->session == NULL ||
                 vici_session_is_closed (fuzz->session) ||
                 vici_session_get_paused (fuzz->session));
  g_byte_array_remove_range (fuzz->answers, 0, (guint) taken);
}

/* Answers the oldest request, as charon would. */
static void
answer (Fuzz    *fuzz,
        gboolean refuse)
{
  Request request;
  ViciPacketType type;

  if (fuzz->requests->len == 0)
    return;

  request = g_array_index (fuzz->requests, Request, 0);
  g_array_remove_index (fuzz->requests, 0);

  switch (request.type)
    {
    case VICI_PACKET_CMD_REQUEST:
      type = refuse ? VICI_PACKET_CMD_UNKNOWN : VICI_PACKET_CMD_RESPONSE;
      fuzz->in_flight--;
      break;

    case VICI_PACKET_EVENT_REGISTER:
      g_assert_false (fuzz->honest && fuzz->registered[request.event]);
      fuzz->registered[request.event] = !refuse;
      type = refuse ? VICI_PACKET_EVENT_UNKNOWN : VICI_PACKET_EVENT_CONFIRM;
      break;

    case VICI_PACKET_EVENT_UNREGISTER:
      type = fuzz->registered[request.event] ? VICI_PACKET_EVENT_CONFIRM
                                             : VICI_PACKET_EVENT_UNKNOWN;
      fuzz->registered[request.event] = FALSE;
      break;

    case VICI_PACKET_CMD_RESPONSE:
    case VICI_PACKET_CMD_UNKNOWN:
    case VICI_PACKET_EVENT_CONFIRM:
    case VICI_PACKET_EVENT_UNKNOWN:
    case VICI_PACKET_EVENT:
    default:
      g_assert_not_reached ();
    }

  append_packet (fuzz->answers, type, NULL, request.number);
}

/* Raises an event; it belongs to the stream that is being worked at, too. */
static void
emit_event (Fuzz *fuzz,
            guint event)
{
  if (!fuzz->registered[event])
    return;

  if (fuzz->requests->len > 0)
    {
      Request *request = &g_array_index (fuzz->requests, Request, 0);

      if (request->type == VICI_PACKET_CMD_REQUEST)
        {
          Call *call = fuzz->calls->pdata[request->number];

          if (call->kind == STREAM && call->event == event)
            call->events_due++;
        }
    }

  append_packet (fuzz->answers, VICI_PACKET_EVENT, event_names[event], fuzz->emitted++);
}

static void
add_junk (Fuzz *fuzz)
{
  gsize length = next_byte (fuzz) % 32;

  length = MIN (length, (gsize) (fuzz->end - fuzz->data));
  if (length == 0)
    return;

  g_byte_array_append (fuzz->answers, fuzz->data, (guint) length);
  fuzz->data += length;
  fuzz->honest = FALSE;
}

/* A whole packet of any kind. */
static void
add_packet (Fuzz *fuzz)
{
  ViciPacketType type = next_byte (fuzz) % 10;
  gboolean named = type == VICI_PACKET_EVENT || type == VICI_PACKET_CMD_REQUEST;
  guint event = next_byte (fuzz) % N_EVENTS;

  append_packet (fuzz->answers, type, named ? event_names[event] : NULL, event);
  fuzz->honest = FALSE;
}

/* -- Operations -- */

/* What a callback may do, and what may be done outside of one. */
static void
act (Fuzz  *fuzz,
     guint8 operation,
     guint8 argument)
{
  switch (operation % 12)
    {
    case 0:
      make_call (fuzz, CALL, 0);
      break;
    case 1:
      make_call (fuzz, STREAM, argument);
      break;
    case 2:
      make_call (fuzz, SUBSCRIBE, argument);
      break;
    case 3:
      make_call (fuzz, UNSUBSCRIBE, argument);
      break;
    case 4:
    case 5:
      cancel_call (fuzz, argument);
      break;
    case 6:
      vici_session_set_max_in_flight (fuzz->session, 1 + argument % 8);
      break;
    case 7:
      vici_session_set_writable (fuzz->session, argument & 1);
      break;
    case 8:
      vici_session_set_paused (fuzz->session, argument & 1);
      break;
    case 9:
      if (argument == 0xff)
        close_session (fuzz);
      break;
    case 10:
      if (argument == 0xff && !fuzz->dropped)
        {
          fuzz->dropped = TRUE;
          g_object_unref (fuzz->session);
        }
      break;
    default:
      fuzz->reaction = argument;
      fuzz->reaction_to = next_byte (fuzz);
      break;
    }
}

static void
react (Fuzz *fuzz)
{
  guint8 reaction = fuzz->reaction;

  /* Within a callback within a callback within…: not for ever. */
  if (reaction == 0 || fuzz->session == NULL || fuzz->depth > 4)
    return;

  fuzz->reaction = 0;
  fuzz->depth++;
  act (fuzz, reaction, fuzz->reaction_to);
  fuzz->depth--;
}

static void
operate (Fuzz *fuzz)
{
  guint8 operation = next_byte (fuzz) % 32;

  if (operation < 16)
    act (fuzz, operation, next_byte (fuzz));
  else if (operation < 21)
    answer (fuzz, operation == 16);
  else if (operation < 24)
    emit_event (fuzz, next_byte (fuzz) % N_EVENTS);
  else if (operation < 27)
    deliver (fuzz, G_MAXSIZE);
  else if (operation < 30)
    deliver (fuzz, next_byte (fuzz));
  else if (operation == 30)
    add_packet (fuzz);
  else
    add_junk (fuzz);
}

/* The peer answers all that it was asked, and nobody stands in the way. */
static void
settle (Fuzz *fuzz)
{
  fuzz->reaction = 0;
  vici_session_set_paused (fuzz->session, FALSE);
  vici_session_set_writable (fuzz->session, TRUE);
  deliver (fuzz, G_MAXSIZE);

  while (fuzz->requests->len > 0 && !vici_session_is_closed (fuzz->session))
    {
      answer (fuzz, FALSE);
      deliver (fuzz, G_MAXSIZE);
    }

  if (fuzz->honest)
    g_assert_cmpuint (fuzz->open, ==, 0);
  g_assert_cmpuint (vici_session_get_pending (fuzz->session), ==, fuzz->open);
}

/* Every event that somebody has subscribed to arrives, and no other. */
static void
check_subscriptions (Fuzz *fuzz)
{
  for (guint event = 0; event < N_EVENTS; event++)
    {
      guint before = fuzz->signalled;

      if (!fuzz->unsure[event])
        g_assert_cmpint (fuzz->subscribed[event] > 0, ==, fuzz->registered[event]);
      emit_event (fuzz, event);
      deliver (fuzz, G_MAXSIZE);
      g_assert_cmpuint (fuzz->signalled - before, ==, fuzz->registered[event]);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  Fuzz fuzz = { .data = data, .end = data + size, .honest = TRUE };

  fuzz.calls = g_ptr_array_new_with_free_func (g_free);
  fuzz.requests = g_array_new (FALSE, FALSE, sizeof (Request));
  fuzz.answers = g_byte_array_new ();
  fuzz.session = g_object_new (FUZZ_TYPE_SESSION, NULL);
  FUZZ_SESSION (fuzz.session)->fuzz = &fuzz;
  g_object_add_weak_pointer (G_OBJECT (fuzz.session), (gpointer *) &fuzz.session);
  g_signal_connect (fuzz.session, "event", G_CALLBACK (on_event), &fuzz);

  while (fuzz.data < fuzz.end && fuzz.session != NULL)
    {
      operate (&fuzz);
      if (fuzz.session != NULL)
        g_assert_cmpuint (vici_session_get_pending (fuzz.session), ==, fuzz.open);
    }

  if (fuzz.session != NULL)
    settle (&fuzz);
  if (fuzz.session != NULL && fuzz.honest && !vici_session_is_closed (fuzz.session))
    check_subscriptions (&fuzz);
  if (fuzz.session != NULL)
    g_assert_finalize_object (fuzz.session);

  g_assert_cmpuint (fuzz.open, ==, 0);
  for (guint i = 0; i < fuzz.calls->len; i++)
    {
      Call *call = fuzz.calls->pdata[i];

      g_assert_cmpint (call->ended + call->cancelled, ==, 1);
      g_assert_cmpuint (call->notified, ==, 1);
    }

  g_ptr_array_unref (fuzz.calls);
  g_array_unref (fuzz.requests);
  g_byte_array_unref (fuzz.answers);

  return 0;
}
