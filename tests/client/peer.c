/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "peer.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer-stream.h"
#include "vici-builder.h"
#include "vici-wire.h"

/* What is sent is gathered up to about this. */
#define BATCH_SIZE (32 * 1024)

struct _Peer
{
  GThread   *thread;
  GMainContext *context;        /* of whoever made it; woken up at the end */
  char     **steps;
  gint64     left;              /* of what may be sent; -1: all */

  GIOStream *stream;            /* NULL: to be accepted, or closed */
  GSocket   *listener;          /* NULL: there was one stream from the start */
  GIOStream *client_end;        /* until it is taken */
  char      *uri;
  char      *directory;         /* of the socket; NULL: none */

  GMutex     mutex;
  GCond      cond;
  guint      arrived;           /* at how many waits */
  guint      awaited;
  guint      allowed;
  gboolean   done;
};

const char *peer_transports[N_PEER_TRANSPORTS] = {
  "sockets", "unix", "abstract", "tcp", "pipes", "plain", "tls"
};

/* -- Packets -- */

static GBytes *
build_message (char **arguments)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  for (; *arguments != NULL; arguments++)
    {
      g_auto (GStrv) pair = g_strsplit (*arguments, "=", 2);

      g_assert_cmpuint (g_strv_length (pair), ==, 2);
      vici_builder_add_string (builder, pair[0], pair[1]);
    }

  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  return g_bytes_ref (vici_message_get_bytes (message));
}

static void
append_packet (GByteArray *out,
               guint8      type,
               const char *name,
               GBytes     *message)
{
  gsize size = message ? g_bytes_get_size (message) : 0;
  guint8 name_length = name ? (guint8) strlen (name) : 0;
  guint32 length = GUINT32_TO_BE (1 + (name ? 1 + name_length : 0) + (guint32) size);

  g_byte_array_append (out, (const guint8 *) &length, sizeof length);
  g_byte_array_append (out, &type, 1);

  if (name != NULL)
    {
      g_byte_array_append (out, &name_length, 1);
      g_byte_array_append (out, (const guint8 *) name, name_length);
    }

  if (size > 0)
    g_byte_array_append (out, g_bytes_get_data (message, NULL), (guint) size);
}

void
peer_append_event (GByteArray *out,
                   const char *name,
                   guint       value,
                   gsize       size)
{
  g_autofree char *first = g_strdup_printf ("v=%u", value);
  g_autofree char *padding = g_strnfill (size, 'x');
  g_autofree char *second = g_strconcat ("padding=", padding, NULL);
  g_autoptr (GBytes) message =
    build_message ((char *[]) { first, size > 0 ? second : NULL, NULL });

  append_packet (out, VICI_PACKET_EVENT, name, message);
}

/* -- Reading and writing -- */

static GIOStream *
ensure_stream (Peer *self)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  if (self->stream != NULL)
    return self->stream;

  g_assert_nonnull (self->listener);
  socket = g_socket_accept (self->listener, NULL, &error);
  g_assert_no_error (error);
  self->stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
  g_object_unref (socket);

  return self->stream;
}

/* FALSE when nobody takes it any more. */
static gboolean
send_bytes (Peer         *self,
            gconstpointer data,
            gsize         length)
{
  GOutputStream *out = g_io_stream_get_output_stream (ensure_stream (self));

  if (self->left >= 0)
    {
      length = MIN (length, (gsize) self->left);
      self->left -= (gint64) length;
    }

  return g_output_stream_write_all (out, data, length, NULL, NULL, NULL);
}

static void
send_packet (Peer          *self,
             ViciPacketType type,
             const char    *name,
             char         **arguments)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GBytes) message = arguments ? build_message (arguments) : NULL;

  append_packet (out, type, name, message);
  send_bytes (self, out->data, out->len);
}

static void
send_events (Peer       *self,
             const char *name,
             guint64     count,
             gsize       size)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gboolean taken = TRUE;

  for (guint i = 0; i < count && taken; i++)
    {
      peer_append_event (out, name, i, size);
      if (out->len >= BATCH_SIZE)
        {
          taken = send_bytes (self, out->data, out->len);
          g_byte_array_set_size (out, 0);
        }
    }

  send_bytes (self, out->data, out->len);
}

static gboolean
read_bytes (Peer   *self,
            guint8 *data,
            gsize   length)
{
  GInputStream *in = g_io_stream_get_input_stream (ensure_stream (self));
  gsize n;

  return g_input_stream_read_all (in, data, length, &n, NULL, NULL) && n == length;
}

/* What follows the length of a packet; NULL when the client has closed. */
static GByteArray *
read_packet (Peer *self)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  guint32 length;

  if (!read_bytes (self, (guint8 *) &length, sizeof length))
    return NULL;

  g_byte_array_set_size (packet, GUINT32_FROM_BE (length));
  if (!read_bytes (self, packet->data, packet->len))
    return NULL;

  return g_steal_pointer (&packet);
}

static char *
packet_dup_name (GByteArray *packet)
{
  g_assert_cmpuint (packet->len, >=, 2u + packet->data[1]);

  return g_strndup ((const char *) packet->data + 2, packet->data[1]);
}

static void
expect_packet (Peer          *self,
               ViciPacketType type,
               const char    *name,
               char         **arguments)
{
  g_autoptr (GByteArray) packet = read_packet (self);
  g_autofree char *packet_name = NULL;

  if (packet == NULL)
    g_error ("The client closed instead of sending “%s”", name);

  packet_name = packet_dup_name (packet);
  g_assert_cmpstr (packet_name, ==, name);
  g_assert_cmpuint (packet->data[0], ==, type);

  if (g_strcmp0 (arguments[0], "*") != 0)
    {
      g_autoptr (GBytes) message = build_message (arguments);
      gsize start = 2 + strlen (name);

      g_assert_cmpmem (packet->data + start, packet->len - start,
                       g_bytes_get_data (message, NULL), g_bytes_get_size (message));
    }
}

static void
send_hex (Peer       *self,
          const char *hex)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (; *hex != '\0'; hex += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (out, &byte, 1);
    }

  send_bytes (self, out->data, out->len);
}

/* -- The script -- */

static void
wait_to_go (Peer *self)
{
  g_mutex_lock (&self->mutex);

  self->arrived++;
  g_cond_broadcast (&self->cond);
  g_main_context_wakeup (self->context);
  while (self->allowed == 0)
    g_cond_wait (&self->cond, &self->mutex);
  self->allowed--;

  g_mutex_unlock (&self->mutex);
}

static void
close_stream (Peer *self)
{
  g_io_stream_close (ensure_stream (self), NULL, NULL);
  g_clear_object (&self->stream);
}

static void
serve (Peer   *self,
       guint64 count)
{
  for (guint64 i = 0; i < count; i++)
    {
      g_autoptr (GByteArray) packet = read_packet (self);
      g_autofree char *name = NULL;
      g_autofree char *argument = NULL;

      if (packet == NULL)
        {
          close_stream (self);
          return;
        }

      name = packet_dup_name (packet);
      argument = g_strconcat ("v=", name, NULL);
      if (packet->data[0] == VICI_PACKET_CMD_REQUEST)
        send_packet (self, VICI_PACKET_CMD_RESPONSE, NULL, (char *[]) { argument, NULL });
      else
        send_packet (self, VICI_PACKET_EVENT_CONFIRM, NULL, NULL);
    }
}

/* A client that closes without having read all is seen as an error. */
static void
expect_end (Peer *self)
{
  guint8 byte;
  gsize n = 0;

  g_input_stream_read_all (g_io_stream_get_input_stream (ensure_stream (self)), &byte, 1, &n,
                           NULL, NULL);
  g_assert_cmpuint (n, ==, 0);
  close_stream (self);
}

static guint64
number (const char *text,
        guint64     fallback)
{
  return text ? g_ascii_strtoull (text, NULL, 10) : fallback;
}

static void
expect_step (Peer  *self,
             char **words)
{
  if (strcmp (words[0], "request") == 0)
    expect_packet (self, VICI_PACKET_CMD_REQUEST, words[1], words + 2);
  else if (strcmp (words[0], "register") == 0)
    expect_packet (self, VICI_PACKET_EVENT_REGISTER, words[1], words + 2);
  else if (strcmp (words[0], "unregister") == 0)
    expect_packet (self, VICI_PACKET_EVENT_UNREGISTER, words[1], words + 2);
  else if (strcmp (words[0], "end") == 0)
    expect_end (self);
  else
    g_error ("There is no step “%s”", words[0]);
}

static void
run_step (Peer       *self,
          const char *step)
{
  g_auto (GStrv) words = g_strsplit (step, " ", -1);
  const char *argument = words[1];

  if (strcmp (words[0], "reply") == 0)
    send_packet (self, VICI_PACKET_CMD_RESPONSE, NULL, words + 1);
  else if (strcmp (words[0], "unknown") == 0)
    send_packet (self, VICI_PACKET_CMD_UNKNOWN, NULL, NULL);
  else if (strcmp (words[0], "confirm") == 0)
    send_packet (self, VICI_PACKET_EVENT_CONFIRM, NULL, NULL);
  else if (strcmp (words[0], "refuse") == 0)
    send_packet (self, VICI_PACKET_EVENT_UNKNOWN, NULL, NULL);
  else if (strcmp (words[0], "event") == 0)
    send_packet (self, VICI_PACKET_EVENT, argument, words + 2);
  else if (strcmp (words[0], "events") == 0)
    send_events (self, argument, number (words[2], 0), number (words[2] ? words[3] : NULL, 0));
  else if (strcmp (words[0], "flood") == 0)
    send_events (self, argument, G_MAXUINT64, number (words[2], 0));
  else if (strcmp (words[0], "bytes") == 0)
    send_hex (self, argument);
  else if (strcmp (words[0], "text") == 0)
    send_bytes (self, step + strlen ("text "), strlen (step) - strlen ("text "));
  else if (strcmp (words[0], "first") == 0)
    self->left = (gint64) number (argument, 0);
  else if (strcmp (words[0], "serve") == 0)
    serve (self, number (argument, G_MAXUINT64));
  else if (strcmp (words[0], "wait") == 0)
    wait_to_go (self);
  else if (strcmp (words[0], "close") == 0)
    close_stream (self);
  else
    expect_step (self, words);
}

static gpointer
run_script (gpointer data)
{
  Peer *self = data;
  sigset_t set;

  /* Of this thread only: what the library does in the others is not to be
   * covered up. */
  sigemptyset (&set);
  sigaddset (&set, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &set, NULL);

  for (char **step = self->steps; *step != NULL; step++)
    {
      g_strstrip (*step);
      if (**step != '\0')
        run_step (self, *step);
    }

  if (self->stream != NULL)
    close_stream (self);

  g_mutex_lock (&self->mutex);
  self->done = TRUE;
  g_mutex_unlock (&self->mutex);
  g_main_context_wakeup (self->context);

  return NULL;
}

void
peer_await (Peer *self)
{
  g_mutex_lock (&self->mutex);

  while (self->arrived == self->awaited)
    g_cond_wait (&self->cond, &self->mutex);
  self->awaited++;

  g_mutex_unlock (&self->mutex);
}

gboolean
peer_has_arrived (Peer *self)
{
  gboolean arrived;

  g_mutex_lock (&self->mutex);
  arrived = self->arrived > self->awaited;
  if (arrived)
    self->awaited++;
  g_mutex_unlock (&self->mutex);

  return arrived;
}

void
peer_go (Peer *self)
{
  g_mutex_lock (&self->mutex);
  self->allowed++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

gboolean
peer_is_done (Peer *self)
{
  gboolean done;

  g_mutex_lock (&self->mutex);
  done = self->done;
  g_mutex_unlock (&self->mutex);

  return done;
}

/* -- Transports -- */

gboolean
peer_check_transport (PeerTransport transport)
{
  if (transport != PEER_TLS || g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return TRUE;

  g_test_skip ("GIO has no TLS here (glib-networking is not installed)");

  return FALSE;
}

void
peer_socket_pair (GIOStream *ends[2])
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[i], &error);

      g_assert_no_error (error);
      ends[i] = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    }
}

static void
listen_on (Peer           *self,
           GSocketAddress *address)
{
  g_autoptr (GError) error = NULL;

  self->listener = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_bind (self->listener, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
}

static void
listen_unix (Peer *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *path = NULL;

  self->directory = g_dir_make_tmp ("vici-peer-XXXXXX", &error);
  g_assert_no_error (error);

  path = g_build_filename (self->directory, "socket", NULL);
  address = g_unix_socket_address_new (path);
  listen_on (self, address);
  self->uri = g_strconcat ("unix://", path, NULL);
}

static void
listen_abstract (Peer *self)
{
  g_autofree char *name = g_strdup_printf ("vici-peer-%d-%p", getpid (), (gpointer) self);
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);

  listen_on (self, address);
  self->uri = g_strconcat ("unix:@", name, NULL);
}

static void
listen_tcp (Peer *self)
{
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) address = NULL;

  listen_on (self, any);
  address = g_socket_get_local_address (self->listener, NULL);
  self->uri = g_strdup_printf ("tcp://127.0.0.1:%u",
                               g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)));
}

Peer *
peer_new (PeerTransport transport,
          const char   *script)
{
  Peer *self = g_new0 (Peer, 1);
  GIOStream *ends[2] = { NULL, NULL };

  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->context = g_main_context_ref_thread_default ();
  self->steps = g_strsplit (script, ";", -1);
  self->left = -1;

  switch (transport)
    {
    case PEER_SOCKETS:
      peer_socket_pair (ends);
      break;

    case PEER_UNIX:
      listen_unix (self);
      break;

    case PEER_ABSTRACT:
      listen_abstract (self);
      break;

    case PEER_TCP:
      listen_tcp (self);
      break;

    case PEER_PIPES:
      peer_stream_pipes (ends, TRUE);
      break;

    case PEER_PLAIN:
      peer_stream_pipes (ends, FALSE);
      break;

    case PEER_TLS:
      peer_socket_pair (ends);
      peer_stream_tls (ends);
      break;

    case N_PEER_TRANSPORTS:
    default:
      g_assert_not_reached ();
    }

  self->client_end = ends[0];
  self->stream = ends[1];
  self->thread = g_thread_new ("peer", run_script, self);

  return self;
}

const char *
peer_get_uri (Peer *self)
{
  return self->uri;
}

GIOStream *
peer_take_stream (Peer *self)
{
  return g_steal_pointer (&self->client_end);
}

static void
remove_directory (Peer *self)
{
  g_autofree char *path = NULL;

  if (self->directory == NULL)
    return;

  path = g_build_filename (self->directory, "socket", NULL);
  g_unlink (path);
  g_rmdir (self->directory);
}

void
peer_free (Peer *self)
{
  g_thread_join (self->thread);
  remove_directory (self);

  g_clear_object (&self->listener);
  g_clear_object (&self->client_end);
  g_main_context_unref (self->context);
  g_strfreev (self->steps);
  g_free (self->directory);
  g_free (self->uri);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}
