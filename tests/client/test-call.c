/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls and their replies. */

#include <string.h>

#include "client-test.h"
#include "vici-error.h"
#include "vici-wire.h"

static void
test_reply (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request version; reply version=6.0 daemon=charon; end");

  client_call (test, "version");
  client_expect (test, "version:6.0");
}

static void
test_request (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request unload-conn name=a; reply success=yes; end");
  g_autoptr (ViciMessage) request =
    vici_message_new_from_variant (g_variant_new_parsed ("{'name': <'a'>}"), NULL);

  client_call_full (test, "unload-conn", request, NULL);
  client_expect (test, "unload-conn:yes");
}

static void
test_sync (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve 2; request c; unknown; end");

  client_call_sync (test, "a", "a");
  client_call_sync (test, "b", "b");
  client_call_sync (test, "c", "unknown-command");
}

static void
test_unknown_command (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request frobnicate; unknown; serve");

  client_call (test, "frobnicate");
  client_call (test, "a");
  client_expect (test, "frobnicate:unknown-command a:a");
}

static void
test_unknown_command_is_named (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request frobnicate; unknown; end");
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_connection_call_sync (test->connection, "frobnicate", NULL, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND);
  g_assert_nonnull (strstr (error->message, "frobnicate"));
}

static void
test_failure_is_a_reply (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; reply success=no errmsg=sorry; end");
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = vici_connection_call_sync (test->connection, "a", NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (vici_message_check_success (reply, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
  g_assert_cmpstr (error->message, ==, "sorry");
}

static void
test_no_callback (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve; request c; reply v=3; end");

  vici_connection_call_async (test->connection, "a", NULL, NULL, NULL, NULL);
  vici_connection_subscribe_async (test->connection, "e", NULL, NULL, NULL);
  vici_connection_unsubscribe_async (test->connection, "e", NULL, NULL, NULL);
  client_call (test, "b");
  client_expect (test, "b:b");

  vici_connection_close_async (test->connection, NULL, NULL, NULL);
  client_expect (test, "closed:ok");
  vici_connection_open_async (test->connection, NULL, NULL, NULL);
  client_call (test, "c");
  client_expect (test, "c:3");
}

/* One at a time: the peer has the second request only after its first reply. */
static void
test_one_in_flight (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; request b; reply v=2; end");

  client_call (test, "a");
  client_call (test, "b");
  client_settle (test);
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 2);
  peer_go (test->peer);
  client_expect (test, "a:1 b:2");
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 0);
}

/* The peer wants all requests before it answers any. */
static void
test_pipelined (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; request b; request c; request d; request e;"
                          "reply v=1; request f; reply v=2; reply v=3; reply v=4; unknown;"
                          "reply v=6; end");

  vici_connection_set_max_in_flight (test->connection, 5);
  for (char name[] = "a"; name[0] <= 'f'; name[0]++)
    client_call (test, name);

  client_expect (test, "a:1 b:2 c:3 d:4 e:unknown-command f:6");
}

static void
test_more_in_flight_while_open (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX,
                          "request a; wait; request b; request c; wait;"
                          "reply v=1; reply v=2; reply v=3; request d; reply v=4; serve");

  client_call (test, "a");
  client_call (test, "b");
  client_call (test, "c");
  client_call (test, "d");
  client_await (test);

  vici_connection_set_max_in_flight (test->connection, 3);
  peer_go (test->peer);
  client_await (test);

  /* What is on its way stays so. */
  vici_connection_set_max_in_flight (test->connection, 1);
  peer_go (test->peer);
  client_expect (test, "a:1 b:2 c:3 d:4");
}

static void
test_many (gconstpointer data)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve");
  g_autoptr (GString) expected = g_string_new (NULL);

  vici_connection_set_max_in_flight (test->connection, GPOINTER_TO_UINT (data));
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *name = g_strdup_printf ("c%u", i);

      client_call (test, name);
      g_string_append_printf (expected, "%s%s:%s", i ? " " : "", name, name);
    }

  client_expect (test, expected->str);
}

/* Each follows from the end of the last, for longer than one turn delivers. */
static void
call_again (ClientTest *test,
            const char *word)
{
  guint *left = test->hook_data;

  if (--*left > 0)
    client_call (test, "a");
}

static void
test_call_from_callback (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve");
  guint left = 1000;

  test->hook = call_again;
  test->hook_data = &left;
  client_call (test, "a");
  client_run_until (test, left == 0);
  g_assert_cmpuint (test->words, ==, 1000);
  g_string_truncate (test->log, 0);
}

static void
test_refused (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; request b; wait; reply v=1; reply v=2; serve");
  g_autofree char *too_long = g_strnfill (VICI_NAME_MAX + 1, 'x');
  g_autoptr (ViciMessage) too_big = client_message (VICI_MESSAGE_MAX);
  g_autofree char *words = NULL;

  vici_connection_set_max_in_flight (test->connection, 5);
  client_call (test, "a");
  client_call (test, "");
  client_call (test, "b\001");
  client_call (test, too_long);
  client_call (test, "gr\303\274n");
  client_call_full (test, "big", too_big, NULL);
  client_call (test, "b");

  words = g_strdup_printf (":invalid b\001:invalid %s:too-large gr\303\274n:invalid big:too-large",
                           too_long);
  client_expect (test, words);
  peer_go (test->peer);
  client_expect (test, "a:1 b:2");

  client_call_sync (test, "", "invalid");
  client_call_sync (test, too_long, "too-large");
  client_call_sync (test, "c", "c");
}

/* What is just within the limits. */
static void
test_big (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve");
  g_autofree char *name = g_strnfill (VICI_NAME_MAX, 'x');
  g_autofree char *words = g_strdup_printf ("a:a %s:%s b:b", name, name);
  g_autoptr (ViciMessage) big = client_message (VICI_PACKET_MAX - 2 - VICI_NAME_MAX);

  vici_connection_set_max_in_flight (test->connection, 5);
  client_call_full (test, "a", big, NULL);
  client_call_full (test, name, big, NULL);
  client_call_full (test, "b", big, NULL);
  client_expect (test, words);
}

static void
test_closed (void)
{
  g_autoptr (ClientTest) test = client_test_new (PEER_UNIX, "");
  g_autoptr (ViciStream) stream = NULL;

  client_call (test, "a");
  client_subscribe (test, "e", NULL);
  client_unsubscribe (test, "e", NULL);
  g_assert_cmpstr (test->log->str, ==, "");
  client_expect (test, "a:closed +e:closed -e:closed");

  client_call_sync (test, "a", "closed");
  g_assert_false (vici_connection_subscribe_sync (test->connection, "e", NULL, NULL));
  g_assert_false (vici_connection_unsubscribe_sync (test->connection, "e", NULL, NULL));

  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_expect (test, ">closed");
  client_next_sync (stream, "closed");
}

static void
test_finish_checks_its_result (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (ViciConnection) connection = vici_connection_new (NULL);
      g_autoptr (GTask) task = g_task_new (connection, NULL, NULL, NULL);

      vici_connection_call_finish (connection, G_ASYNC_RESULT (task), NULL);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*vici_result_is_valid*");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/call/reply", test_reply);
  g_test_add_func ("/client/call/request", test_request);
  g_test_add_func ("/client/call/sync", test_sync);
  g_test_add_func ("/client/call/unknown-command", test_unknown_command);
  g_test_add_func ("/client/call/unknown-command-is-named", test_unknown_command_is_named);
  g_test_add_func ("/client/call/failure-is-a-reply", test_failure_is_a_reply);
  g_test_add_func ("/client/call/no-callback", test_no_callback);
  g_test_add_func ("/client/call/one-in-flight", test_one_in_flight);
  g_test_add_func ("/client/call/pipelined", test_pipelined);
  g_test_add_func ("/client/call/more-in-flight-while-open", test_more_in_flight_while_open);
  g_test_add_data_func ("/client/call/many-one-at-a-time", GUINT_TO_POINTER (1), test_many);
  g_test_add_data_func ("/client/call/many-pipelined", GUINT_TO_POINTER (100), test_many);
  g_test_add_func ("/client/call/from-callback", test_call_from_callback);
  g_test_add_func ("/client/call/refused-before-it-is-sent", test_refused);
  g_test_add_func ("/client/call/big", test_big);
  g_test_add_func ("/client/call/on-closed-connection", test_closed);
  g_test_add_func ("/client/call/finish-checks-its-result", test_finish_checks_its_result);

  return g_test_run ();
}
