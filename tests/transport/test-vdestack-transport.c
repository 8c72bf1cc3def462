/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The same plug-in as a transport: how long its stacks are there, and what it says
 * of what does not work. */

#include <signal.h>
#include <stdio.h>

#include "vdestack-test.h"

/* -- How long a stack is there -- */

static ViciTransport *
listen_on (const char *uri)
{
  ViciTransport *transport = transport_test_new (uri);
  g_autoptr (GError) error = NULL;
  g_autofree char *where = vici_transport_listen (transport, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (where, ==, uri);

  return transport;
}

/* A network between two has no place for one who stayed. */
static void
test_goes_with_its_last_user (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":" PORT, "again", SERVER "/24");
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, "again", CLIENT "/24");

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (ViciTransport) listener = listen_on (where);
      g_autoptr (GPtrArray) streams = transport_test_collect (listener);
      g_autoptr (GError) error = NULL;
      g_autoptr (GIOStream) client = transport_test_connect_uri (from, &error);
      g_autoptr (GIOStream) server = NULL;
      g_auto (GStrv) children = vdestack_test_children ();

      g_assert_no_error (error);
      server = transport_test_wait (streams);
      transport_test_assert_joined (client, server);
      g_assert_cmpuint (g_strv_length (children), >=, 2);

      g_assert_finalize_object (g_steal_pointer (&client));
      g_assert_finalize_object (g_steal_pointer (&server));
      g_assert_finalize_object (g_steal_pointer (&listener));
      transport_test_settle ();
      vdestack_test_wait_for_end (children);
    }
}

static void
test_streams_outlive_transports (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":" PORT, "live", SERVER "/24");
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, "live", CLIENT "/24");
  g_autoptr (ViciTransport) listener = listen_on (where);
  g_autoptr (GPtrArray) streams = transport_test_collect (listener);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) client = transport_test_connect_uri (from, &error);
  g_autoptr (GIOStream) server = NULL;

  g_assert_no_error (error);
  server = transport_test_wait (streams);

  g_assert_finalize_object (g_steal_pointer (&listener));
  transport_test_settle ();
  transport_test_assert_joined (client, server);
}

/* Two at once by one transport, which share its stack. */
static void
test_many_of_one (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":" PORT, "many", SERVER "/24");
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, "many", CLIENT "/24");
  g_autoptr (ViciTransport) listener = listen_on (where);
  g_autoptr (ViciTransport) connector = transport_test_new (from);
  g_autoptr (GPtrArray) streams = transport_test_collect (listener);
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[4] = { NULL };

  g_assert_null (vici_transport_listen (listener, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PENDING);
  g_clear_error (&error);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    vici_transport_connect_async (connector, NULL, vdestack_test_keep, &results[i]);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GIOStream) stream = NULL;

      vdestack_test_wait (&results[i]);
      stream = vici_transport_connect_finish (connector, results[i], &error);
      g_assert_no_error (error);
      g_object_unref (results[i]);
    }
  while (streams->len < G_N_ELEMENTS (results))
    g_main_context_iteration (NULL, TRUE);
}

/* -- What does not work -- */

static void
assert_connect_fails (const char *uri,
                      int         code,
                      const char *says)
{
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  stream = transport_test_connect_uri (uri, &error);
  g_assert_error (error, G_IO_ERROR, code);
  g_assert_nonnull (strstr (error->message, uri));
  g_assert_nonnull (strstr (error->message, says));
}

static void
test_refused (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":" PORT, "no", SERVER "/24");
  g_autofree char *from = vdestack_test_uri (SERVER ":1", "no", CLIENT "/24");
  g_autoptr (ViciTransport) listener G_GNUC_UNUSED = listen_on (where);

  assert_connect_fails (from, G_IO_ERROR_CONNECTION_REFUSED, "");
}

/* What has come in stays. */
static void
test_stops (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":" PORT, "stop", SERVER "/24");
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, "stop", CLIENT "/24");
  g_autoptr (ViciTransport) listener = listen_on (where);
  g_autoptr (ViciTransport) connector = transport_test_new (from);
  g_autoptr (GPtrArray) streams = transport_test_collect (listener);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) client = transport_test_connect (connector, NULL, &error);
  g_autoptr (GIOStream) refused = NULL;
  g_autoptr (GIOStream) server = NULL;
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  server = transport_test_wait (streams);
  vici_transport_stop (listener);
  transport_test_settle ();

  refused = transport_test_connect (connector, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_clear_error (&error);
  transport_test_assert_joined (client, server);

  again = vici_transport_listen (listener, &error);
  g_assert_no_error (error);
}

static void
assert_cancelled (const char *net,
                  guint       after_ms)
{
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, net, CLIENT "/24");
  g_autoptr (ViciTransport) transport = transport_test_new (from);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_transport_connect_async (transport, cancellable, vdestack_test_keep, &result);
  g_timeout_add_once (after_ms, (GSourceOnceFunc) (void (*) (void)) g_cancellable_cancel,
                      cancellable);
  vdestack_test_wait (&result);
  stream = vici_transport_connect_finish (transport, result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Before there is a stack, and when there is nobody on the network who could refuse. */
static void
test_cancelled (void)
{
  assert_cancelled ("soon", 0);
  assert_cancelled ("late", 200);
}

/* A stack that was there, and answers no more. */
static void
test_listening_has_a_bound (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":" PORT, "stuck", SERVER "/24");
  g_autoptr (ViciTransport) listener = listen_on (where);
  g_auto (GStrv) children = vdestack_test_children ();
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;

  vici_transport_stop (listener);
  g_assert_cmpuint (g_strv_length (children), ==, 1);
  g_assert_cmpint (kill (atoi (children[0]), SIGSTOP), ==, 0);
  again = vici_transport_listen (listener, &error);
  g_assert_cmpint (kill (atoi (children[0]), SIGCONT), ==, 0);
  g_assert_null (again);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, where));
}

/* Of the stack, which is a process that the child has started. */
static guint
count_sockets (const char *child)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/task/%s/children", child, child);
  g_autofree char *stack = NULL;
  g_autofree char *statistics = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  guint count;

  g_file_get_contents (path, &stack, NULL, &error);
  g_assert_no_error (error);
  statistics = g_strdup_printf ("/proc/%d/net/sockstat", atoi (stack));
  g_file_get_contents (statistics, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sscanf (text, "sockets: used %u", &count), ==, 1);

  return count;
}

/* Each asks for a socket, and goes without it. */
static void
test_cancelled_again_and_again (void)
{
  g_autofree char *where = vdestack_test_uri (SERVER ":" PORT, "often", SERVER "/24");
  g_autoptr (ViciTransport) transport = listen_on (where);
  g_auto (GStrv) children = vdestack_test_children ();
  guint before = count_sockets (children[0]);

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GIOStream) stream = NULL;
      g_autoptr (GError) error = NULL;

      vici_transport_connect_async (transport, cancellable, vdestack_test_keep, &result);
      g_cancellable_cancel (cancellable);
      vdestack_test_wait (&result);
      stream = vici_transport_connect_finish (transport, result, &error);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }

  g_assert_cmpuint (count_sockets (children[0]), <=, before + 1);
}

static void
test_no_network (void)
{
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, "missing/net", CLIENT "/24");
  g_autoptr (ViciTransport) transport = transport_test_new (from);
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;

  assert_connect_fails (from, G_IO_ERROR_FAILED, "“net”");

  uri = vici_transport_listen (transport, &error);
  g_assert_null (uri);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "No such file or directory"));
}

/* For all who asked, and after the end too. */
static void
test_reason_stays (void)
{
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, "missing/net", CLIENT "/24");
  g_autoptr (ViciTransport) transport = transport_test_new (from);
  GAsyncResult *results[2] = { NULL };
  g_auto (GStrv) children = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    vici_transport_connect_async (transport, NULL, vdestack_test_keep, &results[i]);
  children = vdestack_test_children ();
  vdestack_test_wait_for_end (children);

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (GIOStream) stream = NULL;
      g_autoptr (GError) error = NULL;

      vdestack_test_wait (&results[i]);
      stream = vici_transport_connect_finish (transport, results[i], &error);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, "No such file or directory"));
      g_object_unref (results[i]);
    }
}

/* An address that only the stack can refuse. */
static void
test_no_address (void)
{
  g_autofree char *from = vdestack_test_uri (SERVER ":" PORT, "address", "ff02::1/64");

  assert_connect_fails (from, G_IO_ERROR_FAILED, "“address”");
}

static void
test_wrong_uris (void)
{
  static const struct
  {
    const char *uri;
    const char *says;
  } wrong[] = {
    { "vdestack:x", "vdestack://ADDRESS:PORT" },
    { "vdestack://10.0.0.1?net=a&address=10.0.0.2/24", "vdestack://ADDRESS:PORT" },
    { "vdestack://example.org:1?net=a&address=10.0.0.2/24", "vdestack://ADDRESS:PORT" },
    { "vdestack://10.0.0.1:1", "“net”" },
    { "vdestack://10.0.0.1:1?net=&address=10.0.0.2/24", "“net”" },
    { "vdestack://10.0.0.1:1?net=a", "“address”" },
    { "vdestack://10.0.0.1:1?net=a&address=10.0.0.2", "“address”" },
    { "vdestack://10.0.0.1:1?net=a&address=10.0.0.2/33", "“address”" },
    { "vdestack://10.0.0.1:1?net=a&address=10.0.0.2/24;x", "“address”" },
    { "vdestack://10.0.0.1:1?net=a&address=10.0.0.2/24&b=c", "other keys" },
    { "vdestack://10.0.0.1:1?net", "KEY=VALUE" },
    { "vdestack://10.0.0.1:x", "10.0.0.1:x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vici_transport_new_for_uri (wrong[i].uri, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, wrong[i].uri));
      g_assert_nonnull (strstr (error->message, wrong[i].says));
    }
}

int
main (int    argc,
      char **argv)
{
  if (!vdestack_test_begin ())
    return 0;

  g_test_init (&argc, &argv, NULL);

  vdestack_test_add ("/vdestack/goes-with-its-last-user", test_goes_with_its_last_user);
  vdestack_test_add ("/vdestack/streams-outlive-transports", test_streams_outlive_transports);
  vdestack_test_add ("/vdestack/many-of-one-transport", test_many_of_one);
  vdestack_test_add ("/vdestack/stops-and-listens-again", test_stops);
  vdestack_test_add ("/vdestack/refused", test_refused);
  vdestack_test_add ("/vdestack/cancelled", test_cancelled);
  vdestack_test_add ("/vdestack/cancelled-again-and-again", test_cancelled_again_and_again);
  vdestack_test_add ("/vdestack/listening-has-a-bound", test_listening_has_a_bound);
  vdestack_test_add ("/vdestack/no-network-names-key", test_no_network);
  vdestack_test_add ("/vdestack/reason-stays", test_reason_stays);
  vdestack_test_add ("/vdestack/no-address-names-key", test_no_address);
  vdestack_test_add ("/vdestack/wrong-uri-names-key", test_wrong_uris);

  return vdestack_test_run ();
}
