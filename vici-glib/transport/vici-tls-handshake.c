/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tls-handshake.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "vici-source.h"
#include "vici-tls-words.h"

/* A record: its type, the version and its length. */
#define HEADER_SIZE 5
#define RECORD_MAX (16 * 1024 + 256)
#define TYPE_HANDSHAKE 22
#define VERSION_MAJOR 3

struct _ViciTlsHandshake
{
  const ViciTlsTerms          *terms;
  const ViciTlsHandshakeFuncs *funcs;   /* NULL: it was freed, or has ended */
  gpointer                     user_data;

  ViciTlsState                 state;
  gboolean                     asked;   /* for the whole first record */
  GSocketConnection           *connection;
  GSocketAddress              *address; /* NULL: is gone already */
  GBytes                      *network;
  GSource                     *source;  /* the first record arrives */
  GSource                     *timeout;
  GCancellable                *cancellable;
  char                        *fault;   /* why it will be refused; NULL: not known */
};

static void
clear (ViciTlsHandshake *self)
{
  vici_source_end (self->source);
  vici_source_end (self->timeout);
  g_clear_object (&self->connection);
  g_clear_object (&self->address);
  g_bytes_unref (self->network);
  g_clear_object (&self->cancellable);
  g_free (self->fault);
}

static void
release (ViciTlsHandshake *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) clear);
}

/* -- The end -- */

static void
end (ViciTlsHandshake *self,
     GTlsConnection   *tls)
{
  const ViciTlsHandshakeFuncs *funcs = g_steal_pointer (&self->funcs);

  if (funcs != NULL)
    funcs->ended (self, tls, self->user_data);
}

void
vici_tls_handshake_log (ViciTlsHandshake *self,
                        const char       *why)
{
  g_autofree char *address = NULL;

  if (self->address != NULL)
    address = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (self->address));

  g_info ("TLS client %s: %s", address ? address : "?", why);
}

static void
refuse (ViciTlsHandshake *self,
        const char       *why)
{
  if (self->funcs == NULL)
    return;

  vici_tls_handshake_log (self, why);
  end (self, NULL);
}

static gboolean
on_timeout (gpointer user_data)
{
  static const char why[] = "did not finish its handshake in time";
  ViciTlsHandshake *self = user_data;

  /* One that is running has ended when its thread has: until then its place is
   * taken, or there would be more threads than there may be. */
  if (self->state == VICI_TLS_RUNNING)
    {
      g_free (self->fault);
      self->fault = g_strdup (why);
      g_cancellable_cancel (self->cancellable);
    }
  else
    refuse (self, why);

  return G_SOURCE_REMOVE;
}

/* -- The certificate -- */

static GTlsCertificateFlags
check_validity (GTlsCertificate *certificate)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) first = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) last = g_tls_certificate_get_not_valid_after (certificate);
  GTlsCertificateFlags errors = 0;

  if (first == NULL || g_date_time_compare (now, first) < 0)
    errors |= G_TLS_CERTIFICATE_NOT_ACTIVATED;
  if (last == NULL || g_date_time_compare (now, last) > 0)
    errors |= G_TLS_CERTIFICATE_EXPIRED;

  return errors;
}

/* A certificate that is known by its fingerprint need not be known by its issuer. */
static GTlsCertificateFlags
verify (const ViciTlsTerms *terms,
        GTlsCertificate    *certificate)
{
  if (terms->database != NULL)
    return g_tls_database_verify_chain (terms->database, certificate,
                                        G_TLS_DATABASE_PURPOSE_AUTHENTICATE_CLIENT, NULL, NULL,
                                        G_TLS_DATABASE_VERIFY_NONE, NULL, NULL);

  return (g_tls_certificate_verify (certificate, NULL, NULL) & ~G_TLS_CERTIFICATE_UNKNOWN_CA) |
         check_validity (certificate);
}

/* Returns what speaks against it; NULL: nothing does. */
static char *
find_fault (ViciTlsHandshake *self,
            GTlsCertificate  *certificate)
{
  const ViciTlsTerms *terms = self->terms;
  g_autofree char *subject = NULL;
  g_autofree char *shown = NULL;
  GTlsCertificateFlags errors;

  if (terms->clients == G_TLS_AUTHENTICATION_NONE)
    return NULL;

  if (certificate == NULL)
    return terms->clients == G_TLS_AUTHENTICATION_REQUESTED ? NULL
                                                            : g_strdup ("shows no certificate");

  subject = g_tls_certificate_get_subject_name (certificate);
  shown = g_strescape (subject ? subject : "", NULL);

  errors = verify (terms, certificate);
  if (errors != 0)
    {
      g_autofree char *words = vici_tls_describe_errors (errors);

      return g_strdup_printf ("the certificate of “%s” is refused: %s", shown, words);
    }

  if (!vici_tls_allow_list_is_empty (terms->allowed) &&
      !vici_tls_allow_list_contains (terms->allowed, certificate))
    return g_strdup_printf ("the certificate of “%s” is not on the list", shown);

  return NULL;
}

/* Called for each certificate that a client shows, and nobody else refuses one. */
static gboolean
on_certificate (GTlsConnection      *tls,
                GTlsCertificate     *certificate,
                GTlsCertificateFlags errors,
                ViciTlsHandshake    *self)
{
  if (self->funcs == NULL)
    return FALSE;

  g_free (self->fault);
  self->fault = find_fault (self, certificate);

  return self->fault == NULL;
}

/* -- The handshake -- */

static void
on_handshake (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GTlsConnection *tls = G_TLS_CONNECTION (source);
  ViciTlsHandshake *self = user_data;
  g_autoptr (GError) error = NULL;

  g_signal_handlers_disconnect_by_data (tls, self);

  if (g_tls_connection_handshake_finish (tls, result, &error) && self->funcs != NULL)
    {
      /* Nobody asks about the certificate of a session that is taken up again, nor
       * about none. */
      g_free (self->fault);
      self->fault = find_fault (self, g_tls_connection_get_peer_certificate (tls));
      if (self->fault == NULL)
        end (self, tls);
      else
        refuse (self, self->fault);
    }
  else
    {
      g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
      if (error != NULL)
        refuse (self, self->fault ? self->fault : error->message);
    }

  release (self);
}

/* Who is shaking hands keeps a place from others. */
static void
shorten_timeout (ViciTlsHandshake *self)
{
  gint64 latest = g_get_monotonic_time () + self->terms->running_ms * G_TIME_SPAN_MILLISECOND;

  g_source_set_ready_time (self->timeout, MIN (g_source_get_ready_time (self->timeout), latest));
}

void
vici_tls_handshake_run (ViciTlsHandshake *self)
{
  const ViciTlsTerms *terms = self->terms;
  g_autoptr (GTlsConnection) tls = NULL;
  g_autoptr (GError) error = NULL;

  tls = (GTlsConnection *) g_tls_server_connection_new (G_IO_STREAM (self->connection),
                                                        terms->certificate, &error);
  if (tls == NULL)
    {
      refuse (self, error->message);
      return;
    }

  self->state = VICI_TLS_RUNNING;
  shorten_timeout (self);
  g_object_set (tls, "authentication-mode", terms->clients, NULL);
  g_tls_connection_set_database (tls, terms->database);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (on_certificate), self);
  g_tls_connection_handshake_async (tls, G_PRIORITY_DEFAULT, self->cancellable,
                                    on_handshake, g_rc_box_acquire (self));
}

/* -- Before it -- */

static void
wait_for_bytes (ViciTlsHandshake *self,
                gsize             length)
{
  g_socket_set_option (g_socket_connection_get_socket (self->connection),
                       SOL_SOCKET, SO_RCVLOWAT, (int) length, NULL);
}

/* How long the first record is, from its header; 0: it is none of TLS. */
static gsize
read_header (const guint8 *header)
{
  gsize length = ((gsize) header[3] << 8) | header[4];

  if (header[0] != TYPE_HANDSHAKE || header[1] != VERSION_MAJOR || length == 0 ||
      length > RECORD_MAX)
    return 0;

  return HEADER_SIZE + length;
}

/* GIO gives each handshake a thread of a pool. A client that says nothing must
 * not have one: this waits for the first record, and does not read it. */
static gboolean
on_bytes (GSocket     *socket,
          GIOCondition condition,
          gpointer     user_data)
{
  ViciTlsHandshake *self = user_data;
  int fd = g_socket_get_fd (socket);
  int available = 0;
  guint8 header[HEADER_SIZE];
  gssize n = recv (fd, header, sizeof header, MSG_PEEK | MSG_DONTWAIT);
  gsize length;

  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;

  length = n == HEADER_SIZE ? read_header (header) : 0;
  if (length == 0)
    {
      refuse (self, n == 0 ? "has gone without a word" : "does not speak TLS");
      return G_SOURCE_REMOVE;
    }

  /* Asked for once: who sends half a record and goes is heard then. */
  if (self->state == VICI_TLS_SILENT && ioctl (fd, FIONREAD, &available) == 0 &&
      (gsize) available < length && !self->asked)
    {
      self->asked = TRUE;
      wait_for_bytes (self, length);
      return G_SOURCE_CONTINUE;
    }

  wait_for_bytes (self, 1);
  self->state = VICI_TLS_WAITING;
  self->funcs->waits (self, self->user_data);

  return G_SOURCE_REMOVE;
}

ViciTlsState
vici_tls_handshake_get_state (ViciTlsHandshake *self)
{
  return self->state;
}

/* -- Whence it comes -- */

/* What one subscriber may have of addresses of IPv6 is the last half of them. */
static GBytes *
make_network (GSocketAddress *address)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  GInetAddress *inet;
  const guint8 *bytes;
  gsize size;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_bytes_new (NULL, 0);

  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  size = g_inet_address_get_native_size (inet);
  bytes = g_inet_address_to_bytes (inet);
  if (size == 16 && memcmp (bytes, mapped, sizeof mapped) != 0)
    size = 8;

  return g_bytes_new (bytes, size);
}

GBytes *
vici_tls_handshake_get_network (ViciTlsHandshake *self)
{
  return self->network;
}

/* -- The object -- */

ViciTlsHandshake *
vici_tls_handshake_new (GSocketConnection           *connection,
                        const ViciTlsTerms          *terms,
                        const ViciTlsHandshakeFuncs *funcs,
                        gpointer                     user_data)
{
  ViciTlsHandshake *self = g_rc_box_new0 (ViciTlsHandshake);
  GSocket *socket = g_socket_connection_get_socket (connection);
  GMainContext *context = g_main_context_get_thread_default ();

  self->terms = terms;
  self->funcs = funcs;
  self->user_data = user_data;
  self->connection = g_object_ref (connection);
  self->address = g_socket_get_remote_address (socket, NULL);
  self->network = make_network (self->address);
  self->cancellable = g_cancellable_new ();

  self->timeout = g_timeout_source_new (terms->timeout_ms);
  g_source_set_callback (self->timeout, on_timeout, self, NULL);
  g_source_attach (self->timeout, context);

  wait_for_bytes (self, HEADER_SIZE);
  self->source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_bytes), self, NULL);
  g_source_attach (self->source, context);

  return self;
}

void
vici_tls_handshake_free (ViciTlsHandshake *self)
{
  self->funcs = NULL;
  vici_source_end (g_steal_pointer (&self->source));
  vici_source_end (g_steal_pointer (&self->timeout));

  /* The thread of one that is running still has the socket, and notices. */
  g_cancellable_cancel (self->cancellable);

  release (self);
}
