/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-peer-private.h"

#include <gio/gunixconnection.h>
#include <poll.h>
#include <string.h>

#include "vici-channel.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-server-session.h"

/**
 * SECTION:vici-peer
 * @title: ViciPeer
 * @short_description: A client of a server
 *
 * One client that is connected to a #ViciServer: who it is, as far as the
 * transport tells, and the way to be rid of it.
 *
 * Since: 1.0
 */

/* One read takes up to this much, and then it is another client's turn. */
#define READ_SIZE (8 * 1024)

/* How much may wait to be written, and how much may be asked and not answered,
 * before nothing more is read. */
#define WRITE_BOUND (64 * 1024)
#define ASKED_BOUND (1024 * 1024)

/* -- Its session -- */

#define VICI_TYPE_PEER_SESSION (vici_peer_session_get_type ())
G_DECLARE_FINAL_TYPE (ViciPeerSession, vici_peer_session, VICI, PEER_SESSION, ViciServerSession)

struct _ViciPeerSession
{
  ViciServerSession parent_instance;

  ViciPeer         *peer;       /* which owns the session */
};

G_DEFINE_FINAL_TYPE (ViciPeerSession, vici_peer_session, VICI_TYPE_SERVER_SESSION)

typedef struct
{
  GSource   source;
  ViciPeer *peer;               /* which owns the source */
} ViciPeerSource;

/**
 * ViciPeer:
 *
 * A client of a server.
 *
 * Since: 1.0
 */
struct _ViciPeer
{
  GObject              parent_instance;

  const ViciPeerFuncs *funcs;
  gpointer             server;          /* not called any more when it is closed */
  ViciPeerLimits       limits;
  char                *uri;
  GIOStream           *stream;          /* NULL in one that g_object_new() has made */
  GCredentials        *credentials;     /* once they were asked for */

  ViciServerSession   *session;         /* NULL after the end */
  ViciChannel         *channel;         /* NULL before the start */
  GSource             *source;
  int                  fd;              /* of the socket; -1: there is none */
  gpointer             hangup;          /* tag of the socket in the source, while it is not read */
  gboolean             busy;            /* in a turn of the main loop, on the stack */
  gboolean             overflown;       /* has to go */
  gboolean             closed;
  GError              *error;           /* why, if it was not by its own will or ours */

  guint8              *buffer;          /* NULL: there is nothing that the session has yet to take */
  gsize                start;           /* in the buffer: where that begins */
  gsize                end;
  gint64               unfinished;      /* since when a packet is; -1: none is */
  gboolean             blocked;         /* the channel takes nothing for now */
};

G_DEFINE_FINAL_TYPE (ViciPeer, vici_peer, G_TYPE_OBJECT)

enum
{
  SIGNAL_DRAINED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* -- Writing -- */

static gboolean
has_output (ViciPeer *self)
{
  gsize length;

  return vici_server_session_get_output (self->session, &length) != NULL;
}

static void
flush (ViciPeer *self)
{
  const guint8 *data;
  gsize length;

  while (!self->closed && !self->blocked &&
         (data = vici_server_session_get_output (self->session, &length)) != NULL)
    {
      g_autoptr (GError) error = NULL;
      gssize n = vici_channel_write (self->channel, data, length, &error);

      self->blocked = n == VICI_CHANNEL_WOULD_BLOCK;
      if (n >= 0)
        vici_server_session_take_output (self->session, (gsize) n);
      else if (!self->blocked)
        vici_peer_close_with (self, error);
    }
}

/* A client that does not read costs the others nothing. It goes in a turn of its own:
 * who sends to many is not called back in the midst of it. */
static void
note_queued (ViciPeer *self)
{
  if (vici_server_session_get_queued (self->session) > self->limits.max_queued)
    self->overflown = TRUE;
}

static void
check_overflow (ViciPeer *self)
{
  g_autoptr (GError) error = NULL;

  if (self->closed || !self->overflown)
    return;

  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
               _("The client left more than %zu bytes unread"), self->limits.max_queued);
  vici_peer_close_with (self, error);
}

/* -- Reading -- */

static gboolean
is_paused (ViciPeer *self)
{
  return vici_server_session_get_pending (self->session) >= self->limits.max_pending ||
         vici_server_session_get_pending_size (self->session) > ASKED_BOUND ||
         vici_server_session_get_queued (self->session) > WRITE_BOUND;
}

/* What was read may hold a secret. An idle client has no buffer. */
static void
drop_buffer (ViciPeer *self)
{
  if (self->buffer == NULL)
    return;

  explicit_bzero (self->buffer, self->end);
  g_clear_pointer (&self->buffer, g_free);
}

/* Whoever still holds the peer does not hold what it had asked and left unread. */
static void
release (ViciPeer *self)
{
  drop_buffer (self);
  g_clear_object (&self->session);
}

static void
close_at_end (ViciPeer *self)
{
  g_autoptr (GError) error = NULL;

  if (vici_server_session_has_unfinished (self->session))
    g_set_error_literal (&error, VICI_ERROR, VICI_ERROR_CLOSED,
                         _("The client left in the middle of a packet"));

  vici_peer_close_with (self, error);
}

static void
fill_buffer (ViciPeer *self)
{
  g_autoptr (GError) error = NULL;
  gssize n;

  self->buffer = g_malloc (READ_SIZE);
  self->start = self->end = 0;

  n = vici_channel_read (self->channel, self->buffer, READ_SIZE, &error);
  if (n > 0)
    self->end = (gsize) n;
  else if (n == 0)
    close_at_end (self);
  else if (n != VICI_CHANNEL_WOULD_BLOCK)
    vici_peer_close_with (self, error);
}

/* The time is for each packet anew. */
static void
note_finished (ViciPeer *self)
{
  if (!self->closed && !vici_server_session_has_unfinished (self->session))
    self->unfinished = -1;
}

static void
receive (ViciPeer *self)
{
  while (!self->closed && self->start < self->end && !is_paused (self))
    {
      g_autoptr (GError) error = NULL;
      gssize taken = vici_server_session_receive_packet (self->session, self->buffer + self->start,
                                                         self->end - self->start, &error);

      if (taken >= 0)
        {
          self->start += (gsize) taken;
          note_finished (self);
          continue;
        }

      /* What was right is answered all the same, as far as nobody has to wait. */
      flush (self);
      vici_peer_close_with (self, error);
    }

  if (self->start == self->end)
    drop_buffer (self);
}

/* Whether the client keeps us waiting for the rest of a packet. One that is not
 * read from does not. */
static gboolean
is_unfinished (ViciPeer *self)
{
  return self->limits.packet_timeout > 0 && !is_paused (self) &&
         vici_server_session_has_unfinished (self->session);
}

/* For the rest of it; -1: there is none. */
static gint64
get_deadline (ViciPeer *self)
{
  return self->unfinished < 0 ? -1
                              : self->unfinished + (gint64) self->limits.packet_timeout * 1000;
}

static void
check_unfinished (ViciPeer *self)
{
  g_autoptr (GError) error = NULL;
  gint64 now;

  if (self->closed)
    return;

  if (!is_unfinished (self))
    {
      self->unfinished = -1;
      return;
    }

  now = g_get_monotonic_time ();
  if (self->unfinished < 0)
    self->unfinished = now;
  if (now < get_deadline (self))
    return;

  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
               _("The client did not finish a packet within %u ms"), self->limits.packet_timeout);
  vici_peer_close_with (self, error);
}

/* -- The main loop -- */

/* The socket under it all; -1: there is none. */
static int
get_socket_fd (ViciPeer *self)
{
  g_autoptr (GIOStream) base = NULL;
  GIOStream *stream = self->stream;

  if (G_IS_TLS_CONNECTION (stream))
    {
      g_object_get (stream, "base-io-stream", &base, NULL);
      stream = base;
    }

  if (!G_IS_SOCKET_CONNECTION (stream))
    return -1;

  return g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)));
}

/* Of one that is not read from, it is the socket that tells that it is gone. */
static void
watch_hangup (ViciPeer *self,
              gboolean  watch)
{
  if (watch && self->hangup == NULL && self->fd >= 0)
    self->hangup = g_source_add_unix_fd (self->source, self->fd, G_IO_HUP | POLLRDHUP);
  else if (!watch && self->hangup != NULL)
    g_source_remove_unix_fd (self->source, g_steal_pointer (&self->hangup));
}

static gboolean
has_hung_up (ViciPeer *self)
{
  return self->hangup != NULL && g_source_query_unix_fd (self->source, self->hangup) != 0;
}

static void
update_watch (ViciPeer *self)
{
  gboolean paused;

  if (self->closed)
    return;

  paused = self->busy || is_paused (self);
  vici_channel_watch (self->channel, (paused ? 0 : G_IO_IN) | (self->blocked ? G_IO_OUT : 0));
  watch_hangup (self, is_paused (self));
  g_source_set_ready_time (self->source, self->busy ? -1 : get_deadline (self));
}

static void
note_writable (ViciPeer *self)
{
  if (vici_channel_ready (self->channel) & ~G_IO_IN)
    self->blocked = FALSE;
}

static void
run (ViciPeer *self)
{
  GIOCondition ready = vici_channel_ready (self->channel);
  gboolean writing;

  note_writable (self);
  if (self->buffer == NULL && (ready & ~G_IO_OUT) != 0 && !is_paused (self))
    fill_buffer (self);
  if (self->buffer != NULL)
    receive (self);
  if (self->closed)
    return;

  writing = has_output (self);
  flush (self);
  check_overflow (self);
  check_unfinished (self);

  if (writing && !self->closed && !has_output (self))
    g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
}

/* A handler runs a main loop: what this client asks for next has to wait for it,
 * and what there is to tell it has not. */
static void
run_within (ViciPeer *self)
{
  note_writable (self);
  flush (self);
  update_watch (self);
}

static gboolean
can_write (ViciPeer *self)
{
  return !self->blocked && has_output (self);
}

static gboolean
has_work (ViciPeer *self)
{
  if (self->busy)
    return can_write (self);

  return can_write (self) || self->overflown || vici_channel_known (self->channel) != 0 ||
         (self->buffer != NULL && !is_paused (self));
}

static gboolean
vici_peer_source_prepare (GSource *source,
                          int     *timeout)
{
  ViciPeer *self = ((ViciPeerSource *) source)->peer;

  return !self->closed && has_work (self);
}

static gboolean
vici_peer_source_check (GSource *source)
{
  ViciPeer *self = ((ViciPeerSource *) source)->peer;

  return !self->closed &&
         (has_work (self) || vici_channel_ready (self->channel) != 0 || has_hung_up (self));
}

static gboolean
vici_peer_source_dispatch (GSource    *source,
                           GSourceFunc callback,
                           gpointer    user_data)
{
  g_autoptr (ViciPeer) self = g_object_ref (((ViciPeerSource *) source)->peer);

  if (self->closed)
    return G_SOURCE_REMOVE;

  if (has_hung_up (self))
    {
      vici_peer_close_with (self, NULL);
      return G_SOURCE_REMOVE;
    }

  if (self->busy)
    {
      run_within (self);
      return G_SOURCE_CONTINUE;
    }

  self->busy = TRUE;
  run (self);
  self->busy = FALSE;

  if (self->closed)
    release (self);
  update_watch (self);

  return self->closed ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static GSourceFuncs vici_peer_source_funcs = {
  .prepare = vici_peer_source_prepare,
  .check = vici_peer_source_check,
  .dispatch = vici_peer_source_dispatch,
};

/* -- For the server -- */

ViciPeer *
vici_peer_new (GIOStream            *stream,
               const char           *uri,
               const ViciPeerLimits *limits,
               const ViciPeerFuncs  *funcs,
               gpointer              server)
{
  ViciPeer *self = g_object_new (VICI_TYPE_PEER, NULL);

  self->stream = g_object_ref (stream);
  self->uri = g_strdup (uri);
  self->limits = *limits;
  self->funcs = funcs;
  self->server = server;

  return self;
}

void
vici_peer_start (ViciPeer *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->source = g_source_new (&vici_peer_source_funcs, sizeof (ViciPeerSource));
  ((ViciPeerSource *) self->source)->peer = self;
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_static_name (self->source, "[vici-glib] peer");
  self->channel = vici_channel_new (self->stream, self->source, context);
  self->fd = get_socket_fd (self);
  g_source_attach (self->source, context);
  update_watch (self);
}

gboolean
vici_peer_reply (ViciPeer    *self,
                 guint64      id,
                 ViciMessage *reply)
{
  gboolean answered;

  if (self->closed || self->overflown)
    return FALSE;

  answered = reply != NULL ? vici_server_session_reply (self->session, id, reply)
                           : vici_server_session_reply_unknown (self->session, id);
  note_queued (self);

  return answered;
}

gboolean
vici_peer_send_event (ViciPeer    *self,
                      guint64      id,
                      const char  *name,
                      ViciMessage *message)
{
  gboolean sent;

  if (self->closed || self->overflown)
    return FALSE;

  sent = vici_server_session_send_event (self->session, id, name, message);
  note_queued (self);

  return sent;
}

void
vici_peer_close_with (ViciPeer     *self,
                      const GError *error)
{
  g_autoptr (ViciPeer) alive = NULL;

  if (self->closed)
    return;

  alive = g_object_ref (self);
  self->closed = TRUE;
  self->error = error ? g_error_copy (error) : NULL;

  /* The server has not counted on one that was never started. */
  if (self->channel == NULL)
    {
      if (self->stream != NULL)
        g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      return;
    }

  vici_channel_close (self->channel);
  g_source_destroy (self->source);
  if (!self->busy)
    release (self);

  self->funcs->closed (self->server, self);
}

void
vici_peer_refuse (ViciPeer     *self,
                  const GError *error)
{
  vici_peer_close_with (self, error);

  /* It may have been closed by who was asked whether to let it in. */
  if (self->error == NULL)
    self->error = g_error_copy (error);
}

/* -- The public functions -- */

/**
 * vici_peer_get_credentials:
 * @self: a peer
 *
 * The process at the other end, as the kernel tells: of UNIX sockets only.
 *
 * Returns: (transfer none) (nullable): the credentials, or %NULL where the transport
 *   has none
 *
 * Since: 1.0
 */
GCredentials *
vici_peer_get_credentials (ViciPeer *self)
{
  g_return_val_if_fail (VICI_IS_PEER (self), NULL);

  if (self->credentials == NULL && G_IS_UNIX_CONNECTION (self->stream))
    self->credentials =
      g_socket_get_credentials (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->stream)), NULL);

  return self->credentials;
}

/**
 * vici_peer_get_tls_certificate:
 * @self: a peer
 *
 * The certificate that the client has shown, over TLS.
 *
 * Returns: (transfer none) (nullable): the certificate, or %NULL where there is none
 *
 * Since: 1.0
 */
GTlsCertificate *
vici_peer_get_tls_certificate (ViciPeer *self)
{
  g_return_val_if_fail (VICI_IS_PEER (self), NULL);

  if (!G_IS_TLS_CONNECTION (self->stream))
    return NULL;

  return g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (self->stream));
}

/**
 * vici_peer_get_uri:
 * @self: a peer
 *
 * Where the client came in: one of vici_server_get_uris().
 *
 * Returns: (transfer none) (nullable): the URI, or %NULL for a stream that was
 *   given to vici_server_accept_stream()
 *
 * Since: 1.0
 */
const char *
vici_peer_get_uri (ViciPeer *self)
{
  g_return_val_if_fail (VICI_IS_PEER (self), NULL);

  return self->uri;
}

/**
 * vici_peer_is_closed:
 * @self: a peer
 *
 * Whether the client is gone.
 *
 * Returns: %TRUE if it is
 *
 * Since: 1.0
 */
gboolean
vici_peer_is_closed (ViciPeer *self)
{
  g_return_val_if_fail (VICI_IS_PEER (self), TRUE);

  return self->closed;
}

/**
 * vici_peer_get_error:
 * @self: a peer
 *
 * Why the client is gone: it broke the protocol or sent what is no message
 * (%VICI_ERROR_PROTOCOL, %VICI_ERROR_MALFORMED), went past a bound of the server
 * (%G_IO_ERROR_NO_SPACE, %G_IO_ERROR_TIMED_OUT), was not let in (%G_IO_ERROR_BUSY,
 * %G_IO_ERROR_PERMISSION_DENIED), or the connection broke.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL while it is connected and
 *   where it has left, or was closed, in good order
 *
 * Since: 1.0
 */
const GError *
vici_peer_get_error (ViciPeer *self)
{
  g_return_val_if_fail (VICI_IS_PEER (self), NULL);

  return self->error;
}

/**
 * vici_peer_get_queued:
 * @self: a peer
 *
 * How much waits for the client to read it, or for its turn. Past
 * #ViciServer:max-queued the client is closed. Who has much to send sends some, and
 * goes on with #ViciPeer::drained.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
gsize
vici_peer_get_queued (ViciPeer *self)
{
  g_return_val_if_fail (VICI_IS_PEER (self), 0);

  return self->closed ? 0 : vici_server_session_get_queued (self->session);
}

/**
 * vici_peer_close:
 * @self: a peer
 *
 * Closes the connection to the client. What was answered before is written as far as
 * that is possible at once; what it waits for beyond that is lost.
 *
 * Since: 1.0
 */
void
vici_peer_close (ViciPeer *self)
{
  g_autoptr (ViciPeer) alive = NULL;

  g_return_if_fail (VICI_IS_PEER (self));

  alive = g_object_ref (self);
  if (!self->closed && self->channel != NULL)
    flush (self);
  vici_peer_close_with (self, NULL);
}

static void
vici_peer_finalize (GObject *object)
{
  ViciPeer *self = VICI_PEER (object);

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  g_clear_object (&self->channel);
  g_clear_object (&self->session);
  g_clear_object (&self->stream);
  g_clear_object (&self->credentials);
  g_clear_error (&self->error);
  drop_buffer (self);
  g_free (self->uri);

  G_OBJECT_CLASS (vici_peer_parent_class)->finalize (object);
}

static void
vici_peer_class_init (ViciPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_peer_finalize;

  /**
   * ViciPeer::drained:
   * @self: the peer
   *
   * All that there was to write to the client is written, and there is room for
   * more.
   *
   * Since: 1.0
   */
  signals[SIGNAL_DRAINED] =
    g_signal_new ("drained", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                  0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
vici_peer_init (ViciPeer *self)
{
  ViciPeerSession *session = g_object_new (VICI_TYPE_PEER_SESSION, NULL);

  session->peer = self;
  self->session = VICI_SERVER_SESSION (session);
  self->unfinished = -1;
}

/* -- What the session tells -- */

static void
vici_peer_session_command (ViciServerSession *session,
                           guint64            id,
                           const char        *name,
                           ViciMessage       *request)
{
  ViciPeer *self = VICI_PEER_SESSION (session)->peer;

  self->funcs->command (self->server, self, id, name, request);
}

static gboolean
vici_peer_session_knows_event (ViciServerSession *session,
                               const char        *name)
{
  ViciPeer *self = VICI_PEER_SESSION (session)->peer;

  return self->funcs->knows_event (self->server, name);
}

static void
vici_peer_session_class_init (ViciPeerSessionClass *klass)
{
  VICI_SERVER_SESSION_CLASS (klass)->command = vici_peer_session_command;
  VICI_SERVER_SESSION_CLASS (klass)->knows_event = vici_peer_session_knows_event;
}

static void
vici_peer_session_init (ViciPeerSession *self)
{
}
