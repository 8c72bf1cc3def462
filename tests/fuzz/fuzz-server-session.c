/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a client sends and what handlers do, in any order, on one session of a
 * server. What went out is read in the end, and has to answer everything in the
 * order of asking, with every event in its place. Once the input has put bytes of its
 * own among the client's, the session may fail at any time, but not wrongly. */

#include "fuzz.h"

#include "vici-error.h"
#include "vici-packet.h"
#include "vici-server-session.h"

#define TEST_TYPE_SERVER (test_server_get_type ())
G_DECLARE_FINAL_TYPE (TestServer, test_server, TEST, SERVER, ViciServerSession)

/* What the client has asked for, in order. */
typedef struct
{
  ViciPacketType type;
  guint          name;          /* of the event, if it is one */
  gboolean       answered;      /* a command, by its handler */
  gboolean       unknown;       /* and how */
} Ask;

struct _TestServer
{
  ViciServerSession parent_instance;

  GArray           *asks;       /* that have arrived whole */
  guint             next;       /* of them: not yet heard of */
  gboolean          honest;
};

G_DEFINE_FINAL_TYPE (TestServer, test_server, VICI_TYPE_SERVER_SESSION)

typedef struct
{
  ViciServerSession *session;
  TestServer        *server;
  const guint8      *data;      /* of the input */
  const guint8      *end;
  ViciBuffer         wire;      /* sent by the client, and not arrived */
  gsize              arrived;
  GByteArray        *output;
} Fuzz;

/* The last one is not known. */
static const char *events[] = { "a", "b", "nonsense" };

static guint8
next_byte (Fuzz *fuzz)
{
  return fuzz->data < fuzz->end ? *fuzz->data++ : 0;
}

/* Messages hold a number, as one byte. */
static ViciMessage *
number (guint value)
{
  const guint8 data[] = { 3, 1, 'n', 0, 1, (guint8) value };
  g_autoptr (GBytes) bytes = g_bytes_new (data, sizeof data);

  return vici_message_new_from_bytes (bytes, NULL);
}

static void
test_server_command (ViciServerSession *session,
                     guint64            id,
                     const char        *name,
                     ViciMessage       *request)
{
  TestServer *self = TEST_SERVER (session);

  if (!self->honest)
    return;

  while (g_array_index (self->asks, Ask, self->next).type != VICI_PACKET_CMD_REQUEST)
    self->next++;

  g_assert_cmpuint (id, ==, ++self->next);
  g_assert_cmpstr (name, ==, "x");
}

static gboolean
test_server_knows_event (ViciServerSession *session,
                         const char        *name)
{
  return g_str_equal (name, "a") || g_str_equal (name, "b");
}

static void
test_server_finalize (GObject *object)
{
  g_array_unref (TEST_SERVER (object)->asks);

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
  self->asks = g_array_new (FALSE, TRUE, sizeof (Ask));
  self->honest = TRUE;
}

/* -- Operations -- */

static void
send_packet (Fuzz          *fuzz,
             ViciPacketType type)
{
  Ask ask = { type, next_byte (fuzz) % G_N_ELEMENTS (events), FALSE, FALSE };
  g_autoptr (ViciMessage) request = NULL;

  if (type == VICI_PACKET_CMD_REQUEST)
    {
      request = number (1);
      vici_packet_append (&fuzz->wire, type, "x", request);
    }
  else
    {
      vici_packet_append (&fuzz->wire, type, events[ask.name], NULL);
    }

  g_array_append_val (fuzz->server->asks, ask);
}

static void
send_junk (Fuzz *fuzz)
{
  gsize length = next_byte (fuzz) % 32;

  length = MIN (length, (gsize) (fuzz->end - fuzz->data));
  if (length == 0)
    return;

  memcpy (vici_buffer_append (&fuzz->wire, length), fuzz->data, length);
  fuzz->data += length;
  fuzz->server->honest = FALSE;
}

static void
arrive (Fuzz *fuzz)
{
  gsize length = next_byte (fuzz);
  g_autofree guint8 *copy = NULL;
  g_autoptr (GError) error = NULL;
  gssize taken;

  length = MIN (length, fuzz->wire.length - fuzz->arrived);
  if (length == 0)
    return;

  copy = g_memdup2 (fuzz->wire.data + fuzz->arrived, length);
  taken = vici_server_session_receive_packet (fuzz->session, copy, length, &error);

  if (taken < 0)
    {
      g_assert_false (fuzz->server->honest);
      g_assert_true (g_error_matches (error, VICI_ERROR, VICI_ERROR_PROTOCOL) ||
                     g_error_matches (error, VICI_ERROR, VICI_ERROR_MALFORMED));
      fuzz->data = fuzz->end;
      return;
    }

  g_assert_cmpint (taken, <=, length);
  g_assert_cmpint (taken, >, 0);
  fuzz->arrived += (gsize) taken;
}

static void
answer (Fuzz *fuzz)
{
  guint64 id = next_byte (fuzz);
  gboolean unknown = id & 0x80;
  Ask *ask = NULL;
  gboolean answered;

  id &= 0x7f;
  if (unknown)
    {
      answered = vici_server_session_reply_unknown (fuzz->session, id);
    }
  else
    {
      g_autoptr (ViciMessage) reply = number ((guint) id);

      answered = vici_server_session_reply (fuzz->session, id, reply);
    }

  if (!answered || !fuzz->server->honest)
    return;

  g_assert_cmpuint (id, >, 0);
  g_assert_cmpuint (id, <=, fuzz->server->asks->len);
  ask = &g_array_index (fuzz->server->asks, Ask, id - 1);
  g_assert_cmpuint (ask->type, ==, VICI_PACKET_CMD_REQUEST);
  g_assert_false (ask->answered);
  ask->answered = TRUE;
  ask->unknown = unknown;
}

static void
stream (Fuzz *fuzz)
{
  guint id = next_byte (fuzz) & 0x7f;
  g_autoptr (ViciMessage) message = number (id);

  vici_server_session_send_event (fuzz->session, id, events[id % 2], message);
}

static void
take (Fuzz *fuzz,
      gsize most)
{
  gsize length;
  const guint8 *data = vici_server_session_get_output (fuzz->session, &length);

  length = MIN (length, most);
  g_byte_array_append (fuzz->output, data, (guint) length);
  vici_server_session_take_output (fuzz->session, length);
  g_assert_cmpuint (vici_server_session_get_queued (fuzz->session), <, G_MAXSIZE / 2);
}

/* -- What has come of it -- */

typedef struct
{
  GArray *asks;
  guint   answered;             /* so many of them */
  guint   registered[2];
} Reading;

static void
read_event (Reading          *reading,
            const ViciPacket *packet)
{
  guint id;

  g_assert_cmpuint (packet->message_length, ==, 6);
  id = packet->message[5];
  g_assert_cmpuint (packet->name_length, ==, 1);
  g_assert_cmpuint (packet->name[0], ==, events[id % 2][0]);
  g_assert_cmpuint (reading->registered[id % 2], >, 0);

  /* What a command streams comes after all that was asked before, and before the
   * answer to it. */
  if (id != 0)
    g_assert_cmpuint (reading->answered, ==, id - 1);
}

static void
read_answer (Reading          *reading,
             const ViciPacket *packet)
{
  const Ask *ask;

  g_assert_cmpuint (reading->answered, <, reading->asks->len);
  ask = &g_array_index (reading->asks, Ask, reading->answered++);

  if (ask->type == VICI_PACKET_CMD_REQUEST)
    {
      g_assert_true (ask->answered);
      g_assert_cmpuint (packet->type, ==,
                        ask->unknown ? VICI_PACKET_CMD_UNKNOWN : VICI_PACKET_CMD_RESPONSE);
      if (!ask->unknown)
        g_assert_cmpuint (packet->message[5], ==, reading->answered);
      return;
    }

  g_assert_cmpuint (packet->type, ==,
                    ask->name < 2 ? VICI_PACKET_EVENT_CONFIRM : VICI_PACKET_EVENT_UNKNOWN);
  if (ask->name >= 2)
    return;

  if (ask->type == VICI_PACKET_EVENT_REGISTER)
    reading->registered[ask->name]++;
  else if (reading->registered[ask->name] > 0)
    reading->registered[ask->name]--;
}

static void
read_output (Fuzz *fuzz)
{
  Reading reading = { fuzz->server->asks, 0, { 0, 0 } };
  gsize offset = 0;

  while (offset < fuzz->output->len)
    {
      const guint8 *data = fuzz->output->data + offset;
      gsize length = (gsize) data[2] << 8 | data[3];
      ViciPacket packet;

      g_assert_true (vici_packet_parse (&packet, data + 4, length, NULL));
      offset += 4 + length;

      if (!fuzz->server->honest)
        continue;

      if (packet.type == VICI_PACKET_EVENT)
        read_event (&reading, &packet);
      else
        read_answer (&reading, &packet);
    }
}

static void
run_operation (Fuzz *fuzz)
{
  switch (next_byte (fuzz) % 10)
    {
    case 0:
    case 1:
      send_packet (fuzz, VICI_PACKET_CMD_REQUEST);
      break;

    case 2:
      send_packet (fuzz, VICI_PACKET_EVENT_REGISTER);
      break;

    case 3:
      send_packet (fuzz, VICI_PACKET_EVENT_UNREGISTER);
      break;

    case 4:
    case 5:
      arrive (fuzz);
      break;

    case 6:
      answer (fuzz);
      break;

    case 7:
      stream (fuzz);
      break;

    case 8:
      take (fuzz, next_byte (fuzz));
      break;

    case 9:
      send_junk (fuzz);
      break;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  TestServer *server = g_object_new (TEST_TYPE_SERVER, NULL);
  Fuzz fuzz = {
    .session = VICI_SERVER_SESSION (server),
    .server = server,
    .data = data,
    .end = data + size,
    .wire = VICI_BUFFER_INIT,
    .output = g_byte_array_new (),
  };

  while (fuzz.data < fuzz.end && server->asks->len < 100)
    run_operation (&fuzz);
  take (&fuzz, G_MAXSIZE);
  read_output (&fuzz);

  g_assert_finalize_object (server);
  vici_buffer_clear (&fuzz.wire);
  g_byte_array_unref (fuzz.output);

  return 0;
}
