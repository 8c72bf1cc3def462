/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-stream-channel.h"

#include <fcntl.h>
#include <gio/gfiledescriptorbased.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>

#include "vici-cancel-source.h"
#include "vici-context-source.h"
#include "vici-source.h"

/* What one asynchronous read may bring. */
#define READ_SIZE (16 * 1024)

/* One direction of a stream. A pollable one is asked when it is ready; of the
 * others, an operation is under way or its outcome is kept. */
typedef struct
{
  GSource *source;              /* pollable, and watched */

  gboolean busy;                /* an operation is under way */
  guint8  *data;                /* what was read, or is being written */
  gsize    offset;
  gsize    length;
  gboolean ended;
  GError  *error;
} Direction;

struct _ViciStreamChannel
{
  ViciChannel   parent_instance;

  GIOStream             *stream;
  GPollableInputStream  *pollable_in;   /* of the stream; NULL: it has none */
  GPollableOutputStream *pollable_out;
  GMainContext          *context;       /* the owner's */
  GMainContext          *inner;
  GSource               *outer_source;  /* runs the inner context in the owner's */
  GCancellable          *cancellable;   /* ends the operations under way */
  GIOCondition           watched;
  GIOCondition           ready;
  gboolean               closing;
  int                    blocking_fd;   /* that was made not to block; -1: none */

  Direction              in;
  Direction              out;
};

G_DEFINE_FINAL_TYPE (ViciStreamChannel, vici_stream_channel, VICI_TYPE_CHANNEL)

/* The owner looks at this after its next poll, which must not wait then. */
static void
set_ready (ViciStreamChannel *self,
           GIOCondition       condition)
{
  self->ready |= condition;
  g_main_context_wakeup (self->context);
}

/* The outcome of a call of the pollable interfaces. */
static gssize
return_pollable (gssize   n,
                 GError  *local_error,
                 GError **error)
{
  if (n >= 0)
    return n;

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_error_free (local_error);
      return VICI_CHANNEL_WOULD_BLOCK;
    }

  g_propagate_error (error, local_error);

  return -1;
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (ViciStreamChannel) self = user_data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  g_source_destroy (self->outer_source);
}

/* A goodbye needs room, and a thread that waits for it: for a peer that does not
 * read this may be for ever. */
static gboolean
can_say_goodbye (ViciStreamChannel *self)
{
  return self->pollable_out == NULL ||
         g_pollable_output_stream_is_writable (self->pollable_out);
}

/* TLS says goodbye to its peer, in its own time, or goes without. Anything else is
 * closed at once, which a cancelled close does without waiting for anything. */
static void
close_stream (ViciStreamChannel *self)
{
  gboolean wrapper = G_IS_TLS_CONNECTION (self->stream) ||
                     G_IS_TCP_WRAPPER_CONNECTION (self->stream);

  if (wrapper && can_say_goodbye (self))
    {
      g_main_context_push_thread_default (self->inner);
      g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL,
                               on_closed, g_object_ref (self));
      g_main_context_pop_thread_default (self->inner);
    }
  else
    {
      g_autoptr (GIOStream) base = NULL;

      if (wrapper)
        g_object_get (self->stream, "base-io-stream", &base, NULL);
      g_io_stream_close (base ? base : self->stream, self->cancellable, NULL);
      g_source_destroy (self->outer_source);
    }
}

/* A stream can be closed when nothing is under way on it any more. */
static void
continue_closing (ViciStreamChannel *self)
{
  if (!self->closing || self->in.busy || self->out.busy)
    return;

  if (self->blocking_fd >= 0)
    g_unix_set_fd_nonblocking (self->blocking_fd, FALSE, NULL);

  close_stream (self);
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ViciStreamChannel) self = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &self->in.error);

  self->in.busy = FALSE;
  self->in.offset = 0;
  self->in.length = n > 0 ? (gsize) n : 0;
  self->in.ended = n == 0;
  set_ready (self, G_IO_IN);

  continue_closing (self);
}

/* Has the next bytes on their way while the last ones are worked on. */
static void
start_read (ViciStreamChannel *self)
{
  Direction *in = &self->in;

  if (in->busy || in->offset < in->length || in->ended || in->error != NULL)
    return;

  if (in->data == NULL)
    in->data = g_malloc (READ_SIZE);

  in->busy = TRUE;

  g_main_context_push_thread_default (self->inner);
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream),
                             in->data, READ_SIZE, G_PRIORITY_DEFAULT,
                             self->cancellable, on_read, g_object_ref (self));
  g_main_context_pop_thread_default (self->inner);
}

static gssize
read_async (ViciStreamChannel *self,
            guint8            *buffer,
            gsize              size,
            GError           **error)
{
  Direction *in = &self->in;
  gsize n;

  if (in->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&in->error));
      return -1;
    }

  if (in->ended)
    return 0;

  if (in->offset == in->length)
    {
      start_read (self);
      return VICI_CHANNEL_WOULD_BLOCK;
    }

  n = MIN (size, in->length - in->offset);
  memcpy (buffer, in->data + in->offset, n);
  explicit_bzero (in->data + in->offset, n);
  in->offset += n;

  if (in->offset < in->length)
    set_ready (self, G_IO_IN);
  else
    start_read (self);

  return (gssize) n;
}

static gssize
vici_stream_channel_read (ViciChannel *channel,
                          guint8      *buffer,
                          gsize        size,
                          GError     **error)
{
  ViciStreamChannel *self = VICI_STREAM_CHANNEL (channel);
  GError *local_error = NULL;
  gssize n;

  self->ready &= ~G_IO_IN;

  if (self->pollable_in == NULL)
    return read_async (self, buffer, size, error);

  /* A stream that asks back (TLS does) is to ask where somebody listens. */
  g_main_context_push_thread_default (self->inner);
  n = g_pollable_input_stream_read_nonblocking (self->pollable_in, buffer, size,
                                                NULL, &local_error);
  g_main_context_pop_thread_default (self->inner);

  return return_pollable (n, local_error, error);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (ViciStreamChannel) self = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &self->out.error);

  self->out.busy = FALSE;
  explicit_bzero (self->out.data, self->out.length);
  g_clear_pointer (&self->out.data, g_free);
  set_ready (self, G_IO_OUT);

  continue_closing (self);
}

/* Takes a copy of all and has it written; takes no more before that is done. */
static gssize
write_async (ViciStreamChannel *self,
             const guint8      *data,
             gsize              length,
             GError           **error)
{
  Direction *out = &self->out;

  if (out->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&out->error));
      return -1;
    }

  if (out->busy)
    return VICI_CHANNEL_WOULD_BLOCK;

  out->data = g_malloc (length);
  out->length = length;
  memcpy (out->data, data, length);

  out->busy = TRUE;

  g_main_context_push_thread_default (self->inner);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream),
                                   out->data, out->length, G_PRIORITY_DEFAULT,
                                   self->cancellable, on_written, g_object_ref (self));
  g_main_context_pop_thread_default (self->inner);

  return (gssize) length;
}

static gssize
vici_stream_channel_write (ViciChannel  *channel,
                           const guint8 *data,
                           gsize         length,
                           GError      **error)
{
  ViciStreamChannel *self = VICI_STREAM_CHANNEL (channel);
  GError *local_error = NULL;
  gssize n;

  self->ready &= ~G_IO_OUT;

  if (self->pollable_out == NULL)
    return write_async (self, data, length, error);

  g_main_context_push_thread_default (self->inner);
  n = g_pollable_output_stream_write_nonblocking (self->pollable_out,
                                                  data, length, NULL, &local_error);
  g_main_context_pop_thread_default (self->inner);

  return return_pollable (n, local_error, error);
}

static gboolean
on_readable (GObject *stream,
             gpointer user_data)
{
  ViciStreamChannel *self = user_data;

  set_ready (self, G_IO_IN);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_writable (GObject *stream,
             gpointer user_data)
{
  ViciStreamChannel *self = user_data;

  set_ready (self, G_IO_OUT);

  return G_SOURCE_CONTINUE;
}

static void
unwatch (Direction *direction)
{
  vici_source_end (g_steal_pointer (&direction->source));
}

static void
watch (ViciStreamChannel *self,
       Direction         *direction,
       GSource           *source,
       gpointer           callback)
{
  direction->source = source;
  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, self->inner);
}

static GIOCondition
vici_stream_channel_ready (ViciChannel *channel)
{
  ViciStreamChannel *self = VICI_STREAM_CHANNEL (channel);

  return self->ready & self->watched;
}

static void
vici_stream_channel_watch (ViciChannel *channel,
                           GIOCondition condition)
{
  ViciStreamChannel *self = VICI_STREAM_CHANNEL (channel);

  self->watched = condition;
  if (vici_stream_channel_ready (channel) != 0)
    g_main_context_wakeup (self->context);

  if (!(condition & G_IO_IN))
    unwatch (&self->in);
  else if (self->pollable_in == NULL)
    start_read (self);
  else if (self->in.source == NULL)
    watch (self, &self->in,
           g_pollable_input_stream_create_source (self->pollable_in, NULL), on_readable);

  if (!(condition & G_IO_OUT))
    unwatch (&self->out);
  else if (self->pollable_out != NULL && self->out.source == NULL)
    watch (self, &self->out,
           g_pollable_output_stream_create_source (self->pollable_out, NULL), on_writable);
}

static gboolean
on_deadline (gpointer user_data)
{
  gboolean *passed = user_data;

  *passed = TRUE;

  return G_SOURCE_REMOVE;
}

static GSource *
attach_deadline (ViciStreamChannel *self,
                 gint64             deadline,
                 gboolean          *passed)
{
  GSource *source = g_timeout_source_new (0);

  g_source_set_ready_time (source, deadline);
  g_source_set_callback (source, on_deadline, passed, NULL);
  g_source_attach (source, self->inner);

  return source;
}

static gboolean
vici_stream_channel_wait (ViciChannel  *channel,
                          gint64        deadline,
                          GCancellable *cancellable,
                          GError      **error)
{
  ViciStreamChannel *self = VICI_STREAM_CHANNEL (channel);
  GSource *timeout = NULL;
  GSource *cancelled = NULL;
  gboolean passed = FALSE;

  if (deadline >= 0)
    timeout = attach_deadline (self, deadline, &passed);

  if (cancellable != NULL)
    cancelled = vici_cancel_source_new (cancellable, self->inner);

  g_main_context_push_thread_default (self->inner);
  while (vici_stream_channel_ready (channel) == 0 && !passed &&
         !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (self->inner, TRUE);
  g_main_context_pop_thread_default (self->inner);

  vici_source_end (timeout);
  vici_source_end (cancelled);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  if (vici_stream_channel_ready (channel) == 0)
    {
      vici_channel_set_timed_out (error);
      return FALSE;
    }

  return TRUE;
}

static void
iterate_all (ViciStreamChannel *self)
{
  g_main_context_push_thread_default (self->inner);
  while (g_main_context_iteration (self->inner, FALSE))
    ;
  g_main_context_pop_thread_default (self->inner);
}

static void
vici_stream_channel_close (ViciChannel *channel)
{
  ViciStreamChannel *self = VICI_STREAM_CHANNEL (channel);

  unwatch (&self->in);
  unwatch (&self->out);
  self->closing = TRUE;
  g_cancellable_cancel (self->cancellable);
  continue_closing (self);

  /* What ends at once has no need of another turn of the main loop. */
  iterate_all (self);
}

static void
vici_stream_channel_finalize (GObject *object)
{
  ViciStreamChannel *self = VICI_STREAM_CHANNEL (object);

  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->outer_source, g_source_unref);
  g_clear_pointer (&self->inner, g_main_context_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_error (&self->in.error);
  g_clear_error (&self->out.error);
  if (self->in.data != NULL)
    explicit_bzero (self->in.data, READ_SIZE);
  g_free (self->in.data);
  g_free (self->out.data);

  G_OBJECT_CLASS (vici_stream_channel_parent_class)->finalize (object);
}

/* A write to a pipe that nobody reads would end the process. The signal cannot be
 * kept from a write within GIO; it is ignored, as it is by GIO in every process
 * that has a GSocket. A handler of the program's own stays. */
static void
ignore_sigpipe (void)
{
  struct sigaction action;

  if (sigaction (SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
    signal (SIGPIPE, SIG_IGN);
}

static void
vici_stream_channel_class_init (ViciStreamChannelClass *klass)
{
  ViciChannelClass *channel_class = VICI_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vici_stream_channel_finalize;

  ignore_sigpipe ();

  channel_class->read = vici_stream_channel_read;
  channel_class->write = vici_stream_channel_write;
  channel_class->watch = vici_stream_channel_watch;
  channel_class->ready = vici_stream_channel_ready;
  channel_class->known = vici_stream_channel_ready;
  channel_class->wait = vici_stream_channel_wait;
  channel_class->close = vici_stream_channel_close;
}

static void
vici_stream_channel_init (ViciStreamChannel *self)
{
  self->cancellable = g_cancellable_new ();
  self->blocking_fd = -1;

  /* The owner's context polls for it without owning it: what another thread
   * attaches has to wake it up all the same. */
  self->inner = g_main_context_new_with_flags (G_MAIN_CONTEXT_FLAGS_OWNERLESS_POLLING);
}

/* GIO writes to a pipe when there is room for something, but then waits until
 * there is room for all. */
static void
make_nonblocking (ViciStreamChannel *self,
                  GOutputStream     *stream)
{
  int fd, flags;

  if (!G_IS_FILE_DESCRIPTOR_BASED (stream))
    return;

  fd = g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (stream));
  flags = fcntl (fd, F_GETFL);
  if (flags != -1 && !(flags & O_NONBLOCK) && g_unix_set_fd_nonblocking (fd, TRUE, NULL))
    self->blocking_fd = fd;
}

ViciChannel *
vici_stream_channel_new (GIOStream    *stream,
                         GMainContext *context)
{
  ViciStreamChannel *self = g_object_new (VICI_TYPE_STREAM_CHANNEL, NULL);
  GInputStream *in = g_io_stream_get_input_stream (stream);
  GOutputStream *out = g_io_stream_get_output_stream (stream);

  self->stream = g_object_ref (stream);

  if (G_IS_POLLABLE_INPUT_STREAM (in) &&
      g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (in)))
    self->pollable_in = G_POLLABLE_INPUT_STREAM (in);

  if (G_IS_POLLABLE_OUTPUT_STREAM (out) &&
      g_pollable_output_stream_can_poll (G_POLLABLE_OUTPUT_STREAM (out)))
    {
      self->pollable_out = G_POLLABLE_OUTPUT_STREAM (out);

      make_nonblocking (self, out);
    }

  self->context = g_main_context_ref (context);
  self->outer_source = vici_context_source_new (self->inner);
  g_source_attach (self->outer_source, context);

  return VICI_CHANNEL (self);
}
