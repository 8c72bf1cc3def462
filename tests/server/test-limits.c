/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Clients that take more than is good: what happens to them, and that nothing
 * happens to the others. */

#include "server-test.h"

#include "../protocol/fixture.h"

/* What test clients may leave unread, with the sockets' own room to be added. */
#define MAX_QUEUED (1024 * 1024)

static void
test_max_peers (ServerTest   *test,
                gconstpointer data)
{
  Client *first = NULL;
  g_autoptr (Client) second = NULL;
  g_autoptr (Client) third = NULL;
  g_autoptr (Client) fourth = NULL;

  g_object_set (test->server, "max-peers", 2, NULL);
  first = client_new (test);
  second = client_new (test);
  third = client_new (test);
  client_expect_end (third);
  server_logged (test, "+1 +2 !3:busy");

  client_send (second, "request echo");
  client_gets (second, "response");

  client_free (first);
  server_logged (test, "-1");
  fourth = client_new (test);
  client_send (fourth, "request echo");
  client_gets (fourth, "response");
}

/* One of two that have registered does not read: it has to go, and the other gets
 * all. */
static void
test_never_reads (ServerTest   *test,
                  gconstpointer data)
{
  g_autofree char *large = g_strnfill (50000, 'x');
  g_autoptr (ViciMessage) message = server_message ("v", large);
  g_autoptr (ViciMessage) end = server_message ("v", "end");
  g_autoptr (Client) good = NULL;
  g_autoptr (Client) silent = NULL;
  guint sent = 0;

  g_object_set (test->server, "max-queued", MAX_QUEUED, NULL);
  good = client_new (test);
  silent = client_new (test);
  client_send (good, "register tick");
  client_send (silent, "register tick");
  client_gets (good, "confirm");
  client_gets (silent, "confirm");

  while (strstr (test->log->str, "-2") == NULL)
    {
      g_assert_cmpuint (++sent, <, 200);
      g_assert_cmpuint (vici_server_emit_event (test->server, "tick", message), >, 0);
      client_skip (good, 4 + 1 + 5 + vici_message_get_size (message));
    }

  server_logged (test, "+1 +2 -2:no-space");
  g_assert_cmpuint (vici_server_emit_event (test->server, "tick", end), ==, 1);
  client_gets (good, "event tick v=end");
}

/* Many requests at once, whose answers nobody reads: the server stops reading, and
 * the client's writes come to a halt. When it reads, all is as it should be. */
static void
test_back_pressure (ServerTest   *test,
                    gconstpointer data)
{
  const char * const packets[] = { "request echo a=12345678901234567890", NULL };
  g_autoptr (GBytes) request = packets_new (packets);
  g_autoptr (Client) client = client_new (test);
  g_autoptr (Client) other = client_new (test);
  gsize length = g_bytes_get_size (request);
  gsize sent = 0;
  gsize stalled = 0;

  /* Until nothing goes on, even after the server has done all that it wants to. */
  while (stalled < 10)
    {
      gsize at = sent % length;
      const guint8 *bytes = g_bytes_get_data (request, NULL);
      gsize n = client_try_send (client, bytes + at, length - at);

      sent += n;
      stalled = n == 0 ? stalled + 1 : 0;
      g_assert_cmpuint (sent, <, 16 * 1024 * 1024);
      server_settle ();
    }

  client_send (other, "request echo a=1");
  client_gets (other, "response a=1");

  /* To the end of the last one that was begun. */
  for (gsize n = 0; n < sent / length; n++)
    client_gets (client, "response a=12345678901234567890");
  client_send_bytes (client, (const guint8 *) g_bytes_get_data (request, NULL) + sent % length,
                     length - sent % length);
  client_gets (client, "response a=12345678901234567890");
  server_logged (test, "+1 +2");
}

/* The bound on commands at once: more are not read, and not lost. */
static void
test_many_pending (ServerTest   *test,
                   gconstpointer data)
{
  g_autoptr (Client) client = client_new (test);
  const char *packets[1001] = { NULL };

  for (guint i = 0; i < 1000; i++)
    packets[i] = "request later";
  client_send_packets (client, packets);
  server_settle ();
  g_assert_cmpuint (test->kept->len, <, 1000);

  for (guint i = 0; i < 1000; i++)
    {
      server_run_until (test->kept->len > i);
      vici_invocation_return_success (test->kept->pdata[i]);
    }
  for (guint i = 0; i < 1000; i++)
    client_gets (client, "response success=yes");
}

/* So much in requests that wait for their answers is not read, either. */
static void
test_large_pending (ServerTest   *test,
                    gconstpointer data)
{
  g_autofree char *large = g_strnfill (60000, 'x');
  g_autoptr (ViciMessage) request = server_message ("v", large);
  gsize length = 1 + 1 + strlen ("later") + vici_message_get_size (request);
  const guint8 head[] = { 0, 0, (guint8) (length >> 8), (guint8) length,
                          0, 5, 'l', 'a', 't', 'e', 'r' };
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  g_autoptr (Client) client = client_new (test);
  guint stalled = 0;
  gsize sent = 0;

  g_byte_array_append (packet, head, sizeof head);
  g_byte_array_append (packet, g_bytes_get_data (vici_message_get_bytes (request), NULL),
                       (guint) vici_message_get_size (request));

  while (stalled < 10)
    {
      gsize at = sent % packet->len;
      gsize n = client_try_send (client, packet->data + at, packet->len - at);

      sent += n;
      stalled = n == 0 ? stalled + 1 : 0;
      g_assert_cmpuint (sent, <, 100 * packet->len);
      server_settle ();
    }
  g_assert_cmpuint (test->kept->len, <, 30);
}

/* One that is not read from, and is gone. */
static void
test_paused_and_gone (ServerTest   *test,
                      gconstpointer data)
{
  const char *packets[201] = { NULL };
  Client *client = client_new (test);

  for (guint i = 0; i < 200; i++)
    packets[i] = "request later";
  client_send_packets (client, packets);
  server_run_until (test->kept->len == 128);
  g_string_truncate (test->log, 0);
  client_free (client);
  server_logged (test, "-1");
}

static void
test_gone_within_packet (ServerTest   *test,
                         gconstpointer data)
{
  Client *client = client_new (test);

  client_send_bytes (client, "\0\0\0\6\0", 5);
  server_settle ();
  client_free (client);
  server_logged (test, "+1 -1:closed");
}

typedef struct
{
  ViciInvocation *invocation;
  guint           left;
} LongStream;

/* So much at a time that the bound is kept. */
static void
send_more (ViciPeer   *peer,
           LongStream *stream)
{
  g_autofree char *large = g_strnfill (50000, 'x');
  g_autoptr (ViciMessage) message = server_message ("v", large);

  if (stream->left == 0)
    return;

  for (guint i = 0; i < 10; i++)
    g_assert_true (vici_invocation_send_event (stream->invocation, "tick", message));
  g_assert_cmpuint (vici_peer_get_queued (peer), <, MAX_QUEUED);

  stream->left -= 10;
  if (stream->left == 0)
    vici_invocation_return_success (stream->invocation);
}

/* Many times more than may wait, to a client that reads. */
static void
test_long_stream (ServerTest   *test,
                  gconstpointer data)
{
  g_autoptr (Client) client = NULL;
  LongStream stream = { NULL, 300 };
  ViciPeer *peer;

  g_object_set (test->server, "max-queued", MAX_QUEUED, NULL);
  client = client_new (test);
  client_send (client, "register tick", "request later");
  client_gets (client, "confirm");
  server_run_until (test->kept->len == 1);

  stream.invocation = test->kept->pdata[0];
  peer = vici_invocation_get_peer (stream.invocation);
  g_signal_connect (peer, "drained", G_CALLBACK (send_more), &stream);
  send_more (peer, &stream);

  for (guint i = 0; i < 300; i++)
    client_skip (client, 4 + 1 + 5 + 50005);
  client_gets (client, "response success=yes");
  g_assert_cmpuint (vici_peer_get_queued (peer), ==, 0);
  g_signal_handlers_disconnect_by_data (peer, &stream);
}

static gboolean
on_trickle (gpointer client)
{
  client_try_send (client, "\0", 1);

  return G_SOURCE_CONTINUE;
}

/* A packet of half a mebibyte, byte by byte. */
static void
test_trickle (ServerTest   *test,
              gconstpointer data)
{
  g_autoptr (Client) slow = NULL;
  g_autoptr (Client) other = NULL;
  guint id;

  g_object_set (test->server, "packet-timeout", 200, NULL);
  slow = client_new (test);
  other = client_new (test);
  client_send_bytes (slow, "\0\7\0\0\0\4", 6);
  id = g_timeout_add (10, on_trickle, slow);

  server_logged (test, "+1 +2 -1:timed-out");
  g_source_remove (id);
  client_expect_end (slow);

  /* One that is quiet between packets has done nothing wrong. */
  client_send (other, "request echo");
  client_gets (other, "response");
}

/* A half of a packet is always under way, but never the same one. */
static void
test_halves (ServerTest   *test,
             gconstpointer data)
{
  const char * const packets[] = { "request echo a=1", "request echo a=1", NULL };
  g_autoptr (GBytes) both = packets_new (packets);
  const guint8 *bytes = g_bytes_get_data (both, NULL);
  gsize length = g_bytes_get_size (both) / 2;
  g_autoptr (Client) client = NULL;
  g_autoptr (Client) late = NULL;

  g_object_set (test->server, "packet-timeout", 100, NULL);
  client = client_new (test);
  late = client_new (test);
  client_send_bytes (client, bytes, 5);

  /* The other one's time is the measure. */
  client_send_bytes (late, bytes, 5);
  while (strstr (test->log->str, "-2:timed-out") == NULL)
    {
      client_send_bytes (client, bytes + 5, length);
      client_gets (client, "response a=1");
    }
  for (guint i = 0; i < 10; i++)
    {
      client_send_bytes (client, bytes + 5, length);
      client_gets (client, "response a=1");
    }
  server_logged (test, "+1 +2 -2:timed-out");
}

/* The client is not to blame for a packet that we do not read. */
static void
test_paused_is_not_late (ServerTest   *test,
                         gconstpointer data)
{
  g_autoptr (Client) client = NULL;
  g_autoptr (Client) late = NULL;
  const char *packets[129] = { NULL };

  g_object_set (test->server, "packet-timeout", 100, NULL);
  client = client_new (test);
  late = client_new (test);

  for (guint i = 0; i < 128; i++)
    packets[i] = "request later";
  client_send_packets (client, packets);
  client_send_bytes (client, "\0\0\0\6\0", 5);
  server_run_until (test->kept->len == 128);

  /* The other one's time is the measure. */
  client_send_bytes (late, "\0\0\0\6\0", 5);
  server_run_until (strstr (test->log->str, "-2:timed-out") != NULL);

  for (guint i = 0; i < 128; i++)
    vici_invocation_return_success (test->kept->pdata[i]);
  client_send_bytes (client, "\4echo", 5);
  for (guint i = 0; i < 128; i++)
    client_gets (client, "response success=yes");
  client_gets (client, "response");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_SERVER_TEST ("/server/max-peers", test_max_peers);
  ADD_SERVER_TEST ("/server/one-that-never-reads-is-dropped", test_never_reads);
  ADD_SERVER_TEST ("/server/back-pressure", test_back_pressure);
  ADD_SERVER_TEST ("/server/a-long-stream-heeds-its-reader", test_long_stream);
  ADD_SERVER_TEST ("/server/many-pending", test_many_pending);
  ADD_SERVER_TEST ("/server/large-requests-pending", test_large_pending);
  ADD_SERVER_TEST ("/server/paused-and-gone", test_paused_and_gone);
  ADD_SERVER_TEST ("/server/gone-in-the-middle-of-a-packet", test_gone_within_packet);
  ADD_SERVER_TEST ("/server/each-packet-has-its-own-time", test_halves);
  ADD_SERVER_TEST ("/server/a-packet-byte-by-byte-is-given-up", test_trickle);
  ADD_SERVER_TEST ("/server/a-paused-client-is-not-late", test_paused_is_not_late);

  return g_test_run ();
}
