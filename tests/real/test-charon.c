/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One daemon, and what a client asks of it. */

#include <string.h>

#include "real.h"

/* Made for this test; it opens nothing. */
static const char private_key[] =
  "-----BEGIN EC PRIVATE KEY-----\n"
  "MHcCAQEEIG3wbG3kowOD9L9InZ0wI1qctcDAM8PByCUDr/3N/nJ7oAoGCCqGSM49\n"
  "AwEHoUQDQgAEDxlcu8klS+zU6urz18JqEA9KsjBM/sccjfJQSwITcXfsES045l3x\n"
  "737QGwyDZTVDpUV/YDN3lJ11XtEele+XiA==\n"
  "-----END EC PRIVATE KEY-----\n";

static void
load_conn (ViciConnection *connection,
           const char     *name)
{
  real_load_conn (connection, name, "192.0.2.1", "192.0.2.2", "10.1.0.0/16", "10.2.0.0/16");
}

static void
unload_conn (ViciConnection *connection,
             const char     *name)
{
  g_autoptr (ViciMessage) reply = NULL;

  reply = real_call (connection, "unload-conn", real_message ("{'name': <%s>}", name));
}

/* Whether a reply lists a text under that name. */
static gboolean
lists (ViciMessage *reply,
       const char  *name,
       const char  *text)
{
  g_auto (GStrv) items = vici_message_lookup_strv (reply, name);

  g_assert_nonnull (items);
  return g_strv_contains ((const char * const *) items, text);
}

static void
test_version (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *daemon = NULL;
  g_autofree char *version = NULL;
  g_autofree char *sysname = NULL;

  reply = vici_connection_call_sync (connection, "version", NULL, NULL, &error);
  g_assert_no_error (error);

  daemon = vici_message_lookup_string (reply, "daemon");
  version = vici_message_lookup_string (reply, "version");
  sysname = vici_message_lookup_string (reply, "sysname");
  g_assert_cmpstr (daemon, ==, "charon");
  g_assert_cmpint (g_ascii_strtoll (version, NULL, 10), >=, 5);
  g_assert_cmpstr (sysname, ==, "Linux");
}

static void
test_stats (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) reply = real_call (connection, "stats", NULL);
  g_autoptr (ViciMessage) workers = vici_message_lookup_section (reply, "workers");
  g_autoptr (ViciMessage) active = NULL;
  g_autoptr (ViciMessage) ikesas = vici_message_lookup_section (reply, "ikesas");

  g_assert_nonnull (workers);
  g_assert_cmpuint (vici_message_lookup_uint64 (workers, "total", 0), ==, 16);
  /* This very call keeps one busy. */
  active = vici_message_lookup_section (workers, "active");
  g_assert_nonnull (active);
  g_assert_cmpuint (vici_message_lookup_uint64 (active, "medium", 0), >=, 1);
  g_assert_nonnull (ikesas);
  g_assert_cmpuint (vici_message_lookup_uint64 (ikesas, "total", G_MAXUINT), ==, 0);
  g_assert_true (lists (reply, "plugins", "vici"));
}

static void
test_algorithms (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) reply = real_call (connection, "get-algorithms", NULL);
  g_autoptr (ViciMessage) encryption = vici_message_lookup_section (reply, "encryption");
  g_autofree char *plugin = NULL;

  g_assert_nonnull (encryption);
  plugin = vici_message_lookup_string (encryption, "AES_CBC");
  g_assert_nonnull (plugin);
}

/* The connection's section of the only list-conn event, or NULL. */
static ViciMessage *
list_conn (ViciConnection *connection,
           const char     *name)
{
  g_autoptr (ViciMessage) request = real_message ("{'ike': <%s>}", name);
  g_autoptr (ViciStream) stream = vici_connection_call_streaming (connection, "list-conns", NULL, request);
  g_autoptr (ViciMessage) event = NULL;
  g_autoptr (ViciMessage) end = NULL;
  g_autoptr (GError) error = NULL;

  event = vici_stream_next_sync (stream, NULL, &error);
  g_assert_no_error (error);
  if (event == NULL)
    return NULL;

  end = vici_stream_next_sync (stream, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (end);
  g_assert_nonnull (vici_stream_get_reply (stream));

  return vici_message_lookup_section (event, name);
}

static void
test_list_conns (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) names = NULL;
  g_autoptr (ViciMessage) conn = NULL;
  g_autoptr (ViciMessage) children = NULL;
  g_autoptr (ViciMessage) child = NULL;
  g_autofree char *version = NULL;

  load_conn (connection, "listed");
  names = real_call (connection, "get-conns", NULL);
  g_assert_true (lists (names, "conns", "listed"));

  conn = list_conn (connection, "listed");
  g_assert_nonnull (conn);
  version = vici_message_lookup_string (conn, "version");
  g_assert_cmpstr (version, ==, "IKEv2");
  g_assert_true (lists (conn, "remote_addrs", "192.0.2.2"));
  children = vici_message_lookup_section (conn, "children");
  g_assert_nonnull (children);
  child = vici_message_lookup_section (children, "net");
  g_assert_nonnull (child);
  g_assert_true (lists (child, "local-ts", "10.1.0.0/16"));

  unload_conn (connection, "listed");
  g_assert_null (list_conn (connection, "listed"));
}

#define N_CONNS 150

/* More events than a socket or a stream takes at once. */
static void
test_list_many_conns (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciStream) stream = NULL;
  guint n_events = 0;

  for (guint i = 0; i < N_CONNS; i++)
    {
      g_autofree char *name = g_strdup_printf ("many-%03u", i);

      load_conn (connection, name);
    }

  stream = vici_connection_call_streaming (connection, "list-conns", NULL, NULL);
  while (TRUE)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciMessage) event = vici_stream_next_sync (stream, NULL, &error);
      g_autofree char *expected = g_strdup_printf ("many-%03u", n_events);
      g_auto (GStrv) names = NULL;

      g_assert_no_error (error);
      if (event == NULL)
        break;
      names = vici_message_get_names (event);
      g_assert_cmpuint (g_strv_length (names), ==, 1);
      g_assert_cmpstr (names[0], ==, expected);
      n_events++;
    }
  g_assert_cmpuint (n_events, ==, N_CONNS);

  for (guint i = 0; i < N_CONNS; i++)
    {
      g_autofree char *name = g_strdup_printf ("many-%03u", i);

      unload_conn (connection, name);
    }
}

/* What a stream's reader leaves unread is dropped, and the next call gets its
 * own answer. */
static void
test_stream_closed_early (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (ViciMessage) event = NULL;
  g_autoptr (ViciMessage) version = NULL;
  g_autofree char *daemon = NULL;
  g_autoptr (GError) error = NULL;

  load_conn (connection, "early-1");
  load_conn (connection, "early-2");

  stream = vici_connection_call_streaming (connection, "list-conns", NULL, NULL);
  event = vici_stream_next_sync (stream, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (event);
  vici_stream_close (stream);

  version = real_call (connection, "version", NULL);
  daemon = vici_message_lookup_string (version, "daemon");
  g_assert_cmpstr (daemon, ==, "charon");

  unload_conn (connection, "early-1");
  unload_conn (connection, "early-2");
}

/* The global counters are in a section without a name. */
static void
test_counters (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) reply = real_call (connection, "get-counters", NULL);
  g_autoptr (ViciMessage) counters = vici_message_lookup_section (reply, "counters");
  g_autoptr (ViciMessage) global = NULL;

  g_assert_nonnull (counters);
  global = vici_message_lookup_section (counters, "");
  g_assert_nonnull (global);
  g_assert_cmpuint (vici_message_lookup_uint64 (global, "ike-init-in-req", G_MAXUINT), ==, 0);
}

static void
test_unknown_command (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (ViciMessage) version = NULL;
  g_autoptr (GError) error = NULL;

  reply = vici_connection_call_sync (connection, "make-coffee", NULL, NULL, &error);
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND);
  g_assert_null (reply);
  g_assert_nonnull (strstr (error->message, "make-coffee"));

  version = real_call (connection, "version", NULL);
}

static void
test_unknown_event (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) version = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (vici_connection_subscribe_sync (connection, "coffee-ready", NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_EVENT);
  g_assert_nonnull (strstr (error->message, "coffee-ready"));

  version = real_call (connection, "version", NULL);
}

static void
test_failure_is_checked (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) request = real_message ("{'name': <'nobody'>}");
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *errmsg = NULL;

  reply = vici_connection_call_sync (connection, "unload-conn", request, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (vici_message_lookup_boolean (reply, "success", TRUE));

  g_assert_false (vici_message_check_success (reply, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
  errmsg = vici_message_lookup_string (reply, "errmsg");
  g_assert_nonnull (errmsg);
  g_assert_nonnull (strstr (error->message, errmsg));
}

typedef struct
{
  const char *command;
  const char *key; /* that only its reply has */
  guint       place;
} PipelinedCall;

static guint n_answered;

static void
on_pipelined_answer (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  PipelinedCall *call = user_data;
  g_autoptr (ViciMessage) reply = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  reply = vici_connection_call_finish (VICI_CONNECTION (source), result, &error);
  g_assert_no_error (error);
  names = vici_message_get_names (reply);
  g_assert_true (g_strv_contains ((const char * const *) names, call->key));
  g_assert_cmpuint (call->place, ==, n_answered);
  n_answered++;
}

static void
test_pipelining (void)
{
  PipelinedCall calls[] = {
    { .command = "version", .key = "daemon" },
    { .command = "get-conns", .key = "conns" },
    { .command = "get-algorithms", .key = "encryption" },
    { .command = "get-keys", .key = "keys" },
    { .command = "stats", .key = "workers" },
  };
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");

  n_answered = 0;
  vici_connection_set_max_in_flight (connection, G_N_ELEMENTS (calls));
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      calls[i].place = i;
      vici_connection_call_async (connection, calls[i].command, NULL, NULL, on_pipelined_answer, &calls[i]);
    }
  g_assert_cmpuint (vici_connection_get_pending (connection), ==, G_N_ELEMENTS (calls));

  real_wait_until (n_answered == G_N_ELEMENTS (calls));
  g_assert_cmpuint (vici_connection_get_pending (connection), ==, 0);
}

/* Adds the text of each line of the log to a GPtrArray. charon raises the
 * event from several threads, so that lines may have changed places. */
static void
on_log (ViciConnection *connection,
        const char     *name,
        ViciMessage    *message,
        gpointer        user_data)
{
  GPtrArray *lines = user_data;
  g_autofree char *group = vici_message_lookup_string (message, "group");

  g_assert_cmpstr (name, ==, "log");
  g_assert_cmpuint (strlen (group), ==, 3);
  g_ptr_array_add (lines, vici_message_lookup_string (message, "msg"));
}

static gboolean
has_line (GPtrArray  *lines,
          const char *line)
{
  return g_ptr_array_find_with_equal_func (lines, line, g_str_equal, NULL);
}

static void
test_log_while_calls_run (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GAsyncResult) unsubscribed = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (connection, "event::log", G_CALLBACK (on_log), lines);
  g_assert_true (vici_connection_subscribe_sync (connection, "log", NULL, &error));
  g_assert_no_error (error);

  load_conn (connection, "logged-1");
  load_conn (connection, "logged-2");
  real_wait_until (has_line (lines, "added vici connection: logged-1") &&
                   has_line (lines, "added vici connection: logged-2"));

  /* Not the synchronous one: what came before its end would still be there to
   * be delivered. */
  vici_connection_unsubscribe_async (connection, "log", NULL, real_take_result, &unsubscribed);
  real_wait_until (unsubscribed != NULL);
  g_assert_true (vici_connection_unsubscribe_finish (connection, unsubscribed, &error));
  g_assert_no_error (error);
  g_ptr_array_set_size (lines, 0);
  unload_conn (connection, "logged-1");
  unload_conn (connection, "logged-2");
  g_assert_cmpuint (lines->len, ==, 0);
}

/* What arrives during a synchronous call is delivered from the context. */
static void
test_sync_call_keeps_events (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ViciMessage) first = real_message ("{'sync-1': <{'remote_addrs': <['192.0.2.2']>}>}");
  g_autoptr (ViciMessage) second = real_message ("{'sync-2': <{'remote_addrs': <['192.0.2.2']>}>}");
  g_autoptr (ViciMessage) first_reply = NULL;
  g_autoptr (ViciMessage) second_reply = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (connection, "event::log", G_CALLBACK (on_log), lines);
  g_assert_true (vici_connection_subscribe_sync (connection, "log", NULL, &error));
  g_assert_no_error (error);

  first_reply = vici_connection_call_sync (connection, "load-conn", first, NULL, &error);
  g_assert_no_error (error);
  second_reply = vici_connection_call_sync (connection, "load-conn", second, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 0);

  real_wait_until (has_line (lines, "added vici connection: sync-1") &&
                   has_line (lines, "added vici connection: sync-2"));

  unload_conn (connection, "sync-1");
  unload_conn (connection, "sync-2");
}

/* A daemon sends an event twice to whoever registers twice. */
static void
test_two_subscriptions_are_one (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  guint n_found = 0;

  g_signal_connect (connection, "event::log", G_CALLBACK (on_log), lines);
  g_assert_true (vici_connection_subscribe_sync (connection, "log", NULL, NULL));
  g_assert_true (vici_connection_subscribe_sync (connection, "log", NULL, NULL));
  g_assert_true (vici_connection_unsubscribe_sync (connection, "log", NULL, NULL));
  g_assert_true (vici_connection_subscribe_sync (connection, "log", NULL, NULL));

  load_conn (connection, "once");
  real_wait_until (has_line (lines, "added vici connection: once"));
  unload_conn (connection, "once");
  for (guint i = 0; i < lines->len; i++)
    n_found += g_str_equal (lines->pdata[i], "added vici connection: once");
  g_assert_cmpuint (n_found, ==, 1);
}

static void
test_keys (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) loaded = NULL;
  g_autoptr (ViciMessage) listed = NULL;
  g_autoptr (ViciMessage) unloaded = NULL;
  g_autoptr (ViciMessage) listed_after = NULL;
  g_autofree char *id = NULL;

  loaded = real_call (connection, "load-key",
                      real_message ("{'type': <'ecdsa'>, 'data': <%s>}", private_key));
  id = vici_message_lookup_string (loaded, "id");
  g_assert_nonnull (id);
  g_assert_cmpuint (strlen (id), ==, 40);

  listed = real_call (connection, "get-keys", NULL);
  g_assert_true (lists (listed, "keys", id));

  unloaded = real_call (connection, "unload-key", real_message ("{'id': <%s>}", id));
  listed_after = real_call (connection, "get-keys", NULL);
  g_assert_false (lists (listed_after, "keys", id));
}

static void
test_shared_secrets (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciMessage) loaded = NULL;
  g_autoptr (ViciMessage) listed = NULL;
  g_autoptr (ViciMessage) unloaded = NULL;
  g_autoptr (ViciMessage) listed_after = NULL;

  /* Not text: bytes travel as they are. */
  loaded = real_call (connection, "load-shared",
                      real_message ("{'id': <'binary'>, 'type': <'EAP'>, 'owners': <['carol']>,"
                                    " 'data': <[byte 0x00, 0xff, 0x80]>}"));
  listed = real_call (connection, "get-shared", NULL);
  g_assert_true (lists (listed, "keys", "binary"));

  unloaded = real_call (connection, "unload-shared", real_message ("{'id': <'binary'>}"));
  listed_after = real_call (connection, "get-shared", NULL);
  g_assert_false (lists (listed_after, "keys", "binary"));
}

/* The daemon would not answer these at all, and every later call would wait. */
static void
test_unanswerable_names_are_refused (void)
{
  static const char * const names[] = { "", "two\nlines", "\x7f", "caf\xc3\xa9" };
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (GAsyncResult) before = NULL;
  g_autoptr (GAsyncResult) after = NULL;
  g_autoptr (ViciMessage) version = NULL;
  g_autoptr (ViciMessage) conns = NULL;
  g_auto (GStrv) names_after = NULL;
  g_autoptr (GError) error = NULL;

  vici_connection_call_async (connection, "version", NULL, NULL, real_take_result, &before);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GAsyncResult) refused = NULL;
      g_autoptr (ViciMessage) reply = NULL;
      g_autoptr (GError) refusal = NULL;

      vici_connection_call_async (connection, names[i], NULL, NULL, real_take_result, &refused);
      real_wait_until (refused != NULL);
      reply = vici_connection_call_finish (connection, refused, &refusal);
      g_assert_error (refusal, VICI_ERROR, VICI_ERROR_INVALID);
      g_assert_null (reply);
    }
  vici_connection_call_async (connection, "get-conns", NULL, NULL, real_take_result, &after);

  real_wait_until (before != NULL && after != NULL);
  version = vici_connection_call_finish (connection, before, &error);
  g_assert_no_error (error);
  conns = vici_connection_call_finish (connection, after, &error);
  g_assert_no_error (error);
  names_after = vici_message_lookup_strv (conns, "conns");
  g_assert_nonnull (names_after);
}

static guint
count_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint count = 0;

  while (g_dir_read_name (tasks) != NULL)
    count++;

  return count;
}

/* Not even by way of GIO, whose asynchronous helpers come with a thread of
 * GLib's own. */
static void
test_no_thread_is_started (void)
{
  guint before = count_threads ();
  g_autoptr (ViciConnection) connection = vici_connection_new (real_getenv ("VICI_TEST_URI"));
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  vici_connection_open_async (connection, NULL, real_take_result, &opened);
  real_wait_until (opened != NULL);
  g_assert_true (vici_connection_open_finish (connection, opened, &error));
  g_assert_no_error (error);
  reply = real_call (connection, "version", NULL);
  stream = vici_connection_call_streaming (connection, "list-conns", NULL, NULL);
  g_assert_null (vici_stream_next_sync (stream, NULL, &error));
  g_assert_no_error (error);
  vici_connection_close_sync (connection, NULL, NULL);

  g_assert_cmpuint (count_threads (), ==, before);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/real/charon/no-thread-is-started", test_no_thread_is_started);
  g_test_add_func ("/real/charon/version", test_version);
  g_test_add_func ("/real/charon/stats", test_stats);
  g_test_add_func ("/real/charon/get-algorithms", test_algorithms);
  g_test_add_func ("/real/charon/list-conns", test_list_conns);
  g_test_add_func ("/real/charon/list-many-conns", test_list_many_conns);
  g_test_add_func ("/real/charon/stream-closed-early-leaves-the-order", test_stream_closed_early);
  g_test_add_func ("/real/charon/global-counters-have-no-name", test_counters);
  g_test_add_func ("/real/charon/unknown-command-is-an-error", test_unknown_command);
  g_test_add_func ("/real/charon/unknown-event-is-an-error", test_unknown_event);
  g_test_add_func ("/real/charon/failure-is-checked-by-the-caller", test_failure_is_checked);
  g_test_add_func ("/real/charon/pipelined-calls-are-answered-in-order", test_pipelining);
  g_test_add_func ("/real/charon/log-arrives-while-calls-run", test_log_while_calls_run);
  g_test_add_func ("/real/charon/sync-call-keeps-events-for-the-context", test_sync_call_keeps_events);
  g_test_add_func ("/real/charon/two-subscriptions-are-one-registration", test_two_subscriptions_are_one);
  g_test_add_func ("/real/charon/private-keys-come-and-go", test_keys);
  g_test_add_func ("/real/charon/shared-secrets-come-and-go", test_shared_secrets);
  g_test_add_func ("/real/charon/unanswerable-names-are-refused", test_unanswerable_names_are_refused);

  return g_test_run ();
}
