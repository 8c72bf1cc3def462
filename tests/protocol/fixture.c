/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

#include "vici-core-enum-types.h"

/* -- The session -- */

#define TEST_TYPE_SESSION (test_session_get_type ())
G_DECLARE_FINAL_TYPE (TestSession, test_session, TEST, SESSION, ViciSession)

struct _TestSession
{
  ViciSession parent_instance;

  Fixture    *fixture;
};

G_DEFINE_FINAL_TYPE (TestSession, test_session, VICI_TYPE_SESSION)

static void
react_to (Fixture    *fixture,
          const char *what)
{
  Reaction reaction = fixture->react;

  if (reaction == NULL || !g_str_has_prefix (what, fixture->react_at))
    return;

  fixture->react = NULL;
  reaction (fixture);
}

G_GNUC_PRINTF (2, 3)
static void
tell (Fixture    *fixture,
      const char *format,
      ...)
{
  char *line;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);

  g_ptr_array_add (fixture->lines, line);
  react_to (fixture, line);
}

static void
test_session_send (ViciSession *session,
                   GBytes      *data)
{
  Fixture *fixture = TEST_SESSION (session)->fixture;

  g_assert_cmpuint (g_bytes_get_size (data), >, 0);
  g_ptr_array_add (fixture->sent, g_bytes_ref (data));
  react_to (fixture, "send()");
}

static void
test_session_close (ViciSession *session)
{
  tell (TEST_SESSION (session)->fixture, "close()");
}

static void
test_session_class_init (TestSessionClass *klass)
{
  VICI_SESSION_CLASS (klass)->send = test_session_send;
  VICI_SESSION_CLASS (klass)->close = test_session_close;
}

static void
test_session_init (TestSession *self)
{
}

static void
on_event (ViciSession *session,
          const char  *name,
          ViciMessage *message,
          Fixture     *fixture)
{
  g_autofree char *text = vici_message_to_string (message, VICI_PRINT_NONE);

  tell (fixture, "%s! %s", name, text);
}

/* -- The fixture -- */

static void
call_free (Call *self)
{
  g_free (self->name);
  g_free (self);
}

void
fixture_set_up (Fixture      *fixture,
                gconstpointer data)
{
  TestSession *session = g_object_new (TEST_TYPE_SESSION, NULL);

  session->fixture = fixture;
  fixture->session = VICI_SESSION (session);
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &fixture->session);
  g_signal_connect (session, "event", G_CALLBACK (on_event), fixture);

  fixture->sent = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  fixture->lines = g_ptr_array_new_with_free_func (g_free);
  fixture->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) call_free);
}

void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer data)
{
  sent_nothing (fixture);
  heard_nothing (fixture);
  g_assert_null (fixture->react);

  if (fixture->session != NULL)
    {
      vici_session_closed (fixture->session, NULL);
      g_assert_cmpuint (vici_session_get_pending (fixture->session), ==, 0);
      g_assert_finalize_object (fixture->session);
    }

  for (guint i = 0; i < fixture->calls->len; i++)
    {
      Call *made = fixture->calls->pdata[i];

      g_assert_cmpuint (made->ended, ==, made->cancelled ? 0 : 1);
      g_assert_cmpuint (made->notified, ==, 1);
    }

  g_ptr_array_unref (fixture->sent);
  g_ptr_array_unref (fixture->lines);
  g_ptr_array_unref (fixture->calls);
}

/* -- Packets -- */

/* Written from the protocol document, without the library's own encoder. */
static void
append_packet (GByteArray *out,
               const char *text)
{
  static const struct
  {
    const char *word;
    guint8      type;
    gboolean    named;
  } types[] = {
    { "request", 0, TRUE },
    { "response", 1, FALSE },
    { "unknown-command", 2, FALSE },
    { "register", 3, TRUE },
    { "unregister", 4, TRUE },
    { "confirm", 5, FALSE },
    { "unknown-event", 6, FALSE },
    { "event", 7, TRUE },
  };
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autoptr (GByteArray) body = g_byte_array_new ();
  guint8 header[4] = { 0 };
  gsize type = 0;
  gsize word = 1;

  while (!g_str_equal (types[type].word, words[0]))
    g_assert_cmpuint (++type, <, G_N_ELEMENTS (types));

  g_byte_array_append (body, &types[type].type, 1);
  if (types[type].named)
    {
      guint8 length = strlen (words[word]);

      g_byte_array_append (body, &length, 1);
      g_byte_array_append (body, (const guint8 *) words[word++], length);
    }

  for (; words[word] != NULL; word++)
    {
      g_auto (GStrv) pair = g_strsplit (words[word], "=", 2);
      guint8 name[] = { 3, strlen (pair[0]) };
      guint8 value[] = { 0, strlen (pair[1]) };

      g_byte_array_append (body, name, 2);
      g_byte_array_append (body, (const guint8 *) pair[0], name[1]);
      g_byte_array_append (body, value, 2);
      g_byte_array_append (body, (const guint8 *) pair[1], value[1]);
    }

  header[2] = body->len >> 8;
  header[3] = body->len;
  g_byte_array_append (out, header, 4);
  g_byte_array_append (out, body->data, body->len);
}

GBytes *
packets_new (const char * const *packets)
{
  GByteArray *out = g_byte_array_new ();

  for (; *packets != NULL; packets++)
    append_packet (out, *packets);

  return g_byte_array_free_to_bytes (out);
}

/* -- Calls -- */

static void
on_answer (ViciSession  *session,
           const char   *event,
           ViciMessage  *message,
           const GError *error,
           gpointer      user_data)
{
  Call *self = user_data;
  g_autofree char *code = NULL;
  g_autofree char *text = NULL;

  g_assert_false (self->cancelled);
  g_assert_cmpuint (self->ended, ==, 0);
  g_assert_cmpuint (self->notified, ==, 0);
  g_assert_false (message != NULL && error != NULL);

  if (error != NULL && error->domain == VICI_ERROR)
    {
      code = g_enum_to_string (VICI_TYPE_ERROR, error->code);
      text = g_strdup (code + strlen ("VICI_ERROR_"));
    }
  else if (error != NULL)
    text = g_strdup (error->message);
  else if (message != NULL)
    text = vici_message_to_string (message, VICI_PRINT_NONE);
  else
    text = g_strdup ("done");

  self->running++;

  if (event != NULL)
    {
      tell (self->fixture, "%s/%s: %s", self->name, event, text);
    }
  else
    {
      self->ended++;
      tell (self->fixture, "%s: %s", self->name, text);
    }

  /* Its data stays until it returns, whatever it has done. */
  g_assert_cmpuint (self->notified, ==, 0);
  self->running--;
}

static void
on_notify (gpointer user_data)
{
  Call *self = user_data;
  g_autofree char *what = g_strconcat ("notify ", self->name, NULL);

  g_assert_cmpuint (self->running, ==, 0);
  self->notified++;
  react_to (self->fixture, what);
}

static Call *
call_new (Fixture    *fixture,
          const char *prefix,
          const char *name)
{
  Call *self = g_new0 (Call, 1);

  self->fixture = fixture;
  self->name = g_strconcat (prefix, name, NULL);
  g_ptr_array_add (fixture->calls, self);

  return self;
}

static Call *
call_began (Call         *self,
            guint64       id,
            const GError *error)
{
  g_assert_no_error (error);
  g_assert_cmpuint (id, !=, 0);
  self->id = id;

  return self;
}

Call *
call_with (Fixture     *fixture,
           const char  *command,
           ViciMessage *request)
{
  Call *self = call_new (fixture, "", command);
  g_autoptr (GError) error = NULL;
  guint64 id = vici_session_call (fixture->session, command, request,
                                  on_answer, self, on_notify, &error);

  return call_began (self, id, error);
}

Call *
call (Fixture    *fixture,
      const char *command)
{
  return call_with (fixture, command, NULL);
}

static Call *
stream_full (Fixture     *fixture,
             const char  *command,
             const char  *event,
             ViciMessage *request)
{
  Call *self = call_new (fixture, "", command);
  g_autoptr (GError) error = NULL;
  guint64 id = vici_session_call_streaming (fixture->session, command, event, request,
                                            on_answer, self, on_notify, &error);

  return call_began (self, id, error);
}

Call *
stream (Fixture    *fixture,
        const char *command)
{
  return stream_full (fixture, command, NULL, NULL);
}

Call *
stream_with (Fixture     *fixture,
             const char  *command,
             ViciMessage *request)
{
  return stream_full (fixture, command, NULL, request);
}

Call *
stream_event (Fixture    *fixture,
              const char *command,
              const char *event)
{
  return stream_full (fixture, command, event, NULL);
}

Call *
subscribe (Fixture    *fixture,
           const char *event)
{
  Call *self = call_new (fixture, "+", event);
  g_autoptr (GError) error = NULL;
  guint64 id = vici_session_subscribe (fixture->session, event,
                                       on_answer, self, on_notify, &error);

  return call_began (self, id, error);
}

Call *
unsubscribe (Fixture    *fixture,
             const char *event)
{
  Call *self = call_new (fixture, "-", event);
  g_autoptr (GError) error = NULL;
  guint64 id = vici_session_unsubscribe (fixture->session, event,
                                         on_answer, self, on_notify, &error);

  return call_began (self, id, error);
}

void
cancel (Fixture *fixture,
        Call    *made)
{
  made->cancelled = TRUE;
  g_assert_true (vici_session_cancel (fixture->session, made->id));
  g_assert_cmpuint (made->notified, ==, made->running ? 0 : 1);
}

void
react (Fixture    *fixture,
       const char *at,
       Reaction    reaction)
{
  fixture->react_at = at;
  fixture->react = reaction;
}

/* -- What the session did -- */

void
assert_sent_bytes (Fixture      *fixture,
                   gconstpointer data,
                   gsize         length)
{
  GBytes *bytes;

  g_assert_cmpuint (fixture->sent->len, >, 0);
  bytes = fixture->sent->pdata[0];
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), data, length);
  g_ptr_array_remove_index (fixture->sent, 0);
}

void
assert_sent (Fixture            *fixture,
             const char * const *packets)
{
  g_autoptr (GBytes) bytes = packets_new (packets);

  assert_sent_bytes (fixture, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

void
assert_heard (Fixture            *fixture,
              const char * const *lines)
{
  g_autofree char *is = NULL;
  g_autofree char *wanted = g_strjoinv ("\n", (char **) lines);

  g_ptr_array_add (fixture->lines, NULL);
  is = g_strjoinv ("\n", (char **) fixture->lines->pdata);
  g_assert_cmpstr (is, ==, wanted);
  g_ptr_array_set_size (fixture->lines, 0);
}

void
sent_nothing (Fixture *fixture)
{
  g_assert_cmpuint (fixture->sent->len, ==, 0);
}

void
heard_nothing (Fixture *fixture)
{
  assert_heard (fixture, (const char *[]) { NULL });
}

/* -- What the peer does -- */

/* Copied to memory of just this size, which is gone afterwards. */
static gssize
feed (Fixture      *fixture,
      gconstpointer data,
      gsize         length,
      GError      **error)
{
  g_autofree guint8 *copy = g_memdup2 (data, length);

  return vici_session_receive (fixture->session, copy, length, error);
}

void
receive_bytes (Fixture      *fixture,
               gconstpointer data,
               gsize         length)
{
  g_autoptr (GError) error = NULL;
  gssize taken = feed (fixture, data, length, &error);

  g_assert_no_error (error);
  g_assert_cmpint (taken, ==, length);
}

void
receive_packets (Fixture            *fixture,
                 const char * const *packets)
{
  g_autoptr (GBytes) bytes = packets_new (packets);

  receive_bytes (fixture, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

void
receive_fault (Fixture      *fixture,
               ViciError     code,
               gconstpointer data,
               gsize         length)
{
  g_autoptr (GError) error = NULL;
  gssize taken = feed (fixture, data, length, &error);

  g_assert_error (error, VICI_ERROR, (int) code);
  g_assert_cmpint (taken, ==, -1);
  g_assert_true (vici_session_is_closed (fixture->session));
  g_assert_cmpuint (vici_session_get_pending (fixture->session), ==, 0);
}

/* -- Reactions -- */

void
close_session (Fixture *fixture)
{
  vici_session_closed (fixture->session, NULL);
}

/* The session stays as long as whoever called back needs it, and the weak
 * pointer tells until when. */
void
drop_session (Fixture *fixture)
{
  ViciSession *session = fixture->session;

  g_object_unref (session);
}
