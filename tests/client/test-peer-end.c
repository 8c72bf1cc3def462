/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The end of a connection from the peer's side: it closes, or what it says is no
 * VICI. */

#include <signal.h>
#include <string.h>

#include "client-test.h"
#include "vici-error.h"

/* -- The peer closes -- */

static void
test_idle (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "serve 1; close");

  client_call (test, "a");
  client_expect (test, "a:a closed:closed");
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);
  client_call_sync (test, "b", "closed");
}

static void
test_busy (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; request b; reply v=1; close");
  g_autoptr (ViciStream) stream = NULL;

  vici_connection_set_max_in_flight (test->connection, 2);
  client_call (test, "a");
  client_call (test, "b");
  client_call (test, "c");
  client_subscribe (test, "e", NULL);
  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_expect (test, "a:1 b:closed c:closed +e:closed >closed closed:closed");
  g_assert_cmpuint (vici_connection_get_pending (test->connection), ==, 0);
}

static void
test_sync (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; request b; close");

  vici_connection_set_max_in_flight (test->connection, 2);
  client_call (test, "a");
  client_call_sync (test, "b", "closed");
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSING);
  client_expect (test, "a:closed closed:closed");
}

static void
test_unread (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "wait; close");
  g_autoptr (ViciMessage) big = client_message (500 * 1024);

  client_call_full (test, "a", big, NULL);
  client_settle (test);
  peer_go (test->peer);
  client_expect (test, "a:closed closed:closed");
}

/* A whole conversation, of which the peer says only so much. */
#define CONVERSATION                                                           \
  "request a; reply v=1;"                                                      \
  "register e; event x v=0; confirm; event e v=2;"                             \
  "register list-sa; request list-sas; unregister list-sa;"                    \
  "confirm; event list-sa v=3; event e v=4; reply; confirm;"                   \
  "unregister e; confirm; request b; unknown"

static const struct
{
  const char *word;
  gsize       length;           /* of what the peer sends until then */
} conversation[] = {
  { "a:1", 11 },
  { "+e:ok", 11 + 13 + 5 },
  { "@e:2", 11 + 13 + 5 + 13 },
  { ">3", 11 + 13 + 5 + 13 + 5 + 19 },
  { "@e:4", 11 + 13 + 5 + 13 + 5 + 19 + 13 },
  { ">end", 11 + 13 + 5 + 13 + 5 + 19 + 13 + 5 },
  { "-e:ok", 11 + 13 + 5 + 13 + 5 + 19 + 13 + 5 + 5 + 5 },
  { "b:unknown-command", 11 + 13 + 5 + 13 + 5 + 19 + 13 + 5 + 5 + 5 + 5 },
};

static void
next_after_event (ClientTest *test,
                  const char *word)
{
  if (strcmp (word, ">3") == 0)
    client_next (test, test->hook_data, NULL);
}

static gboolean
has_word (char      **words,
          const char *word)
{
  return g_strv_contains ((const char * const *) words, word);
}

/* Whatever was complete has come; each of the others has ended, once. */
static void
check_prefix (gsize  length,
              char **words)
{
  static const char *failures[] = { "a:closed", "+e:closed", NULL, ">closed", NULL, ">closed",
                                    "-e:closed", "b:closed" };
  guint n_words = 1;

  for (gsize i = 0; i < G_N_ELEMENTS (conversation); i++)
    {
      gboolean complete = conversation[i].length <= length;

      g_assert_cmpint (has_word (words, conversation[i].word), ==, complete);
      if (!complete && failures[i] != NULL)
        g_assert_true (has_word (words, failures[i]));

      /* Who has not read the first event does not ask for the next one. */
      if (complete || (failures[i] != NULL && (i != 5 || conversation[3].length <= length)))
        n_words++;
    }

  g_assert_cmpuint (g_strv_length (words), ==, n_words);
  g_assert_cmpstr (words[n_words - 1], ==, "closed:closed");
}

static void
check_conversation (gsize length)
{
  g_autofree char *script =
    g_strdup_printf ("first %" G_GSIZE_FORMAT ";" CONVERSATION "; wait", length);
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, script);
  g_autoptr (ViciStream) stream = NULL;
  g_auto (GStrv) words = NULL;

  vici_connection_set_max_in_flight (test->connection, 5);
  client_call (test, "a");
  client_subscribe (test, "e", NULL);
  stream = client_stream (test, "list-sas", NULL);
  client_next (test, stream, NULL);
  client_unsubscribe (test, "e", NULL);
  client_call (test, "b");
  test->hook = next_after_event;
  test->hook_data = stream;

  /* The peer has seen all requests by then, and closes. */
  client_await (test);
  peer_go (test->peer);
  client_run_until (test, g_str_has_suffix (test->log->str, "closed:closed"));

  words = g_strsplit (test->log->str, " ", -1);
  check_prefix (length, words);
  g_string_truncate (test->log, 0);
  test->words = 0;
}

static void
test_every_byte (void)
{
  gsize length = conversation[G_N_ELEMENTS (conversation) - 1].length;

  for (gsize i = 0; i <= length; i++)
    check_conversation (i);
}

/* What was said before the end is heard, though the peer hears nothing any more. */
static void
test_reply_before_failing_write (void)
{
  g_autoptr (ClientTest) test =
    client_test_new_open (PEER_UNIX, "request a; wait; reply v=1; close; wait");

  client_call (test, "a");
  client_call (test, "b");
  client_await (test);
  peer_go (test->peer);
  peer_await (test->peer);
  peer_go (test->peer);

  vici_connection_set_max_in_flight (test->connection, 5);
  client_expect (test, "a:1 b:closed closed:closed");
}

/* -- SIGPIPE -- */

/* Writes to a peer that is gone, with a signal that would be the end. */
static void
test_sigpipe (gconstpointer data)
{
  PeerTransport transport = GPOINTER_TO_UINT (data);

  if (g_test_subprocess ())
    {
      g_autoptr (ClientTest) test = NULL;

      signal (SIGPIPE, SIG_DFL);
      test = client_test_new (transport, "wait; close; wait");
      if (transport == PEER_SOCKETS)
        signal (SIGPIPE, SIG_DFL);

      peer_await (test->peer);
      peer_go (test->peer);
      peer_await (test->peer);
      client_call (test, "a");
      client_expect (test, "a:closed closed:closed");
      peer_go (test->peer);
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* -- The peer talks nonsense -- */

static const struct
{
  const char *name;
  const char *script;           /* after the request */
  const char *outcome;
} nonsense[] = {
  { "http", "text HTTP/1.1 400 Bad Request", "protocol" },
  { "huge-packet", "bytes ffffffff", "protocol" },
  { "packet-over-limit", "bytes 0008000101", "protocol" },
  { "empty-packet", "bytes 00000000", "protocol" },
  { "unknown-type", "bytes 0000000108", "protocol" },
  { "request", "bytes 00000003000161", "protocol" },
  { "confirmation-of-nothing", "confirm", "protocol" },
  { "event-unknown-of-nothing", "refuse", "protocol" },
  { "event-without-name", "bytes 0000000107", "protocol" },
  { "name-past-the-end", "bytes 00000003070561", "protocol" },
  { "malformed-reply", "bytes 000000020109", "malformed" },
  { "unbalanced-reply", "bytes 0000000401010161", "malformed" },
  { "malformed-event", "bytes 0000000407016509", "malformed" },
  { "unknown-with-more", "bytes 000000020209", "protocol" },
};

static void
test_nonsense (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const char *outcome = nonsense[i].outcome;
  g_autofree char *script = g_strdup_printf ("request a; %s; end", nonsense[i].script);
  g_autofree char *words = g_strdup_printf ("a:%s b:%s +e:%s closed:%s",
                                            outcome, outcome, outcome, outcome);
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, script);

  client_call (test, "a");
  client_call (test, "b");
  client_subscribe (test, "e", NULL);
  client_expect (test, words);
}

static void
test_reply_to_nothing (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "wait; reply; end");

  peer_await (test->peer);
  peer_go (test->peer);
  client_expect (test, "closed:protocol");
}

static void
test_one_reply_too_many (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; reply v=1; reply; end");

  client_call (test, "a");
  client_expect (test, "a:1 closed:protocol");
}

static void
test_nonsense_sync (void)
{
  g_autoptr (ClientTest) test = client_test_new_open (PEER_UNIX, "request a; text SSH-2.0; end");

  client_call_sync (test, "a", "protocol");
  client_expect (test, "closed:protocol");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client/peer-closes/idle", test_idle);
  g_test_add_func ("/client/peer-closes/busy", test_busy);
  g_test_add_func ("/client/peer-closes/sync", test_sync);
  g_test_add_func ("/client/peer-closes/unread", test_unread);
  g_test_add_func ("/client/peer-closes/after-every-byte", test_every_byte);
  g_test_add_func ("/client/peer-closes/reply-before-failing-write", test_reply_before_failing_write);

  for (guint i = 0; i < N_PEER_TRANSPORTS; i++)
    {
      g_autofree char *path = g_strconcat ("/client/sigpipe/", peer_transports[i], NULL);

      if (i == PEER_SOCKETS || i == PEER_PIPES || i == PEER_PLAIN)
        g_test_add_data_func (path, GUINT_TO_POINTER (i), test_sigpipe);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (nonsense); i++)
    {
      g_autofree char *path = g_strconcat ("/client/nonsense/", nonsense[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_nonsense);
    }

  g_test_add_func ("/client/nonsense/reply-to-nothing", test_reply_to_nothing);
  g_test_add_func ("/client/nonsense/one-reply-too-many", test_one_reply_too_many);
  g_test_add_func ("/client/nonsense/sync", test_nonsense_sync);

  return g_test_run ();
}
