/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an earlier client library, davici 1.6, gets wrong. */

#include "fixture.h"

#include "vici-builder.h"

/* It computes the length of the message as a negative number. */
static void
test_short_event (Fixture      *f,
                  gconstpointer data)
{
  subscribe (f, "log");
  sent (f, "register log");
  receive (f, "confirm");
  heard (f, "+log: done");
  call (f, "a");
  sent (f, "request a");
  receive_fault (f, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\3\7\377l"));
  heard (f, "a: PROTOCOL", "close()");
}

/* It allocates what the header says. */
static void
test_large_header (Fixture      *f,
                   gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  receive_bytes (f, LITERAL ("\377\377\377"));
  receive_fault (f, VICI_ERROR_PROTOCOL, LITERAL ("\377\1"));
  g_assert_cmpuint (vici_session_get_private (f->session)->framer.kept.allocated, <, 16);
  heard (f, "a: PROTOCOL", "close()");
}

/* It goes on with memory that it has freed. */
static void
test_close_from_callbacks (Fixture      *f,
                           gconstpointer data)
{
  stream (f, "list-sas");
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  call (f, "a");
  react (f, "list-sas/", drop_session);
  receive (f, "confirm", "event list-sa n=1");
  g_assert_null (f->session);
  heard (f, "list-sas/list-sa: {n=1}", "list-sas: CLOSED", "a: CLOSED");
}

/* It forgets them. */
static void
test_pending_calls (Fixture      *f,
                    gconstpointer data)
{
  call (f, "a");
  sent (f, "request a");
  call (f, "b");
  stream (f, "list-sas");
  subscribe (f, "log");
  vici_session_closed (f->session, NULL);
  heard (f, "a: CLOSED", "b: CLOSED", "list-sas: CLOSED", "+log: CLOSED");
}

/* It writes only the low bits of their length, and what follows is read as
 * something else. */
static void
test_long_names_and_values (Fixture      *f,
                            gconstpointer data)
{
  g_autofree char *name = g_strnfill (256 + 7, 'x');
  g_autofree char *value = g_strnfill (65536 + 7, 'x');
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (vici_session_call (f->session, name, NULL, NULL, NULL, NULL, &error), ==, 0);
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_cmpuint (vici_session_subscribe (f->session, name, NULL, NULL, NULL, &error), ==, 0);
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
  g_clear_error (&error);

  vici_builder_add_string (builder, name, "value");
  g_assert_null (vici_builder_end (builder, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
  g_clear_error (&error);
  vici_builder_add_string (builder, "name", value);
  g_assert_null (vici_builder_end (builder, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);

  sent_nothing (f);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/davici/event-shorter-than-its-name-is-a-fault", test_short_event);
  ADD_TEST ("/davici/header-of-4-gib-allocates-nothing", test_large_header);
  ADD_TEST ("/davici/session-can-go-from-within-a-callback", test_close_from_callbacks);
  ADD_TEST ("/davici/pending-calls-hear-of-the-end", test_pending_calls);
  ADD_TEST ("/davici/long-names-and-values-are-refused", test_long_names_and_values);

  return g_test_run ();
}
