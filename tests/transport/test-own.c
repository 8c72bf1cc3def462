/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A connection over a transport of the program's own, which does as it is told. */

#include <string.h>

#include "client-test.h"
#include "vici-transport.h"
#include "vici-unix-socket.h"
#include "vici-uri.h"

/* -- The transport -- */

typedef struct _Own Own;

typedef void (*OwnHook) (Own   *self,
                         GTask *task);

struct _Own
{
  GObject    parent_instance;

  char      *uri;
  GPtrArray *tasks;             /* that have not ended yet */
  guint      count;             /* of all */
  OwnHook    hook;              /* called with each */
  gpointer   hook_data;
};

typedef GObjectClass OwnClass;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Own, g_object_unref)

static void own_iface_init (ViciTransportInterface *iface);

static GType own_get_type (void);

G_DEFINE_TYPE_WITH_CODE (Own, own, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT, own_iface_init))

static void
own_connect (ViciTransport *transport,
             GTask         *task)
{
  Own *self = (Own *) transport;

  self->count++;
  g_ptr_array_add (self->tasks, g_object_ref (task));
  if (self->hook != NULL)
    self->hook (self, task);
}

static void
own_iface_init (ViciTransportInterface *iface)
{
  iface->connect = own_connect;
}

static void
own_get_property (GObject    *object,
                  guint       prop_id,
                  GValue     *value,
                  GParamSpec *pspec)
{
  g_value_set_string (value, ((Own *) object)->uri);
}

static void
own_set_property (GObject      *object,
                  guint         prop_id,
                  const GValue *value,
                  GParamSpec   *pspec)
{
  ((Own *) object)->uri = g_value_dup_string (value);
}

static void
own_finalize (GObject *object)
{
  Own *self = (Own *) object;

  g_ptr_array_unref (self->tasks);
  g_free (self->uri);

  G_OBJECT_CLASS (own_parent_class)->finalize (object);
}

static void
own_class_init (OwnClass *klass)
{
  klass->get_property = own_get_property;
  klass->set_property = own_set_property;
  klass->finalize = own_finalize;
  g_object_class_override_property (klass, 1, "uri");
}

static void
own_init (Own *self)
{
  self->tasks = g_ptr_array_new_with_free_func (g_object_unref);
}

static Own *
own_new (const char *uri)
{
  return g_object_new (own_get_type (), "uri", uri, NULL);
}

static GTask *
own_take (Own *self)
{
  g_assert_cmpuint (self->tasks->len, >, 0);

  return g_ptr_array_steal_index (self->tasks, 0);
}

static void
own_succeed (Own       *self,
             GIOStream *stream)
{
  g_autoptr (GTask) task = own_take (self);

  vici_transport_connected (VICI_TRANSPORT (self), task, stream);
}

static void
own_fail (Own *self,
          int  code)
{
  g_autoptr (GTask) task = own_take (self);

  g_task_return_new_error (task, G_IO_ERROR, code, "as it was told");
}

/* -- The tests -- */

static ClientTest *
set_up (Own        *own,
        const char *script)
{
  ClientTest *test = client_test_new (PEER_UNIX, script);

  vici_connection_set_transport (test->connection, VICI_TRANSPORT (own));

  return test;
}

static void
await_task (ClientTest *test,
            Own        *own)
{
  client_run_until (test, own->tasks->len > 0);
}

static GIOStream *
connect_to_peer (ClientTest *test)
{
  g_autoptr (GUnixSocketAddress) address = vici_uri_parse_unix (peer_get_uri (test->peer), NULL);
  g_autoptr (GError) error = NULL;
  GIOStream *stream = vici_unix_socket_connect (address, NULL, &error);

  g_assert_no_error (error);

  return stream;
}

static void
test_opens (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "serve");
  g_autoptr (GIOStream) stream = connect_to_peer (test);

  g_assert_true (vici_connection_get_transport (test->connection) == VICI_TRANSPORT (own));
  g_assert_cmpstr (vici_connection_get_uri (test->connection), ==, "own:x");

  client_open (test, NULL);
  client_call (test, "a");
  await_task (test, own);
  own_succeed (own, stream);
  client_expect (test, "open:ok a:a");
  g_assert_true (vici_connection_get_io_stream (test->connection) == stream);
}

static void
test_opens_again (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "end; serve");
  g_autoptr (GIOStream) first = connect_to_peer (test);
  g_autoptr (GIOStream) second = NULL;

  client_open (test, NULL);
  own_succeed (own, first);
  client_expect (test, "open:ok");
  client_close (test);
  client_expect (test, "closed:ok close:ok");

  second = connect_to_peer (test);
  client_open (test, NULL);
  own_succeed (own, second);
  client_call (test, "a");
  client_expect (test, "open:ok a:a");
  g_assert_cmpuint (own->count, ==, 2);
}

static void
test_fails (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");

  client_open (test, NULL);
  client_call (test, "a");
  own_fail (own, G_IO_ERROR_HOST_UNREACHABLE);
  client_expect (test, "open:host-unreachable a:host-unreachable");
}

/* It runs in a context of the call's own, in which the transport has to end. */
static gboolean
succeed_later (gpointer user_data)
{
  ClientTest *test = user_data;
  g_autoptr (GIOStream) stream = connect_to_peer (test);

  own_succeed ((Own *) vici_connection_get_transport (test->connection), stream);

  return G_SOURCE_REMOVE;
}

static void
connect_soon (Own   *own,
              GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_assert_true (g_task_get_context (task) == g_main_context_get_thread_default ());
  g_source_set_callback (source, succeed_later, own->hook_data, NULL);
  g_source_attach (source, g_task_get_context (task));
}

static void
test_sync (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "serve");
  g_autoptr (GError) error = NULL;

  own->hook = connect_soon;
  own->hook_data = test;
  vici_connection_open_sync (test->connection, NULL, &error);
  g_assert_no_error (error);
  client_call_sync (test, "a", "a");
}

/* -- One that ends while it is being cancelled -- */

static void
on_cancelled (GCancellable *cancellable,
              Own          *own)
{
  g_autoptr (GTask) task = own_take (own);

  g_task_return_error_if_cancelled (task);
}

static void
heed_at_once (Own   *own,
              GTask *task)
{
  g_signal_connect (g_task_get_cancellable (task), "cancelled", G_CALLBACK (on_cancelled), own);
}

static void
test_heeds_timeout (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");
  g_autoptr (GError) error = NULL;

  own->hook = heed_at_once;
  vici_connection_set_timeout (test->connection, 10);
  client_open (test, NULL);
  client_expect (test, "open:timed-out");

  g_assert_false (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (own->tasks->len, ==, 0);
}

static void
test_heeds_close (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");

  own->hook = heed_at_once;
  client_open (test, NULL);
  client_settle (test);
  client_close (test);
  client_expect (test, "open:closed close:ok");
  g_assert_cmpuint (own->tasks->len, ==, 0);
}

/* -- One that does not heed its cancellable -- */

static void
test_times_out (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");

  vici_connection_set_timeout (test->connection, 10);
  client_open (test, NULL);
  client_expect (test, "open:timed-out");

  /* What comes later is nobody's. */
  own_fail (own, G_IO_ERROR_FAILED);
  client_settle (test);
}

static void
test_cancelled (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "end");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GIOStream) late = connect_to_peer (test);
  g_autoptr (GTask) task = NULL;

  vici_connection_set_timeout (test->connection, 0);
  client_open (test, cancellable);
  await_task (test, own);
  g_cancellable_cancel (cancellable);
  client_expect (test, "open:cancelled");
  task = g_object_ref (own->tasks->pdata[0]);
  g_assert_true (g_cancellable_is_cancelled (g_task_get_cancellable (task)));

  own_succeed (own, late);
  g_clear_object (&late);
  g_clear_object (&task);
  client_wait_peer (test);
}

static void
test_times_out_sync (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");
  g_autoptr (GError) error = NULL;

  vici_connection_set_timeout (test->connection, 10);
  g_assert_false (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);

  own_fail (own, G_IO_ERROR_FAILED);
}

static void
test_closed_while_opening (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");

  client_open (test, NULL);
  client_close (test);
  client_expect (test, "open:closed close:ok");
  own_fail (own, G_IO_ERROR_FAILED);
  client_settle (test);
}

static void
test_dropped_while_opening (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");

  client_open (test, NULL);
  g_clear_object (&test->connection);
  client_expect (test, "open:closed");
  own_fail (own, G_IO_ERROR_FAILED);
  client_settle (test);
}

/* -- One that has a hand in the connection itself -- */

static void
close_it (Own   *own,
          GTask *task)
{
  ClientTest *test = own->hook_data;

  vici_connection_close_sync (test->connection, NULL, NULL);
}

static void
drop_it (Own   *own,
         GTask *task)
{
  ClientTest *test = own->hook_data;

  g_clear_object (&test->connection);
}

static void
open_it (Own   *own,
         GTask *task)
{
  own->hook = NULL;
  client_open (own->hook_data, NULL);
}

static void
close_and_open_it (Own   *own,
                   GTask *task)
{
  close_it (own, task);
  open_it (own, task);
}

static void
test_closed_by_transport (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");

  own->hook = close_it;
  own->hook_data = test;
  client_open (test, NULL);
  g_assert_cmpint (vici_connection_get_state (test->connection), ==, VICI_CONNECTION_CLOSED);
  client_expect (test, "open:closed");
  own_fail (own, G_IO_ERROR_FAILED);
  client_settle (test);
}

static void
test_dropped_by_transport (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");

  own->hook = drop_it;
  own->hook_data = test;
  client_open (test, NULL);
  client_expect (test, "open:closed");
  own_fail (own, G_IO_ERROR_FAILED);
  client_settle (test);
}

static void
test_opened_by_transport (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "serve");
  g_autoptr (GIOStream) stream = connect_to_peer (test);

  own->hook = open_it;
  own->hook_data = test;
  client_open (test, NULL);
  own_succeed (own, stream);
  client_expect (test, "open:pending open:ok");
  g_assert_cmpuint (own->count, ==, 1);
}

static void
test_opened_anew_by_transport (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "serve");
  g_autoptr (GIOStream) stream = connect_to_peer (test);

  own->hook = close_and_open_it;
  own->hook_data = test;
  client_open (test, NULL);
  g_assert_cmpuint (own->count, ==, 2);
  own_fail (own, G_IO_ERROR_FAILED);
  own_succeed (own, stream);
  client_call (test, "a");
  client_expect (test, "open:closed open:ok a:a");
}

static void
drop_and_succeed (Own   *own,
                  GTask *task)
{
  g_autoptr (GIOStream) stream = connect_to_peer (own->hook_data);

  drop_it (own, task);
  own_succeed (own, stream);
}

static void
test_sync_dropped_by_transport (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "end");
  g_autoptr (GError) error = NULL;

  own->hook = drop_and_succeed;
  own->hook_data = test;
  g_assert_true (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_no_error (error);
  client_expect (test, "closed:ok");
}

static void
open_in_sync (Own   *own,
              GTask *task)
{
  ClientTest *test = own->hook_data;
  g_autoptr (GIOStream) useless = connect_to_peer (test);
  g_autoptr (GTask) outer = own_take (own);
  g_autoptr (GError) error = NULL;

  own->hook = connect_soon;
  vici_connection_open_sync (test->hook_data, NULL, &error);
  g_assert_no_error (error);
  vici_transport_connected (VICI_TRANSPORT (own), outer, useless);
}

/* It is open by then, and stays as it is. */
static void
test_sync_opened_by_transport (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "end; serve");
  g_autoptr (ViciConnection) connection =
    vici_connection_new_for_transport (VICI_TRANSPORT (own));
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  own->hook = open_in_sync;
  own->hook_data = test;
  test->hook_data = connection;
  g_assert_true (vici_connection_open_sync (connection, NULL, &error));
  g_assert_no_error (error);
  reply = vici_connection_call_sync (connection, "a", NULL, NULL, &error);
  g_assert_no_error (error);
}

/* -- One that gives nothing -- */

static void
give_nothing (Own   *own,
              GTask *task)
{
  g_autoptr (GTask) taken = own_take (own);

  g_task_return_pointer (taken, NULL, NULL);
}

static void
test_no_stream (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) test = set_up (own, "");
  g_autoptr (GError) error = NULL;

  own->hook = give_nothing;
  client_open (test, NULL);
  client_expect (test, "open:failed");

  g_assert_false (vici_connection_open_sync (test->connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "own:x"));
}

/* -- The property -- */

static void
on_notify (GObject    *object,
           GParamSpec *pspec,
           GString    *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
test_last_one_counts (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ViciConnection) connection =
    vici_connection_new_for_transport (VICI_TRANSPORT (own));
  g_autoptr (GString) log = g_string_new (NULL);

  g_signal_connect (connection, "notify", G_CALLBACK (on_notify), log);
  vici_connection_set_transport (connection, VICI_TRANSPORT (own));
  vici_connection_set_uri (connection, "unix:@a");
  g_assert_null (vici_connection_get_transport (connection));
  g_assert_cmpstr (log->str, ==, "uri transport ");

  g_string_truncate (log, 0);
  vici_connection_set_transport (connection, VICI_TRANSPORT (own));
  g_assert_cmpstr (vici_connection_get_uri (connection), ==, "own:x");
  g_assert_cmpstr (log->str, ==, "uri transport ");

  /* Without it the own one counts again. */
  g_string_truncate (log, 0);
  vici_connection_set_transport (connection, NULL);
  g_assert_cmpstr (vici_connection_get_uri (connection), ==, "unix:@a");
  g_assert_cmpstr (log->str, ==, "uri transport ");
}

static void
test_no_uri (void)
{
  g_autoptr (Own) own = own_new (NULL);
  g_autoptr (ViciConnection) connection =
    vici_connection_new_for_transport (VICI_TRANSPORT (own));
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_connection_get_uri (connection));
  vici_connection_set_transport (connection, NULL);
  g_assert_cmpstr (vici_connection_get_uri (connection), ==, VICI_DEFAULT_URI);

  vici_connection_set_transport (connection, VICI_TRANSPORT (own));
  vici_connection_set_uri (connection, "unix:@vici-glib-nobody");
  g_assert_false (vici_connection_open_sync (connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static void
test_shared (void)
{
  g_autoptr (Own) own = own_new ("own:x");
  g_autoptr (ClientTest) a = set_up (own, "serve");
  g_autoptr (ClientTest) b = set_up (own, "serve");
  g_autoptr (GIOStream) stream_a = connect_to_peer (a);
  g_autoptr (GIOStream) stream_b = connect_to_peer (b);

  client_open (a, NULL);
  client_open (b, NULL);
  g_assert_cmpuint (own->tasks->len, ==, 2);
  own_succeed (own, stream_a);
  own_succeed (own, stream_b);
  client_call (a, "a");
  client_call (b, "b");
  client_expect (a, "open:ok a:a");
  client_expect (b, "open:ok b:b");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/own/opens", test_opens);
  g_test_add_func ("/own/opens-again", test_opens_again);
  g_test_add_func ("/own/fails-with-its-own-error", test_fails);
  g_test_add_func ("/own/sync-in-a-context-of-its-own", test_sync);
  g_test_add_func ("/own/heeding/times-out", test_heeds_timeout);
  g_test_add_func ("/own/heeding/closed-while-opening", test_heeds_close);
  g_test_add_func ("/own/heedless/times-out", test_times_out);
  g_test_add_func ("/own/heedless/times-out-sync", test_times_out_sync);
  g_test_add_func ("/own/heedless/cancelled", test_cancelled);
  g_test_add_func ("/own/heedless/closed-while-opening", test_closed_while_opening);
  g_test_add_func ("/own/heedless/dropped-while-opening", test_dropped_while_opening);
  g_test_add_func ("/own/reentrant/closed", test_closed_by_transport);
  g_test_add_func ("/own/reentrant/dropped", test_dropped_by_transport);
  g_test_add_func ("/own/reentrant/opened", test_opened_by_transport);
  g_test_add_func ("/own/reentrant/closed-and-opened", test_opened_anew_by_transport);
  g_test_add_func ("/own/reentrant/dropped-in-sync", test_sync_dropped_by_transport);
  g_test_add_func ("/own/reentrant/opened-in-sync", test_sync_opened_by_transport);
  g_test_add_func ("/own/neither-stream-nor-error", test_no_stream);
  g_test_add_func ("/own/no-uri", test_no_uri);
  g_test_add_func ("/own/last-one-set-counts", test_last_one_counts);
  g_test_add_func ("/own/two-connections", test_shared);

  return g_test_run ();
}
