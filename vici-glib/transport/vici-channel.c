/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-channel.h"

#include "vici-i18n.h"
#include "vici-socket-channel.h"
#include "vici-stream-channel.h"

G_DEFINE_ABSTRACT_TYPE (ViciChannel, vici_channel, G_TYPE_OBJECT)

static GIOCondition
vici_channel_real_known (ViciChannel *self)
{
  return 0;
}

static void
vici_channel_class_init (ViciChannelClass *klass)
{
  klass->known = vici_channel_real_known;
}

static void
vici_channel_init (ViciChannel *self)
{
}

ViciChannel *
vici_channel_new (GIOStream    *stream,
                  GSource      *source,
                  GMainContext *context)
{
  /* A wrapper is called a socket's connection too, with streams of its own
   * (TLS, say) that do not go straight to the socket. */
  if (G_IS_SOCKET_CONNECTION (stream) && !G_IS_TCP_WRAPPER_CONNECTION (stream))
    return vici_socket_channel_new (G_SOCKET_CONNECTION (stream), source);

  return vici_stream_channel_new (stream, context);
}

gssize
vici_channel_read (ViciChannel *self,
                   guint8      *buffer,
                   gsize        size,
                   GError     **error)
{
  return VICI_CHANNEL_GET_CLASS (self)->read (self, buffer, size, error);
}

gssize
vici_channel_write (ViciChannel  *self,
                    const guint8 *data,
                    gsize         length,
                    GError      **error)
{
  return VICI_CHANNEL_GET_CLASS (self)->write (self, data, length, error);
}

void
vici_channel_watch (ViciChannel *self,
                    GIOCondition condition)
{
  VICI_CHANNEL_GET_CLASS (self)->watch (self, condition);
}

GIOCondition
vici_channel_ready (ViciChannel *self)
{
  return VICI_CHANNEL_GET_CLASS (self)->ready (self);
}

GIOCondition
vici_channel_known (ViciChannel *self)
{
  return VICI_CHANNEL_GET_CLASS (self)->known (self);
}

gboolean
vici_channel_wait (ViciChannel  *self,
                   gint64        deadline,
                   GCancellable *cancellable,
                   GError      **error)
{
  return VICI_CHANNEL_GET_CLASS (self)->wait (self, deadline, cancellable, error);
}

void
vici_channel_close (ViciChannel *self)
{
  VICI_CHANNEL_GET_CLASS (self)->close (self);
}

void
vici_channel_set_timed_out (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                       _("The daemon did not answer in time"));
}
