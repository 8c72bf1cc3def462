/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-peer-private.h"

#include <gio/gunixconnection.h>
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

/* How much may wait to be written before nothing more is read. */
#define WRITE_BOUND (64 * 1024)

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
  GIOStream           *stream;
  GCredentials        *credentials;     /* once they were asked for */

  ViciServerSession   *session;
  ViciChannel         *channel;         /* NULL before the start and after the end */
  GSource             *source;
  gboolean             busy;            /* in a turn of the main loop, on the stack */
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

/* A client that does not read costs the others nothing. */
static void
check_queued (ViciPeer *self)
{
  g_autoptr (GError) error = NULL;

  if (self->closed ||
      vici_server_session_get_queued (self->session) <= self->limits.max_queued)
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
  else if (n != VICI_CHANNEL_WOULD_BLOCK)
    vici_peer_close_with (self, error);
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
          continue;
        }

      /* What was right is answered all the same. */
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

static void
update_watch (ViciPeer *self)
{
  GIOCondition condition = 0;

  if (self->closed)
    return;

  if (!is_paused (self))
    condition |= G_IO_IN;
  if (self->blocked)
    condition |= G_IO_OUT;

  vici_channel_watch (self->channel, condition);
  g_source_set_ready_time (self->source, get_deadline (self));
}

static void
run (ViciPeer *self)
{
  GIOCondition ready = vici_channel_ready (self->channel);
  gboolean writing;

  if (ready & ~G_IO_IN)
    self->blocked = FALSE;

  if (self->buffer == NULL && (ready & ~G_IO_OUT) != 0 && !is_paused (self))
    fill_buffer (self);
  if (self->buffer != NULL)
    receive (self);

  writing = has_output (self);
  flush (self);
  check_queued (self);
  check_unfinished (self);

  if (writing && !self->closed && !has_output (self))
    g_signal_emit (self, signals[SIGNAL_DRAINED], 0);
}

static gboolean
has_work (ViciPeer *self)
{
  return vici_channel_known (self->channel) != 0 ||
         (self->buffer != NULL && !is_paused (self)) ||
         (!self->blocked && has_output (self));
}

static gboolean
vici_peer_source_prepare (GSource *source,
                          int     *timeout)
{
  ViciPeer *self = ((ViciPeerSource *) source)->peer;

  return !self->closed && !self->busy && has_work (self);
}

static gboolean
vici_peer_source_check (GSource *source)
{
  ViciPeer *self = ((ViciPeerSource *) source)->peer;

  return !self->closed && !self->busy &&
         (has_work (self) || vici_channel_ready (self->channel) != 0);
}

static gboolean
vici_peer_source_dispatch (GSource    *source,
                           GSourceFunc callback,
                           gpointer    user_data)
{
  g_autoptr (ViciPeer) self = g_object_ref (((ViciPeerSource *) source)->peer);

  if (self->closed)
    return G_SOURCE_REMOVE;

  /* A handler runs a main loop: the rest of what this client asks for has to
   * wait for it. */
  if (self->busy)
    {
      vici_channel_watch (self->channel, 0);
      g_source_set_ready_time (source, -1);
      return G_SOURCE_CONTINUE;
    }

  self->busy = TRUE;
  run (self);
  self->busy = FALSE;
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
  g_source_attach (self->source, context);
  update_watch (self);
}

gboolean
vici_peer_reply (ViciPeer    *self,
                 guint64      id,
                 ViciMessage *reply)
{
  gboolean answered;

  if (self->closed)
    return FALSE;

  answered = reply != NULL ? vici_server_session_reply (self->session, id, reply)
                           : vici_server_session_reply_unknown (self->session, id);
  check_queued (self);

  return answered;
}

gboolean
vici_peer_send_event (ViciPeer    *self,
                      guint64      id,
                      const char  *name,
                      ViciMessage *message)
{
  gboolean sent;

  if (self->closed || self->channel == NULL)
    return FALSE;

  sent = vici_server_session_send_event (self->session, id, name, message);
  check_queued (self);

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
      g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
      return;
    }

  vici_channel_close (self->channel);
  g_source_destroy (self->source);
  self->funcs->closed (self->server, self);
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
 * Closes the connection to the client, with all that it waits for.
 *
 * Since: 1.0
 */
void
vici_peer_close (ViciPeer *self)
{
  g_return_if_fail (VICI_IS_PEER (self));

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
