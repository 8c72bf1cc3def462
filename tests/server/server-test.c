/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "server-test.h"

#include <gio/gunixsocketaddress.h>
#include <sys/socket.h>

#include "../protocol/fixture.h"
#include "vici-builder.h"
#include "vici-core-enum-types.h"

#define STUCK_SECONDS 120

/* -- The main loop -- */

static gboolean
on_deadline (gpointer what)
{
  g_error ("Waited in vain for: %s", (const char *) what);

  return G_SOURCE_REMOVE;
}

guint
server_deadline_new (const char *what)
{
  return g_timeout_add_seconds (STUCK_SECONDS, on_deadline, (gpointer) what);
}

void
server_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* -- The server -- */

ViciMessage *
server_message (const char *name,
                const char *value)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, name, value);

  return vici_builder_end (builder, NULL);
}

static void
note (ServerTest *self,
      const char *format,
      ...) G_GNUC_PRINTF (2, 3);

static void
note (ServerTest *self,
      const char *format,
      ...)
{
  va_list arguments;

  if (self->log->len > 0)
    g_string_append_c (self->log, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (self->log, format, arguments);
  va_end (arguments);
}

static gboolean
on_echo (ViciServer     *server,
         ViciInvocation *invocation,
         ServerTest     *self)
{
  g_assert_cmpstr (vici_invocation_get_command (invocation), ==, "echo");
  vici_invocation_return_message (invocation, vici_invocation_get_request (invocation));

  return TRUE;
}

static gboolean
on_later (ViciServer     *server,
          ViciInvocation *invocation,
          ServerTest     *self)
{
  g_ptr_array_add (self->kept, g_object_ref (invocation));
  note (self, "later");

  return TRUE;
}

static gboolean
on_stream (ViciServer     *server,
           ViciInvocation *invocation,
           ServerTest     *self)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u", i);
      g_autoptr (ViciMessage) message = server_message ("v", value);

      vici_invocation_send_event (invocation, "tick", message);
    }
  vici_invocation_return_success (invocation);

  return TRUE;
}

static const char *
code_nick (const GError *error)
{
  g_autoptr (GEnumClass) codes =
    g_type_class_ref (error->domain == VICI_ERROR ? VICI_TYPE_ERROR : G_TYPE_IO_ERROR_ENUM);

  g_assert_cmpstr (error->message, !=, "");

  return g_enum_get_value (codes, error->code)->value_nick;
}

static guint
number_of (ServerTest *self,
           ViciPeer   *peer)
{
  guint i;

  if (!g_ptr_array_find (self->peers, peer, &i))
    {
      i = self->peers->len;
      g_ptr_array_add (self->peers, g_object_ref (peer));
    }

  return i + 1;
}

static void
on_connected (ViciServer *server,
              ViciPeer   *peer,
              ServerTest *self)
{
  note (self, "+%u", number_of (self, peer));
}

static void
on_disconnected (ViciServer *server,
                 ViciPeer   *peer,
                 ServerTest *self)
{
  const GError *error = vici_peer_get_error (peer);

  g_assert_true (vici_peer_is_closed (peer));

  if (error != NULL)
    note (self, "-%u:%s", number_of (self, peer), code_nick (error));
  else
    note (self, "-%u", number_of (self, peer));
}

static void
on_refused (ViciServer *server,
            ViciPeer   *peer,
            ServerTest *self)
{
  note (self, "!%u:%s", number_of (self, peer), code_nick (vici_peer_get_error (peer)));
}

void
server_test_set_up (ServerTest   *self,
                    gconstpointer data)
{
  self->server = vici_server_new ();
  self->log = g_string_new (NULL);
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);

  vici_server_add_command (self->server, "echo");
  vici_server_add_command (self->server, "later");
  vici_server_add_command (self->server, "stream");
  vici_server_add_command (self->server, "orphan");
  vici_server_add_event (self->server, "tick");
  vici_server_add_event (self->server, "tock");

  g_signal_connect (self->server, "command::echo", G_CALLBACK (on_echo), self);
  g_signal_connect (self->server, "command::later", G_CALLBACK (on_later), self);
  g_signal_connect (self->server, "command::stream", G_CALLBACK (on_stream), self);
  g_signal_connect (self->server, "peer-connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->server, "peer-disconnected", G_CALLBACK (on_disconnected), self);
  g_signal_connect (self->server, "peer-refused", G_CALLBACK (on_refused), self);
}

void
server_test_tear_down (ServerTest   *self,
                       gconstpointer data)
{
  g_ptr_array_set_size (self->kept, 0);
  if (self->server != NULL)
    {
      vici_server_stop (self->server);
      g_assert_finalize_object (self->server);
    }
  for (guint i = 0; i < self->peers->len; i++)
    g_assert_true (vici_peer_is_closed (self->peers->pdata[i]));

  server_settle ();
  g_string_free (self->log, TRUE);
  g_ptr_array_unref (self->kept);
  g_ptr_array_unref (self->peers);
}

static guint
count_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return g_strv_length (words);
}

void
server_logged (ServerTest *self,
               const char *words)
{
  server_run_until (count_words (self->log->str) >= count_words (words));
  server_settle ();
  g_assert_cmpstr (self->log->str, ==, words);
  g_string_truncate (self->log, 0);
}

/* -- The client -- */

struct _Client
{
  GIOStream  *stream;
  GByteArray *input;
  gboolean    ended;
};

/* A reset is an end too. */
static void
read_some (Client *self)
{
  GPollableInputStream *in = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
  g_autoptr (GError) error = NULL;
  guint8 buffer[64 * 1024];
  gssize n;

  while ((n = g_pollable_input_stream_read_nonblocking (in, buffer, sizeof buffer, NULL, &error)) > 0)
    g_byte_array_append (self->input, buffer, (guint) n);

  self->ended = !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

Client *
client_new_for_stream (GIOStream *stream)
{
  Client *self = g_new0 (Client, 1);

  self->stream = g_object_ref (stream);
  self->input = g_byte_array_new ();

  return self;
}

static GIOStream *
stream_of (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

Client *
client_new (ServerTest *test)
{
  g_autoptr (GIOStream) near = NULL;
  g_autoptr (GIOStream) far = NULL;
  g_autoptr (ViciPeer) peer = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  near = stream_of (fds[0]);
  far = stream_of (fds[1]);
  peer = vici_server_accept_stream (test->server, far);

  return client_new_for_stream (near);
}

Client *
client_new_for_uri (const char *uri)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  if (g_str_has_prefix (uri, "unix://"))
    {
      g_autoptr (GSocketAddress) address = g_unix_socket_address_new (uri + strlen ("unix://"));

      connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
    }
  else
    {
      connection = g_socket_client_connect_to_uri (client, uri, 0, NULL, &error);
    }
  g_assert_no_error (error);

  return client_new_for_stream (G_IO_STREAM (connection));
}

void
client_free (Client *self)
{
  g_io_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  g_byte_array_unref (self->input);
  g_free (self);
}

GSocket *
client_get_socket (Client *self)
{
  return g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->stream));
}

gsize
client_try_send (Client       *self,
                 gconstpointer data,
                 gsize         length)
{
  GPollableOutputStream *out =
    G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (self->stream));
  gssize n = g_pollable_output_stream_write_nonblocking (out, data, length, NULL, NULL);

  return n > 0 ? (gsize) n : 0;
}

void
client_send_bytes (Client       *self,
                   gconstpointer data,
                   gsize         length)
{
  const guint8 *bytes = data;
  gsize sent = 0;

  server_run_until ((sent += client_try_send (self, bytes + sent, length - sent)) == length);
}

void
client_send_packets (Client             *self,
                     const char * const *packets)
{
  g_autoptr (GBytes) bytes = packets_new (packets);

  client_send_bytes (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* The client has no source of its own: to look for its bytes takes a turn. */
static gboolean
on_turn (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for_input (Client *self,
                gsize   length)
{
  guint turn = g_timeout_add (1, on_turn, NULL);

  server_run_until ((read_some (self), self->ended || self->input->len >= length));
  g_source_remove (turn);
}

void
client_expect_packets (Client             *self,
                       const char * const *packets)
{
  g_autoptr (GBytes) expected = packets_new (packets);
  gsize length = g_bytes_get_size (expected);

  wait_for_input (self, length);
  g_assert_cmpmem (self->input->data, MIN (self->input->len, length),
                   g_bytes_get_data (expected, NULL), length);
  g_byte_array_remove_range (self->input, 0, (guint) length);
}

void
client_skip (Client *self,
             gsize   length)
{
  wait_for_input (self, length);
  g_assert_cmpuint (self->input->len, >=, length);
  g_byte_array_remove_range (self->input, 0, (guint) length);
}

ViciMessage *
client_next (Client *self)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *message;
  guint length;

  wait_for_input (self, 4);
  length = (guint) self->input->data[2] << 8 | self->input->data[3];
  wait_for_input (self, 4 + length);

  g_assert_cmpuint (self->input->data[4], ==, VICI_PACKET_CMD_RESPONSE);
  bytes = g_bytes_new (self->input->data + 5, length - 1);
  g_byte_array_remove_range (self->input, 0, 4 + length);

  message = vici_message_new_from_bytes (bytes, &error);
  g_assert_no_error (error);

  return message;
}

void
client_expect_end (Client *self)
{
  wait_for_input (self, G_MAXSIZE);
  g_assert_cmpuint (self->input->len, ==, 0);
}

gboolean
client_has_input (Client *self)
{
  read_some (self);

  return self->input->len > 0;
}
