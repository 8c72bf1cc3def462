/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The server's side, with the test as the client and as whoever answers. */

#include "fixture.h"

#include "vici-builder.h"
#include "vici-message-private.h"
#include "vici-server-session.h"

#define TEST_TYPE_SERVER (test_server_get_type ())
G_DECLARE_FINAL_TYPE (TestServer, test_server, TEST, SERVER, ViciServerSession)

/* Commands are logged as "ID:NAME {request}", and answered at once if @prompt.
 * The events "log" and "list-sa" are known. */
struct _TestServer
{
  ViciServerSession parent_instance;

  GPtrArray        *lines;
  gboolean          prompt;
  gboolean          drops;      /* the last reference, when a command comes */
};

G_DEFINE_FINAL_TYPE (TestServer, test_server, VICI_TYPE_SERVER_SESSION)

typedef struct
{
  ViciServerSession *session;
  TestServer        *test;
} Server;

static void
test_server_command (ViciServerSession *session,
                     guint64            id,
                     const char        *name,
                     ViciMessage       *request)
{
  TestServer *self = TEST_SERVER (session);
  g_autofree char *text = vici_message_to_string (request, VICI_PRINT_NONE);

  g_ptr_array_add (self->lines, g_strdup_printf ("%u:%s %s", (guint) id, name, text));

  if (self->prompt)
    g_assert_true (vici_server_session_reply (session, id, NULL));
  if (self->drops)
    g_object_unref (self);
}

static gboolean
test_server_knows_event (ViciServerSession *session,
                         const char        *name)
{
  return g_str_equal (name, "log") || g_str_equal (name, "list-sa");
}

static void
test_server_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_SERVER (object)->lines);

  G_OBJECT_CLASS (test_server_parent_class)->finalize (object);
}

static void
test_server_class_init (TestServerClass *klass)
{
  VICI_SERVER_SESSION_CLASS (klass)->command = test_server_command;
  VICI_SERVER_SESSION_CLASS (klass)->knows_event = test_server_knows_event;
  G_OBJECT_CLASS (klass)->finalize = test_server_finalize;
}

static void
test_server_init (TestServer *self)
{
  self->lines = g_ptr_array_new_with_free_func (g_free);
}

static void
set_up (Server       *server,
        gconstpointer data)
{
  server->test = g_object_new (TEST_TYPE_SERVER, NULL);
  server->session = VICI_SERVER_SESSION (server->test);
}

static void
tear_down (Server       *server,
           gconstpointer data)
{
  gsize length;

  g_assert_cmpuint (server->test->lines->len, ==, 0);
  g_assert_null (vici_server_session_get_output (server->session, &length));
  g_assert_cmpuint (length, ==, 0);

  g_assert_finalize_object (server->session);
}

#define ADD(path, func) g_test_add (path, Server, NULL, set_up, func, tear_down)

/* -- What the client does, packet by packet -- */

#define ask(server, ...) \
  ask_packets (server, (const char *[]) { __VA_ARGS__, NULL }, G_MAXSIZE)

static void
ask_bytes (Server *server,
           GBytes *bytes,
           gsize   piece)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize taken = vici_server_session_receive_packet (server->session, data,
                                                         MIN (piece, length), &error);

      g_assert_no_error (error);
      g_assert_cmpint (taken, >, 0);
      data += taken;
      length -= (gsize) taken;
    }
}

static void
ask_packets (Server             *server,
             const char * const *packets,
             gsize               piece)
{
  g_autoptr (GBytes) bytes = packets_new (packets);

  ask_bytes (server, bytes, piece);
}

static void
ask_wrongly (Server       *server,
             ViciError     code,
             gconstpointer data,
             gsize         length)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (vici_server_session_receive_packet (server->session, data, length, &error),
                   ==, -1);
  g_assert_error (error, VICI_ERROR, (int) code);
}

/* -- What it gets, and what the handlers hear -- */

#define told(server, ...) \
  assert_told (server, (const char *[]) { __VA_ARGS__, NULL })

static void
assert_told (Server             *server,
             const char * const *packets)
{
  g_autoptr (GBytes) expected = packets_new (packets);
  gsize length;
  const guint8 *data = vici_server_session_get_output (server->session, &length);

  g_assert_cmpmem (data, length, g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  vici_server_session_take_output (server->session, length);
}

#define TEN(packet) \
  packet, packet, packet, packet, packet, packet, packet, packet, packet, packet

#define told_nothing(server) told (server, NULL)

static void
called (Server     *server,
        const char *line)
{
  g_assert_cmpuint (server->test->lines->len, >, 0);
  g_assert_cmpstr (server->test->lines->pdata[0], ==, line);
  g_ptr_array_remove_index (server->test->lines, 0);
}

static ViciMessage *
message (const char *name,
         const char *value)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, name, value);

  return vici_builder_end (builder, NULL);
}

static void
reply (Server     *server,
       guint64     id,
       const char *name,
       const char *value)
{
  g_autoptr (ViciMessage) answer = message (name, value);

  g_assert_true (vici_server_session_reply (server->session, id, answer));
}

static gboolean
event (Server     *server,
       guint64     id,
       const char *name,
       const char *value)
{
  g_autoptr (ViciMessage) told = message ("v", value);

  return vici_server_session_send_event (server->session, id, name, told);
}

/* -- Tests -- */

static void
test_in_order (Server       *server,
               gconstpointer data)
{
  ask (server, "request one", "request two a=1", "request three");
  called (server, "1:one {}");
  called (server, "2:two {a=1}");
  called (server, "3:three {}");
  g_assert_cmpuint (vici_server_session_get_pending (server->session), ==, 3);

  reply (server, 3, "v", "3");
  g_assert_true (vici_server_session_reply_unknown (server->session, 2));
  told_nothing (server);

  reply (server, 1, "v", "1");
  told (server, "response v=1", "unknown-command", "response v=3");
  g_assert_cmpuint (vici_server_session_get_pending (server->session), ==, 0);
}

static void
test_answered_once (Server       *server,
                    gconstpointer data)
{
  ask (server, "request one", "register log");
  called (server, "1:one {}");

  g_assert_false (vici_server_session_reply (server->session, 0, NULL));
  g_assert_false (vici_server_session_reply (server->session, 2, NULL));
  g_assert_false (vici_server_session_reply (server->session, 3, NULL));
  g_assert_true (vici_server_session_reply (server->session, 1, NULL));
  g_assert_false (vici_server_session_reply (server->session, 1, NULL));
  g_assert_false (vici_server_session_reply_unknown (server->session, 1));
  g_assert_false (event (server, 1, "log", "late"));

  told (server, "response", "confirm");
}

static void
test_registrations (Server       *server,
                    gconstpointer data)
{
  g_assert_false (event (server, 0, "log", "early"));

  ask (server, "register log", "register log", "register other", "unregister other");
  told (server, "confirm", "confirm", "unknown-event", "unknown-event");
  g_assert_true (event (server, 0, "log", "1"));
  told (server, "event log v=1", "event log v=1");

  /* Registered twice is told twice, as charon does it. */
  ask (server, "unregister log");
  told (server, "confirm");
  g_assert_true (event (server, 0, "log", "2"));
  told (server, "event log v=2");

  ask (server, "unregister log", "unregister log");
  told (server, "confirm", "confirm");
  g_assert_false (event (server, 0, "log", "3"));
}

static void
test_stream (Server       *server,
             gconstpointer data)
{
  ask (server, "register list-sa", "request list-sas", "unregister list-sa");
  told (server, "confirm");
  called (server, "2:list-sas {}");

  g_assert_true (event (server, 2, "list-sa", "1"));
  told (server, "event list-sa v=1");
  g_assert_false (event (server, 2, "log", "not registered"));
  g_assert_true (event (server, 2, "list-sa", "2"));
  g_assert_true (vici_server_session_reply (server->session, 2, NULL));
  told (server, "event list-sa v=2", "response", "confirm");

  g_assert_false (event (server, 0, "list-sa", "3"));
}

/* Two streams in a row, the second of which is the faster one. */
static void
test_streams_in_turn (Server       *server,
                      gconstpointer data)
{
  ask (server,
       "register list-sa", "request a", "unregister list-sa",
       "register list-sa", "request b", "unregister list-sa");
  told (server, "confirm");
  called (server, "2:a {}");
  called (server, "5:b {}");

  g_assert_true (event (server, 5, "list-sa", "b"));
  g_assert_true (vici_server_session_reply (server->session, 5, NULL));
  told_nothing (server);

  g_assert_true (event (server, 2, "list-sa", "a"));
  told (server, "event list-sa v=a");
  g_assert_true (vici_server_session_reply (server->session, 2, NULL));
  told (server, "response", "confirm", "confirm", "event list-sa v=b", "response", "confirm");
}

/* A stream whose turn comes when it has not ended. */
static void
test_held_events_flow (Server       *server,
                       gconstpointer data)
{
  ask (server, "register log", "request a", "request b");
  told (server, "confirm");
  called (server, "2:a {}");
  called (server, "3:b {}");

  g_assert_true (event (server, 3, "log", "1"));
  g_assert_true (vici_server_session_reply (server->session, 2, NULL));
  told (server, "response", "event log v=1");
  g_assert_true (event (server, 3, "log", "2"));
  told (server, "event log v=2");
  g_assert_true (vici_server_session_reply (server->session, 3, NULL));
  told (server, "response");
}

static void
test_no_such_names (Server       *server,
                    gconstpointer data)
{
  static const char packets[] = "\0\0\0\2\0\0" "\0\0\0\5\0\3l\0g"
                                "\0\0\0\5\3\3lo\0" "\0\0\0\5\3\3lo\n"
                                "\0\0\0\5\4\3lo\377";
  g_autoptr (GBytes) bytes = g_bytes_new_static (LITERAL (packets));

  ask_bytes (server, bytes, G_MAXSIZE);
  told (server, "unknown-command", "unknown-command",
        "unknown-event", "unknown-event", "unknown-event");
}

static void
test_byte_by_byte (Server       *server,
                   gconstpointer data)
{
  const char *packets[] = { "register log", "request one a=1", "request two", NULL };

  server->test->prompt = TRUE;
  ask_packets (server, packets, 1);
  called (server, "2:one {a=1}");
  called (server, "3:two {}");
  told (server, "confirm", "response", "response");
}

static void
test_packet_by_packet (Server       *server,
                       gconstpointer data)
{
  const char *one[] = { "request one", NULL };
  const char *both[] = { "request one", "request two", NULL };
  g_autoptr (GBytes) first = packets_new (one);
  g_autoptr (GBytes) bytes = packets_new (both);

  g_assert_cmpint (vici_server_session_receive_packet (server->session,
                                                       g_bytes_get_data (bytes, NULL),
                                                       g_bytes_get_size (bytes), NULL),
                   ==, g_bytes_get_size (first));
  called (server, "1:one {}");
  g_assert_true (vici_server_session_reply (server->session, 1, NULL));
  told (server, "response");
}

static void
test_unfinished (Server       *server,
                 gconstpointer data)
{
  const char *packets[] = { "request one", NULL };
  g_autoptr (GBytes) bytes = packets_new (packets);
  g_autoptr (GBytes) start = g_bytes_new_from_bytes (bytes, 0, 6);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (bytes, 6, g_bytes_get_size (bytes) - 6);

  server->test->prompt = TRUE;
  g_assert_false (vici_server_session_has_unfinished (server->session));
  ask_bytes (server, start, G_MAXSIZE);
  g_assert_true (vici_server_session_has_unfinished (server->session));
  ask_bytes (server, rest, G_MAXSIZE);
  g_assert_false (vici_server_session_has_unfinished (server->session));

  called (server, "1:one {}");
  told (server, "response");
}

static void
test_faults (Server       *server,
             gconstpointer data)
{
  /* What only a server says. */
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\1"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\2"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\5"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\6"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\3\7\1x"));

  /* What nobody says. */
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\10"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\0"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\10\0\1\0"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\3\0\2x"));
  ask_wrongly (server, VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\4\3\1xy"));
  ask_wrongly (server, VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\4\0\1x\3"));
}

static void
test_output_in_pieces (Server       *server,
                       gconstpointer data)
{
  g_autofree char *large = g_strnfill (30000, 'x');
  g_autoptr (GByteArray) got = g_byte_array_new ();
  gsize length, whole;
  const guint8 *output;

  ask (server, "register log");
  told (server, "confirm");

  for (guint i = 0; i < 4; i++)
    g_assert_true (event (server, 0, "log", large));
  whole = vici_server_session_get_queued (server->session);
  vici_server_session_get_output (server->session, &length);
  g_assert_cmpuint (whole, ==, length);

  while ((output = vici_server_session_get_output (server->session, &length)) != NULL)
    {
      gsize piece = MIN (length, 777);

      g_byte_array_append (got, output, (guint) piece);
      vici_server_session_take_output (server->session, piece);
      g_assert_cmpuint (vici_server_session_get_queued (server->session), ==, whole - got->len);
    }

  g_assert_cmpuint (got->len, ==, whole);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpmem (got->data, whole / 4, got->data + i * (whole / 4), whole / 4);
}

/* What waits for its turn counts for what the client leaves unread. */
static void
test_queued_counts_held (Server       *server,
                         gconstpointer data)
{
  g_autofree char *large = g_strnfill (30000, 'x');
  gsize length;

  ask (server, "register log", "request one", "request two");
  told (server, "confirm");
  called (server, "2:one {}");
  called (server, "3:two {}");
  g_assert_cmpuint (vici_server_session_get_queued (server->session), ==, 0);

  g_assert_true (event (server, 3, "log", large));
  g_assert_cmpuint (vici_server_session_get_queued (server->session), >=, 30000);
  reply (server, 3, "v", large);
  g_assert_cmpuint (vici_server_session_get_queued (server->session), >=, 60000);
  g_assert_null (vici_server_session_get_output (server->session, &length));

  g_assert_true (vici_server_session_reply (server->session, 2, NULL));
  vici_server_session_get_output (server->session, &length);
  g_assert_cmpuint (vici_server_session_get_queued (server->session), ==, length);
  vici_server_session_take_output (server->session, length);
  g_assert_cmpuint (vici_server_session_get_queued (server->session), ==, 0);
}

/* What nobody will want is not kept for its turn; what may be wanted then counts,
 * even if it is empty. */
static void
test_held_if_wanted (Server       *server,
                     gconstpointer data)
{
  g_autoptr (ViciMessage) empty = g_object_new (VICI_TYPE_MESSAGE, NULL);

  ask (server, "request one", "request two", "register log", "request three");
  called (server, "1:one {}");
  called (server, "2:two {}");
  called (server, "4:three {}");

  g_assert_false (vici_server_session_send_event (server->session, 2, "list-sa", empty));
  g_assert_cmpuint (vici_server_session_get_queued (server->session), ==, 0);
  for (guint i = 0; i < 20; i++)
    g_assert_true (vici_server_session_send_event (server->session, 4, "log", empty));
  g_assert_cmpuint (vici_server_session_get_queued (server->session), >, 200);

  for (guint id = 1; id <= 2; id++)
    g_assert_true (vici_server_session_reply (server->session, id, NULL));
  told (server, "response", "response", "confirm", TEN ("event log"), TEN ("event log"));
  g_assert_true (vici_server_session_reply (server->session, 4, NULL));
  told (server, "response");
}

static void
test_pending_size (Server       *server,
                   gconstpointer data)
{
  ask (server, "request one a=12345678", "request two a=12345678", "register log");
  called (server, "1:one {a=12345678}");
  called (server, "2:two {a=12345678}");
  g_assert_cmpuint (vici_server_session_get_pending_size (server->session), >, 16);

  g_assert_true (vici_server_session_reply (server->session, 2, NULL));
  g_assert_true (vici_server_session_reply (server->session, 1, NULL));
  told (server, "response", "response", "confirm");
  g_assert_cmpuint (vici_server_session_get_pending_size (server->session), ==, 0);
}

#define TEST_TYPE_BARE (test_bare_get_type ())
G_DECLARE_FINAL_TYPE (TestBare, test_bare, TEST, BARE, ViciServerSession)

struct _TestBare
{
  ViciServerSession parent_instance;
};

G_DEFINE_FINAL_TYPE (TestBare, test_bare, VICI_TYPE_SERVER_SESSION)

static void
test_bare_class_init (TestBareClass *klass)
{
}

static void
test_bare_init (TestBare *self)
{
}

/* A subclass that supplies nothing knows nothing. */
static void
test_defaults (void)
{
  Server server = { g_object_new (TEST_TYPE_BARE, NULL), NULL };

  ask (&server, "request one", "register log");
  told (&server, "unknown-command", "unknown-event");
  g_assert_finalize_object (server.session);
}

static void
test_dropped_in_command (void)
{
  const char *packets[] = { "request one", NULL };
  g_autoptr (GBytes) bytes = packets_new (packets);
  TestServer *session = g_object_new (TEST_TYPE_SERVER, NULL);
  gpointer alive = session;

  g_object_add_weak_pointer (G_OBJECT (session), &alive);
  session->drops = TRUE;
  g_assert_cmpint (vici_server_session_receive_packet (VICI_SERVER_SESSION (session),
                                                       g_bytes_get_data (bytes, NULL),
                                                       g_bytes_get_size (bytes), NULL),
                   ==, g_bytes_get_size (bytes));
  g_assert_null (alive);
}

static void
test_dropped_unanswered (void)
{
  Server server;

  set_up (&server, NULL);
  ask (&server, "register log", "request one", "request two", "register list-sa");
  told (&server, "confirm");
  called (&server, "2:one {}");
  called (&server, "3:two {}");
  g_assert_true (event (&server, 3, "log", "held"));
  reply (&server, 3, "v", "held");

  tear_down (&server, NULL);
}

/* What a request of that name carries is kept from every print. */
static void
test_secrets (Server       *server,
              gconstpointer data)
{
  const char *hidden;

  server->test->prompt = TRUE;
  ask (server, "request load-shared data=hush");
  told (server, "response");

  hidden = server->test->lines->pdata[0];
  g_assert_null (strstr (hidden, "hush"));
  called (server, hidden);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/server-session/answers-in-order-of-requests", test_in_order);
  ADD ("/server-session/a-command-is-answered-once", test_answered_once);
  ADD ("/server-session/events-go-to-who-has-registered", test_registrations);
  ADD ("/server-session/stream", test_stream);
  ADD ("/server-session/streams-take-their-turns", test_streams_in_turn);
  ADD ("/server-session/held-events-flow-when-their-turn-comes", test_held_events_flow);
  ADD ("/server-session/names-that-are-none-are-unknown", test_no_such_names);
  ADD ("/server-session/byte-by-byte", test_byte_by_byte);
  ADD ("/server-session/one-packet-at-a-time", test_packet_by_packet);
  ADD ("/server-session/unfinished-packet", test_unfinished);
  ADD ("/server-session/faults", test_faults);
  ADD ("/server-session/output-in-pieces", test_output_in_pieces);
  ADD ("/server-session/queued-counts-what-is-held", test_queued_counts_held);
  ADD ("/server-session/what-is-not-wanted-is-not-held", test_held_if_wanted);
  ADD ("/server-session/size-of-what-is-pending", test_pending_size);
  g_test_add_func ("/server-session/a-subclass-that-supplies-nothing", test_defaults);
  ADD ("/server-session/secrets-are-not-shown", test_secrets);
  g_test_add_func ("/server-session/dropped-in-a-command", test_dropped_in_command);
  g_test_add_func ("/server-session/dropped-unanswered", test_dropped_unanswered);

  return g_test_run ();
}
