/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-socket-channel.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>

struct _ViciSocketChannel
{
  ViciChannel        parent_instance;

  GSocketConnection *connection;
  int                fd;        /* of the connection, which owns it */
  GSource           *source;
  gpointer           tag;       /* of the descriptor in the source; NULL while not polled */
  GIOCondition       watched;
};

G_DEFINE_FINAL_TYPE (ViciSocketChannel, vici_socket_channel, VICI_TYPE_CHANNEL)

/* The outcome of a system call that has failed. */
static gssize
return_errno (int      errsv,
              GError **error)
{
  if (errsv == EAGAIN)
    return VICI_CHANNEL_WOULD_BLOCK;

  g_set_error_literal (error, G_IO_ERROR, (int) g_io_error_from_errno (errsv), g_strerror (errsv));

  return -1;
}

static gssize
vici_socket_channel_read (ViciChannel *channel,
                          guint8      *buffer,
                          gsize        size,
                          GError     **error)
{
  ViciSocketChannel *self = VICI_SOCKET_CHANNEL (channel);
  gssize n;

  do
    n = recv (self->fd, buffer, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  return n < 0 ? return_errno (errno, error) : n;
}

static gssize
vici_socket_channel_write (ViciChannel  *channel,
                           const guint8 *data,
                           gsize         length,
                           GError      **error)
{
  ViciSocketChannel *self = VICI_SOCKET_CHANNEL (channel);
  gssize n;

  do
    n = send (self->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  return n < 0 ? return_errno (errno, error) : n;
}

/* A hang-up is reported whether one asks for it or not: to be woken up by
 * nothing, the descriptor has to go. */
static void
vici_socket_channel_watch (ViciChannel *channel,
                           GIOCondition condition)
{
  ViciSocketChannel *self = VICI_SOCKET_CHANNEL (channel);

  if (self->watched == condition)
    return;

  self->watched = condition;

  if (condition == 0)
    g_source_remove_unix_fd (self->source, g_steal_pointer (&self->tag));
  else if (self->tag == NULL)
    self->tag = g_source_add_unix_fd (self->source, self->fd, condition);
  else
    g_source_modify_unix_fd (self->source, self->tag, condition);
}

static GIOCondition
vici_socket_channel_ready (ViciChannel *channel)
{
  ViciSocketChannel *self = VICI_SOCKET_CHANNEL (channel);

  return self->tag ? g_source_query_unix_fd (self->source, self->tag) : 0;
}

static gboolean
vici_socket_channel_wait (ViciChannel  *channel,
                          gint64        deadline,
                          GCancellable *cancellable,
                          GError      **error)
{
  ViciSocketChannel *self = VICI_SOCKET_CHANNEL (channel);
  GPollFD fds[2] = { { self->fd, (gushort) self->watched, 0 } };
  gboolean pollable = cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fds[1]);
  guint n_fds = pollable ? 2 : 1;
  int n = 0;

  while (!g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      gint64 left = deadline < 0 ? -1 : deadline - g_get_monotonic_time ();

      if (deadline >= 0 && left <= 0)
        {
          vici_channel_set_timed_out (error);
          break;
        }

      /* Round up, so as not to spin through the last millisecond. */
      n = g_poll (fds, n_fds, left < 0 ? -1 : (int) MIN ((left + 999) / 1000, G_MAXINT));
      if (n > 0 && fds[0].revents != 0)
        break;
      if (n < 0 && errno != EINTR)
        {
          return_errno (errno, error);
          break;
        }

      n = 0;
    }

  if (pollable)
    g_cancellable_release_fd (cancellable);

  return n > 0;
}

static void
vici_socket_channel_close (ViciChannel *channel)
{
  ViciSocketChannel *self = VICI_SOCKET_CHANNEL (channel);

  vici_socket_channel_watch (channel, 0);
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
}

static void
vici_socket_channel_finalize (GObject *object)
{
  ViciSocketChannel *self = VICI_SOCKET_CHANNEL (object);

  g_clear_object (&self->connection);
  g_clear_pointer (&self->source, g_source_unref);

  G_OBJECT_CLASS (vici_socket_channel_parent_class)->finalize (object);
}

static void
vici_socket_channel_class_init (ViciSocketChannelClass *klass)
{
  ViciChannelClass *channel_class = VICI_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vici_socket_channel_finalize;

  channel_class->read = vici_socket_channel_read;
  channel_class->write = vici_socket_channel_write;
  channel_class->watch = vici_socket_channel_watch;
  channel_class->ready = vici_socket_channel_ready;
  channel_class->wait = vici_socket_channel_wait;
  channel_class->close = vici_socket_channel_close;
}

static void
vici_socket_channel_init (ViciSocketChannel *self)
{
}

ViciChannel *
vici_socket_channel_new (GSocketConnection *connection,
                         GSource           *source)
{
  ViciSocketChannel *self = g_object_new (VICI_TYPE_SOCKET_CHANNEL, NULL);

  self->connection = g_object_ref (connection);
  self->fd = g_socket_get_fd (g_socket_connection_get_socket (connection));
  self->source = g_source_ref (source);

  return VICI_CHANNEL (self);
}
