/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

static void
assert_closed (guint64  id,
               GError **error)
{
  g_assert_cmpuint (id, ==, 0);
  g_assert_error (*error, VICI_ERROR, VICI_ERROR_CLOSED);
  g_clear_error (error);
}

static void
assert_refuses_calls (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  const guint8 bytes[] = { 0, 0, 0, 1, 1 };

  assert_closed (vici_session_call (f->session, "a", NULL, NULL, NULL, NULL, &error), &error);
  assert_closed (vici_session_call_streaming (f->session, "list-sas", NULL, NULL,
                                              NULL, NULL, NULL, &error),
                 &error);
  assert_closed (vici_session_subscribe (f->session, "log", NULL, NULL, NULL, &error), &error);
  assert_closed (vici_session_unsubscribe (f->session, "log", NULL, NULL, NULL, &error), &error);

  g_assert_cmpint (vici_session_receive (f->session, bytes, sizeof bytes, &error), ==, -1);
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpint (vici_session_receive (f->session, NULL, 0, &error), ==, -1);
  g_assert_error (error, VICI_ERROR, VICI_ERROR_CLOSED);
}

static void
test_idle (Fixture      *f,
           gconstpointer data)
{
  g_assert_false (vici_session_is_closed (f->session));
  vici_session_closed (f->session, NULL);
  g_assert_true (vici_session_is_closed (f->session));
  assert_refuses_calls (f);

  /* It is told of the end, and does not bring it about: no close(). */
  vici_session_closed (f->session, NULL);
  heard_nothing (f);

  vici_session_set_writable (f->session, FALSE);
  vici_session_set_writable (f->session, TRUE);
  vici_session_set_max_in_flight (f->session, 3);
  g_assert_false (vici_session_cancel (f->session, 1));
}

static void
test_all_kinds (Fixture      *f,
                gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");

  call (f, "a");
  sent (f, "request a");
  subscribe (f, "ike-updown");
  sent (f, "register ike-updown");
  unsubscribe (f, "log");
  sent (f, "unregister log");
  call (f, "b");
  stream (f, "list-sas");
  subscribe (f, "ike-updown");
  unsubscribe (f, "log");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 7);

  vici_session_closed (f->session, NULL);
  heard (f, "a: CLOSED", "+ike-updown: CLOSED", "-log: CLOSED", "b: CLOSED",
         "list-sas: CLOSED", "+ike-updown: CLOSED", "-log: CLOSED");
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
  assert_refuses_calls (f);
}

static void
test_in_stream (Fixture      *f,
                gconstpointer data)
{
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  receive (f, "confirm", "event list-sa n=1");
  heard (f, "list-sas/list-sa: {n=1}");
  vici_session_closed (f->session, NULL);
  heard (f, "list-sas: CLOSED");
}

static void
test_behind_stream (Fixture      *f,
                    gconstpointer data)
{
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  stream (f, "list-conns");
  receive (f, "confirm", "response n=1");
  sent (f, "register list-conn", "request list-conns", "unregister list-conn");
  heard_nothing (f);

  /* It has worked. */
  vici_session_closed (f->session, NULL);
  heard (f, "list-sas: {n=1}", "list-conns: CLOSED");
}

static void
test_behind_unknown_stream (Fixture      *f,
                            gconstpointer data)
{
  stream_event (f, "list-things", "list-thing");
  sent (f, "register list-thing", "request list-things", "unregister list-thing");
  receive (f, "confirm", "unknown-command");
  heard_nothing (f);
  vici_session_closed (f->session, NULL);
  heard (f, "list-things: UNKNOWN_COMMAND");
}

static void
test_within_packet (Fixture      *f,
                    gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  receive_bytes (f, LITERAL ("\0\0\1\0\1\3"));
  vici_session_closed (f->session, NULL);
  heard (f, "a: CLOSED");
}

static void
test_own_error (Fixture      *f,
                gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_PIPE, "broken pipe");

  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  vici_session_closed (f->session, error);
  heard (f, "a: broken pipe", "b: broken pipe");
}

static void
test_cancelled (Fixture      *f,
                gconstpointer data)
{
  Call *a = call (f, "a");
  Call *b = call (f, "b");

  sent (f, "request a");
  cancel (f, a);
  cancel (f, b);
  vici_session_closed (f->session, NULL);
}

static void
test_taken_back (Fixture      *f,
                 gconstpointer data)
{
  Call *plus = subscribe (f, "log");

  sent (f, "register log");
  cancel (f, plus);
  sent (f, "unregister log");
  receive (f, "confirm");
  vici_session_closed (f->session, NULL);
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 0);
}

static void
test_unheld (Fixture      *f,
             gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  stream (f, "list-sas");
  subscribe (f, "log");
  drop_session (f);
  heard (f, "a: CLOSED", "list-sas: CLOSED", "+log: CLOSED");
  g_assert_null (f->session);
}

static void
call_refused (Fixture *f)
{
  assert_refuses_calls (f);
}

static void
test_calls_from_failing_call (Fixture      *f,
                              gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  react (f, "a:", call_refused);
  vici_session_closed (f->session, NULL);
  heard (f, "a: CLOSED", "b: CLOSED");
}

/* -- From within every callback -- */

/* The callbacks of one run, in order. */
static const char * const callbacks[] = {
  "send()",
  "a:",
  "notify a",
  "list-sas/list-sa:",
  "log!",
  "list-sas:",
  "notify list-sas",
  "+ike-updown:",
  "notify +ike-updown",
  "-log:",
  "notify -log",
  "b:",
  "notify b",
  "c:",
  "notify c",
  "close()",
};

#define LAST_RECEIVED 12 /* "notify b" */

static const struct
{
  const char *name;
  Reaction    reaction;
} reactions[] = {
  { "closing", close_session },
  { "letting-go", drop_session },
};

/* Everything that a session does, in three steps. The last one brings a fault,
 * and ends it. */
static void
run_all (Fixture *f)
{
  static const char * const answers[] = {
    "response n=1",
    "confirm", "event list-sa n=2", "event log n=3", "response n=4", "confirm",
    "confirm",
    "confirm",
    "response n=5",
    NULL
  };
  static const guint8 fault[] = { 0, 0, 0, 1, 255 };
  g_autoptr (GBytes) bytes = packets_new (answers);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  vici_session_set_writable (f->session, TRUE);
  if (f->session == NULL || vici_session_is_closed (f->session))
    return;

  /* What comes too late for the session is ignored. */
  g_assert_cmpint (vici_session_receive (f->session, data, length, NULL), >, 0);
  if (f->session == NULL || vici_session_is_closed (f->session))
    return;

  g_assert_cmpint (vici_session_receive (f->session, fault, sizeof fault, NULL), ==, -1);
}

/* What is heard when the session ends at @end; then everything that is pending
 * fails. */
static GStrv
expected_lines (const char *end)
{
  static const struct
  {
    const char *line;
    const char *notified;
  } lines[] = {
    { "a: {n=1}", "notify a" },
    { "list-sas/list-sa: {n=2}" },
    { "log! {n=3}" },
    { "list-sas: {n=4}", "notify list-sas" },
    { "+ike-updown: done", "notify +ike-updown" },
    { "-log: done", "notify -log" },
    { "b: {n=5}", "notify b" },
    { "c: PROTOCOL", "notify c" },
    { "close()" },
  };
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean ended = g_str_equal (end, "send()");

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      const char *line = lines[i].line;
      g_autofree char *failed = g_strdup_printf ("%.*s: CLOSED",
                                                 (int) strcspn (line, ":!/"), line);

      if (!ended)
        g_strv_builder_add (builder, line);
      else if (lines[i].notified != NULL && !g_str_has_prefix (end, "c:"))
        g_strv_builder_add (builder, failed);

      /* When the fault is known, all that follows from it is on its way. */
      if (!g_str_has_prefix (line, "c:"))
        ended = ended || g_str_has_prefix (line, end) || g_strcmp0 (lines[i].notified, end) == 0;
    }

  return g_strv_builder_end (builder);
}

static void
test_from_callback (Fixture *f,
                    gsize    i,
                    gsize    j)
{
  /* A session that was let go of is there until it has handled what it was
   * given. */
  gboolean stays = reactions[j].reaction == drop_session && i > 0 && i < LAST_RECEIVED;
  g_auto (GStrv) lines = expected_lines (callbacks[stays ? LAST_RECEIVED : i]);

  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");

  vici_session_set_max_in_flight (f->session, 3);
  vici_session_set_writable (f->session, FALSE);
  call (f, "a");
  stream (f, "list-sas");
  subscribe (f, "ike-updown");
  unsubscribe (f, "log");
  call (f, "b");
  call (f, "c");

  react (f, callbacks[i], reactions[j].reaction);
  run_all (f);
  assert_heard (f, (const char * const *) lines);
  g_ptr_array_set_size (f->sent, 0);

  if (reactions[j].reaction == drop_session)
    g_assert_null (f->session);
  else
    g_assert_true (vici_session_is_closed (f->session));
}

static void
test_from_callbacks (gconstpointer data)
{
  gsize j = GPOINTER_TO_SIZE (data);

  for (gsize i = 0; i < G_N_ELEMENTS (callbacks); i++)
    {
      Fixture fixture = { NULL };

      g_test_message ("%s in %s", reactions[j].name, callbacks[i]);
      fixture_set_up (&fixture, NULL);
      test_from_callback (&fixture, i, j);
      fixture_tear_down (&fixture, NULL);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/session/closing/idle-session-stays-closed", test_idle);
  ADD_TEST ("/session/closing/fails-all-that-is-pending-in-order", test_all_kinds);
  ADD_TEST ("/session/closing/within-a-stream", test_in_stream);
  ADD_TEST ("/session/closing/behind-its-reply-a-stream-has-worked", test_behind_stream);
  ADD_TEST ("/session/closing/behind-its-reply-a-stream-knows-its-error",
            test_behind_unknown_stream);
  ADD_TEST ("/session/closing/within-a-packet", test_within_packet);
  ADD_TEST ("/session/closing/error-is-handed-on", test_own_error);
  ADD_TEST ("/session/closing/cancelled-calls-stay-silent", test_cancelled);
  ADD_TEST ("/session/closing/taking-back-stays-silent", test_taken_back);
  ADD_TEST ("/session/closing/last-reference-fails-all-that-is-pending", test_unheld);
  ADD_TEST ("/session/closing/failing-call-cannot-call-again", test_calls_from_failing_call);

  for (gsize j = 0; j < G_N_ELEMENTS (reactions); j++)
    {
      g_autofree char *path = g_strdup_printf ("/session/closing/%s-in-any-callback-is-safe",
                                               reactions[j].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (j), test_from_callbacks);
    }

  return g_test_run ();
}
