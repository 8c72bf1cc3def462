/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

static void
test_held_back (Fixture      *f,
                gconstpointer data)
{
  Call *b, *log;

  g_assert_true (vici_session_get_writable (f->session));
  vici_session_set_writable (f->session, FALSE);
  call (f, "a");
  b = call (f, "b");
  stream (f, "list-sas");
  log = subscribe (f, "log");
  sent_nothing (f);

  cancel (f, b);
  cancel (f, log);
  sent_nothing (f);
  g_assert_cmpuint (vici_session_get_pending (f->session), ==, 2);

  vici_session_set_writable (f->session, TRUE);
  sent (f, "request a");
  receive (f, "response");
  heard (f, "a: {}");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  receive (f, "confirm", "response", "confirm");
  heard (f, "list-sas: {}");
}

static void
test_one_write (Fixture      *f,
                gconstpointer data)
{
  vici_session_set_writable (f->session, FALSE);
  vici_session_set_max_in_flight (f->session, 2);
  subscribe (f, "log");
  call (f, "a");
  call (f, "b");
  call (f, "c");
  vici_session_set_writable (f->session, TRUE);
  sent (f, "register log", "request a", "request b");
  receive (f, "confirm", "response", "response");
  heard (f, "+log: done", "a: {}", "b: {}");
  sent (f, "request c");
  receive (f, "response");
  heard (f, "c: {}");
}

static void
test_replies_while_held_back (Fixture      *f,
                              gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  vici_session_set_writable (f->session, FALSE);
  receive (f, "response");
  heard (f, "a: {}");
  sent_nothing (f);
  vici_session_set_writable (f->session, TRUE);
  sent (f, "request b");
  receive (f, "response");
  heard (f, "b: {}");
}

static void
hold_back (Fixture *f)
{
  vici_session_set_writable (f->session, FALSE);
}

/* A full channel says so from within send(). */
static void
test_held_back_from_send (Fixture      *f,
                          gconstpointer data)
{
  vici_session_set_max_in_flight (f->session, 8);
  react (f, "send()", hold_back);
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  subscribe (f, "log");
  sent_nothing (f);
  vici_session_set_writable (f->session, TRUE);
  sent (f, "request b", "register log");
  receive (f, "response", "response", "confirm");
  heard (f, "a: {}", "b: {}", "+log: done");
}

/* -- Pausing -- */

static void
pause_session (Fixture *f)
{
  vici_session_set_paused (f->session, TRUE);
}

/* Like receive(), where not everything may be taken. */
static void
receive_some (Fixture            *f,
              GBytes             *bytes,
              gsize               start,
              const char * const *taken)
{
  g_autoptr (GBytes) expected = packets_new (taken);
  g_autoptr (GError) error = NULL;
  gssize n = vici_session_receive (f->session,
                                   (const guint8 *) g_bytes_get_data (bytes, NULL) + start,
                                   g_bytes_get_size (bytes) - start, &error);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, g_bytes_get_size (expected));
}

static void
assert_paused_at (const char         *at,
                  guint               n_taken,
                  const char * const *before,
                  const char * const *after)
{
  static const char * const packets[] = {
    "response n=0", "confirm", "event list-sa n=1", "event list-sa n=2", "response n=3",
    "confirm", "event log n=4", NULL
  };
  g_autoptr (GBytes) all = packets_new (packets);
  const char *taken[G_N_ELEMENTS (packets)] = { NULL };
  g_autoptr (GBytes) first = NULL;
  Fixture fixture = { NULL };
  Fixture *f = &fixture;

  memcpy (taken, packets, n_taken * sizeof (char *));
  first = packets_new (taken);

  fixture_set_up (f, NULL);
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");
  call (f, "a");
  sent (f, "request a");
  vici_session_set_max_in_flight (f->session, 2);
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");

  react (f, at, pause_session);
  receive_some (f, all, 0, taken);
  assert_heard (f, before);

  /* Nothing is taken until it goes on. */
  g_assert_true (vici_session_get_paused (f->session));
  receive_some (f, all, g_bytes_get_size (first), (const char *[]) { NULL });
  heard_nothing (f);

  vici_session_set_paused (f->session, FALSE);
  receive_some (f, all, g_bytes_get_size (first), packets + n_taken);
  assert_heard (f, after);
  fixture_tear_down (f, NULL);
}

static void
test_paused (void)
{
  assert_paused_at ("a:", 1, (const char *[]) { "a: {n=0}", NULL },
                    (const char *[]) { "list-sas/list-sa: {n=1}", "list-sas/list-sa: {n=2}",
                                       "list-sas: {n=3}", "log! {n=4}", NULL });
  assert_paused_at ("list-sas/list-sa: {n=1}", 3,
                    (const char *[]) { "a: {n=0}", "list-sas/list-sa: {n=1}", NULL },
                    (const char *[]) { "list-sas/list-sa: {n=2}", "list-sas: {n=3}",
                                       "log! {n=4}", NULL });
  assert_paused_at ("list-sas:", 6,
                    (const char *[]) { "a: {n=0}", "list-sas/list-sa: {n=1}",
                                       "list-sas/list-sa: {n=2}", "list-sas: {n=3}", NULL },
                    (const char *[]) { "log! {n=4}", NULL });
  assert_paused_at ("log!", 7,
                    (const char *[]) { "a: {n=0}", "list-sas/list-sa: {n=1}",
                                       "list-sas/list-sa: {n=2}", "list-sas: {n=3}",
                                       "log! {n=4}", NULL },
                    (const char *[]) { NULL });
}

/* A packet that came in pieces is taken with its last byte. */
static void
test_paused_within_packet (Fixture      *f,
                           gconstpointer data)
{
  static const guint8 rest[] = { 3, 1, 'n', 0, 1, 'v', 0, 0, 0, 2 };

  call (f, "a");
  sent (f, "request a");
  receive_bytes (f, LITERAL ("\0\0\0\7\1"));

  vici_session_set_paused (f->session, TRUE);
  g_assert_cmpint (vici_session_receive (f->session, rest, sizeof rest, NULL), ==, 0);
  vici_session_set_paused (f->session, FALSE);

  react (f, "a:", pause_session);
  g_assert_cmpint (vici_session_receive (f->session, rest, sizeof rest, NULL), ==, 6);
  heard (f, "a: {n=v}");
}

/* What the callbacks have asked for goes out, since only taking has paused. */
static void
call_b_and_pause (Fixture *f)
{
  call (f, "b");
  vici_session_set_paused (f->session, TRUE);
}

static void
test_sending_while_paused (Fixture      *f,
                           gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  react (f, "a:", call_b_and_pause);
  receive (f, "response");
  heard (f, "a: {}");
  sent (f, "request b");
  subscribe (f, "log");
  sent (f, "register log");
  vici_session_set_paused (f->session, FALSE);
  receive (f, "response", "confirm");
  heard (f, "b: {}", "+log: done");
}

static void
test_closed_while_paused (Fixture      *f,
                          gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  vici_session_set_paused (f->session, TRUE);
  vici_session_closed (f->session, NULL);
  heard (f, "a: CLOSED");
  g_assert_cmpint (vici_session_receive (f->session, NULL, 0, NULL), ==, -1);
}

static void
test_nothing_received (Fixture      *f,
                       gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (vici_session_receive (f->session, NULL, 0, &error), ==, 0);
  g_assert_no_error (error);
}

/* What is being sent has no place in the order yet. */
static void
receive_nothing (Fixture *f)
{
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "*receiving*pumping*");
  g_assert_cmpint (vici_session_receive (f->session, NULL, 0, NULL), ==, -1);
  g_test_assert_expected_messages ();
}

static void
test_received_from_callback (Fixture      *f,
                             gconstpointer data)
{
  react (f, "send()", receive_nothing);
  call (f, "a");
  sent (f, "request a");
  react (f, "a:", receive_nothing);
  receive (f, "response");
  heard (f, "a: {}");
  react (f, "+log", receive_nothing);
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");
  react (f, "+log", receive_nothing);
  subscribe (f, "log");
  heard (f, "+log: done");
}

/* -- A class that implements nothing -- */

G_DECLARE_FINAL_TYPE (BareSession, bare_session, BARE, SESSION, ViciSession)

struct _BareSession
{
  ViciSession parent_instance;
};

G_DEFINE_FINAL_TYPE (BareSession, bare_session, VICI_TYPE_SESSION)

static void
bare_session_class_init (BareSessionClass *klass)
{
}

static void
bare_session_init (BareSession *self)
{
}

static void
test_bare_class (void)
{
  g_autoptr (ViciSession) session = g_object_new (bare_session_get_type (), NULL);
  const guint8 empty[] = { 0, 0, 0, 0 };

  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_CRITICAL, "*BareSession*send()*");
  vici_session_call (session, "version", NULL, NULL, NULL, NULL, NULL);
  g_test_assert_expected_messages ();

  /* There may be nothing to close. */
  g_assert_cmpint (vici_session_receive (session, empty, sizeof empty, NULL), ==, -1);
  g_assert_true (vici_session_is_closed (session));
}

/* -- Properties -- */

static void
on_notify (GObject    *session,
           GParamSpec *pspec,
           GString    *names)
{
  g_string_append_printf (names, "%s ", pspec->name);
}

static void
test_properties (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gboolean writable, paused;
  guint max_in_flight;

  g_signal_connect (f->session, "notify", G_CALLBACK (on_notify), names);
  g_object_get (f->session, "writable", &writable, "paused", &paused,
                "max-in-flight", &max_in_flight, NULL);
  g_assert_true (writable);
  g_assert_false (paused);
  g_assert_cmpuint (max_in_flight, ==, 1);

  g_object_set (f->session, "writable", TRUE, "paused", FALSE, "max-in-flight", 1, NULL);
  g_assert_cmpstr (names->str, ==, "");
  g_object_set (f->session, "writable", FALSE, NULL);
  g_object_set (f->session, "paused", TRUE, NULL);
  g_object_set (f->session, "max-in-flight", 7, NULL);
  g_assert_cmpstr (names->str, ==, "writable paused max-in-flight ");
  vici_session_set_paused (f->session, 2);
  g_assert_cmpstr (names->str, ==, "writable paused max-in-flight ");
  g_assert_true (vici_session_get_paused (f->session));
  g_assert_false (vici_session_get_writable (f->session));
  g_assert_cmpuint (vici_session_get_max_in_flight (f->session), ==, 7);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/session/writable/holds-back-without-a-trace", test_held_back);
  ADD_TEST ("/session/writable/all-goes-in-one-write", test_one_write);
  ADD_TEST ("/session/writable/replies-come-all-the-same", test_replies_while_held_back);
  ADD_TEST ("/session/writable/can-be-cleared-from-send", test_held_back_from_send);

  g_test_add_func ("/session/paused/packet-being-handled-is-the-last", test_paused);
  ADD_TEST ("/session/paused/within-a-packet", test_paused_within_packet);
  ADD_TEST ("/session/paused/sending-goes-on", test_sending_while_paused);
  ADD_TEST ("/session/paused/can-be-closed", test_closed_while_paused);
  ADD_TEST ("/session/receive/nothing-is-nothing", test_nothing_received);
  ADD_TEST ("/session/receive/not-from-a-callback", test_received_from_callback);
  g_test_add_func ("/session/class/must-send-and-need-not-close", test_bare_class);
  ADD_TEST ("/session/properties/are-notified-once", test_properties);

  return g_test_run ();
}
